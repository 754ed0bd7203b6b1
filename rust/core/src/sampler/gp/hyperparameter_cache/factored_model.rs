//! The model of a quantity on finished and pending trials, extended incrementally where possible.

use super::fit::Observed;
use crate::model::gp::{GaussianProcess, Theta};
use crate::sampler::Context;

/// A factor is extended row by row if at most one row in this many is new. Changes no suggestion.
const NEW_SHARE: usize = 16;

/// A model on finished and pending trials.
#[derive(Clone, Debug)]
pub(super) struct FactoredModel {
    /// The requested hyperparameters; the model may use more noise.
    theta: Theta,
    rows: Vec<usize>,
    noise: Vec<f64>,
    pending: Vec<usize>,
    pub(super) model: GaussianProcess,
}

impl FactoredModel {
    pub(super) fn new(context: &Context<'_>, theta: Theta, rows: &[usize], observed: Observed) -> Option<Self> {
        let inputs = context.inputs(rows);
        let model = GaussianProcess::with(inputs, theta.clone(), &observed.values, &observed.noise).ok()?;
        Some(Self { theta, rows: rows.to_vec(), noise: observed.noise, pending: Vec::new(), model })
    }

    /// Whether this is the requested model except for pending trials. This is the case within a batch, and when `Auto`
    /// suggests after examining the noise.
    pub(super) fn matches(&self, theta: &Theta, rows: &[usize], observed: &Observed) -> bool {
        let has_same_data = self.rows == rows && self.noise == observed.noise && self.model.values() == observed.values;
        has_same_data && self.theta == *theta
    }

    /// Replaces the pending trials. Within a batch, every ask adds one.
    pub(super) fn set_pending(&mut self, context: &Context<'_>, pending: &[usize]) {
        if !pending.starts_with(&self.pending) {
            self.model.truncate(self.rows.len());
            self.pending.clear();
        }
        for row in &pending[self.pending.len()..] {
            // A point that is numerically equal to another is left out.
            let _ = self.model.append(&context.point(&context.history.unit_point(*row)), 0.0);
        }
        self.pending = pending.to_vec();
    }

    /// Extends the model to `rows`; `None` if the hyperparameters differ or too many rows are new.
    pub(super) fn extended(
        mut self,
        context: &Context<'_>,
        theta: &Theta,
        rows: &[usize],
        observed: &Observed,
    ) -> Option<Self> {
        let (old, new) = (self.rows.iter().zip(&self.noise), rows.iter().zip(&observed.noise));
        let common = old.zip(new).take_while(|(old, new)| old == new).count();
        if self.theta != *theta || (rows.len() - common) * NEW_SHARE > rows.len() {
            return None;
        }
        self.model.truncate(common);
        self.pending.clear();
        for (row, noise) in rows.iter().zip(&observed.noise).skip(common) {
            // If the factor cannot be extended, it must be rebuilt with more noise.
            self.model.append(&context.point(&context.history.unit_point(*row)), *noise).ok()?;
        }
        self.model.set_values(&observed.values);
        (self.rows, self.noise) = (rows.to_vec(), observed.noise.clone());
        Some(self)
    }
}
