//! Marginal likelihood and leave-one-out predictions.
//!
//! ```text
//! ln p(y)  = -y'a / 2 - sum_i ln L_ii - n/2 ln 2 pi                     (Rasmussen and Williams 2006, equation 2.30)
//! y_i | y_-i:  mean y_i - a_i / c_i,  variance 1 / c_i,  c = diag (K + N)^-1       (equations 5.10 to 5.12)
//! ```

use super::posterior::Prediction;
use super::process::GaussianProcess;
use crate::model::gp::error::FitError;
use crate::numerics::linalg::dot;
use crate::numerics::ln;

impl GaussianProcess {
    /// `ln p(y)`, the log marginal likelihood of the values at the model's hyperparameters, without their prior.
    ///
    /// The model must have no pending points, because these have no values.
    pub fn log_evidence(&self) -> f64 {
        debug_assert_eq!(self.y.len(), self.inputs.len(), "pending points have no values");
        let n = self.y.len() as f64;
        -0.5 * (dot(&self.residuals(&self.y), &self.weights)
            + self.factor.log_determinant()
            + n * ln(std::f64::consts::TAU))
    }

    /// Predicts every value, including its noise, from all others. All predictions together take `n^3` operations.
    ///
    /// The model must have no pending points, because these have no values. `interrupted` is polled repeatedly.
    ///
    /// # Errors
    /// Returns [`FitError::Interrupted`] if interrupted.
    pub fn leave_one_out(&self, interrupted: &dyn Fn() -> bool) -> Result<Vec<Prediction>, FitError> {
        debug_assert_eq!(self.y.len(), self.inputs.len(), "pending points have no values");
        let inverse = self.factor.inverse_lower(interrupted)?;
        let predict = |(i, (y, a)): (usize, (&f64, &f64))| {
            let c = inverse.at(i, i);
            Prediction { mean: y - a / c, variance: 1.0 / c }
        };
        Ok(self.y.iter().zip(&self.weights).enumerate().map(predict).collect())
    }
}
