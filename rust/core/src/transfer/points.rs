//! Configurations as points of a model.

use crate::encoding::{Axis, AxisKind, Encoding};
use crate::model::gp::{Column, Inputs};
use crate::space::{Parameter, SearchSpace};

/// The point a model sees for unit coordinates: choices without an order become codes.
pub fn point(encoding: &Encoding, unit: &[f64]) -> Vec<f64> {
    let coordinate = |(u, axis): (&f64, &Axis)| match axis.kind() {
        AxisKind::Unordered { levels } => (u * levels as f64).floor(),
        AxisKind::Continuous | AxisKind::Ordered { .. } => *u,
    };
    unit.iter().zip(encoding.axes()).map(coordinate).collect()
}

/// Points as the inputs of a model.
pub fn inputs(space: &SearchSpace, encoding: &Encoding, points: &[Vec<f64>]) -> Inputs {
    let column = |(j, axis): (usize, &Axis)| {
        let values = points.iter().map(|p| p[j]).collect();
        match axis.kind() {
            AxisKind::Unordered { levels } => Column::Category { codes: values, levels },
            AxisKind::Continuous | AxisKind::Ordered { .. } => Column::Numeric(values),
        }
    };
    let columns = encoding.axes().iter().enumerate().map(column).collect();
    Inputs::new(columns, space.parameters().iter().map(Parameter::is_conditional).collect())
}
