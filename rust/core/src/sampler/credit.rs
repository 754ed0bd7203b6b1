//! The choice between two models, each of which proposes the more often the better its trials were.
//!
//! The Gaussian process and TPE share one history. In order of ids, each finished trial of one of them earns the reward
//!
//! ```text
//! r = 1        if it is better than all earlier trials
//!     q^2      otherwise; q is the share of the last 32 ranked trials before it that are worse
//! ```
//!
//! and zero if it failed. Credit decays by a factor of 0.97 per trial, so that early success does not count for ever.
//! The prior counts `(a, b)` are `(4, 2)` for a model that is expected to be good and `(2, 2)` for one of unknown
//! quality. The quality of a model has the Beta distribution
//!
//! ```text
//! Beta(a + sum 0.97^age r, b + sum 0.97^age (1 - r))
//! ```
//!
//! Every ask draws once for each model, from a normal with the same mean and variance, and the model with the higher
//! draw proposes (Thompson 1933). One ask in ten goes to either model with equal probability, so that none is
//! abandoned. The choice is a function of the history, the seed and the id of the trial.

use super::Context;
use super::ranking::{Place, all_places};
use crate::history::Origin;
use crate::numerics::{Purpose, Stream};

/// Factor of credit for every later trial of the two models. A choice, not measured.
const FADE: f64 = 0.97;
/// Number of earlier trials that a trial is compared with. A choice, not measured.
const WINDOW: usize = 32;
/// Probability that credit is ignored. A choice, not measured.
const FLOOR: f64 = 0.1;
/// Prior counts of a model that is expected to be good. (Measured against those of [`OPEN`]:
/// `benches/results/auto.md`.)
const TRUSTED: Credit = Credit { good: 4.0, bad: 2.0 };
/// Prior counts of a model of unknown quality. (Measured against those of [`TRUSTED`]: `benches/results/auto.md`.)
const OPEN: Credit = Credit { good: 2.0, bad: 2.0 };

/// Counts of good and bad results.
#[derive(Clone, Copy)]
struct Credit {
    good: f64,
    bad: f64,
}

/// Whether TPE, and not the Gaussian process, proposes the requested trial.
pub(super) fn prefers_tpe(context: &Context<'_>) -> bool {
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Choose, 0);
    let [gp, tpe] = earned(context);
    if stream.uniform() < FLOOR {
        return stream.uniform() < 0.5;
    }
    let gp = gp.plus(TRUSTED).draw(&mut stream);
    tpe.plus(prior_of_tpe(context)).draw(&mut stream) > gp
}

/// The prior counts of TPE. With few trials the Gaussian process is better, except in conditional spaces, where neither
/// was (measured: `benches/results/auto.md`).
fn prior_of_tpe(context: &Context<'_>) -> Credit {
    if context.space.is_conditional() { TRUSTED } else { OPEN }
}

/// The credit of the Gaussian process and of TPE.
fn earned(context: &Context<'_>) -> [Credit; 2] {
    let history = context.history;
    let mut credits = [Credit { good: 0.0, bad: 0.0 }; 2];
    let places = all_places(history);
    let mut previous: Vec<Place> = Vec::new();
    let mut best: Option<Place> = None;
    for row in history.finished() {
        let place = places[row];
        if let Some(model) = [Origin::Gp, Origin::Tpe].iter().position(|model| *model == history.origins()[row]) {
            let reward_of_trial = place.map_or(0.0, |place| reward(place, best, &previous));
            credits.iter_mut().for_each(Credit::fade);
            credits[model].good += reward_of_trial;
            credits[model].bad += 1.0 - reward_of_trial;
        }
        if let Some(place) = place {
            best = Some(best.map_or(place, |best| best.min(place)));
            previous.push(place);
        }
    }
    credits
}

/// The reward `r`.
fn reward(place: Place, best: Option<Place>, previous: &[Place]) -> f64 {
    if best.is_none_or(|best| place < best) {
        return 1.0;
    }
    let last = &previous[previous.len().saturating_sub(WINDOW)..];
    let q = last.iter().filter(|other| **other > place).count() as f64 / last.len() as f64;
    q * q
}

