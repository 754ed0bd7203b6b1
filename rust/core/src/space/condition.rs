//! The sets of values that conditions and forbidden combinations accept.

use serde::{Deserialize, Serialize};

use super::{Domain, Number, Value};

/// Values of a parameter: those of a parent under which a child is active, or those of a forbidden combination.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Accept {
    /// One of these levels, strictly increasing.
    Levels(Vec<u64>),
    /// A level in this closed range.
    LevelRange {
        /// First level accepted.
        first: u64,
        /// Last level accepted.
        last: u64,
    },
    /// A real value in this closed range, in the user's scale.
    RealRange {
        /// Smallest value accepted.
        low: f64,
        /// Largest value accepted.
        high: f64,
    },
}

/// A parameter is active only if `parent` is active and has an accepted value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// Index of the parent in the order of declaration.
    pub parent: usize,
    /// The parent's values under which the child is active.
    pub accept: Accept,
}

impl Accept {
    /// Exactly these values of a discrete domain.
    ///
    /// # Errors
    /// No values, a value outside the domain, or a real interval, which takes a single value with probability zero.
    pub fn values(domain: &Domain, values: &[Value]) -> Result<Self, String> {
        if matches!(domain, Domain::Real { .. }) {
            return Err(EQUALITY.to_owned());
        }
        if let Some(&v) = values.iter().find(|&&v| !domain.contains(v)) {
            return Err(domain.refusal(v));
        }
        let mut levels: Vec<u64> = values.iter().map(|v| v.to_bits()).collect();
        levels.sort_unstable();
        levels.dedup();
        let accept = Self::Levels(levels);
        accept.check(domain).map(|()| accept)
    }

    /// The values from `low` to `high` of an ordered domain. Both bounds are included; `None` means unbounded. For
    /// ordinals the bounds are positions.
    ///
    /// # Errors
    /// No value of the domain lies in the range, the range is a single point of a real interval, or the domain has no
    /// order.
    pub fn range(domain: &Domain, low: Option<Number>, high: Option<Number>) -> Result<Self, String> {
        let missed = || format!("no value between the given bounds is {domain}");
        let accept = match *domain {
            Domain::Unordered { .. } | Domain::Described { .. } => {
                return Err("choices without an order have no range; list them".to_owned());
            }
            Domain::Real { low: l, high: h, .. } => Self::RealRange {
                low: low.map_or(l, |x| x.to_f64().max(l)),
                high: high.map_or(h, |x| x.to_f64().min(h)),
            },
            _ => Self::LevelRange {
                first: low.map_or(Some(0), |x| domain.ceil_level(x)).ok_or_else(missed)?,
                last: high.map_or(domain.last_level(), |x| domain.floor_level(x)).ok_or_else(missed)?,
            },
        };
        if accept.is_empty() {
            return Err(missed());
        }
        accept.check(domain).map(|()| accept)
    }

    /// Whether the parent's value is among the accepted ones.
    pub fn contains(&self, value: Value) -> bool {
        match (self, value) {
            (Self::Levels(levels), Value::Level(k)) => levels.binary_search(&k).is_ok(),
            (Self::LevelRange { first, last }, Value::Level(k)) => (*first..=*last).contains(&k),
            (Self::RealRange { low, high }, Value::Real(x)) => (*low..=*high).contains(&x),
            _ => false,
        }
    }

