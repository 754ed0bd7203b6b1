//! What a model of one quantity remembers between suggestions, to save time and nothing else.
//!
//! A suggestion may depend on the history but not on the moments at which somebody asked, so a fit cannot start where
//! the last one happened to end. With the told trials in the order of their ids, let `theta(m)` be fitted to the first
//! `m`:
//!
//! ```text
//! m <= 64                    theta(m) is sought from the default start
//! anchors m = 128, 256, ..   theta(m) is sought from the anchor below (64 is the first)
//! milestones between them    4 % or 8 trials apart; theta(m) is sought from the anchor below
//!                            (from the default start if nothing or nothing but noise was found at the anchor)
//! n trials were told         theta(largest milestone or anchor <= n)
//! ```
//!
//! This chain is a function of the history; whoever goes through it step by step fits each link once, and whoever loads
//! a finished search fits `log2 n` links. Between milestones a told trial costs one row of the factor, and an appended
//! factor is the factor computed at once, bit for bit.
//!
//! Standard errors that were told need not be the search's: the scores of a cross-validation scatter because one fold
//! is harder than another, and it is so in every trial. Where noise is known each link is therefore fitted twice,
//! beside it and as if none were, and the fit of the higher posterior density stands: values that agree with their
//! neighbours better than their standard errors allow speak against these, and where they are right they save the model
//! a noise of its own. (Measured: `benches/results/model.md`.)
//!
//! Where earlier searches give a prior mean, each link is fitted beside it and without it, and the likelier of the two
//! models stands.

use super::data;
use crate::model::gp::{
    Fit, FitError, GaussianProcess, Inputs, Layout, Observations, Start, Theta, Trend, maximum_a_posteriori,
};
use crate::sampler::{Context, SuggestError};

/// Observations that hyperparameters are fitted to at most.
const MAX_FIT: usize = 256;
/// The first anchor; each further one has twice as many trials. Up to here every trial is a milestone: the fit then
/// depends on no shorter history, in which other values would be the better half.
const FIRST_ANCHOR: usize = 64;
/// A factor is extended row by row if at most this share of it is new.
const NEW_SHARE: usize = 16;

/// The values of a quantity at some trials, about zero mean and unit variance, with the known part of their noise
/// variance.
#[derive(Clone)]
pub(super) struct Observed {
    pub(super) values: Vec<f64>,
    pub(super) noise: Vec<f64>,
}

impl Observed {
    /// Values of whose noise nothing is known.
    pub(super) fn of(values: Vec<f64>) -> Self {
        Self { noise: vec![0.0; values.len()], values }
    }

    /// The values as observations of a model at these inputs.
    fn beside<'a>(&'a self, inputs: &'a Inputs) -> Observations<'a> {
        Observations { inputs, y: &self.values, known_noise: &self.noise }
    }

    /// The same, without the known noise unless it is believed.
    fn believed(self, believes: bool) -> Self {
        if believes { self } else { Self::of(self.values) }
    }
}

/// A quantity that is modelled: what was observed of it at some rows of the history, as a function of those rows alone.
pub(super) struct Quantity<'a> {
    pub(super) context: &'a Context<'a>,
    /// Whether it is a loss: its valleys may lie askew, and few parameters or a smooth function may explain it. A
    /// failure says as much of its neighbourhood as others, and of a constraint no more is asked than where it holds.
    pub(super) is_loss: bool,
    /// Whether known noise may be wrong: standard errors that were told may, those of estimates are the search's own.
    pub(super) doubts: bool,
    pub(super) observe: &'a dyn Fn(&[usize]) -> Observed,
    /// The prior mean of the model on some rows, which may follow from what was observed there.
    pub(super) trend: &'a dyn Fn(&[usize]) -> Option<Trend>,
    /// Where there are more rows than a fit takes, those with the lowest of these and their neighbours are kept.
    pub(super) standing: &'a dyn Fn(&[usize]) -> Vec<f64>,
}

/// The fits and the factored model of one quantity. Rows are keys enough: what was told of a trial never changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    chain: Vec<Link>,
    live: Option<Live>,
}

/// What was fitted to a quantity.
#[derive(Clone, Debug)]
struct Fitted {
    fit: Fit,
    /// The hyperparameters in use: of a few parameters, of a smooth function or with shears, where that was found; else
    /// of the fit.
    theta: Theta,
    /// Whether its known noise is believed.
    believes: bool,
    /// Whether it has the prior mean of the quantity.
    follows: bool,
}

/// The hyperparameters of a model, and whether the known noise is believed and the prior mean followed beside them.
pub(super) struct Chosen {
    theta: Theta,
    believes: bool,
    follows: bool,
}

#[derive(Clone, Debug)]
struct Link {
    rows: Vec<usize>,
    /// `None` where all values are equal or cannot be factored: nothing was fitted.
    fit: Option<Fitted>,
}

