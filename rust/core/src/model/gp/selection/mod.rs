//! Which model describes the values: a list of candidates and one scorer.
//!
//! | candidate | data | accepted if |
//! | --- | --- | --- |
//! | the usual model (`usual`) | the values with their known noise | it can be fitted |
//! | the same without the known noise | the noise may be told wrongly | it is more probable |
//! | both with a prior mean from earlier searches | the values minus this mean | it is more probable |
//! | a few of many parameters matter (`sparse`) | those chosen above | it is more probable by its margin |
//! | a smooth function with noise (`smooth`) | the same | it is more probable by its margin |
//! | valleys run diagonally to the axes (`sheared`) | the same | it is more probable by its margin |
//!
//! Each usual fit is first compared with a model of nothing but noise (`noise_only`). All other comparisons are made by
//! the log posterior density. It is taken relative to the density at the modes of the prior of each candidate, which
//! treats every hyperparameter as if the values left it as uncertain as its prior does. The alternatives are tried in
//! the order of the table, and the first one accepted is used. Combinations of them have not been benchmarked and are
//! not tried.

mod noise_only;
mod sheared;
mod smooth;
mod sparse;
mod usual;

#[cfg(test)]
pub(super) use noise_only::{RESIDUAL_SIGNAL, negative_log_posterior};
pub use usual::{Fit, Start, maximum_a_posteriori};

use usual::{Candidate, Usual};

use super::fit::{Objective, Workspace, minimum};
use super::hyperparameters::{Form, Theta};
use super::observations::{Inputs, Observations};
use super::predict::GaussianProcess;
use super::{FitError, if_factored};

/// The selected model.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// The usual fit to the selected data.
    pub fit: Fit,
    /// The selected hyperparameters: those of an alternative if one was accepted, else those of the fit.
    pub theta: Theta,
    /// The index of the selected data.
    pub data: usize,
}

/// Selects a model of several readings of the same observations. The first one wins ties. Alternatives are tried if
/// `has_alternatives`. Returns `None` if no covariance can be factored.
///
/// # Errors
/// Returns [`FitError::Interrupted`] if interrupted.
pub fn select(
    data: &[Observations<'_>],
    start: &Start,
    has_alternatives: bool,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<Selection>, FitError> {
    let mut best: Option<Selection> = None;
    for (i, data) in data.iter().enumerate() {
        let Some(fit) = if_factored(maximum_a_posteriori(*data, start, interrupted))? else { continue };
        if best.as_ref().is_none_or(|best| fit.log_posterior > best.fit.log_posterior) {
            best = Some(Selection { theta: fit.theta.clone(), fit, data: i });
        }
    }
    if let Some(best) = best.as_mut().filter(|_| has_alternatives) {
        let usual = Usual { fit: &best.fit, data: data[best.data], start, interrupted };
        if let Some(theta) = usual.alternative()? {
            best.theta = theta;
        }
    }
    Ok(best)
}

/// The kinds of alternatives.
#[derive(Clone, Copy)]
enum Alternative {
    Sparse,
    Smooth,
    Sheared,
}

/// In the order of the table above. (Other orders: `benches/results/constants.md`.)
const IN_ORDER: [Alternative; 3] = [Alternative::Sparse, Alternative::Smooth, Alternative::Sheared];

impl Usual<'_> {
    /// The hyperparameters of the first alternative that is accepted.
    fn alternative(&self) -> Result<Option<Theta>, FitError> {
        let mut work = Workspace::new(self.data.inputs.len());
        for alternative in IN_ORDER {
            if let Some(theta) = self.accepted(alternative, &mut work)? {
                return Ok(Some(theta));
            }
        }
        Ok(None)
    }

    /// The hyperparameters of an alternative, if the usual model leaves room for it and it is probable enough. There is
    /// none to nothing but noise, and none to shears that were accepted earlier.
    fn accepted(&self, alternative: Alternative, work: &mut Workspace) -> Result<Option<Theta>, FitError> {
        if self.fit.is_noise || self.fit.theta.form() == Form::Sheared {
            return Ok(None);
        }
        let candidate = match alternative {
            Alternative::Sparse => sparse::candidate(self),
            Alternative::Smooth => smooth::candidate(self, work)?,
            Alternative::Sheared => sheared::candidate(self),
        };
        let Some(Candidate { layout, from, iterations, margin }) = candidate else { return Ok(None) };
        let objective = Objective { data: self.data, layout: &layout };
        let Some(best) = if_factored(minimum(&objective, work, &from, iterations, self.interrupted))? else {
            return Ok(None);
        };
        Ok((self.lead(&layout, best.value) > margin).then(|| Theta::new(layout.form(), best.x)))
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
        let selected = select(&[data], &Start::cold(&inputs), true, interrupted)?;
        let theta = selected.ok_or(FitError::NotPositiveDefinite)?.theta;
        Self::with_unless(inputs, theta, y, known_noise, interrupted)
    }
}
