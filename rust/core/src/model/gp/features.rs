//! Observations scaled by given hyperparameters, so that `r^2` is a plain sum of squares.
//!
//! A numeric parameter becomes the feature `(z - 1/2) / l`, or 0 where it is inactive. A conditional one adds the
//! feature `h / l`, or 0 where it is inactive. The squared differences of both add up to `d_j^2 / l_j^2` of
//! `observations`. Shears are applied last (`shear`). Distances are sums of squared differences, never expanded
//! products, so that no distance is negative and equal points have distance 0 (`near_duplicates_keep_exact_distances`).

use std::sync::Arc;

use super::hyperparameters::Hyperparameters;
use super::observations::{Column, Inputs};
use super::shear::{self, FeatureShear, Shear};
use crate::numerics::for_every_kernel;
use crate::numerics::linalg::{Matrix, MatrixView};
use crate::space::Unlikeness;

/// Number of columns that are added to the distances in one pass. Changes no suggestion.
const COLUMNS: usize = 4;
/// Number of partial sums of a reduction. It is fixed so that every kernel adds in the same order. Changes rounding
/// only.
const LANES: usize = 8;
/// The code of an inactive choice. Follows from the codes of choices, which count from 0.
const ABSENT: f64 = -1.0;

/// The scaled observations.
#[derive(Clone, Debug)]
pub(super) struct ScaledFeatures {
    sources: Vec<FeatureSource>,
    /// One row per observation, one column per source.
    numbers: Matrix,
    categories: Vec<Category>,
    /// Shears between features, ordered by the feature that is changed.
    shears: Vec<FeatureShear>,
}

/// The origin of a numeric feature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FeatureSource {
    /// The parameter.
    pub(super) parameter: usize,
    /// `1 / l`, or `h / l`.
    pub(super) scale: f64,
    /// Whether the feature represents the activity of the parameter instead of its value.
    pub(super) is_activity: bool,
}

/// An unordered parameter.
#[derive(Clone, Debug)]
pub(super) struct Category {
    pub(super) parameter: usize,
    codes: Vec<f64>,
    /// `1 / l^2`: the contribution to `r^2` of different choices without features, and the factor of `d^2` with some.
    mismatch: f64,
    /// The contribution to `r^2` without features if the parameter is active in one of the two points only.
    one_active: f64,
    /// `h^2`.
    height: f64,
    unlikeness: Option<Arc<Unlikeness>>,
}

/// A point in scaled coordinates.
#[derive(Clone, Debug)]
pub(super) struct ScaledPoint {
    numbers: Vec<f64>,
    codes: Vec<f64>,
}

impl ScaledPoint {
    /// A numeric feature.
    pub(super) fn number(&self, feature: usize) -> f64 {
        self.numbers[feature]
    }
}

impl FeatureSource {
    /// The feature of a coordinate before shears are applied.
    pub(super) fn of(&self, value: f64) -> f64 {
        match (value.is_nan(), self.is_activity) {
            (true, _) => 0.0,
            (false, true) => self.scale,
            (false, false) => (value - 0.5) * self.scale,
        }
    }
}

impl ScaledFeatures {
    pub(super) fn new(inputs: &Inputs, hyper: &Hyperparameters) -> Self {
        let (mut sources, mut categories) = (Vec::new(), Vec::new());
        for (parameter, column) in inputs.columns().iter().enumerate() {
            let (l, h) = (hyper.lengthscales[parameter], hyper.heights[parameter]);
            match column {
                Column::Numeric(_) => {
                    sources.push(FeatureSource { parameter, scale: 1.0 / l, is_activity: false });
                    if inputs.conditional()[parameter] {
                        sources.push(FeatureSource { parameter, scale: h / l, is_activity: true });
                    }
                }
                Column::Category { codes, .. } => {
                    let codes = codes.iter().map(|code| code_or_absent(*code)).collect();
                    categories.push(Category {
                        parameter,
                        codes,
                        mismatch: 1.0 / (l * l),
                        one_active: (h * h + column.one_active()) / (l * l),
                        height: h * h,
                        unlikeness: column.unlikeness().cloned(),
                    });
                }
            }
        }
        let values = |source: &FeatureSource| inputs.columns()[source.parameter].values();
        let mut numbers = Matrix::from_fn(inputs.len(), sources.len(), |i, f| sources[f].of(values(&sources[f])[i]));
        let shears = shears(&sources, hyper);
        debug_assert_eq!(shears.len(), hyper.shears.len(), "every shear is one of numbers");
        // The same operation as `shear::apply`, column by column.
        for added in shears.iter().rev() {
            let by = numbers.column(added.by).to_vec();
            add_multiple(numbers.column_mut(added.of), &by, added.factor);
        }
        Self { sources, numbers, categories, shears }
    }

