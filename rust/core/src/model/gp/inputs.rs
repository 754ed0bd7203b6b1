//! Observations as columns, and the distance of each kind of parameter.
//!
//! | kind | `d^2` both active | one active | none |
//! | --- | --- | --- | --- |
//! | numeric | `(z - z')^2` | `h^2 + (z - 1/2)^2` | 0 |
//! | category of `K` | `1[c != c']` | `h^2 + (K - 1) / 2K` | 0 |
//!
//! An inactive parameter is a point of its own: `(0, 0)` where an active one is `(h, z - 1/2)`, or the centre of the simplex
//! of unit edges on whose corners categories stand, lifted by `h`. Since every `d` is a Euclidean distance, the kernel is positive
//! definite whatever is active where. The height `h` is fitted.

use crate::numerics::for_every_kernel;

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
    fn values(&self) -> &[f64] {
        match self {
            Self::Numeric(values) | Self::Category { codes: values, .. } => values,
        }
    }
    fn values_mut(&mut self) -> &mut Vec<f64> {
        match self {
            Self::Numeric(values) | Self::Category { codes: values, .. } => values,
        }
    }
    /// `d^2 - h^2` where one of two is active and stands at `value`.
    fn lonely(&self, value: f64) -> f64 {
        match self {
            Self::Numeric(_) => (value - 0.5) * (value - 0.5),
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

    /// `r^2` between `point` and the observations `from..`, written over `out`.
    ///
    /// `inverse[j] = 1 / l_j^2`; `heights[j] = h_j^2` (read for conditional parameters alone).
    pub fn squared_distances(&self, point: &[f64], from: usize, inverse: &[f64], heights: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for (j, (column, at)) in self.columns.iter().zip(point).enumerate() {
            let values = &column.values()[from..];
            match (column, self.conditional[j]) {
                (Column::Numeric(_), false) => add_numeric(out, values, *at, inverse[j]),
                (Column::Category { .. }, false) => add_category(out, values, *at, inverse[j]),
                (_, true) => {
                    for (r2, value) in out.iter_mut().zip(values) {
                        *r2 += self.conditional_square(j, *at, *value, heights[j]) * inverse[j];
                    }
                }
            }
        }
    }

    /// `d_j^2` of a conditional parameter.
    fn conditional_square(&self, j: usize, a: f64, b: f64, height: f64) -> f64 {
        match (a.is_nan(), b.is_nan()) {
            (true, true) => 0.0,
            (true, false) => height + self.columns[j].lonely(b),
            (false, true) => height + self.columns[j].lonely(a),
            (false, false) => match self.columns[j] {
                Column::Numeric(_) => (a - b) * (a - b),
                Column::Category { .. } => f64::from(u8::from(a != b)),
            },
        }
    }

    /// `sum_i w_i d_j(x_k, x_i)^2` over the observations `i > k`, and `sum_i w_i` over those of which exactly one of the two is
    /// active (what `d_j^2` gains per unit of `h_j^2`). `w` has one entry per `i > k`.
    pub(super) fn weighted_squares(&self, j: usize, k: usize, height: f64, w: &[f64]) -> (f64, f64) {
        let values = self.columns[j].values();
        let (at, rest) = (values[k], &values[k + 1..]);
        match (&self.columns[j], self.conditional[j]) {
            (Column::Numeric(_), false) => (weighted_numeric(w, rest, at), 0.0),
            (Column::Category { .. }, false) => (weighted_category(w, rest, at), 0.0),
            (_, true) => rest.iter().zip(w).fold((0.0, 0.0), |(squares, lonely), (value, w)| {
                let one = if at.is_nan() == value.is_nan() { 0.0 } else { *w };
                (squares + w * self.conditional_square(j, at, *value, height), lonely + one)
            }),
        }
    }
}

for_every_kernel! {
    fn add_numeric(out: &mut [f64], values: &[f64], at: f64, inverse: f64) {
        for (r2, value) in out.iter_mut().zip(values) {
            let difference = value - at;
            *r2 += difference * difference * inverse;
        }
    }
}

for_every_kernel! {
    fn add_category(out: &mut [f64], values: &[f64], at: f64, inverse: f64) {
        for (r2, value) in out.iter_mut().zip(values) {
            *r2 += if *value == at { 0.0 } else { inverse };
        }
    }
}

/// Independent partial sums of a reduction: fixed, so that every kernel adds in the same order.
const LANES: usize = 8;

for_every_kernel! {
    /// `sum_i w_i (t_i - at)^2`.
    fn weighted_numeric(w: &[f64], values: &[f64], at: f64) -> f64 {
        in_lanes(w, values, |value| (value - at) * (value - at))
    }
}

for_every_kernel! {
    fn weighted_category(w: &[f64], values: &[f64], at: f64) -> f64 {
        in_lanes(w, values, |value| if value == at { 0.0 } else { 1.0 })
    }
}

for_every_kernel! {
    /// `sum_i w_i (at - t_i)`, `t_i` being 1/2 where the parameter is inactive.
    pub(super) fn weighted_differences(w: &[f64], values: &[f64], at: f64) -> f64 {
        in_lanes(w, values, |value| at - if value.is_nan() { 0.5 } else { value })
    }
}

// Compiled into each kernel's version of its callers.
#[allow(clippy::inline_always)]
#[inline(always)]
fn in_lanes(w: &[f64], values: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    let mut sums = [0.0; LANES];
    let (w_blocks, v_blocks) = (w.chunks_exact(LANES), values.chunks_exact(LANES));
    let tail: f64 = w_blocks.remainder().iter().zip(v_blocks.remainder()).map(|(w, v)| w * term(*v)).sum();
    for (w, v) in w_blocks.zip(v_blocks) {
        for lane in 0..LANES {
            sums[lane] += w[lane] * term(v[lane]);
        }
    }
    sums.iter().sum::<f64>() + tail
}
