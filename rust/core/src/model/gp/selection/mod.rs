//! Which model describes the values: a list of candidates and one scorer.
//!
//! The usual model (`usual`) is fitted under every assumption (`assumptions`): with their known noise and, if that
//! may be told wrongly, without; with a prior mean from earlier searches and without. The most probable fit is then
//! compared with alternatives:
//!
//! | candidate | accepted if |
//! | --- | --- |
//! | nothing but noise (`noise_only`) | it is more probable by its margin |
//! | a few of many parameters matter (`sparse`) | the same |
//! | a smooth function with noise (`smooth`) | the same |
//! | valleys run diagonally to the axes (`sheared`) | the same |
//!
//! The score of a model is its log posterior density relative to the density at the modes of its prior, which treats
//! every hyperparameter as if the values left it as uncertain as its prior does. The alternatives are tried in the order
//! of the table, and the first one accepted is used. Combinations of them have not been benchmarked and are not tried.

mod assumptions;
mod noise_only;
mod sheared;
mod smooth;
mod sparse;
mod usual;

pub use assumptions::Assumptions;
#[cfg(test)]
pub(super) use noise_only::{RESIDUAL_SIGNAL, negative_log_posterior};
pub use usual::Start;

use assumptions::Assumption;
use usual::Usual;

use super::fit::Workspace;
use super::hyperparameters::{Form, Theta};
use super::observations::{Inputs, Observations};
use super::predict::GaussianProcess;
use super::{FitError, if_factored};

/// The selected model.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// The usual fit, with shears if these were selected earlier. `None` if nothing was fitted or the values are nothing
    /// but noise: the next search for hyperparameters then starts anew.
    pub usual: Option<Theta>,
    /// The selected hyperparameters: those of an alternative if one was accepted, else those of the usual fit.
    pub theta: Theta,
    /// Whether the known noise is used.
    pub trusts_noise: bool,
    /// Whether the prior mean is used.
    pub follows_trend: bool,
}

/// Selects a model. The first assumption wins ties. Alternatives with a signal are tried if `has_alternatives`. Returns
/// `None` if no covariance can be factored.
///
/// # Errors
/// Returns [`FitError::Interrupted`] if interrupted.
pub fn select(
    assumptions: &Assumptions<'_>,
    start: &Start,
    has_alternatives: bool,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<Selection>, FitError> {
    let assumptions = assumptions.all();
    let mut best: Option<(&Assumption, Usual<'_>)> = None;
    for assumption in &assumptions {
        let Some(usual) = if_factored(Usual::fit(assumption.data(), start, interrupted))? else { continue };
        if best.as_ref().is_none_or(|(_, best)| usual.minimum.value < best.minimum.value) {
            best = Some((assumption, usual));
        }
    }
    let Some((assumption, mut usual)) = best else { return Ok(None) };
    let alternatives = if has_alternatives { &IN_ORDER[..] } else { &[Alternative::Noise] };
    let alternative = usual.alternative(alternatives)?;
    let is_noise = matches!(alternative, Some((Alternative::Noise, _)));
    let fit = usual.theta();
    Ok(Some(Selection {
        theta: alternative.map_or_else(|| fit.clone(), |(_, theta)| theta),
        usual: (!is_noise).then_some(fit),
        trusts_noise: assumption.trusts_noise,
        follows_trend: assumption.follows_trend,
    }))
}

/// The kinds of alternatives.
#[derive(Clone, Copy)]
enum Alternative {
    Noise,
    Sparse,
    Smooth,
    Sheared,
}

/// In the order of the table above. (Other orders: `benches/results/constants.md`.)
const IN_ORDER: [Alternative; 4] = [Alternative::Noise, Alternative::Sparse, Alternative::Smooth, Alternative::Sheared];

impl Usual<'_> {
    /// The first alternative that is accepted, and its hyperparameters.
    fn alternative(&mut self, alternatives: &[Alternative]) -> Result<Option<(Alternative, Theta)>, FitError> {
        let mut work = Workspace::new(self.data.inputs.len());
        for alternative in alternatives {
            if let Some(theta) = self.accepted(*alternative, &mut work)? {
                return Ok(Some((*alternative, theta)));
            }
        }
        Ok(None)
    }

    /// The hyperparameters of an alternative, if the usual model leaves room for it and it is probable enough. Shears
    /// that were accepted earlier leave room for noise only.
    fn accepted(&mut self, alternative: Alternative, work: &mut Workspace) -> Result<Option<Theta>, FitError> {
        let candidate = match alternative {
            Alternative::Noise => noise_only::candidate(self, work)?,
            _ if self.layout.form() == Form::Sheared => None,
            Alternative::Sparse => sparse::candidate(self, work)?,
            Alternative::Smooth => smooth::candidate(self, work)?,
            Alternative::Sheared => sheared::candidate(self, work)?,
        };
        Ok(candidate.filter(|candidate| self.is_less_probable_than(candidate)).map(|candidate| candidate.theta))
    }
}

impl GaussianProcess {
    /// Selects a model of `y` (approximately zero mean and unit variance), searching from the default start.
    ///
    /// `known_noise[i]` (a squared standard error) is added to the noise variance of observation `i`. `interrupted` is
    /// polled several times during each evaluation.
    ///
    /// # Errors
    /// Returns a [`FitError`] if the covariance cannot be factored, or if the search is interrupted.
    pub fn fit(
        inputs: Inputs,
        y: &[f64],
        known_noise: &[f64],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, FitError> {
        let data = Observations { inputs: &inputs, y, known_noise };
        let selected = select(&Assumptions::of(data), &Start::cold(&inputs), true, interrupted)?;
        let theta = selected.ok_or(FitError::NotPositiveDefinite)?.theta;
        Self::with_unless(inputs, theta, y, known_noise, interrupted)
    }
}
