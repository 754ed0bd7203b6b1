//! The values with which a trial is compared at a step, kept from decision to decision.
//!
//! A column holds the values of all trials at one step, sorted. It is built when a rule first asks for the step, in O(n
//! log n), and every trial that reaches the step later is added to it. A value at a step does not change once a trial
//! has reached the step. A decision therefore only searches a column, in O(log n). A report moves at most `n` numbers
//! in every column that it enters.
//!
//! Memory: if all trials report the same steps, there is one value for each report. Otherwise, a trial also has a value
//! at the steps of others. If a new column would raise the total above [`MOST`] values for each report, all columns are
//! dropped first.

use std::collections::BTreeMap;

use super::bracket::Bracket;
use super::context::{Context, Report, worst_if_nan};
use super::context::{value_at, value_from};
use crate::history::History;
use crate::numerics::quantile;

/// Maximum number of values in all columns, for each report of the history, when a column is built. Changes no
/// suggestion.
const MOST: usize = 4;

/// Which trials are compared at a step, and by which of their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Compared {
    /// All trials, by the last value at or before the step.
    Until,
    /// Trials of a bracket, by the first value at or after the step.
    From(Bracket),
}

impl Compared {
    /// The value of a trial with these reports; `None` if it is not compared.
    fn value(self, trial: u64, curve: &[Report], step: u64) -> Option<f64> {
        match self {
            Self::Until => value_at(curve, step).map(worst_if_nan),
            Self::From(bracket) => value_from(curve, step).filter(|_| bracket.has(trial)),
        }
    }
}

/// The columns that rules have asked for. They hold every trial that is not excluded.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    sorted: BTreeMap<(u64, Compared), Vec<f64>>,
}

impl Columns {
    /// Adds a trial to the columns that it entered with its last report.
    pub fn update(&mut self, history: &History, trial: u64) {
        let curve = history.curve(trial);
        let Some((last, earlier)) = curve.split_last() else { return };
        let first = earlier.last().map_or(0, |(step, _)| step + 1);
        let entered = self.sorted.range_mut((first, Compared::Until)..).take_while(|((step, _), _)| *step <= last.0);
        for ((step, compared), column) in entered {
            if let Some(value) = compared.value(trial, curve, *step) {
                column.insert(place(column, value), value);
            }
        }
    }

    /// The values of all other trials than the one in question, which is compared itself.
    pub(super) fn others(&mut self, context: &Context<'_>, step: u64, compared: Compared) -> Others<'_> {
        if !self.sorted.contains_key(&(step, compared)) {
            self.build(context.history, step, compared);
        }
        let sorted = &self.sorted[&(step, compared)];
        let own = compared.value(context.trial, context.curve(), step);
        Others { sorted, own: own.map(|value| place(sorted, value)) }
    }

    fn build(&mut self, history: &History, step: u64, compared: Compared) {
        let (mut column, mut n_reports) = (Vec::new(), 0);
        let counts = |trial: u64| !history.states()[trial as usize].is_excluded();
        for (trial, curve) in history.curves().filter(|(trial, _)| counts(*trial)) {
            column.extend(compared.value(trial, curve, step));
            n_reports += curve.len();
        }
        column.sort_unstable_by(f64::total_cmp);
        if self.sorted.values().map(Vec::len).sum::<usize>() + column.len() > MOST * n_reports {
            self.sorted.clear();
        }
        self.sorted.insert((step, compared), column);
    }
}

/// The first place of a value among sorted ones.
fn place(sorted: &[f64], value: f64) -> usize {
    sorted.partition_point(|other| other.total_cmp(&value).is_lt())
}

/// Sorted values of the trials with which one is compared.
pub(super) struct Others<'a> {
    sorted: &'a [f64],
    /// The place of the trial's own value, which does not count.
    own: Option<usize>,
}

impl<'a> Others<'a> {
    /// All of these values, which are sorted.
    pub(super) fn all(sorted: &'a [f64]) -> Self {
        Self { sorted, own: None }
    }

    pub(super) fn len(&self) -> usize {
        self.sorted.len() - usize::from(self.own.is_some())
    }

    /// Number of values below the given one.
    pub(super) fn n_below(&self, value: f64) -> usize {
        let n = self.sorted.partition_point(|other| *other < value);
        n - usize::from(self.own.is_some_and(|own| own < n))
    }

    /// As [`quantile`].
    pub(super) fn quantile(&self, q: f64) -> f64 {
        quantile(self.len(), q, |i| self.at(i))
    }

