//! A prior mean taken from other models.
//!
//! ```text
//! m(x) = sum_s w_s mean_s(x) - c
//! ```
//!
//! where `mean_s` is the posterior mean of a model of a similar function.

use std::sync::Arc;

use super::observations::Inputs;
use super::predict::{GaussianProcess, GradientQuery, PriorMean};

/// One of the models and its weight.
#[derive(Clone, Debug)]
pub struct Part {
    /// The model.
    pub model: Arc<GaussianProcess>,
    /// Coordinates that did not vary in the data of the model, fixed at their only value; `None` for all others.
    pub fixed: Arc<[Option<f64>]>,
    /// `w_s`.
    pub weight: f64,
}

impl Part {
    /// The point with fixed coordinates replaced.
    fn projected(&self, point: &[f64]) -> Vec<f64> {
        point.iter().zip(self.fixed.iter()).map(|(at, fixed)| fixed.unwrap_or(*at)).collect()
    }

    /// The posterior mean of the model, unweighted.
    pub fn mean(&self, point: &[f64]) -> f64 {
        self.model.mean(&self.projected(point))
    }
}

/// A weighted sum of posterior means.
#[derive(Clone, Debug)]
pub struct Trend {
    /// The models.
    pub parts: Vec<Part>,
    /// `c`.
    pub offset: f64,
}

impl Trend {
    /// The values minus `m`.
    pub fn residuals(&self, inputs: &Inputs, y: &[f64]) -> Vec<f64> {
        y.iter().enumerate().map(|(i, y)| y - self.at(&inputs.point(i))).collect()
    }
}

impl PriorMean for Trend {
    fn at(&self, point: &[f64]) -> f64 {
        self.parts.iter().map(|part| part.weight * part.mean(point)).sum::<f64>() - self.offset
    }

    fn with_gradient(&self, query: GradientQuery<'_>) -> (f64, Vec<f64>) {
        let mut sum = (-self.offset, vec![0.0; query.coordinates.len()]);
        for part in &self.parts {
            let point = part.projected(query.point);
            let (mean, slopes) = part.model.mean_with_gradient(GradientQuery { point: &point, ..query });
            sum.0 += part.weight * mean;
            for ((total, slope), j) in sum.1.iter_mut().zip(slopes).zip(query.coordinates) {
                if part.fixed[*j].is_none() {
                    *total += part.weight * slope;
                }
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::model::gp::{Column, Layout};

    fn process(points: &[[f64; 2]], y: &[f64]) -> GaussianProcess {
        let column = |j: usize| Column::Numeric(points.iter().map(|point| point[j]).collect());
        let inputs = Inputs::new(vec![column(0), column(1)], vec![false, false]);
        let theta = Layout::of(&inputs).start();
        GaussianProcess::with(inputs, theta, y, &vec![0.0; y.len()]).unwrap()
    }

    /// A process on three points with the mean of another process as prior mean. The second number is fixed for the
    /// other process.
    fn example() -> (Trend, GaussianProcess) {
        let other = process(&[[0.1, 0.0], [0.4, 0.0], [0.8, 0.0]], &[1.0, -1.0, 0.5]);
        let part = Part { model: Arc::new(other), fixed: Arc::from([None, Some(0.0)]), weight: 0.7 };
        let trend = Trend { parts: vec![part], offset: 0.2 };
        let mut process = process(&[[0.2, 0.3], [0.6, 0.9], [0.9, 0.1]], &[0.3, -0.2, 0.4]);
        process.set_prior_mean(Some(Arc::new(trend.clone())));
        (trend, process)
    }

    #[test]
    fn all_predictions_of_the_mean_agree_and_gradients_match() {
        let (_, process) = example();
        let point = vec![0.33, 0.55];
        let sloped = &process.predict_with_gradient(&[GradientQuery { point: &point, coordinates: &[0, 1] }])[0];
        let many = process.predict(&vec![point.clone(); 20])[7].mean;
        for mean in [sloped.prediction.mean, process.predict(std::slice::from_ref(&point))[0].mean, many] {
            assert!((mean - process.mean(&point)).abs() < 1e-12);
        }
        for j in 0..2 {
            let at = |step: f64| {
                let mut moved = point.clone();
                moved[j] += step;
                process.mean(&moved)
            };
            let slope = (at(1e-6) - at(-1e-6)) / 2e-6;
            assert!((sloped.mean_gradient[j] - slope).abs() < 1e-6, "{} {slope}", sloped.mean_gradient[j]);
        }
    }

    #[test]
    fn the_process_models_the_residuals_of_the_trend() {
        let (trend, mut process) = example();
        let point = vec![0.33, 0.55];
        let along = process.mean(&point);
        let residuals = process.residuals(process.values());
        process.set_prior_mean(None);
        process.set_values(&residuals);
        assert!((along - trend.at(&point) - process.mean(&point)).abs() < 1e-12);
    }

    #[test]
    fn a_fixed_coordinate_does_not_change_the_trend() {
        let (trend, _) = example();
        assert_eq!(trend.at(&[0.3, 0.1]), trend.at(&[0.3, 0.9]));
        assert_ne!(trend.at(&[0.3, 0.1]), trend.at(&[0.5, 0.1]));
    }
}
