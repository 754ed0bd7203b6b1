//! An order of the objectives that does not depend on the one in which they were declared.

use super::dominance::lexicographic;

/// The points with their objectives in the lexicographic order of all values. Sums over objectives round differently in
/// another order, and so do volumes that are swept along another axis. That would decide between equally good points.
pub fn sorted_objectives(points: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n_objectives = points.first().map_or(0, Vec::len);
    let mut objectives: Vec<Vec<f64>> = (0..n_objectives).map(|k| points.iter().map(|y| y[k]).collect()).collect();
    objectives.sort_by(|a, b| lexicographic(a, b));
    (0..points.len()).map(|i| objectives.iter().map(|values| values[i]).collect()).collect()
}
