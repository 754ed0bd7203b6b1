//! From one configuration to another, one parameter at a time.
//!
//! Fawcett and Hoos, "Analysing differences between algorithm configurations through ablation", Journal of Heuristics
//! 22, 2016: of all parameters in which the configuration reached so far differs from the end, the one is flipped to
//! its value there that makes the best of it; then again, until the end is reached. What is judged is the prediction of
//! a random forest fitted to the trials, so that nothing need be evaluated (Biedenkapp et al., "Efficient Parameter
//! Importance Analysis via Ablation with Surrogates", AAAI 2017).
//!
//! A parameter that a flip brings into existence gets its value at the end, along with its parent; what a flip makes
//! inactive disappears. If the end does not have it either, another parent must be on its way to another value: all
//! ancestors of such a parameter are flipped together. Configurations that break a known constraint are passed over
//! while there are others.

use super::forest::{Data, Tree, for_each_tree};
use crate::history::History;
use crate::numerics::Pool;
use crate::numerics::linalg::Interrupted;
use crate::space::{Configuration, SearchSpace};

/// One configuration on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Parameters that differ from the configuration before, increasing; empty for the start.
    pub changed: Vec<usize>,
    /// The configuration.
    pub configuration: Configuration,
    /// What the forest predicts of it, to be minimized.
    pub prediction: f64,
}

/// The way from `start` to `end`, both included; two valid configurations. `None` where no trial is complete with a
/// finite value.
///
/// # Errors
/// [`Interrupted`].
#[expect(clippy::too_many_arguments, reason = "what decides the forest, the way, and how to compute")]
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
    let data = Data::new(space, history, objective);
    if data.len() == 0 {
        return Ok(None);
    }
    let trees = for_each_tree(&data, seed, pool, interrupted, |tree| tree)?;
    Ok(Some(walk(space, start, end, |configuration| predict(&data, &trees, configuration))))
}

fn predict(data: &Data, trees: &[Tree], configuration: &Configuration) -> f64 {
    let point = data.point(configuration);
    data.unscaled(trees.iter().map(|tree| tree.predict(&point)).sum::<f64>() / trees.len() as f64)
}

/// The greedy way by any predictions.
pub(super) fn walk(
    space: &SearchSpace,
    start: &Configuration,
    end: &Configuration,
    predict: impl Fn(&Configuration) -> f64,
) -> Vec<Step> {
    let mut steps = vec![Step { changed: Vec::new(), configuration: start.clone(), prediction: predict(start) }];
    let mut here = start.clone();
    while here != *end {
        let next = best_flip(space, &here, end, &predict);
        here = next.configuration.clone();
        steps.push(next);
    }
    steps
}

/// The best configuration that a flip reaches; the first parameter of equal ones.
fn best_flip(
    space: &SearchSpace,
    here: &Configuration,
    end: &Configuration,
    predict: impl Fn(&Configuration) -> f64,
) -> Step {
    let differs = |j: &usize| here.0[*j] != end.0[*j];
    let mut best: Option<(bool, Step)> = None;
    for j in (0..here.0.len()).filter(differs).filter(|j| here.0[*j].is_some() && end.0[*j].is_some()) {
        let configuration = flip(space, here, end, j);
        let breaks = !space.satisfies(&configuration);
        let prediction = predict(&configuration);
        let is_better = |(best_breaks, best): &(bool, Step)| (breaks, prediction) < (*best_breaks, best.prediction);
        if best.as_ref().is_none_or(is_better) {
            best = Some((breaks, Step { changed: changed(here, &configuration), configuration, prediction }));
        }
    }
    // Two valid configurations that differ do so in a parameter that both have: the first in topological order.
    let at_end = || Step { changed: changed(here, end), configuration: end.clone(), prediction: predict(end) };
    best.map_or_else(at_end, |(_, step)| step)
}

fn changed(here: &Configuration, there: &Configuration) -> Vec<usize> {
    (0..here.0.len()).filter(|j| here.0[*j] != there.0[*j]).collect()
}

/// `here` with parameter `j` as it is at the end, and what goes with it.
fn flip(space: &SearchSpace, here: &Configuration, end: &Configuration, j: usize) -> Configuration {
    let mut flipped = vec![false; here.0.len()];
    flipped[j] = true;
    loop {
        match completed(space, here, end, &flipped) {
            Ok(configuration) => return configuration,
            Err(orphan) => space.required(orphan).iter().for_each(|(ancestor, _)| flipped[*ancestor] = true),
        }
    }
}

/// The values of the end where flipped or new, those of `here` elsewhere; or an active parameter that has neither.
fn completed(
    space: &SearchSpace,
    here: &Configuration,
    end: &Configuration,
    flipped: &[bool],
) -> Result<Configuration, usize> {
    let mut values = vec![None; here.0.len()];
    for &j in space.order() {
        if space.is_active(j, &values) {
            let (first, second) = if flipped[j] { (end.0[j], here.0[j]) } else { (here.0[j], end.0[j]) };
            values[j] = Some(first.or(second).ok_or(j)?);
        }
    }
    Ok(Configuration(values))
}
