//! Where suggestions of one parameter may lie: everywhere except where its prior rules them out.
//!
//! A prior says where the optimum is expected. Without this restriction, models would look where nothing was tried,
//! above all at the ends of the range. The excluded part holds at most a ten-thousandth of the mass:
//!
//! - for a normal density, values further than 3.89 standard deviations from the mean, or the far tail if the mean lies
//!   outside the range;
//! - for a histogram or weights, the bins or levels of the lowest density, as long as it is below a hundredth of the
//!   uniform density.
//!
//! A level is excluded if its whole cell is. Fixed, enqueued and observed points may lie anywhere.

use super::Prior;

/// The excluded mass. (Half and twice: `benches/results/constants.md`.)
const UNLIKELY: f64 = 1e-4;
/// Standard deviations beyond which a normal distribution has this mass, both sides together. Follows from
/// [`UNLIKELY`].
const DEVIATIONS: f64 = 3.890_591_886_413_094;
/// Only densities below this are excluded; the uniform density is 1. (Half and twice: `benches/results/constants.md`.)
const LOW_DENSITY: f64 = 0.01;
/// An upper bound on the rounding error of a coordinate, as a fraction of the cell of a level or a bin. Changes
/// rounding only.
const MARGIN: f64 = 1e-9;
/// An upper bound on the rounding error of the coordinate of a float. Changes rounding only.
const ROUNDING: f64 = 1e-12;

/// The parts of the unit interval in which suggestions may lie: at least one, increasing and disjoint.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Likely(Vec<(f64, f64)>);

impl Likely {
    /// The region that a prior leaves.
    pub(super) fn of(prior: &Prior) -> Self {
        match prior {
            Prior::Uniform => Self(vec![(0.0, 1.0)]),
            Prior::Normal { mean, .. } if *mean < 0.0 => Self(vec![(0.0, prior.quantile(1.0 - UNLIKELY))]),
            Prior::Normal { mean, .. } if *mean > 1.0 => Self(vec![(prior.quantile(UNLIKELY), 1.0)]),
            Prior::Normal { mean, std } => {
                Self(vec![((mean - DEVIATIONS * std).max(0.0), (mean + DEVIATIONS * std).min(1.0))])
            }
            Prior::Histogram { edges, masses } => Self::of_bins(edges, masses),
            Prior::Weights(masses) => {
                let edges: Vec<f64> = (0..=masses.len()).map(|k| k as f64 / masses.len() as f64).collect();
                Self::of_bins(&edges, masses)
            }
        }
    }

    fn of_bins(edges: &[f64], masses: &[f64]) -> Self {
        let density = |k: usize| masses[k] / (edges[k + 1] - edges[k]);
        let mut order: Vec<usize> = (0..masses.len()).collect();
        order.sort_by(|a, b| density(*a).total_cmp(&density(*b)));
        let (mut excluded, mut mass) = (vec![false; masses.len()], 0.0);
        for equal in order.chunk_by(|a, b| density(*a) == density(*b)) {
            mass += equal.iter().map(|k| masses[*k]).sum::<f64>();
            if mass > UNLIKELY || density(equal[0]) >= LOW_DENSITY {
                break;
            }
            for k in equal {
                excluded[*k] = true;
            }
        }
        let mut intervals: Vec<(f64, f64)> = Vec::new();
        for k in (0..masses.len()).filter(|k| !excluded[*k]) {
            match intervals.last_mut() {
                Some(last) if last.1 == edges[k] => last.1 = edges[k + 1],
                _ => intervals.push((edges[k], edges[k + 1])),
            }
        }
        // The end of a bin may be read as a value of its neighbour.
        let inner = |(a, b): (f64, f64)| {
            let margin = MARGIN * (b - a);
            (if a > 0.0 { a + margin } else { a }, if b < 1.0 { b - margin } else { b })
        };
        Self(intervals.into_iter().map(inner).collect())
    }

    /// Whether nothing is excluded.
    pub(super) fn is_everything(&self) -> bool {
        self.0 == [(0.0, 1.0)]
    }

    /// The first and the last coordinate.
    pub(super) fn ends(&self) -> (f64, f64) {
        (self.0[0].0, self.0[self.0.len() - 1].1)
    }

