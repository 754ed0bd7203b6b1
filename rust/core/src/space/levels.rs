//! From the user's numbers to levels, and back.

use super::stepped::SteppedGrid;
use super::{Domain, Number, Value};

/// A float within this many steps of a level is read as that level: `0.1 + 0.05` is read as `0.15`. (Half and twice:
/// `benches/results/constants.md`.)
const SNAP: f64 = 1e-9;

impl Domain {
    /// The number at `level`, as a float.
    pub fn real_value(&self, level: u64) -> f64 {
        self.number(Value::Level(level)).to_f64()
    }

    /// The integer at `level` of an integer; the level itself for a choice.
    pub fn integer_value(&self, level: u64) -> i128 {
        match self.number(Value::Level(level)) {
            Number::Integer(n) => n,
            Number::Real(x) => x as i128,
        }
    }

    /// The level of a float: exact for integers, within 10^-9 steps (or four units in the last place) for a stepped
    /// float. `None` outside the domain, between levels, and for a real interval.
    pub fn level_of(&self, x: f64) -> Option<u64> {
        match *self {
            _ if !x.is_finite() => None,
            Self::Real { .. } => None,
            Self::Stepped { low, high, step, last } => {
                let grid = SteppedGrid::new(low, high, step);
                let below = grid.floor(x.max(low), last);
                let near = |k: u64| (grid.value(k) - x).abs() <= (SNAP * step).max(x.abs() * 4.0 * f64::EPSILON);
                [below, (below + 1).min(last)].into_iter().find(|&k| near(k))
            }
            _ if x == x.floor() => self.level_of_integer(Number::Real(x).floor()),
            _ => None,
        }
    }

    /// The level of an integer; `None` outside the domain, between levels, and for floats.
    pub fn level_of_integer(&self, n: i128) -> Option<u64> {
        match *self {
            Self::Real { .. } | Self::Stepped { .. } => None,
            _ => self.floor_level(Number::Integer(n)).filter(|&k| self.integer_value(k) == n),
        }
    }

    /// Reads a float given by the user.
    ///
    /// # Errors
    /// If `x` is not in the domain; the message says what was expected.
    pub fn value_of_real(&self, x: f64) -> Result<Value, String> {
        match self {
            Self::Real { low, high, .. } => (*low..=*high).contains(&x).then_some(Value::Real(x + 0.0)),
            _ => self.level_of(x).map(Value::Level),
        }
        .ok_or_else(|| format!("{x:?} is not {self}"))
    }

    /// Reads an integer given by the user: a number for numeric domains, the zero-based position for choices.
    ///
    /// # Errors
    /// If `n` is not in the domain; the message says what was expected.
    pub fn value_of_integer(&self, n: i128) -> Result<Value, String> {
        match self {
            Self::Real { .. } | Self::Stepped { .. } => self.value_of_real(n as f64).ok(),
            _ => self.level_of_integer(n).map(Value::Level),
        }
        .ok_or_else(|| format!("{n} is not {self}"))
    }

    /// The largest level whose number does not exceed `bound`; `None` if there is no such level.
    pub fn floor_level(&self, bound: Number) -> Option<u64> {
        let last = self.last_level()?;
        match *self {
            Self::Stepped { low, high, step, .. } => {
                let x = bound.to_f64();
                (x >= low).then(|| SteppedGrid::new(low, high, step).floor(x, last))
            }
            Self::Integer { low, step, .. } => floor_step(bound.floor() - low, step, last),
            _ => floor_step(bound.floor(), 1, last),
        }
    }

    /// The smallest level whose number is not below `bound`; `None` if there is no such level.
    pub fn ceil_level(&self, bound: Number) -> Option<u64> {
        let last = self.last_level()?;
        match self.floor_level(bound) {
            None => Some(0),
            Some(k) if self.number(Value::Level(k)).compare(bound).is_ge() => Some(k),
            Some(k) => (k < last).then_some(k + 1),
        }
    }
}

