//! The life of a trial and where it came from.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Where a trial stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrialState {
    /// Asked, not yet told.
    Pending,
    /// Told with a value.
    Complete,
    /// Stopped early.
    Pruned,
    /// Crashed, or told NaN.
    Failed,
    /// Told, and set aside later: it neither is a result nor teaches a model.
    Excluded(Ended),
}

/// How a trial that was set aside had ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// As [`TrialState::Complete`].
    Complete,
    /// As [`TrialState::Pruned`].
    Pruned,
    /// As [`TrialState::Failed`].
    Failed,
}

impl TrialState {
    /// The state as it would be if the trial had not been set aside.
    #[must_use]
    pub fn included(self) -> Self {
        match self {
            Self::Excluded(Ended::Complete) => Self::Complete,
            Self::Excluded(Ended::Pruned) => Self::Pruned,
            Self::Excluded(Ended::Failed) => Self::Failed,
            _ => self,
        }
    }

    /// The state of a told trial that is set aside; a pending one stays what it is.
    #[must_use]
    pub fn excluded(self) -> Self {
        match self {
            Self::Complete => Self::Excluded(Ended::Complete),
            Self::Pruned => Self::Excluded(Ended::Pruned),
            Self::Failed => Self::Excluded(Ended::Failed),
            Self::Pending | Self::Excluded(_) => self,
        }
    }

    /// Whether a trial was set aside.
    pub fn is_excluded(self) -> bool {
        matches!(self, Self::Excluded(_))
    }

    /// Whether a trial counts: it was told, and not set aside.
    pub fn counts(self) -> bool {
        !matches!(self, Self::Pending | Self::Excluded(_))
    }

    /// The word that users give and see.
    pub fn name(self) -> &'static str {
        match self.included() {
            Self::Pending => "pending",
            Self::Complete => "complete",
            Self::Pruned => "pruned",
            Self::Failed | Self::Excluded(_) => "failed",
        }
    }
}

impl fmt::Display for TrialState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Who chose the configuration of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// The defaults of the space.
    Default,
    /// The user, through `enqueue`.
    Enqueued,
    /// The user, through `observe`: a result from elsewhere.
    Observed,
    /// A space-filling design (Sobol, grid, one at a time).
    Design,
    /// Random draws.
    Random,
    /// The tree-structured Parzen estimator.
    Tpe,
    /// A sampler outside the core.
    External,
    /// The Gaussian process. It stands here because the position of a variant is its name in snapshots.
    Gp,
    /// Covariance matrix adaptation.
    CmaEs,
    /// A configuration that was good in an earlier search.
    Earlier,
}

impl Origin {
    const ALL: [Self; 10] = [
        Self::Default,
        Self::Enqueued,
        Self::Observed,
        Self::Design,
        Self::Random,
        Self::Tpe,
        Self::External,
        Self::Gp,
        Self::CmaEs,
        Self::Earlier,
    ];

    /// The origin that [`Self::name`] calls so.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.name() == name)
    }

    /// The word that users see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Enqueued => "enqueued",
            Self::Observed => "observed",
            Self::Design => "design",
            Self::Random => "random",
            Self::Tpe => "tpe",
            Self::External => "external",
            Self::Gp => "gp",
            Self::CmaEs => "cma_es",
            Self::Earlier => "earlier",
        }
    }

    /// Whether a sampler chose the configuration, not the user.
    pub fn is_suggested(self) -> bool {
        matches!(self, Self::Design | Self::Random | Self::External) || self.is_model()
    }

    /// Whether a model of the core chose the configuration.
    pub fn is_model(self) -> bool {
        matches!(self, Self::Tpe | Self::Gp | Self::CmaEs)
    }
}
