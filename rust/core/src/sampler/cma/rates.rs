//! Weights and learning rates as functions of the number of parameters and the population size.
//!
//! Hansen 2016 ("The CMA Evolution Strategy: A Tutorial", arXiv 1604.00772), table 1 and equations 49 to 58. With
//! `w'_i = ln((N + 1) / 2) - ln i` for the rank `i = 1..N` in a population of `N`:
//!
//! ```text
//! mu_eff = (sum w')^2 / sum w'^2                      over the positive ones
//! c_s    = (mu_eff + 2) / (d + mu_eff + 5)            path of the step size
//! d_s    = 1 + c_s + 2 max(0, sqrt((mu_eff - 1) / (d + 1)) - 1)
//! c_c    = (4 + mu_eff / d) / (d + 4 + 2 mu_eff / d)  path of the covariance
//! c_1    = 2 / ((d + 1.3)^2 + mu_eff)                 learning from the path
//! c_mu   = min(1 - c_1, 2 (1/4 + mu_eff + 1 / mu_eff - 2) / ((d + 2)^2 + mu_eff))     from the population
//! ```
//!
//! Positive weights sum to 1. Negative weights are scaled by the smallest of the three factors of equations 50 to 52,
//! which keeps the covariance positive definite. A diagonal covariance has `d` instead of `d^2 / 2` numbers to learn,
//! and its learning rates are larger by a factor of `(d + 2) / 3` (Ros and Hansen 2008).

use crate::numerics::ln;

/// Weights and rates.
#[derive(Clone, Debug)]
pub(super) struct Rates {
    /// One weight per rank, decreasing; those of the better half sum to 1 and the others are negative.
    pub(super) weights: Vec<f64>,
    /// `mu_eff`, the effective number of points of the better half.
    pub(super) effective: f64,
    /// `c_s`.
    pub(super) step_path: f64,
    /// `d_s`.
    pub(super) damping: f64,
    /// `c_c`.
    pub(super) shape_path: f64,
    /// `c_1`.
    pub(super) from_path: f64,
    /// `c_mu`.
    pub(super) from_population: f64,
    /// Expected length of a standard normal vector.
    pub(super) normal_length: f64,
}

impl Rates {
    pub(super) fn new(n_parameters: usize, population: usize, diagonal: bool) -> Self {
        let d = n_parameters as f64;
        let raw: Vec<f64> =
            (1..=population).map(|i| ln(f64::midpoint(population as f64, 1.0)) - ln(i as f64)).collect();
        let effective = effective(raw.iter().filter(|w| **w > 0.0));
        let step_path = (effective + 2.0) / (d + effective + 5.0);
        let faster = if diagonal { (d + 2.0) / 3.0 } else { 1.0 };
        let from_path = (faster * 2.0 / ((d + 1.3) * (d + 1.3) + effective)).min(0.5);
        let mu = 2.0 * (0.25 + effective + 1.0 / effective - 2.0) / ((d + 2.0) * (d + 2.0) + effective);
        let from_population = (faster * mu).min(1.0 - from_path);
        Self {
            weights: weights(&raw, effective, d, from_path, from_population),
            effective,
            step_path,
            damping: 1.0 + step_path + 2.0 * (((effective - 1.0) / (d + 1.0)).sqrt() - 1.0).max(0.0),
            shape_path: (4.0 + effective / d) / (d + 4.0 + 2.0 * effective / d),
            from_path,
            from_population,
            normal_length: d.sqrt() * (1.0 - 1.0 / (4.0 * d) + 1.0 / (21.0 * d * d)),
        }
    }
}

/// `(sum w)^2 / sum w^2`.
fn effective<'a>(weights: impl Iterator<Item = &'a f64>) -> f64 {
    let (sum, squares) = weights.fold((0.0, 0.0), |(sum, squares), w| (sum + w, squares + w * w));
    sum * sum / squares
}

fn weights(raw: &[f64], effective_positive: f64, d: f64, from_path: f64, from_population: f64) -> Vec<f64> {
    let positive: f64 = raw.iter().filter(|w| **w > 0.0).sum();
    let negative: f64 = -raw.iter().filter(|w| **w < 0.0).sum::<f64>();
    let effective_negative = effective(raw.iter().filter(|w| **w < 0.0));
    let by_rate = 1.0 + from_path / from_population;
    let by_effect = 1.0 + 2.0 * effective_negative / (effective_positive + 2.0);
    let by_definiteness = (1.0 - from_path - from_population) / (d * from_population);
    let scale = by_rate.min(by_effect).min(by_definiteness).max(0.0);
    raw.iter().map(|w| if *w > 0.0 { w / positive } else { scale * w / negative }).collect()
}

#[cfg(test)]
mod tests {
    use super::Rates;

    #[test]
    fn weights_decrease_and_the_better_half_sums_to_one() {
        for (d, population) in [(1, 4), (10, 10), (100, 17), (300, 200)] {
            for diagonal in [false, true] {
                let rates = Rates::new(d, population, diagonal);
                assert!(rates.weights.windows(2).all(|w| w[0] >= w[1]));
                let positive: f64 = rates.weights.iter().filter(|w| **w > 0.0).sum();
                assert!((positive - 1.0).abs() < 1e-12);
                assert!(rates.from_path + rates.from_population <= 1.0 && rates.from_population > 0.0);
            }
        }
    }

    /// Hansen 2016 for 10 parameters and a population of 10, computed by hand from the formulas above.
    #[test]
    fn rates_of_ten_parameters() {
        let rates = Rates::new(10, 10, false);
        assert!((rates.effective - 3.167_3).abs() < 1e-3, "{}", rates.effective);
        assert!((rates.step_path - 0.284_4).abs() < 1e-3, "{}", rates.step_path);
        assert!((rates.from_path - 0.015_28).abs() < 1e-4, "{}", rates.from_path);
    }
}
