//! Expected hypervolume improvement along directions, for independent normal predictions of five or more objectives.
//!
//! Let `R` be how far a front reaches along a direction `w` of [`crate::pareto::directions`], and `s_w(Y)` how far the
//! predicted point does. Up to a constant,
//!
//! ```text
//! EHVI = mean over w of E[(s_w(Y)^m - R^m)+] = mean over w of (integral from R to infinity of m t^(m-1) P(t) dt)
//! P(t) = P(s_w(Y) > t) = prod_k Phi(z_k(t)),    z_k(t) = (r_k - mean_k - w_k t) / std_k
//! ```
//!
//! Up to `L`, the first `t` at which some `z_k` is 4.5, `P` is at least `1 - 4e-6 m`, so that part of the integral is
//! `L^m - R^m`. From there to `T`, where `P` has fallen by a factor of at least `e^-12`, it is computed by Gauss-Legendre
//! quadrature. With `z = min(z_k(R), 0)`, the factor `Phi(z_k)` has fallen that far where `z_k` is
//! `-sqrt(24 + z^2)`, because `Phi(z) < e^(-z^2 / 2)` for negative `z`; `T` is the first of these points. Quadrature and
//! cuts change it by at most 5 % (`quadrature_is_accurate_to_five_percent`). Far from the front, few directions decide, so
//! that their number limits the accuracy.

use std::ops::Range;

use super::feasibility::log_chance;
use super::{AcquisitionValue, Normal};
use crate::numerics::{Stream, exp, ln, log_sum_exp};
use crate::pareto::directions::{Direction, power};

/// Number of directions. (Measured: `benches/results/objectives.md`.)
const DIRECTIONS: usize = 128;
/// The `z` above which a factor of `P` counts as 1, since `1 - Phi(4.5)` is 3.4e-6. A choice, not measured.
const CERTAIN: f64 = 4.5;
/// Twice the logarithm by which `P` falls before it counts as zero. A choice, not measured.
const FALL: f64 = 24.0;
/// A direction whose smallest `z_k(R)` is below this one, and by 2 below the largest one, is left out: its part of the
/// improvement is negligible. A choice, not measured.
const UNLIKELY: f64 = -5.0;
/// Nodes and weights of the Gauss-Legendre quadrature with eight nodes on [0, 1] (Abramowitz and Stegun 1964, table
/// 25.4).
const QUADRATURE: [(f64, f64); 8] = [
    (0.019_855_071_751_231_884, 0.050_614_268_145_188_13),
    (0.101_666_761_293_186_63, 0.111_190_517_226_687_24),
    (0.237_233_795_041_835_5, 0.156_853_322_938_943_64),
    (0.408_282_678_752_175_1, 0.181_341_891_689_180_99),
    (0.591_717_321_247_824_9, 0.181_341_891_689_180_99),
    (0.762_766_204_958_164_5, 0.156_853_322_938_943_64),
    (0.898_333_238_706_813_4, 0.111_190_517_226_687_24),
    (0.980_144_928_248_768_1, 0.050_614_268_145_188_13),
];

/// Directions, and how far a front reaches along each of them.
#[derive(Clone, Debug)]
pub struct DirectionalHypervolume {
    reference: Vec<f64>,
    directions: Vec<(Direction, f64)>,
}

impl DirectionalHypervolume {
    /// Draws the directions.
    pub fn new(front: &[Vec<f64>], reference: Vec<f64>, stream: &mut Stream) -> Self {
        let draw = |_| {
            let w = Direction::draw(reference.len(), stream);
            let reached = front.iter().map(|y| w.reach(&reference, y)).fold(0.0, f64::max);
            (w, reached)
        };
        let directions = (0..DIRECTIONS).map(draw).collect();
        Self { reference, directions }
    }

