//! Surrogate models; they can be used from Rust without an optimizer.

mod cost;
pub mod gp;
pub mod output_warp;
pub mod parzen;
pub mod points;

pub use cost::{CostPenalty, LogCost};

/// Whether more than two thirds of the given parameters are unordered. Among choices, the effect of each level can be
/// estimated on its own. Where numbers dominate, a level appears as bad as the numbers it was tried with. The densities
/// of TPE, the lengthscales of the Gaussian process and Auto depend on this (measured: `benches/results/tpe.md`).
pub fn is_mostly_unordered(are_unordered: impl ExactSizeIterator<Item = bool>) -> bool {
    let n = are_unordered.len();
    3 * are_unordered.filter(|is_unordered| *is_unordered).count() > 2 * n
}

#[cfg(test)]
mod tests {
    use super::is_mostly_unordered;

    #[test]
    fn two_thirds_are_not_mostly_unordered() {
        let of = |n_unordered: usize, n: usize| is_mostly_unordered((0..n).map(|j| j < n_unordered));
        assert_eq!([of(5, 7), of(4, 6), of(1, 1), of(0, 1), of(0, 0)], [true, false, true, false, false]);
    }
}
