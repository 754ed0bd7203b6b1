//! The cache of the model of one quantity between suggestions. It only saves time.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `fit` | the modelled quantity, its observations, and the fit to them |
//! | `factored_model` | the model on observed and other pending trials |
//!
//! A suggestion may depend on the history but not on the times of earlier asks, so a fit must not start at the result
//! of whichever fit came last. Let `theta(m)` be fitted to the first `m` observed trials in order of their ids. These are
//! the finished ones, and pending ones that have told the quantity:
//!
//! ```text
//! m <= 64                    the search for theta(m) starts at the default
//! anchors m = 128, 256, 512  it starts at theta of the anchor below (64 is the first)
//! other milestones           4 % or 8 trials apart; it starts at theta of the anchor below
//!                            (at the default if there is no fit at the anchor, or if it found pure noise)
//! n observed trials          use theta(largest milestone or anchor <= n)
//! ```
//!
//! The fits at these lengths form a chain that is a function of the history. A running search fits each link once;
//! loading a finished search fits five links at most. Between milestones, an observed trial adds one row to the factor. An
//! appended factor equals a new one, bit for bit.

mod factored_model;
mod fit;

pub(super) use fit::{Observed, Quantity, unless_interrupted};

use factored_model::FactoredModel;
use fit::fit;

use std::sync::Arc;

use crate::model::gp::{GaussianProcess, Layout, PriorMean, Selection};
use crate::sampler::SuggestError;

/// The first anchor; every further one has twice as many trials. Up to here every trial is a milestone, so that a fit
/// does not depend on a shorter history, in which the better half consists of other values. (Half and twice:
/// `benches/results/constants.md`.)
const FIRST_ANCHOR: usize = 64;
/// The last anchor: twice as many trials as a fit uses, so that a longer history changes its start little. Without it,
/// loading a history of 100,000 trials would fit seven more links. (Half and twice: `benches/results/constants.md`.)
const LAST_ANCHOR: usize = 512;

/// The fits and the factored model of one quantity. Their keys are the rows, which of these are partly known, the values
/// of a constraint there, and whether known noise may be wrong. Losses are not among the keys: if a loss in use
/// changes, the whole cache is dropped.
#[derive(Clone, Debug, Default)]
pub(in crate::sampler::gp) struct HyperparameterCache {
    chain: Vec<Link>,
    factored: Option<FactoredModel>,
}

#[derive(Clone, Debug)]
struct Link {
    rows: Vec<usize>,
    /// Those of them that were partly known.
    partly_known: Vec<usize>,
    /// The values of a constraint that they told.
    told: Vec<f64>,
    may_be_wrong: bool,
    /// `None` if nothing was fitted, because all values are equal or no covariance could be factored.
    fit: Option<Selection>,
}

impl HyperparameterCache {
    /// Hyperparameters for the observed trials `rows`, in order of their ids.
    pub(in crate::sampler::gp) fn hyperparameters(
        &mut self,
        quantity: &Quantity<'_>,
        rows: &[usize],
    ) -> Result<Selection, SuggestError> {
        let rows = &rows[..milestone(rows.len())];
        let fitted = self.link(quantity, rows)?;
        let theta = || Layout::of(&quantity.context.inputs(rows)).start();
        let unfitted = || Selection { usual: None, theta: theta(), trusts_noise: true, follows_trend: false };
        Ok(fitted.unwrap_or_else(unfitted))
    }

    /// The fit of a link of the chain, if there is one.
    fn link(&mut self, quantity: &Quantity<'_>, rows: &[usize]) -> Result<Option<Selection>, SuggestError> {
        let is_among = |row: &usize| rows.binary_search(row).is_ok();
        let partly_known: Vec<usize> = quantity.partly_known.iter().copied().filter(is_among).collect();
        let (told, may_be_wrong) = ((quantity.told)(rows), quantity.may_be_wrong);
        let is_same = |link: &&Link| {
            let is_alike = link.partly_known == partly_known && link.may_be_wrong == may_be_wrong;
            is_alike && link.rows == rows && link.told == told
        };
        if let Some(known) = self.chain.iter().find(is_same) {
            return Ok(known.fit.clone());
        }
        let anchor = anchor_below(rows.len());
        let warm = anchor.map(|anchor| self.link(quantity, &rows[..anchor])).transpose()?;
        let fit = fit(quantity, rows, warm.flatten())?;
        self.chain.retain(|link| is_anchor(link.rows.len()) && link.rows.len() != rows.len());
        self.chain.push(Link { rows: rows.to_vec(), partly_known, told, may_be_wrong, fit: fit.clone() });
        Ok(fit)
    }

