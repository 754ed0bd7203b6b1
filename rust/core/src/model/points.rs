//! Conversion of configurations to points of a model.

use super::gp::{Column, Inputs};
use crate::space::{Axis, AxisKind, Parameter, SearchSpace};

/// Converts unit coordinates to a point of a model; unordered choices become codes.
pub fn point(space: &SearchSpace, unit: &[f64]) -> Vec<f64> {
    unit.iter().zip(space.axes()).map(|(u, axis)| coordinate(*u, axis)).collect()
}

/// Converts one coordinate.
pub fn coordinate(u: f64, axis: &Axis) -> f64 {
    match axis.kind() {
        AxisKind::Unordered { levels } => (u * levels as f64).floor(),
        AxisKind::Continuous | AxisKind::Ordered { .. } => u,
    }
}

/// Arranges points as the inputs of a model.
pub fn inputs(space: &SearchSpace, points: &[Vec<f64>]) -> Inputs {
    let column = |(j, axis): (usize, &Axis)| {
        let values = points.iter().map(|p| p[j]).collect();
        match axis.kind() {
            AxisKind::Unordered { levels } => {
                Column::Category { codes: values, levels, unlikeness: space.unlikeness(j).cloned() }
            }
            AxisKind::Continuous | AxisKind::Ordered { .. } => Column::Numeric(values),
        }
    };
    let columns = space.axes().iter().enumerate().map(column).collect();
    Inputs::new(columns, space.parameters().iter().map(Parameter::is_conditional).collect())
}
