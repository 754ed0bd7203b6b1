//! Combination of the draws of several groups into candidates.

use super::State;
use super::group::Group;
use crate::model::parzen::{Points, Precision};
use crate::model::points::coordinate;
use crate::sampler::{Context, SuggestError};

/// Sorts the draws of each group by their density ratio, so that the first row holds the best draw of every group, the
/// second row the second best, and so on. Draws of groups without a model keep their order.
///
/// If costs are considered, the cost penalty of the group's parameters is subtracted. Each group is thus optimized on
/// its own, parents before children. Comparing whole rows would compare branches by their children: a branch with
/// modelled children has the best of many draws, while one with too few trials contributes nothing and would not be
/// tried again. (Measured: `benches/results/tpe.md`.)
pub(super) fn align(state: &State, context: &Context<'_>, points: &mut Points) -> Result<(), SuggestError> {
    let indices: Vec<usize> = (0..points.count()).collect();
    for group in state.groups.iter().filter(|group| group.informed) {
        let own = points.select(&indices, &group.parameters);
        let good = group.good.mixture().log_density_in(Precision::Single, &own, context.pool);
        let bad = group.bad.mixture().try_log_density(Precision::Single, &own, context.pool, context.interrupted);
        let bad = bad.ok_or(SuggestError::Interrupted)?;
        let prices = prices(group, context, &own);
        let worth = |i: usize| good[i] - bad[i] - prices.as_ref().map_or(0.0, |prices| prices[i]);
        let mut order = indices.clone();
        order.sort_by(|a, b| worth(*b).total_cmp(&worth(*a)));
        for (dimension, parameter) in group.parameters.iter().enumerate() {
            let sorted = order.iter().map(|i| own.column(dimension)[*i]);
            points.column_mut(*parameter).iter_mut().zip(sorted).for_each(|(u, value)| *u = value);
        }
    }
    Ok(())
}

/// The contribution of a group's parameters to the cost penalty of each draw.
fn prices(group: &Group, context: &Context<'_>, own: &Points) -> Option<Vec<f64>> {
    let cost = context.cost?;
    let mut prices = vec![0.0; own.count()];
    for (dimension, parameter) in group.parameters.iter().enumerate() {
        let axis = &context.space.axes()[*parameter];
        for (price, u) in prices.iter_mut().zip(own.column(dimension)) {
            *price += cost.effect(*parameter, coordinate(*u, axis));
        }
    }
    Some(prices)
}