    /// Appends an observation.
    pub(super) fn push(&mut self, point: &[f64]) {
        let scaled = self.scale(point);
        self.numbers.push_row(&scaled.numbers);
        for (category, code) in self.categories.iter_mut().zip(scaled.codes) {
            category.codes.push(code);
        }
    }
    /// Removes the observations from index `n` on.
    pub(super) fn truncate(&mut self, n: usize) {
        self.numbers.truncate_rows(n);
        for category in &mut self.categories {
            category.codes.truncate(n);
        }
    }

    /// Number of observations.
    pub(super) fn len(&self) -> usize {
        self.numbers.rows()
    }
    pub(super) fn sources(&self) -> &[FeatureSource] {
        &self.sources
    }
    /// The feature that is the value of a numeric parameter.
    pub(super) fn of_parameter(&self, j: usize) -> Option<usize> {
        feature_of(&self.sources, j)
    }
    pub(super) fn shears(&self) -> &[FeatureShear] {
        &self.shears
    }
    /// The numeric features of the observations `from..to`, one column per source.
    pub(super) fn numbers(&self, from: usize, to: usize) -> MatrixView<'_> {
        self.numbers.block(from, 0, to - from, self.sources.len())
    }
    /// One numeric feature of all observations.
    pub(super) fn column(&self, feature: usize) -> &[f64] {
        self.numbers.column(feature)
    }
    pub(super) fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// Scales a point given by one unit coordinate or code per parameter, NaN where inactive.
    pub(super) fn scale(&self, point: &[f64]) -> ScaledPoint {
        let mut numbers: Vec<f64> = self.sources.iter().map(|source| source.of(point[source.parameter])).collect();
        shear::apply(&self.shears, &mut numbers);
        ScaledPoint { numbers, codes: self.categories.iter().map(|c| code_or_absent(point[c.parameter])).collect() }
    }
    /// Observation `i`.
    pub(super) fn observation(&self, i: usize) -> ScaledPoint {
        let numbers = (0..self.sources.len()).map(|f| self.numbers.at(i, f)).collect();
        ScaledPoint { numbers, codes: self.categories.iter().map(|c| c.codes[i]).collect() }
    }

    /// `r^2` between a point and the observations `from..`, written over `out`.
    pub(super) fn squared_distances(&self, point: &ScaledPoint, from: usize, out: &mut [f64]) {
        out.fill(0.0);
        let mut feature = 0;
        while feature + COLUMNS <= self.sources.len() {
            let columns = std::array::from_fn(|k| &self.numbers.column(feature + k)[from..]);
            let at = std::array::from_fn(|k| point.numbers[feature + k]);
            add_columns(out, columns, at);
            feature += COLUMNS;
        }
        for feature in feature..self.sources.len() {
            add_column(out, &self.numbers.column(feature)[from..], point.numbers[feature]);
        }
        for (category, at) in self.categories.iter().zip(&point.codes) {
            category.add(out, &category.codes[from..], *at);
        }
    }
}

impl Category {
    /// Adds the contributions to `r^2` of observations with these codes, seen from a point with the code `at`.
    fn add(&self, out: &mut [f64], codes: &[f64], at: f64) {
        let Some(unlikeness) = &self.unlikeness else {
            add_category(out, codes, at, self.mismatch, self.one_active);
            return;
        };
        for (r2, code) in out.iter_mut().zip(codes) {
            *r2 += self.squared_difference(unlikeness, *code, at) * self.mismatch;
        }
    }