/// A model on told and pending trials.
#[derive(Clone, Debug)]
struct Live {
    /// What the model was built with; it may stand on more noise.
    theta: Theta,
    rows: Vec<usize>,
    noise: Vec<f64>,
    pending: Vec<usize>,
    model: GaussianProcess,
}

impl Memory {
    /// Hyperparameters for the trials `told`, in the order of their ids.
    pub(super) fn hyperparameters(&mut self, quantity: &Quantity<'_>, told: &[usize]) -> Result<Chosen, SuggestError> {
        let rows = &told[..milestone(told.len())];
        Ok(match self.fitted(quantity, rows)? {
            Some(Fitted { theta, believes, follows, .. }) => Chosen { theta, believes, follows },
            None => Chosen {
                theta: Layout::of(&data::inputs(quantity.context, rows)).start(),
                believes: true,
                follows: false,
            },
        })
    }

    /// The fit of a link of the chain, if there was anything to fit.
    fn fitted(&mut self, quantity: &Quantity<'_>, rows: &[usize]) -> Result<Option<Fitted>, SuggestError> {
        if let Some(known) = self.chain.iter().find(|link| link.rows == rows) {
            return Ok(known.fit.clone());
        }
        let anchor = anchor_below(rows.len());
        let warm = anchor.map(|anchor| self.fitted(quantity, &rows[..anchor])).transpose()?;
        let fit = fit(quantity, rows, warm.flatten())?;
        self.chain.retain(|link| is_anchor(link.rows.len()) && link.rows.len() != rows.len());
        self.chain.push(Link { rows: rows.to_vec(), fit: fit.clone() });
        Ok(fit)
    }

    /// The model on `rows` with the given hyperparameters, and on the `pending` trials; `None` if its covariance cannot
    /// be factored.
    pub(super) fn model(
        &mut self,
        quantity: &Quantity<'_>,
        Chosen { theta, believes, follows }: Chosen,
        rows: &[usize],
        pending: &[usize],
    ) -> Option<&GaussianProcess> {
        let context = quantity.context;
        let observed = (quantity.observe)(rows).believed(believes);
        let mut live = match self.live.take() {
            Some(live) if live.is_on(&theta, rows, &observed) => live,
            Some(live) => {
                live.extended(context, &theta, rows, &observed).or_else(|| Live::new(context, theta, rows, observed))?
            }
            None => Live::new(context, theta, rows, observed)?,
        };
        live.model.follow(if follows { (quantity.trend)(rows) } else { None });
        live.wait_for(context, pending);
        Some(&self.live.insert(live).model)
    }
}

impl Live {
    fn new(context: &Context<'_>, theta: Theta, rows: &[usize], observed: Observed) -> Option<Self> {
        let inputs = data::inputs(context, rows);
        let model = GaussianProcess::with(inputs, theta.clone(), &observed.values, &observed.noise).ok()?;
        Some(Self { theta, rows: rows.to_vec(), noise: observed.noise, pending: Vec::new(), model })
    }

    /// Whether this is the model that is asked for, but for what is pending: as in a batch, and when `Auto` has looked
    /// at its noise and now suggests by it.
    fn is_on(&self, theta: &Theta, rows: &[usize], observed: &Observed) -> bool {
        let is_told = self.rows == rows && self.noise == observed.noise && self.model.values() == observed.values;
        is_told && self.theta == *theta
    }

    /// Stands on these pending trials: a batch adds one at every ask.
    fn wait_for(&mut self, context: &Context<'_>, pending: &[usize]) {
        if !pending.starts_with(&self.pending) {
            self.model.truncate(self.rows.len());
            self.pending.clear();
        }
        for row in &pending[self.pending.len()..] {
            // A point too close to another to be told apart from it adds nothing.
            let _ = self.model.append(&data::point(context, &data::unit(context, *row)), 0.0);
        }
        self.pending = pending.to_vec();
    }

    /// The model on `rows`, if it has the same hyperparameters and most of the rows.
    fn extended(mut self, context: &Context<'_>, theta: &Theta, rows: &[usize], observed: &Observed) -> Option<Self> {
        let (old, new) = (self.rows.iter().zip(&self.noise), rows.iter().zip(&observed.noise));
        let common = old.zip(new).take_while(|(old, new)| old == new).count();
        if self.theta != *theta || (rows.len() - common) * NEW_SHARE > rows.len() {
            return None;
        }
        self.model.truncate(common);
        self.pending.clear();
        for (row, noise) in rows.iter().zip(&observed.noise).skip(common) {
            // Where the factor cannot be extended it has to be built again, on more noise.
            self.model.append(&data::point(context, &data::unit(context, *row)), *noise).ok()?;
        }
        self.model.set_values(&observed.values);
        (self.rows, self.noise) = (rows.to_vec(), observed.noise.clone());
        Some(self)
    }
}

