//! Stops a trial that is unlikely to become the best when the rest of its curve adds little information.
//!
//! While few trials are complete, the better half continues at every step of a grid ([`super::early`]). Then estimates
//! decide. The estimated final value of a trial ([`crate::learning_curve`]) has mean `m` and standard deviation `s`;
//! `b` is the best final value so far. A trial is stopped at a checkpoint if all of these conditions hold:
//!
//! 1. The probability that it beats the best feasible trial, `Phi((b - m) / s)`, is below 2 % ([`CHANCE`]).
//! 2. `s^2` is below a fraction [`UNKNOWN`] of the variance of all final values, where those of stopped trials and its
//!    own are estimates. A model then learns from the estimate most of what it would learn from the final value, and
//!    nothing is stopped if early steps are misleading.
//! 3. Replay: among the complete trials that this rule would have stopped here, each compared with the best trial
//!    before it, at most a share [`audit::MISTAKES`] became the best.
//! 4. The trial is not audited ([`audit`]). Audited trials provide the data for the replay.
//!
//! With several objectives [`super::dominated`] replaces these rules. A reported constraint that is broken is decided
//! about first. Whether a constraint that is broken at a step can still hold at the end depends on the constraint: memory
//! use does not decrease during training, but an error may. Complete trials show which case applies. A trial that reports
//! a broken constraint is stopped if at least [`FEWEST_BROKEN`] complete trials reported one at that step, and at most a
//! share [`audit::MISTAKES`] of them satisfied all constraints in the end.
//!
//! The rules were benchmarked with the Gaussian process (`benches/results/fidelity.md`).

use super::context::{Context, Report};
use super::{Decision, audit, dominated, early};
use crate::history::Expected;
use crate::history::TrialState;
use crate::numerics::normal::ndtr;
use crate::numerics::variance;

/// A trial may be stopped if its probability of becoming the best is below 2 %; this is the corresponding quantile of
/// the standard normal distribution (`the_chance_is_two_percent`). 5 and 10 % are no better
/// (`benches/results/archive/fidelity.md`).
const CHANCE: f64 = -2.053_748_910_631_823;
/// Maximum variance of an estimate, as a fraction of the variance of the final values. Larger shares are no better
/// (`benches/results/archive/fidelity.md`).
const UNKNOWN: f64 = 0.5;
/// Minimum number of complete trials before an estimate stops a trial. (Half and twice:
/// `benches/results/constants.md`.)
const FEWEST: usize = 2;
/// Minimum number of complete trials that broke a constraint at the step. (Half and twice:
/// `benches/results/constants.md`.)
const FEWEST_BROKEN: usize = 3;

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
    if let Some(decision) = violated(context, report) {
        return decision;
    }
    if context.history.n_objectives() > 1 { dominated::decide(context, report) } else { estimate(context, reached) }
}

/// Rules 1 to 4.
fn estimate(context: &Context<'_>, reached: usize) -> Decision {
    let curves = context.curves;
    let Some(end) = curves.end(context.curve()) else {
        return Decision::go_on("too little is known about how it continues");
    };
    let ends = ends(context);
    let Some(best) = context.incumbent.filter(|_| ends.len() >= FEWEST) else {
        return Decision::go_on(format!("fewer than {FEWEST} trials are complete, or none satisfies the constraints"));
    };
    let best = context.history.values(0)[best as usize];
    let (mean, std) = (context.user_value(end.mean), end.std);
    let percent = 100.0 * chance(best, end);
    let reason = format!("expected to end at {mean:.4} ± {std:.4}, {percent:.1} % to beat the best");
    if !is_hopeless(best, end) {
        return Decision::go_on(reason);
    }
    let stopped = context.others().filter(|(trial, _)| context.state(*trial) == TrialState::Pruned);
    let expected = stopped.filter_map(|(_, curve)| curves.end(curve)).map(|end| end.mean);
    let all: Vec<f64> = ends.into_iter().chain(expected).chain([end.mean]).collect();
    if end.std * end.std >= UNKNOWN * variance(&all) {
        return Decision::go_on(format!("{reason}; the estimate is too uncertain"));
    }
    let (mistakes, stopped) = replay(context, reached);
    let reason = format!("{reason}; {}", replay_text(mistakes, stopped));
    audit::stop_unless_refuted(context, mistakes, stopped, reason)
}

fn replay_text(mistakes: usize, stopped: usize) -> String {
    match stopped {
        0 => "no complete trial was like it".to_owned(),
        _ => format!("{mistakes} of {stopped} complete trials like it became the best"),
    }
}

/// The probability that a trial with this final value is better than `best`.
fn chance(best: f64, end: Expected) -> f64 {
    if end.std > 0.0 { ndtr((best - end.mean) / end.std) } else { f64::from(end.mean < best) }
}

/// Whether that probability is below 2 % ([`CHANCE`]).
fn is_hopeless(best: f64, end: Expected) -> bool {
    best - end.mean <= CHANCE * end.std
}

/// The final values of the complete trials, in the order of their ids.
fn ends(context: &Context<'_>) -> Vec<f64> {
    let history = context.history;
    (0..history.len()).filter(|row| history.is_measured_in(*row, 0)).map(|row| history.values(0)[row]).collect()
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

/// The decision to stop; `None` leaves the decision to other rules.
fn violated(context: &Context<'_>, (step, _): Report) -> Option<Decision> {
    let history = context.history;
    let broken = history.reported_broken(context.trial, step);
    if broken.is_empty() {
        return None;
    }
    let complete = context.others_complete().map(|(trial, _)| trial);
    let similar: Vec<u64> = complete.filter(|trial| !history.reported_broken(*trial, step).is_empty()).collect();
    let kept = similar.iter().filter(|trial| history.is_feasible(**trial as usize)).count();
    if similar.len() < FEWEST_BROKEN || kept as f64 > audit::MISTAKES * (similar.len() + 1) as f64 {
        return None;
    }
    let (n, broken) = (similar.len(), broken.join(", "));
    let reason =
        format!("breaks constraints ({broken}); {kept} of {n} complete trials like it satisfied them in the end");
    Some(audit::stop(context, reason))
}

#[cfg(test)]
mod tests {
    use super::{CHANCE, chance, is_hopeless, replay_text};
    use crate::history::Expected;

    #[test]
    fn a_replay_without_trials_is_told_in_words() {
        assert_eq!(replay_text(0, 0), "no complete trial was like it");
        assert_eq!(replay_text(1, 12), "1 of 12 complete trials like it became the best");
    }

    #[test]
    fn the_chance_is_two_percent() {
        let end = |mean| Expected { mean, std: 0.5 };
        assert!((chance(0.5 * CHANCE, end(0.0)) - 0.02).abs() < 1e-12);
        assert!(is_hopeless(0.0, end(1.03)) && !is_hopeless(0.0, end(1.02)));
        let certain = Expected { mean: 1.0, std: 0.0 };
        assert!(is_hopeless(1.0, certain) && !is_hopeless(1.0 + 1e-9, certain));
    }
}
