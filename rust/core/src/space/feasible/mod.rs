//! Constructs configurations that satisfy the known constraints.
//!
//! 1. Values are chosen one after another from what the constraints leave ([`search`]). This satisfies linear and order
//!    constraints, however thin their feasible set.
//! 2. Gibbs steps then spread the result over that set ([`mix`]).
//! 3. Where interacting constraints lead to dead ends, a point is first projected onto them ([`project`]), and the
//!    search stays close to it.
//! 4. Where a projection does not converge, linear programs find a point inside ([`inner`]).
//! 5. As a last resort, a finite space is enumerated from a random start, within a budget.

mod conflict;
mod exact;
mod inner;
mod mix;
mod project;
mod search;
mod span;
mod tighten;

use std::collections::BTreeMap;

pub(super) use self::span::{Restriction, Span};

use self::project::Projection;
use self::search::{FromPrior, Near, Search};
use super::{Accept, Configuration, Constraint, Grid, SearchSpace, WalkStep};
use crate::numerics::Stream;

/// Number of searches with values from the prior. (Half and twice: `benches/results/constants.md`.)
const SEARCHES: usize = 32;
/// Number of searches near a projected point. (Half and twice: `benches/results/constants.md`.)
const PROJECTIONS: usize = 8;
/// All constructive attempts, in addition to rejected draws. Follows from the two numbers above.
pub(super) const CONSTRUCTIONS: u64 = (SEARCHES + PROJECTIONS) as u64;
/// Number of searches near the configuration to repair; the closest result is kept. (Half and twice:
/// `benches/results/constants.md`.)
const REPAIRS: usize = 8;
/// Maximum number of configurations of a finite space visited as a last resort. (Half and twice:
/// `benches/results/constants.md`.)
const WALKED: u64 = 100_000;

impl SearchSpace {
    /// Draws a configuration that satisfies all constraints; projections start from `draw`. If every feasible
    /// configuration is ruled out by the priors, one of those is returned.
    pub(super) fn construct(
        &self,
        restriction: Restriction<'_>,
        mut draw: impl FnMut(&mut Stream) -> Configuration,
        stream: &mut Stream,
    ) -> Option<Configuration> {
        let likely = if restriction.likely && self.is_narrowed() && Search::is_open(self, restriction) {
            self.construct_from(restriction, &mut draw, stream)
        } else {
            None
        };
        likely.or_else(|| {
            let restriction = Restriction { likely: restriction.likely && !self.is_narrowed(), ..restriction };
            self.construct_from(restriction, &mut draw, stream)
        })
    }

    fn construct_from(
        &self,
        restriction: Restriction<'_>,
        draw: &mut impl FnMut(&mut Stream) -> Configuration,
        stream: &mut Stream,
    ) -> Option<Configuration> {
        for attempt in 0..SEARCHES {
            if let Some(configuration) = self.construct_once(attempt, restriction, stream) {
                return Some(configuration);
            }
        }
        for _ in 0..PROJECTIONS {
            let goal = draw(stream);
            if let Some(configuration) = self.projected(&goal, restriction, stream) {
                let mut search = Search::at(self, restriction, configuration);
                search.mix(stream);
                return Some(search.into_configuration());
            }
        }
        self.walked(&draw(stream), restriction)
    }

    /// A constraint that cannot hold under the restriction, if the spans of the parameters show one.
    pub(super) fn impossible(&self, restriction: Restriction<'_>) -> Option<usize> {
        Search::impossible(self, restriction)
    }

    /// Later attempts draw more values uniformly instead of from their priors.
    fn construct_once(
        &self,
        attempt: usize,
        restriction: Restriction<'_>,
        stream: &mut Stream,
    ) -> Option<Configuration> {
        let prior = FromPrior { flat: attempt as f64 / SEARCHES as f64 };
        let mut search = Search::run(self, restriction, &prior, stream)?;
        search.mix(stream);
        Some(search.into_configuration()).filter(|c| self.satisfies(c))
    }

    /// Projects `goal` onto the constraints and searches near the result; if neither satisfies them because the projection
    /// did not converge, near a point inside.
    fn projected(
        &self,
        goal: &Configuration,
        restriction: Restriction<'_>,
        stream: &mut Stream,
    ) -> Option<Configuration> {
        let Projection { point, has_converged } = self.project(goal, restriction);
        self.settled(point, restriction, stream).or_else(|| {
            let inside = if has_converged { None } else { self.inside(goal, restriction, stream) };
            self.settled(inside?, restriction, stream)
        })
    }

