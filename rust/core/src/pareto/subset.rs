//! Subsets of a front with a large hypervolume.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::dominance::sorted_objectives;
use super::hypervolume::{Direction, REFERENCE, hypervolume, in_sweep};
use crate::numerics::{Purpose, Stream};

/// Number of directions that stand for the hypervolume of four objectives and more. (Measured:
/// `benches/results/objectives.md`.)
const SUBSET_DIRECTIONS: usize = 512;
/// Number of partial sums, which a processor adds at once. It divides the number of directions. Changes
/// rounding only.
const LANES: usize = 8;
const _: () = assert!(SUBSET_DIRECTIONS.is_multiple_of(LANES));

/// Indices of `count` points of a front, in the order in which they were chosen.
///
/// Each step chooses the point with the largest hypervolume improvement, which reaches at least `1 - 1/e` of the
/// hypervolume of the best subset (Guerreiro et al. 2016). The hypervolume is exact with two and three objectives; with
/// more it is that along directions ([`super::Direction`]). The order of the objectives does not matter.
pub fn greedy_subset(front: &[Vec<f64>], count: usize) -> Vec<usize> {
    let points = sorted_objectives(&normalized(front));
    if points.first().is_some_and(|point| point.len() > 3) {
        greedy(&mut DirectionalVolume::of(&points), points.len(), count)
    } else {
        greedy(&mut ExactVolume { points: &points, chosen: Vec::new(), total: 0.0 }, points.len(), count)
    }
}

/// The hypervolume of a growing set of points.
trait GrowingVolume {
    /// By how much point `i` would increase the hypervolume.
    fn improvement(&self, i: usize) -> f64;
    /// Adds point `i`.
    fn add(&mut self, i: usize);
}

/// An upper bound on a point's hypervolume improvement, and the index of the point.
#[derive(PartialEq)]
struct Improvement(f64, usize);

impl Eq for Improvement {}

impl Ord for Improvement {
    /// The larger improvement, then the smaller index.
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0).then(other.1.cmp(&self.1))
    }
}

impl PartialOrd for Improvement {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Chooses `count` of `n` points one by one.
///
/// The improvement of a point only decreases as others are chosen. A stale value is therefore an upper bound, and only
/// the point at the top of a heap must be recomputed.
fn greedy(volume: &mut impl GrowingVolume, n: usize, count: usize) -> Vec<usize> {
    let mut chosen = Vec::new();
    let mut heap: BinaryHeap<Improvement> = (0..n).map(|i| Improvement(f64::INFINITY, i)).collect();
    while chosen.len() < count
        && let Some(Improvement(_, i)) = heap.pop()
    {
        let improvement = Improvement(volume.improvement(i), i);
        if heap.peek().is_none_or(|next| improvement > *next) {
            volume.add(i);
            chosen.push(i);
        } else {
            heap.push(improvement);
        }
    }
    chosen
}

/// Exact hypervolumes of two or three objectives.
struct ExactVolume<'a> {
    points: &'a [Vec<f64>],
    /// In the order of a sweep.
    chosen: Vec<&'a [f64]>,
    total: f64,
}

impl ExactVolume<'_> {
    fn place(&self, i: usize) -> usize {
        self.chosen.partition_point(|point| in_sweep(point, &self.points[i]).is_le())
    }
}

impl GrowingVolume for ExactVolume<'_> {
    fn improvement(&self, i: usize) -> f64 {
        let mut points = self.chosen.clone();
        points.insert(self.place(i), &self.points[i]);
        hypervolume(&points) - self.total
    }

    fn add(&mut self, i: usize) {
        self.chosen.insert(self.place(i), &self.points[i]);
        self.total = hypervolume(&self.chosen);
    }
}

/// Hypervolumes along directions, up to a constant.
struct DirectionalVolume<'a> {
    points: &'a [Vec<f64>],
    /// For each objective, the scale of a distance along every direction.
    scales: Vec<Vec<f64>>,
    /// The largest volume of the chosen points along every direction.
    reached: [f64; SUBSET_DIRECTIONS],
}

impl<'a> DirectionalVolume<'a> {
    fn of(points: &'a [Vec<f64>]) -> Self {
        let scales = scales(points[0].len());
        Self { points, scales, reached: [0.0; SUBSET_DIRECTIONS] }
    }

    /// The `m`-th power of the reach of point `i` along every direction. It is computed anew each time, because the
    /// powers of all points would take 4 kB each.
    fn volumes(&self, i: usize) -> [f64; SUBSET_DIRECTIONS] {
        let point = &self.points[i];
        let mut reach = [f64::INFINITY; SUBSET_DIRECTIONS];
        for (y, scales) in point.iter().zip(&self.scales) {
            let distance = REFERENCE - y;
            reach.iter_mut().zip(scales).for_each(|(reach, scale)| *reach = reach.min(distance * scale));
        }
        let mut volumes = reach;
        for _ in 1..point.len() {
            volumes.iter_mut().zip(&reach).for_each(|(volume, reach)| *volume *= reach);
        }
        volumes
    }
}

