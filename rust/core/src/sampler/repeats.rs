//! Whether repetitions of a configuration are informative.

use super::Context;
use crate::history::{History, TrialState};

/// Number of consecutive repetitions with identical results after which repetitions count as uninformative. Results
/// with few distinct values sometimes coincide by chance.
const ALIKE: usize = 2;

/// Returns `true` if results are noisy, unless each of the latest [`ALIKE`] repetitions has the same results, bit for
/// bit, as the first trial of its configuration. This happens if all trials share their folds and seeds.
pub(super) fn are_informative(context: &Context<'_>) -> bool {
    let history = context.history;
    let is_value = |row: usize| {
        let finite = (0..history.n_objectives()).all(|k| history.values(k)[row].is_finite());
        history.states()[row] == TrialState::Complete && finite
    };
    let first = |row: usize| {
        let first = history.first_row(&history.configuration(context.space, row))? as usize;
        (first < row && is_value(first)).then_some((first, row))
    };
    let repetitions = (0..history.len()).rev().filter(|row| is_value(*row)).filter_map(first);
    let alike = repetitions.take(ALIKE).filter(|(first, row)| have_equal_results(history, *first, *row)).count();
    history.is_noisy() && alike < ALIKE
}

/// Whether two trials have identical results.
fn have_equal_results(history: &History, a: usize, b: usize) -> bool {
    let alike = |column: &[f64]| column[a].to_bits() == column[b].to_bits();
    let columns = |k: usize| alike(history.values(k)) && alike(history.sems(k));
    (0..history.n_objectives()).all(columns) && history.replicates(a as u64) == history.replicates(b as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::encoding::Encoding;
    use crate::history::{Measurement, Origin, Outcome};
    use crate::sampler::testing::{number, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    /// Whether repetitions are informative after trials at these points with these values of three replicates.
    fn informative_after(results: &[(f64, [f64; 3])]) -> bool {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let (encoding, mut history) = (Encoding::new(&space), History::new(1, 1));
        for (row, (x, replicates)) in results.iter().enumerate() {
            history.push(&encoding, &Configuration(vec![Some(Value::Real(*x))]), Origin::Random);
            let value = replicates.iter().sum::<f64>() / 3.0;
            let measured = Measurement { value, sem: Some(0.5), replicates: replicates.to_vec() };
            history.finish(row, Outcome::Complete(vec![measured]), &[], None);
        }
        with_context(&space, &history, results.len() as u64, are_informative)
    }

    #[test]
    fn repetitions_are_informative_until_two_give_identical_results() {
        let (some, others, bad) = ([1.0, 2.0, 4.0], [4.0, 2.0, 1.0], [f64::INFINITY; 3]);
        assert!(informative_after(&[(0.1, some), (0.2, some)]));
        assert!(informative_after(&[(0.1, some), (0.1, others)]));
        assert!(informative_after(&[(0.1, some), (0.1, some), (0.2, others)]));
        assert!(!informative_after(&[(0.1, some), (0.1, some), (0.2, others), (0.2, others), (0.3, some)]));
        assert!(informative_after(&[(0.1, some), (0.1, some), (0.2, others), (0.2, some)]));
        assert!(informative_after(&[(0.1, bad), (0.1, bad), (0.1, bad)]));
    }
}