    /// `near` if it satisfies the constraints, or the result of a search near it: numbers between the levels may satisfy
    /// constraints that rounded ones break.
    fn settled(&self, near: Configuration, restriction: Restriction<'_>, stream: &mut Stream) -> Option<Configuration> {
        let activity_kept = self.complete(near.0.clone(), |i| self.draw_value(i, stream)) == near;
        let allowed =
            |i: usize| near.0[i].is_none_or(|v| restriction.fixed[i].is_some() || restriction.allows(i, v, self));
        if activity_kept && (0..near.0.len()).all(allowed) && self.satisfies(&near) {
            return Some(near);
        }
        let search = Search::run(self, restriction, &Near { goal: &near.0, loose: 0.0, nearest: true }, stream)?;
        Some(search.into_configuration()).filter(|c| self.satisfies(c))
    }

    /// The next feasible configuration of a finite space, if no values are fixed.
    fn walked(&self, start: &Configuration, restriction: Restriction<'_>) -> Option<Configuration> {
        if restriction.fixed.iter().any(Option::is_some) {
            return None;
        }
        let grid = if restriction.likely { Grid::likely(self, None) } else { Grid::new(self, None) }.ok()?;
        match grid.walk(start.clone()).step(WALKED) {
            WalkStep::Found(configuration) => Some(configuration),
            WalkStep::Exhausted | WalkStep::Unfinished(_) => None,
        }
    }

    /// Replaces a configuration that breaks constraints by one near it that satisfies all of them, if a bounded search
    /// finds one. The values that move are drawn from the feasible values nearby, so that configurations far from a
    /// thin feasible set do not pile up in its corners. A feasible configuration is returned unchanged.
    pub fn repair(&self, configuration: Configuration, stream: &mut Stream) -> Option<Configuration> {
        self.moved(configuration, false, stream)
    }

    /// As [`Self::repair`], but as close to `configuration` as a bounded search allows: on the boundary of the feasible
    /// set, if it has one.
    pub fn nearest(&self, configuration: Configuration, stream: &mut Stream) -> Option<Configuration> {
        self.moved(configuration, true, stream)
    }

    /// The configuration moved onto the linear and order constraints by projection (`project`), which changes all values
    /// alike, where [`Self::nearest`] changes one after another. The activity stays, and the result may break constraints.
    pub fn projection(&self, configuration: &Configuration) -> Configuration {
        let (free, nothing) = (vec![None; self.parameters().len()], BTreeMap::new());
        let restriction = Restriction { fixed: &free, required: &nothing, likely: true };
        self.project(configuration, restriction).point
    }

    fn moved(&self, goal: Configuration, nearest: bool, stream: &mut Stream) -> Option<Configuration> {
        if self.satisfies(&goal) {
            return Some(goal);
        }
        let (free, nothing) = (vec![None; self.parameters().len()], BTreeMap::new());
        let likely = Restriction { fixed: &free, required: &nothing, likely: true };
        let restriction = Restriction { likely: !self.is_narrowed() || Search::is_open(self, likely), ..likely };
        let near = |k: usize| Near { goal: &goal.0, loose: k as f64 / REPAIRS as f64, nearest };
        let mut repaired = Vec::new();
        for k in 0..REPAIRS {
            if let Some(search) = Search::run(self, restriction, &near(k), stream) {
                repaired.extend(self.approached(search, &near(k), stream));
            }
        }
        let at = self.encode(&goal);
        let distance = |repaired: &Configuration| self.squared_distance(&self.encode(repaired), |i| at[i]);
        let closest = repaired.into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
        closest
            .or_else(|| {
                let configuration = (0..PROJECTIONS).find_map(|_| self.projected(&goal, restriction, stream))?;
                self.approached(Search::at(self, restriction, configuration), &near(0), stream)
            })
            .or_else(|| self.construct(restriction, |_| goal.clone(), stream))
    }

    /// The result of a search after it was moved towards a goal.
    fn approached(&self, mut search: Search<'_>, near: &Near<'_>, stream: &mut Stream) -> Option<Configuration> {
        search.approach(near, stream);
        Some(search.into_configuration()).filter(|c| self.satisfies(c))
    }

    /// The floats just outside the ranges of parameter `i` in forbidden combinations.
    fn forbidden_sides(&self, i: usize) -> Vec<f64> {
        let clauses = self.constraints_of()[i].iter().filter_map(|&k| match &self.constraints()[k] {
            Constraint::Forbid(clauses) => Some(clauses),
            _ => None,
        });
        clauses
            .flatten()
            .filter(|clause| clause.parameter == i)
            .flat_map(|clause| match clause.accept {
                Accept::RealRange { low, high } => vec![low.next_down(), high.next_up()],
                _ => Vec::new(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
