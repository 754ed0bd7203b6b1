//! The population as a function of the history.
//!
//! The history is divided into blocks of `N` consecutive trials, where `N` is the size of the population. The survivors
//! of a block are the `N` best of the survivors before it and of its own finished trials:
//!
//! ```text
//! S_0 = {},    S_(b+1) = select(S_b and the finished trials of block b, N)
//! ```
//!
//! The last, incomplete block counts with the trials that have finished so far. So every result is used at once, as in
//! the steady-state form of the algorithm, which converges faster than whole generations (Durillo et al. 2009). A
//! pending trial is left out, and joins its block when it finishes. Results of any origin take part. The population
//! depends on the trials and not on the order of tells, and needs no record of generations.
//!
//! The survivors are kept up to the first block with a pending trial. If that is the last block, an ask compares at most
//! `2 N` trials. While an early trial is pending, for the first time or resumed after a pause, every ask selects from all
//! later blocks again.

use super::niches;
use crate::history::{TrialState, View};
use crate::numerics::{Purpose, Stream};
use crate::pareto::dominance::crowding;
use crate::sampler::ranking::fronts;
use crate::sampler::{Context, SuggestError};

/// Which trials of the last front survive.
pub(super) enum Survival {
    /// The least crowded ones.
    Crowding,
    /// Those near reference directions that have few others.
    Niches(Vec<Vec<f64>>),
}

/// The survivors of the first blocks, all of whose trials have finished.
#[derive(Clone, Debug, Default)]
pub(in crate::sampler) struct Survivors {
    blocks: usize,
    survivors: Vec<usize>,
}

/// The trials from which parents are drawn.
pub(super) struct Population {
    members: Vec<Member>,
}

struct Member {
    row: usize,
    front: usize,
    /// Crowding distance; zero for NSGA-III.
    space: f64,
}

impl Survivors {
    /// The population after all finished trials. Keeps the survivors of the blocks that cannot change any more.
    pub(super) fn update(
        &mut self,
        size: usize,
        survival: &Survival,
        context: &Context<'_>,
    ) -> Result<Population, SuggestError> {
        let history = context.history;
        let is_closed = |block: usize| {
            let rows = block * size..(block + 1) * size;
            rows.end <= history.len() && rows.into_iter().all(|row| history.state(row) != TrialState::Pending)
        };
        let (mut survivors, mut all_closed) = (self.survivors.clone(), true);
        for block in self.blocks..history.len().div_ceil(size) {
            if (context.interrupted)() {
                return Err(SuggestError::Interrupted);
            }
            survivors = selected(survivors, block, size, survival, context);
            all_closed &= is_closed(block);
            if all_closed {
                (self.blocks, self.survivors) = (block + 1, survivors.clone());
            }
        }
        Ok(Population::of(history, &survivors, survival))
    }
}

/// The survivors of a block and of those before it.
fn selected(
    survivors: Vec<usize>,
    block: usize,
    size: usize,
    survival: &Survival,
    context: &Context<'_>,
) -> Vec<usize> {
    let history = context.history;
    let rows = block * size..history.len().min((block + 1) * size);
    let pool: Vec<usize> = survivors.into_iter().chain(rows.filter(|row| takes_part(history, *row))).collect();
    let (mut kept, mut first) = (Vec::with_capacity(size), 0);
    for front in fronts(history, &pool) {
        if kept.is_empty() {
            first = front.len();
        }
        if kept.len() + front.len() <= size {
            kept.extend(front);
            continue;
        }
        let wanted = size - kept.len();
        let chosen = match survival {
            _ if !history.is_eligible(front[0]) => (0..wanted).collect(),
            Survival::Crowding => least_crowded(&points(history, &front), wanted),
            Survival::Niches(directions) => {
                let mut stream = Stream::new(context.seed, block as u64, Purpose::Niche, 0);
                let (kept, front) = (points(history, &kept), points(history, &front));
                niches::select(&kept, &front, first, wanted, directions, &mut stream)
            }
        };
        kept.extend(chosen.into_iter().map(|i| front[i]));
        break;
    }
    kept.sort_unstable();
    kept
}

/// Whether a trial can be a parent: it has finished with finite values, or was pruned. An infinite loss counts as a
/// failure.
fn takes_part(history: View<'_>, row: usize) -> bool {
    history.is_measured(row) || history.state(row) == TrialState::Pruned
}

fn points(history: View<'_>, rows: &[usize]) -> Vec<Vec<f64>> {
    rows.iter().map(|row| history.point_of_values(*row)).collect()
}

/// Indices of `wanted` points of a front, after the most crowded one was removed again and again. The distances are
/// updated after every removal (Kukkonen and Deb 2006); otherwise all points of a dense part would be removed at once.
fn least_crowded(front: &[Vec<f64>], wanted: usize) -> Vec<usize> {
    let mut kept: Vec<usize> = (0..front.len()).collect();
    let mut remaining = front.to_vec();
    while kept.len() > wanted {
        let distances = crowding(&remaining);
        // Of equals the last one is removed, so that earlier trials stay.
        let crowded = (0..kept.len()).rev().min_by(|i, j| distances[*i].total_cmp(&distances[*j])).unwrap_or(0);
        kept.remove(crowded);
        remaining.remove(crowded);
    }
    kept
}

impl Population {
    fn of(history: View<'_>, survivors: &[usize], survival: &Survival) -> Self {
        let mut members = Vec::with_capacity(survivors.len());
        for (front, rows) in fronts(history, survivors).iter().enumerate() {
            let spaces = match survival {
                Survival::Crowding => crowding(&points(history, rows)),
                Survival::Niches(_) => vec![0.0; rows.len()],
            };
            members.extend(rows.iter().zip(spaces).map(|(row, space)| Member { row: *row, front, space }));
        }
        Self { members }
    }

    #[cfg(test)]
    pub(super) fn rows(&self) -> Vec<usize> {
        self.members.iter().map(|member| member.row).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The rows of two parents, each the winner of a tournament of two; they differ if possible.
    pub(super) fn parents(&self, stream: &mut Stream) -> [usize; 2] {
        let first = self.winner(None, stream);
        let second = self.winner(Some(first).filter(|_| self.members.len() > 1), stream);
        [first, second].map(|i| self.members[i].row)
    }

    /// The better one of two members, neither of which is `excluded`: of the better front, then with more space around
    /// it, then the first one drawn.
    fn winner(&self, excluded: Option<usize>, stream: &mut Stream) -> usize {
        let mut draw = || {
            let last = self.members.len() - 1 - usize::from(excluded.is_some());
            let i = stream.below_or_equal(last as u64) as usize;
            i + usize::from(excluded.is_some_and(|excluded| i >= excluded))
        };
        let (i, j) = (draw(), draw());
        let (a, b) = (&self.members[i], &self.members[j]);
        if b.front < a.front || (b.front == a.front && b.space > a.space) { j } else { i }
    }
}
