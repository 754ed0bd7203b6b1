//! Which of two models proposes a trial: the more its trials were worth, the more often.
//!
//! The Gaussian process and TPE draw on one history. By increasing id, a told trial of one of them earns
//!
//! ```text
//! r = 1        if it is better than every trial before it
//!     q^2      else; q the share of the last 32 ranked trials before it that are worse
//! ```
//!
//! and nothing if it failed. Credit fades by 0.97 a trial, so that a model that was good early on has to stay so. With
//! prior counts `(a, b)`, `(4, 2)` for a model that is expected to be good and `(2, 2)` for one that is not known to
//! be, a model stands at the Beta distribution
//!
//! ```text
//! Beta(a + sum 0.97^age r, b + sum 0.97^age (1 - r))
//! ```
//!
//! of which every ask takes a draw, as a normal of the same mean and variance (Thompson 1933); the higher draw
//! proposes. One ask in ten goes to either with equal chances, so that neither is forgotten. All of it is a function of
//! the history, the seed and the trial's id.

use super::Context;
use super::order::Key;
use crate::history::Origin;
use crate::numerics::{Purpose, Stream};

/// What a trial's credit is multiplied with for every later trial of the two.
const FADE: f64 = 0.97;
/// Trials that a trial is compared with.
const WINDOW: usize = 32;
/// Chance that credit is not asked.
const FLOOR: f64 = 0.1;
/// Prior counts of a model that is expected to be good.
const TRUSTED: Credit = Credit { good: 4.0, bad: 2.0 };
/// Prior counts of a model that has to show what it is worth.
const OPEN: Credit = Credit { good: 2.0, bad: 2.0 };

/// Counts.
#[derive(Clone, Copy)]
struct Credit {
    good: f64,
    bad: f64,
}

/// Whether TPE proposes the trial that is asked for, and not the Gaussian process.
pub(super) fn prefers_tpe(context: &Context<'_>) -> bool {
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Choose, 0);
    let [gp, tpe] = earned(context);
    if stream.uniform() < FLOOR {
        return stream.uniform() < 0.5;
    }
    let gp = gp.plus(TRUSTED).draw(&mut stream);
    tpe.plus(prior_of_tpe(context)).draw(&mut stream) > gp
}

/// The Gaussian process makes more of few trials, except where parameters are conditional: there neither had a lead
/// (measured: `benches/results/auto.md`).
fn prior_of_tpe(context: &Context<'_>) -> Credit {
    if context.space.is_conditional() { TRUSTED } else { OPEN }
}

/// What the Gaussian process and TPE have earned.
fn earned(context: &Context<'_>) -> [Credit; 2] {
    let history = context.history;
    let mut credits = [Credit { good: 0.0, bad: 0.0 }; 2];
    let mut previous: Vec<Key> = Vec::new();
    let mut best: Option<Key> = None;
    for row in (0..history.len()).filter(|row| history.states()[*row].counts()) {
        let key = Key::of(history, row);
        if let Some(model) = [Origin::Gp, Origin::Tpe].iter().position(|model| *model == history.origins()[row]) {
            let reward_of_trial = key.map_or(0.0, |key| reward(key, best, &previous));
            credits.iter_mut().for_each(Credit::fade);
            credits[model].good += reward_of_trial;
            credits[model].bad += 1.0 - reward_of_trial;
        }
        if let Some(key) = key {
            best = Some(best.map_or(key, |best| best.min(key)));
            previous.push(key);
        }
    }
    credits
}

/// `r`.
fn reward(key: Key, best: Option<Key>, previous: &[Key]) -> f64 {
    if best.is_none_or(|best| key < best) {
        return 1.0;
    }
    let last = &previous[previous.len().saturating_sub(WINDOW)..];
    let q = last.iter().filter(|other| **other > key).count() as f64 / last.len() as f64;
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

    /// A draw from the normal with mean and variance of `Beta(good, bad)`.
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
    use crate::encoding::Encoding;
    use crate::history::History;
    use crate::sampler::testing::{finish, number, with_context};
    use crate::space::{Accept, Condition, Configuration, Parameter, SearchSpace, Value};

    /// How often in 400 asks TPE proposes after trials of these models with these values (`None`: failed).
    fn share_of_tpe(results: &[(Origin, Option<f64>)]) -> f64 {
        share_of_tpe_in(&SearchSpace::new(vec![number("x")], Vec::new()).unwrap(), results)
    }

    fn share_of_tpe_in(space: &SearchSpace, results: &[(Origin, Option<f64>)]) -> f64 {
        let encoding = Encoding::new(space);
        let mut history = History::new(1, 1);
        for (row, (origin, value)) in results.iter().enumerate() {
            history.push(&encoding, &Configuration(vec![Some(Value::Real(0.5))]), *origin);
            finish(&mut history, row, *value);
        }
        let chosen = (0..400).filter(|trial| with_context(space, &history, *trial, prefers_tpe));
        chosen.count() as f64 / 400.0
    }

    /// Alternating trials of both; `good` improves at every one, the other never.
    fn history_with_a_better(good: Origin) -> Vec<(Origin, Option<f64>)> {
        let both = [Origin::Gp, Origin::Tpe];
        (0..40).map(|i| (both[i % 2], Some(if both[i % 2] == good { -(i as f64) } else { 100.0 + i as f64 }))).collect()
    }

    #[test]
    fn who_earns_proposes_and_nobody_is_forgotten() {
        let prior = share_of_tpe(&[]);
        assert!((0.2..0.45).contains(&prior), "{prior}");
        let (tpe, gp) =
            (share_of_tpe(&history_with_a_better(Origin::Tpe)), share_of_tpe(&history_with_a_better(Origin::Gp)));
        assert!((0.02..0.15).contains(&gp) && (0.85..0.98).contains(&tpe), "{gp} {tpe}");
    }

    #[test]
    fn nobody_is_preferred_where_parameters_are_conditional() {
        let when = vec![Condition { parent: 0, accept: Accept::RealRange { low: 0.0, high: 0.5 } }];
        let parameters = vec![number("x"), Parameter { when, ..number("y") }];
        let share = share_of_tpe_in(&SearchSpace::new(parameters, Vec::new()).unwrap(), &[]);
        assert!((0.43..0.57).contains(&share), "{share}");
    }

    #[test]
    fn failures_and_trials_of_others_earn_nothing() {
        let failed: Vec<_> = (0..20).map(|_| (Origin::Tpe, None)).collect();
        assert!(share_of_tpe(&failed) < 0.1);
        let others: Vec<_> = (0..20).map(|i| (Origin::Design, Some(f64::from(i)))).collect();
        assert_eq!(share_of_tpe(&others), share_of_tpe(&[]));
    }

    /// Early credit fades: after a hundred trials the last ones decide.
    #[test]
    fn credit_fades() {
        let mut results = history_with_a_better(Origin::Tpe);
        let both = [Origin::Gp, Origin::Tpe];
        let worse = |i: usize| if i.is_multiple_of(2) { -1000.0 - i as f64 } else { 100.0 + i as f64 };
        results.extend((0..120).map(|i| (both[i % 2], Some(worse(i)))));
        assert!(share_of_tpe(&results) < 0.2);
    }
}
