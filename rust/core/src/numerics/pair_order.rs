//! Counts of concordant and discordant pairs (Kendall).

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
}
