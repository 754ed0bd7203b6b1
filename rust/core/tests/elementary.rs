//! `exp`, `ln` and the block functions: error bounds, special values, and equal bits in all kernels.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use crate::golden::assert_within;
use proptest::prelude::*;
use tanteo_core::numerics::{
    Kernel, Purpose, Stream, exp, exp_slice, ln, ln_slice, log_sum_exp, log_sum_exp_single, normal, select_kernel,
};

#[test]
fn exp_is_within_one_ulp() {
    assert_within(1.0, include_str!("golden/exp.txt"), |x| exp(x[0]));
}

#[test]
fn ln_is_within_one_ulp() {
    assert_within(1.0, include_str!("golden/ln.txt"), |x| ln(x[0]));
}

#[test]
fn exp_of_special_values() {
    for (x, expected) in [
        (0.0, 1.0),
        (-0.0, 1.0),
        (f64::INFINITY, f64::INFINITY),
        (f64::NEG_INFINITY, 0.0),
        (709.79, f64::INFINITY),
        (f64::MAX, f64::INFINITY),
        (f64::MIN, 0.0),
        (-745.2, 0.0),
        (-745.13, 5e-324),
    ] {
        assert_eq!(exp(x), expected, "e^{x}");
    }
    assert!(exp(f64::NAN).is_nan());
}

#[test]
fn ln_of_special_values() {
    for zero in [0.0, -0.0] {
        assert_eq!(ln(zero), f64::NEG_INFINITY);
    }
    assert_eq!(ln(1.0).to_bits(), 0);
    assert_eq!(ln(f64::INFINITY), f64::INFINITY);
    for x in [-f64::MIN_POSITIVE, -1.0, f64::MIN, f64::NEG_INFINITY, f64::NAN] {
        assert!(ln(x).is_nan(), "ln {x}");
    }
}

#[test]
fn log_sum_exp_of_special_values() {
    const INF: f64 = f64::INFINITY;
    assert_eq!(log_sum_exp(&[]), -INF);
    assert_eq!(log_sum_exp(&[-INF; 40]), -INF);
    assert_eq!(log_sum_exp(&[0.0, INF, 1.0]), INF);
    assert!(log_sum_exp(&[0.0, f64::NAN]).is_nan());
    assert!(log_sum_exp(&[f64::NAN; 17]).is_nan());
    assert_eq!(log_sum_exp(&[1e300, 1e300]), 1e300);
    assert_eq!(log_sum_exp(&[-INF, -1000.0]), -1000.0);
    assert!((log_sum_exp(&[-1000.0; 1000]) - (ln(1000.0) - 1000.0)).abs() < 1e-12);
}

#[test]
fn log_sum_exp_single_of_special_values() {
    const INF: f64 = f64::INFINITY;
    assert_eq!(log_sum_exp_single(&[]), -INF);
    assert_eq!(log_sum_exp_single(&[-INF; 40]), -INF);
    assert!(log_sum_exp_single(&[0.0, INF]).is_nan());
    assert!(log_sum_exp_single(&[0.0, f64::NAN]).is_nan());
    assert_eq!(log_sum_exp_single(&[1e300, -1e300]), 1e300);
    assert_eq!(log_sum_exp_single(&[-INF, -1000.0]), -1000.0);
}

/// The bits of everything that a kernel computes.
fn fingerprint(xs: &[f64]) -> Vec<u64> {
    let mut exps = xs.to_vec();
    exp_slice(&mut exps);
    let lengths = [xs.len(), xs.len() / 2, 33, 16, 1];
    let sums = lengths.into_iter().flat_map(|length| [log_sum_exp, log_sum_exp_single].map(|f| f(&xs[..length])));
    let scalars = xs.iter().flat_map(|&x| [exp(x), ln(x), ln(x.abs())]);
    // The sign and payload of a NaN may differ.
    let number = |x: f64| if x.is_nan() { u64::MAX } else { x.to_bits() };
    let mut tails: Vec<f64> = xs.iter().map(|x| x.abs()).collect();
    normal::upper_tail_slice(&mut tails);
    exps.into_iter().chain(tails).chain(sums).chain(scalars).map(number).collect()
}

