//! The user's belief about where the optimum lies.

use serde::{Deserialize, Serialize};

use super::axis::Axis;
use super::{Domain, Number};
use crate::numerics::{exp, ln, normal};

/// A density over the unit interval of one parameter (see [`super::SearchSpace::encode`]). Use the constructors, which
/// check their arguments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Prior {
    /// No preference.
    Uniform,
    /// A normal density truncated to `[0, 1]`, in unit coordinates.
    Normal {
        /// Centre; may lie outside `[0, 1]`.
        mean: f64,
        /// Standard deviation, positive.
        std: f64,
    },
    /// A piecewise constant density on bins `edges[i]..edges[i + 1]` of the unit interval.
    Histogram {
        /// Increasing, from 0 to 1.
        edges: Vec<f64>,
        /// One mass per bin, non-negative, summing to one.
        masses: Vec<f64>,
    },
    /// One mass per level, non-negative, summing to one (choices).
    Weights(Vec<f64>),
}

/// Standard deviations in unit coordinates are clamped to `1/LARGE..=LARGE`, and the mean to at most `LARGE` standard
/// deviations from the nearer end. Beyond these limits the density is the same spike, or the same constant, to float
/// precision, and its logarithm would overflow. Changes rounding only.
const LARGE: f64 = 1e6;

impl Prior {
    /// A normal belief; `mean` and `std` in the user's scale, or of `ln x` if the domain has a log scale.
    ///
    /// # Errors
    /// A mean that is not finite, a deviation that is not positive and finite, a domain of choices.
    pub fn normal(domain: &Domain, mean: f64, std: f64) -> Result<Self, String> {
        if !domain.is_numeric() {
            return Err(format!("a normal prior needs a numeric parameter, not {domain}"));
        }
        if !(mean.is_finite() && std.is_finite() && std > 0.0) {
            return Err(format!("a normal prior needs a finite mean and a finite std > 0, found {mean:?} and {std:?}"));
        }
        if domain.is_point() {
            return Ok(Self::Uniform);
        }
        let axis = Axis::new(domain);
        let std = axis.natural_length(std).clamp(1.0 / LARGE, LARGE);
        let mean = axis.natural_to_unit(mean).clamp(-LARGE * std, 1.0 + LARGE * std);
        Ok(Self::Normal { mean, std })
    }

    /// A piecewise constant belief; `edges` in the user's scale, strictly increasing from the low to the high end of
    /// the domain, one non-negative weight per bin. For an integer or a stepped float, the first and the last edge may
    /// lie up to half a step outside; the end bins always reach to the ends of the outermost cells.
    ///
    /// # Errors
    /// Invalid edges or weights, or a domain of choices.
    pub fn histogram(domain: &Domain, edges: &[f64], weights: &[f64]) -> Result<Self, String> {
        check_edges(domain, edges)?;
        if weights.len() + 1 != edges.len() {
            return Err(format!(
                "{} edges make {} bins, found {} weights",
                edges.len(),
                edges.len() - 1,
                weights.len()
            ));
        }
        let masses = normalized(weights)?;
        let axis = Axis::new(domain);
        let mut unit: Vec<f64> =
            edges.iter().map(|&x| axis.natural_to_unit(if domain.is_log() { ln(x) } else { x })).collect();
        unit[0] = 0.0;
        unit[weights.len()] = 1.0;
        if !unit.is_sorted_by(|a, b| a < b) {
            return Err("the edges are closer together than floats can tell apart".to_owned());
        }
        Ok(Self::Histogram { edges: unit, masses })
    }

    /// One non-negative weight per choice; a choice of weight zero is never drawn.
    ///
    /// # Errors
    /// A wrong number of weights, a weight that is negative or not finite, all weights zero, a numeric domain.
    pub fn weights(domain: &Domain, weights: &[f64]) -> Result<Self, String> {
        let prior = Self::Weights(normalized(weights)?);
        prior.check(domain).map(|()| prior)
    }