    /// Whether no value is accepted.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Levels(levels) => levels.is_empty(),
            Self::LevelRange { first, last } => first > last,
            Self::RealRange { low, high } => low > high,
        }
    }

    /// The values that both accept; `self` and `other` must fit the same domain.
    pub(super) fn intersect(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Levels(levels), other) | (other, Self::Levels(levels)) => {
                Self::Levels(levels.iter().copied().filter(|&k| other.contains(Value::Level(k))).collect())
            }
            (Self::LevelRange { first: a, last: b }, Self::LevelRange { first: c, last: d }) => {
                Self::LevelRange { first: *a.max(c), last: *b.min(d) }
            }
            (Self::RealRange { low: a, high: b }, Self::RealRange { low: c, high: d }) => {
                Self::RealRange { low: a.max(*c), high: b.min(*d) }
            }
            _ => Self::Levels(Vec::new()),
        }
    }

    /// Whether each value of the domain is among those of some of `all`, which must fit it.
    pub(super) fn cover(domain: &Domain, all: &[&Self]) -> bool {
        let (first, last) = match domain.ends() {
            (Value::Level(first), Value::Level(last)) => (first, last),
            (first, last) => (in_order(domain.number(first).to_f64()), in_order(domain.number(last).to_f64())),
        };
        let spans = |accept: &&Self| match *accept {
            Self::Levels(levels) => levels.iter().map(|&k| (k, k)).collect(),
            Self::LevelRange { first, last } => vec![(*first, *last)],
            Self::RealRange { low, high } => vec![(in_order(*low), in_order(*high))],
        };
        let mut spans: Vec<(u64, u64)> = all.iter().flat_map(spans).collect();
        spans.sort_unstable();
        let mut next = first;
        for (low, high) in spans {
            if low > next {
                return false;
            }
            if high >= last {
                return true;
            }
            next = next.max(high + 1);
        }
        false
    }

    /// "one of 1, 2, 5", "from 0.5 to 1.0".
    pub(super) fn describe(&self, domain: &Domain) -> String {
        // Levels that a message names. Changes no suggestion.
        const SHOWN: usize = 8;
        match self {
            Self::Levels(levels) if levels.len() == 1 => domain.text_of(Value::Level(levels[0])),
            Self::Levels(levels) => {
                let shown: Vec<_> = levels.iter().take(SHOWN).map(|&k| domain.text_of(Value::Level(k))).collect();
                let more = if levels.len() > SHOWN { ", .." } else { "" };
                format!("one of {}{more}", shown.join(", "))
            }
            Self::LevelRange { first, last } => {
                format!("from {} to {}", domain.text_of(Value::Level(*first)), domain.text_of(Value::Level(*last)))
            }
            Self::RealRange { low, high } => format!("from {low:?} to {high:?}"),
        }
    }

    /// Checks that some value of `domain` is accepted and that no value outside it is listed.
    pub(super) fn check(&self, domain: &Domain) -> Result<(), String> {
        match (self, domain) {
            (Self::RealRange { low, high }, Domain::Real { low: l, high: h, .. }) => {
                if !(low <= high && low <= h && high >= l) {
                    return Err(format!("the range {low:?} to {high:?} misses {domain}"));
                }
                if low.max(*l) == high.min(*h) && l < h {
                    return Err(EQUALITY.to_owned());
                }
                Ok(())
            }
            (Self::RealRange { .. }, _) => Err("a range of floats does not fit a counted domain".to_owned()),
            (_, Domain::Real { .. }) => Err(EQUALITY.to_owned()),
            (Self::Levels(levels), _) => check_levels(levels, domain),
            (Self::LevelRange { .. }, Domain::Unordered { .. } | Domain::Described { .. }) => {
                Err("choices without an order have no range; list them".to_owned())
            }
            (Self::LevelRange { first, last }, _) => {
                let fits = first <= last && domain.contains(Value::Level(*last));
                let message = || format!("the levels {first} to {last} are not those of {domain}");
                if fits { Ok(()) } else { Err(message()) }
            }
        }
    }
}

/// A number that orders floats as the floats themselves, without gaps between neighbours.
fn in_order(x: f64) -> u64 {
    // Both zeros are one value.
    let bits = (x + 0.0).to_bits();
    if x < 0.0 { !bits } else { bits | 1 << 63 }
}

const EQUALITY: &str = "a continuous parameter takes a single value with probability zero; ask for a range of values";

