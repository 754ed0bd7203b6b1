//! The hyperparameters as one vector, together with its form.

use std::ops::{Deref, DerefMut};

/// Which hyperparameters exist in addition to lengthscales, heights and the two variances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Whether there are shears between numbers (`shear`).
    pub is_sheared: bool,
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

/// The default form, without shears.
impl From<Vec<f64>> for Theta {
    fn from(values: Vec<f64>) -> Self {
        Self::new(Form::default(), values)
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
