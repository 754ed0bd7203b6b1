//! The state of a trial, its origin and its result.

use core::fmt;

use serde::{Deserialize, Serialize};

/// The state of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrialState {
    /// Handed out; no result yet.
    Pending,
    /// Finished with a value.
    Complete,
    /// Stopped early.
    Pruned,
    /// Crashed, or finished with NaN.
    Failed,
    /// Finished and later excluded: it is neither a result nor used by models.
    Excluded(Ended),
    /// Excluded because its configuration has no place in the space, until the space changes to one where it has.
    SetAside(Ended),
}

/// How an excluded trial had ended.
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
    /// The state that the trial has when it is not excluded.
    #[must_use]
    pub fn included(self) -> Self {
        match self {
            Self::Excluded(Ended::Complete) | Self::SetAside(Ended::Complete) => Self::Complete,
            Self::Excluded(Ended::Pruned) | Self::SetAside(Ended::Pruned) => Self::Pruned,
            Self::Excluded(Ended::Failed) | Self::SetAside(Ended::Failed) => Self::Failed,
            _ => self,
        }
    }

    /// How a finished trial ended.
    fn ended(self) -> Option<Ended> {
        match self.included() {
            Self::Complete => Some(Ended::Complete),
            Self::Pruned => Some(Ended::Pruned),
            Self::Failed => Some(Ended::Failed),
            _ => None,
        }
    }

    /// The state of a finished trial after it is excluded; a pending one does not change.
    #[must_use]
    pub fn excluded(self) -> Self {
        self.ended().map_or(self, Self::Excluded)
    }

    /// The state of a trial after a change of the space, in which it has a place or not. It stays excluded in every
    /// space if it was excluded by itself.
    #[must_use]
    pub fn in_other_space(self, has_place: bool) -> Self {
        match self {
            Self::Excluded(_) => self,
            _ if has_place => self.included(),
            _ => self.ended().map_or(self, Self::SetAside),
        }
    }

    /// Whether a trial is excluded, by itself or with its place in the space.
    pub fn is_excluded(self) -> bool {
        matches!(self, Self::Excluded(_) | Self::SetAside(_))
    }

    /// Whether a failure was excluded by itself, so that it says nothing about its configuration.
    pub fn is_cancelled(self) -> bool {
        self == Self::Excluded(Ended::Failed)
    }

    /// Whether a trial counts: it is finished and not excluded.
    pub fn counts(self) -> bool {
        self != Self::Pending && !self.is_excluded()
    }

    /// The name in the user interface.
    pub fn name(self) -> &'static str {
        match self.included() {
            Self::Pending => "pending",
            Self::Complete => "complete",
            Self::Pruned => "pruned",
            Self::Failed | Self::Excluded(_) | Self::SetAside(_) => "failed",
        }
    }
}

impl fmt::Display for TrialState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The source of a trial's configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// The defaults of the space.
    Default,
    /// The user, through `enqueue`.
    Enqueued,
    /// The user, through `observe`: a result from elsewhere.
    Observed,
    /// A space-filling design (Sobol, grid, one at a time, points far from other trials).
    Design,
    /// Random draws.
    Random,
    /// The tree-structured Parzen estimator.
    Tpe,
    /// A sampler outside the core.
    External,
    /// The Gaussian process. Snapshots identify a variant by its position, so new variants come last.
    Gp,
    /// Covariance matrix adaptation.
    CmaEs,
    /// A configuration that was good in an earlier search.
    Earlier,
    /// A genetic algorithm: NSGA-II or NSGA-III.
    Nsga,
}

impl Origin {
    /// Follows from the variants.
    const ALL: [Self; 11] = [
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
        Self::Nsga,
    ];

    /// The origin with this [`Self::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.name() == name)
    }

    /// The name in the user interface.
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
            Self::Nsga => "nsga",
        }
    }

    /// Whether a sampler chose the configuration.
    pub fn is_suggested(self) -> bool {
        matches!(self, Self::Design | Self::Random | Self::External) || self.is_model()
    }

    /// Whether the core chose the configuration by the results of earlier trials.
    pub fn is_model(self) -> bool {
        matches!(self, Self::Tpe | Self::Gp | Self::CmaEs | Self::Nsga)
    }
}

/// One objective of one trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The value (the mean over replicates), to be minimized; may be plus infinity, never NaN or minus infinity.
    pub value: f64,
    /// Standard error of the value, if known.
    pub sem: Option<f64>,
    /// The individual observations behind the value (such as cross-validation folds), possibly empty.
    pub replicates: Vec<f64>,
}

/// How a trial ended. All values are to be minimized.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// One measurement per objective.
    Complete(Vec<Measurement>),
    /// The trial was stopped early.
    Pruned {
        /// One per objective; `None` if only the reported curve is known.
        measurements: Option<Vec<Measurement>>,
        /// Why, if known.
        reason: Option<String>,
        /// Whether it may be resumed later.
        paused: bool,
    },
    /// A crash, an out-of-memory error or a NaN.
    Failed {
        /// Why, if known.
        reason: Option<String>,
    },
}

#[cfg(test)]
mod tests {
    use super::TrialState;

    #[test]
    fn an_excluded_trial_keeps_how_it_ended() {
        for state in [TrialState::Complete, TrialState::Pruned, TrialState::Failed] {
            let excluded = state.excluded();
            assert!(excluded.is_excluded() && !excluded.counts());
            assert_eq!((excluded.included(), excluded.excluded()), (state, excluded));
            assert_eq!((excluded.name(), state.included()), (state.name(), state));
        }
        assert_eq!(TrialState::Pending.excluded(), TrialState::Pending);
    }

    #[test]
    fn a_trial_that_is_set_aside_counts_again_with_a_place_in_the_space() {
        for state in [TrialState::Complete, TrialState::Pruned, TrialState::Failed] {
            let aside = state.in_other_space(false);
            assert!(aside.is_excluded() && !aside.counts() && !aside.is_cancelled());
            assert_eq!((aside.name(), aside.in_other_space(false)), (state.name(), aside));
            assert_eq!((aside.in_other_space(true), state.in_other_space(true)), (state, state));
            let excluded = state.excluded();
            assert_eq!((aside.excluded(), excluded.in_other_space(false)), (excluded, excluded));
            assert_eq!(excluded.in_other_space(true), excluded, "it stays excluded in every space");
            assert_eq!(excluded.is_cancelled(), state == TrialState::Failed);
        }
    }
}