/// What is fitted to `rows`, from `warm`, or from the default start where there is none or it is nothing but noise.
/// `None` where all values are equal, or nothing can be factored.
fn fit(quantity: &Quantity<'_>, rows: &[usize], warm: Option<Fitted>) -> Result<Option<Fitted>, SuggestError> {
    let some = data::reduced(quantity.context, rows, MAX_FIT, quantity.standing);
    let (inputs, observed) = (data::inputs(quantity.context, &some), (quantity.observe)(&some));
    if observed.values.iter().all(|y| *y == 0.0) {
        return Ok(None);
    }
    let warm = warm.filter(|warm| !warm.fit.is_noise);
    let start = warm.map_or_else(|| Start::cold(&inputs), |warm| Start::warm(warm.fit, warm.theta));
    let plain = fitted(quantity, &inputs, &start, observed.clone())?;
    let Some(trend) = (quantity.trend)(&some) else { return Ok(plain) };
    let beside = Observed { values: trend.residuals(&inputs, &observed.values), ..observed };
    let along = fitted(quantity, &inputs, &start, beside)?;
    let is_likelier =
        |along: &Fitted| plain.as_ref().is_none_or(|plain| along.fit.log_posterior > plain.fit.log_posterior);
    Ok(along.filter(is_likelier).map(|along| Fitted { follows: true, ..along }).or(plain))
}

/// What is fitted to some values, by themselves.
fn fitted(
    quantity: &Quantity<'_>,
    inputs: &Inputs,
    start: &Start,
    observed: Observed,
) -> Result<Option<Fitted>, SuggestError> {
    let beside = |believes: bool| fit_beside(quantity, inputs, start, observed.clone(), believes);
    let (believed, is_known) = (beside(true)?, observed.noise.iter().any(|noise| *noise > 0.0));
    let doubted = if is_known && quantity.doubts { beside(false)? } else { None };
    let is_likelier =
        |doubted: &Fit| believed.as_ref().is_none_or(|believed| doubted.log_posterior > believed.log_posterior);
    let doubted = doubted.filter(is_likelier);
    let believes = doubted.is_none();
    let Some(fit) = doubted.or(believed) else { return Ok(None) };
    if !quantity.is_loss {
        return Ok(Some(Fitted { theta: fit.theta.clone(), fit, believes, follows: false }));
    }
    let observed = observed.believed(believes);
    let settled = fit.clone().settled(observed.beside(inputs), start, quantity.context.interrupted);
    let theta = unless_interrupted(settled)?.unwrap_or_else(|| fit.theta.clone());
    Ok(Some(Fitted { fit, theta, believes, follows: false }))
}

/// The fit to values whose known noise is believed or not; `None` if nothing can be factored.
fn fit_beside(
    quantity: &Quantity<'_>,
    inputs: &Inputs,
    start: &Start,
    observed: Observed,
    believes: bool,
) -> Result<Option<Fit>, SuggestError> {
    let observed = observed.believed(believes);
    unless_interrupted(maximum_a_posteriori(observed.beside(inputs), start, quantity.context.interrupted))
}

/// What was found; `None` where nothing could be factored.
pub(super) fn unless_interrupted<T>(found: Result<T, FitError>) -> Result<Option<T>, SuggestError> {
    match found {
        Err(FitError::Interrupted) => Err(SuggestError::Interrupted),
        Err(FitError::NotPositiveDefinite) => Ok(None),
        Ok(found) => Ok(Some(found)),
    }
}

/// The largest milestone or anchor of at most `n` trials: all up to 64, then a series that grows by 4 % or by 8,
/// whichever is less, and stops at the anchors.
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
    std::iter::successors(Some(FIRST_ANCHOR), |anchor| Some(2 * anchor)).take_while(|anchor| *anchor < n).last()
}

