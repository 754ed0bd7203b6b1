//! Helpers for tests of the samplers.

use super::{Context, SharedRule};
use crate::history::{History, Measurement, Outcome};
use crate::numerics::Pool;
use crate::space::SearchSpace;
pub(super) use crate::space::testing::number;
use crate::transfer::Earlier;

/// Finishes a trial with a value, or as failed.
pub(super) fn finish(history: &mut History, row: usize, value: Option<f64>) {
    let measured = |value: f64| Outcome::Complete(vec![Measurement { value, sem: None, replicates: vec![] }]);
    history.finish(row, value.map_or(Outcome::Failed { reason: None }, measured), &[], None);
}

/// Calls `test` with the context of a sampler that is asked for a trial.
pub(super) fn with_context<T>(
    space: &SearchSpace,
    history: &History,
    trial: u64,
    test: impl FnOnce(&Context<'_>) -> T,
) -> T {
    let (pool, interrupted) = (Pool::serial(), || false);
    test(&Context {
        space,
        history: history.view(),
        earlier: &Earlier::default(),
        seed: 1,
        trial,
        attempt: 0,
        cost: None,
        max_violation: None,
        thresholds: &[],
        rule: &SharedRule::default(),
        pool: &pool,
        interrupted: &interrupted,
    })
}
