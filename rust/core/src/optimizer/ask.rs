//! `ask`: queued points first, then the defaults, then winners of earlier searches, then suggestions of the sampler;
//! `n` of them, or as many as a finite space has left. `adopt`: the trials that a twin of this search asked for.
//!
//! Two optimizers are twins if they were created with the same arguments and received the same calls in the same order.
//! A twin that is behind adopts the trials that the other one handed out, without the cost of a model. A suggestion is
//! a function of the history, so both give the same next suggestions.

use super::queue::MAX_ATTEMPTS;
use super::{Counters, Optimizer, OptimizerError};
use crate::history::Origin;
use crate::numerics::{Pool, Purpose, Stream};
use crate::sampler::{SuggestError, Suggestion};
use crate::space::{Configuration, Value};

impl Optimizer {
    /// Hands out `n` trials and returns the id of the first. Ids are consecutive, and the last new trial is the last of
    /// the history. There are fewer than `n` if the sampler or a finite space has fewer left. A queued point that the
    /// rule refuses in every completion is dropped ([`Self::take_dropped`]). On an error, an interruption or a failure of
    /// the rule the state does not change.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] for `n = 0`; [`OptimizerError::Memory`]; [`SuggestError`] through
    /// [`OptimizerError::Suggest`], which is [`SuggestError::Exhausted`] only if there is nothing to hand out.
    pub fn ask(&mut self, n: usize, pool: &Pool, interrupted: &dyn Fn() -> bool) -> Result<u64, OptimizerError> {
        self.ask_with(n, interrupted, |optimizer, _| Ok(optimizer.suggest(pool, interrupted)?))
    }

    /// As [`Self::ask`], with unit coordinates from outside (one row per trial) instead of the sampler. Queued points
    /// and the defaults come first here too; the last rows are then not used. A point that breaks known constraints is
    /// replaced by a feasible one near it. A point that was already tried is replaced by a random new one and counted
    /// as a fallback.
    ///
    /// # Errors
    /// As [`Self::ask`]; wrong length or a point that cannot be repaired is [`OptimizerError::Argument`].
    pub fn ask_external(&mut self, points: &[Vec<f64>]) -> Result<u64, OptimizerError> {
        self.ask_with(points.len(), &|| false, |optimizer, i| optimizer.external(&points[i]))
    }

    /// Adds trials that a twin handed out in one ask as pending trials of this search; returns the id of the first.
    ///
    /// `duplicates` and `fallbacks` are the twin's counts after that ask (see [`Counters`]). As many points are removed
    /// from the queue as there are enqueued trials, and further `dropped` ones, which the rule of the twin refused.
    ///
    /// # Errors
    /// A configuration that is not in the space, more queued points than there are, [`OptimizerError::Memory`];
    /// nothing has changed then.
    pub fn adopt(
        &mut self,
        trials: &[(Configuration, Origin)],
        duplicates: u64,
        fallbacks: u64,
        dropped: usize,
    ) -> Result<u64, OptimizerError> {
        for (configuration, _) in trials {
            self.space.validate_values(configuration)?;
        }
        let queued = trials.iter().filter(|(_, origin)| *origin == Origin::Enqueued).count();
        if queued > self.queue.len() {
            let message = format!("{queued} trials come from a queue of {}; this is no twin", self.queue.len());
            return Err(OptimizerError::Argument(message));
        }
        self.facts.history.reserve_rows(trials.len())?;
        let first = self.history.len() as u64;
        for (configuration, origin) in trials {
            self.facts.history.push(&self.facts.space, configuration, *origin);
        }
        self.facts.queue.drain(..queued.saturating_add(dropped).min(self.facts.queue.len()));
        self.facts.counters = Counters { asked: self.counters.asked + trials.len() as u64, duplicates, fallbacks };
        Ok(first)
    }

    /// Whether the next ask hands out a queued point, the defaults or a winner of earlier searches instead of a
    /// suggestion of the sampler. Earlier searches are modelled on first use.
    ///
    /// # Errors
    /// [`SuggestError::Interrupted`] through [`OptimizerError::Suggest`].
    pub fn next_is_given(&self, interrupted: &dyn Fn() -> bool) -> Result<bool, OptimizerError> {
        let is_given = self.has_queued() || self.untried_defaults().is_some();
        Ok(is_given || self.winner(interrupted)?.is_some())
    }

    /// The defaults, if no trial in any state has them: they are handed out once. Parameters without a default are
    /// drawn, such that no trial has the resulting configuration.
    pub(super) fn untried_defaults(&self) -> Option<Configuration> {
        let untried = |defaults: &Configuration| !self.history.is_seen(defaults) && self.rule.allows(defaults);
        if self.derived.defaults.is_some() || self.history.has_defaults() || !self.space.has_defaults() {
            return self.derived.defaults.clone().filter(untried);
        }
        let id = self.history.len() as u64;
        let stream = |attempt| Stream::new(self.settings.seed, id, Purpose::Default, attempt);
        let mut drawn = (0..MAX_ATTEMPTS).map(|attempt| self.space.draw_around_defaults(&mut stream(attempt)).ok());
        drawn.find_map(|configuration| configuration.filter(untried))
    }

