//! Learning from earlier searches.

use super::queue::MAX_ATTEMPTS;
use super::{Optimizer, OptimizerError};
use crate::history::Origin;
use crate::numerics::{Purpose, Stream};
use crate::sampler::SuggestError;
use crate::space::{Configuration, Value};
use crate::transfer::{Earlier, Source, winners};

impl Optimizer {
    /// Sets the earlier searches from which this one learns, replacing previous ones.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] for several objectives, and for sources that do not fit the space.
    pub fn learn_from(&mut self, sources: Vec<Source>) -> Result<(), OptimizerError> {
        let earlier = Earlier::new(sources, &self.space).map_err(OptimizerError::Argument)?;
        self.facts.set_earlier(earlier).map_err(OptimizerError::Argument)
    }

    /// A winner of earlier searches that no trial has, as long as winners are to be handed out.
    pub(super) fn winner(&self, interrupted: &dyn Fn() -> bool) -> Result<Option<Configuration>, SuggestError> {
        let id = self.history.len() as u64;
        self.winner_by(interrupted, |partial| {
            let draw = |attempt| {
                let mut stream = Stream::new(self.settings.seed, id, Purpose::Earlier, attempt);
                self.space.draw(partial, &mut stream).ok()
            };
            (0..MAX_ATTEMPTS)
                .find_map(draw)
                .filter(|configuration| !self.history.is_seen(configuration) && self.rule.allows(configuration))
        })
    }

    /// As [`Self::winner`], where `complete` makes a configuration that no trial has from the values of a winner.
    pub(super) fn winner_by(
        &self,
        interrupted: &dyn Fn() -> bool,
        complete: impl Fn(&[Option<Value>]) -> Option<Configuration>,
    ) -> Result<Option<Configuration>, SuggestError> {
        if self.earlier.sources().is_empty() || !self.winners_lead() {
            return Ok(None);
        }
        let winners = winners(&self.earlier, &self.space, interrupted);
        let winners = winners.map_err(|_| SuggestError::Interrupted)?;
        let handed_out = self.history.origins().iter().filter(|origin| **origin == Origin::Earlier).count();
        Ok(winners.iter().skip(handed_out).find_map(|partial| complete(partial)))
    }

    /// Whether no winner was handed out yet, or the best trial is a winner and another trial has a result too.
    fn winners_lead(&self) -> bool {
        let is_winner = |row: usize| self.history.origins()[row] == Origin::Earlier;
        if !(0..self.history.len()).any(is_winner) {
            return true;
        }
        let others = self.history.view().finished().any(|row| !is_winner(row));
        others && self.derived.incumbent.is_some_and(|best| is_winner(best as usize))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::numerics::Pool;
    use crate::optimizer::Tell;
    use crate::optimizer::testing::random_search;
    use crate::space::testing::number;
    use crate::transfer::SourceRow;

    /// The first winner is handed out at once. Others follow while the best trial is a winner and another trial has a
    /// result.
    #[test]
    fn winners_are_handed_out_in_order_while_they_lead() {
        let mut search = random_search(vec![number("x")]);
        let row =
            |x: f64| SourceRow { values: vec![Some(Value::Real(x))], loss: (x - 0.3) * (x - 0.3), is_eligible: true };
        search.learn_from(vec![Source { rows: (0..10).map(|k| row(f64::from(k) / 10.0)).collect() }]).unwrap();
        let winners = winners(&search.earlier, &search.space, &|| false).unwrap();
        assert!(winners.len() == 3 && winners[0] == [Some(Value::Real(0.3))], "{winners:?}");
        let (winner, other) = (Origin::Earlier, Origin::Random);
        // The origin of each trial, and the result that is told before the next one.
        let program = [
            (winner, None),
            (other, None),
            (other, Some((0, 1.0))),
            (other, Some((1, 2.0))),
            (winner, Some((2, 0.5))),
            (other, Some((4, 0.25))),
            (winner, None),
        ];
        for (trial, (origin, told)) in program.into_iter().enumerate() {
            search.ask(1, &Pool::serial(), &|| false).unwrap();
            assert_eq!(search.history.origins()[trial], origin, "{trial}");
            let given = [0, 4, 6].iter().position(|given| *given == trial);
            if let Some(k) = given {
                assert_eq!(search.configuration(trial as u64).unwrap().0, winners[k]);
            }
            if let Some((finished, value)) = told {
                search.tell(finished, Tell::value(value)).unwrap();
            }
        }
    }
}
