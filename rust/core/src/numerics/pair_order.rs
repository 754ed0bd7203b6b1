//! Counts of concordant and discordant pairs of values, and Kendall's tau.
//!
//! Among the pairs with different values, let `c` be concordant with the predictions and `d` discordant. Kendall's
//! `tau` is `(c - d) / n_pairs`. Under independence its variance is `2 (2 n + 5) / (9 n (n - 1))` (Kendall 1938), for
//! `n` values.

/// Counts over all pairs `i > k` of rows of two columns `x` and `y`. NaN has no order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairOrder {
    /// Concordant pairs, which both columns order alike: `(x_i - x_k) (y_i - y_k) > 0`.
    pub concordant: usize,
    /// Discordant pairs, which the columns order in opposite ways.
    pub discordant: usize,
    /// Pairs with different `y`.
    pub distinct: usize,
}

impl PairOrder {
    /// Counts the pairs of two columns of the same length.
    pub fn of(x: &[f64], y: &[f64]) -> Self {
        let mut order = Self::default();
        for i in 0..y.len() {
            for k in (0..i).filter(|k| y[i] != y[*k]) {
                let product = (x[i] - x[k]) * (y[i] - y[k]);
                order.distinct += 1;
                order.concordant += usize::from(product > 0.0);
                order.discordant += usize::from(product < 0.0);
            }
        }
        order
    }

    /// Kendall's tau; 0 if no two `y` differ.
    pub fn tau(&self) -> f64 {
        let balance = self.concordant as f64 - self.discordant as f64;
        if self.distinct > 0 { balance / self.distinct as f64 } else { 0.0 }
    }

    /// The standard deviation of tau if the columns are independent, for `n` rows.
    pub fn std_of_tau(n: usize) -> f64 {
        let n = n as f64;
        (2.0 * (2.0 * n + 5.0) / (9.0 * n * (n - 1.0))).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::PairOrder;

    #[test]
    fn ties_and_nan_have_no_order() {
        let order = PairOrder::of(&[1.0, 2.0, 2.0, f64::NAN], &[1.0, 3.0, 2.0, 2.0]);
        assert_eq!(order, PairOrder { concordant: 2, discordant: 0, distinct: 5 });
        assert_eq!(PairOrder::of(&[1.0, 2.0], &[2.0, 1.0]), PairOrder { concordant: 0, discordant: 1, distinct: 1 });
        assert_eq!(PairOrder::of(&[], &[]), PairOrder::default());
    }

    #[test]
    fn tau_counts_pairs_with_different_values() {
        let tau = |x: &[f64], y: &[f64]| PairOrder::of(x, y).tau();
        assert_eq!(tau(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 1.0);
        assert_eq!(tau(&[1.0, 2.0, 3.0], &[6.0, 5.0, 4.0]), -1.0);
        assert_eq!(tau(&[1.0, 2.0, 9.0], &[4.0, 4.0, 5.0]), 1.0);
        assert_eq!(tau(&[1.0, 1.0, 1.0], &[4.0, 5.0, 6.0]), 0.0);
        assert_eq!(tau(&[1.0, 2.0], &[4.0, 4.0]), 0.0);
    }
}