    /// Whether the region contains a point, or overlaps a cell by more than rounding errors.
    pub(super) fn meets(&self, (left, right): (f64, f64)) -> bool {
        let slack = if left == right { -ROUNDING } else { MARGIN * (right - left) };
        let first = self.0.partition_point(|interval| interval.1 < left - ROUNDING);
        // The cell may only touch the first interval, so the next one is checked too.
        self.0[first..].iter().take(2).any(|(a, b)| right.min(*b) - left.max(*a) >= slack)
    }

    /// The coordinate itself if it is in the region; otherwise its mirror image in the nearest interval. A gap wider
    /// than the interval is shrunk to its width, so that distinct points stay distinct.
    pub(super) fn mirrored(&self, u: f64) -> f64 {
        let next = self.0.partition_point(|interval| interval.1 < u);
        let above = self.0.get(next).copied();
        if above.is_some_and(|(a, _)| a <= u) {
            return u;
        }
        let below = next.checked_sub(1).map(|k| self.0[k]);
        match (below, above) {
            (Some((a, b)), Some((c, d))) => {
                let half = 0.5 * (c - b);
                if u - b < half { b - (u - b) * share(b - a, half) } else { c + (c - u) * share(d - c, half) }
            }
            (Some((a, b)), None) => b - (u - b) * share(b - a, 1.0 - b),
            (None, Some((c, d))) => c + (c - u) * share(d - c, c),
            (None, None) => u,
        }
    }
}