    /// `ln EHVI` up to a constant, and its derivatives.
    pub fn log_improvement(&self, predictions: &[Normal]) -> AcquisitionValue {
        let least =
            |(w, reached): &(Direction, f64)| self.scores(w, *reached, predictions).fold(f64::INFINITY, f64::min);
        let least: Vec<f64> = self.directions.iter().map(least).collect();
        let bar = UNLIKELY.min(least.iter().copied().fold(f64::NEG_INFINITY, f64::max) - 2.0);
        let mut terms = Terms::default();
        for ((w, reached), least) in self.directions.iter().zip(least) {
            if least >= bar {
                self.integrate(w, *reached, predictions, &mut terms);
            }
        }
        terms.sum(predictions.len(), self.directions.len())
    }

    /// `z_k(t)` of every objective.
    fn scores(&self, w: &Direction, t: f64, predictions: &[Normal]) -> impl Iterator<Item = f64> {
        let parts = self.reference.iter().zip(w.coordinates()).zip(predictions);
        parts.map(move |((r, w), y)| (r - y.mean - w * t) / y.std)
    }

    /// Adds the parts of the integral along one direction.
    fn integrate(&self, w: &Direction, reached: f64, predictions: &[Normal], terms: &mut Terms) {
        let m = predictions.len();
        let Range { start, end } = self.uncertain(w, reached, predictions);
        if start > reached {
            terms.logs.push(ln(power(start, m) - power(reached, m)));
            terms.slopes.extend(predictions.iter().map(|_| (0.0, 0.0)));
        }
        for (node, weight) in QUADRATURE {
            let t = start + (end - start) * node;
            let mut log = ln(weight * (end - start) * m as f64 * power(t, m - 1));
            for (z, y) in self.scores(w, t, predictions).zip(predictions) {
                let (chance, hazard) = log_chance(z);
                log += chance;
                terms.slopes.push((-hazard / y.std, -hazard * z / y.std));
            }
            terms.logs.push(log);
        }
    }

    /// `L` and `T`.
    fn uncertain(&self, w: &Direction, reached: f64, predictions: &[Normal]) -> Range<f64> {
        let scores = self.scores(w, reached, predictions).zip(w.coordinates()).zip(predictions);
        let (mut start, mut end) = (f64::INFINITY, f64::INFINITY);
        for ((z, w), y) in scores {
            // z_k falls by one over this length.
            let unit = y.std / w;
            start = start.min(reached + (z - CERTAIN) * unit);
            let low = z.min(0.0);
            end = end.min(reached + (z + (FALL + low * low).sqrt()) * unit);
        }
        start.max(reached)..end
    }
}

/// The terms of a sum, as logarithms, and their derivatives with respect to mean and standard deviation of each
/// objective.
#[derive(Default)]
struct Terms {
    logs: Vec<f64>,
    slopes: Vec<(f64, f64)>,
}

