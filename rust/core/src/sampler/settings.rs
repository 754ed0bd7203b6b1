//! The closed set of samplers and their settings.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::setting::{Described, Field, SOME};
use crate::space::{Configuration, SearchSpace};

/// Largest number of candidates. It is far more than useful (more than a few dozen make TPE worse), and they still fit
/// into memory. Limits a setting. Changes no suggestion within it.
const MAX_CANDIDATES: u64 = 100_000;
/// Sizes of a population: a tournament needs several members, and the selection is quadratic in the size. Limits of a
/// setting. Changes no suggestion within them.
const POPULATION: RangeInclusive<u64> = 4..=1_000;
/// Numbers of trials before a model. Limits of a setting. Changes no suggestion within them.
const STARTUP: RangeInclusive<u64> = 0..=u32::MAX as u64;

/// A sampler and its settings. Settings do not change during a search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sampler {
    /// Independent draws from the priors.
    Random,
    /// Owen-scrambled Sobol points.
    Sobol,
    /// Every combination of levels; a continuous parameter has `resolution` of them.
    Grid {
        /// Number of levels of a continuous parameter, and the largest number of levels of a counted numeric one.
        resolution: u64,
    },
    /// A base point, then all levels of one parameter after the other, with all others at the base.
    OneAtATime {
        /// The base; if absent, the defaults or the centre.
        base: Option<Configuration>,
        /// Number of levels of a numeric parameter.
        resolution: u64,
    },
    /// Tree-structured Parzen estimator.
    Tpe(TpeSettings),
    /// Rules select the sampler: Sobol points first, then the model that suits the space and the number of trials.
    Auto(AutoSettings),
    /// A sampler outside the core. Its points are passed to `Optimizer::ask_external`.
    External,
    /// Gaussian process. Snapshots identify a variant by its position, so new variants come last.
    Gp(GpSettings),
    /// Genetic algorithm that keeps the least crowded trials of a front.
    Nsga2(NsgaSettings),
    /// Genetic algorithm that keeps trials near reference directions.
    Nsga3(NsgaSettings),
}

/// Settings of TPE.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TpeSettings {
    /// Number of finished trials before the model takes over.
    pub n_startup: u64,
    /// Number of candidates per suggestion.
    pub n_candidates: u64,
    /// Share of trials that count as good.
    pub gamma: f64,
}

/// Settings of the Gaussian process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GpSettings {
    /// Number of finished trials before the model takes over.
    pub n_startup: u64,
    /// The acquisition function.
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

/// Settings of NSGA-II and NSGA-III.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NsgaSettings {
    /// Number of trials that survive, and of finished trials before the first one is made from others.
    pub population_size: u64,
}

/// Settings of Auto.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AutoSettings {
    /// Number of finished trials before a model takes over; if absent, it depends on the number of parameters.
    pub n_startup: Option<u64>,
}

impl Sampler {
    /// Whether suggestions depend on results.
    pub fn learns(&self) -> bool {
        matches!(self, Self::Tpe(_) | Self::Gp(_) | Self::Auto(_) | Self::Nsga2(_) | Self::Nsga3(_))
    }

    /// Whether suggestions depend on estimates of stopped trials. With several objectives, only models of single ones can
    /// use them.
    pub(crate) fn uses_estimates(&self, n_objectives: usize) -> bool {
        self.learns() && (n_objectives == 1 || matches!(self, Self::Gp(_) | Self::Auto(_)))
    }

    /// Number of finished trials before a model takes over; zero for samplers without a model.
    pub(crate) fn n_startup(&self, space: &SearchSpace) -> u64 {
        match self {
            Self::Tpe(settings) => settings.n_startup,
            Self::Gp(settings) => settings.n_startup,
            Self::Auto(settings) => settings.n_startup(space),
            Self::Nsga2(settings) | Self::Nsga3(settings) => settings.population_size,
            _ => 0,
        }
    }

