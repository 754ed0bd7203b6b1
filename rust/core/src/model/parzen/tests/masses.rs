//! The masses of every kernel of a counted dimension sum to one.

use super::super::{Bad, Dimension, Good, Points};
use super::{dimension, integer, unordered};
use crate::numerics::{Pool, exp};
use crate::space::{Axis, Domain, Prior};

fn domains() -> Vec<Domain> {
    vec![
        integer(0, 0, false),
        integer(0, 1, false),
        integer(-3, 9, false),
        integer(1, 999, true),
        integer(1, 1, true),
        integer(16, 4080, true),
        integer(1_000_000, 3000, true),
        integer(0, 9999, false),
        Domain::Stepped { low: 0.0, high: 0.5, step: 0.05, last: 10 },
        Domain::Ordered { last: 6 },
        unordered(1),
        unordered(64),
        unordered(65),
        unordered(1000),
    ]
}

fn total(dimension: &Dimension, log_density: impl Fn(&Points) -> Vec<f64>) -> f64 {
    let centers = (0..dimension.levels() as u64).map(|level| dimension.center(level)).collect::<Vec<_>>();
    log_density(&Points::new(centers.len(), centers)).iter().map(|log| exp(*log)).sum()
}

#[test]
fn masses_of_all_levels_sum_to_one() {
    for (domain, deciding) in domains().into_iter().flat_map(|domain| [(domain.clone(), false), (domain, true)]) {
        let plain = dimension(&domain);
        let dimension = if deciding { plain.deciding() } else { plain };
        for q in [0.0, 0.003, 0.3, 0.5, 0.999, 1.0] {
            let at = dimension.snap(q);
            let good = Good::fit([dimension.clone()].into(), Points::new(1, vec![at]), &[1.0]);
            let mut bad = Bad::new(std::slice::from_ref(&dimension));
            for row in [at, at, at, dimension.snap(0.2)] {
                let slot = bad.push(&[row]);
                bad.change(&[slot], &[]);
            }
            for sum in [
                total(&dimension, |points| good.log_density(points, &Pool::serial())),
                total(&dimension, |points| bad.log_density(points, &Pool::serial())),
            ] {
                assert!((sum - 1.0).abs() < 1e-12, "{domain:?} at {q}: {sum}");
            }
        }
    }
}

#[test]
fn masses_sum_to_one_for_every_bandwidth() {
    for domain in domains().into_iter().take(10) {
        let dimension = dimension(&domain);
        for width in [0.01, 0.03, 0.1, 0.37, 1.0] {
            for q in [0.0, 0.2, 1.0] {
                let mut mixture = super::super::Mixture::new([dimension.clone()].into(), 1e-300);
                let slot = mixture.push(&[dimension.snap(q)]);
                mixture.admit(slot, 1.0);
                mixture.set_bandwidths([(slot, 0, width)]);
                let sum = total(&dimension, |points| mixture.log_density(points, &Pool::serial()));
                assert!((sum - 1.0).abs() < 1e-12, "{domain:?} at {q}, width {width}: {sum}");
            }
        }
    }
}

#[test]
fn masses_of_priors_sum_to_one() {
    let histogram = Prior::Histogram { edges: vec![0.0, 0.3, 0.35, 1.0], masses: vec![0.5, 0.0, 0.5] };
    let priors =
        [Prior::Uniform, Prior::Normal { mean: 0.9, std: 0.05 }, Prior::Normal { mean: -3.0, std: 0.5 }, histogram];
    for domain in domains() {
        for prior in &priors {
            let dimension = Dimension::new(Axis::new(&domain), prior.clone());
            let levels = 0..dimension.levels() as u64;
            let sum: f64 = levels.map(|level| exp(dimension.log_prior(dimension.center(level)))).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{domain:?} {prior:?}: {sum}");
        }
    }
    let weights = Dimension::new(Axis::new(&unordered(3)), Prior::Weights(vec![0.5, 0.0, 0.5]));
    let masses: Vec<f64> = (0..3).map(|level| exp(weights.log_prior(weights.center(level)))).collect();
    assert_eq!(masses, [0.5, 0.0, 0.5]);
}

#[test]
fn a_domain_of_64_bits_has_a_finite_density() {
    let dimension = dimension(&integer(i128::from(i64::MIN), u64::MAX, false));
    let good = Good::fit([dimension.clone()].into(), Points::new(2, vec![0.25, 0.75]), &[1.0, 1.0]);
    let points = Points::new(4, vec![0.0, 0.25, 0.5, 1.0]);
    let density = good.log_density(&points, &Pool::serial());
    assert!(density.iter().all(|log| log.is_finite()), "{density:?}");
    assert!(density[1] > density[0]);
}
