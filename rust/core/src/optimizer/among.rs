//! `ask` with a table of candidates: the answer is one of its rows.
//!
//! A row is open if no trial has its configuration. Once noise was told, or without `deduplicate`, rows of finished
//! trials stay open, except those of failed trials that are excluded, such as cancelled ones. Rows come in this order:
//!
//! 1. the first open row that agrees with the point at the head of the queue; a point that no row agrees with waits for
//!    an ask without a table,
//! 2. the row of the defaults,
//! 3. rows of winners of earlier searches,
//! 4. rows that the sampler chooses.

use super::{Optimizer, OptimizerError};
use crate::history::{Origin, TrialState};
use crate::numerics::Pool;
use crate::sampler::{Candidates, OpenRow, SuggestError, Suggestion};
use crate::space::{Configuration, Value};

impl Optimizer {
    /// Hands out rows of a table as `n` trials, or as many as are open. Returns the id of the first trial, and the rows.
    /// On an error or an interruption the state does not change.
    ///
    /// # Errors
    /// As [`Self::ask`]; [`OptimizerError::Argument`] for candidates of another space, and for a sampler that cannot
    /// choose.
    pub fn ask_among(
        &mut self,
        n: usize,
        candidates: &Candidates,
        pool: &Pool,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<(u64, Vec<usize>), OptimizerError> {
        self.check_choice(candidates)?;
        let (mut rows, mut queued) = (Vec::new(), 0);
        let first = self.hand_out_up_to(n, |optimizer| {
            if interrupted() {
                return Err(SuggestError::Interrupted.into());
            }
            let suggestion = optimizer.row(candidates, queued, pool, interrupted)?;
            queued += usize::from(suggestion.origin == Origin::Enqueued);
            rows.extend(candidates.row_of(&suggestion.configuration).map(|row| row as usize));
            Ok(suggestion)
        })?;
        self.facts.queue.drain(..queued);
        Ok((first, rows))
    }

    fn check_choice(&self, candidates: &Candidates) -> Result<(), OptimizerError> {
        if self.rule.is_given() {
            let message =
                "among= and allowed= are not used together; leave the rows that are not allowed out of the table";
            return Err(OptimizerError::Argument(message.to_owned()));
        }
        if !candidates.fits(&self.space) {
            let message = "the candidates were read for another space; read them again for the space of this search";
            return Err(OptimizerError::Argument(message.to_owned()));
        }
        if !self.settings.sampler.chooses() {
            let message = "this sampler makes points of its own and cannot choose among candidates; use \"auto\", \
                           \"gp\", \"tpe\" or \"random\"";
            return Err(OptimizerError::Argument(message.to_owned()));
        }
        Ok(())
    }

    /// The next row, after `queued` points of the queue.
    fn row(
        &mut self,
        candidates: &Candidates,
        queued: usize,
        pool: &Pool,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Suggestion, SuggestError> {
        let open = self.open_rows(candidates);
        if open.is_empty() {
            let message = format!(
                "none of the {} candidates is left: each was tried, is pending or breaks a known constraint",
                candidates.len()
            );
            return Err(SuggestError::Exhausted(message));
        }
        if let Some(given) = self.given_row(candidates, &open, queued, interrupted)? {
            return Ok(given);
        }
        let sampler = self.settings.sampler.clone();
        let for_models = self.for_models(&sampler, pool, interrupted);
        let (context, scratch) = self.lend(&for_models, 0, pool, interrupted);
        sampler.choose(&context, candidates, open, scratch)
    }

    fn open_rows(&self, candidates: &Candidates) -> Vec<OpenRow> {
        let history = &self.history;
        let repeats = !self.settings.deduplicate || history.is_noisy();
        let is_closed = |state: TrialState| !repeats || state == TrialState::Pending || state.is_cancelled();
        let closed = (0..history.len()).filter(|row| is_closed(history.states()[*row]));
        let id = history.len() as u64;
        candidates.open(self.settings.seed, id, closed, &self.space, history)
    }

    /// A row that does not come from the sampler.
    fn given_row(
        &self,
        candidates: &Candidates,
        open: &[OpenRow],
        queued: usize,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Suggestion>, SuggestError> {
        let agreeing = |given: &[Option<Value>]| -> Option<Configuration> {
            let row = open.iter().filter(|open| candidates.agrees(open.row, given)).min()?.row;
            Some(candidates.configuration(row).clone())
        };
        if let Some(configuration) = self.queue.get(queued).and_then(|point| agreeing(point)) {
            return Ok(Some(Suggestion::new(configuration, Origin::Enqueued)));
        }
        if let Some(configuration) = self.untried_defaults().and_then(|defaults| agreeing(&defaults.0)) {
            return Ok(Some(Suggestion::new(configuration, Origin::Default)));
        }
        let winner = self.winner_by(interrupted, |partial| agreeing(partial))?;
        Ok(winner.map(|configuration| Suggestion::new(configuration, Origin::Earlier)))
    }
}
