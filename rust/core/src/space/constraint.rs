//! Known constraints on the inputs.

use serde::{Deserialize, Serialize};

use super::{Accept, Number, Parameter, Value};

/// One clause of a forbidden combination.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    /// Index of the parameter.
    pub parameter: usize,
    /// Its values in the combination.
    pub accept: Accept,
}

/// A known constraint. It applies only to configurations in which every parameter it names is active.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Constraint {
    /// `lower <= sum of weight * value <= upper`, over numeric parameters in the user's scale.
    ///
    /// The sum is exact if all parameters and all weights are integers. Otherwise it is the float sum in the order of
    /// the terms, as the user would write it. Bounds have no tolerance, except for an equation over floats, which few
    /// floats solve exactly: see [`EQUATION_TOLERANCE`].
    Linear {
        /// `(parameter, weight)`.
        terms: Vec<(usize, f64)>,
        /// Lower bound, possibly minus infinity.
        lower: f64,
        /// Upper bound, possibly infinity.
        upper: f64,
    },
    /// `left <= right`, or `left < right` if `strict`; two numeric parameters, or two ordinals by level.
    Order {
        /// Index of the smaller parameter.
        left: usize,
        /// Index of the larger parameter.
        right: usize,
        /// Whether equality is excluded.
        strict: bool,
    },
    /// The clauses must not all hold.
    Forbid(Vec<Clause>),
}

/// The relative tolerance of equations. A linear constraint whose bounds differ by no more than this is an equation. It
/// holds if its error is at most this fraction of its largest bound or term. It is the default of Python's
/// `math.isclose`. (Half and twice: `benches/results/constants.md`.)
pub const EQUATION_TOLERANCE: f64 = 1e-9;
/// The part of its bound by which the sum of an equation over floats may be off if its values were measured, and so
/// rounded. A choice, not measured.
pub const MEASURED_TOLERANCE: f64 = 0.05;
/// Weights up to here are summed exactly if they are integers. Follows from the digits of floats: it is less than 2^53.
const MAX_EXACT_WEIGHT: f64 = 9e15;

impl Constraint {
    /// The indices of the parameters it names, possibly repeated.
    pub fn parameters(&self) -> Vec<usize> {
        match self {
            Self::Linear { terms, .. } => terms.iter().map(|t| t.0).collect(),
            Self::Order { left, right, .. } => vec![*left, *right],
            Self::Forbid(clauses) => clauses.iter().map(|c| c.parameter).collect(),
        }
    }

    /// Whether it holds, or does not apply because a parameter it names is inactive.
    pub(super) fn holds(&self, parameters: &[Parameter], values: &[Option<Value>]) -> bool {
        self.holds_within(parameters, values, 0.0)
    }

    /// As [`Self::holds`], where the sum of an equation over floats may be off by this part of its bound.
    pub(super) fn holds_within(&self, parameters: &[Parameter], values: &[Option<Value>], off: f64) -> bool {
        let number = |i: usize| values[i].map(|v| parameters[i].domain.number(v));
        match self {
            Self::Linear { terms, lower, upper } => {
                let weighted: Option<Vec<_>> = terms.iter().map(|&(i, w)| number(i).map(|n| (w, n))).collect();
                weighted.is_none_or(|weighted| linear_holds(&weighted, *lower, *upper, off))
            }
            Self::Order { left, right, strict } => match (number(*left), number(*right)) {
                (Some(a), Some(b)) if *strict => a.compare(b).is_lt(),
                (Some(a), Some(b)) => a.compare(b).is_le(),
                _ => true,
            },
            Self::Forbid(clauses) => clauses.iter().any(|c| values[c.parameter].is_none_or(|v| !c.accept.contains(v))),
        }
    }

    /// The sum that an equation with weights of one asks for, if these numbers miss it by more than
    /// [`MEASURED_TOLERANCE`]. They may lie outside of their domains; where one is missing, nothing is missed.
    pub fn missed_sum(&self, numbers: &[Option<f64>]) -> Option<f64> {
        let Self::Linear { terms, lower, upper } = self else { return None };
        let is_sum = is_equation(*lower, *upper) && *upper != 0.0 && terms.iter().all(|term| term.1 == 1.0);
        let sum: f64 = terms.iter().map(|term| numbers[term.0]).sum::<Option<f64>>()?;
        (is_sum && (sum - upper).abs() > MEASURED_TOLERANCE * upper.abs()).then_some(*upper)
    }

