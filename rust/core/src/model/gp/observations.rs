//! Observations as columns, and the distance of each kind of parameter.
//!
//! | kind | `d^2` both active | one active | none |
//! | --- | --- | --- | --- |
//! | numeric | `(z - z')^2` | `h^2 + (z - 1/2)^2` | 0 |
//! | category of `K` | `1[c != c']` | `h^2 + (K - 1) / 2K` | 0 |
//! | category with features | `d^2(c, c')` of [`Unlikeness`] | `h^2 + d^2(c, o)` | 0 |
//!
//! Each parameter is embedded in a Euclidean space. An active number is the point `(h, z - 1/2)` and an inactive one is
//! `(0, 0)`. An active category is a corner of a simplex with unit edges, lifted by `h`, and an inactive one is the
//! centre of the simplex. Since every `d` is a Euclidean distance, the kernel is positive definite for any pattern of
//! activity. The height `h` is fitted. `features` computes the sum over all parameters.

use std::sync::Arc;

use crate::space::Unlikeness;

/// One parameter of all observations.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Unit coordinates; NaN where inactive.
    Numeric(Vec<f64>),
    /// Unordered choices.
    Category {
        /// Indices `0.0, 1.0, ..`; NaN where inactive.
        codes: Vec<f64>,
        /// Number of choices.
        levels: usize,
        /// How unlike the choices are, if they have features.
        unlikeness: Option<Arc<Unlikeness>>,
    },
}

impl Column {
    /// Unordered choices without features.
    pub fn category(codes: Vec<f64>, levels: usize) -> Self {
        Self::Category { codes, levels, unlikeness: None }
    }
    /// Number of choices; `None` for a number.
    pub fn levels(&self) -> Option<usize> {
        match self {
            Self::Numeric(_) => None,
            Self::Category { levels, .. } => Some(*levels),
        }
    }
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Numeric(_))
    }
    pub(super) fn values(&self) -> &[f64] {
        match self {
            Self::Numeric(values) | Self::Category { codes: values, .. } => values,
        }
    }
    fn values_mut(&mut self) -> &mut Vec<f64> {
        match self {
            Self::Numeric(values) | Self::Category { codes: values, .. } => values,
        }
    }
    /// How unlike the choices of a category are, if they have features.
    pub(super) fn unlikeness(&self) -> Option<&Arc<Unlikeness>> {
        match self {
            Self::Numeric(_) => None,
            Self::Category { unlikeness, .. } => unlikeness.as_ref(),
        }
    }
    /// `d^2 - h^2` of a category without features that is active in one of two points only. For a number this depends
    /// on its coordinate, and 0 is returned.
    pub(super) fn one_active(&self) -> f64 {
        match self {
            Self::Numeric(_) => 0.0,
            Self::Category { levels, .. } => (*levels as f64 - 1.0) / (2.0 * *levels as f64),
        }
    }
}

/// All observations: one column per parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    columns: Vec<Column>,
    conditional: Vec<bool>,
    len: usize,
}

impl Inputs {
    /// From at least one column, all of equal length; `conditional[j]` says whether parameter `j` can be inactive.
    pub fn new(columns: Vec<Column>, conditional: Vec<bool>) -> Self {
        debug_assert!(!columns.is_empty(), "without columns there is no number of observations");
        let len = columns.first().map_or(0, |c| c.values().len());
        debug_assert!(columns.iter().all(|c| c.values().len() == len) && columns.len() == conditional.len());
        Self { columns, conditional, len }
    }
    /// Inputs with the same parameters at other points, each with one unit coordinate or code per parameter, NaN where
    /// inactive.
    #[must_use]
    pub fn like(&self, points: &[Vec<f64>]) -> Self {
        let of = |(j, column): (usize, &Column)| {
            let values = points.iter().map(|point| point[j]).collect();
            match column {
                Column::Numeric(_) => Column::Numeric(values),
                Column::Category { levels, unlikeness, .. } => {
                    Column::Category { codes: values, levels: *levels, unlikeness: unlikeness.clone() }
                }
            }
        };
        let columns = self.columns.iter().enumerate().map(of).collect();
        Self { columns, conditional: self.conditional.clone(), len: points.len() }
    }
    /// Number of observations.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether there is no observation.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
    /// Whether each parameter can be inactive.
    pub fn conditional(&self) -> &[bool] {
        &self.conditional
    }
    /// Mean number of active parameters of an observation; the number of all parameters if there is no observation.
    pub(super) fn n_active(&self) -> f64 {
        let share = |column: &Column| {
            let active = column.values().iter().filter(|value| !value.is_nan()).count();
            if self.len == 0 { 1.0 } else { active as f64 / self.len as f64 }
        };
        self.columns.iter().map(share).sum()
    }
    /// Appends an observation with one unit coordinate or code per parameter, NaN where inactive.
    pub fn push(&mut self, point: &[f64]) {
        for (column, value) in self.columns.iter_mut().zip(point) {
            column.values_mut().push(*value);
        }
        self.len += 1;
    }
    /// Removes the observations from index `n` on.
    pub fn truncate(&mut self, n: usize) {
        for column in &mut self.columns {
            column.values_mut().truncate(n);
        }
        self.len = self.len.min(n);
    }
    /// Observation `i`.
    pub fn point(&self, i: usize) -> Vec<f64> {
        self.columns.iter().map(|c| c.values()[i]).collect()
    }
}

/// The data that a model is fitted to.
#[derive(Clone, Copy, Debug)]
pub struct Observations<'a> {
    /// The observed points.
    pub inputs: &'a Inputs,
    /// The values, with approximately zero mean and unit variance.
    pub y: &'a [f64],
    /// Known noise variance of every observation (its squared standard error); the fitted noise variance is added to
    /// it.
    pub known_noise: &'a [f64],
}
