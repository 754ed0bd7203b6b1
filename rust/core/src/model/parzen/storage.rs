//! How the kernels of a dimension are stored and evaluated.

/// How the kernels of a dimension are stored and evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storage {
    /// By densities.
    Continuous,
    /// By masses on cells.
    Cells,
    /// By equality of levels, jointly with the other dimensions.
    Categories,
    /// By counts of levels, independently of the other dimensions.
    Counts,
}
