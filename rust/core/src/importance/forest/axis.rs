//! The coordinates of one parameter and parts of its axis.

use std::collections::BTreeSet;

use super::tree::SplitRule;
use crate::space::{Accept, Axis, Value};

/// One parameter as used by trees. The coordinate of a trial is a number, NaN if the parameter is inactive.
#[derive(Clone, Debug)]
pub(in crate::importance) enum SplitAxis {
    /// The unit coordinate.
    Ordered(Axis),
    /// The code of a choice: its index among the choices that occur in the trials or in a condition. All other choices
    /// share one further code, because nothing distinguishes them.
    Unordered {
        /// The choices with a code of their own, increasing.
        levels: Vec<u64>,
        /// The fraction of all choices under each code.
        masses: Vec<f64>,
    },
}

/// A part of the axis of one parameter.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::importance) enum AxisPart {
    /// From one unit coordinate to another.
    Interval(f64, f64),
    /// The codes that belong to it.
    Codes(Vec<bool>),
}

/// The part of an axis that a condition accepts.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::importance) enum Accepted {
    /// Disjoint intervals, increasing.
    Intervals(Vec<(f64, f64)>),
    /// The codes accepted.
    Codes(Vec<bool>),
}

/// How a part of an axis overlaps with the accepted part.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::importance) enum Overlap {
    /// All of the part is accepted.
    Inside,
    /// None of it is accepted.
    Outside,
    /// Some of it is accepted; this rule cuts along a border of the accepted part.
    Across(SplitRule),
}

impl SplitAxis {
    /// A column of unordered choices; `seen` are those that occur.
    pub(super) fn unordered(n_levels: usize, seen: BTreeSet<u64>) -> Self {
        let levels: Vec<u64> = seen.into_iter().collect();
        let mut masses = vec![1.0 / n_levels as f64; levels.len()];
        masses.push((n_levels - levels.len()) as f64 / n_levels as f64);
        Self::Unordered { levels, masses }
    }

    /// The coordinate of a value.
    pub(super) fn coordinate(&self, value: Value) -> f64 {
        match self {
            Self::Ordered(axis) => axis.to_unit(value),
            Self::Unordered { levels, .. } => levels.binary_search(&value.to_bits()).unwrap_or(levels.len()) as f64,
        }
    }

    /// The whole axis.
    pub(in crate::importance) fn whole(&self) -> AxisPart {
        match self {
            Self::Ordered(_) => AxisPart::Interval(0.0, 1.0),
            Self::Unordered { masses, .. } => AxisPart::Codes(vec![true; masses.len()]),
        }
    }

    /// The probability of a part.
    pub(in crate::importance) fn mass(&self, part: &AxisPart) -> f64 {
        match (self, part) {
            (_, AxisPart::Interval(low, high)) => high - low,
            (Self::Unordered { masses, .. }, AxisPart::Codes(codes)) => mass_of(masses, codes),
            (Self::Ordered(_), AxisPart::Codes(_)) => 0.0,
        }
    }

    /// The probability of what a condition accepts.
    pub(in crate::importance) fn mass_accepted(&self, accepted: &Accepted) -> f64 {
        match (self, accepted) {
            (_, Accepted::Intervals(intervals)) => intervals.iter().map(|(low, high)| high - low).sum(),
            (Self::Unordered { masses, .. }, Accepted::Codes(codes)) => mass_of(masses, codes),
            (Self::Ordered(_), Accepted::Codes(_)) => 0.0,
        }
    }

    /// The part of the axis that a condition accepts.
    pub(super) fn accepted(&self, accept: &Accept) -> Accepted {
        match self {
            Self::Ordered(axis) => Accepted::Intervals(intervals(axis, accept)),
            Self::Unordered { levels, masses } => {
                let mut codes = vec![false; masses.len()];
                levels.iter().zip(&mut codes).for_each(|(k, code)| *code = accept.contains(Value::Level(*k)));
                Accepted::Codes(codes)
            }
        }
    }

    /// The cut between two neighbouring coordinates of an ordered axis: the middle, moved to the border of a level if
    /// there are levels. `left` is at or below the cut, `right` above it.
    pub(super) fn between(axis: &Axis, left: f64, right: f64) -> f64 {
        let middle = left + 0.5 * (right - left);
        let (low, high) = axis.cell(axis.from_unit(middle));
        let cuts = if axis.from_unit(middle) == axis.from_unit(left) { [high, middle] } else { [low, middle] };
        cuts.into_iter().find(|cut| (left..right).contains(cut)).unwrap_or(left)
    }
}

fn mass_of(masses: &[f64], codes: &[bool]) -> f64 {
    masses.iter().zip(codes).filter(|(_, belongs)| **belongs).map(|(mass, _)| mass).sum()
}

/// The accepted intervals of an ordered axis; adjacent levels form one interval.
fn intervals(axis: &Axis, accept: &Accept) -> Vec<(f64, f64)> {
    match accept {
        Accept::RealRange { low, high } => {
            let end = |x: f64| axis.to_unit(Value::Real(x)).clamp(0.0, 1.0);
            vec![(end(*low), end(*high))]
        }
        Accept::LevelRange { first, last } => {
            vec![(axis.cell(Value::Level(*first)).0, axis.cell(Value::Level(*last)).1)]
        }
        Accept::Levels(levels) => {
            let mut joined: Vec<(f64, f64)> = Vec::new();
            for (low, high) in levels.iter().map(|k| axis.cell(Value::Level(*k))) {
                match joined.last_mut() {
                    Some(last) if low <= last.1 => last.1 = high,
                    _ => joined.push((low, high)),
                }
            }
            joined
        }
    }
}

impl AxisPart {
    /// How the part overlaps with the accepted part.
    pub(in crate::importance) fn overlap(&self, accepted: &Accepted) -> Overlap {
        match (self, accepted) {
            (Self::Interval(low, high), Accepted::Intervals(intervals)) => interval_overlap(*low, *high, intervals),
            (Self::Codes(codes), Accepted::Codes(accepted)) => {
                let both: Vec<bool> = codes.iter().zip(accepted).map(|(has, takes)| *has && *takes).collect();
                match (both == *codes, both.contains(&true)) {
                    (true, _) => Overlap::Inside,
                    (false, false) => Overlap::Outside,
                    (false, true) => Overlap::Across(SplitRule::Among(both)),
                }
            }
            _ => Overlap::Outside,
        }
    }

    /// The parts on either side of a rule.
    pub(in crate::importance) fn split(&self, rule: &SplitRule) -> (Self, Self) {
        match (self, rule) {
            (Self::Interval(low, high), SplitRule::UpTo(cut)) => {
                (Self::Interval(*low, *cut), Self::Interval(*cut, *high))
            }
            (Self::Codes(codes), SplitRule::Among(left)) => {
                let side = |wanted: bool| codes.iter().zip(left).map(|(has, l)| *has && *l == wanted).collect();
                (Self::Codes(side(true)), Self::Codes(side(false)))
            }
            _ => (self.clone(), self.clone()),
        }
    }
}

fn interval_overlap(low: f64, high: f64, intervals: &[(f64, f64)]) -> Overlap {
    if intervals.iter().any(|(a, b)| *a <= low && high <= *b) {
        return Overlap::Inside;
    }
    let border = intervals.iter().flat_map(|(a, b)| [*a, *b]).find(|border| low < *border && *border < high);
    border.map_or(Overlap::Outside, |border| Overlap::Across(SplitRule::UpTo(border)))
}