fn is_anchor(n: usize) -> bool {
    n >= FIRST_ANCHOR && n.is_power_of_two()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::encoding::Encoding;
    use crate::history::{History, Origin};
    use crate::numerics::{Purpose, Stream};
    use crate::sampler::testing::{asked, number};
    use crate::space::{Configuration, SearchSpace, Value};

    /// Whether known noise of variance `told` is believed beside 40 values `(x - 1/3)^2 * 8 - 1` with normal noise of
    /// variance `noise`, for ten draws of it.
    fn believed(told: f64, noise: f64) -> usize {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let (encoding, mut history) = (Encoding::new(&space), History::new(1, 1));
        for row in 0..40 {
            let x = (f64::from(row) + 0.5) / 40.0;
            history.push(&encoding, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
        }
        let rows: Vec<usize> = (0..40).collect();
        let is_believed = |draw: u64| {
            let mut stream = Stream::new(draw, 0, Purpose::Suggest, 0);
            let mut value = |row: usize| {
                let off = (row as f64 + 0.5) / 40.0 - 1.0 / 3.0;
                off * off * 8.0 - 1.0 + noise.sqrt() * stream.normal()
            };
            let values: Vec<f64> = rows.iter().map(|row| value(*row)).collect();
            asked(&space, &history, 40, |context| {
                let of = |rows: &[usize]| rows.iter().map(|row| values[*row]).collect::<Vec<f64>>();
                let observe = |rows: &[usize]| Observed { noise: vec![told; rows.len()], ..Observed::of(of(rows)) };
                let quantity = Quantity {
                    context,
                    is_loss: false,
                    doubts: true,
                    observe: &observe,
                    trend: &|_| None,
                    standing: &of,
                };
                Memory::default().hyperparameters(&quantity, &rows).unwrap().believes
            })
        };
        (0..10).filter(|draw| is_believed(*draw)).count()
    }

    /// As `Auto` does, which looks at the noise and then suggests.
    #[test]
    fn a_model_that_is_asked_for_again_is_not_built_again() {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let (encoding, mut history) = (Encoding::new(&space), History::new(1, 1));
        for row in 0..9 {
            let x = f64::from(row) / 9.0;
            history.push(&encoding, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
        }
        asked(&space, &history, 9, |context| {
            let observe = |rows: &[usize]| Observed::of(rows.iter().map(|row| *row as f64 / 3.0 - 1.0).collect());
            let quantity = Quantity {
                context,
                is_loss: true,
                doubts: true,
                observe: &observe,
                trend: &|_| None,
                standing: &|rows| observe(rows).values,
            };
            let (mut memory, told) = (Memory::default(), [0, 1, 2, 3, 4, 5]);
            let size = |memory: &mut Memory, pending: &[usize]| {
                let chosen = memory.hyperparameters(&quantity, &told).unwrap();
                memory.model(&quantity, chosen, &told, pending).unwrap().inputs().len()
            };
            assert_eq!(size(&mut memory, &[6, 7]), 8);
            // A mark on the model: it loses a pending trial.
            memory.live.as_mut().unwrap().model.truncate(7);
            assert_eq!(size(&mut memory, &[6, 7]), 7, "it was built again");
            assert_eq!(size(&mut memory, &[6, 7, 8]), 8, "a batch that grows adds to it");
            assert_eq!(size(&mut memory, &[6, 8]), 8, "another trial is pending");
            memory.live.as_mut().unwrap().model.set_values(&[0.5; 6]);
            memory.live.as_mut().unwrap().model.truncate(7);
            assert_eq!(size(&mut memory, &[6, 8]), 8, "other values were told");
        });
    }

    #[test]
    fn a_model_that_grew_with_a_batch_is_the_one_built_at_once() {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let (encoding, mut history) = (Encoding::new(&space), History::new(1, 1));
        for x in [0.1, 0.4, 0.5, 0.9, 0.2, 0.2, 0.7] {
            history.push(&encoding, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
        }
        asked(&space, &history, 7, |context| {
            let observe = |rows: &[usize]| Observed::of(rows.iter().map(|row| *row as f64 - 1.5).collect());
            let quantity = Quantity {
                context,
                is_loss: true,
                doubts: true,
                observe: &observe,
                trend: &|_| None,
                standing: &|rows| observe(rows).values,
            };
            let predicted = |memory: &mut Memory, pending: &[usize]| {
                let chosen = memory.hyperparameters(&quantity, &[0, 1, 2, 3]).unwrap();
                let model = memory.model(&quantity, chosen, &[0, 1, 2, 3], pending).unwrap();
                model.predict(&[vec![0.3], vec![0.65]])
            };
            let mut grown = Memory::default();
            for pending in [&[4][..], &[4, 5], &[4, 5, 6], &[5, 6]] {
                assert_eq!(predicted(&mut grown, pending), predicted(&mut Memory::default(), pending));
            }
        });
    }

    #[test]
    fn standard_errors_are_believed_where_values_scatter_by_them() {
        assert!(believed(0.1, 0.1) >= 8, "{}", believed(0.1, 0.1));
        assert!(believed(0.5, 0.5) >= 8, "{}", believed(0.5, 0.5));
    }

    #[test]
    fn standard_errors_are_doubted_where_values_agree_better_than_by_chance() {
        assert_eq!(believed(0.5, 1e-4), 0);
        assert_eq!(believed(0.1, 1e-4), 0);
        assert!(believed(2.0, 0.05) <= 2, "{}", believed(2.0, 0.05));
    }

    #[test]
    fn without_known_noise_there_is_nothing_to_doubt() {
        assert_eq!(believed(0.0, 0.1), 10);
    }
}
