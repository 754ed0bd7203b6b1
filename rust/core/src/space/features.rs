//! Features of choices, and how unlike two choices are.
//!
//! With the features `z_a` of `K` choices and the mean `m` of `|z_a - z_b|^2` over all pairs of different choices:
//!
//! ```text
//! d^2(a, b) = (1 - s) |z_a - z_b|^2 / m + s           a != b;  s = 0.2
//! d^2(a, o) = (1 - s) |z_a - z_o|^2 / m + s (K-1)/2K  o the centre of all choices
//! ```
//!
//! The mean of `d^2` over all pairs is 1, the value for choices without features, so lengthscales have the same meaning.
//! The share `s` of a plain difference keeps choices with equal features apart, and limits the harm of features that do
//! not matter. Both terms are squared Euclidean distances (the second of corners of a simplex), so `d` is one too.
//!
//! Columns of features are standardized, unless each row is a unit vector (then `|z_a - z_b|^2` is twice one minus the
//! cosine) or each entry is 0 or 1 (then it is the number of different bits).

use serde::{Deserialize, Serialize};

/// The share `s` of a plain difference. (Half and twice: `benches/results/constants.md`.)
const PLAIN: f64 = 0.2;
/// Largest number of choices with features: their distances are kept as a matrix. More are refused. Changes no
/// suggestion with fewer.
const MAX_CHOICES: usize = 2048;
/// Largest difference from 1 of the squared length of a unit vector. A choice, not measured.
const UNIT_TOLERANCE: f64 = 1e-3;

/// The features of all choices: one row per choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Features {
    rows: Vec<Vec<f64>>,
}

/// How unlike choices are.
#[derive(Clone, Debug, PartialEq)]
pub struct Unlikeness {
    n: usize,
    /// `d^2(a, b)`, row by row.
    between: Vec<f64>,
    /// `d^2(a, o)`.
    from_centre: Vec<f64>,
}

impl Features {
    /// One row of finite numbers per choice.
    ///
    /// # Errors
    /// No rows or columns, more than 2,048 rows, rows of different lengths, or a number that is not finite.
    pub fn new(rows: Vec<Vec<f64>>) -> Result<Self, String> {
        let width = rows.first().map_or(0, Vec::len);
        if width == 0 {
            return Err("features need at least one row and one column".to_owned());
        }
        if rows.len() > MAX_CHOICES {
            return Err(format!("features are possible for at most {MAX_CHOICES} choices, found {}", rows.len()));
        }
        for (choice, row) in rows.iter().enumerate() {
            if row.len() != width {
                return Err(format!("features of choice {choice} have {} numbers; expected {width}", row.len()));
            }
            if let Some(value) = row.iter().find(|value| !value.is_finite()) {
                return Err(format!("features of choice {choice} contain {value:?}; expected finite numbers"));
            }
        }
        Ok(Self { rows })
    }

    /// The rows.
    pub fn rows(&self) -> &[Vec<f64>] {
        &self.rows
    }

    /// How unlike the choices are.
    pub(super) fn unlikeness(&self) -> Unlikeness {
        let z = self.scaled();
        let n = z.len();
        let mean_row: Vec<f64> = (0..z[0].len()).map(|k| z.iter().map(|row| row[k]).sum::<f64>() / n as f64).collect();
        let centre: Vec<f64> = z.iter().map(|row| squared_distance(row, &mean_row)).collect();
        // The mean over ordered pairs of different choices is 2 n / (n - 1) times the mean distance from the centre.
        let mean = 2.0 * centre.iter().sum::<f64>() / (n as f64 - 1.0);
        let (share, plain) = if mean > 0.0 { ((1.0 - PLAIN) / mean, PLAIN) } else { (0.0, 1.0) };
        let between = z.iter().enumerate().flat_map(|(a, row)| {
            z.iter().enumerate().map(
                move |(b, other)| {
                    if a == b { 0.0 } else { share * squared_distance(row, other) + plain }
                },
            )
        });
        let corner = plain * (n as f64 - 1.0) / (2.0 * n as f64);
        let from_centre = centre.iter().map(|square| share * square + corner).collect();
        Unlikeness { n, between: between.collect(), from_centre }
    }

