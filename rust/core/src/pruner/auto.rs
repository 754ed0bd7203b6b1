//! Stop a trial when it will hardly become the best and the rest of its curve has little to tell.
//!
//! While few trials are complete, the better half goes on at every checkpoint ([`super::early`]). Then estimates decide.
//! The estimate of its end ([`crate::learning_curve`]) has mean `m` and standard deviation `s`; `b` is the best end so
//! far. A trial is stopped at a checkpoint where all of this holds:
//!
//! 1. The chance that it beats the best feasible trial, `Phi((b - m) / s)`, is below [`CHANCE`].
//! 2. `s^2` is below [`UNKNOWN`] of the variance of all ends, those of stopped trials and its own estimated. Then a
//!    model learns from the estimate most of what it would learn from the end, and where early steps mislead nothing is
//!    stopped.
//! 3. Replay: of the complete trials, take those that this rule would have stopped here, judged by the best of the
//!    trials before them. No more than [`MISTAKES`] of them became the best.
//! 4. The trial is not one of those that run to their end whatever is expected ([`audit`]), so that the replay has
//!    something to see.
//!
//! With several objectives [`super::dominated`] takes the place of these rules, and a reported constraint that is broken
//! is judged by [`super::violated`] first.
//!
//! Measured with the Gaussian process in the loop (`benches/results/fidelity.md`).

use super::audit::MISTAKES;
use super::context::{Context, Report};
use super::{Decision, audit, dominated, early, violated};
use crate::history::TrialState;
use crate::learning_curve::Expected;
use crate::numerics::normal::ndtr;
use crate::numerics::variance;

/// Below this chance of becoming the best a trial may be stopped: 2 %, as a quantile of the standard normal
/// distribution (`the_chance_is_two_percent`).
const CHANCE: f64 = -2.053_748_910_631_823;
/// Share of the variance of the ends that may be unknown.
const UNKNOWN: f64 = 0.5;
/// Complete trials before an estimate stops anything.
const FEWEST: usize = 2;

pub(super) fn decide(context: &Context<'_>, report: Report) -> Decision {
    let (step, _) = report;
    if !context.is_finite(0) && !context.is_finite(1) {
        return Decision::end("two values in a row are not finite");
    }
    if let Some(decision) = early::decide(context, report) {
        return decision;
    }
    let Some(reached) = context.curves.table().reached(context.previous_step(), step) else {
        return Decision::go_on(format!("no checkpoint was reached by step {step}"));
    };
    if let Some(decision) = violated::decide(context, report) {
        return decision;
    }
    if context.history.n_objectives() > 1 { dominated::decide(context, report) } else { estimate(context, reached) }
}

/// Rules 1 to 4.
fn estimate(context: &Context<'_>, reached: usize) -> Decision {
    let curves = context.curves;
    let Some(end) = curves.end(context.curve()) else {
        return Decision::go_on("too little is known of how it goes on");
    };
    let ends = ends(context);
    let Some(best) = context.incumbent.filter(|_| ends.len() >= FEWEST) else {
        return Decision::go_on(format!("fewer than {FEWEST} trials are complete, or none keeps the constraints"));
    };
    let best = context.history.values(0)[best as usize];
    let (mean, std) = (context.user_value(end.mean), libm::sqrt(end.variance));
    let percent = 100.0 * chance(best, end);
    let reason = format!("expected to end at {mean:.4} ± {std:.2}, {percent:.1} % to beat the best");
    if !is_hopeless(best, end) {
        return Decision::go_on(reason);
    }
    let stopped = context.others().filter(|(trial, _)| context.state(*trial) == TrialState::Pruned);
    let expected = stopped.filter_map(|(_, curve)| curves.end(curve)).map(|end| end.mean);
    let all: Vec<f64> = ends.into_iter().chain(expected).chain([end.mean]).collect();
    if end.variance >= UNKNOWN * variance(&all) {
        return Decision::go_on(format!("{reason}; that tells too little of the end"));
    }
    let (mistakes, stopped) = replay(context, reached);
    let reason = format!("{reason}; {mistakes} of {stopped} complete trials like it became the best");
    if mistakes as f64 > MISTAKES * (stopped + 1) as f64 {
        return Decision::go_on(reason);
    }
    audit::stop(context, reason)
}

/// The chance that a trial with this end is better than `best`.
fn chance(best: f64, end: Expected) -> f64 {
    if end.variance > 0.0 { ndtr((best - end.mean) / libm::sqrt(end.variance)) } else { f64::from(end.mean < best) }
}

/// Whether that chance is below [`CHANCE`].
fn is_hopeless(best: f64, end: Expected) -> bool {
    best - end.mean <= CHANCE * libm::sqrt(end.variance)
}

/// What the complete trials were told, in the order of their ids.
fn ends(context: &Context<'_>) -> Vec<f64> {
    let history = context.history;
    let is_complete = |row: &usize| history.states()[*row] == TrialState::Complete;
    (0..history.len()).filter(is_complete).map(|row| history.values(0)[row]).filter(|end| end.is_finite()).collect()
}

/// How many complete trials the rule would have stopped at a checkpoint, and how many of these became the best.
fn replay(context: &Context<'_>, reached: usize) -> (usize, usize) {
    let curves = context.curves;
    let (mut best, mut mistakes, mut stopped) = (f64::INFINITY, 0, 0);
    for (trial, value, end) in curves.table().complete(reached) {
        let is_feasible = context.history.is_feasible(trial as usize);
        let expected = curves.end_from(reached, value);
        if best.is_finite() && expected.is_some_and(|expected| is_hopeless(best, expected)) {
            stopped += 1;
            mistakes += usize::from(end < best && is_feasible);
        }
        if is_feasible {
            best = best.min(end);
        }
    }
    (mistakes, stopped)
}

#[cfg(test)]
mod tests {
    use super::{CHANCE, chance, is_hopeless};
    use crate::learning_curve::Expected;

    #[test]
    fn the_chance_is_two_percent() {
        let end = |mean| Expected { mean, variance: 0.25 };
        assert!((chance(0.5 * CHANCE, end(0.0)) - 0.02).abs() < 1e-12);
        assert!(is_hopeless(0.0, end(1.03)) && !is_hopeless(0.0, end(1.02)));
        let certain = Expected { mean: 1.0, variance: 0.0 };
        assert!(is_hopeless(1.0, certain) && !is_hopeless(1.0 + 1e-9, certain));
    }
}
