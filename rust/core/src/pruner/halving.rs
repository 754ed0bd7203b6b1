//! Rungs: at the steps `r eta^(s + k)` the best of each `eta` trials continue.
//!
//! A trial enters rung `k` with its first report at or after the rung's step. If `n` trials have entered the rung so
//! far, a trial continues if it is among the best `n / eta` of them, at least one (Jamieson and Talwalkar 2016; the
//! asynchronous rule of Li et al. 2020, "A system for massively parallel hyperparameter tuning", algorithm 2).
//!
//! Hyperband (Li et al. 2018) runs several brackets with `s = 0, 1, ...`, in case the early steps are misleading. Each
//! trial belongs to one bracket, drawn from its id with weights that give each bracket about the same number of steps.

use super::bracket::{Bracket, rung};
use super::columns::{Columns, Compared, Others};
use super::context::value_from;
use super::context::{Context, Report};
use super::rank::{Scores, ranks_from};
use super::{Decision, HalvingSettings, HyperbandSettings};

/// A ladder of rungs.
struct Ladder {
    first: u64,
    eta: u64,
    /// The last step of trials; there is no rung from here on.
    end: u64,
    bootstrap: u64,
    /// Which trials are on the ladder.
    bracket: Bracket,
}

/// Asynchronous successive halving.
pub(super) fn successive(settings: &HalvingSettings, context: &Context<'_>, columns: &mut Columns) -> Decision {
    let HalvingSettings { min_resource, reduction_factor: eta, min_early_stopping_rate, bootstrap_count } = *settings;
    // The default is a hundredth of the steps of a complete trial, as in Optuna (Akiba et al. 2019).
    let least = || context.longest.map(|steps| (steps / 100).max(1));
    let Some(least) = min_resource.or_else(least) else {
        return Decision::go_on("no trial is complete, so the first rung is unknown");
    };
    let Some(first) = rung(least, eta, min_early_stopping_rate) else {
        return Decision::go_on("the first rung lies beyond all steps");
    };
    Ladder { first, eta, end: u64::MAX, bootstrap: bootstrap_count, bracket: Bracket::ALL }.decide(context, columns)
}

/// Several brackets of successive halving.
pub(super) fn hyperband(settings: &HyperbandSettings, context: &Context<'_>, columns: &mut Columns) -> Decision {
    let HyperbandSettings { min_resource, max_resource, reduction_factor: eta, bootstrap_count } = *settings;
    let Some(most) = max_resource.or(context.longest) else {
        return Decision::go_on("no trial is complete, so the brackets are unknown");
    };
    let n_brackets = (0..u64::from(u64::BITS)).take_while(|s| rung(min_resource, eta, *s).is_some_and(|r| r <= most));
    let n_brackets = n_brackets.count().max(1) as u64;
    let bracket = Bracket::of(context.trial, context.seed, n_brackets, eta);
    let first = rung(min_resource, eta, bracket.index).unwrap_or(u64::MAX);
    let mut decision = Ladder { first, eta, end: most, bootstrap: bootstrap_count, bracket }.decide(context, columns);
    decision.reason = format!("bracket {} of {n_brackets}: {}", bracket.index + 1, decision.reason);
    decision
}

impl Ladder {
    /// Whether the trial stops at one of the rungs that its last report entered.
    fn decide(&self, context: &Context<'_>, columns: &mut Columns) -> Decision {
        let entered = (0..).map_while(|k| rung(self.first, self.eta, k)).take_while(|step| reaches(context, *step));
        let entered = entered.take_while(|step| *step < self.end);
        let is_new = |step: &u64| context.previous_step().is_none_or(|previous| previous < *step);
        let mut decision = Decision::go_on("no rung was reached by this report");
        for step in entered.filter(is_new) {
            decision = self.at(step, context, columns);
            if decision.stop {
                break;
            }
        }
        decision
    }

    fn at(&self, step: u64, context: &Context<'_>, columns: &mut Columns) -> Decision {
        if context.is_plain() {
            let own = value_from(context.curve(), step);
            let others = columns.others(context, step, Compared::From(self.bracket));
            return own.map_or_else(not_reached, |own| self.compare(step, own, &others));
        }
        let on_ladder = context.others().filter(|(trial, _)| self.bracket.has(*trial));
        let scores = ranks_from(context, on_ladder, step);
        scores.map_or_else(not_reached, |Scores { own, others }| self.compare(step, own, &Others::all(&others)))
    }

    fn compare(&self, step: u64, own: f64, others: &Others<'_>) -> Decision {
        let n = others.len() as u64 + 1;
        let better = others.n_below(own) as u64;
        let reason = format!("rank {} of {n} at the rung of step {step}", better + 1);
        if own == f64::INFINITY {
            return Decision::end(reason);
        }
        if n <= self.bootstrap {
            return Decision::stop(format!("{reason}, which waits for {} trials", self.bootstrap + 1));
        }
        Decision::new(better >= (n / self.eta).max(1), reason)
    }
}

fn not_reached() -> Decision {
    Decision::go_on("the rung is not reached")
}

fn reaches(context: &Context<'_>, step: u64) -> bool {
    context.last_report().is_some_and(|(last, _): Report| last >= step)
}
