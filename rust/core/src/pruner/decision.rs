//! A decision and its reason.

/// Whether a trial should stop, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether to stop.
    pub stop: bool,
    /// Whether later results may allow the trial to be resumed.
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

    /// The decision to stop, which later results may revise.
    pub(super) fn stop(reason: impl Into<String>) -> Self {
        Self::new(true, reason)
    }

    /// The decision to stop for good: no other trial can change it.
    pub(super) fn end(reason: impl Into<String>) -> Self {
        Self { pause: false, ..Self::new(true, reason) }
    }
}
