#![allow(clippy::unwrap_used, reason = "a test may panic")]

use proptest::prelude::*;

use super::*;

fn axis(domain: Result<Domain, String>) -> Axis {
    Axis::new(&domain.unwrap())
}

#[test]
fn real_bounds_and_the_middle_are_exact() {
    let extremes = [
        (0.0, 1.0, false),
        (-1e308, 1e308, false),
        (1.0, 1.0f64.next_up(), false),
        (0.0, 5e-324, false),
        (1e-5, 1e-1, true),
        (1.0, 1.0 + 1e-13, true),
        (1e5, 1e5 * (1.0 + 1e-13), true),
        (5e-324, f64::MAX, true),
        (3.0, 3.0, true),
    ];
    for (low, high, log) in extremes {
        let axis = axis(Domain::real(low, high, log));
        for x in [low, high] {
            assert_eq!(axis.from_unit(axis.to_unit(Value::Real(x))), Value::Real(x), "{low} {high}");
        }
        assert_eq!(axis.from_unit(f64::NAN), axis.from_unit(0.5));
        assert_eq!(axis.from_unit(-3.0), Value::Real(low));
        assert_eq!(axis.from_unit(f64::INFINITY), Value::Real(high));
    }
    assert_eq!(axis(Domain::real(-1e308, 1e308, false)).from_unit(0.5), Value::Real(0.0));
    let Value::Real(middle) = axis(Domain::real(1e-4, 1e-2, true)).from_unit(0.5) else { unreachable!() };
    assert!((middle - 1e-3).abs() < 1e-16);
}

#[test]
fn narrow_log_range_keeps_its_resolution() {
    let (low, high) = (1e5, 1e5 * (1.0 + 1e-13));
    let axis = axis(Domain::real(low, high, true));
    let mut x = low;
    let mut steps = 0;
    while x < high {
        let next = x.next_up();
        assert!(axis.to_unit(Value::Real(x)) < axis.to_unit(Value::Real(next)));
        (x, steps) = (next, steps + 1);
    }
    assert!(steps > 500, "{steps} floats in the range");
}

#[test]
fn cells_of_all_levels_fill_the_unit_interval() {
    for domain in [Domain::integer(1, 40, 1, true), Domain::integer(-3, 8, 2, false), Domain::stepped(0.0, 1.0, 0.3)] {
        let domain = domain.unwrap();
        let axis = Axis::new(&domain);
        let mut edge = 0.0;
        for k in 0..=domain.last_level().unwrap() {
            let (left, right) = axis.cell(Value::Level(k));
            assert_eq!(left, edge);
            assert!(left < axis.to_unit(Value::Level(k)) && axis.to_unit(Value::Level(k)) < right);
            edge = right;
        }
        assert_eq!(edge, 1.0);
    }
}

#[test]
fn log_integers_over_13_decades_round_trip() {
    let domain = Domain::integer(1, 10i128.pow(13), 1, true).unwrap();
    let axis = Axis::new(&domain);
    for v in (0..=13).map(|e| 10i128.pow(e)).flat_map(|v| [v, v + 1, 2 * v, 9 * v]).filter(|&v| v <= 10i128.pow(13)) {
        let level = Value::Level(domain.level_of_integer(v).unwrap());
        assert_eq!(axis.from_unit(axis.to_unit(level)), level, "{v}");
    }
}

#[test]
fn cells_of_64_bit_integers_are_never_empty() {
    for log in [false, true] {
        let axis = axis(Domain::integer(1, i128::from(u64::MAX), 1, log));
        for k in [0, 1, 1 << 52, 1 << 60, u64::MAX - 1] {
            let (left, right) = axis.cell(Value::Level(k));
            assert!(0.0 <= left && left < right && right <= 1.0);
        }
        assert_eq!(axis.from_unit(1.0), Value::Level(u64::MAX - 1));
    }
}

proptest! {
    #[test]
    fn levels_round_trip(last in 0u64..(1 << 50), share in 0.0..=1.0f64) {
        let axis = axis(Domain::integer(0, i128::from(last), 1, false));
        let k = Value::Level(((last as f64 * share) as u64).min(last));
        prop_assert_eq!(axis.from_unit(axis.to_unit(k)), k);
    }

    #[test]
    fn reals_round_trip_closely_and_in_order(low in -1e6..1e6f64, width in 1e-6..1e6f64, a in 0.0..=1.0f64, b in 0.0..=1.0f64) {
        let axis = axis(Domain::real(low, low + width, false));
        let (Value::Real(x), Value::Real(y)) = (axis.from_unit(a), axis.from_unit(b)) else { unreachable!() };
        prop_assert!(a > b || x <= y);
        prop_assert!((axis.to_unit(Value::Real(x)) - a).abs() <= 1e-9);
    }

    #[test]
    fn logarithms_round_trip_closely_and_in_order(low in 1e-300..1e-3f64, ratio in 1.0..600.0f64, a in 0.0..=1.0f64, b in 0.0..=1.0f64) {
        let high = low * libm::exp(ratio);
        let axis = axis(Domain::real(low, high, true));
        let (Value::Real(x), Value::Real(y)) = (axis.from_unit(a), axis.from_unit(b)) else { unreachable!() };
        prop_assert!(a + 1e-12 >= b || x < y);
        prop_assert!((axis.to_unit(Value::Real(x)) - a).abs() <= 1e-12);
    }
}