    /// The model with the given hyperparameters on `rows` and the other `pending` trials; `None` if its covariance cannot be
    /// factored.
    pub(in crate::sampler::gp) fn model(
        &mut self,
        quantity: &Quantity<'_>,
        Selection { theta, trusts_noise, follows_trend, .. }: Selection,
        rows: &[usize],
        pending: &[usize],
    ) -> Option<&GaussianProcess> {
        let context = quantity.context;
        let observed = (quantity.observe)(rows).with_known_noise_if(trusts_noise);
        let mut factored = match self.factored.take() {
            Some(known) if known.matches(&theta, rows, &observed) => known,
            Some(known) => known
                .extended(context, &theta, rows, &observed)
                .or_else(|| FactoredModel::new(context, theta, rows, observed))?,
            None => FactoredModel::new(context, theta, rows, observed)?,
        };
        let trend = if follows_trend { (quantity.trend)(rows) } else { None };
        factored.model.set_prior_mean(trend.map(|trend| Arc::new(trend) as Arc<dyn PriorMean>));
        factored.set_pending(context, pending);
        Some(&self.factored.insert(factored).model)
    }
}

/// The largest milestone or anchor of at most `n` trials: every number up to 64, then a sequence that grows by 4 % or
/// by 8, whichever is less, and includes all anchors. The steps trade the time of fits for their age; a choice, not
/// measured.
fn milestone(n: usize) -> usize {
    let mut at = n.min(FIRST_ANCHOR);
    loop {
        let next = (at + at.div_ceil(25).min(8)).min((at + 1).next_power_of_two());
        if next > n {
            return at;
        }
        at = next;
    }
}

/// The largest anchor of fewer than `n` trials.
fn anchor_below(n: usize) -> Option<usize> {
    let anchors = std::iter::successors(Some(FIRST_ANCHOR), |anchor| Some(2 * anchor));
    anchors.take_while(|anchor| *anchor < n && *anchor <= LAST_ANCHOR).last()
}

