//! How the kernels of a dimension are stored and evaluated.

/// How the kernels of a dimension are stored and evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// By density.
    Continuous,
    /// By mass on cells.
    Cells,
    /// By equality, jointly with the other dimensions.
    Categories,
    /// By counts of levels, apart from the other dimensions.
    Counts,
}
