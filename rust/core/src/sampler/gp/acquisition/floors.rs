//! Objectives that are at their best wherever a parameter is at one end of its range.
//!
//! The first objective of ZDT is zero wherever the first number is zero, and a size is least with the fewest layers,
//! whatever the other parameters are. A smooth model predicts slightly less than the best value at every untried point of
//! such a face, and with several objectives this little counts times the range of all others. So most trials went to
//! these faces, where the other objectives are bad (measured: `benches/results/objectives.md`).
//!
//! The best value of an objective is therefore its *floor* if all feasible trials at an end of the range of some parameter
//! have it, other feasible trials are worse, and at least [`LEAST`] different configurations are at that end. No
//! improvement below a floor counts. Equal values alone are no sign of a floor: on a plateau, neighbouring trials are
//! equal, and better ones lie beyond its edge. A feasible trial with another value at that end removes the floor, and so
//! does an infeasible one with a better value anywhere. Infeasible trials make no floor: the feasible part of that end may
//! still be unknown (measured: `benches/results/objectives.md`).

use std::collections::BTreeSet;

use crate::sampler::Context;
use crate::sampler::gp::surrogate::{ObjectiveModel, Surrogate};
use crate::sampler::gp::training_data;

/// Least number of configurations at an end. (2, 5 and 8: `benches/results/objectives.md`.)
const LEAST: usize = 3;
/// Largest difference of equal values, in warped units of good values: a rounding error. A choice, not measured.
const TOLERANCE: f64 = 1e-6;

/// The floor of each objective, where its model has the posterior means `fitted`; minus infinity if it has none.
pub(super) fn floors(surrogate: &Surrogate<'_>, context: &Context<'_>, fitted: &[Vec<f64>]) -> Vec<f64> {
    let feasible: Vec<usize> = (0..surrogate.rows.len()).filter(|i| surrogate.feasible[*i]).collect();
    let rows: Vec<usize> = feasible.iter().map(|i| surrogate.rows[*i]).collect();
    let faces = faces(&rows, context);
    let of = |(objective, means): (&ObjectiveModel<'_>, &Vec<f64>)| {
        if is_at_floor(objective, context, &rows, &faces) {
            feasible.iter().map(|i| means[*i]).fold(f64::INFINITY, f64::min)
        } else {
            f64::NEG_INFINITY
        }
    };
    surrogate.objectives.iter().zip(fitted).map(of).collect()
}

/// For each end of the range of each ordered parameter, those of `rows` that lie at this end. Ends with fewer than
/// [`LEAST`] configurations are left out.
fn faces(rows: &[usize], context: &Context<'_>) -> Vec<Vec<usize>> {
    let mut faces = Vec::new();
    for (j, axis) in context.space.axes().iter().enumerate().filter(|(_, axis)| !axis.is_unordered()) {
        for end in [0.0, 1.0].map(|u| axis.to_unit(axis.from_unit(u))) {
            let face: Vec<usize> = rows.iter().copied().filter(|row| context.history.unit(j)[*row] == end).collect();
            if face.len() >= LEAST && n_configurations(&face, context) >= LEAST {
                faces.push(face);
            }
        }
    }
    faces
}

fn n_configurations(rows: &[usize], context: &Context<'_>) -> usize {
    let bits = |row: &usize| -> Vec<u64> {
        (0..context.space.axes().len()).map(|j| context.history.unit(j)[*row].to_bits()).collect()
    };
    rows.iter().map(bits).collect::<BTreeSet<_>>().len()
}

