//! From one configuration to another, one parameter at a time.
//!
//! The current configuration differs from the end in some parameters. Each of them could be flipped to the end's value.
//! The flip that gives the best configuration is made, and this is repeated until the end is reached (Fawcett and Hoos,
//! "Analysing differences between algorithm configurations through ablation", Journal of Heuristics 22, 2016).
//! Configurations are compared by the predictions of a model fitted to the trials, so that nothing is evaluated
//! (Biedenkapp et al., "Efficient Parameter Importance Analysis via Ablation with Surrogates", AAAI 2017): the Gaussian
//! process of other answers ([`walk`] takes any predictions), or with few trials a random forest ([`ablation`]).
//!
//! A parameter that a flip activates takes its value from the end; a parameter that a flip deactivates is dropped. If
//! an activated parameter has no value at the end either, all its ancestors are flipped together. Configurations that
//! break a known constraint are used only if there are no others.

use super::forest::{Data, Tree, for_each_tree};
use crate::history::History;
use crate::numerics::Pool;
use crate::numerics::linalg::Interrupted;
use crate::space::{Configuration, SearchSpace};

/// One configuration on the path.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Parameters that differ from the configuration before, increasing; empty for the start.
    pub changed: Vec<usize>,
    /// The configuration.
    pub configuration: Configuration,
    /// The prediction, to be minimized.
    pub prediction: f64,
    /// The standard error of its difference from the step before; `None` for the start, and for the predictions of a
    /// forest.
    pub error: Option<f64>,
}

/// The path from `start` to `end` by a forest, both included; both must be valid configurations. `None` if no trial is
/// complete with a finite value.
///
/// # Errors
/// [`Interrupted`].
#[expect(clippy::too_many_arguments, reason = "the data of the forest, the ends of the path, and how to compute")]
pub fn ablation(
    space: &SearchSpace,
    history: &History,
    objective: usize,
    seed: u64,
    start: &Configuration,
    end: &Configuration,
    pool: &Pool,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<Vec<Step>>, Interrupted> {
    let data = Data::without_outliers(space, history, objective);
    if data.len() == 0 {
        return Ok(None);
    }
    let trees = for_each_tree(&data, seed, pool, interrupted, |tree| tree)?;
    walk(space, start, end, |all| Ok(all.iter().map(|c| predicted(&data, &trees, c)).collect())).map(Some)
}

fn predicted(data: &Data, trees: &[Tree], configuration: &Configuration) -> f64 {
    let point = data.point(configuration);
    data.unscaled(trees.iter().map(|tree| tree.predict(&point)).sum::<f64>() / trees.len() as f64)
}

/// The greedy path for any function that predicts configurations.
///
/// # Errors
/// Those of the function.
pub fn walk<E>(
    space: &SearchSpace,
    start: &Configuration,
    end: &Configuration,
    predict: impl Fn(&[Configuration]) -> Result<Vec<f64>, E>,
) -> Result<Vec<Step>, E> {
    let step = |configuration: Configuration, from: &Configuration, prediction: f64| Step {
        changed: changed(from, &configuration),
        configuration,
        prediction,
        error: None,
    };
    let mut current = start.clone();
    let mut steps = vec![step(start.clone(), start, predict(std::slice::from_ref(start))?[0])];
    while current != *end {
        let candidates = flips(space, &current, end);
        let predictions = predict(&candidates)?;
        // Ties go to the first parameter.
        let (configuration, prediction) = candidates
            .into_iter()
            .zip(predictions)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap_or_else(|| (end.clone(), f64::NAN));
        steps.push(step(configuration.clone(), &current, prediction));
        current = configuration;
    }
    Ok(steps)
}

/// The configurations that one flip reaches, without those that break a known constraint if there are others. There is at
/// least one: two different valid configurations differ in a parameter that is active in both, the first in topological
/// order.
fn flips(space: &SearchSpace, current: &Configuration, end: &Configuration) -> Vec<Configuration> {
    let is_open = |j: &usize| current.0[*j] != end.0[*j] && current.0[*j].is_some() && end.0[*j].is_some();
    let all = (0..current.0.len()).filter(is_open).map(|j| flip(space, current, end, j));
    let (allowed, broken): (Vec<_>, Vec<_>) = all.partition(|configuration| space.satisfies(configuration));
    if allowed.is_empty() { broken } else { allowed }
}

fn changed(current: &Configuration, target: &Configuration) -> Vec<usize> {
    (0..current.0.len()).filter(|j| current.0[*j] != target.0[*j]).collect()
}

/// `current` with the value of parameter `j` at the end, and the changes that this requires.
fn flip(space: &SearchSpace, current: &Configuration, end: &Configuration, j: usize) -> Configuration {
    let mut flipped = vec![false; current.0.len()];
    flipped[j] = true;
    loop {
        match completed(space, current, end, &flipped) {
            Ok(configuration) => return configuration,
            Err(orphan) => space.required(orphan).iter().for_each(|(ancestor, _)| flipped[*ancestor] = true),
        }
    }
}

/// Takes the values of `end` for flipped or newly active parameters and those of `current` for the others. The error is an
/// active parameter that has neither.
fn completed(
    space: &SearchSpace,
    current: &Configuration,
    end: &Configuration,
    flipped: &[bool],
) -> Result<Configuration, usize> {
    let mut values = vec![None; current.0.len()];
    for &j in space.order() {
        if space.is_active(j, &values) {
            let (first, second) = if flipped[j] { (end.0[j], current.0[j]) } else { (current.0[j], end.0[j]) };
            values[j] = Some(first.or(second).ok_or(j)?);
        }
    }
    Ok(Configuration(values))
}
