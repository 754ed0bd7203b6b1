//! The hyperparameters in their own scale.

use crate::model::gp::shear::Shear;

/// The hyperparameters in their own scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Hyperparameters {
    /// `l_j`, in unit coordinates.
    pub lengthscales: Vec<f64>,
    /// `h_j`; 0 for parameters that are always active.
    pub heights: Vec<f64>,
    /// Shears of numbers, applied before scaling, ordered by the number that is changed.
    pub shears: Vec<Shear>,
    /// Signal variance.
    pub signal_variance: f64,
    /// Noise variance.
    pub noise_variance: f64,
}

impl Hyperparameters {
    /// How far one number alone must move for a unit of distance. Without shears this is its lengthscale.
    pub fn effective_lengthscale(&self, parameter: usize) -> f64 {
        let own = self.lengthscales[parameter];
        let others = self.shears.iter().filter(|shear| shear.by == parameter);
        let squared = others.map(|shear| shear.slope * own / self.lengthscales[shear.of]).map(|c| c * c).sum::<f64>();
        own / (1.0 + squared).sqrt()
    }
}
