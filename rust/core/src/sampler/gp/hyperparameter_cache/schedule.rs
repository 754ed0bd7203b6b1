//! The history lengths at which hyperparameters are fitted.
//!
//! A suggestion may depend on the history but not on the times of earlier asks, so a fit must not start at the result
//! of whichever fit came last. Let `theta(m)` be fitted to the first `m` finished trials in order of their ids:
//!
//! ```text
//! m <= 64                    the search for theta(m) starts at the default
//! anchors m = 128, 256, ..   it starts at theta of the anchor below (64 is the first)
//! milestones between them    4 % or 8 trials apart; it starts at theta of the anchor below
//!                            (at the default if there is no fit at the anchor, or if it found pure noise)
//! n finished trials          use theta(largest milestone or anchor <= n)
//! ```

/// The first anchor; every further anchor has twice as many trials. Up to here every trial is a milestone, so that a
/// fit does not depend on a shorter history, in which the better half consists of other values.
const FIRST_ANCHOR: usize = 64;

/// The largest milestone or anchor of at most `n` trials: every number up to 64, then a sequence that grows by 4 % or
/// by 8, whichever is less, and includes all anchors.
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
