//! Surrogate models; they can be used from Rust without an optimizer.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `gp` | Gaussian processes |
//! | `parzen` | Parzen estimators |
//! | `output_warp` | warps of values, which models fit instead of the values themselves |
//! | `cost` | a model of costs |
//!
//! Gaussian processes and the model of costs describe points, to which configurations are converted here.

mod cost;
pub mod gp;
pub mod output_warp;
pub mod parzen;

pub use cost::{CostPenalty, LogCost};

use gp::{Column, Inputs};

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

/// Whether more than two thirds of the given parameters are unordered. Among choices, the effect of each level can be
/// estimated on its own. Where numbers dominate, a level appears as bad as the numbers it was tried with. The densities
/// of TPE, the lengthscales of the Gaussian process and Auto depend on this (measured: `benches/results/tpe.md`).
pub fn is_mostly_unordered(are_unordered: impl ExactSizeIterator<Item = bool>) -> bool {
    let n = are_unordered.len();
    3 * are_unordered.filter(|is_unordered| *is_unordered).count() > 2 * n
}

#[cfg(test)]
mod tests {
    use super::is_mostly_unordered;

    #[test]
    fn two_thirds_are_not_mostly_unordered() {
        let of = |n_unordered: usize, n: usize| is_mostly_unordered((0..n).map(|j| j < n_unordered));
        assert_eq!([of(5, 7), of(4, 6), of(1, 1), of(0, 1), of(0, 0)], [true, false, true, false, false]);
    }
}
