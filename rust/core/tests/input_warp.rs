//! Warps of numbers before the Gaussian process takes distances.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod golden;

use golden::assert_within;
use tanteo_core::model::gp::InputWarp;

/// The table holds `1 + w`, whose last place is 2e-16: what counts is the error beside 1.
#[test]
fn warps_are_within_32_ulp_of_one() {
    assert_within(32.0, include_str!("golden/input_warp.txt"), |x| 1.0 + InputWarp { a: x[1], b: x[2] }.of(x[0]));
}

#[test]
fn ends_stay_and_order_is_kept() {
    for (a, b) in [(1.0, 1.0), (0.106, 9.4), (9.4, 0.106), (0.106, 0.106), (9.4, 9.4)] {
        let warp = InputWarp { a, b };
        let all: Vec<f64> = (0..=1000).map(|i| warp.of(f64::from(i) / 1000.0)).collect();
        assert!(all[0] == 0.0 && all[1000] == 1.0 && all.windows(2).all(|pair| pair[0] <= pair[1]), "{a} {b}");
        assert!(warp.of(f64::NAN).is_nan());
    }
    assert!((InputWarp { a: 1.0, b: 1.0 }.of(0.3) - 0.3).abs() < 1e-15);
}
