//! The words for states and origins, and the numbers for states.

use tanteo_core::history::{Origin, TrialState};

pub(crate) fn state(state: TrialState) -> &'static str {
    match state {
        TrialState::Pending => "pending",
        TrialState::Complete => "complete",
        TrialState::Pruned => "pruned",
        TrialState::Failed => "failed",
    }
}

/// How a view says it.
pub(crate) fn state_code(state: TrialState) -> i8 {
    match state {
        TrialState::Pending => 0,
        TrialState::Complete => 1,
        TrialState::Pruned => 2,
        TrialState::Failed => 3,
    }
}

pub(crate) fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Default => "default",
        Origin::Enqueued => "enqueued",
        Origin::Observed => "observed",
        Origin::Design => "design",
        Origin::Random => "random",
        Origin::Model => "model",
        Origin::External => "external",
    }
}