/// The factor by which a gap is shrunk to fit into an interval.
fn share(interval: f64, gap: f64) -> f64 {
    (interval / gap).min(1.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::super::testing::parameter;
    use super::super::{Domain, Parameter, SearchSpace, Value};
    use super::*;

    fn likely(prior: &Prior) -> Vec<(f64, f64)> {
        Likely::of(prior).0
    }

    /// A space of one parameter with a prior.
    fn space_with_prior(domain: Domain, prior: Prior) -> SearchSpace {
        SearchSpace::new(vec![Parameter { prior, ..parameter("p", domain) }], Vec::new()).unwrap()
    }

    #[test]
    fn a_ten_thousandth_of_a_normal_is_excluded() {
        let mass = |prior: &Prior, (a, b): (f64, f64)| {
            let n = 40_000;
            let middle = |k: i32| a + (b - a) * (f64::from(k) + 0.5) / f64::from(n);
            (0..n).map(|k| prior.density(middle(k))).sum::<f64>() * (b - a) / f64::from(n)
        };
        for (mean, std) in [(0.5, 0.1), (0.1, 0.1), (0.0, 0.2), (-0.3, 0.1), (1.5, 0.2), (0.5, 0.01)] {
            let prior = Prior::Normal { mean, std };
            let inside = mass(&prior, likely(&prior)[0]);
            assert!((1.0 - 1.01e-4..1.0 - 0.4e-4).contains(&inside), "{mean} {std}: {inside}");
        }
        assert_eq!(likely(&Prior::Normal { mean: 0.4, std: 0.3 }), [(0.0, 1.0)]);
    }

    #[test]
    fn bins_without_mass_are_excluded_and_ends_of_low_mass_are_not() {
        let histogram = |edges: &[f64], masses: &[f64]| Prior::Histogram { edges: edges.into(), masses: masses.into() };
        let near = |intervals: Vec<(f64, f64)>, expected: &[(f64, f64)]| {
            let close = |(x, y): (&(f64, f64), &(f64, f64))| (x.0 - y.0).abs() < 1e-8 && (x.1 - y.1).abs() < 1e-8;
            assert!(intervals.len() == expected.len() && intervals.iter().zip(expected).all(close), "{intervals:?}");
        };
        near(likely(&histogram(&[0.0, 0.2, 0.4, 1.0], &[0.5, 0.0, 0.5])), &[(0.0, 0.2), (0.4, 1.0)]);
        near(likely(&histogram(&[0.0, 0.2, 0.5, 1.0], &[0.0, 0.5, 0.5])), &[(0.2, 1.0)]);
        // The first level of a million that is half as likely as the others.
        assert_eq!(likely(&histogram(&[0.0, 1e-6, 1.0], &[5e-7, 1.0 - 5e-7])), [(0.0, 1.0)]);
        assert_eq!(likely(&Prior::Weights(vec![1.0 / 30_000.0; 30_000])), [(0.0, 1.0)]);
    }

    /// Bins of mass 8e-5 and densities 2e-4 and 4e-4: both together hold more than a ten-thousandth.
    #[test]
    fn bins_of_the_lowest_density_are_excluded_up_to_a_ten_thousandth() {
        let rest = 1.0 - 1.6e-4;
        let prior = Prior::Histogram { edges: vec![0.0, 0.2, 0.6, 1.0], masses: vec![8e-5, 8e-5, rest] };
        let parts = likely(&prior);
        assert!(parts.len() == 2 && (parts[0].1 - 0.2).abs() < 1e-8 && (parts[1].0 - 0.6).abs() < 1e-8, "{parts:?}");
        let prior = Prior::Histogram { edges: vec![0.0, 0.4, 0.8, 1.0], masses: vec![8e-5, 8e-5, rest] };
        assert_eq!(likely(&prior), [(0.0, 1.0)], "bins of equal density are treated alike");
    }

    #[test]
    fn a_likely_bin_ends_just_inside_its_edges() {
        let prior = Prior::Histogram { edges: vec![0.0, 0.5, 0.51, 1.0], masses: vec![0.0, 1.0, 0.0] };
        let (a, b) = likely(&prior)[0];
        assert!(0.5 < a && a < 0.5 + 2e-11 && 0.51 - 2e-11 < b && b < 0.51, "{a} {b}");
    }

    #[test]
    fn cells_overlap_a_region_by_more_than_rounding_errors() {
        let region = Likely(vec![(0.0, 0.125), (0.25, 0.5), (0.625, 0.75)]);
        let inside = [(0.375, 0.625), (0.5, 0.5), (0.7, 0.7), (0.5 + 5e-13, 0.5 + 5e-13), (0.5 - 1e-9, 0.6)];
        assert!(inside.iter().all(|cell| region.meets(*cell)), "{:?}", inside.map(|cell| region.meets(cell)));
        let outside = [(0.5, 0.625), (0.125, 0.25), (0.55, 0.55), (0.5 + 1e-11, 0.5 + 1e-11), (0.5 - 1e-11, 0.625)];
        assert!(!outside.iter().any(|cell| region.meets(*cell)), "{:?}", outside.map(|cell| region.meets(cell)));
    }

    /// Half of the gap between the intervals is 0.2, twice the length of the first and four times that of the second.
    #[test]
    fn a_gap_is_mirrored_into_the_nearest_interval() {
        let region = Likely(vec![(0.1, 0.2), (0.6, 0.65)]);
        let expected = [
            (0.12, 0.12),
            (0.3, 0.2 - 0.1 / 2.0),
            (0.5, 0.6 + 0.1 / 4.0),
            (0.05, 0.1 + 0.05),
            (0.825, 0.65 - 0.175 / 7.0),
        ];
        for (u, mirrored) in expected {
            assert!((region.mirrored(u) - mirrored).abs() < 1e-12, "{u}: {}", region.mirrored(u));
        }
    }

    #[test]
    fn suggestions_are_likely_and_stay_distinct() {
        let real = Domain::real(0.0, 1.0, false).unwrap();
        let gap = Prior::Histogram { edges: vec![0.0, 0.2, 0.4, 0.9, 1.0], masses: vec![0.5, 0.0, 0.5, 0.0] };
        for prior in [Prior::Normal { mean: 0.7, std: 0.01 }, Prior::Normal { mean: -0.1, std: 0.02 }, gap] {
            let space = space_with_prior(real.clone(), prior);
            let values: Vec<u64> = (0..=1000).map(|k| space.likely_value(0, f64::from(k) / 1000.0).to_bits()).collect();
            assert!(values.iter().all(|x| space.is_likely(0, Value::Real(f64::from_bits(*x)))));
            let mut distinct = values;
            distinct.sort_unstable();
            distinct.dedup();
            assert!(distinct.len() > 900, "{}", distinct.len());
        }
    }

    #[test]
    fn a_level_is_reached_where_any_part_of_its_cell_is_likely() {
        let space = space_with_prior(Domain::integer(0, 9, 1, false).unwrap(), Prior::Normal { mean: 0.5, std: 0.001 });
        let reached: Vec<u64> = (0..10).filter(|k| space.is_likely(0, Value::Level(*k))).collect();
        assert_eq!(reached, [4, 5]);
        assert!((0..=100).all(|k| matches!(space.likely_value(0, f64::from(k) / 100.0), Value::Level(4 | 5))));
        let space = space_with_prior(Domain::unordered(4).unwrap(), Prior::Weights(vec![0.0, 0.5, 0.0, 0.5]));
        assert!((0..=100).all(|k| matches!(space.likely_value(0, f64::from(k) / 100.0), Value::Level(1 | 3))));
    }
}
