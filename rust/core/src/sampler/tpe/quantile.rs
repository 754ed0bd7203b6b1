//! The number of good trials.

/// Number of good trials among `n` ranked ones: the share `gamma`, rounded up, but at most `cap`.
pub(super) fn n_good(gamma: f64, n: usize, cap: usize) -> usize {
    ((gamma * n as f64).ceil() as usize).min(cap)
}
