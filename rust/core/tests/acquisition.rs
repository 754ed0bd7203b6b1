//! Acquisition functions: comparison with tables of at least 30 digits (`golden/make_acquisition.py`), and properties.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use crate::golden::{Golden, read};
use proptest::prelude::*;
use tanteo_core::acquisition::Normal;
use tanteo_core::acquisition::expected_hypervolume::ExpectedHypervolume;
use tanteo_core::acquisition::improvement::log_h;
use tanteo_core::pareto::box_decomposition;

/// The same front is used in `make_acquisition.py`.
const FRONT: [[f64; 4]; 4] = [[0.0, 2.0, 1.0, 1.0], [1.0, 1.0, 0.5, 2.0], [2.0, 0.5, 2.0, 0.5], [1.5, 1.75, 0.25, 1.5]];
const REFERENCE: f64 = 3.0;

/// Asserts `|computed - value| <= bound max(1, |value|)` over a table.
fn assert_close(bound: f64, table: &str, function: impl Fn(&[f64]) -> f64) {
    for Golden { arguments, nearest, .. } in read(table) {
        let error = (function(&arguments) - nearest).abs() / nearest.abs().max(1.0);
        assert!(error <= bound, "{error} at {arguments:?}");
    }
}

#[test]
fn log_h_equals_high_precision_values() {
    assert_close(1e-12, include_str!("golden/log_h.txt"), |u| log_h(u[0]).0);
}

/// The derivative has a relative error of at most 1e-9 for `u` from -1e8 to 5.
#[test]
fn the_slope_of_log_h_equals_high_precision_values() {
    for Golden { arguments, nearest, .. } in read(include_str!("golden/log_h_slope.txt")) {
        let error = (log_h(arguments[0]).1 / nearest - 1.0).abs();
        assert!(error <= 1e-9, "{error} at {arguments:?}");
    }
}

proptest! {
    /// `ln h` is finite and increasing, and its slope is decreasing; for `u < -1` the slope lies between `|u|` and
    /// `|u| + 2 / |u|`.
    #[test]
    fn log_h_is_finite_and_increasing(magnitude in -3.0..9.0_f64, step in 1e-6..1e-1_f64, negative in any::<bool>()) {
        let size = libm::pow(10.0, magnitude);
        let u = if negative { -size } else { size };
        let (low, high) = (log_h(u), log_h(u + step * size));
        prop_assert!([low.0, low.1, high.0, high.1].iter().all(|x| x.is_finite()));
        prop_assert!(low.0 <= high.0 && low.1 > 0.0 && low.1 >= high.1 * (1.0 - 1e-9));
        if negative && size > 1.0 {
            prop_assert!(low.1 >= size * (1.0 - 1e-9) && low.1 <= (size + 2.0 / size) * (1.0 + 1e-9));
        }
    }
}

fn log_ehvi(arguments: &[f64]) -> f64 {
    let m = arguments.len() / 2;
    let front: Vec<Vec<f64>> = FRONT.iter().map(|point| point[..m].to_vec()).collect();
    let predictions: Vec<Normal> = (0..m).map(|k| Normal { mean: arguments[k], std: arguments[m + k] }).collect();
    ExpectedHypervolume::new(&box_decomposition(&front, &vec![REFERENCE; m])).log_improvement(&predictions).value
}

#[test]
fn log_ehvi_equals_quadrature() {
    assert_close(1e-10, include_str!("golden/log_ehvi_2.txt"), log_ehvi);
    assert_close(1e-10, include_str!("golden/log_ehvi_3.txt"), log_ehvi);
    assert_close(1e-10, include_str!("golden/log_ehvi_4.txt"), log_ehvi);
}