    /// The constraint as the user would write it.
    pub(super) fn describe(&self, parameters: &[Parameter]) -> String {
        match self {
            Self::Linear { terms, lower, upper } => describe_linear(terms, *lower, *upper, parameters),
            Self::Order { left, right, strict } => {
                let sign = if *strict { "<" } else { "<=" };
                format!("{} {sign} {}", parameters[*left].name, parameters[*right].name)
            }
            Self::Forbid(clauses) => {
                let describe_clause = |c: &Clause| {
                    let p = &parameters[c.parameter];
                    format!("{} {}", p.name, c.accept.describe(&p.domain))
                };
                format!("not ({})", clauses.iter().map(describe_clause).collect::<Vec<_>>().join(" and "))
            }
        }
    }
}

fn linear_holds(weighted: &[(f64, Number)], lower: f64, upper: f64, off: f64) -> bool {
    if let Some(sum) = exact_sum(weighted) {
        let sum = Number::Integer(sum);
        return sum.compare(Number::Real(lower)).is_ge() && sum.compare(Number::Real(upper)).is_le();
    }
    let products = weighted.iter().map(|(w, n)| w * n.to_f64());
    let tolerance = if is_equation(lower, upper) {
        let bound = lower.abs().max(upper.abs());
        let rounding = products.clone().fold(bound, |largest, x| largest.max(x.abs())) * EQUATION_TOLERANCE;
        let are_floats = weighted.iter().all(|(_, number)| matches!(number, Number::Real(_)));
        if are_floats { rounding.max(off * bound) } else { rounding }
    } else {
        0.0
    };
    let sum: f64 = products.sum();
    lower - tolerance <= sum && sum <= upper + tolerance
}

/// Whether the bounds leave a single point, up to [`EQUATION_TOLERANCE`].
pub(super) fn is_equation(lower: f64, upper: f64) -> bool {
    upper - lower <= EQUATION_TOLERANCE * lower.abs().min(upper.abs())
}

/// A weight as an integer, if it is one that floats represent exactly.
pub(super) fn integer_weight(weight: f64) -> Option<i128> {
    (weight.fract() == 0.0 && weight.abs() < MAX_EXACT_WEIGHT).then_some(weight as i128)
}

/// The exact sum if all numbers and weights are integers and it does not overflow: 64-bit values keep all their digits.
fn exact_sum(weighted: &[(f64, Number)]) -> Option<i128> {
    weighted.iter().try_fold(0i128, |sum, (w, number)| match number {
        Number::Integer(n) => sum.checked_add(integer_weight(*w)?.checked_mul(*n)?),
        Number::Real(_) => None,
    })
}

