//! The fronts of a growing set of points.

use super::dominance::{dominates, is_dominated, lexicographic, lexicographic_order};

/// The fronts of some points, to which more points can be added.
///
/// The first front of a new point is found by binary search (Zhang, Tian, Cheng and Jin 2015, ENS-BS): if a member of
/// front `f` dominates it, so do members of all fronts before `f`. Members that it dominates move to the next front,
/// where they may dominate others, and so on (Li, Deb, Zhang and Zhang 2017, efficient non-domination level update).
/// No other point moves.
///
/// Every front is kept in lexicographic order, in which no point dominates an earlier one. A point is therefore compared
/// with members before its place to learn whether it is dominated, and with members after it to learn which of them it
/// dominates.
#[derive(Clone, Debug, Default)]
pub struct Fronts {
    /// Indices of the points of each front.
    members: Vec<Vec<usize>>,
    /// Number of points.
    n: usize,
}

impl Fronts {
    /// The indices of the points of each front.
    pub fn members(&self) -> &[Vec<usize>] {
        &self.members
    }

    /// Adds the points that follow those already added. In lexicographic order none of them displaces another.
    pub fn extend(&mut self, points: &[Vec<f64>]) {
        if self.n == 0 && points.first().is_some_and(|point| point.len() == 2) {
            self.members = fronts_of_two_objectives(points);
        } else {
            for i in lexicographic_order(points, self.n) {
                self.insert(points, i);
            }
        }
        self.n = points.len();
    }

    fn insert(&mut self, points: &[Vec<f64>], i: usize) {
        let mut rank = self.members.partition_point(|front| is_dominated(&front[..place(front, points, i)], points, i));
        let mut displaced = self.enter(rank, points, i);
        while !displaced.is_empty() {
            rank += 1;
            displaced = displaced.into_iter().flat_map(|i| self.enter(rank, points, i)).collect();
        }
    }

    /// Adds point `i`, which no member dominates, to a front, and returns the members that it displaces.
    fn enter(&mut self, rank: usize, points: &[Vec<f64>], i: usize) -> Vec<usize> {
        if rank == self.members.len() {
            self.members.push(Vec::new());
        }
        let front = &mut self.members[rank];
        let start = place(front, points, i);
        let is_displaced = |j: &&usize| dominates(&points[i], &points[**j]);
        if start == front.len() {
            front.push(i);
            return Vec::new();
        }
        if points[i].len() == 2 {
            // Those that it dominates follow one another.
            let n_displaced = front[start..].iter().take_while(is_displaced).count();
            return front.splice(start..start + n_displaced, [i]).collect();
        }
        let (displaced, kept): (Vec<usize>, Vec<usize>) = front[start..].iter().partition(is_displaced);
        front.truncate(start);
        front.push(i);
        front.extend(kept);
        displaced
    }
}

/// The fronts of points with two objectives, in O(n log n).
///
/// Along a front the second objective never increases, so in lexicographic order a point is compared with the last
/// member of each front only. All values that are compared lie side by side, because many points scattered in memory
/// would take longer to fetch than to compare.
fn fronts_of_two_objectives(points: &[Vec<f64>]) -> Vec<Vec<usize>> {
    let mut sorted: Vec<_> = points.iter().enumerate().map(|(i, point)| ([point[0], point[1]], i)).collect();
    sorted.sort_by(|(a, _), (b, _)| lexicographic(a, b));
    let (mut members, mut last): (Vec<Vec<usize>>, Vec<[f64; 2]>) = (Vec::new(), Vec::new());
    for (point, i) in sorted {
        let rank = last.partition_point(|member| dominates(member, &point));
        if rank == last.len() {
            members.push(Vec::new());
            last.push(point);
        }
        members[rank].push(i);
        last[rank] = point;
    }
    members
}

/// The front to which each point belongs.
pub fn ranks(points: &[Vec<f64>]) -> Vec<usize> {
    let mut fronts = Fronts::default();
    fronts.extend(points);
    let mut ranks = vec![0; points.len()];
    for (rank, front) in fronts.members.iter().enumerate() {
        for i in front {
            ranks[*i] = rank;
        }
    }
    ranks
}

/// The place of point `i` in a front, after equal points; usually the last one if many points are added.
fn place(front: &[usize], points: &[Vec<f64>], i: usize) -> usize {
    let is_before = |j: &usize| lexicographic(&points[*j], &points[i]).is_le();
    if front.last().is_none_or(is_before) { front.len() } else { front.partition_point(is_before) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::dominance::front;
    use super::super::dominance::tests::points;
    use super::*;

    /// Fronts by their definition.
    fn peeled(points: &[Vec<f64>]) -> Vec<usize> {
        let mut ranks = vec![usize::MAX; points.len()];
        for rank in 0..points.len() {
            let remaining: Vec<usize> = (0..points.len()).filter(|i| ranks[*i] == usize::MAX).collect();
            for i in &remaining {
                if !remaining.iter().any(|j| dominates(&points[*j], &points[*i])) {
                    ranks[*i] = rank;
                }
            }
        }
        ranks
    }

    /// The members of each front, in increasing order.
    fn sorted(fronts: &Fronts) -> Vec<Vec<usize>> {
        let mut members = fronts.members().to_vec();
        for front in &mut members {
            front.sort_unstable();
        }
        members
    }

    proptest! {
        #[test]
        fn ranks_are_the_fronts_peeled_one_by_one(points in points()) {
            let expected = peeled(&points);
            prop_assert_eq!(&ranks(&points), &expected);
            let first: Vec<usize> = (0..points.len()).filter(|i| expected[*i] == 0).collect();
            prop_assert_eq!(front(&points), first);
        }

        /// In steps of any size.
        #[test]
        fn fronts_of_a_growing_set_are_those_of_the_whole_set(
            points in points(), mut ends in prop::collection::vec(0..40usize, 0..40)
        ) {
            ends.sort_unstable();
            let (mut growing, mut whole) = (Fronts::default(), Fronts::default());
            for end in ends {
                growing.extend(&points[..end.min(points.len())]);
            }
            growing.extend(&points);
            whole.extend(&points);
            prop_assert_eq!(sorted(&growing), sorted(&whole));
        }
    }
}
