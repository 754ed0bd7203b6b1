//! The density ratio is informative in many dimensions and does not favour the boundary.

use std::sync::Arc;

use tanteo_core::model::parzen::{Bad, Dimension, Good, Points};
use tanteo_core::numerics::{Pool, exp};
use tanteo_core::space::{Axis, Prior};

use super::{cube, optimizer, real, search, stream, tpe, unit};

#[test]
fn the_prior_kernel_does_not_dominate_the_bad_density() {
    let (d, n, n_good) = (10, 200, 25);
    let dimensions: Arc<[Dimension]> = vec![Dimension::new(Axis::new(&real()), Prior::Uniform); d].into();
    let mut total = 0.0;
    for seed in 0..10 {
        let mut stream = stream(seed);
        let mut point = || (0..d).map(|_| stream.uniform()).collect::<Vec<f64>>();
        let good: Vec<Vec<f64>> = (0..n_good).map(|_| point()).collect();
        let mut bad = Bad::new(&dimensions);
        let slots: Vec<usize> = (n_good..n).map(|_| bad.push(&point())).collect();
        bad.change(&slots, &[]);
        let good = Good::fit(dimensions.clone(), Points::from_rows(&good), &[1.0; 25]);
        let mut column = |j: usize| {
            let mut draws: Vec<f64> = (0..24).map(|_| stream.uniform()).collect();
            good.draw(j, &mut draws);
            draws
        };
        let points = Points::new(24, (0..d).flat_map(&mut column).collect());
        let weight = bad.mixture().prior_weight() / bad.mixture().total_weight();
        for (i, all) in bad.log_density(&points, &Pool::serial()).into_iter().enumerate() {
            let prior: f64 = dimensions.iter().enumerate().map(|(j, d)| d.log_prior(points.column(j)[i])).sum();
            total += weight * exp(prior - all) / 240.0;
        }
    }
    assert!(total < 0.6, "{total}");
}

/// A suggestion is near the good trials if every coordinate lies within their range, extended by three of their
/// standard deviations. Suggestions at the boundary are not.
#[test]
fn suggestions_stay_near_the_good_trials() {
    let d = 30;
    let mut optimizer = optimizer(cube(d), tpe(), 4);
    let sphere = |u: &[f64]| u.iter().map(|x| (x - 0.3) * (x - 0.3)).sum::<f64>();
    search(&mut optimizer, 100, sphere);
    let (mut inside, mut total) = (0, 0);
    for n in 100..200 {
        let mut rows: Vec<u64> = (0..n).collect();
        rows.sort_by(|a, b| {
            optimizer.history().values(0)[*a as usize].total_cmp(&optimizer.history().values(0)[*b as usize])
        });
        let good: Vec<Vec<f64>> = rows[..15].iter().map(|id| unit(&optimizer, *id)).collect();
        search(&mut optimizer, n as usize + 1, sphere);
        let suggested = unit(&optimizer, n);
        let within = |j: usize| {
            let column: Vec<f64> = good.iter().map(|u| u[j]).collect();
            let mean = column.iter().sum::<f64>() / 15.0;
            let sigma = libm::sqrt(column.iter().map(|u| (u - mean) * (u - mean)).sum::<f64>() / 15.0);
            let (low, high) = column.iter().fold((1.0, 0.0), |(l, h): (f64, f64), u| (l.min(*u), h.max(*u)));
            (low - 3.0 * sigma..=high + 3.0 * sigma).contains(&suggested[j])
        };
        total += 1;
        inside += usize::from((0..d).all(within));
    }
    assert!(inside * 5 > total * 4, "{inside} of {total}");
}
