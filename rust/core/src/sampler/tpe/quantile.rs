//! How many trials are good.

/// Number of good ones among `n` ranked trials: the share `gamma`, rounded up, and at most `cap`.
pub(super) fn n_good(gamma: f64, n: usize, cap: usize) -> usize {
    ((gamma * n as f64).ceil() as usize).min(cap)
}
