//! Observations as columns, and the distance of each kind of parameter.
//!
//! | kind | `d^2` both active | one active | none |
//! | --- | --- | --- | --- |
//! | numeric | `(z - z')^2` | `h^2 + (z - 1/2)^2` | 0 |
//! | category of `K` | `1[c != c']` | `h^2 + (K - 1) / 2K` | 0 |
//!
//! An inactive parameter is a point of its own: `(0, 0)` where an active one is `(h, z - 1/2)`, or the centre of the
//! simplex of unit edges on whose corners categories stand, lifted by `h`. Since every `d` is a Euclidean distance, the
//! kernel is positive definite whatever is active where. The height `h` is fitted. How the sum over the parameters is
//! taken: `features`.

/// One parameter of all observations.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Unit coordinates; NaN where inactive.
    Numeric(Vec<f64>),
    /// Choices without an order.
    Category {
        /// Indices `0.0, 1.0, ..`; NaN where inactive.
        codes: Vec<f64>,
        /// Number of choices.
        levels: usize,
    },
}

impl Column {
    /// Number of choices; `None` of a number.
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
    /// `d^2 - h^2` of a category where one of two is active; a number's depends on where it stands.
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
    /// Columns of equal length, at least one of them; `conditional[j]` says whether parameter `j` can be inactive.
    pub fn new(columns: Vec<Column>, conditional: Vec<bool>) -> Self {
        debug_assert!(!columns.is_empty(), "without columns there is no number of observations");
        let len = columns.first().map_or(0, |c| c.values().len());
        debug_assert!(columns.iter().all(|c| c.values().len() == len) && columns.len() == conditional.len());
        Self { columns, conditional, len }
    }
    /// Points with the parameters of these, each one unit coordinate or code per parameter, NaN where inactive.
    #[must_use]
    pub fn like(&self, points: &[Vec<f64>]) -> Self {
        let of = |(j, column): (usize, &Column)| {
            let values = points.iter().map(|point| point[j]).collect();
            match column {
                Column::Numeric(_) => Column::Numeric(values),
                Column::Category { levels, .. } => Column::Category { codes: values, levels: *levels },
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
    /// Number of active parameters of an observation, on average; all, if there is no observation.
    pub(super) fn n_active(&self) -> f64 {
        let share = |column: &Column| {
            let active = column.values().iter().filter(|value| !value.is_nan()).count();
            if self.len == 0 { 1.0 } else { active as f64 / self.len as f64 }
        };
        self.columns.iter().map(share).sum()
    }
    /// Adds an observation: one unit coordinate or code per parameter, NaN where inactive.
    pub fn push(&mut self, point: &[f64]) {
        for (column, value) in self.columns.iter_mut().zip(point) {
            column.values_mut().push(*value);
        }
        self.len += 1;
    }
    /// Forgets the observations from `n` on.
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

/// What a model is fitted to.
#[derive(Clone, Copy, Debug)]
pub struct Observations<'a> {
    /// Where something was observed.
    pub inputs: &'a Inputs,
    /// The values, about zero mean and unit variance.
    pub y: &'a [f64],
    /// Known noise variance of every observation (its squared standard error), on top of the fitted one.
    pub known_noise: &'a [f64],
}
