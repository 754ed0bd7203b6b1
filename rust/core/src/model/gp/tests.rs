#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use super::hyper::Layout;
use super::objective::Objective;
use super::{Column, GaussianProcess, Inputs, half_rank};
use crate::numerics::{Purpose, Stream, exp};

/// Numeric, category, conditional numeric and conditional category; the first category decides what is active.
fn mixed(n: usize, seed: u64) -> (Inputs, Vec<f64>) {
    let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
    let mut columns = vec![Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    let mut y = Vec::new();
    for _ in 0..n {
        let (x, c) = (stream.uniform(), stream.below_or_equal(2) as f64);
        let (z, d) = (stream.uniform(), stream.below_or_equal(3) as f64);
        columns[0].push(x);
        columns[1].push(c);
        columns[2].push(if c == 0.0 { z } else { f64::NAN });
        columns[3].push(if c == 1.0 { d } else { f64::NAN });
        y.push((x - 0.3) * 3.0 + if c == 0.0 { z * z } else { 0.4 * d } + 0.1 * stream.normal());
    }
    let [a, b, c, d] = <[Vec<f64>; 4]>::try_from(columns).unwrap();
    let columns = vec![
        Column::Numeric(a),
        Column::Category { codes: b, levels: 3 },
        Column::Numeric(c),
        Column::Category { codes: d, levels: 4 },
    ];
    (Inputs::new(columns, vec![false, false, true, true]), y)
}

fn numeric(columns: Vec<Vec<f64>>) -> Inputs {
    let conditional = vec![false; columns.len()];
    Inputs::new(columns.into_iter().map(Column::Numeric).collect(), conditional)
}

#[test]
fn gradients_equal_central_differences() {
    let (inputs, y) = mixed(40, 3);
    let layout = Layout::new(inputs.conditional());
    let noise = vec![0.01; 40];
    let objective = Objective { inputs: &inputs, layout: &layout, y: &y, known_noise: &noise };
    let theta: Vec<f64> = layout.start().iter().enumerate().map(|(i, t)| t + 0.1 * i as f64).collect();
    let mut gradient = vec![0.0; layout.len()];
    objective.evaluate(&theta, &mut gradient).unwrap();
    for i in 0..layout.len() {
        let at = |step: f64| {
            let mut moved = theta.clone();
            moved[i] += step;
            objective.evaluate(&moved, &mut vec![0.0; layout.len()]).unwrap()
        };
        let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!(
            (difference - gradient[i]).abs() < 1e-5 * (1.0 + difference.abs()),
            "{i}: {difference} {}",
            gradient[i]
        );
    }
}

#[test]
fn coinciding_points_have_finite_gradients() {
    let inputs = numeric(vec![vec![0.5; 6]]);
    let layout = Layout::new(&[false]);
    let y = [0.1, -0.2, 0.0, 0.3, -0.1, 0.2];
    let objective = Objective { inputs: &inputs, layout: &layout, y: &y, known_noise: &[0.0; 6] };
    let mut gradient = vec![0.0; layout.len()];
    assert!(objective.evaluate(&layout.start(), &mut gradient).unwrap().is_finite());
    assert!(gradient.iter().all(|g| g.is_finite()));
}

#[test]
fn without_data_the_fit_is_the_mode_of_the_prior() {
    let model = GaussianProcess::fit(numeric(vec![vec![]; 8]), &[], &[]).unwrap();
    let hyper = model.hyperparameters();
    // Gamma(3, 6) has its mode at 1/3, Gamma(2, 0.15) at 1 / 0.15; the log-normal at e^-6.
    let scale = 2.0_f64.sqrt();
    assert!(hyper.lengthscales.iter().all(|l| (l / scale - 1.0 / 3.0).abs() < 2e-3), "{hyper:?}");
    assert!((hyper.s2 - 1.0 / 0.15).abs() < 0.1, "{hyper:?}");
    assert!((hyper.noise / exp(-6.0) - 1.0).abs() < 0.1, "{hyper:?}");
}

#[test]
fn predictions_interpolate_and_return_to_the_prior_far_away() {
    let xs: Vec<f64> = (0..9).map(|i| f64::from(i) / 40.0).collect();
    let y: Vec<f64> = xs.iter().map(|x| libm::sin(20.0 * x)).collect();
    let model = GaussianProcess::fit(numeric(vec![xs.clone()]), &y, &[0.0; 9]).unwrap();
    for (x, y) in xs.iter().zip(&y) {
        let at = model.predict(&[vec![*x]])[0];
        assert!((at.mean - y).abs() < 0.05 && at.variance < 0.01, "{at:?} {y}");
    }
    let far = model.predict(&[vec![1.0]])[0];
    assert!(far.variance > 0.5 * model.hyperparameters().s2);
}

#[test]
fn a_pending_point_lowers_the_variance_and_leaves_the_mean() {
    let (inputs, y) = mixed(30, 5);
    let mut model = GaussianProcess::fit(inputs, &half_rank(&y), &[0.0; 30]).unwrap();
    let point = vec![0.9, 2.0, f64::NAN, f64::NAN];
    let before = model.predict(std::slice::from_ref(&point))[0];
    model.append(&point, 0.0).unwrap();
    let after = model.predict(&[point])[0];
    assert_eq!(before.mean.to_bits(), after.mean.to_bits());
    assert!(after.variance < before.variance);
}

#[test]
fn irrelevant_parameters_get_long_lengthscales() {
    let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
    let columns: Vec<Vec<f64>> = (0..3).map(|_| (0..60).map(|_| stream.uniform()).collect()).collect();
    let y: Vec<f64> = columns[1].iter().map(|x| libm::sin(9.0 * x)).collect();
    let model = GaussianProcess::fit(numeric(columns), &half_rank(&y), &[0.0; 60]).unwrap();
    let l = &model.hyperparameters().lengthscales;
    assert!(l[0] > 2.0 * l[1] && l[2] > 2.0 * l[1], "{l:?}");
}

#[test]
fn bad_values_matter_through_their_ranks_alone() {
    let y = [0.3, 5.0, 0.1, 9.0, 0.2, 7.0, 0.25];
    let wild = [0.3, 1e300, 0.1, f64::INFINITY, 0.2, 1e301, 0.25];
    assert_eq!(half_rank(&y), half_rank(&wild));
    let scaled: Vec<f64> = y.iter().map(|y| y * 1024.0).collect();
    assert_eq!(half_rank(&y), half_rank(&scaled));
}

#[test]
fn warping_keeps_the_order_and_survives_extremes() {
    for y in [
        vec![f64::MAX, -f64::MAX, 0.0, 1.0],
        vec![5e-324, 0.0, 1e-323, 2e-323],
        vec![1.0, 1.0, 1.0, f64::INFINITY],
        vec![0.0, 0.0, 0.0, 5e-324],
        vec![1.0],
        vec![f64::INFINITY; 3],
        vec![-1e308, 1e308],
    ] {
        let warped = half_rank(&y);
        assert!(warped.iter().all(|w| w.is_finite()), "{y:?} {warped:?}");
        for i in 0..y.len() {
            for k in 0..y.len() {
                assert!(y[i] >= y[k] || warped[i] <= warped[k], "{y:?} {warped:?}");
            }
        }
    }
}

#[test]
fn prediction_gradients_equal_central_differences() {
    let (inputs, y) = mixed(35, 8);
    let mut model = GaussianProcess::fit(inputs, &half_rank(&y), &[0.0; 35]).unwrap();
    model.append(&[0.2, 0.0, 0.7, f64::NAN], 0.0).unwrap();
    let point = vec![0.4, 0.0, 0.6, f64::NAN];
    let place = super::Place { point: &point, coordinates: &[0, 2] };
    let sloped = model.sloped(&[place]).remove(0);
    let plain = model.predict(std::slice::from_ref(&point))[0];
    assert!((sloped.prediction.mean - plain.mean).abs() < 1e-10);
    assert!((sloped.prediction.variance - plain.variance).abs() < 1e-8);
    for (place, j) in [0, 2].into_iter().enumerate() {
        let at = |step: f64| {
            let mut moved = point.clone();
            moved[j] += step;
            model.predict(&[moved])[0]
        };
        let (up, down) = (at(1e-5), at(-1e-5));
        let (mean, variance) = ((up.mean - down.mean) / 2e-5, (up.variance - down.variance) / 2e-5);
        assert!((mean - sloped.mean_slope[place]).abs() < 1e-5 * (1.0 + mean.abs()));
        assert!((variance - sloped.variance_slope[place]).abs() < 1e-5 * (1.0 + variance.abs()));
    }
}
