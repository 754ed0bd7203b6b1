//! The answer and its reason.

/// Whether a trial should stop, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether to stop.
    pub stop: bool,
    /// Whether what is told later may let it go on.
    pub pause: bool,
    /// Why, in one sentence.
    pub reason: String,
}

impl Decision {
    pub(super) fn new(stop: bool, reason: impl Into<String>) -> Self {
        Self { stop, pause: stop, reason: reason.into() }
    }

    pub(super) fn go_on(reason: impl Into<String>) -> Self {
        Self::new(false, reason)
    }

    /// To stop, as things stand.
    pub(super) fn stop(reason: impl Into<String>) -> Self {
        Self::new(true, reason)
    }

    /// To stop for good: nothing that others do changes it.
    pub(super) fn end(reason: impl Into<String>) -> Self {
        Self { pause: false, ..Self::new(true, reason) }
    }
}