/// Whether all trials of some face have the best known value of the objective, and some other feasible trial is worse.
fn is_at_floor(
    objective: &ObjectiveModel<'_>,
    context: &Context<'_>,
    feasible: &[usize],
    faces: &[Vec<usize>],
) -> bool {
    let ObjectiveModel { index, rows, losses, .. } = objective;
    let (values, unit) = (context.history.values(*index), training_data::slope(context, rows, *index, losses));
    let best = rows.iter().map(|row| values[*row]).fold(f64::INFINITY, f64::min);
    let is_worse = |row: &usize| unit * (values[*row] - best) > TOLERANCE;
    feasible.iter().any(is_worse) && faces.iter().any(|face| !face.iter().any(is_worse))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::sampler::gp::surrogate::{self, GpCaches};
    use crate::sampler::testing::{number, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    /// Whether each of two objectives is at its floor after trials at `x, y` with these values. The last `n_infeasible`
    /// break a constraint.
    fn floors_where(trials: &[([f64; 2], [f64; 2])], n_infeasible: usize) -> Vec<bool> {
        let space = SearchSpace::new(vec![number("x"), number("y")], Vec::new()).unwrap();
        let mut history = History::new(2, 2);
        for (row, (at, values)) in trials.iter().enumerate() {
            let values = values.map(|value| Measurement { value, sem: None, replicates: Vec::new() });
            history.push(&space, &Configuration(at.map(|x| Some(Value::Real(x))).to_vec()), Origin::Random);
            let broken = if row + n_infeasible >= trials.len() { 1.0 } else { -1.0 };
            let constraint = [("c".to_owned(), broken)];
            let told = if n_infeasible > 0 { &constraint[..] } else { &[] };
            history.finish(row, Outcome::Complete(values.to_vec()), told, None);
        }
        with_context(&space, &history, 20, |context| {
            let mut models = GpCaches::default();
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            let fitted: Vec<Vec<f64>> = surrogate.objectives.iter().map(|o| o.model.fitted_means()).collect();
            let found = super::floors(&surrogate, context, &fitted).into_iter().map(f64::is_finite);
            let mut found: Vec<(usize, bool)> = surrogate.objectives.iter().map(|o| o.index).zip(found).collect();
            found.sort_unstable();
            found.into_iter().map(|(_, is_at_floor)| is_at_floor).collect()
        })
    }

    fn floors(trials: &[([f64; 2], [f64; 2])]) -> Vec<bool> {
        floors_where(trials, 0)
    }

    /// The first objective is `x`.
    const INSIDE: [([f64; 2], [f64; 2]); 4] =
        [([0.3, 0.1], [0.3, 2.0]), ([0.6, 0.9], [0.6, 1.5]), ([0.9, 0.4], [0.9, 0.5]), ([0.5, 0.6], [0.5, 0.9])];

    fn at_zero(y: f64, value: f64) -> ([f64; 2], [f64; 2]) {
        ([0.0, y], [value, 1.0 + y])
    }

    #[test]
    fn three_equal_best_values_at_an_end_are_a_floor() {
        let of = |n: usize| {
            let face = [at_zero(0.2, 0.0), at_zero(0.5, 0.0), at_zero(0.7, 0.0)];
            floors(&[&INSIDE[..], &face[..n]].concat())
        };
        assert_eq!([of(2), of(3)], [[false, false], [true, false]]);
    }

    #[test]
    fn a_rounding_error_of_the_best_value_makes_no_floor() {
        let best = [([0.3, 0.6], [0.0, 3.0]), ([0.4, 0.7], [f64::EPSILON, 4.0])];
        let face = [at_zero(0.2, 0.5), at_zero(0.5, 0.6), at_zero(0.7, 0.7)];
        assert_eq!(floors(&[&INSIDE[..], &best, &face].concat()), [false, false]);
    }

    #[test]
    fn an_objective_without_different_values_has_no_floor() {
        let alike = INSIDE.map(|(at, [_, other])| (at, [0.0, other]));
        let face = [at_zero(0.2, 0.0), at_zero(0.5, 0.0), at_zero(0.7, 0.0)];
        assert_eq!(floors(&[&alike[..], &face].concat()), [false, false]);
    }

    #[test]
    fn another_value_at_the_end_is_no_floor() {
        let face = [at_zero(0.2, 0.0), at_zero(0.5, 0.0), at_zero(0.7, 0.0)];
        for other in [0.1, -0.1] {
            assert_eq!(floors(&[&INSIDE[..], &face, &[at_zero(0.9, other)]].concat()), [false, false], "{other}");
        }
    }

    #[test]
    fn equal_values_inside_are_no_floor() {
        let plateau = [([0.4, 0.2], [0.0, 1.2]), ([0.45, 0.5], [0.0, 1.5]), ([0.5, 0.7], [0.0, 1.7])];
        assert_eq!(floors(&[&INSIDE[..], &plateau].concat()), [false, false]);
    }

    #[test]
    fn the_least_value_tried_is_no_end() {
        let [low, middle, high] = [0.2, 0.5, 0.7].map(|y| ([0.1, y], [0.1, 1.0 + y]));
        assert_eq!(floors(&[&INSIDE[..], &[low, middle, high]].concat()), [false, false]);
    }

    #[test]
    fn repetitions_of_one_configuration_are_no_floor() {
        assert_eq!(floors(&[&INSIDE[..], &[at_zero(0.2, 0.0); 3]].concat()), [false, false]);
    }

    #[test]
    fn a_better_infeasible_trial_removes_a_floor() {
        let face = [at_zero(0.2, 0.0), at_zero(0.5, 0.0), at_zero(0.7, 0.0)];
        let of = |value: f64| floors_where(&[&INSIDE[..], &face, &[([0.8, 0.8], [value, 1.0])]].concat(), 1);
        assert_eq!([of(0.2), of(-0.2)], [[true, false], [false, false]]);
    }

    #[test]
    fn infeasible_trials_make_no_floor() {
        let face = [at_zero(0.2, 0.0), at_zero(0.5, 0.0), at_zero(0.7, 0.0)];
        assert_eq!(floors_where(&[&INSIDE[..], &face].concat(), 1), [false, false]);
    }
}
