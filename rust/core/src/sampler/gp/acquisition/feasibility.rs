//! The probability that the black-box constraints hold and that the trial does not fail.
//!
//! ```text
//! ln P = sum over groups of min over the constraints of a group of ln Phi((limit - m) / s)
//! ```
//!
//! Constraints of a group are alike ([`super::super::constraints::groups`]): the least probable one decides, and their
//! probabilities are not multiplied. Two copies of a constraint count as one. That a trial does not fail is a constraint
//! of its own. Labels have a limit with caution and a weight (see [`super::super::constraints`]).
//!
//! *A limit on violations and failures.* If their probability is limited to `p`, a point with `P < 1 - p` is worse than
//! every other point, and the smaller `P`, the worse it is. This `P` is computed without caution and weight. If all
//! points are too risky, the safest one is therefore the best.
//!
//! *Optimism.* If the plan asks for it ([`super::super::plan`]), a constraint that is told as a number is read at the
//! lower end of its prediction, `ln Phi((limit - (m - k s)) / s)` with `k =` [`OPTIMISM`]. So it counts as kept unless
//! its model is sure that it is broken.

use crate::acquisition::improvement::log_feasible;
use crate::acquisition::{AcquisitionValue, Normal};
use crate::model::gp::{GradientQuery, Prediction, PredictionWithGradient};
use crate::numerics::ln;
use crate::sampler::Context;
use crate::sampler::gp::surrogate::{ConstraintModel, Surrogate};

/// Loss of value of a point that is too risky, absolute and per unit of `ln P`. No improvement is worth that much.
/// (Half and twice: `benches/results/constants.md`.)
const TOO_RISKY: f64 = 1e9;
/// The same per unit of `ln P` along a gradient, which has to remain of use for a search by steps. (Half and twice:
/// `benches/results/constants.md`.)
const SLOPE: f64 = 100.0;

/// Standard deviations below the mean at which a constraint is read with optimism. (1:
/// `benches/results/constraints.md`.)
const OPTIMISM: f64 = 2.0;

/// The black-box constraints and failures, and the least `ln P` of a suggestion.
pub(super) struct Feasibility<'a> {
    surrogate: &'a Surrogate<'a>,
    least: f64,
    log_chance: LogChance,
}

impl<'a> Feasibility<'a> {
    /// Reads constraints with optimism or with caution.
    pub(super) fn new(surrogate: &'a Surrogate<'a>, context: &Context<'_>, is_optimistic: bool) -> Self {
        let least = context.max_violation.map_or(f64::NEG_INFINITY, |p| ln(1.0 - p));
        Self { surrogate, least, log_chance: if is_optimistic { optimistic } else { cautious } }
    }

    /// `ln P` at every point, less the loss of those that are too risky.
    pub(super) fn logs(&self, points: &[Vec<f64>]) -> Vec<f64> {
        let mut sums = self.sums(points, self.log_chance);
        if self.least > f64::NEG_INFINITY {
            let plain = self.sums(points, plain);
            let too_risky = sums.iter_mut().zip(plain).filter(|(_, log)| *log < self.least);
            too_risky.for_each(|(sum, log)| *sum += TOO_RISKY * (log - self.least - 1.0));
        }
        sums
    }

    /// The constraints that are alike, group by group, and that of not failing.
    fn groups(&self) -> impl Iterator<Item = Vec<&'a ConstraintModel<'a>>> {
        let Surrogate { groups, constraints, success, .. } = self.surrogate;
        groups
            .iter()
            .map(|group| group.iter().map(|k| &constraints[*k]).collect())
            .chain(success.iter().map(|s| vec![s]))
    }

    fn sums(&self, points: &[Vec<f64>], log_chance: LogChance) -> Vec<f64> {
        let mut sums = vec![0.0; points.len()];
        for group in self.groups() {
            let mut least = vec![0.0_f64; points.len()];
            for constraint in group {
                let predicted = constraint.model.predict(points);
                let logs = predicted.iter().map(|at| log_chance(constraint, at).value);
                least.iter_mut().zip(logs).for_each(|(least, log)| *least = least.min(log));
            }
            sums.iter_mut().zip(least).for_each(|(sum, log)| *sum += log);
        }
        sums
    }