    /// Checks that the numbers form a density over `domain`; those of a prior that was read from bytes may not.
    pub(super) fn check(&self, domain: &Domain) -> Result<(), String> {
        match self {
            Self::Uniform => Ok(()),
            Self::Normal { mean, std } => {
                let fits = (1.0 / LARGE..=LARGE).contains(std) && (-LARGE * std..=1.0 + LARGE * std).contains(mean);
                if fits { Ok(()) } else { Err(format!("normal prior out of range: mean {mean:?}, std {std:?}")) }
            }
            Self::Histogram { edges, masses } => {
                let bounded = edges.first() == Some(&0.0) && edges.last() == Some(&1.0);
                if !bounded || edges.len() != masses.len() + 1 || !edges.is_sorted_by(|a, b| a < b) {
                    return Err("the edges of the prior do not run from 0 to 1".to_owned());
                }
                normalized(masses).map(|_| ())
            }
            Self::Weights(masses) => check_weights(masses, domain),
        }
    }

    /// The density at `u` in `[0, 1]`.
    pub fn density(&self, u: f64) -> f64 {
        match self {
            Self::Uniform => 1.0,
            Self::Normal { mean, std } => {
                let (a, b) = (-mean / std, (1.0 - mean) / std);
                let z = (u - mean) / std;
                exp(-0.5 * z * z - 0.5 * ln(std::f64::consts::TAU) - normal::log_mass(a, b)) / std
            }
            Self::Histogram { edges, masses } => {
                let bin = edges.partition_point(|&e| e <= u).clamp(1, masses.len()) - 1;
                masses[bin] / (edges[bin + 1] - edges[bin])
            }
            Self::Weights(masses) => {
                let level = ((u * masses.len() as f64) as usize).min(masses.len() - 1);
                masses[level] * masses.len() as f64
            }
        }
    }

    /// The unit coordinate below which the mass `q` in `[0, 1]` lies. It never lies in a bin or a level without mass;
    /// for weights it is always the middle of a cell.
    pub fn quantile(&self, q: f64) -> f64 {
        self.quantile_within(q, 0.0, 1.0)
    }

    /// As [`Self::quantile`], for the density restricted to `[a, b]`; uniform if `[a, b]` has no mass.
    pub(super) fn quantile_within(&self, q: f64, a: f64, b: f64) -> f64 {
        match self {
            Self::Uniform => a + q * (b - a),
            Self::Normal { mean, std } => {
                let z = normal::truncated_quantile(q, (a - mean) / std, (b - mean) / std);
                (mean + std * z).clamp(a, b)
            }
            Self::Histogram { edges, masses } => {
                let bins =
                    edges.windows(2).zip(masses).map(|(edge, &mass)| Bin { left: edge[0], right: edge[1], mass });
                locate(bins, q, a, b).map_or(a + q * (b - a), |(bin, share)| bin.at(share))
            }
            Self::Weights(masses) => {
                let levels = masses.len() as f64;
                let cell =
                    |(k, &mass): (usize, &f64)| Bin { left: k as f64 / levels, right: (k as f64 + 1.0) / levels, mass };
                let bins = masses.iter().enumerate().map(cell);
                locate(bins, q, a, b)
                    .map_or(a + q * (b - a), |(bin, _)| ((bin.at(0.5) * levels).floor() + 0.5) / levels)
            }
        }
    }
}

/// A constant piece of a density.
#[derive(Clone, Copy)]
struct Bin {
    left: f64,
    right: f64,
    mass: f64,
}

impl Bin {
    /// The part within `[a, b]`, if it has mass.
    fn within(self, a: f64, b: f64) -> Option<Self> {
        let (left, right) = (self.left.max(a), self.right.min(b));
        let mass = self.mass * (right - left) / (self.right - self.left);
        (left < right && mass > 0.0).then_some(Self { left, right, mass })
    }

    /// The point with `share` of the width to its left, strictly below the right edge.
    fn at(self, share: f64) -> f64 {
        (self.left + share * (self.right - self.left)).min(self.right.next_down())
    }
}

