//! Draws follow the density.

use super::super::{Dimension, Good, Points};
use super::{dimension, integer, real, stream, unordered};
use crate::numerics::{Pool, exp};
use crate::space::{Axis, Domain, Prior};

const DRAWS: usize = 8_000;

/// Chi-square statistic of a sample against expected masses, and its degrees of freedom. Adjacent bins are pooled until
/// at least 5 draws are expected.
fn chi_square(counts: &[f64], masses: &[f64]) -> (f64, f64) {
    let (mut statistic, mut freedom, mut count, mut mass) = (0.0, -1.0, 0.0, 0.0);
    let last = counts.len() - 1;
    for (i, (c, m)) in counts.iter().zip(masses).enumerate() {
        count += c;
        mass += m * DRAWS as f64;
        if mass >= 5.0 || i == last {
            statistic += (count - mass) * (count - mass) / mass.max(1e-300);
            freedom += 1.0;
            (count, mass) = (0.0, 0.0);
        }
    }
    (statistic, freedom)
}

/// A chi-square variable with any number `f` of degrees of freedom exceeds `f + 6 sqrt(2 f) + 12` with a probability
/// below 1e-7.
fn assert_fits(counts: &[f64], masses: &[f64], label: &str) {
    let (statistic, freedom) = chi_square(counts, masses);
    assert!(statistic < freedom + 6.0 * (2.0 * freedom).sqrt() + 12.0, "{label}: {statistic} with {freedom}");
}

fn fitted(dimension: &Dimension, kernels: &[f64]) -> Good {
    let trials: Vec<f64> = kernels.iter().map(|u| dimension.snap(*u)).collect();
    let weights: Vec<f64> = (0..trials.len()).map(|k| 0.25 + k as f64).collect();
    Good::fit([dimension.clone()].into(), Points::new(trials.len(), trials), &weights)
}

fn draw(good: &Good, q: f64) -> f64 {
    let mut draw = [q];
    good.draw(0, &mut draw);
    draw[0]
}

#[test]
fn drawn_levels_have_their_masses() {
    let domains = [
        integer(0, 4, false),
        integer(1, 40, true),
        Domain::Stepped { low: 0.0, high: 2.0, step: 0.1, last: 20 },
        unordered(3),
        unordered(100),
    ];
    for dimension in
        domains.iter().map(dimension).chain([dimension(&unordered(3)).deciding(), dimension(&unordered(3)).sharp()])
    {
        for kernels in [vec![], vec![0.0, 0.1], vec![1.0, 0.95, 0.2, 0.2]] {
            let good = fitted(&dimension, &kernels);
            let centers: Vec<f64> = (0..dimension.levels() as u64).map(|level| dimension.center(level)).collect();
            let masses = good.log_density(&Points::new(centers.len(), centers), &Pool::serial());
            let masses: Vec<f64> = masses.iter().map(|log| exp(*log)).collect();
            let (mut counts, mut stream) = (vec![0.0; masses.len()], stream(1));
            for _ in 0..DRAWS {
                counts[dimension.level(draw(&good, stream.uniform())) as usize] += 1.0;
            }
            assert_fits(&counts, &masses, &format!("{dimension:?} {kernels:?}"));
        }
    }
}

#[test]
fn drawn_reals_have_their_density() {
    let bins = 50;
    for prior in [
        Prior::Uniform,
        Prior::Normal { mean: 1.2, std: 0.1 },
        Prior::Histogram { edges: vec![0.0, 0.5, 0.52, 1.0], masses: vec![0.2, 0.7, 0.1] },
    ] {
        let dimension = Dimension::new(Axis::new(&real()), prior.clone());
        for kernels in [vec![], vec![0.0], vec![1.0, 0.97], vec![0.3, 0.31, 0.6]] {
            let good = fitted(&dimension, &kernels);
            let fine: Vec<f64> = (0..bins * 100).map(|i| (f64::from(i) + 0.5) / f64::from(bins * 100)).collect();
            let density = good.log_density(&Points::new(fine.len(), fine.clone()), &Pool::serial());
            let mut masses = vec![0.0; bins as usize];
            for (u, log) in fine.iter().zip(&density) {
                masses[(u * f64::from(bins)) as usize] += exp(*log) / fine.len() as f64;
            }
            let (mut counts, mut stream) = (vec![0.0; bins as usize], stream(2));
            for _ in 0..DRAWS {
                let u = draw(&good, stream.uniform());
                assert!((0.0..=1.0).contains(&u));
                counts[((u * f64::from(bins)) as usize).min(bins as usize - 1)] += 1.0;
            }
            assert_fits(&counts, &masses, &format!("{prior:?} {kernels:?}"));
        }
    }
}

#[test]
fn every_level_is_drawn() {
    for domain in [integer(0, 30, false), integer(1, 30, true), unordered(30), unordered(100)] {
        let dimension = dimension(&domain);
        let good = fitted(&dimension, &[0.0, 0.02, 0.01]);
        let mut drawn = vec![false; dimension.levels() as usize];
        let steps = 30_000;
        for i in 0..steps {
            drawn[dimension.level(draw(&good, (f64::from(i) + 0.5) / f64::from(steps))) as usize] = true;
        }
        assert!(drawn.iter().all(|s| *s), "{domain:?}");
    }
}

/// The prior kernel has a fifth of the weight, but it provides only a fifteenth as many of 300 coordinates. About a
/// fifth of its draws lie near the boundary, and hardly any others do. 96 of 30,000 are expected there, with a standard
/// deviation of 10; without the rule, 1,170.
#[test]
fn the_prior_kernel_provides_few_of_many_coordinates() {
    let d = 300;
    let dimensions: Vec<Dimension> = vec![dimension(&real()); d];
    let good = Good::fit(dimensions.into(), Points::new(4, vec![0.5; 4 * d]), &[1.0; 4]);
    let (mut stream, mut far) = (stream(5), 0);
    for j in 0..d {
        let mut draws: Vec<f64> = (0..100).map(|_| stream.uniform()).collect();
        good.draw(j, &mut draws);
        far += draws.iter().filter(|u| (**u - 0.5).abs() > 0.4).count();
    }
    assert!((40..200).contains(&far), "{far}");
}