    /// The features in comparable units.
    fn scaled(&self) -> Vec<Vec<f64>> {
        let is_unit = |row: &Vec<f64>| (row.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < UNIT_TOLERANCE;
        let is_bits = |row: &Vec<f64>| row.iter().all(|x| *x == 0.0 || *x == 1.0);
        let has_one_column = self.rows[0].len() == 1;
        if self.rows.iter().all(is_bits) || (!has_one_column && self.rows.iter().all(is_unit)) {
            return self.rows.clone();
        }
        let n = self.rows.len() as f64;
        let mut scaled = self.rows.clone();
        for k in 0..self.rows[0].len() {
            // Scaled first, so that no sum overflows.
            let largest = self.rows.iter().fold(0.0, |largest: f64, row| largest.max(row[k].abs()));
            let column: Vec<f64> =
                self.rows.iter().map(|row| if largest > 0.0 { row[k] / largest } else { 0.0 }).collect();
            let mean = column.iter().sum::<f64>() / n;
            let std = (column.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt();
            for (row, x) in scaled.iter_mut().zip(column) {
                row[k] = if std > 0.0 { (x - mean) / std } else { 0.0 };
            }
        }
        scaled
    }
}

impl Unlikeness {
    /// `d^2` between a choice and all others, in order.
    pub fn from(&self, choice: usize) -> &[f64] {
        &self.between[choice * self.n..(choice + 1) * self.n]
    }

    /// `d^2` between a choice and the centre of all choices.
    pub fn from_centre(&self, choice: usize) -> f64 {
        self.from_centre[choice]
    }
}

fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;

    fn unlikeness(rows: &[&[f64]]) -> Unlikeness {
        Features::new(rows.iter().map(|row| row.to_vec()).collect()).unwrap().unlikeness()
    }

    #[test]
    fn the_mean_over_pairs_is_one() {
        for rows in [&[&[1.0, 5.0][..], &[2.0, -3.0], &[7.0, 1e9]][..], &[&[1.0], &[0.0], &[1.0], &[1.0]]] {
            let n = rows.len();
            let found = unlikeness(rows);
            let sum: f64 = (0..n).map(|a| found.from(a).iter().sum::<f64>()).sum();
            assert!((sum / (n * (n - 1)) as f64 - 1.0).abs() < 1e-12, "{sum}");
        }
    }

    #[test]
    fn equal_features_leave_a_plain_difference() {
        let found = unlikeness(&[&[1.0, 2.0], &[1.0, 2.0], &[3.0, -1.0]]);
        assert!((found.from(0)[1] - PLAIN).abs() < 1e-15 && found.from(0)[2] > 1.0 && found.from(0)[0] == 0.0);
        let same = unlikeness(&[&[3.0], &[3.0]]);
        assert_eq!((same.from(0)[1], same.from_centre(0)), (1.0, 0.25));
    }

    /// An inactive choice lies in the centre: the squared distances to it are those of Euclidean space.
    #[test]
    fn the_centre_is_the_mean_of_all_choices() {
        let rows: Vec<Vec<f64>> = (0..5).map(|k| vec![f64::from(k * k), f64::from(7 - k)]).collect();
        let found = Features::new(rows).unwrap().unlikeness();
        let n = 5.0;
        let all: f64 = (0..5).map(|a| found.from(a).iter().sum::<f64>()).sum();
        for a in 0..5 {
            let expected = found.from(a).iter().sum::<f64>() / n - all / (2.0 * n * n);
            assert!((found.from_centre(a) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn bits_and_unit_vectors_are_not_standardized() {
        // The columns have different variances, so standardized bits would have another ratio.
        let bits = unlikeness(&[&[0.0, 0.0, 1.0], &[0.0, 1.0, 1.0], &[1.0, 1.0, 0.0], &[0.0, 0.0, 1.0]]);
        assert!(((bits.from(0)[2] - PLAIN) / (bits.from(0)[1] - PLAIN) - 3.0).abs() < 1e-12);
        let unit = unlikeness(&[&[1.0, 0.0], &[0.6, 0.8], &[0.0, 1.0]]);
        assert!(((unit.from(0)[2] - PLAIN) / (unit.from(0)[1] - PLAIN) - 2.0 / 0.8).abs() < 1e-12);
    }

    #[test]
    fn wrong_features_are_named() {
        let message = |rows: &[&[f64]]| Features::new(rows.iter().map(|row| row.to_vec()).collect()).unwrap_err();
        assert!(message(&[]).contains("at least one row"));
        assert!(message(&[&[1.0], &[1.0, 2.0]]).contains("choice 1 have 2 numbers; expected 1"));
        assert!(message(&[&[1.0], &[f64::NAN]]).contains("choice 1 contain NaN"));
    }
}