/// The bin in which the cumulative mass within `[a, b]` reaches the share `q`, and the share of the bin that lies
/// below.
fn locate(bins: impl Iterator<Item = Bin> + Clone, q: f64, a: f64, b: f64) -> Option<(Bin, f64)> {
    let inside = bins.filter_map(|bin| bin.within(a, b));
    let target = q * inside.clone().map(|bin| bin.mass).sum::<f64>();
    let mut below = 0.0;
    let mut last = None;
    for bin in inside {
        let share = (target - below) / bin.mass;
        if share < 1.0 {
            return Some((bin, share.max(0.0)));
        }
        below += bin.mass;
        // Rounding may leave the total slightly below the target; the result is then the end of the last bin.
        last = Some((bin, 1.0));
    }
    last
}

/// Scales weights to sum to one. They are divided by the largest first, so that the sum cannot overflow.
fn normalized(weights: &[f64]) -> Result<Vec<f64>, String> {
    if let Some(bad) = weights.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
        return Err(format!("weights are finite and not negative, found {bad:?}"));
    }
    let largest = weights.iter().copied().fold(0.0, f64::max);
    if largest == 0.0 {
        return Err("at least one weight must be positive".to_owned());
    }
    let sum: f64 = weights.iter().map(|w| w / largest).sum();
    Ok(weights.iter().map(|w| w / largest / sum).collect())
}

fn check_weights(masses: &[f64], domain: &Domain) -> Result<(), String> {
    let Some(last) = domain.last_level().filter(|_| !domain.is_numeric()) else {
        return Err(format!("weights are for choices, not for {domain}"));
    };
    if masses.len() as u64 != last + 1 {
        return Err(format!("found {} weights for {} choices", masses.len(), last + 1));
    }
    normalized(masses).map(|_| ())
}

/// Checks that the edges are finite, increase strictly and run from end to end of the domain, within half a step.
fn check_edges(domain: &Domain, edges: &[f64]) -> Result<(), String> {
    let half_step = match *domain {
        Domain::Real { .. } => 0.0,
        Domain::Stepped { step, .. } => 0.5 * step,
        Domain::Integer { step, .. } => 0.5 * step as f64,
        Domain::Ordered { .. } | Domain::Unordered { .. } | Domain::Described { .. } => {
            return Err(format!("a histogram needs a numeric parameter, not {domain}"));
        }
    };
    if edges.len() < 2 || !edges.iter().all(|e| e.is_finite()) || !edges.is_sorted_by(|a, b| a < b) {
        return Err("a histogram needs at least two finite edges, strictly increasing".to_owned());
    }
    let (low, high) = domain.ends();
    let (low, high) = (domain.number(low), domain.number(high));
    let (first, last) = (edges[0], edges[edges.len() - 1]);
    let reaches = |edge: f64, from: f64, to: f64| (from..=to).contains(&edge);
    let fits = reaches(first, low.to_f64() - half_step, low.to_f64())
        && reaches(last, high.to_f64(), high.to_f64() + half_step);
    if fits { Ok(()) } else { Err(edges_miss(first, last, low, high)) }
}