    /// `d^2` between two choices with features, each of which may be inactive.
    fn squared_difference(&self, unlikeness: &Unlikeness, code: f64, other: f64) -> f64 {
        match (code < 0.0, other < 0.0) {
            (true, true) => 0.0,
            (false, false) => unlikeness.from(code as usize)[other as usize],
            (true, false) => self.height + unlikeness.from_centre(other as usize),
            (false, true) => self.height + unlikeness.from_centre(code as usize),
        }
    }

    /// Two sums over observations `i > k` of `w_i`, which has one entry for each: the first with the contributions to
    /// `r^2` as weights, the second over those observations where exactly one of `i` and `k` is active.
    pub(super) fn weighted_differences(&self, k: usize, w: &[f64]) -> (f64, f64) {
        let (codes, at) = (&self.codes[k + 1..], self.codes[k]);
        let [both_active, one_active] = mismatch_weights(w, codes, at);
        let total = match &self.unlikeness {
            None => both_active * self.mismatch + one_active * self.one_active,
            Some(unlikeness) => {
                let terms = w.iter().zip(codes).map(|(w, code)| w * self.squared_difference(unlikeness, *code, at));
                terms.sum::<f64>() * self.mismatch
            }
        };
        (total, one_active)
    }
}

/// The feature that is the value of a numeric parameter.
fn feature_of(sources: &[FeatureSource], j: usize) -> Option<usize> {
    let place = sources.partition_point(|source| source.parameter < j);
    sources.get(place).filter(|source| source.parameter == j).map(|_| place)
}

/// Shears of parameters, converted to shears of features.
fn shears(sources: &[FeatureSource], hyper: &Hyperparameters) -> Vec<FeatureShear> {
    let added = |shear: &Shear| {
        let (of, by) = feature_of(sources, shear.of).zip(feature_of(sources, shear.by))?;
        Some(FeatureShear { of, by, factor: shear.slope * sources[of].scale / sources[by].scale })
    };
    hyper.shears.iter().filter_map(added).collect()
}

fn code_or_absent(code: f64) -> f64 {
    if code.is_nan() { ABSENT } else { code }
}

for_every_kernel! {
    /// `out_i += sum_k (columns[k]_i - at[k])^2`.
    fn add_columns(out: &mut [f64], columns: [&[f64]; COLUMNS], at: [f64; COLUMNS]) {
        let n = out.len();
        let [a, b, c, d] = columns.map(|column| &column[..n]);
        for i in 0..n {
            let (a, b, c, d) = (a[i] - at[0], b[i] - at[1], c[i] - at[2], d[i] - at[3]);
            out[i] += a.mul_add(a, b * b) + c.mul_add(c, d * d);
        }
    }
}

for_every_kernel! {
    fn add_multiple(out: &mut [f64], column: &[f64], factor: f64) {
        for (sum, value) in out.iter_mut().zip(column) {
            *sum = value.mul_add(factor, *sum);
        }
    }
}

for_every_kernel! {
    fn add_column(out: &mut [f64], column: &[f64], at: f64) {
        for (r2, value) in out.iter_mut().zip(column) {
            let difference = value - at;
            *r2 = difference.mul_add(difference, *r2);
        }
    }
}

for_every_kernel! {
    fn add_category(out: &mut [f64], codes: &[f64], at: f64, mismatch: f64, one_active: f64) {
        for (r2, code) in out.iter_mut().zip(codes) {
            let differing = if code.min(at) < 0.0 { one_active } else { mismatch };
            *r2 += if *code == at { 0.0 } else { differing };
        }
    }
}

for_every_kernel! {
    /// Sums of `w_i` over observations whose code differs from `at`: those where both are active, and those where one is.
    /// In [`LANES`] partial sums.
    fn mismatch_weights(w: &[f64], codes: &[f64], at: f64) -> [f64; 2] {
        let mut sums = [[0.0; LANES]; 2];
        for (w, codes) in w.chunks(LANES).zip(codes.chunks(LANES)) {
            for ((w, code), lane) in w.iter().zip(codes).zip(0..LANES) {
                let differing = if *code == at { 0.0 } else { *w };
                let is_one_active = code.min(at) < 0.0;
                sums[0][lane] += if is_one_active { 0.0 } else { differing };
                sums[1][lane] += if is_one_active { differing } else { 0.0 };
            }
        }
        sums.map(|lanes| lanes.iter().sum())
    }
}
