//! The normal distribution: comparison with tables of 60 digits (`golden/make_normal.py`), special values and
//! properties.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use crate::golden::{assert_within, read};
use proptest::prelude::*;
use tanteo_core::numerics::normal::{erfcx, log_mass, log_ndtr, ndtr, ndtri, truncated_quantile};

const INF: f64 = f64::INFINITY;

#[test]
fn erfcx_is_within_three_ulp() {
    assert_within(3.0, include_str!("golden/erfcx.txt"), |x| erfcx(x[0]));
}

#[test]
fn ndtr_is_within_five_ulp() {
    assert_within(5.0, include_str!("golden/ndtr.txt"), |x| ndtr(x[0]));
}

#[test]
fn log_ndtr_is_within_five_ulp() {
    assert_within(5.0, include_str!("golden/log_ndtr.txt"), |x| log_ndtr(x[0]));
}

#[test]
fn ndtri_is_within_five_ulp() {
    assert_within(5.0, include_str!("golden/ndtri.txt"), |p| ndtri(p[0]));
}

#[test]
fn log_mass_is_within_six_ulp() {
    assert_within(6.0, include_str!("golden/log_mass.txt"), |ends| log_mass(ends[0], ends[1]));
}

#[test]
fn truncated_quantile_is_within_eight_ulp() {
    for golden in read(include_str!("golden/truncated_quantile.txt")) {
        let [q, a, b] = golden.arguments[..] else { panic!("three arguments") };
        let error = (truncated_quantile(q, a, b) - golden.nearest).abs() / golden.nearest.abs().max(1.0);
        assert!(error <= 8.0 * f64::EPSILON, "{error} at {:?}", golden.arguments);
    }
}

#[test]
fn special_values() {
    assert_eq!([erfcx(INF), erfcx(-INF), erfcx(-27.0), erfcx(0.0)], [0.0, INF, INF, 1.0]);
    assert_eq!([ndtr(INF), ndtr(-INF), ndtr(-1e300), ndtr(-39.0), ndtr(0.0)], [1.0, 0.0, 0.0, 0.0, 0.5]);
    assert_eq!([log_ndtr(INF), log_ndtr(-INF), log_ndtr(f64::MIN)], [0.0, -INF, -INF]);
    assert_eq!([ndtri(0.0), ndtri(1.0), ndtri(0.5)], [-INF, INF, 0.0]);
    for nan in [erfcx(f64::NAN), ndtr(f64::NAN), log_ndtr(f64::NAN), ndtri(f64::NAN), ndtri(-0.1), ndtri(1.1)] {
        assert!(nan.is_nan());
    }
}

#[test]
fn special_intervals() {
    assert_eq!(
        [log_mass(-INF, INF), log_mass(1.0, 1.0), log_mass(-INF, -INF), log_mass(INF, INF)],
        [0.0, -INF, -INF, -INF]
    );
    assert_eq!(log_mass(-INF, -3.0), log_ndtr(-3.0));
    for (q, end) in [(0.0, -1.5), (1.0, 0.5)] {
        assert!((truncated_quantile(q, -1.5, 0.5) - end).abs() < 1e-15);
    }
    assert_eq!([truncated_quantile(0.0, -INF, INF), truncated_quantile(1.0, -INF, INF)], [-INF, INF]);
    assert_eq!([truncated_quantile(0.0, -1e5, -1e4), truncated_quantile(1.0, -1e5, -1e4)], [-1e5, -1e4]);
    assert_eq!(truncated_quantile(0.3, 2.5, 2.5), 2.5);
    assert!(truncated_quantile(f64::NAN, 0.0, 1.0).is_nan());
}

#[test]
fn the_smallest_probabilities_are_inverted() {
    for p in [5e-324, 1e-320, f64::MIN_POSITIVE] {
        assert!((log_ndtr(ndtri(p)) / libm::log(p) - 1.0).abs() < 1e-14, "{p}");
    }
}

fn end() -> impl Strategy<Value = f64> {
    prop_oneof![-5.0f64..5.0, -50.0f64..50.0, -1e8f64..1e8, Just(-INF), Just(INF), Just(0.0)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn log_ndtr_never_decreases(x in end(), step in 0.0f64..10.0) {
        let (lower, upper) = (log_ndtr(x), log_ndtr(x + step));
        prop_assert!(lower <= upper || lower - upper <= 1e-14 * upper.abs());
    }

    /// Masses of adjacent intervals add up: `mass[a, c] = mass[a, b] + mass[b, c]`.
    #[test]
    fn log_mass_is_additive(ends in [end(), end(), end()]) {
        let mut ends = ends;
        ends.sort_by(f64::total_cmp);
        let [a, b, c] = ends;
        let (whole, parts) = (log_mass(a, c), [log_mass(a, b), log_mass(b, c)]);
        let sum = tanteo_core::numerics::log_sum_exp(&parts);
        prop_assert!(whole == sum || (whole - sum).abs() <= 1e-14 * (1.0 + whole.abs()), "{whole} {sum}");
    }

    #[test]
    fn log_mass_is_symmetric(a in end(), b in end()) {
        let (a, b) = (a.min(b), a.max(b));
        prop_assert!((log_mass(a, b) - log_mass(-b, -a)).abs() <= 1e-15 || log_mass(a, b) == log_mass(-b, -a));
    }

    #[test]
    fn truncated_quantile_stays_inside(q in 0.0f64..=1.0, a in end(), b in end()) {
        let (a, b) = (a.min(b), a.max(b));
        let x = truncated_quantile(q, a, b);
        prop_assert!(a <= x && x <= b, "{x} outside [{a}, {b}]");
    }

    /// The mass below the quantile is the share `q` of the whole.
    #[test]
    fn truncated_quantile_inverts_the_mass(q in 1e-3f64..0.999, a in -20.0f64..20.0, width in 1e-2f64..40.0) {
        let b = a + width;
        let share = log_mass(a, truncated_quantile(q, a, b)) - log_mass(a, b);
        prop_assert!((share - libm::log(q)).abs() < 1e-9, "{share}");
    }
}
