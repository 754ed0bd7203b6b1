//! The precision of a log density.

/// The precision in which a log density is computed; see [the module](super).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Absolute error about `1e-12`.
    Double,
    /// Absolute error below [`super::Mixture::single_error`].
    Single,
}