    /// `ln P` at a few points and its gradients; both fall faster where a point is too risky.
    pub(super) fn logs_with_gradient(&self, queries: &[GradientQuery<'_>]) -> Vec<(f64, Vec<f64>)> {
        let mut sums = self.sloped_sums(queries, self.log_chance);
        if self.least > f64::NEG_INFINITY {
            let plain = self.sloped_sums(queries, plain);
            let too_risky = sums.iter_mut().zip(plain).filter(|(_, (log, _))| *log < self.least);
            for ((value, slopes), (log, plain)) in too_risky {
                *value += SLOPE * (log - self.least);
                slopes.iter_mut().zip(plain).for_each(|(slope, plain)| *slope += SLOPE * plain);
            }
        }
        sums
    }

    fn sloped_sums(&self, queries: &[GradientQuery<'_>], log_chance: LogChance) -> Vec<(f64, Vec<f64>)> {
        let mut sums: Vec<(f64, Vec<f64>)> =
            queries.iter().map(|query| (0.0, vec![0.0; query.coordinates.len()])).collect();
        for group in self.groups() {
            let least =
                group.into_iter().map(|constraint| sloped(constraint, queries, log_chance)).reduce(|some, others| {
                    let least = |(a, b): (Sloped, Sloped)| if b.0.value < a.0.value { b } else { a };
                    some.into_iter().zip(others).map(least).collect()
                });
            for ((value, slopes), (log, at)) in sums.iter_mut().zip(least.into_iter().flatten()) {
                add_value(value, slopes, &log, &[&at]);
            }
        }
        sums
    }
}

/// The log probability of one constraint at a few points.
fn sloped(constraint: &ConstraintModel<'_>, queries: &[GradientQuery<'_>], log_chance: LogChance) -> Vec<Sloped> {
    let predicted = constraint.model.predict_with_gradient(queries).into_iter();
    predicted.map(|at| (log_chance(constraint, &at.prediction), at)).collect()
}

/// The log probability of one constraint at a point, and the prediction from which it follows.
type Sloped = (AcquisitionValue, PredictionWithGradient);

/// `ln P` that a constraint holds, and its derivatives by mean and standard deviation of the prediction.
type LogChance = fn(&ConstraintModel<'_>, &Prediction) -> AcquisitionValue;

/// With the caution and the weight of labels.
fn cautious(constraint: &ConstraintModel<'_>, at: &Prediction) -> AcquisitionValue {
    log_holds(constraint, constraint.limit, constraint.weight, at)
}

/// With optimism about constraints that are told as numbers; labels keep their caution.
fn optimistic(constraint: &ConstraintModel<'_>, at: &Prediction) -> AcquisitionValue {
    if constraint.softness > 0.0 {
        return cautious(constraint, at);
    }
    let std = at.variance.sqrt();
    let mut log = log_feasible(constraint.limit, Normal { mean: at.mean - OPTIMISM * std, std });
    log.by_std.iter_mut().zip(&log.by_mean).for_each(|(slope, by_mean)| *slope -= OPTIMISM * by_mean);
    log
}

/// The probability itself.
fn plain(constraint: &ConstraintModel<'_>, at: &Prediction) -> AcquisitionValue {
    log_holds(constraint, constraint.border, 1.0, at)
}

fn log_holds(constraint: &ConstraintModel<'_>, limit: f64, weight: f64, at: &Prediction) -> AcquisitionValue {
    let std = at.variance.sqrt();
    let spread = (at.variance + constraint.softness).sqrt();
    let mut log = log_feasible(limit, Normal { mean: at.mean, std: spread });
    log.value *= weight;
    log.by_mean.iter_mut().for_each(|slope| *slope *= weight);
    log.by_std.iter_mut().for_each(|slope| *slope *= weight * (std / spread));
    log
}

/// Adds an acquisition value to `value` and, by the chain rule, its gradient to `slopes`.
pub(super) fn add_value(value: &mut f64, slopes: &mut [f64], added: &AcquisitionValue, at: &[&PredictionWithGradient]) {
    *value += added.value;
    for ((sloped, by_mean), by_std) in at.iter().zip(&added.by_mean).zip(&added.by_std) {
        let std = sloped.prediction.variance.sqrt();
        for ((slope, m), v) in slopes.iter_mut().zip(&sloped.mean_gradient).zip(&sloped.variance_gradient) {
            *slope += by_mean * m + by_std * v / (2.0 * std);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::sampler::gp::surrogate::{self, GpCaches};
    use crate::sampler::testing::{number, tell, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    /// Calls `test` after trials of a number under the constraints, with a limit of the probability of a violation. Trials
    /// with `fails` fail.
    fn after_failures<T>(
        fails: fn(f64) -> bool,
        constraints: &[fn(f64) -> f64],
        max_violation: Option<f64>,
        test: impl Fn(&Feasibility<'_>) -> T,
    ) -> T {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut history = History::new(1, 1);
        for row in 0..10 {
            let x = (row as f64 * 0.618).fract();
            history.push(&space, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
            let measured = Measurement { value: x, sem: None, replicates: Vec::new() };
            let told: Vec<_> = constraints.iter().enumerate().map(|(k, c)| (format!("c{k}"), c(x))).collect();
            let outcome = if fails(x) { Outcome::Failed { reason: None } } else { Outcome::Complete(vec![measured]) };
            history.finish(row, outcome, &told, None);
        }
        with_context(&space, &history, 10, |context| {
            let mut models = GpCaches::default();
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            test(&Feasibility::new(&surrogate, &Context { max_violation, ..*context }, false))
        })
    }

    /// The same where no trial fails.
    fn after<T>(constraints: &[fn(f64) -> f64], max_violation: Option<f64>, test: impl Fn(&Feasibility<'_>) -> T) -> T {
        after_failures(|_| false, constraints, max_violation, test)
    }

    const WAVE: fn(f64) -> f64 = |x| libm::sin(9.0 * x) - 0.3;
    const COPY: fn(f64) -> f64 = |x| 64.0 * (libm::sin(9.0 * x) - 0.3);
    const LABEL: fn(f64) -> f64 = |x| if x < 0.6 { -1.0 } else { 1.0 };

    #[test]
    fn slopes_equal_differences() {
        for max_violation in [None, Some(0.3)] {
            after_failures(
                |x| x > 0.8,
                &[WAVE, LABEL, COPY],
                max_violation,
                |feasibility| {
                    check_slopes(feasibility);
                    check_slopes(&with_optimism(feasibility));
                },
            );
        }
    }

    fn with_optimism<'a>(feasibility: &Feasibility<'a>) -> Feasibility<'a> {
        Feasibility { log_chance: optimistic, ..*feasibility }
    }

    fn check_slopes(feasibility: &Feasibility<'_>) {
        let at = |x: f64| feasibility.logs_with_gradient(&[GradientQuery { point: &[x], coordinates: &[0] }]).remove(0);
        for i in 1..20 {
            let (x, step) = (f64::from(i) / 20.1, 1e-6);
            let difference = (at(x + step).0 - at(x - step).0) / (2.0 * step);
            let slope = at(x).1[0];
            assert!((slope - difference).abs() < 1e-3 * slope.abs().max(1.0), "{x} {slope} {difference}");
        }
    }

    #[test]
    fn optimism_counts_on_what_is_unsure_and_leaves_labels_alone() {
        let points: Vec<Vec<f64>> = (0..2000).map(|i| vec![f64::from(i) / 1999.0]).collect();
        let both = |constraint| {
            after(&[constraint], None, |feasibility| {
                (feasibility.logs(&points), with_optimism(feasibility).logs(&points))
            })
        };
        let (cautious, optimistic) = both(WAVE);
        assert!(cautious.iter().zip(&optimistic).all(|(a, b)| a <= b));
        assert!(cautious.iter().zip(&optimistic).any(|(a, b)| *a < -1.0 && *b > -0.3), "it opens what was closed");
        assert!(optimistic.iter().any(|log| *log < -3.0), "what surely breaks stays closed");
        let (cautious, optimistic) = both(LABEL);
        assert_eq!(cautious, optimistic);
    }

    #[test]
    fn a_copy_counts_once_and_another_constraint_is_multiplied() {
        let points: Vec<Vec<f64>> = (0..9).map(|i| vec![f64::from(i) / 8.0]).collect();
        let logs = |constraints: &[fn(f64) -> f64]| after(constraints, None, |feasibility| feasibility.logs(&points));
        let (wave, label) = (logs(&[WAVE]), logs(&[LABEL]));
        assert_eq!(logs(&[WAVE, COPY]), wave);
        let sums: Vec<f64> = wave.iter().zip(&label).map(|(a, b)| a + b).collect();
        assert_eq!(logs(&[WAVE, LABEL]), sums);
    }

    #[test]
    fn points_that_are_too_risky_are_worse_than_all_others_and_keep_their_order() {
        let points: Vec<Vec<f64>> = (0..2000).map(|i| vec![f64::from(i) / 1999.0]).collect();
        let logs = |max_violation| after(&[WAVE], max_violation, |feasibility| feasibility.logs(&points));
        let (free, limited) = (logs(None), logs(Some(0.2)));
        let least = ln(0.8);
        for (a, b) in free.iter().zip(&limited) {
            assert!(if *a < least { *b < -TOO_RISKY } else { a == b });
        }
        assert!(free.iter().any(|log| *log < least) && free.iter().any(|log| *log >= least));
        for i in 1..points.len() {
            assert_eq!(free[i] < free[i - 1], limited[i] < limited[i - 1], "{i}");
        }
    }

    /// The caution of labels must not count as risk: no point would be safe enough for a small limit.
    #[test]
    fn a_small_limit_leaves_what_surely_holds() {
        let logs =
            |max_violation| after(&[LABEL], max_violation, |feasibility| feasibility.logs(&[vec![0.1], vec![0.9]]));
        let (free, limited) = (logs(None), logs(Some(0.01)));
        assert_eq!(free[0], limited[0]);
        assert!(limited[1] < -TOO_RISKY);
    }

    /// `ln P` at 0.9 in a search of two constraints after trials in the lower half, which predict that both hold there or
    /// that the first does not; and the number of points of both models. A pending trial at 0.9 may have told the first.
    fn after_check(predicted: f64, told: Option<f64>) -> (f64, [usize; 2]) {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut history = History::new(1, 1);
        for row in 0..10 {
            let x = (row as f64 * 0.618).fract() / 2.0;
            tell(&space, &mut history, x, x);
            history.set_constraints(row, &[("a".to_owned(), predicted * WAVE(x)), ("b".to_owned(), x - 5.0)]);
        }
        history.push(&space, &Configuration(vec![Some(Value::Real(0.9))]), Origin::Random);
        if let Some(told) = told {
            history.set_constraints(10, &[("a".to_owned(), told)]);
            // Constraints of a report may hold in the end, unlike those that were told.
            history.report(10, 1, &[1.0], vec![("a".to_owned(), -told)]);
        }
        with_context(&space, &history, 11, |context| {
            let mut models = GpCaches::default();
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            let sizes = [0, 1].map(|k: usize| surrogate.constraints[k].model.inputs().len());
            (Feasibility::new(&surrogate, context, false).logs(&[vec![0.9]])[0], sizes)
        })
    }

    #[test]
    fn a_constraint_told_by_a_pending_trial_is_known_at_once() {
        let [held, broken] = [None, Some(1.0)].map(|told| after_check(1.0, told));
        let [missed, kept] = [None, Some(-1.0)].map(|told| after_check(-1.0, told));
        assert!(held.0 > -0.1 && broken.0 < -10.0, "{held:?} {broken:?}");
        assert!(missed.0 < -10.0 && kept.0 > -0.1, "{missed:?} {kept:?}");
        let sizes = [held, broken, missed, kept].map(|(_, sizes)| sizes);
        assert_eq!(sizes, [[11, 11]; 4], "the trial is one point of each model");
    }

    /// The model smooths contradictory values, and may be on the other side of the border.
    #[test]
    fn a_pending_trial_that_told_its_constraints_is_not_judged_by_the_model() {
        let n_expected = |predicted: f64, told: Option<f64>| {
            let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
            let mut history = History::new(1, 1);
            for row in 0..12 {
                let x = if row < 9 { 0.5 } else { row as f64 / 12.0 };
                tell(&space, &mut history, x, x);
                history.set_constraints(row, &[("a".to_owned(), predicted + 0.1 * WAVE(row as f64))]);
            }
            history.push(&space, &Configuration(vec![Some(Value::Real(0.5))]), Origin::Random);
            history.set_constraints(12, &told.map(|told| ("a".to_owned(), told)).into_iter().collect::<Vec<_>>());
            with_context(&space, &history, 13, |context| {
                let mut models = GpCaches::default();
                surrogate::build(&mut models, context).unwrap().unwrap().pending_means(context).len()
            })
        };
        assert_eq!([n_expected(-1.0, None), n_expected(-1.0, Some(0.1)), n_expected(-1.0, Some(-0.1))], [1, 0, 1]);
        assert_eq!([n_expected(1.0, None), n_expected(1.0, Some(0.1)), n_expected(1.0, Some(-0.1))], [0, 0, 1]);
    }

    #[test]
    fn failures_count_against_the_limit_of_violations() {
        let logs = |max_violation| {
            after_failures(|x| x > 0.6, &[], max_violation, |feasibility| feasibility.logs(&[vec![0.1], vec![0.9]]))
        };
        let (free, limited) = (logs(None), logs(Some(0.1)));
        assert!(free[0] > -0.5 && free[1] < -2.0, "{free:?}");
        assert_eq!(free[0], limited[0]);
        assert!(limited[1] < -TOO_RISKY);
    }

    #[test]
    fn labels_are_classified() {
        let logs = after(&[LABEL], None, |feasibility| feasibility.logs(&[vec![0.1], vec![0.9]]));
        assert!(logs[0] > -0.5 && logs[1] < -2.0, "{logs:?}");
    }
}