    /// Whether the next ask hands out a queued point. One without a feasible completion counts, because it is an error.
    fn has_queued(&self) -> bool {
        let next = self.history.len() as u64;
        let is_kept = |point: &Vec<Option<Value>>| !matches!(self.complete_queued(point, next), Ok(None));
        if self.rule.is_given() { self.queue.iter().any(is_kept) } else { !self.queue.is_empty() }
    }

    /// The first point after `passed` ones of the queue that the rule does not refuse, completed for the trial that is
    /// next. `passed` then counts it too, and those refused before it are added to `refused`.
    fn queued(
        &self,
        passed: &mut usize,
        refused: &mut Vec<Vec<Option<Value>>>,
    ) -> Result<Option<Suggestion>, OptimizerError> {
        while let Some(point) = self.queue.get(*passed) {
            *passed += 1;
            if let Some(configuration) = self.complete_queued(point, self.history.len() as u64)? {
                return Ok(Some(Suggestion::new(configuration, Origin::Enqueued)));
            }
            refused.push(point.clone());
        }
        Ok(None)
    }

    /// The queued points that asks have dropped since the last call, because the rule refused them.
    pub fn take_dropped(&mut self) -> Vec<Vec<Option<Value>>> {
        std::mem::take(&mut self.dropped)
    }

    /// Hands out queued points, then the defaults, then winners of earlier searches, then the results of `suggest`,
    /// which is called with the number of the suggestion.
    fn ask_with(
        &mut self,
        n: usize,
        interrupted: &dyn Fn() -> bool,
        mut suggest: impl FnMut(&mut Self, usize) -> Result<Suggestion, OptimizerError>,
    ) -> Result<u64, OptimizerError> {
        let (mut passed, mut refused, mut suggested) = (0, Vec::new(), 0);
        let first = self.hand_out_up_to(n, |optimizer| {
            if interrupted() {
                return Err(SuggestError::Interrupted.into());
            }
            if let Some(queued) = optimizer.queued(&mut passed, &mut refused)? {
                return Ok(queued);
            }
            if let Some(defaults) = optimizer.untried_defaults() {
                return Ok(Suggestion::new(defaults, Origin::Default));
            }
            if let Some(winner) = optimizer.winner(interrupted)? {
                return Ok(Suggestion::new(winner, Origin::Earlier));
            }
            suggested += 1;
            suggest(optimizer, suggested - 1)
        })?;
        self.facts.queue.drain(..passed);
        self.dropped.append(&mut refused);
        Ok(first)
    }

    /// Hands out the results of `next` until there are `n` trials or nothing is left.
    pub(super) fn hand_out_up_to(
        &mut self,
        n: usize,
        mut next: impl FnMut(&mut Self) -> Result<Suggestion, OptimizerError>,
    ) -> Result<u64, OptimizerError> {
        if n == 0 {
            return Err(OptimizerError::Argument("0 trials were asked for; expected at least 1".to_owned()));
        }
        self.reserve(n)?;
        let transaction = Transaction::begin(self);
        for i in 0..n {
            let suggestion = next(transaction.optimizer);
            if transaction.optimizer.rule.has_failed() {
                return Err(SuggestError::Interrupted.into());
            }
            match suggestion {
                Ok(suggestion) => transaction.optimizer.hand_out(&suggestion),
                Err(OptimizerError::Suggest(SuggestError::Exhausted(_))) if i > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(transaction.commit())
    }

    fn hand_out(&mut self, suggestion: &Suggestion) {
        let facts = &mut self.facts;
        facts.history.push(&facts.space, &suggestion.configuration, suggestion.origin);
        facts.counters.asked += 1;
        facts.counters.fallbacks += u64::from(suggestion.fallback);
    }
}

/// Reverts an ask unless it is committed, also if a panic unwinds through it.
struct Transaction<'a> {
    optimizer: &'a mut Optimizer,
    len: usize,
    counters: Counters,
    committed: bool,
}

impl<'a> Transaction<'a> {
    fn begin(optimizer: &'a mut Optimizer) -> Self {
        let (len, counters) = (optimizer.history.len(), optimizer.counters.clone());
        Self { optimizer, len, counters, committed: false }
    }

    /// Keeps the changes and returns the id of the first trial handed out.
    fn commit(mut self) -> u64 {
        self.committed = true;
        self.len as u64
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.committed {
            self.optimizer.facts.revise(|facts| {
                facts.history.truncate(self.len);
                facts.history.shrink();
                facts.counters = self.counters.clone();
            });
        }
    }
}
