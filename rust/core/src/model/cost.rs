//! What a trial costs: ridge regression of the logarithm (a simple model of little variance suffices: Lee et al. 2020,
//! arXiv 2011.11456).
//!
//! ```text
//! ln c(x) = w_0 + sum_j s_j(x_j),    s_j = a_j z + b_j (z^2 - 1/3) of a number, z = 2 u - 1
//!                                    s_j = w_jk of the choice k without an order
//!                                    s_j = 0 where inactive; what is conditional and active adds e_j
//! ```
//!
//! With the features `X`, the intercept among them with a prior of its own, `w = X' (X X' + lambda I)^-1 y`; `lambda` is
//! the one of three with the least squared error of leave-one-out predictions, `y_i - m_i = r_i / [(X X' + lambda
//! I)^-1]_ii` with `r = (X X' + lambda I)^-1 y` (Rasmussen and Williams 2006, section 5.4.2). How far costs can be
//! predicted at all is the share of the squares that these predictions explain. A prediction never leaves the range of
//! what was told.

use super::gp::{Column, Inputs};
use crate::numerics::linalg::{Cholesky, Matrix, dot};
use crate::numerics::variance;

/// Fewer trials tell nothing of what decides.
const FEWEST: usize = 4;
/// Standard deviation of log costs below which costs do not differ.
const FLAT: f64 = 0.2;
/// Prior variance of the intercept, where that of the other weights is 1.
const INTERCEPT: f64 = 100.0;
/// Variances of the noise that are compared.
const LAMBDAS: [f64; 3] = [0.1, 1.0, 10.0];

/// What a parameter adds to the log cost.
#[derive(Clone, Debug)]
enum Share {
    Number { linear: f64, quadratic: f64, active: f64 },
    Choice(Vec<f64>),
}

/// The fitted model.
#[derive(Clone, Debug)]
pub struct LogCost {
    intercept: f64,
    shares: Vec<Share>,
    range: (f64, f64),
    explained: f64,
}

impl LogCost {
    /// The model of log costs at some points; `None` where they are too few, do not differ, or cannot be predicted.
    pub fn fit(inputs: &Inputs, y: &[f64]) -> Option<Self> {
        let n = y.len();
        if n < FEWEST || variance(y).sqrt() < FLAT {
            return None;
        }
        let mean = y.iter().sum::<f64>() / n as f64;
        let about: Vec<f64> = y.iter().map(|y| y - mean).collect();
        let rows: Vec<Vec<f64>> = (0..n).map(|i| features(inputs, &inputs.point(i))).collect();
        let gram = Matrix::from_fn(n, n, |i, k| INTERCEPT + dot(&rows[i], &rows[k]));
        let fits = LAMBDAS.iter().filter_map(|lambda| Ridge::fit(&gram, &about, *lambda));
        let best = fits.min_by(|a, b| a.squares_left_out.total_cmp(&b.squares_left_out))?;
        // Of predictions by the mean of all others.
        let apart = n as f64 / (n as f64 - 1.0);
        let squares: f64 = about.iter().map(|y| y * y * apart * apart).sum();
        let explained = 1.0 - best.squares_left_out / squares;
        if explained.is_nan() || explained <= 0.0 {
            return None;
        }
        let mut weights = vec![0.0; rows[0].len()];
        for (dual, row) in best.dual.iter().zip(&rows) {
            weights.iter_mut().zip(row).for_each(|(w, x)| *w += dual * x);
        }
        let range = y.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(*y), high.max(*y)));
        let intercept = mean + INTERCEPT * best.dual.iter().sum::<f64>();
        Some(Self { intercept, shares: shares(inputs, &weights), range, explained })
    }

    /// The log cost expected at a point: one unit coordinate or code per parameter, NaN where inactive.
    pub fn at(&self, point: &[f64]) -> f64 {
        let (low, high) = self.range;
        self.free(point).clamp(low, high)
    }

    /// What one parameter adds to it.
    pub fn share(&self, parameter: usize, value: f64) -> f64 {
        self.shares[parameter].at(value)
    }

    /// The slope along a number; zero where the prediction is held in its range.
    pub fn slope(&self, point: &[f64], parameter: usize) -> f64 {
        let (free, (low, high)) = (self.free(point), self.range);
        match &self.shares[parameter] {
            Share::Number { linear, quadratic, .. } if low < free && free < high => {
                2.0 * (linear + 2.0 * quadratic * centred(point[parameter]))
            }
            _ => 0.0,
        }
    }

    /// How much of the squares of log costs about their mean is predicted, from 0 to 1.
    pub fn explained(&self) -> f64 {
        self.explained
    }

    fn free(&self, point: &[f64]) -> f64 {
        self.shares.iter().zip(point).fold(self.intercept, |sum, (share, value)| sum + share.at(*value))
    }
}

