//! The Gaussian process on its own: predictions at many points, and interruption.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::cell::Cell;

use tanteo_core::model::gp::{Column, FitError, GaussianProcess, Inputs};
use tanteo_core::numerics::{Purpose, Stream};

fn uniform(n: usize, seed: u64) -> Vec<f64> {
    let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
    (0..n).map(|_| stream.uniform()).collect()
}

fn points(n: usize) -> Vec<Vec<f64>> {
    uniform(n, 1).into_iter().zip(uniform(n, 2)).map(|(a, b)| vec![a, b]).collect()
}

/// Values of a linear function whose variance is half noise, so that a fit runs all of its steps.
fn noisy_slope(n: usize) -> (Inputs, Vec<f64>) {
    let (a, b, mut noise) = (uniform(n, 3), uniform(n, 4), Stream::new(5, 0, Purpose::Sample, 0));
    let y = a.iter().map(|x| 2.0 * x - 1.0 + 0.6 * noise.normal()).collect();
    (Inputs::new(vec![Column::Numeric(a), Column::Numeric(b)], vec![false; 2]), y)
}

fn model(n: usize) -> GaussianProcess {
    let (inputs, y) = noisy_slope(n);
    GaussianProcess::fit(inputs, &y, &vec![0.0; n], &|| false).unwrap()
}

#[test]
fn predictions_in_blocks_equal_those_at_once() {
    let (model, points) = (model(60), points(300));
    let predictions = model.predict_many(&points, &|| false).unwrap();
    assert_eq!(predictions, model.predict(&points));
    assert_eq!(predictions[200..203], model.predict(&points[200..203]));
    assert!(model.predict_many(&[], &|| true).unwrap().is_empty());
}

/// Number of times that `work` polls for an interruption. It must fail with the right error if it is interrupted at any
/// poll.
fn n_polls<T>(work: impl Fn(&dyn Fn() -> bool) -> Result<T, FitError>) -> usize {
    let count = |last: usize| {
        let polls = Cell::new(0);
        let result = work(&|| {
            polls.set(polls.get() + 1);
            polls.get() == last
        });
        assert_eq!(matches!(result, Err(FitError::Interrupted)), polls.get() == last, "{last}");
        polls.get()
    };
    let n = count(usize::MAX);
    assert!((1..=n).all(|last| count(last) == last));
    n
}

#[test]
fn long_operations_can_be_interrupted() {
    let (model, points) = (model(140), points(300));
    // Three blocks of points, three of covariance columns, three of the factorization, then the draws.
    assert_eq!(n_polls(|interrupted| model.predict_many(&points, interrupted)), 3);
    let stream = || Stream::new(0, 0, Purpose::Sample, 0);
    assert!(n_polls(|interrupted| model.sample(&points, 4, &mut stream(), interrupted)) >= 3 + 3 + 3 + 4);
    assert!(n_polls(|interrupted| model.leave_one_out(interrupted)) >= 4);
    let (inputs, y) = noisy_slope(140);
    let again = |interrupted: &dyn Fn() -> bool| {
        GaussianProcess::with_unless(inputs.clone(), model.theta().clone(), &y, &[0.0; 140], interrupted)
    };
    assert!(n_polls(again) >= 2);
    // Every evaluation polls before each panel of the factor and each block of the inverse.
    let fit = |interrupted: &dyn Fn() -> bool| GaussianProcess::fit(inputs.clone(), &y, &[0.0; 140], interrupted);
    assert!(n_polls(fit) >= 10 * 8);
}
