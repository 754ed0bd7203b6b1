//! The brackets of Hyperband, and their rungs.

use crate::numerics::{Purpose, Stream};

/// `first eta^k`; `None` on overflow.
pub(super) fn rung(first: u64, eta: u64, k: u64) -> Option<u64> {
    first.checked_mul(eta.checked_pow(u32::try_from(k).ok()?)?)
}

/// The trials of one bracket of Hyperband.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bracket {
    pub(super) index: u64,
    /// Number of brackets.
    n: u64,
    eta: u64,
    seed: u64,
}

impl Bracket {
    /// The only one, of all trials. Follows from there being no other.
    pub(super) const ALL: Self = Self { index: 0, n: 1, eta: 2, seed: 0 };

    /// The bracket of a trial: bracket `s` of `n` gets trials in proportion to `n eta^(n - 1 - s) / (n - s)`, rounded up
    /// (Li et al. 2018, algorithm 1).
    pub(super) fn of(trial: u64, seed: u64, n: u64, eta: u64) -> Self {
        let weight = |s: u64| n.saturating_mul(rung(1, eta, n - 1 - s).unwrap_or(u64::MAX)).div_ceil(n - s) as f64;
        let weights: Vec<f64> = (0..n).map(weight).collect();
        let index = Stream::new(seed, trial, Purpose::Bracket, 0).weighted(&weights) as u64;
        Self { index, n, eta, seed }
    }

    /// Whether a trial is in it.
    pub(super) fn has(self, trial: u64) -> bool {
        self.n == 1 || Self::of(trial, self.seed, self.n, self.eta) == self
    }
}