fn describe_linear(terms: &[(usize, f64)], lower: f64, upper: f64, parameters: &[Parameter]) -> String {
    let term = |(k, (i, weight)): (usize, &(usize, f64))| {
        let sign = match (k, *weight < 0.0) {
            (0, false) => "",
            (0, true) => "-",
            (_, false) => " + ",
            (_, true) => " - ",
        };
        let factor = if weight.abs() == 1.0 { String::new() } else { format!("{:?}*", weight.abs()) };
        format!("{sign}{factor}{}", parameters[*i].name)
    };
    let sum: String = terms.iter().enumerate().map(term).collect();
    match (lower.is_finite(), upper.is_finite()) {
        _ if lower == upper => format!("{sum} = {lower:?}"),
        (true, true) => format!("{lower:?} <= {sum} <= {upper:?}"),
        (true, false) => format!("{sum} >= {lower:?}"),
        _ => format!("{sum} <= {upper:?}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::super::Domain;
    use super::super::testing::parameter;
    use super::*;

    fn ints() -> Vec<Parameter> {
        let domain = Domain::integer(i128::from(i64::MIN), i128::from(i64::MAX), 1, false).unwrap();
        vec![parameter("a", domain.clone()), parameter("b", domain)]
    }

    #[test]
    fn sums_of_64_bit_integers_are_exact() {
        let equal = Constraint::Linear { terms: vec![(0, 1.0), (1, -1.0)], lower: 0.0, upper: 0.0 };
        let p = ints();
        assert!(equal.holds(&p, &[Some(Value::Level(u64::MAX)), Some(Value::Level(u64::MAX))]));
        assert!(!equal.holds(&p, &[Some(Value::Level(u64::MAX)), Some(Value::Level(u64::MAX - 1))]));
        assert!(equal.holds(&p, &[Some(Value::Level(0)), None]), "it does not apply");
    }

    #[test]
    fn equations_over_floats_have_a_tolerance_and_inequalities_none() {
        let real = Domain::real(0.0, 1.0, false).unwrap();
        let p = vec![parameter("a", real.clone()), parameter("b", real)];
        let values = [Some(Value::Real(0.1)), Some(Value::Real(0.2))];
        let terms = vec![(0, 1.0), (1, 1.0)];
        assert!(Constraint::Linear { terms: terms.clone(), lower: 0.3, upper: 0.3 }.holds(&p, &values));
        assert!(!Constraint::Linear { terms: terms.clone(), lower: f64::NEG_INFINITY, upper: 0.3 }.holds(&p, &values));
        let between = Constraint::Linear { terms, lower: 0.1, upper: 0.3 };
        assert!(!between.holds(&p, &values), "two bounds that differ are no equation");
    }

    #[test]
    fn measured_sums_of_floats_may_be_rounded_and_no_others() {
        let domains = [Domain::real(0.0, 100.0, false).unwrap(), Domain::integer(0, 100, 1, false).unwrap()];
        let p: Vec<_> = [0, 0, 1, 1].map(|k: usize| parameter("x", domains[k].clone())).into();
        let [a, b] = [48.0, 50.0].map(|value| Some(Value::Real(value)));
        let values = [a, b, Some(Value::Level(48)), Some(Value::Level(50))];
        let holds = |terms: [usize; 2], weight: f64, lower: f64, upper: f64| {
            let sum = Constraint::Linear { terms: terms.map(|i| (i, weight)).into(), lower, upper };
            assert!(!sum.holds(&p, &values));
            sum.holds_within(&p, &values, MEASURED_TOLERANCE)
        };
        assert!(holds([0, 1], 1.0, 100.0, 100.0));
        assert!(holds([0, 1], 1.0, 100.0 - 1e-9, 100.0), "the bounds leave a single point");
        assert!(!holds([0, 1], 1.0, 104.0, 104.0), "it is off by more");
        assert!(!holds([0, 1], 1.0, 99.0, 100.0), "an inequality");
        for terms in [[2, 3], [0, 3]] {
            assert!(!holds(terms, 1.0, 100.0, 100.0), "integers are not rounded");
        }
        assert!(!holds([2, 3], 0.5, 50.0, 50.0));
        let missed = |x, y, lower, weight| {
            let sum = Constraint::Linear { terms: vec![(0, 1.0), (1, weight)], lower, upper: 100.0 };
            sum.missed_sum(&[x, y])
        };
        assert_eq!(missed(Some(0.25), Some(0.5), 100.0, 1.0), Some(100.0));
        assert_eq!(missed(Some(48.0), Some(50.0), 100.0, 1.0), None);
        assert_eq!(missed(Some(0.25), None, 100.0, 1.0), None);
        assert_eq!(missed(Some(0.25), Some(0.5), 99.0, 1.0), None);
        assert_eq!(missed(Some(0.25), Some(0.5), 100.0, 2.0), None, "no sum of shares");
    }

    #[test]
    fn fractional_weights_of_integers_count() {
        let half = Constraint::Linear { terms: vec![(0, 0.5)], lower: f64::NEG_INFINITY, upper: 0.4 };
        let domain = Domain::integer(0, 2, 1, false).unwrap();
        let p = vec![parameter("a", domain)];
        assert!(half.holds(&p, &[Some(Value::Level(0))]) && !half.holds(&p, &[Some(Value::Level(1))]));
    }

    #[test]
    fn descriptions_read_as_the_user_writes_constraints() {
        let p = ints();
        let describe = |terms: Vec<_>, lower, upper| Constraint::Linear { terms, lower, upper }.describe(&p);
        assert_eq!(describe(vec![(0, 1.0), (1, -2.0)], f64::NEG_INFINITY, 3.0), "a - 2.0*b <= 3.0");
        assert_eq!(describe(vec![(0, -1.0), (1, 1.0)], 0.0, 0.0), "-a + b = 0.0");
        assert_eq!(describe(vec![(0, 1.0), (1, 1.0)], 0.0, 3.0), "0.0 <= a + b <= 3.0");
        assert_eq!(describe(vec![(0, 1.0), (1, 1.0)], 2.0, f64::INFINITY), "a + b >= 2.0");
        assert_eq!(Constraint::Order { left: 0, right: 1, strict: true }.describe(&p), "a < b");
    }
}
