//! The cost of a trial: ridge regression of its logarithm. A simple model of low variance suffices (Lee et al. 2020,
//! arXiv 2011.11456).
//!
//! ```text
//! ln c(x) = w_0 + sum_j s_j(x_j),    s_j = a_j z + b_j (z^2 - 1/3) for a number, z = 2 u - 1
//!                                    s_j = w_jk for level k of an unordered choice
//!                                    s_j = 0 where inactive; an active conditional parameter adds e_j
//! ```
//!
//! `X` holds the features, including the intercept, which has a prior variance of its own; then
//! `w = X' (X X' + lambda I)^-1 y`. Of three values of `lambda`, the one with the smallest squared error of
//! leave-one-out predictions is used. These errors are `y_i - m_i = r_i / [(X X' + lambda I)^-1]_ii` with
//! `r = (X X' + lambda I)^-1 y` (Rasmussen and Williams 2006, section 5.4.2). The coefficient of determination of these
//! predictions measures how well costs can be predicted at all. Predictions are clipped to the range of the observed
//! costs.

use super::gp::{Column, Inputs};
use crate::numerics::linalg::{Cholesky, Matrix, dot};
use crate::numerics::variance;

/// Number of trials below which no model is fitted. (Half and twice: `benches/results/constants.md`.)
const MIN_TRIALS: usize = 4;
/// Standard deviation of log costs below which costs count as equal. (Half and twice: `benches/results/constants.md`.)
const MIN_STD: f64 = 0.2;
/// Prior variance of the intercept; the other weights have a prior variance of 1. (Half and twice:
/// `benches/results/constants.md`.)
const INTERCEPT_VARIANCE: f64 = 100.0;
/// Noise variances that are compared. (Half and twice: `benches/results/constants.md`.)
const LAMBDAS: [f64; 3] = [0.1, 1.0, 10.0];

/// The contribution of a parameter to the log cost.
#[derive(Clone, Debug)]
enum Effect {
    Number { linear: f64, quadratic: f64, active: f64 },
    Choice(Vec<f64>),
}

/// The fitted model.
#[derive(Clone, Debug)]
pub struct LogCost {
    intercept: f64,
    effects: Vec<Effect>,
    range: (f64, f64),
    r_squared: f64,
}

impl LogCost {
    /// Fits a model to log costs at the given points. Returns `None` if there are too few, if they are nearly equal, or
    /// if they cannot be predicted.
    pub fn fit(inputs: &Inputs, y: &[f64]) -> Option<Self> {
        let n = y.len();
        if n < MIN_TRIALS || variance(y).sqrt() < MIN_STD {
            return None;
        }
        let mean = y.iter().sum::<f64>() / n as f64;
        let centred_logs: Vec<f64> = y.iter().map(|y| y - mean).collect();
        let rows: Vec<Vec<f64>> = (0..n).map(|i| features(inputs, &inputs.point(i))).collect();
        let gram = Matrix::from_fn(n, n, |i, k| INTERCEPT_VARIANCE + dot(&rows[i], &rows[k]));
        let fits = LAMBDAS.iter().filter_map(|lambda| Ridge::fit(&gram, &centred_logs, *lambda));
        let best = fits.min_by(|a, b| a.squares_left_out.total_cmp(&b.squares_left_out))?;
        // Leave-one-out errors of predicting each cost by the mean of all others.
        let leave_one_out = n as f64 / (n as f64 - 1.0);
        let squares: f64 = centred_logs.iter().map(|y| y * y * leave_one_out * leave_one_out).sum();
        let r_squared = 1.0 - best.squares_left_out / squares;
        if r_squared.is_nan() || r_squared <= 0.0 {
            return None;
        }
        let mut weights = vec![0.0; rows[0].len()];
        for (dual, row) in best.dual.iter().zip(&rows) {
            weights.iter_mut().zip(row).for_each(|(w, x)| *w += dual * x);
        }
        let range = y.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(*y), high.max(*y)));
        let intercept = mean + INTERCEPT_VARIANCE * best.dual.iter().sum::<f64>();
        Some(Self { intercept, effects: effects(inputs, &weights), range, r_squared })
    }

    /// The expected log cost at a point, which has one unit coordinate or code per parameter, NaN where inactive.
    pub fn at(&self, point: &[f64]) -> f64 {
        let (low, high) = self.range;
        self.unclamped(point).clamp(low, high)
    }

    /// The contribution of one parameter to the log cost.
    pub fn effect(&self, parameter: usize, value: f64) -> f64 {
        self.effects[parameter].at(value)
    }

    /// The slope along a number; zero where the prediction is clipped to its range.
    pub fn slope(&self, point: &[f64], parameter: usize) -> f64 {
        let (unclamped, (low, high)) = (self.unclamped(point), self.range);
        match &self.effects[parameter] {
            Effect::Number { linear, quadratic, .. } if low < unclamped && unclamped < high => {
                2.0 * (linear + 2.0 * quadratic * centred(point[parameter]))
            }
            _ => 0.0,
        }
    }

    /// Coefficient of determination of leave-one-out predictions of log costs, from 0 to 1.
    pub fn r_squared(&self) -> f64 {
        self.r_squared
    }

    fn unclamped(&self, point: &[f64]) -> f64 {
        self.effects.iter().zip(point).fold(self.intercept, |sum, (effect, value)| sum + effect.at(*value))
    }
}

