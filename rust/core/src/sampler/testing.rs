//! Helpers for tests of the samplers.

use super::{Context, SharedRule};
use crate::history::{History, Measurement, Origin, Outcome};
use crate::numerics::{Pool, Purpose, Stream};
pub(super) use crate::space::testing::number;
use crate::space::{Configuration, SearchSpace, Value};
use crate::transfer::Earlier;

/// Finishes a trial with a value, or as failed.
pub(super) fn finish(history: &mut History, row: usize, value: Option<f64>) {
    let measured = |value: f64| Outcome::Complete(vec![Measurement { value, sem: None, replicates: vec![] }]);
    history.finish(row, value.map_or(Outcome::Failed { reason: None }, measured), &[], None);
}

/// A history with one more trial, at a value of its only number.
pub(super) fn tell(space: &SearchSpace, history: &mut History, x: f64, value: f64) {
    let row = history.len();
    history.push(space, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
    finish(history, row, Some(value));
}

/// Forty values of a parabola with its minimum at 0.7 and normal noise of this standard deviation.
pub(super) fn noisy_parabola(noise: f64, draw: u64) -> (SearchSpace, History) {
    #[allow(clippy::unwrap_used, reason = "the space is valid")]
    let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
    let (mut history, mut stream) = (History::new(1, 1), Stream::new(draw, 0, Purpose::Suggest, 0));
    for row in 0..40 {
        let x = (f64::from(row) + 0.5) / 40.0;
        tell(&space, &mut history, x, 4.0 * (x - 0.7) * (x - 0.7) + noise * stream.normal());
    }
    (space, history)
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
