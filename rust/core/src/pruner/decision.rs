//! The answer and its reason.

/// Whether a trial should stop, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether to stop.
    pub stop: bool,
    /// Why, in one sentence.
    pub reason: String,
}

impl Decision {
    pub(super) fn new(stop: bool, reason: impl Into<String>) -> Self {
        Self { stop, reason: reason.into() }
    }

    pub(super) fn go_on(reason: impl Into<String>) -> Self {
        Self::new(false, reason)
    }

    pub(super) fn stop(reason: impl Into<String>) -> Self {
        Self::new(true, reason)
    }
}