    /// The `i`-th smallest value.
    fn at(&self, i: usize) -> f64 {
        self.sorted[i + usize::from(self.own.is_some_and(|own| own <= i))]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{Origin, Outcome};
    use crate::learning_curve::{CurveTable, Curves};
    use crate::numerics::{Purpose, Stream};
    use crate::space::{Configuration, SearchSpace};

    fn context<'a>(history: &'a History, trial: u64, curves: &'a Curves<'a>) -> Context<'a> {
        Context { history, trial, incumbent: None, seed: 0, maximize: false, curves, longest: None }
    }

    /// The values of the others, read from their reports.
    fn read(context: &Context<'_>, step: u64, compared: Compared) -> Vec<f64> {
        let mut values: Vec<f64> =
            context.others().filter_map(|(trial, curve)| compared.value(trial, curve, step)).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    /// A random event: a new trial, an excluded one, or a report some steps after the last one. Few values differ.
    fn change(history: &mut History, columns: &mut Columns, stream: &mut Stream) {
        let draw = stream.below_or_equal(19);
        if history.is_empty() || draw < 3 {
            let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
            history.push(&space, &Configuration(Vec::new()), Origin::Random);
            return;
        }
        let trial = stream.below_or_equal(history.len() as u64 - 1);
        if draw == 3 {
            history.finish(trial as usize, Outcome::Failed { reason: None }, &[], None);
            history.exclude(trial as usize);
            *columns = Columns::default();
        } else if !history.states()[trial as usize].is_excluded() {
            let step = history.curve(trial).last().map_or(0, |(step, _)| *step + 1) + stream.below_or_equal(2);
            let value = [f64::NAN, f64::INFINITY, -0.0, 0.0, 1.0, stream.uniform()];
            history.report(trial, step, &[value[stream.below_or_equal(5) as usize]], Vec::new());
            columns.update(history, trial);
        }
    }

    #[test]
    fn kept_values_are_those_of_the_reports() {
        let table = CurveTable::default();
        for seed in 0..20 {
            let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
            let (mut history, mut columns) = (History::new(0, 1), Columns::default());
            for _ in 0..200 {
                change(&mut history, &mut columns, &mut stream);
                let trial = stream.below_or_equal(history.len() as u64 - 1);
                let curves = Curves::through(&table);
                let context = context(&history, trial, &curves);
                let own = Compared::From(Bracket::of(trial, seed, 2, 3));
                let compared = if stream.below_or_equal(1) == 0 { Compared::Until } else { own };
                if history.states()[trial as usize].is_excluded() {
                    continue;
                }
                let step = stream.below_or_equal(12);
                let expected = read(&context, step, compared);
                let others = columns.others(&context, step, compared);
                let below = |value: f64| expected.iter().filter(|other| **other < value).count();
                let found: Vec<f64> = (0..others.len()).map(|i| others.at(i)).collect();
                assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{seed}");
                for value in [0.0, 0.3, 1.0, f64::INFINITY] {
                    assert_eq!(others.n_below(value), below(value), "{seed}");
                }
            }
        }
    }

    #[test]
    fn a_column_is_built_once() {
        let (mut history, mut columns, table) = (History::new(0, 1), Columns::default(), CurveTable::default());
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let curves = Curves::through(&table);
        for row in 0..3 {
            history.push(&space, &Configuration(Vec::new()), Origin::Random);
            history.report(row, 1, &[row as f64], Vec::new());
        }
        let context = context(&history, 2, &curves);
        assert_eq!(columns.others(&context, 1, Compared::Until).len(), 2);
        // No report has this value.
        columns.sorted.values_mut().for_each(|column| column.push(9.0));
        assert_eq!(columns.others(&context, 1, Compared::Until).len(), 3);
    }

    /// Every trial reports steps of its own, so each is in the columns of all others.
    #[test]
    fn memory_grows_with_the_number_of_reports() {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let (mut history, mut columns, table) = (History::new(0, 1), Columns::default(), CurveTable::default());
        for row in 0..100 {
            history.push(&space, &Configuration(Vec::new()), Origin::Random);
            for report in 0..20 {
                history.report(row, 100 * report + row, &[1.0], Vec::new());
                columns.update(&history, row);
                let curves = Curves::through(&table);
                let context = context(&history, row, &curves);
                columns.others(&context, 100 * report + row, Compared::Until);
            }
        }
        let n_values: usize = columns.sorted.values().map(Vec::len).sum();
        assert!(n_values <= 2 * MOST * 2000, "{n_values}");
    }
}