impl GrowingVolume for DirectionalVolume<'_> {
    fn improvement(&self, i: usize) -> f64 {
        let volumes = self.volumes(i);
        let mut sums = [0.0; LANES];
        for (volumes, reached) in volumes.chunks_exact(LANES).zip(self.reached.chunks_exact(LANES)) {
            for (lane, sum) in sums.iter_mut().enumerate() {
                *sum += (volumes[lane] - reached[lane]).max(0.0);
            }
        }
        sums.iter().sum()
    }

    fn add(&mut self, i: usize) {
        let volumes = self.volumes(i);
        self.reached.iter_mut().zip(volumes).for_each(|(reached, volume)| *reached = reached.max(volume));
    }
}

/// For each objective, the inverse coordinates of all directions, which are always the same. They are divided by the
/// largest reach of a point, so that no power overflows.
fn scales(m: usize) -> Vec<Vec<f64>> {
    let mut stream = Stream::new(0, 0, Purpose::Subset, 0);
    let directions: Vec<Direction> = (0..SUBSET_DIRECTIONS).map(|_| Direction::draw(m, &mut stream)).collect();
    let farthest = REFERENCE * (m as f64).sqrt();
    (0..m).map(|k| directions.iter().map(|w| 1.0 / (w.coordinates()[k] * farthest)).collect()).collect()
}

/// Scales the finite values of each objective to [0, 1]; infinite ones are placed at the reference.
fn normalized(front: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut points = front.to_vec();
    for k in 0..front.first().map_or(0, Vec::len) {
        // Halved, so that the range cannot overflow.
        let finite = || front.iter().map(|point| 0.5 * point[k]).filter(|v| v.is_finite());
        let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        for point in &mut points {
            let share = (0.5 * point[k] - low) / (high - low);
            point[k] = if point[k].is_infinite() {
                REFERENCE
            } else if high > low {
                share
            } else {
                0.0
            };
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(n: usize, objectives: u64) -> Vec<Vec<f64>> {
        let mut stream = Stream::new(objectives, 0, Purpose::Sample, 0);
        (0..n).map(|_| (0..objectives).map(|_| stream.uniform()).collect()).collect()
    }

    /// Points on a sphere, none of which dominates another.
    fn curved(n: usize, objectives: u64) -> Vec<Vec<f64>> {
        let length = |point: &[f64]| point.iter().map(|y| y * y).sum::<f64>().sqrt();
        drawn(n, objectives).iter().map(|point| point.iter().map(|y| y / length(point)).collect()).collect()
    }

    /// The improvement of every point is computed at every step.
    fn eager(volume: &mut impl GrowingVolume, n: usize, count: usize) -> Vec<usize> {
        let mut chosen: Vec<usize> = Vec::new();
        for _ in 0..count {
            let remaining = (0..n).filter(|i| !chosen.contains(i));
            if let Some(best) = remaining.max_by_key(|i| Improvement(volume.improvement(*i), *i)) {
                volume.add(best);
                chosen.push(best);
            }
        }
        chosen
    }

    #[test]
    fn the_lazy_choice_is_the_greedy_choice() {
        for objectives in [2, 3] {
            let front = curved(30, objectives);
            let points = sorted_objectives(&normalized(&front));
            let mut volume = ExactVolume { points: &points, chosen: Vec::new(), total: 0.0 };
            assert_eq!(greedy_subset(&front, 8), eager(&mut volume, 30, 8));
        }
        let front = curved(30, 5);
        let points = sorted_objectives(&normalized(&front));
        assert_eq!(greedy_subset(&front, 8), eager(&mut DirectionalVolume::of(&points), 30, 8));
    }

    /// Of two clusters and a point between them, one of each is chosen first.
    #[test]
    fn points_far_apart_are_chosen_with_many_objectives() {
        let near = |at: [f64; 4]| (0..10).map(move |i| at.map(|y| y + 1e-4 * f64::from(i)).to_vec());
        let [first, second, middle] = [[0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0], [0.4, 0.4, 0.4, 0.4]];
        let front: Vec<Vec<f64>> = near(first).chain(near(second)).chain([middle.to_vec()]).collect();
        let mut chosen = greedy_subset(&front, 3);
        chosen.sort_unstable();
        assert_eq!(chosen, [0, 10, 20]);
    }

    #[test]
    fn the_order_of_the_objectives_does_not_matter() {
        for objectives in [2, 3, 5] {
            // With rounded values, many points have the same improvement.
            let rounded = |y: &f64| (y * 50.0).round() / 50.0;
            let front: Vec<Vec<f64>> =
                drawn(60, objectives).iter().map(|point| point.iter().map(rounded).collect()).collect();
            let turned: Vec<Vec<f64>> = front.iter().map(|y| [&y[1..], &y[..1]].concat()).collect();
            assert_eq!(greedy_subset(&front, 40), greedy_subset(&turned, 40), "{objectives} objectives");
        }
    }

    #[test]
    fn extreme_values_do_not_panic() {
        for more in 0..4 {
            let with = |a: f64, b: f64| [vec![a, b], vec![0.0; more]].concat();
            let (low, high) = (with(-1.79e308, f64::INFINITY), with(1.79e308, 0.0));
            let mut chosen = greedy_subset(&[low, high, with(0.0, 0.0), with(0.0, 0.0)], 4);
            chosen.sort_unstable();
            assert_eq!(chosen, [0, 1, 2, 3]);
        }
        assert_eq!(greedy_subset(&[], 3), [0; 0]);
    }
}