impl Share {
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

/// A fit with one `lambda`.
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

/// A unit coordinate, from -1 to 1.
fn centred(u: f64) -> f64 {
    2.0 * u - 1.0
}

/// The features of a point, parameter by parameter.
fn features(inputs: &Inputs, point: &[f64]) -> Vec<f64> {
    let mut found = Vec::new();
    for ((column, value), conditional) in inputs.columns().iter().zip(point).zip(inputs.conditional()) {
        let is_active = !value.is_nan();
        if let Some(levels) = column.levels() {
            found.extend((0..levels).map(|k| f64::from(u8::from(is_active && *value as usize == k))));
            continue;
        }
        let z = centred(*value);
        found.extend(if is_active { [z, z * z - 1.0 / 3.0] } else { [0.0; 2] });
        if *conditional {
            found.push(f64::from(u8::from(is_active)));
        }
    }
    found
}

/// The weights of the features, put together by parameter.
fn shares(inputs: &Inputs, weights: &[f64]) -> Vec<Share> {
    let mut rest = weights.iter().copied();
    let mut next = || rest.next().unwrap_or(0.0);
    let share = |(column, conditional): (&Column, &bool)| match column.levels() {
        Some(levels) => Share::Choice((0..levels).map(|_| next()).collect()),
        None => Share::Number { linear: next(), quadratic: next(), active: if *conditional { next() } else { 0.0 } },
    };
    inputs.columns().iter().zip(inputs.conditional()).map(share).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::numerics::{Purpose, Stream};

    /// Points of a number, a choice of three and a number that only the first choice has.
    fn points(n: usize) -> (Inputs, Vec<Vec<f64>>) {
        let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
        let mut one = |_| {
            let kind = (3.0 * stream.uniform()).floor();
            let own = stream.uniform();
            vec![stream.uniform(), kind, if kind == 0.0 { own } else { f64::NAN }]
        };
        let points: Vec<Vec<f64>> = (0..n).map(&mut one).collect();
        let column = |j: usize| points.iter().map(|p| p[j]).collect::<Vec<f64>>();
        let columns = vec![
            Column::Numeric(column(0)),
            Column::Category { codes: column(1), levels: 3 },
            Column::Numeric(column(2)),
        ];
        (Inputs::new(columns, vec![false, false, true]), points)
    }

    fn price(point: &[f64]) -> f64 {
        3.0 * point[0] + 0.5 * point[1] + if point[2].is_nan() { 0.0 } else { 1.0 + point[2] }
    }

    #[test]
    fn additive_costs_are_predicted() {
        let (inputs, told) = points(40);
        let y: Vec<f64> = told.iter().map(|p| price(p)).collect();
        let model = LogCost::fit(&inputs, &y).unwrap();
        assert!(model.explained() > 0.98, "{}", model.explained());
        for point in [[0.2, 0.0, 0.7], [0.6, 1.0, f64::NAN], [0.9, 2.0, f64::NAN]] {
            assert!((model.at(&point) - price(&point)).abs() < 0.2, "{point:?} {}", model.at(&point));
        }
    }

    #[test]
    fn slopes_are_those_of_the_prediction_and_end_with_its_range() {
        let (inputs, told) = points(40);
        let y: Vec<f64> = told.iter().map(|p| price(p)).collect();
        let model = LogCost::fit(&inputs, &y).unwrap();
        let point = [0.4, 1.0, f64::NAN];
        let beside = [0.4 + 1e-6, 1.0, f64::NAN];
        assert!(((model.at(&beside) - model.at(&point)) / 1e-6 - model.slope(&point, 0)).abs() < 1e-4);
        assert_eq!(model.slope(&point, 1), 0.0);
        let dearest = y.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert_eq!((model.at(&[1.0, 0.0, 1.0]), model.slope(&[1.0, 0.0, 1.0], 0)), (dearest, 0.0));
    }

    #[test]
    fn what_is_flat_or_cannot_be_predicted_has_no_model() {
        let (inputs, told) = points(40);
        let flat: Vec<f64> = told.iter().map(|p| 0.05 * price(p)).collect();
        assert!(LogCost::fit(&inputs, &flat).is_none());
        let mut stream = Stream::new(2, 0, Purpose::Sample, 0);
        let noise: Vec<f64> = told.iter().map(|_| stream.normal()).collect();
        assert!(LogCost::fit(&inputs, &noise).is_none_or(|model| model.explained() < 0.1));
    }
}