impl Terms {
    /// The logarithm of the sum divided by `n`.
    fn sum(&self, m: usize, n: usize) -> AcquisitionValue {
        let total = log_sum_exp(&self.logs);
        let mut sum = AcquisitionValue { value: total - ln(n as f64), by_mean: vec![0.0; m], by_std: vec![0.0; m] };
        let terms = self.logs.iter().zip(self.slopes.chunks(m)).filter(|(log, _)| log.is_finite());
        for (log, slopes) in terms {
            let share = exp(log - total);
            for (k, (by_mean, by_std)) in slopes.iter().enumerate() {
                sum.by_mean[k] += share * by_mean;
                sum.by_std[k] += share * by_std;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acquisition::expected_hypervolume::ExpectedHypervolume;
    use crate::numerics::Purpose;
    use crate::pareto::box_decomposition;

    const FRONT: [[f64; 4]; 3] = [[0.0, 2.0, 1.0, 0.5], [1.0, 1.0, 0.5, 1.5], [2.0, 0.5, 2.0, 0.25]];

    fn front() -> Vec<Vec<f64>> {
        FRONT.iter().map(|y| y.to_vec()).collect()
    }

    fn at(mean: f64, std: f64) -> Vec<Normal> {
        (0..4).map(|k| Normal { mean: mean + 0.1 * f64::from(k), std: std * (1.0 + 0.2 * f64::from(k)) }).collect()
    }

    fn directional(seed: u64) -> DirectionalHypervolume {
        DirectionalHypervolume::new(&front(), vec![3.0; 4], &mut Stream::new(seed, 0, Purpose::Direction, 1))
    }

    /// The constant is the volume of the positive part of the unit ball, `pi^2 / 32`.
    #[test]
    fn logarithms_are_those_of_the_exact_improvement() {
        let exact = ExpectedHypervolume::new(&box_decomposition(&front(), &[3.0; 4]));
        let ball = core::f64::consts::PI * core::f64::consts::PI / 32.0;
        for (mean, std) in [(-1.0, 0.01), (0.2, 1e-6), (0.2, 0.1), (0.2, 1.0), (1.0, 0.5), (3.0, 0.5)] {
            let values = (0..200).map(|seed| exp(directional(seed).log_improvement(&at(mean, std)).value));
            let found = ln(ball * values.sum::<f64>() / 200.0);
            let expected = exact.log_improvement(&at(mean, std)).value;
            assert!((found - expected).abs() < 0.03, "{mean} {std} {found} {expected}");
        }
    }

    /// Compared with 100,000 equal steps along single directions; the deviations differ by a factor of up to 100.
    #[test]
    fn quadrature_is_accurate_to_five_percent() {
        let directional = directional(0);
        for spread in [1.0, 10.0, 100.0] {
            for ((w, reached), mean) in directional.directions.iter().zip([-1.0, 0.2, 1.0, 2.0, 3.0].iter().cycle()) {
                let y: Vec<Normal> =
                    (0..4).map(|k| Normal { mean: *mean, std: [0.02, 0.02 * spread][k % 2] }).collect();
                let mut terms = Terms::default();
                directional.integrate(w, *reached, &y, &mut terms);
                let end = directional.uncertain(w, *reached, &y).end;
                let step = (end - reached) / 1e5;
                let exact: f64 = (0..100_000)
                    .map(|i| {
                        let t = reached + (f64::from(i) + 0.5) * step;
                        let chance: f64 = directional.scores(w, t, &y).map(|z| log_chance(z).0).sum();
                        4.0 * power(t, 3) * exp(chance) * step
                    })
                    .sum();
                let found = exp(log_sum_exp(&terms.logs));
                assert!((found - exact).abs() <= 0.05 * exact, "{spread} {mean} {found} {exact}");
            }
        }
    }

    #[test]
    fn slopes_equal_differences() {
        let (directional, step) = (directional(0), 1e-5);
        for (mean, std) in [(0.2, 0.1), (0.2, 1.0), (1.0, 0.5), (3.0, 0.5), (9.0, 1.0)] {
            let (y, computed) = (at(mean, std), directional.log_improvement(&at(mean, std)));
            for k in 0..4 {
                let moved = |mean: f64, std: f64| {
                    let mut other = y.clone();
                    other[k].mean += mean;
                    other[k].std += std;
                    directional.log_improvement(&other).value
                };
                let by_mean = (moved(step, 0.0) - moved(-step, 0.0)) / (2.0 * step);
                let by_std = (moved(0.0, step) - moved(0.0, -step)) / (2.0 * step);
                for (slope, difference) in [(computed.by_mean[k], by_mean), (computed.by_std[k], by_std)] {
                    assert!((slope - difference).abs() < 0.02 * slope.abs().max(1.0), "{mean} {slope} {difference}");
                }
            }
        }
    }

    #[test]
    fn a_hopeless_prediction_has_a_finite_value_and_slope() {
        for (mean, std) in [(1e3, 0.1), (30.0, 1.0)] {
            let computed = directional(0).log_improvement(&at(mean, std));
            assert!(computed.value.is_finite() && computed.by_mean.iter().any(|slope| *slope < 0.0), "{computed:?}");
        }
    }
}
