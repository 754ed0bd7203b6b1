//! The closed set of samplers and their settings.

use serde::{Deserialize, Serialize};

use crate::space::{Configuration, SearchSpace};

/// More than anyone needs (more than some dozens make TPE worse), few enough to be held in memory at once.
const MAX_CANDIDATES: u64 = 100_000;

/// A sampler and its settings; settings never change during a search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sampler {
    /// Independent draws from the priors.
    Random,
    /// Owen-scrambled Sobol points.
    Sobol,
    /// Every combination of levels; a continuous parameter has `resolution` of them.
    Grid {
        /// Levels of a continuous parameter (and the most a counted numeric one is given).
        resolution: u64,
    },
    /// A base point, then every parameter through its levels with the others at the base.
    OneAtATime {
        /// The base; the defaults (or the centre) if absent.
        base: Option<Configuration>,
        /// Levels of a numeric parameter.
        resolution: u64,
    },
    /// Tree-structured Parzen estimator.
    Tpe(TpeSettings),
    /// Rules choose: Sobol first, then the model that suits the space and the number of trials.
    Auto(AutoSettings),
    /// A sampler outside the core: points come through `Optimizer::ask_external`.
    External,
    /// Gaussian process. It stands last because the position of a variant is its name in snapshots.
    Gp(GpSettings),
}

/// Settings of TPE.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TpeSettings {
    /// Trials told before the model takes over.
    pub n_startup: u64,
    /// Candidates per suggestion.
    pub n_candidates: u64,
    /// Share of the history that counts as good.
    pub gamma: f64,
}

/// Settings of the Gaussian process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GpSettings {
    /// Trials told before the model takes over.
    pub n_startup: u64,
    /// What makes a point worth a trial.
    pub acquisition: GpAcquisition,
}

/// An acquisition function of the Gaussian process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GpAcquisition {
    /// Lower confidence bound.
    Lcb,
    /// Expected improvement in log space.
    LogEi,
}

/// Settings of Auto.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AutoSettings {
    /// Trials told before a model takes over; chosen from the number of parameters if absent.
    pub n_startup: Option<u64>,
}

impl Sampler {
    /// Whether suggestions depend on what was told.
    pub fn learns(&self) -> bool {
        matches!(self, Self::Tpe(_) | Self::Gp(_) | Self::Auto(_))
    }

    /// Trials told before a model speaks; zero without one.
    pub(crate) fn n_startup(&self, space: &SearchSpace) -> u64 {
        match self {
            Self::Tpe(settings) => settings.n_startup,
            Self::Gp(settings) => settings.n_startup,
            Self::Auto(settings) => settings.n_startup(space),
            _ => 0,
        }
    }

    /// Whether the settings make sense for this space.
    ///
    /// # Errors
    /// Names the setting, what it is and what was expected.
    pub fn check(&self, space: &SearchSpace) -> Result<(), String> {
        match self {
            Self::Random | Self::Sobol | Self::Gp(_) | Self::Auto(_) | Self::External => Ok(()),
            Self::Grid { resolution } => at_least_one("resolution", *resolution),
            Self::OneAtATime { base, resolution } => {
                at_least_one("resolution", *resolution)?;
                let Some(base) = base else { return Ok(()) };
                space.validate(base).map_err(|e| format!("the base of one_at_a_time is not in the space: {e}"))
            }
            Self::Tpe(settings) => settings.check(),
        }
    }
}

impl AutoSettings {
    /// By default `4 + d / 4` held between 5 and 12: more dimensions need a longer look around, but a budget of some
    /// dozens of trials must not be spent on it.
    pub(super) fn n_startup(&self, space: &SearchSpace) -> u64 {
        self.n_startup.unwrap_or_else(|| (4 + space.parameters().len() as u64 / 4).clamp(5, 12))
    }
}

impl TpeSettings {
    fn check(&self) -> Result<(), String> {
        if !(1..=MAX_CANDIDATES).contains(&self.n_candidates) {
            return Err(format!("n_candidates is {}; expected 1 to {MAX_CANDIDATES}", self.n_candidates));
        }
        if self.gamma > 0.0 && self.gamma < 1.0 {
            return Ok(());
        }
        Err(format!("gamma is {}; expected the share of good trials, between 0 and 1", self.gamma))
    }
}

fn at_least_one(name: &str, value: u64) -> Result<(), String> {
    if value > 0 { Ok(()) } else { Err(format!("{name} is 0; expected at least 1")) }
}