impl Credit {
    fn fade(&mut self) {
        self.good *= FADE;
        self.bad *= FADE;
    }

    fn plus(self, more: Self) -> Self {
        Self { good: self.good + more.good, bad: self.bad + more.bad }
    }

    /// A draw from the normal with the mean and variance of `Beta(good, bad)`.
    fn draw(self, stream: &mut Stream) -> f64 {
        let total = self.good + self.bad;
        let mean = self.good / total;
        mean + (mean * (1.0 - mean) / (total + 1.0)).sqrt() * stream.normal()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::History;
    use crate::sampler::testing::{finish, number, with_context};
    use crate::space::{Accept, Condition, Configuration, Parameter, SearchSpace, Value};

    /// The share of 400 asks in which TPE proposes, after trials with these models and values (`None`: failed).
    fn share_of_tpe(results: &[(Origin, Option<f64>)]) -> f64 {
        share_of_tpe_in(&SearchSpace::new(vec![number("x")], Vec::new()).unwrap(), results)
    }

    fn share_of_tpe_in(space: &SearchSpace, results: &[(Origin, Option<f64>)]) -> f64 {
        let mut history = History::new(1, 1);
        for (row, (origin, value)) in results.iter().enumerate() {
            history.push(space, &Configuration(vec![Some(Value::Real(0.5))]), *origin);
            finish(&mut history, row, *value);
        }
        let chosen = (0..400).filter(|trial| with_context(space, &history, *trial, prefers_tpe));
        chosen.count() as f64 / 400.0
    }

    /// Alternating trials of both models; those of `good` always improve on the best value, those of the other never
    /// do.
    fn history_with_a_better(good: Origin) -> Vec<(Origin, Option<f64>)> {
        let both = [Origin::Gp, Origin::Tpe];
        (0..40).map(|i| (both[i % 2], Some(if both[i % 2] == good { -(i as f64) } else { 100.0 + i as f64 }))).collect()
    }

    #[test]
    fn the_better_model_proposes_and_none_is_abandoned() {
        let prior = share_of_tpe(&[]);
        assert!((0.2..0.45).contains(&prior), "{prior}");
        let (tpe, gp) =
            (share_of_tpe(&history_with_a_better(Origin::Tpe)), share_of_tpe(&history_with_a_better(Origin::Gp)));
        assert!((0.02..0.15).contains(&gp) && (0.85..0.98).contains(&tpe), "{gp} {tpe}");
    }

    #[test]
    fn no_model_is_preferred_in_conditional_spaces() {
        let when = vec![Condition { parent: 0, accept: Accept::RealRange { low: 0.0, high: 0.5 } }];
        let parameters = vec![number("x"), Parameter { when, ..number("y") }];
        let share = share_of_tpe_in(&SearchSpace::new(parameters, Vec::new()).unwrap(), &[]);
        assert!((0.43..0.57).contains(&share), "{share}");
    }

    #[test]
    fn failures_and_trials_of_other_origins_earn_nothing() {
        let failed: Vec<_> = (0..20).map(|_| (Origin::Tpe, None)).collect();
        assert!(share_of_tpe(&failed) < 0.1);
        let others: Vec<_> = (0..20).map(|i| (Origin::Design, Some(f64::from(i)))).collect();
        assert_eq!(share_of_tpe(&others), share_of_tpe(&[]));
    }

    /// Early credit decays: after a hundred trials the latest ones dominate.
    #[test]
    fn credit_decays() {
        let mut results = history_with_a_better(Origin::Tpe);
        let both = [Origin::Gp, Origin::Tpe];
        let worse = |i: usize| if i.is_multiple_of(2) { -1000.0 - i as f64 } else { 100.0 + i as f64 };
        results.extend((0..120).map(|i| (both[i % 2], Some(worse(i)))));
        assert!(share_of_tpe(&results) < 0.2);
    }
}
