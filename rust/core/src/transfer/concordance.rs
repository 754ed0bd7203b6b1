//! How well predictions order values: Kendall's tau.
//!
//! Among the pairs with different values, let `c` be concordant with the predictions and `d` discordant. Kendall's
//! `tau` is `(c - d) / n_pairs`. Under independence its variance is `2 (2 n + 5) / (9 n (n - 1))` (Kendall 1938), for
//! `n` values.

use crate::numerics::PairOrder;

/// Number of standard deviations above zero from which an order counts as better than chance.
const DEVIATIONS: f64 = 2.0;

/// Kendall's tau, and its standard deviation under independence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Concordance {
    pub(super) tau: f64,
    std: f64,
}

impl Concordance {
    /// Whether the predictions order the values better than chance would.
    pub(super) fn is_above_chance(self) -> bool {
        self.tau > DEVIATIONS * self.std
    }
}

/// The concordance of predictions with values.
pub(super) fn concordance(predicted: &[f64], values: &[f64]) -> Concordance {
    let PairOrder { concordant, discordant, distinct } = PairOrder::of(predicted, values);
    let n = values.len() as f64;
    let std = (2.0 * (2.0 * n + 5.0) / (9.0 * n * (n - 1.0))).sqrt();
    let balance = concordant as f64 - discordant as f64;
    Concordance { tau: if distinct > 0 { balance / distinct as f64 } else { 0.0 }, std }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tau_counts_pairs_with_different_values() {
        assert_eq!(concordance(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]).tau, 1.0);
        assert_eq!(concordance(&[1.0, 2.0, 3.0], &[6.0, 5.0, 4.0]).tau, -1.0);
        assert_eq!(concordance(&[1.0, 2.0, 9.0], &[4.0, 4.0, 5.0]).tau, 1.0);
        assert_eq!(concordance(&[1.0, 1.0, 1.0], &[4.0, 5.0, 6.0]).tau, 0.0);
        assert_eq!(concordance(&[1.0, 2.0], &[4.0, 4.0]).tau, 0.0);
    }

    #[test]
    fn few_values_are_never_above_chance() {
        let numbers: Vec<f64> = (0..5).map(f64::from).collect();
        assert!(!concordance(&numbers[..3], &numbers[..3]).is_above_chance());
        assert!(concordance(&numbers, &numbers).is_above_chance());
    }
}
