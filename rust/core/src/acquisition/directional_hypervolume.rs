//! Expected hypervolume improvement along directions, for independent normal predictions of five or more objectives.
//!
//! Let `R` be how far a front reaches along a direction `w` of [`Direction`], and `s_w(Y)` how far the
//! predicted point does. With the volume `c` of the positive part of the unit ball in `m` dimensions,
//!
//! ```text
//! EHVI = c mean over w of E[(s_w(Y)^m - R^m)+] = c mean over w of (integral from R to infinity of m t^(m-1) P(t) dt)
//! P(t) = P(s_w(Y) > t) = prod_k Phi(z_k(t)),    z_k(t) = (r_k - mean_k - w_k t) / std_k
//! c = pi^(m/2) / (2^m Gamma(m/2 + 1))
//! ```
//!
//! Up to `L`, the first `t` at which some `z_k` has fallen to 4.5, `P` is at least `1 - 4e-6 m`, so that part of the
//! integral is `L^m - R^m`. From there to `T` it is computed by Gauss-Legendre quadrature. Beyond `T` the integrand is
//! negligible: `Phi(z) e^(z^2 / 2)` increases with `z`, so the factor `Phi(z_k)` is `e^-12` times smaller than at `R` where
//! `z_k = -sqrt(24 + z^2)`, with `z = min(z_k(R), 0)`. `T` is the first of these points.
//!
//! Floors of the objectives end the integral at the `t` at which the direction reaches the first of them.
//!
//! Factors with small deviations fall over short lengths. The quadrature therefore begins anew where another factor begins
//! to fall, if less than half of the interval since its last beginning follows (`quadrature_is_accurate_to_two_percent`,
//! `slopes_equal_differences`). Powers are formed as logarithms, so that they do not overflow with many objectives.

use super::improvement::log_chance;
use super::{AcquisitionValue, Normal};
use crate::numerics::{Stream, exp, ln, log_sum_exp};
use crate::pareto::{Direction, ln_volume_of_ball_part};

/// Number of directions. (Half and twice: `benches/results/constants.md`.)
const EHVI_DIRECTIONS: usize = 128;
/// The `z` above which a factor of `P` counts as 1, since `1 - Phi(4.5)` is 3.4e-6. (Half and twice:
/// `benches/results/constants.md`.)
const CERTAIN: f64 = 4.5;
/// Twice the logarithm by which `P` falls before it counts as zero. (Half and twice: `benches/results/constants.md`.)
const FALL: f64 = 24.0;
/// `-sum_k min(z_k(R), 0)^2 / 2` bounds `ln P(R)`. A direction is left out if this bound is lower than that of another
/// one by more than 20, and 2 for each objective. Its part of the improvement is then below `e^-20` as long as no
/// `z_k(R)` of the other one is below -3. (Half and twice: `benches/results/constants.md`.)
const NEGLIGIBLE: f64 = 20.0;
/// What is added to it for each objective. (Half and twice: `benches/results/constants.md`.)
const NEGLIGIBLE_PER_OBJECTIVE: f64 = 2.0;
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

/// A direction with the part of it that may be gained.
#[derive(Clone, Debug)]
struct Ray {
    direction: Direction,
    /// How far a front reaches.
    reached: f64,
    /// How far the floors of the objectives reach.
    limit: f64,
}

/// Directions, and how far a front reaches along each of them.
#[derive(Clone, Debug)]
pub struct DirectionalHypervolume {
    reference: Vec<f64>,
    rays: Vec<Ray>,
}

impl DirectionalHypervolume {
    /// Draws the directions. Improvements below the `floors` of the objectives do not count, unless nothing else does.
    pub fn new(front: &[Vec<f64>], reference: Vec<f64>, floors: &[f64], stream: &mut Stream) -> Self {
        let draw = |_| {
            let direction = Direction::draw(reference.len(), stream);
            let reached = front.iter().map(|y| direction.reach(&reference, y)).fold(0.0, f64::max);
            Ray { limit: direction.reach(&reference, floors), direction, reached }
        };
        let mut rays: Vec<Ray> = (0..EHVI_DIRECTIONS).map(draw).collect();
        if rays.iter().all(|ray| ray.limit <= ray.reached) {
            for ray in &mut rays {
                ray.limit = f64::INFINITY;
            }
        }
        rays.retain(|ray| ray.limit > ray.reached);
        Self { reference, rays }
    }

    /// `ln EHVI` and its derivatives.
    pub fn log_improvement(&self, predictions: &[Normal]) -> AcquisitionValue {
        let m = predictions.len();
        let bound = |ray: &Ray| {
            self.scores(&ray.direction, ray.reached, predictions).map(|z| -0.5 * z.min(0.0) * z.min(0.0)).sum()
        };
        let bounds: Vec<f64> = self.rays.iter().map(bound).collect();
        let highest = bounds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let lowest = highest - NEGLIGIBLE - NEGLIGIBLE_PER_OBJECTIVE * m as f64;
        let mut terms = Terms::default();
        for (ray, bound) in self.rays.iter().zip(bounds) {
            if bound >= lowest {
                self.integrate(ray, predictions, &mut terms);
            }
        }
        let mut value = terms.sum(m);
        value.value += ln_volume_of_ball_part(m) - ln(EHVI_DIRECTIONS as f64);
        value
    }