fn floor_step(distance: i128, step: u64, last: u64) -> Option<u64> {
    (distance >= 0).then(|| u64::try_from(distance / i128::from(step)).map_or(last, |k| k.min(last)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn integers_of_both_64_bit_ranges_keep_their_digits() {
        for (low, high) in [(i128::from(i64::MIN), i128::from(i64::MAX)), (0, i128::from(u64::MAX))] {
            let domain = Domain::integer(low, high, 1, false).unwrap();
            assert_eq!(domain.last_level(), Some(u64::MAX));
            for n in [low, low + 1, high - 1, high, (1 << 53) + 1] {
                let level = domain.level_of_integer(n).unwrap();
                assert_eq!(domain.integer_value(level), n);
            }
            assert_eq!(domain.level_of_integer(low - 1), None);
            assert_eq!(domain.level_of_integer(high + 1), None);
        }
    }

    #[test]
    fn floats_snap_to_levels_within_the_tolerance() {
        let domain = Domain::stepped(0.0, 0.5, 0.05).unwrap();
        assert_eq!(domain.level_of(0.1 + 0.05), Some(3));
        assert_eq!(domain.level_of(0.2 + 0.1), Some(6));
        assert_eq!(domain.level_of(0.151), None);
        assert_eq!(domain.level_of(-1e-30), Some(0));
        assert_eq!(domain.level_of(0.55), None);
        assert_eq!(domain.level_of(f64::NAN), None);
        assert_eq!(domain.level_of(f64::INFINITY), None);
    }

    #[test]
    fn the_tolerance_is_a_billionth_of_a_step_or_four_units_in_the_last_place() {
        let domain = Domain::stepped(0.0, 0.5, 0.05).unwrap();
        assert_eq!(domain.level_of(0.15 - 1e-12), Some(3));
        assert_eq!(domain.level_of(0.15 + 1e-12), Some(3));
        assert_eq!(domain.level_of(0.15 + 1e-9), None);
        let far = Domain::stepped(1e8, 1e8 + 1.0, 0.125).unwrap();
        assert_eq!(far.level_of((1e8 + 0.125_f64).next_up().next_up()), Some(1));
        assert_eq!(far.level_of(1e8 + 0.125 + 5.0 * f64::EPSILON * 1e8), None);
    }

    #[test]
    fn only_a_float_without_steps_has_no_levels() {
        let real = Domain::real(-1.0, 1.0, false).unwrap();
        assert_eq!(
            (real.level_of(1.0), real.level_of_integer(1), real.floor_level(Number::Real(0.5))),
            (None, None, None)
        );
        assert_eq!(real.value_of_integer(1), Ok(Value::Real(1.0)));
        let stepped = Domain::stepped(-1.0, 1.0, 0.5).unwrap();
        assert_eq!((stepped.level_of_integer(1), stepped.value_of_integer(1)), (None, Ok(Value::Level(4))));
        assert_eq!((stepped.real_value(1), stepped.floor_level(Number::Real(-0.4))), (-0.5, Some(1)));
        assert_eq!(stepped.floor_level(Number::Real(-1.5)), None);
    }

    #[test]
    fn a_negative_zero_is_read_as_zero() {
        let domain = Domain::real(-1.0, 1.0, false).unwrap();
        let Ok(Value::Real(zero)) = domain.value_of_real(-0.0) else { unreachable!() };
        assert_eq!(zero.to_bits(), 0.0_f64.to_bits());
        assert_eq!(domain.value_of_real(0.25), Ok(Value::Real(0.25)));
    }

    #[test]
    fn floor_and_ceil_levels_enclose_a_bound() {
        let domain = Domain::integer(-5, 10, 5, false).unwrap();
        assert_eq!(domain.floor_level(Number::Real(4.5)), Some(1));
        assert_eq!(domain.ceil_level(Number::Real(4.5)), Some(2));
        assert_eq!(domain.floor_level(Number::Integer(-6)), None);
        assert_eq!(domain.ceil_level(Number::Integer(11)), None);
        assert_eq!(domain.floor_level(Number::Real(1e300)), Some(3));
        assert_eq!(domain.ceil_level(Number::Real(-1e300)), Some(0));
    }

    #[test]
    fn errors_name_the_value_and_the_domain() {
        let domain = Domain::integer(1, 8, 1, false).unwrap();
        assert_eq!(domain.value_of_integer(9).unwrap_err(), "9 is not an integer from 1 to 8");
        assert_eq!(domain.value_of_real(2.5).unwrap_err(), "2.5 is not an integer from 1 to 8");
        assert_eq!(domain.value_of_real(2.0), Ok(Value::Level(1)));
    }
}