/// The penalty `a ln c(x)`, which is subtracted from an acquisition function.
#[derive(Clone, Debug)]
pub struct CostPenalty {
    model: LogCost,
    /// `a`.
    exponent: f64,
}

impl CostPenalty {
    /// Returns `None` if the exponent is not positive.
    pub fn new(model: LogCost, exponent: f64) -> Option<Self> {
        (exponent > 0.0).then_some(Self { model, exponent })
    }

    /// `a ln c(x)` at a point of the models, which has codes for choices and NaN where inactive.
    pub fn at(&self, point: &[f64]) -> f64 {
        self.exponent * self.model.at(point)
    }

    /// The slope of the penalty along one number.
    pub fn slope(&self, point: &[f64], parameter: usize) -> f64 {
        self.exponent * self.model.slope(point, parameter)
    }

    /// The contribution of one parameter to the penalty.
    pub fn effect(&self, parameter: usize, value: f64) -> f64 {
        self.exponent * self.model.effect(parameter, value)
    }
}

impl Effect {
    fn at(&self, value: f64) -> f64 {
        if value.is_nan() {
            return 0.0;
        }
        match self {
            Self::Number { linear, quadratic, active } => {
                let z = centred(value);
                linear * z + quadratic * (z * z - 1.0 / 3.0) + active
            }
            Self::Choice(levels) => levels.get(value as usize).copied().unwrap_or(0.0),
        }
    }
}

/// A ridge regression for one `lambda`.
struct Ridge {
    /// `r`.
    dual: Vec<f64>,
    squares_left_out: f64,
}

impl Ridge {
    fn fit(gram: &Matrix, y: &[f64], lambda: f64) -> Option<Self> {
        let n = y.len();
        let factor = Cholesky::factor(Matrix::from_fn(n, n, |i, k| gram.at(i, k) + if i == k { lambda } else { 0.0 }));
        let factor = factor.ok()?;
        let (dual, inverse) = (factor.solve(y), factor.inverse_lower(&|| false).ok()?);
        let squares_left_out = dual.iter().enumerate().map(|(i, r)| r / inverse.at(i, i)).map(|e| e * e).sum();
        Some(Self { dual, squares_left_out })
    }
}

/// Maps a unit coordinate to `[-1, 1]`.
fn centred(u: f64) -> f64 {
    2.0 * u - 1.0
}