    /// `z_k(t)` of every objective.
    fn scores(&self, w: &Direction, t: f64, predictions: &[Normal]) -> impl Iterator<Item = f64> {
        let parts = self.reference.iter().zip(w.coordinates()).zip(predictions);
        parts.map(move |((r, w), y)| (r - y.mean - w * t) / y.std)
    }

    /// Adds the parts of the integral along one direction.
    fn integrate(&self, ray: &Ray, predictions: &[Normal], terms: &mut Terms) {
        let m = predictions.len() as f64;
        let ends = self.ends(ray, predictions);
        if ends[0] > ray.reached {
            let certain = m * ln(ends[0]) + libm::log1p(-exp(m * (ln(ray.reached) - ln(ends[0]))));
            terms.logs.push(certain);
            terms.slopes.extend(predictions.iter().map(|_| (0.0, 0.0)));
        }
        for part in ends.windows(2) {
            let length = part[1] - part[0];
            for (node, weight) in QUADRATURE {
                let t = part[0] + length * node;
                self.evaluate(&ray.direction, t, ln(weight * length * m) + (m - 1.0) * ln(t), predictions, terms);
            }
        }
    }

    /// Adds `P(t)`, of which `weight` is the logarithm of the weight.
    fn evaluate(&self, w: &Direction, t: f64, weight: f64, predictions: &[Normal], terms: &mut Terms) {
        let mut log = weight;
        for (z, y) in self.scores(w, t, predictions).zip(predictions) {
            let (chance, hazard) = log_chance(z);
            log += chance;
            terms.slopes.push((-hazard / y.std, -hazard * z / y.std));
        }
        terms.logs.push(log);
    }

