//! What is kept from one suggestion to the next.

use std::sync::Arc;

use super::groups::groups;
use super::split::Split;
use crate::history::{History, TrialState};
use crate::model::parzen::{Bad, Dimension, Good, Points};
use crate::sampler::{Context, SuggestError};

/// A conditional group that fewer good trials have than this is not modelled: its good density would say where a trial
/// or two happened to be.
const MIN_GOOD: usize = 4;

/// Rows taken in between two looks at whether to go on.
const ROWS_PER_LOOK: usize = 1024;

/// The split and the densities of one history, which may grow but never change otherwise.
#[derive(Clone, Debug)]
pub(in crate::sampler) struct State {
    pub(super) groups: Vec<Group>,
    split: Split,
    /// Rows taken in.
    n_rows: usize,
    /// Those that were pending when they were last looked at.
    pending: Vec<usize>,
    good: Vec<usize>,
    weights: Vec<f64>,
}

/// The densities of parameters that exist together.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) parameters: Vec<usize>,
    conditional: bool,
    /// The slot of each row in the bad density, if the group is active there.
    slots: Vec<Option<u32>>,
    pub(super) bad: Bad,
    pub(super) good: Good,
    /// Whether its densities say anything; otherwise the good one is the prior, and the bad one is not asked.
    pub(super) informed: bool,
}

impl State {
    pub(super) fn new(gamma: f64, context: &Context<'_>) -> Self {
        let parameters = context.space.parameters();
        let mut deciding = vec![false; parameters.len()];
        parameters.iter().flat_map(|p| &p.when).for_each(|condition| deciding[condition.parent] = true);
        let group = |parameters| Group::new(parameters, &deciding, context);
        let groups = groups(context.space).into_iter().map(group).collect();
        let split = Split::new(gamma, context.history.n_objectives());
        Self { groups, split, n_rows: 0, pending: Vec::new(), good: Vec::new(), weights: Vec::new() }
    }

    /// Whether some parameters exist only under conditions.
    pub(super) fn is_tree(&self) -> bool {
        self.groups.iter().any(|group| group.conditional)
    }

    /// Takes in what happened since the last update. Costs `O(d)` for each trial that was asked or told or changed
    /// sides, and a refit of the good density if that changed.
    pub(super) fn update(&mut self, context: &Context<'_>) -> Result<(), SuggestError> {
        let history = context.history;
        let new = self.n_rows..history.len();
        for row in new.clone() {
            if row % ROWS_PER_LOOK == 0 && (context.interrupted)() {
                return Err(SuggestError::Interrupted);
            }
            self.groups.iter_mut().for_each(|group| group.push(history, row));
        }
        self.n_rows = history.len();
        let is_pending = |row: &usize| history.states()[*row] == TrialState::Pending;
        let (pending, told) = std::mem::take(&mut self.pending).into_iter().chain(new.clone()).partition(is_pending);
        self.pending = pending;
        self.split.extend(history, &told);
        let good = self.split.good();
        let entering = self.good.iter().copied().filter(|row| good.binary_search(row).is_err());
        let entering: Vec<usize> = entering.chain(new.filter(|row| good.binary_search(row).is_err())).collect();
        for group in &mut self.groups {
            group.change(&entering, &good);
        }
        let weights = self.split.weights(history);
        if good != self.good || weights != self.weights {
            self.groups.iter_mut().for_each(|group| group.fit(history, &good, &weights));
            (self.good, self.weights) = (good, weights);
        }
        Ok(())
    }
}

impl Group {
    fn new(parameters: Vec<usize>, deciding: &[bool], context: &Context<'_>) -> Self {
        let dimension = |j: &usize| {
            let axis = context.encoding.axes()[*j].clone();
            let dimension = Dimension::new(axis, context.space.parameters()[*j].prior.clone());
            if deciding[*j] { dimension.deciding() } else { dimension }
        };
        let dimensions: Arc<[Dimension]> = parameters.iter().map(dimension).collect();
        let conditional = parameters.iter().any(|j| !context.space.parameters()[*j].when.is_empty());
        Self {
            conditional,
            slots: Vec::new(),
            bad: Bad::new(&dimensions),
            good: Good::fit(dimensions, Points::default(), &[]),
            informed: !conditional,
            parameters,
        }
    }

    fn push(&mut self, history: &History, row: usize) {
        let active = self.parameters.first().is_some_and(|j| history.active(*j)[row]);
        let slot = active.then(|| self.bad.push(&self.coordinates(history, row)) as u32);
        self.slots.push(slot);
    }

    /// Puts trials into the bad density and takes others out, where the group is active in them.
    fn change(&mut self, enter: &[usize], leave: &[usize]) {
        let slots = |rows: &[usize]| rows.iter().filter_map(|row| self.slots[*row].map(|s| s as usize)).collect();
        let (enter, leave): (Vec<usize>, Vec<usize>) = (slots(enter), slots(leave));
        self.bad.change(&enter, &leave);
    }

    fn fit(&mut self, history: &History, good: &[usize], weights: &[f64]) {
        let active = good.iter().zip(weights).filter(|(row, _)| self.slots[**row].is_some());
        let (mut rows, mut weights): (Vec<usize>, Vec<f64>) = active.map(|(row, weight)| (*row, *weight)).unzip();
        self.informed = !self.conditional || rows.len() >= MIN_GOOD;
        if !self.informed {
            (rows, weights) = (Vec::new(), Vec::new());
        }
        let mut coordinates = Vec::with_capacity(rows.len() * self.parameters.len());
        for unit in self.parameters.iter().map(|j| history.unit(*j)) {
            coordinates.extend(rows.iter().map(|row| unit[*row]));
        }
        self.good.refit(Points::new(rows.len(), coordinates), &weights);
    }

    fn coordinates(&self, history: &History, row: usize) -> Vec<f64> {
        self.parameters.iter().map(|j| history.unit(*j)[row]).collect()
    }
}