fn edges_miss(first: f64, last: f64, low: Number, high: Number) -> String {
    let (low, high) = (low.to_f64(), high.to_f64());
    format!("the edges run from {first:?} to {last:?}, but the domain from {low:?} to {high:?}; add bins of weight 0")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;
    use crate::space::Value;

    #[test]
    fn normal_prior_is_a_density_and_quantile_inverts_it() {
        let domain = Domain::real(1e-5, 1e-1, true).unwrap();
        let prior = Prior::normal(&domain, libm::log(1e-3), 1.0).unwrap();
        let n = 20_000;
        let mut mass = 0.0;
        for i in 0..n {
            let u = (f64::from(i) + 0.5) / f64::from(n);
            let previous = mass;
            mass += prior.density(u) / f64::from(n);
            let q = prior.quantile(0.5 * (previous + mass));
            assert!((q - u).abs() < 1e-3 || prior.density(u) < 1e-2, "{u} {q}");
        }
        assert!((mass - 1.0).abs() < 1e-6);
        assert!((prior.quantile(0.5) - 0.5).abs() < 1e-6, "ln 1e-3 is the middle");
    }

    #[test]
    fn far_away_normals_stay_finite() {
        let domain = Domain::real(0.0, 1.0, false).unwrap();
        for (mean, std) in [(1e300, 1e-300), (-1e300, 1.0), (0.5, 1e-300), (0.5, 1e300), (-5.0, 1e-9)] {
            let prior = Prior::normal(&domain, mean, std).unwrap();
            for u in [0.0f64, 0.25, 0.5, 1.0] {
                assert!((0.0..=1.0).contains(&prior.quantile(u.clamp(1e-9, 1.0 - 1e-9))), "{mean} {std}");
                assert!(prior.density(u) >= 0.0);
            }
            assert_eq!(prior.check(&domain), Ok(()));
        }
    }

    #[test]
    fn histogram_of_an_integer_puts_its_mass_on_the_levels() {
        let domain = Domain::integer(1, 4, 1, false).unwrap();
        let prior = Prior::histogram(&domain, &[0.5, 2.5, 4.5], &[3.0, 1.0]).unwrap();
        let axis = Axis::new(&domain);
        let mut counts = [0; 4];
        for i in 0..800 {
            let Value::Level(k) = axis.from_unit(prior.quantile((f64::from(i) + 0.5) / 800.0)) else { unreachable!() };
            counts[k as usize] += 1;
        }
        assert_eq!(counts, [300, 300, 100, 100]);
        assert_eq!(prior.density(0.1), 1.5);
    }

    #[test]
    fn values_without_mass_are_never_drawn() {
        let domain = Domain::unordered(4).unwrap();
        let prior = Prior::weights(&domain, &[0.0, 1.0, 0.0, 3.0]).unwrap();
        let axis = Axis::new(&domain);
        for i in 0..=1000 {
            let level = axis.from_unit(prior.quantile(f64::from(i) / 1000.0));
            assert_eq!(level, Value::Level(if i < 250 { 1 } else { 3 }));
        }
        let real = Domain::real(0.0, 1.0, false).unwrap();
        let prior = Prior::histogram(&real, &[0.0, 0.5, 1.0], &[1.0, 0.0]).unwrap();
        assert!((0..=100).all(|i| prior.quantile(f64::from(i) / 100.0) < 0.5));
    }

    /// An integer of step 2 and a stepped float of step 0.5: half a step beyond the ends is allowed, and no more.
    #[test]
    fn the_edges_of_a_histogram_may_lie_half_a_step_outside() {
        let integers = Domain::integer(10, 14, 2, false).unwrap();
        let floats = Domain::stepped(0.0, 1.0, 0.5).unwrap();
        for (domain, first, last, beyond) in [(&integers, 9.0, 15.0, 0.25), (&floats, -0.25, 1.25, 0.0625)] {
            let middle = 0.5 * (first + last);
            let histogram = |low: f64, high: f64| Prior::histogram(domain, &[low, middle, high], &[1.0, 1.0]);
            assert!(histogram(first, last).is_ok());
            assert!(histogram(first - beyond, last).is_err() && histogram(first, last + beyond).is_err());
        }
        let message = Prior::histogram(&integers, &[9.0, 12.0], &[1.0]).unwrap_err();
        assert_eq!(message, "the edges run from 9.0 to 12.0, but the domain from 10.0 to 14.0; add bins of weight 0");
    }

    #[test]
    fn the_density_of_weights_is_constant_on_the_cell_of_a_level() {
        let domain = Domain::unordered(4).unwrap();
        let prior = Prior::weights(&domain, &[0.0, 1.0, 0.0, 3.0]).unwrap();
        let densities = [0.1, 0.3, 0.49, 0.6, 0.75, 1.0].map(|u| prior.density(u));
        assert_eq!(densities, [0.0, 1.0, 1.0, 0.0, 3.0, 3.0]);
    }

    /// Within [1/4, 3/4] the bins have the masses 1/8 and 3/8, so the median lies a third into the second.
    #[test]
    fn the_quantile_within_an_interval_follows_the_mass_there() {
        let real = Domain::real(0.0, 1.0, false).unwrap();
        let prior = Prior::histogram(&real, &[0.0, 0.5, 1.0], &[1.0, 3.0]).unwrap();
        assert!((prior.quantile_within(0.5, 0.25, 0.75) - (0.5 + 0.25 / 3.0)).abs() < 1e-15);
    }

    #[test]
    fn the_quantile_within_an_interval_without_mass_is_uniform() {
        let weights = Prior::weights(&Domain::unordered(2).unwrap(), &[0.0, 1.0]).unwrap();
        let real = Domain::real(0.0, 1.0, false).unwrap();
        let histogram = Prior::histogram(&real, &[0.0, 0.5, 1.0], &[0.0, 1.0]).unwrap();
        for prior in [weights, histogram] {
            assert_eq!(prior.quantile_within(0.25, 0.125, 0.375), 0.1875, "{prior:?}");
        }
    }

    #[test]
    fn stored_numbers_that_are_not_a_density_are_refused() {
        let domain = Domain::real(0.0, 1.0, false).unwrap();
        let histogram = |edges: &[f64], masses: &[f64]| {
            Prior::Histogram { edges: edges.to_vec(), masses: masses.to_vec() }.check(&domain)
        };
        assert_eq!(histogram(&[0.0, 0.5, 1.0], &[0.5, 0.5]), Ok(()));
        let edges: [&[f64]; 5] = [&[0.0, 0.5, 0.5, 1.0], &[0.0, 0.7, 0.3, 1.0], &[0.1, 1.0], &[0.0, 0.9], &[0.0, 1.0]];
        for edges in edges {
            assert!(histogram(edges, &vec![0.5; edges.len()]).is_err(), "{edges:?} has a mass too many");
        }
        for edges in &edges[..4] {
            assert!(histogram(edges, &vec![0.5; edges.len() - 1]).is_err(), "{edges:?}");
        }
        for mass in [-0.5, f64::NAN, f64::INFINITY] {
            assert!(histogram(&[0.0, 0.5, 1.0], &[1.0, mass]).is_err(), "{mass}");
        }
        // The mean may lie up to a million deviations from the nearer end.
        let normal = |mean, std| Prior::Normal { mean, std }.check(&domain);
        assert_eq!((normal(-1e-3, 1e-6), normal(-2e5, 1.0), normal(1.0 + 1e5, 0.1)), (Ok(()), Ok(()), Ok(())));
        for (mean, std) in
            [(-1.5, 1e-6), (2.5, 1e-6), (2e5, 0.1), (-2e5, 0.1), (0.5, 1e7), (0.5, 1e-7), (0.5, f64::NAN)]
        {
            assert!(normal(mean, std).is_err(), "{mean} {std}");
        }
    }

    #[test]
    fn bad_priors_are_refused() {
        let real = Domain::real(0.0, 1.0, false).unwrap();
        let choices = Domain::unordered(2).unwrap();
        assert!(Prior::normal(&real, f64::NAN, 1.0).is_err());
        assert!(Prior::normal(&real, 0.0, 0.0).is_err());
        assert!(Prior::normal(&choices, 0.0, 1.0).is_err());
        assert!(Prior::histogram(&real, &[0.0, 0.5], &[1.0]).is_err());
        assert!(Prior::histogram(&real, &[0.0, 0.5, 1.0], &[1.0]).is_err());
        assert!(Prior::histogram(&real, &[0.0, 1.0, 0.5], &[1.0, 1.0]).is_err());
        assert!(Prior::histogram(&real, &[0.0, 0.5, 0.5, 1.0], &[1.0, 1.0, 1.0]).is_err());
        assert!(Prior::histogram(&real, &[0.0, 0.7, 0.3, 1.0], &[1.0, 1.0, 1.0]).is_err());
        assert!(Prior::histogram(&real, &[0.0, f64::NAN, 1.0], &[1.0, 1.0]).is_err());
        assert!(Prior::histogram(&real, &[0.0], &[]).is_err());
        assert!(Prior::histogram(&real, &[], &[]).is_err());
        assert!(Prior::histogram(&real, &[0.0, 1.0], &[-1.0]).is_err());
        assert!(Prior::weights(&choices, &[1.0]).is_err());
        assert!(Prior::weights(&choices, &[0.0, 0.0]).is_err());
        assert!(Prior::weights(&choices, &[f64::INFINITY, 1.0]).is_err());
        assert!(Prior::weights(&real, &[1.0]).is_err());
    }
}