fn check_levels(levels: &[u64], domain: &Domain) -> Result<(), String> {
    if levels.is_empty() {
        return Err("no value is accepted; list at least one".to_owned());
    }
    if !levels.is_sorted_by(|a, b| a < b) {
        return Err("the accepted levels are not strictly increasing".to_owned());
    }
    match levels.iter().find(|&&k| !domain.contains(Value::Level(k))) {
        Some(&k) => Err(domain.refusal(Value::Level(k))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn the_intersection_accepts_what_both_accept() {
        let levels = |first, last| Accept::LevelRange { first, last };
        let reals = |low, high| Accept::RealRange { low, high };
        assert_eq!(levels(1, 5).intersect(&levels(3, 9)), levels(3, 5));
        assert!(levels(1, 2).intersect(&levels(3, 9)).is_empty());
        assert_eq!(reals(0.0, 0.5).intersect(&reals(0.25, 1.0)), reals(0.25, 0.5));
        assert_eq!(Accept::Levels(vec![1, 4, 7]).intersect(&levels(2, 7)), Accept::Levels(vec![4, 7]));
        assert_eq!(levels(2, 7).intersect(&Accept::Levels(vec![1, 4])), Accept::Levels(vec![4]));
    }

    #[test]
    fn values_together_cover_a_domain_or_leave_a_gap() {
        let levels = |first, last| Accept::LevelRange { first, last };
        let integer = Domain::integer(i128::from(i64::MIN), i128::from(i64::MAX), 1, false).unwrap();
        let middle = Accept::Levels(vec![6, 7]);
        assert!(Accept::cover(&integer, &[&levels(8, u64::MAX), &middle, &levels(0, 5)]));
        assert!(Accept::cover(&integer, &[&levels(0, 9), &levels(3, 4), &levels(10, u64::MAX)]));
        assert!(!Accept::cover(&integer, &[&levels(0, 5), &levels(8, u64::MAX)]));
        assert!(!Accept::cover(&integer, &[&levels(1, u64::MAX)]) && !Accept::cover(&integer, &[&levels(0, 9)]));
        let real = Domain::real(-1.0, 1.0, false).unwrap();
        let reals = |low, high| Accept::RealRange { low, high };
        assert!(Accept::cover(&real, &[&reals(-0.0, 1.0), &reals(-1.0, 0.0)]));
        assert!(Accept::cover(&real, &[&reals(-1.0, -0.5), &reals((-0.5_f64).next_up(), 2.0)]));
        assert!(!Accept::cover(&real, &[&reals(-1.0, 0.25), &reals(0.25_f64.next_up().next_up(), 1.0)]));
        assert!(!Accept::cover(&real, &[]));
    }

    #[test]
    fn ranges_that_share_one_end_are_not_empty() {
        let touching =
            |a, b, c, d| Accept::RealRange { low: a, high: b }.intersect(&Accept::RealRange { low: c, high: d });
        assert!(!touching(0.0, 0.5, 0.5, 1.0).is_empty());
        assert!(touching(0.0, 0.25, 0.5, 1.0).is_empty());
    }

    #[test]
    fn a_range_needs_an_order_and_more_than_one_point() {
        let choices = Domain::unordered(3).unwrap();
        let message = Accept::range(&choices, Some(Number::Integer(1)), None).unwrap_err();
        assert_eq!(message, "choices without an order have no range; list them");
        let real = Domain::real(0.0, 1.0, false).unwrap();
        assert_eq!(Accept::range(&real, Some(Number::Real(1.0)), Some(Number::Real(3.0))).unwrap_err(), EQUALITY);
        let point = Domain::real(1.0, 1.0, false).unwrap();
        assert!(Accept::range(&point, None, None).is_ok(), "a constant has one value");
    }

    #[test]
    fn stored_levels_outside_the_domain_are_refused() {
        let domain = Domain::ordered(5).unwrap();
        let check = |accept: Accept| accept.check(&domain).is_ok();
        assert!(check(Accept::LevelRange { first: 2, last: 4 }) && check(Accept::Levels(vec![0, 4])));
        assert!(!check(Accept::LevelRange { first: 2, last: 5 }) && !check(Accept::LevelRange { first: 3, last: 2 }));
        for levels in [vec![], vec![2, 1], vec![2, 2], vec![5]] {
            assert!(!check(Accept::Levels(levels.clone())), "{levels:?}");
        }
    }

    #[test]
    fn accepted_values_are_listed_up_to_eight() {
        let domain = Domain::integer(10, 90, 10, false).unwrap();
        let text = |levels: &[u64]| Accept::Levels(levels.to_vec()).describe(&domain);
        assert_eq!(text(&[2]), "30");
        assert_eq!(text(&[0, 8]), "one of 10, 90");
        assert_eq!(text(&[0, 1, 2, 3, 4, 5, 6, 7]), "one of 10, 20, 30, 40, 50, 60, 70, 80");
        assert_eq!(text(&[0, 1, 2, 3, 4, 5, 6, 7, 8]), "one of 10, 20, 30, 40, 50, 60, 70, 80, ..");
    }
}
