//! State of the samplers between two suggestions.

use super::{cma, gp, grid, nsga, one_at_a_time, tpe};

/// State that may be dropped at any time: this costs time and changes no suggestion.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    pub(super) grid: grid::Cursor,
    pub(super) one_at_a_time: one_at_a_time::Cursor,
    pub(super) tpe: Option<tpe::State>,
    pub(super) gp: Option<gp::State>,
    pub(super) cma: Option<cma::State>,
    pub(super) nsga: Option<nsga::State>,
}
