//! The densities of parameters that are active together.

use std::ops::Range;
use std::sync::Arc;

use super::split::Split;
use crate::history::View;
use crate::model::is_mostly_unordered;
use crate::model::parzen::{Bad, Dimension, Good, Points};
use crate::sampler::Context;

/// Smallest number of trials, not counting failures, for which a conditional group is modelled (2, 3, 4 and 8 were
/// compared: `benches/results/tpe.md`).
const MIN_RANKED: usize = 3;

/// The bad density holds the latest trials: at least this many if there are as many, and fewer than twice as many. The
/// duration of an ask stops growing there. (A quarter of it loses nothing: `benches/results/tpe.md`.)
pub(super) const WINDOW: usize = 2048;

/// Parameters that are active together, the split of the trials in which they are active, and their densities.
///
/// The trials of a conditional group are split into good and bad ones among themselves, because the densities of a
/// group model what is good *given* that its branch is selected. If good trials were those of the whole search, a
/// branch that is worse than another would have none, and would be searched at random. (Measured:
/// `benches/results/tpe.md`.)
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) parameters: Vec<usize>,
    pub(super) conditional: bool,
    /// Whether the group is modelled. Otherwise its good density is the prior, and the bad one is not used.
    pub(super) informed: bool,
    pub(super) bad: Bad,
    pub(super) good: Good,
    split: Split,
    /// The rows in which the group is active, in increasing order.
    rows: Vec<usize>,
    /// Number of `rows` before the window. The bad density has a slot for each of the others, in their order.
    n_old: usize,
    good_rows: Vec<usize>,
    weights: Vec<f64>,
}

impl Group {
    pub(super) fn new(parameters: Vec<usize>, deciding: &[bool], gamma: f64, context: &Context<'_>) -> Self {
        let axes = context.space.axes();
        let among_choices = is_mostly_unordered(parameters.iter().map(|j| axes[*j].is_unordered()));
        let dimension = |j: &usize| {
            let dimension = Dimension::new(axes[*j].clone(), context.space.parameters()[*j].prior.clone());
            match deciding[*j] {
                true => dimension.deciding(),
                false if among_choices => dimension.sharp(),
                false => dimension,
            }
        };
        let dimensions: Vec<Dimension> = parameters.iter().map(dimension).collect();
        let n_counted = dimensions.iter().filter(|dimension| dimension.is_by_counts()).count();
        let dimensions: Arc<[Dimension]> = dimensions.into_iter().map(|d| d.one_of_counted(n_counted)).collect();
        let conditional = parameters.iter().any(|j| context.space.parameters()[*j].is_conditional());
        Self {
            conditional,
            informed: !conditional,
            bad: Bad::new(&dimensions),
            good: Good::fit(dimensions, Points::default(), &[]),
            split: Split::new(gamma, context.history.n_objectives()),
            rows: Vec::new(),
            n_old: 0,
            good_rows: Vec::new(),
            weights: Vec::new(),
            parameters,
        }
    }

    /// The good trials in which the group is active.
    pub(super) fn good_rows(&self) -> &[usize] {
        &self.good_rows
    }

    /// Appends a row, which is not yet part of any density.
    pub(super) fn push(&mut self, history: View<'_>, row: usize) {
        if self.is_active(history, row) {
            self.rows.push(row);
        }
    }

    /// Updates the densities with new rows and with rows that have finished, as far as the group is active in them.
    pub(super) fn update(&mut self, history: View<'_>, finished: &[usize]) {
        let finished: Vec<usize> = finished.iter().copied().filter(|row| self.is_active(history, *row)).collect();
        self.split.extend(history, &finished);
        let good = self.split.good(history);
        let new = self.push_into_bad(history);
        let slots = |rows: &[usize]| -> Vec<usize> { rows.iter().filter_map(|row| self.slot(*row)).collect() };
        let leaving = slots(&good);
        let mut entering = slots(&self.good_rows);
        entering.extend(new);
        entering.retain(|slot| leaving.binary_search(slot).is_err());
        self.bad.change(&entering, &leaving);
        let weights = self.split.weights(history, &good);
        let informed = !self.conditional || self.split.n_ranked() >= MIN_RANKED;
        if informed != self.informed || good != self.good_rows || weights != self.weights {
            (self.informed, self.good_rows, self.weights) = (informed, good, weights);
            self.fit(history);
        }
    }

    /// Pushes the rows of the window that have no slot in the bad density, and returns their slots. If the window has
    /// moved, the density begins anew.
    fn push_into_bad(&mut self, history: View<'_>) -> Range<usize> {
        let n_old = (self.rows.len() / WINDOW).saturating_sub(1) * WINDOW;
        if n_old != self.n_old {
            self.n_old = n_old;
            self.bad = Bad::new(self.good.mixture().dimensions());
        }
        let first = self.bad.mixture().n_slots();
        for row in &self.rows[self.n_old + first..] {
            self.bad.push(&self.coordinates(history, *row));
        }
        first..self.bad.mixture().n_slots()
    }

    /// The slot of a row in the bad density, if the row has one.
    fn slot(&self, row: usize) -> Option<usize> {
        self.rows[self.n_old..].binary_search(&row).ok()
    }

    fn is_active(&self, history: View<'_>, row: usize) -> bool {
        self.parameters.first().is_some_and(|j| history.active(*j)[row])
    }

    fn fit(&mut self, history: View<'_>) {
        if !self.informed {
            return;
        }
        let mut coordinates = Vec::with_capacity(self.good_rows.len() * self.parameters.len());
        for unit in self.parameters.iter().map(|j| history.unit(*j)) {
            coordinates.extend(self.good_rows.iter().map(|row| unit[*row]));
        }
        self.good.refit(Points::new(self.good_rows.len(), coordinates), &self.weights);
    }

    fn coordinates(&self, history: View<'_>, row: usize) -> Vec<f64> {
        self.parameters.iter().map(|j| history.unit(*j)[row]).collect()
    }
}
