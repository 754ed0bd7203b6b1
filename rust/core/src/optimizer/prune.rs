//! When a trial is stopped early.

use super::quantile::quantile;
use super::{Optimizer, OptimizerError};
use crate::history::TrialState;

/// Completed trials that must have reported at a step before any trial is stopped there. A median of fewer says little:
/// the median of five lies between the quartiles of its distribution with probability 0.79.
const MIN_CURVES: usize = 5;

impl Optimizer {
    /// Median rule: stop a trial whose best intermediate value so far is worse than the median of what completed
    /// trials reported at the same step (after Golovin et al. 2017, "Google Vizier", section 3.2.1, which compares with
    /// running averages). Never before five completed trials reported at that step. NaN counts as the worst value.
    ///
    /// # Errors
    /// Unknown id, not pending.
    pub fn should_prune(&self, trial: u64) -> Result<bool, OptimizerError> {
        self.pending_row(trial)?;
        let curve = self.history.curve(trial);
        let Some((step, _)) = curve.last() else { return Ok(false) };
        let best = curve.iter().map(|(_, value)| worst_if_nan(*value)).fold(f64::INFINITY, f64::min);
        let mut others = self.completed_values_at(*step);
        others.sort_unstable_by(f64::total_cmp);
        Ok(others.len() >= MIN_CURVES && best > quantile(&others, 0.5))
    }

    fn completed_values_at(&self, step: u64) -> Vec<f64> {
        let complete = |trial: u64| self.history.states()[trial as usize] == TrialState::Complete;
        let at_step = |curve: &[(u64, f64)]| {
            let place = curve.binary_search_by_key(&step, |(step, _)| *step).ok()?;
            Some(worst_if_nan(curve[place].1))
        };
        self.history.curves().filter(|(trial, _)| complete(*trial)).filter_map(|(_, curve)| at_step(curve)).collect()
    }
}

fn worst_if_nan(value: f64) -> f64 {
    if value.is_nan() { f64::INFINITY } else { value }
}
