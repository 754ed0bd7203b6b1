//! The function to be maximized and its domain.

use super::trust_region::TrustRegion;
use crate::sampler::Context;
use crate::sampler::gp::acquisition::AcquisitionFunction;
use crate::sampler::gp::plan::Plan;

/// A search for the maximum of an acquisition function.
pub(in crate::sampler::gp) struct Search<'a> {
    pub(in crate::sampler::gp) acquisition: &'a AcquisitionFunction<'a>,
    /// The trust region; absent if the whole space is searched.
    pub(in crate::sampler::gp) region: Option<TrustRegion>,
    pub(in crate::sampler::gp) context: &'a Context<'a>,
}

impl<'a> Search<'a> {
    /// The search that a plan describes.
    pub(in crate::sampler::gp) fn of(
        plan: &Plan,
        acquisition: &'a AcquisitionFunction<'a>,
        context: &'a Context<'a>,
    ) -> Self {
        Self { acquisition, region: TrustRegion::of(plan, acquisition.surrogate, context), context }
    }

    /// The range of unit coordinates of a parameter.
    pub(super) fn side(&self, parameter: usize) -> (f64, f64) {
        let everywhere = || self.context.space.likely_ends(parameter);
        self.region.as_ref().map_or_else(everywhere, |region| region.side(parameter))
    }
}
