//! How exact a log density is.

/// What a log density is computed in; see [the module](super).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Absolute error about `1e-12`.
    Double,
    /// Absolute error below [`super::Mixture::single_error`].
    Single,
}
