//! The hyperparameters as one vector, together with its form, and in their own scale.

use std::ops::{Deref, DerefMut};

use crate::model::gp::shear::Shear;

/// Which hyperparameters exist, and their prior.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Lengthscales, heights and the two variances.
    #[default]
    Usual,
    /// The same and shears between numbers (`shear`).
    Sheared,
    /// As usual, with half-Cauchy priors of `l^-2` for unconditional numbers (`sparse`).
    Sparse,
    /// As usual, with a prior of lengthscales four times as long (`smooth`).
    Smooth,
}

impl Form {
    /// All forms, in the order of their discriminants, by which pickled models name them. Follows from [`Form`].
    pub const ALL: [Self; 4] = [Self::Usual, Self::Sheared, Self::Sparse, Self::Smooth];
}

/// Hyperparameters, most of them as logarithms, in the order of the [`Layout`](super::Layout) of their form.
#[derive(Clone, Debug, PartialEq)]
pub struct Theta {
    form: Form,
    values: Vec<f64>,
}

impl Theta {
    /// A vector of the given form.
    pub fn new(form: Form, values: Vec<f64>) -> Self {
        Self { form, values }
    }
    /// The form of the vector.
    pub fn form(&self) -> Form {
        self.form
    }
}

impl Deref for Theta {
    type Target = [f64];
    fn deref(&self) -> &[f64] {
        &self.values
    }
}

impl DerefMut for Theta {
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }
}

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

#[cfg(test)]
mod tests {
    use super::Form::{self, Sheared, Smooth, Sparse, Usual};

    #[test]
    fn forms_keep_the_numbers_by_which_pickled_models_name_them() {
        assert_eq!(Form::ALL, [Usual, Sheared, Sparse, Smooth]);
        assert!(Form::ALL.iter().enumerate().all(|(number, form)| *form as usize == number));
    }
}
