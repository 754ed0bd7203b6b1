//! Objectives that are at their best wherever a parameter is at one end of its range.
//!
//! The first objective of ZDT is zero wherever the first number is zero, and a size is least with the fewest layers,
//! whatever the other parameters are. A smooth model does not know this. It expects a little less than the best value at
//! every untried point of such a face, and with several objectives this little counts times the range of all others. So
//! most trials went to these faces, where the other objectives are bad (measured: `benches/results/objectives.md`).
//!
//! The best value of an objective is therefore its *floor* if all trials at an end of some parameter have it, and at least
//! [`LEAST`] are there. No improvement below a floor counts. Equal values alone are no sign of a floor: on a plateau,
//! neighbouring trials are equal, and better ones lie beyond its edge. A trial with another value at that end removes the
//! floor.

use crate::sampler::Context;
use crate::sampler::gp::surrogate::Surrogate;

/// Least number of trials at an end. (2, 5 and 8: `benches/results/objectives.md`.)
const LEAST: usize = 3;
/// Largest difference of equal values, in standard deviations of all values of the objective: a rounding error. A choice,
/// not measured.
const TOLERANCE: f64 = 1e-6;

/// Whether each objective has reached its floor.
pub(super) fn are_at_floor(surrogate: &Surrogate<'_>, context: &Context<'_>) -> Vec<bool> {
    let feasible: Vec<usize> = (0..surrogate.rows.len()).filter(|i| surrogate.feasible[*i]).collect();
    let faces: Vec<Vec<usize>> = (0..context.space.axes().len())
        .filter(|j| !context.space.axes()[*j].is_unordered())
        .flat_map(|j| ends(&feasible, |i| context.history.unit(j)[surrogate.rows[i]]))
        .filter(|face| face.len() >= LEAST)
        .collect();
    let is_at_floor = |losses: &Vec<f64>| {
        let best = feasible.iter().map(|i| losses[*i]).fold(f64::INFINITY, f64::min);
        faces.iter().any(|face| face.iter().all(|i| losses[*i] - best <= TOLERANCE))
    };
    surrogate.objectives.iter().map(|objective| is_at_floor(&objective.losses)).collect()
}

/// The trials with the least value of a parameter, and those with the greatest. Inactive parameters, NaN, have none.
fn ends(trials: &[usize], unit: impl Fn(usize) -> f64) -> [Vec<usize>; 2] {
    let least = trials.iter().map(|i| unit(*i)).fold(f64::INFINITY, f64::min);
    let greatest = trials.iter().map(|i| unit(*i)).fold(f64::NEG_INFINITY, f64::max);
    [least, greatest].map(|end| trials.iter().copied().filter(|i| unit(*i) == end).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::sampler::gp::surrogate::{self, GpCaches};
    use crate::sampler::testing::{number, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    /// Whether each of two objectives is at its floor after trials at `x, y` with these values.
    fn floors(trials: &[([f64; 2], [f64; 2])]) -> Vec<bool> {
        let space = SearchSpace::new(vec![number("x"), number("y")], Vec::new()).unwrap();
        let mut history = History::new(2, 2);
        for (row, (at, values)) in trials.iter().enumerate() {
            let values = values.map(|value| Measurement { value, sem: None, replicates: Vec::new() });
            history.push(&space, &Configuration(at.map(|x| Some(Value::Real(x))).to_vec()), Origin::Random);
            history.finish(row, Outcome::Complete(values.to_vec()), &[], None);
        }
        with_context(&space, &history, 20, |context| {
            let mut models = GpCaches::default();
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            let mut found: Vec<(usize, bool)> =
                surrogate.objectives.iter().map(|o| o.index).zip(are_at_floor(&surrogate, context)).collect();
            found.sort_unstable();
            found.into_iter().map(|(_, is_at_floor)| is_at_floor).collect()
        })
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
}
