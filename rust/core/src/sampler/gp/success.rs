//! Failures as a black-box constraint that is told as -1 for a success and 1 for a failure ([`super::constraints`]).

use super::constraints::{self, Scaled};
use crate::sampler::Context;
use crate::sampler::ranking::best_first_by_values;

/// The labels of trials, as their model sees them.
pub(super) fn scaled(context: &Context<'_>, rows: &[usize]) -> Scaled {
    let label = |row: &usize| if context.history.is_measured(*row) { -1.0 } else { 1.0 };
    constraints::scaled(&rows.iter().map(label).collect::<Vec<_>>())
}

/// Indices of trials from the best to the worst; failures come last.
pub(super) fn best_first(context: &Context<'_>, rows: &[usize]) -> Vec<usize> {
    let (measured, failed): (Vec<usize>, Vec<usize>) =
        (0..rows.len()).partition(|i| context.history.is_measured(rows[*i]));
    let order = best_first_by_values(context.history, &measured.iter().map(|i| rows[*i]).collect::<Vec<_>>());
    order.into_iter().map(|i| measured[i]).chain(failed).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use crate::history::{History, Origin};
    use crate::numerics::{Purpose, Stream};
    use crate::sampler::gp::surrogate::{self, GpCaches};
    use crate::sampler::testing::{finish, number, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    /// The means of the model along the second number, for two values of the first one, after `n` trials of two numbers.
    /// Those whose first number exceeds 0.7 failed, from the trial `first` on.
    fn means(n: usize, first: usize) -> [Vec<f64>; 2] {
        let space = SearchSpace::new(vec![number("x"), number("y")], Vec::new()).unwrap();
        let mut history = History::new(2, 1);
        let mut stream = Stream::new(1, 0, Purpose::Suggest, 0);
        for row in 0..n {
            let (x, y) = (stream.uniform(), stream.uniform());
            history.push(&space, &Configuration(vec![Some(Value::Real(x)), Some(Value::Real(y))]), Origin::Random);
            finish(&mut history, row, (x <= 0.7 || row < first).then_some(x - y));
        }
        with_context(&space, &history, n as u64, |context| {
            let mut caches = GpCaches::default();
            let surrogate = surrogate::build(&mut caches, context).unwrap().unwrap();
            let model = surrogate.success.unwrap().model;
            [0.2, 0.95].map(|x| (0..=10).map(|i| model.mean(&[x, f64::from(i) / 10.0])).collect())
        })
    }

    /// Failures that do not depend on a parameter generalize along this parameter, also if the first one occurred after
    /// trial 64.
    #[test]
    fn failures_generalize_along_irrelevant_parameters() {
        for [outside, inside] in [means(40, 0), means(90, 64)] {
            let largest = outside.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            assert!(inside.iter().all(|mean| *mean > largest), "{outside:?} {inside:?}");
        }
    }
}
