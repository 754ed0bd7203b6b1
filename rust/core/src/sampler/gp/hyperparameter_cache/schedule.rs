//! The history lengths at which hyperparameters are fitted.
//!
//! A suggestion may depend on the history but not on the times of earlier asks, so a fit must not start at the result
//! of whichever fit came last. Let `theta(m)` be fitted to the first `m` finished trials in order of their ids:
//!
//! ```text
//! m <= 64                    the search for theta(m) starts at the default
//! anchors m = 128, 256, 512  it starts at theta of the anchor below (64 is the first)
//! other milestones           4 % or 8 trials apart; it starts at theta of the anchor below
//!                            (at the default if there is no fit at the anchor, or if it found pure noise)
//! n finished trials          use theta(largest milestone or anchor <= n)
//! ```

/// The first anchor; every further one has twice as many trials. Up to here every trial is a milestone, so that a fit
/// does not depend on a shorter history, in which the better half consists of other values. A choice, not measured.
const FIRST_ANCHOR: usize = 64;
/// The last anchor: twice as many trials as a fit uses, so that a longer history changes its start little. Without it,
/// loading a history of 100,000 trials would fit seven more links. A choice, not measured.
const LAST_ANCHOR: usize = 512;

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
    let anchors = std::iter::successors(Some(FIRST_ANCHOR), |anchor| Some(2 * anchor));
    anchors.take_while(|anchor| *anchor < n && *anchor <= LAST_ANCHOR).last()
}

pub(super) fn is_anchor(n: usize) -> bool {
    (FIRST_ANCHOR..=LAST_ANCHOR).contains(&n) && n.is_power_of_two()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_anchor_is_a_milestone_and_few_precede_a_long_history() {
        let below =
            |n: usize| std::iter::successors(anchor_below(n), |anchor| anchor_below(*anchor)).collect::<Vec<_>>();
        assert_eq!(below(100_000), [512, 256, 128, 64]);
        assert_eq!((below(65), below(64)), (vec![64], Vec::new()));
        assert!((1..2000).filter(|n| is_anchor(*n)).all(|n| milestone(n) == n));
        assert!((1..2000).all(|n| is_anchor(n) == [64, 128, 256, 512].contains(&n)));
    }
}