fn is_anchor(n: usize) -> bool {
    (FIRST_ANCHOR..=LAST_ANCHOR).contains(&n) && n.is_power_of_two()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Origin};
    use crate::numerics::{Purpose, Stream, ascending};
    use crate::sampler::testing::{number, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    /// A history of trials of one number at the given places.
    fn history_at(space: &SearchSpace, places: impl IntoIterator<Item = f64>) -> History {
        let mut history = History::new(1, 1);
        for x in places {
            history.push(space, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
        }
        history
    }

    /// In how many of ten draws the reported noise variance `known` is used for 40 values `(x - 1/3)^2 * 8 - 1` with
    /// normal noise of variance `noise`.
    fn n_trusted(known: f64, noise: f64) -> usize {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let history = history_at(&space, (0..40).map(|row| (f64::from(row) + 0.5) / 40.0));
        let rows: Vec<usize> = (0..40).collect();
        let is_trusted = |draw: u64| {
            let mut stream = Stream::new(draw, 0, Purpose::Suggest, 0);
            let mut value = |row: usize| {
                let off = (row as f64 + 0.5) / 40.0 - 1.0 / 3.0;
                off * off * 8.0 - 1.0 + noise.sqrt() * stream.normal()
            };
            let values: Vec<f64> = rows.iter().map(|row| value(*row)).collect();
            with_context(&space, &history, 40, |context| {
                let of = |rows: &[usize]| rows.iter().map(|row| values[*row]).collect::<Vec<f64>>();
                let observe = |rows: &[usize]| Observed { noise: vec![known; rows.len()], ..Observed::of(of(rows)) };
                let quantity = Quantity {
                    context,
                    is_loss: false,
                    may_be_wrong: true,
                    partly_known: &[],
                    told: &|_| Vec::new(),
                    observe: &observe,
                    trend: &|_| None,
                    best_first: &|rows| ascending(&of(rows)),
                };
                HyperparameterCache::default().hyperparameters(&quantity, &rows).unwrap().trusts_noise
            })
        };
        (0..10).filter(|draw| is_trusted(*draw)).count()
    }

    /// `Auto` does this: it examines the noise and then suggests.
    #[test]
    fn a_requested_model_is_not_rebuilt() {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let history = history_at(&space, (0..9).map(|row| f64::from(row) / 9.0));
        with_context(&space, &history, 9, |context| {
            let observe = |rows: &[usize]| Observed::of(rows.iter().map(|row| *row as f64 / 3.0 - 1.0).collect());
            let quantity = Quantity {
                context,
                is_loss: true,
                may_be_wrong: true,
                partly_known: &[],
                told: &|_| Vec::new(),
                observe: &observe,
                trend: &|_| None,
                best_first: &|rows| ascending(&observe(rows).values),
            };
            let (mut cache, rows) = (HyperparameterCache::default(), [0, 1, 2, 3, 4, 5]);
            let size = |cache: &mut HyperparameterCache, pending: &[usize]| {
                let selected = cache.hyperparameters(&quantity, &rows).unwrap();
                cache.model(&quantity, selected, &rows, pending).unwrap().inputs().len()
            };
            assert_eq!(size(&mut cache, &[6, 7]), 8);
            // Marks the model by removing a pending trial.
            cache.factored.as_mut().unwrap().model.truncate(7);
            assert_eq!(size(&mut cache, &[6, 7]), 7, "it was rebuilt");
            assert_eq!(size(&mut cache, &[6, 7, 8]), 8, "a growing batch extends it");
            assert_eq!(size(&mut cache, &[6, 8]), 8, "another trial is pending");
            cache.factored.as_mut().unwrap().model.set_values(&[0.5; 6]);
            cache.factored.as_mut().unwrap().model.truncate(7);
            assert_eq!(size(&mut cache, &[6, 8]), 8, "the values differ");
        });
    }

    #[test]
    fn a_model_extended_in_a_batch_equals_a_new_one() {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let history = history_at(&space, [0.1, 0.4, 0.5, 0.9, 0.2, 0.2, 0.7]);
        with_context(&space, &history, 7, |context| {
            let observe = |rows: &[usize]| Observed::of(rows.iter().map(|row| *row as f64 - 1.5).collect());
            let quantity = Quantity {
                context,
                is_loss: true,
                may_be_wrong: true,
                partly_known: &[],
                told: &|_| Vec::new(),
                observe: &observe,
                trend: &|_| None,
                best_first: &|rows| ascending(&observe(rows).values),
            };
            let predicted = |cache: &mut HyperparameterCache, pending: &[usize]| {
                let selected = cache.hyperparameters(&quantity, &[0, 1, 2, 3]).unwrap();
                let model = cache.model(&quantity, selected, &[0, 1, 2, 3], pending).unwrap();
                model.predict(&[vec![0.3], vec![0.65]])
            };
            let mut grown = HyperparameterCache::default();
            for pending in [&[4][..], &[4, 5], &[4, 5, 6], &[5, 6]] {
                assert_eq!(predicted(&mut grown, pending), predicted(&mut HyperparameterCache::default(), pending));
            }
        });
    }

    #[test]
    fn standard_errors_are_used_if_values_scatter_accordingly() {
        assert!(n_trusted(0.1, 0.1) >= 8, "{}", n_trusted(0.1, 0.1));
        assert!(n_trusted(0.5, 0.5) >= 8, "{}", n_trusted(0.5, 0.5));
    }

    #[test]
    fn standard_errors_are_ignored_if_values_scatter_less() {
        assert_eq!(n_trusted(0.5, 1e-4), 0);
        assert_eq!(n_trusted(0.1, 1e-4), 0);
        assert!(n_trusted(2.0, 0.05) <= 2, "{}", n_trusted(2.0, 0.05));
    }

    #[test]
    fn without_known_noise_nothing_is_ignored() {
        assert_eq!(n_trusted(0.0, 0.1), 10);
    }

    #[test]
    fn every_anchor_is_a_milestone_and_few_precede_a_long_history() {
        let below =
            |n: usize| std::iter::successors(anchor_below(n), |anchor| anchor_below(*anchor)).collect::<Vec<_>>();
        assert_eq!(below(100_000), [512, 256, 128, 64]);
        assert_eq!((below(65), below(64)), (vec![64], Vec::new()));
        assert!((1..2000).filter(|n| is_anchor(*n)).all(|n| milestone(n) == n));
        assert!((1..2000).all(|n| is_anchor(n) == [64, 128, 256, 512].contains(&n)));
    }
}