    /// `L`, where the quadrature begins anew, and `T`, each at most the limit of the ray.
    fn ends(&self, ray: &Ray, predictions: &[Normal]) -> Vec<f64> {
        let Ray { direction: w, reached, limit } = ray;
        let (mut starts, mut last) = (Vec::with_capacity(predictions.len()), *limit);
        for ((z, w), y) in self.scores(w, *reached, predictions).zip(w.coordinates()).zip(predictions) {
            // z_k falls by one over this length.
            let unit = y.std / w;
            starts.push((reached + (z - CERTAIN) * unit).clamp(*reached, *limit));
            let low = z.min(0.0);
            last = last.min(reached + (z.max(0.0) + FALL / ((FALL + low * low).sqrt() - low)) * unit);
        }
        starts.sort_by(f64::total_cmp);
        let mut ends = vec![starts[0]];
        for start in &starts[1..] {
            if last > *start && last - start < *start - ends[ends.len() - 1] {
                ends.push(*start);
            }
        }
        ends.push(last);
        ends
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
    /// The logarithm of the sum.
    fn sum(&self, m: usize) -> AcquisitionValue {
        let total = log_sum_exp(&self.logs);
        let mut sum = AcquisitionValue { value: total, by_mean: vec![0.0; m], by_std: vec![0.0; m] };
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
    use crate::pareto::{above, box_decomposition};

    const FRONT: [[f64; 4]; 3] = [[0.0, 2.0, 1.0, 0.5], [1.0, 1.0, 0.5, 1.5], [2.0, 0.5, 2.0, 0.25]];
    /// No floors.
    const OPEN: [f64; 4] = [f64::NEG_INFINITY; 4];

    fn front() -> Vec<Vec<f64>> {
        FRONT.iter().map(|y| y.to_vec()).collect()
    }

    fn at(mean: f64, std: f64, ratio: f64) -> Vec<Normal> {
        let std = |k: usize| if k == 1 { std / ratio } else { std * (1.0 + 0.2 * k as f64) };
        (0..4).map(|k| Normal { mean: mean + 0.1 * k as f64, std: std(k) }).collect()
    }

    fn directional(seed: u64, floors: &[f64]) -> DirectionalHypervolume {
        let mut stream = Stream::new(seed, 0, Purpose::Direction, 1);
        DirectionalHypervolume::new(&front(), vec![3.0; 4], floors, &mut stream)
    }

    #[test]
    fn logarithms_are_those_of_the_exact_improvement() {
        for floors in [OPEN, [0.0, f64::NEG_INFINITY, 0.5, f64::NEG_INFINITY]] {
            let exact = ExpectedHypervolume::new(&above(box_decomposition(&front(), &[3.0; 4]), &floors));
            for (mean, std) in [(-1.0, 0.01), (0.2, 1e-6), (0.2, 0.1), (0.2, 1.0), (1.0, 0.5), (3.0, 0.5)] {
                let y = at(mean, std, 1.0);
                let values = (0..400).map(|seed| exp(directional(seed, &floors).log_improvement(&y).value));
                let (found, expected) = (ln(values.sum::<f64>() / 400.0), exact.log_improvement(&y).value);
                assert!((found - expected).abs() < 0.03, "{floors:?} {mean} {std} {found} {expected}");
            }
        }
    }

    #[test]
    fn floors_that_leave_nothing_are_ignored() {
        let of = |floors: &[f64]| {
            let mut stream = Stream::new(0, 0, Purpose::Direction, 1);
            let expected = DirectionalHypervolume::new(&[vec![0.5; 4]], vec![3.0; 4], floors, &mut stream);
            expected.log_improvement(&at(0.2, 0.1, 1.0)).value
        };
        assert_eq!(of(&[0.5; 4]), of(&OPEN));
    }

    /// The logarithm of the integral along a direction, by many equal steps that go on beyond `T`.
    fn by_steps(directional: &DirectionalHypervolume, ray: &Ray, y: &[Normal]) -> f64 {
        let ends = directional.ends(ray, y);
        let step = 1.5 * (ends[ends.len() - 1] - ray.reached) / 2e4;
        let mut terms = Terms::default();
        for i in 0..20_000 {
            let t = ray.reached + (f64::from(i) + 0.5) * step;
            directional.evaluate(&ray.direction, t, ln(4.0 * step) + 3.0 * ln(t), y, &mut terms);
        }
        log_sum_exp(&terms.logs)
    }

    #[test]
    fn quadrature_is_accurate_to_two_percent() {
        let directional = directional(0, &OPEN);
        for ratio in [1.0, 10.0, 100.0, 1000.0] {
            for (ray, mean) in directional.rays.iter().zip([-1.0, 0.2, 1.0, 3.0].iter().cycle()).take(40) {
                let (y, mut terms) = (at(*mean, 0.3, ratio), Terms::default());
                directional.integrate(ray, &y, &mut terms);
                let (found, expected) = (log_sum_exp(&terms.logs), by_steps(&directional, ray, &y));
                assert!((found - expected).abs() <= 0.02, "{ratio} {mean} {found} {expected}");
            }
        }
    }

    #[test]
    fn slopes_equal_differences() {
        let directional = directional(0, &OPEN);
        for (mean, std, ratio) in [
            (0.2, 0.1, 1.0),
            (0.2, 1.0, 1.0),
            (9.0, 1.0, 1.0),
            (0.2, 0.3, 10.0),
            (1.0, 0.5, 30.0),
            (1.0, 0.5, 100.0),
            (0.6, 0.3, 1000.0),
        ] {
            let (y, computed) = (at(mean, std, ratio), directional.log_improvement(&at(mean, std, ratio)));
            for (k, prediction) in y.iter().enumerate() {
                let step = 1e-4 * prediction.std;
                let moved = |mean: f64, std: f64| {
                    let mut other = y.clone();
                    other[k].mean += mean;
                    other[k].std += std;
                    directional.log_improvement(&other).value
                };
                let by_mean = (moved(step, 0.0) - moved(-step, 0.0)) / (2.0 * step);
                let by_std = (moved(0.0, step) - moved(0.0, -step)) / (2.0 * step);
                // A small deviation hardly matters, whatever its slope.
                let pairs = [(computed.by_mean[k], by_mean, 0.05), (computed.by_std[k], by_std, 0.2)];
                for (slope, difference, allowed) in pairs {
                    let error = (slope - difference).abs() / slope.abs().max(1.0);
                    assert!(error < allowed, "{mean} {ratio} {k} {slope} {difference}");
                }
            }
        }
    }

    #[test]
    fn a_hopeless_prediction_has_a_finite_value_and_slope() {
        for (mean, std) in [(1e3, 0.1), (30.0, 1.0)] {
            let computed = directional(0, &OPEN).log_improvement(&at(mean, std, 1.0));
            assert!(
                computed.value.is_finite() && computed.by_std.iter().all(|slope| slope.is_finite()),
                "{computed:?}"
            );
            assert!(computed.by_mean.iter().all(|slope| slope.is_finite() && *slope <= 0.0), "{computed:?}");
            assert!(computed.by_mean.iter().any(|slope| *slope < 0.0), "{computed:?}");
        }
    }

    #[test]
    fn hundreds_of_objectives_do_not_overflow() {
        let mut stream = Stream::new(0, 0, Purpose::Direction, 1);
        let directional =
            DirectionalHypervolume::new(&[vec![0.0; 400]], vec![1.0; 400], &[f64::NEG_INFINITY; 400], &mut stream);
        let computed = directional.log_improvement(&[Normal { mean: 0.1, std: 0.5 }; 400]);
        assert!(computed.value.is_finite() && computed.by_mean.iter().all(|slope| slope.is_finite()));
    }
}
