//! The training data of a forest.

use std::collections::BTreeSet;

use super::axis::{Accepted, SplitAxis};
use crate::history::History;
use crate::numerics::{half_of_fenced_end, mean_without_overflow};
use crate::space::{Accept, AxisKind, Configuration, SearchSpace, Value};

/// Complete trials with a finite value of one objective, feasible or not.
pub(in crate::importance) struct Data {
    pub(in crate::importance) columns: Vec<SplitAxis>,
    /// Per parameter: the coordinate of every trial, NaN where inactive.
    pub(super) coordinates: Vec<Vec<f64>>,
    /// Per parameter: the values that it requires of each ancestor, parents before children. Ancestors with a single
    /// value are left out, because that value is always accepted.
    pub(in crate::importance) required: Vec<Vec<(usize, Accepted)>>,
    /// Whether a parameter has a single value.
    pub(super) fixed: Vec<bool>,
    /// Values with zero mean and absolute value at most one: `value = centre + 2 half_scale scaled`.
    pub(super) scaled: Vec<f64>,
    centre: f64,
    half_scale: f64,
}

impl Data {
    pub(in crate::importance) fn new(space: &SearchSpace, history: &History, objective: usize) -> Self {
        let rows = rows(history, objective);
        Self::of(space, history, &rows, told(history, objective, &rows))
    }

    /// The same with values beyond Tukey's far-out fence at the fence: a mean over trials of which one diverged says
    /// nothing of the others.
    pub(in crate::importance) fn without_outliers(space: &SearchSpace, history: &History, objective: usize) -> Self {
        let rows = rows(history, objective);
        let values = told(history, objective, &rows);
        let half = half_of_fenced_end(&values);
        let fenced = values.into_iter().map(|value| if value / 2.0 > half { 2.0 * half } else { value });
        Self::of(space, history, &rows, fenced.collect())
    }

    fn of(space: &SearchSpace, history: &History, rows: &[usize], values: Vec<f64>) -> Self {
        let fixed: Vec<bool> = space.parameters().iter().map(|parameter| parameter.domain.is_point()).collect();
        let varying = |j| space.required(j).into_iter().filter(|(k, _)| !fixed[*k]).collect();
        let required: Vec<Vec<_>> = (0..fixed.len()).map(varying).collect();
        let columns: Vec<SplitAxis> = (0..fixed.len()).map(|j| column(space, history, j, rows, &required)).collect();
        let coordinates = columns.iter().enumerate().map(|(j, column)| coordinates(column, history, j, rows));
        let (scaled, centre, half_scale) = scaled(values);
        Self {
            coordinates: coordinates.collect(),
            required: required
                .into_iter()
                .map(|of| of.into_iter().map(|(k, accept)| (k, columns[k].accepted(&accept))).collect())
                .collect(),
            fixed,
            columns,
            scaled,
            centre,
            half_scale,
        }
    }

    /// Number of trials.
    pub(in crate::importance) fn len(&self) -> usize {
        self.scaled.len()
    }

    /// Whether there are two different values.
    pub(in crate::importance) fn varies(&self) -> bool {
        self.scaled.iter().any(|value| *value != self.scaled[0])
    }

    /// The coordinates of a configuration, NaN where inactive.
    pub(in crate::importance) fn point(&self, configuration: &Configuration) -> Vec<f64> {
        let pairs = configuration.0.iter().zip(&self.columns);
        pairs.map(|(value, column)| value.map_or(f64::NAN, |value| column.coordinate(value))).collect()
    }

    /// A scaled value in units of the objective.
    pub(in crate::importance) fn unscaled(&self, scaled: f64) -> f64 {
        self.centre + self.half_scale * scaled + self.half_scale * scaled
    }
}

/// The trials with a finite value of an objective.
fn rows(history: &History, objective: usize) -> Vec<usize> {
    (0..history.len()).filter(|row| history.is_measured_in(*row, objective)).collect()
}

fn told(history: &History, objective: usize, rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|row| history.values(objective)[*row]).collect()
}

fn column(
    space: &SearchSpace,
    history: &History,
    j: usize,
    rows: &[usize],
    required: &[Vec<(usize, Accept)>],
) -> SplitAxis {
    let AxisKind::Unordered { levels } = space.axes()[j].kind() else {
        return SplitAxis::Ordered(space.axes()[j].clone());
    };
    let active = rows.iter().filter(|row| history.active(j)[**row]);
    let mut seen: BTreeSet<u64> = active.map(|row| history.cells(j)[*row]).collect();
    for (_, accept) in required.iter().flatten().filter(|(k, _)| *k == j) {
        if let Accept::Levels(named) = accept {
            seen.extend(named);
        }
    }
    SplitAxis::unordered(levels, seen)
}

fn coordinates(column: &SplitAxis, history: &History, j: usize, rows: &[usize]) -> Vec<f64> {
    let coordinate = |row: &usize| match column {
        SplitAxis::Ordered(_) => history.unit(j)[*row],
        SplitAxis::Unordered { .. } if history.active(j)[*row] => {
            column.coordinate(Value::Level(history.cells(j)[*row]))
        }
        SplitAxis::Unordered { .. } => f64::NAN,
    };
    rows.iter().map(coordinate).collect()
}

/// Values minus their mean, divided by the largest absolute difference; also the mean and half the largest difference.
/// Numbers are halved before they are subtracted, because a difference may overflow.
fn scaled(mut values: Vec<f64>) -> (Vec<f64>, f64, f64) {
    let centre = mean_without_overflow(values.iter().copied());
    for value in &mut values {
        *value = 0.5 * *value - 0.5 * centre;
    }
    let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    for value in values.iter_mut().filter(|_| largest > 0.0) {
        *value /= largest;
    }
    (values, centre, largest)
}
