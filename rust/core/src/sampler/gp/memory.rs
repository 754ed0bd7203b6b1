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

use super::data;
use crate::model::gp::{Fit, FitError, GaussianProcess, Layout, Observations, Start, maximum_a_posteriori};
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
pub(super) struct Observed {
    pub(super) values: Vec<f64>,
    pub(super) noise: Vec<f64>,
}

impl Observed {
    /// Values of whose noise nothing is known.
    pub(super) fn of(values: Vec<f64>) -> Self {
        Self { noise: vec![0.0; values.len()], values }
    }
}

/// A quantity that is modelled: what was observed of it at some rows of the history, as a function of those rows alone.
pub(super) struct Quantity<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) observe: &'a dyn Fn(&[usize]) -> Observed,
    /// Where there are more rows than a fit takes, those with the lowest of these and their neighbours are kept.
    pub(super) standing: &'a dyn Fn(&[usize]) -> Vec<f64>,
}

/// The fits and the factored model of one quantity. Rows are keys enough: what was told of a trial never changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    chain: Vec<Link>,
    live: Option<Live>,
}

#[derive(Clone, Debug)]
struct Link {
    rows: Vec<usize>,
    /// `None` where all values are equal or cannot be factored: nothing was fitted.
    fit: Option<Fit>,
}

/// A model on told and pending trials.
#[derive(Clone, Debug)]
struct Live {
    /// What the model was built with; it may stand on more noise.
    theta: Vec<f64>,
    rows: Vec<usize>,
    noise: Vec<f64>,
    model: GaussianProcess,
}

impl Memory {
    /// Hyperparameters for the trials `told`, in the order of their ids.
    pub(super) fn hyperparameters(
        &mut self,
        quantity: &Quantity<'_>,
        told: &[usize],
    ) -> Result<Vec<f64>, SuggestError> {
        let rows = &told[..milestone(told.len())];
        let start = || Layout::of(&data::inputs(quantity.context, rows)).start();
        Ok(self.fitted(quantity, rows)?.map_or_else(start, |fit| fit.theta))
    }

    /// `theta` of a link of the chain, if there was anything to fit.
    fn fitted(&mut self, quantity: &Quantity<'_>, rows: &[usize]) -> Result<Option<Fit>, SuggestError> {
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
        theta: Vec<f64>,
        rows: &[usize],
        pending: &[usize],
    ) -> Option<&GaussianProcess> {
        let context = quantity.context;
        let observed = (quantity.observe)(rows);
        let extended = self.live.take().and_then(|live| live.extended(context, &theta, rows, &observed));
        let mut live = match extended {
            Some(live) => live,
            None => Live::new(context, theta, rows, observed)?,
        };
        for row in pending {
            // A point too close to another to be told apart from it adds nothing.
            let _ = live.model.append(&data::point(context, &data::unit(context, *row)), 0.0);
        }
        Some(&self.live.insert(live).model)
    }
}

impl Live {
    fn new(context: &Context<'_>, theta: Vec<f64>, rows: &[usize], observed: Observed) -> Option<Self> {
        let inputs = data::inputs(context, rows);
        let model = GaussianProcess::with(inputs, theta.clone(), &observed.values, &observed.noise).ok()?;
        Some(Self { theta, rows: rows.to_vec(), noise: observed.noise, model })
    }

    /// The model on `rows`, if it has the same hyperparameters and most of the rows.
    fn extended(mut self, context: &Context<'_>, theta: &[f64], rows: &[usize], observed: &Observed) -> Option<Self> {
        let (old, new) = (self.rows.iter().zip(&self.noise), rows.iter().zip(&observed.noise));
        let common = old.zip(new).take_while(|(old, new)| old == new).count();
        if self.theta != theta || (rows.len() - common) * NEW_SHARE > rows.len() {
            return None;
        }
        self.model.truncate(common);
        for (row, noise) in rows.iter().zip(&observed.noise).skip(common) {
            // Where the factor cannot be extended it has to be built again, on more noise.
            self.model.append(&data::point(context, &data::unit(context, *row)), *noise).ok()?;
        }
        self.model.set_values(&observed.values);
        (self.rows, self.noise) = (rows.to_vec(), observed.noise.clone());
        Some(self)
    }
}

/// Hyperparameters fitted to `rows`, from `warm`, or from the default start where there is none or it is nothing but
/// noise. `None` where all values are equal, or nothing can be factored.
fn fit(quantity: &Quantity<'_>, rows: &[usize], warm: Option<Fit>) -> Result<Option<Fit>, SuggestError> {
    let some = data::reduced(quantity.context, rows, MAX_FIT, quantity.standing);
    let (inputs, observed) = (data::inputs(quantity.context, &some), (quantity.observe)(&some));
    if observed.values.iter().all(|y| *y == 0.0) {
        return Ok(None);
    }
    let warm = warm.filter(|fit| !fit.is_noise);
    let start = warm.map_or_else(|| Start::cold(&inputs), |fit| Start::warm(fit.theta));
    let data = Observations { inputs: &inputs, y: &observed.values, known_noise: &observed.noise };
    match maximum_a_posteriori(data, &start, quantity.context.interrupted) {
        Err(FitError::Interrupted) => Err(SuggestError::Interrupted),
        Err(FitError::NotPositiveDefinite) => Ok(None),
        Ok(fit) => Ok(Some(fit)),
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
