//! Finds points inside linear and order constraints by linear programs.
//!
//! Where constraints are nearly parallel, [`project`](super::project) would need millions of rounds. Three linear
//! programs find a deep point of the set and the two ends of the set in a random direction; the result is a random
//! point of the triangle between them. Unlike a random direction from the deep point, its ends are far apart in a set
//! that is much longer than wide. Depth is measured in the surplus of each halfspace, so that a point is deep if it is
//! in the middle of every thin band. It is a variable of the unit box: all points at least one surplus inside every
//! halfspace are equally deep, and the random direction decides between them.

use super::Restriction;
use super::project::{Coordinate, Halfspace};
use crate::numerics::{Inequality, Stream, maximize_linear};
use crate::space::{Configuration, SearchSpace};

/// The largest cost of a coordinate where depth has the cost 1. It breaks ties, and costs less depth than is needed for
/// the rounding of sums. Changes rounding only.
const TIE: f64 = 1e-9;

impl SearchSpace {
    /// A random point that satisfies the constraints which apply to `goal`, with its activity. Discrete values are
    /// rounded, and the caller checks the result.
    pub(super) fn inside(
        &self,
        goal: &Configuration,
        restriction: Restriction<'_>,
        stream: &mut Stream,
    ) -> Option<Configuration> {
        let (mut point, halfspaces) = self.halfspaces_at(goal, restriction);
        let moving = moving(&point, &halfspaces);
        let rows: Vec<Inequality> = halfspaces.iter().map(|h| h.row(&point, &moving)).collect();
        let deep_rows: Vec<Inequality> = halfspaces.iter().map(|h| h.deep_row(&point, &moving)).collect();
        let direction: Vec<f64> = moving.iter().map(|_| 2.0 * stream.uniform() - 1.0).chain([0.0]).collect();
        let towards = |sign: f64| direction.iter().map(|d| sign * d).collect::<Vec<_>>();
        let mut downwards: Vec<f64> = towards(TIE);
        downwards[moving.len()] = 1.0;
        let deep = maximize_linear(&deep_rows, &downwards)?;
        let ends = [maximize_linear(&rows, &towards(1.0))?, maximize_linear(&rows, &towards(-1.0))?];
        // The gaps between two sorted uniform numbers are uniform over the triangle.
        let (a, b) = (stream.uniform(), stream.uniform());
        let shares = [a.min(b), (a - b).abs(), 1.0 - a.max(b)];
        for (j, &i) in moving.iter().enumerate() {
            let unit = shares[0] * deep[j] + shares[1] * ends[0][j] + shares[2] * ends[1][j];
            if let Some(c) = &mut point[i] {
                c.x = (c.low + unit * (c.high - c.low)).clamp(c.low, c.high);
            }
        }
        Some(self.with_coordinates(goal, &point))
    }
}

/// The parameters with more than one value that the halfspaces name.
fn moving(point: &[Option<Coordinate>], halfspaces: &[Halfspace]) -> Vec<usize> {
    let mut named: Vec<usize> = halfspaces.iter().flat_map(|h| h.terms.iter().map(|term| term.0)).collect();
    named.sort_unstable();
    named.dedup();
    named.retain(|&i| point[i].is_some_and(|c| c.low < c.high));
    named
}

impl Halfspace {
    /// In unit coordinates of the moving parameters, and the depth, which does not count.
    fn row(&self, point: &[Option<Coordinate>], moving: &[usize]) -> Inequality {
        let mut weights = vec![0.0; moving.len() + 1];
        let mut bound = self.bound;
        for &(i, weight) in &self.terms {
            let Some(c) = point[i] else { continue };
            bound -= weight * c.low;
            if let Ok(j) = moving.binary_search(&i) {
                weights[j] += weight * (c.high - c.low);
            }
        }
        Inequality { weights, bound }
    }

    /// As [`Self::row`], for points that are inside by the depth times the surplus.
    fn deep_row(&self, point: &[Option<Coordinate>], moving: &[usize]) -> Inequality {
        let mut row = self.row(point, moving);
        row.weights[moving.len()] = self.surplus;
        row
    }
}
