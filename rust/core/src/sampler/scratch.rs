//! What the samplers keep between two suggestions.

use super::{cma, gp, grid, nsga, one_at_a_time, tpe};

/// It may be dropped at any time: this costs time and changes no suggestion.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    pub(super) grid: grid::Cursor,
    pub(super) one_at_a_time: one_at_a_time::Cursor,
    pub(super) tpe: Option<tpe::Densities>,
    pub(super) gp: Option<gp::GpCaches>,
    pub(super) cma: Option<cma::Evolution>,
    pub(super) nsga: Option<nsga::Survivors>,
}