/// The features of a point, parameter by parameter.
fn features(inputs: &Inputs, point: &[f64]) -> Vec<f64> {
    let mut features = Vec::new();
    for ((column, value), conditional) in inputs.columns().iter().zip(point).zip(inputs.conditional()) {
        let is_active = !value.is_nan();
        if let Some(levels) = column.levels() {
            features.extend((0..levels).map(|k| f64::from(u8::from(is_active && *value as usize == k))));
            continue;
        }
        let z = centred(*value);
        features.extend(if is_active { [z, z * z - 1.0 / 3.0] } else { [0.0; 2] });
        if *conditional {
            features.push(f64::from(u8::from(is_active)));
        }
    }
    features
}

/// The weights of the features, grouped by parameter.
fn effects(inputs: &Inputs, weights: &[f64]) -> Vec<Effect> {
    let mut rest = weights.iter().copied();
    let mut next = || rest.next().unwrap_or(0.0);
    let effect = |(column, conditional): (&Column, &bool)| match column.levels() {
        Some(levels) => Effect::Choice((0..levels).map(|_| next()).collect()),
        None => Effect::Number { linear: next(), quadratic: next(), active: if *conditional { next() } else { 0.0 } },
    };
    inputs.columns().iter().zip(inputs.conditional()).map(effect).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::numerics::{Purpose, Stream};

    /// Points of a number, a choice of three levels, and a number that is active under the first level only.
    fn points(n: usize) -> (Inputs, Vec<Vec<f64>>) {
        let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
        let mut point = |_| {
            let kind = (3.0 * stream.uniform()).floor();
            let own = stream.uniform();
            vec![stream.uniform(), kind, if kind == 0.0 { own } else { f64::NAN }]
        };
        let points: Vec<Vec<f64>> = (0..n).map(&mut point).collect();
        let column = |j: usize| points.iter().map(|p| p[j]).collect::<Vec<f64>>();
        let columns = vec![Column::Numeric(column(0)), Column::category(column(1), 3), Column::Numeric(column(2))];
        (Inputs::new(columns, vec![false, false, true]), points)
    }

    fn log_cost(point: &[f64]) -> f64 {
        3.0 * point[0] + 0.5 * point[1] + if point[2].is_nan() { 0.0 } else { 1.0 + point[2] }
    }

    #[test]
    fn additive_costs_are_predicted() {
        let (inputs, points) = points(40);
        let y: Vec<f64> = points.iter().map(|p| log_cost(p)).collect();
        let model = LogCost::fit(&inputs, &y).unwrap();
        assert!(model.r_squared() > 0.98, "{}", model.r_squared());
        for point in [[0.2, 0.0, 0.7], [0.6, 1.0, f64::NAN], [0.9, 2.0, f64::NAN]] {
            assert!((model.at(&point) - log_cost(&point)).abs() < 0.2, "{point:?} {}", model.at(&point));
        }
    }

    #[test]
    fn slopes_match_the_prediction_and_vanish_where_it_is_clipped() {
        let (inputs, points) = points(40);
        let y: Vec<f64> = points.iter().map(|p| log_cost(p)).collect();
        let model = LogCost::fit(&inputs, &y).unwrap();
        let point = [0.4, 1.0, f64::NAN];
        let shifted = [0.4 + 1e-6, 1.0, f64::NAN];
        assert!(((model.at(&shifted) - model.at(&point)) / 1e-6 - model.slope(&point, 0)).abs() < 1e-4);
        assert_eq!(model.slope(&point, 1), 0.0);
        let highest = y.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert_eq!((model.at(&[1.0, 0.0, 1.0]), model.slope(&[1.0, 0.0, 1.0], 0)), (highest, 0.0));
    }

    #[test]
    fn flat_or_unpredictable_costs_have_no_model() {
        let (inputs, points) = points(40);
        let flat: Vec<f64> = points.iter().map(|p| 0.05 * log_cost(p)).collect();
        assert!(LogCost::fit(&inputs, &flat).is_none());
        let mut stream = Stream::new(2, 0, Purpose::Sample, 0);
        let noise: Vec<f64> = points.iter().map(|_| stream.normal()).collect();
        assert!(LogCost::fit(&inputs, &noise).is_none_or(|model| model.r_squared() < 0.1));
    }
}