    /// Checks that the settings are valid for this space.
    ///
    /// # Errors
    /// The message names the setting, its value and the expected values.
    pub fn check(&self, space: &SearchSpace) -> Result<(), String> {
        self.check_fields()?;
        let Self::OneAtATime { base: Some(base), .. } = self else { return Ok(()) };
        space.validate(base).map_err(|e| format!("the base of one_at_a_time is not in the space: {e}"))
    }
}

impl Described for Sampler {
    const KIND: &'static str = "sampler";

    /// Five levels are a choice, not measured.
    fn all() -> Vec<Self> {
        vec![
            Self::Random,
            Self::Sobol,
            Self::Grid { resolution: 5 },
            Self::OneAtATime { base: None, resolution: 5 },
            Self::Tpe(TpeSettings::default()),
            Self::Gp(GpSettings::default()),
            Self::Auto(AutoSettings::default()),
            Self::Nsga2(NsgaSettings::default()),
            Self::Nsga3(NsgaSettings::default()),
            Self::External,
        ]
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Sobol => "sobol",
            Self::Grid { .. } => "grid",
            Self::OneAtATime { .. } => "one_at_a_time",
            Self::Tpe(_) => "tpe",
            Self::Gp(_) => "gp",
            Self::Auto(_) => "auto",
            Self::Nsga2(_) => "nsga2",
            Self::Nsga3(_) => "nsga3",
            Self::External => "external",
        }
    }

    fn fields<E>(&mut self, visit: &mut dyn FnMut(&'static str, Field<'_>) -> Result<(), E>) -> Result<(), E> {
        match self {
            Self::Random | Self::Sobol | Self::External => Ok(()),
            Self::Grid { resolution } | Self::OneAtATime { resolution, .. } => {
                visit("resolution", Field::Count(resolution, SOME))
            }
            Self::Tpe(settings) => {
                visit("n_startup", Field::Count(&mut settings.n_startup, STARTUP))?;
                visit("n_candidates", Field::Count(&mut settings.n_candidates, 1..=MAX_CANDIDATES))?;
                visit("gamma", Field::Share(&mut settings.gamma))
            }
            Self::Gp(settings) => {
                visit("n_startup", Field::Count(&mut settings.n_startup, STARTUP))?;
                settings.acquisition.field(visit)
            }
            Self::Auto(settings) => visit("n_startup", Field::MaybeCount(&mut settings.n_startup, STARTUP)),
            Self::Nsga2(settings) | Self::Nsga3(settings) => {
                visit("population_size", Field::Count(&mut settings.population_size, POPULATION))
            }
        }
    }
}

impl GpAcquisition {
    fn field<E>(&mut self, visit: &mut dyn FnMut(&'static str, Field<'_>) -> Result<(), E>) -> Result<(), E> {
        let mut position = usize::from(*self == Self::LogEi);
        visit("acquisition", Field::Choice(&mut position, &["lcb", "logei"]))?;
        *self = if position == 0 { Self::Lcb } else { Self::LogEi };
        Ok(())
    }
}

/// Fewer and more trials before the model, candidates, and larger and smaller shares: `benches/results/archive/tpe.md`.
impl Default for TpeSettings {
    fn default() -> Self {
        Self { n_startup: 5, n_candidates: 24, gamma: 0.15 }
    }
}

/// The number of trials is a choice, not measured.
impl Default for GpSettings {
    fn default() -> Self {
        Self { n_startup: 8, acquisition: GpAcquisition::Lcb }
    }
}

/// Measured: `benches/results/nsga.md`.
impl Default for NsgaSettings {
    fn default() -> Self {
        Self { population_size: 30 }
    }
}

impl AutoSettings {
    /// The default is `4 + d / 4`, clipped to 5 to 12. More dimensions need a larger initial design, but it must not
    /// use up a budget of a few dozen trials. (Fewer: `benches/results/archive/auto.md`.)
    pub(super) fn n_startup(&self, space: &SearchSpace) -> u64 {
        self.n_startup.unwrap_or_else(|| (4 + space.parameters().len() as u64 / 4).clamp(5, 12))
    }
}
