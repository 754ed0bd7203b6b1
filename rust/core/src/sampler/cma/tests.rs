#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use super::distribution::Distribution;
use crate::numerics::{Purpose, Stream};

/// The best value after a number of generations from a corner of the cube, with `d` parameters.
fn descend(d: usize, generations: u64, f: impl Fn(&[f64]) -> f64) -> f64 {
    let population = 4 + (3.0 * crate::numerics::ln(d as f64)) as usize;
    let mut distribution = Distribution::new(vec![0.8; d], 0.2, population);
    let mut best = f64::INFINITY;
    for generation in 0..generations {
        let mut points: Vec<Vec<f64>> = (0..population as u64)
            .map(|i| distribution.draw(&mut Stream::new(1, generation * population as u64 + i, Purpose::Suggest, 0)))
            .collect();
        points.sort_by(|a, b| f(a).total_cmp(&f(b)));
        best = best.min(f(&points[0]));
        assert!(distribution.update(&points));
    }
    best
}

fn sphere(x: &[f64]) -> f64 {
    x.iter().map(|x| (x - 0.3) * (x - 0.3)).sum()
}

/// An ellipsoid with condition number 10^6 that is not aligned with the axes.
fn rotated(x: &[f64]) -> f64 {
    let sum: f64 = x.iter().map(|x| x - 0.4).sum::<f64>() / (x.len() as f64).sqrt();
    x.iter().map(|x| (x - 0.4) * (x - 0.4)).sum::<f64>() + 1e6 * sum * sum
}

#[test]
fn a_sphere_converges_linearly() {
    assert!(descend(10, 100, sphere) < 1e-3);
    assert!(descend(10, 200, sphere) < 1e-8);
    assert!(descend(10, 300, sphere) < 1e-13);
}

#[test]
fn a_rotated_ellipsoid_is_learned() {
    assert!(descend(6, 250, rotated) < 1e-9);
}

#[test]
fn many_parameters_get_a_diagonal_covariance() {
    assert!(descend(150, 300, sphere) < 1e-2);
}
