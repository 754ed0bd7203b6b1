//! The trial to use when values are noisy.
//!
//! The best value seen is then biased: of many noisy values, the smallest is the luckiest. From [`ENOUGH`] trials on
//! the Gaussian process says whether values are noisy where nobody told so, and which trial has the lowest `m + s`, its
//! posterior mean and deviation, which what was told nearby has a say in
//! (`what_is_recommended_is_less_lucky_than_the_best`; the mean alone was a little worse: `benches/README.md`). With
//! fewer trials, or where there is no model, noise that was told of is taken out configuration by configuration
//! ([`shrinkage`]).

use super::shrinkage;
use super::{Optimizer, OptimizerError};
use crate::numerics::Pool;
use crate::sampler::{Expectations, expectations};

/// Eligible trials from which on a model knows more than the values themselves.
const ENOUGH: usize = 16;
/// Parameters beyond which a fit takes longer than an answer should.
const MAX_PARAMETERS: usize = 500;

impl Optimizer {
    /// The trial to use: the one that the model is surest to be good where a standard error or replicates were told, or the
    /// model finds noise; the best otherwise. None while no feasible trial is complete, and for several objectives. The
    /// model is fitted at each call.
    ///
    /// # Errors
    /// `SuggestError::Interrupted` through [`OptimizerError::Suggest`].
    pub fn recommend(&self, interrupted: &dyn Fn() -> bool) -> Result<Option<u64>, OptimizerError> {
        if self.history.n_objectives() != 1 {
            return Ok(self.best());
        }
        let is_told_noisy = self.history.is_noisy();
        Ok(match self.expected(interrupted)? {
            Some(expected) if is_told_noisy || expected.are_noisy => self.smoothest(&expected),
            None if is_told_noisy => shrinkage::best(&self.history, &self.space),
            _ => self.best(),
        })
    }

    /// What the Gaussian process makes of the trials, if there are enough for one.
    fn expected(&self, interrupted: &dyn Fn() -> bool) -> Result<Option<Expectations>, OptimizerError> {
        let n = (0..self.history.len()).filter(|row| self.history.is_eligible(*row)).count();
        if n < ENOUGH || !(1..=MAX_PARAMETERS).contains(&self.space.parameters().len()) {
            return Ok(None);
        }
        let pool = Pool::serial();
        Ok(expectations(&self.context(&self.history, self.history.len() as u64, &pool, interrupted))?)
    }

    /// The eligible trial with the lowest bound, of equals the first.
    fn smoothest(&self, expected: &Expectations) -> Option<u64> {
        let eligible = expected.bounds.iter().filter(|(row, _)| self.history.is_eligible(*row));
        eligible.min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0))).map(|(row, _)| *row as u64)
    }
}
