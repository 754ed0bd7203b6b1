//! At which history lengths hyperparameters are fitted.
//!
//! A suggestion may depend on the history but not on the moments at which somebody asked, so a fit cannot start where
//! the last one happened to end. With the told trials in the order of their ids, let `theta(m)` be fitted to the first
//! `m`:
//!
//! ```text
//! m <= 64                    theta(m) is sought from the default start
//! anchors m = 128, 256, ..   theta(m) is sought from the anchor below (64 is the first)
//! milestones between them    4 % or 8 trials apart; theta(m) is sought from the anchor below
//!                            (from the default start if nothing or nothing but noise was found at the anchor)
//! n trials were told         theta(largest milestone or anchor <= n)
//! ```

/// The first anchor; each further one has twice as many trials. Up to here every trial is a milestone: the fit then
/// depends on no shorter history, in which other values would be the better half.
const FIRST_ANCHOR: usize = 64;

/// The largest milestone or anchor of at most `n` trials: all up to 64, then a series that grows by 4 % or by 8,
/// whichever is less, and stops at the anchors.
pub(super) fn milestone(n: usize) -> usize {
    let mut at = n.min(FIRST_ANCHOR);
    loop {
        let next = (at + at.div_ceil(25).min(8)).min((at + 1).next_power_of_two());
        if next > n {
            return at;
        }
        at = next;
    }
}

/// The largest anchor of fewer than `n` trials.
pub(super) fn anchor_below(n: usize) -> Option<usize> {
    std::iter::successors(Some(FIRST_ANCHOR), |anchor| Some(2 * anchor)).take_while(|anchor| *anchor < n).last()
}

pub(super) fn is_anchor(n: usize) -> bool {
    n >= FIRST_ANCHOR && n.is_power_of_two()
}