/// Normal numbers, random bits and special values, for vectorized loops, their remainders and scalar functions.
fn hard_numbers() -> Vec<f64> {
    let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
    let wide = (0..3001).map(|_| 1500.0 * (stream.uniform() - 0.5));
    let mut stream = Stream::new(2, 0, Purpose::Sample, 0);
    let bits = (0..1000).map(|_| f64::from_bits(stream.bits()));
    let special = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324, -745.13, 709.78, -708.4, f64::MAX];
    wide.chain(bits).chain(special).collect()
}

#[test]
fn slices_have_the_bits_of_single_numbers() {
    let number = |x: f64| if x.is_nan() { u64::MAX } else { x.to_bits() };
    let xs = hard_numbers();
    let mut logs = xs.clone();
    ln_slice(&mut logs);
    assert!(xs.iter().zip(&logs).all(|(x, log)| number(ln(*x)) == number(*log)));
    let mut quantiles: Vec<f64> = xs.iter().map(|x| x / 1500.0 + 0.5).chain([0.0, 1.0, 0.075, 0.925, 1e-300]).collect();
    let expected: Vec<u64> = quantiles.iter().map(|p| number(normal::ndtri(*p))).collect();
    normal::ndtri_slice(&mut quantiles);
    assert_eq!(quantiles.into_iter().map(number).collect::<Vec<_>>(), expected);
}

/// This is the only test of the file that selects a kernel, because the selection applies to the whole process.
#[test]
fn kernels_agree_in_every_bit() {
    let xs = hard_numbers();
    let kernels: Vec<Kernel> =
        [Kernel::Baseline, Kernel::Avx2, Kernel::Avx512].into_iter().filter(|&kernel| select_kernel(kernel)).collect();
    let fingerprints = kernels.into_iter().map(|kernel| {
        assert!(select_kernel(kernel));
        fingerprint(&xs)
    });
    let fingerprints: Vec<_> = fingerprints.collect();
    assert!(fingerprints.iter().all(|bits| *bits == fingerprints[0]));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Both are within one ulp of the exact value, so they differ by at most one double.
    #[test]
    fn exp_agrees_with_libm(x in -745.0f64..709.7) {
        prop_assert!(exp(x).to_bits().abs_diff(libm::exp(x).to_bits()) <= 1);
    }

    #[test]
    fn ln_agrees_with_libm(x in prop::num::f64::POSITIVE) {
        let (ours, theirs) = (ln(x), libm::log(x));
        prop_assert!(ours == theirs || ours.to_bits().abs_diff(theirs.to_bits()) <= 1);
    }

    #[test]
    fn slices_equal_scalars(xs in prop::collection::vec(prop::num::f64::NORMAL, 0..70)) {
        let mut exps = xs.clone();
        exp_slice(&mut exps);
        for (x, y) in xs.iter().zip(exps) {
            prop_assert_eq!(exp(*x).to_bits(), y.to_bits());
        }
    }

    /// Adding a constant to all elements adds it to the result.
    #[test]
    fn log_sum_exp_shifts(xs in prop::collection::vec(-50.0f64..50.0, 1..70), shift in -1e3f64..1e3) {
        let direct = ln(xs.iter().map(|&x| exp(x)).sum());
        let shifted: Vec<f64> = xs.iter().map(|x| x + shift).collect();
        prop_assert!((log_sum_exp(&xs) - direct).abs() < 1e-13 * (1.0 + direct.abs()));
        prop_assert!((log_sum_exp(&shifted) - shift - direct).abs() < 1e-12);
    }

    #[test]
    fn log_sum_exp_single_is_within_its_bound(xs in prop::collection::vec(-100.0f64..100.0, 1..300)) {
        let bound = (3.0 + xs.len() as f64 / 16.0) * f64::from(f32::EPSILON) + 1e-13;
        prop_assert!((log_sum_exp_single(&xs) - log_sum_exp(&xs)).abs() < bound);
    }
}
