//! Whether a suggestion is so close to a pending trial that its result would be redundant.

use super::Context;
use crate::encoding::Encoding;
use crate::space::Configuration;

/// Share of its range by which at least one number must differ.
const MIN_DIFFERENCE: f64 = 1e-3;

/// As [`repeats_pending`], but always `false` if results are noisy, because a repetition is then informative.
pub(super) fn is_near_pending(context: &Context<'_>, configuration: &Configuration) -> bool {
    !context.history.is_noisy() && repeats_pending(context, configuration)
}

/// Whether a pending trial has the same choices and active parameters, and all its numbers lie within
/// [`MIN_DIFFERENCE`] of those of the configuration.
pub(super) fn repeats_pending(context: &Context<'_>, configuration: &Configuration) -> bool {
    let history = context.history;
    if history.n_pending() == 0 {
        return false;
    }
    let unit = context.encoding.encode(configuration);
    let other = |j: usize, row: u64| history.unit(j)[row as usize];
    history.pending().any(|row| unit.iter().enumerate().all(|(j, u)| is_near(context.encoding, j, *u, other(j, row))))
}

fn is_near(encoding: &Encoding, parameter: usize, u: f64, other: f64) -> bool {
    match (u.is_nan(), other.is_nan()) {
        (false, false) if encoding.axes()[parameter].is_unordered() => u == other,
        (false, false) => (u - other).abs() < MIN_DIFFERENCE,
        (is_inactive, is_other_inactive) => is_inactive == is_other_inactive,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::sampler::testing::{number, with_context};
    use crate::space::{Accept, Condition, Domain, Parameter, SearchSpace, Value};

    /// Two numbers and a choice of three levels; the second number is active under the first level only.
    fn tree() -> SearchSpace {
        let kind = Parameter { domain: Domain::unordered(3).unwrap(), ..number("kind") };
        let when = vec![Condition { parent: 1, accept: Accept::Levels(vec![0]) }];
        SearchSpace::new(vec![number("x"), kind, Parameter { when, ..number("y") }], Vec::new()).unwrap()
    }

    fn at(x: f64, kind: u64, y: f64) -> Configuration {
        Configuration(vec![Some(Value::Real(x)), Some(Value::Level(kind)), (kind == 0).then_some(Value::Real(y))])
    }

    /// Whether a configuration is near one of the pending trials, after a finished trial with the same configuration.
    fn near_pending(pending: &[Configuration], standard_error: Option<f64>, configuration: &Configuration) -> bool {
        let space = tree();
        let (encoding, mut history) = (Encoding::new(&space), History::new(3, 1));
        history.push(&encoding, configuration, Origin::Random);
        let measured = Measurement { value: 1.0, sem: standard_error, replicates: Vec::new() };
        history.finish(0, Outcome::Complete(vec![measured]), &[], None);
        for other in pending {
            history.push(&encoding, other, Origin::Random);
        }
        with_context(&space, &history, 9, |context| is_near_pending(context, configuration))
    }

    #[test]
    fn all_numbers_must_be_close_and_all_choices_equal() {
        let here = at(0.5, 0, 0.5);
        assert!(near_pending(&[at(0.1, 0, 0.1), at(0.5009, 0, 0.4991)], None, &here));
        for elsewhere in [at(0.5011, 0, 0.5), at(0.5, 0, 0.4989), at(0.5, 1, 0.0)] {
            assert!(!near_pending(std::slice::from_ref(&elsewhere), None, &here), "{elsewhere:?}");
        }
        assert!(near_pending(&[at(0.5009, 2, 0.0)], None, &at(0.5, 2, 0.0)));
        assert!(!near_pending(&[at(0.5, 1, 0.0)], None, &at(0.5, 2, 0.0)));
    }

    #[test]
    fn finished_trials_are_ignored_and_noise_allows_repetitions() {
        assert!(!near_pending(&[], None, &at(0.5, 0, 0.5)));
        assert!(!near_pending(&[at(0.5, 0, 0.5)], Some(0.1), &at(0.5, 0, 0.5)));
    }
}
