//! What must hold of a told result before anything changes.

use super::{Optimizer, OptimizerError};
use crate::history::{Measurement, Outcome, TrialState};

/// One told result, with everything that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tell {
    /// How it ended.
    pub outcome: Outcome,
    /// Black-box constraints, feasible when `<= 0`.
    pub constraints: Vec<(String, f64)>,
    /// What it cost.
    pub cost: Option<f64>,
}

impl Tell {
    /// A complete trial of a single-objective search: its value, to be minimised, and nothing else.
    pub fn value(value: f64) -> Self {
        let measurement = Measurement { value, sem: None, replicates: Vec::new() };
        Self { outcome: Outcome::Complete(vec![measurement]), constraints: Vec::new(), cost: None }
    }
    /// A failed trial.
    pub fn failed(reason: Option<String>) -> Self {
        Self { outcome: Outcome::Failed { reason }, constraints: Vec::new(), cost: None }
    }
}

impl Optimizer {
    /// The row of a known trial.
    pub(super) fn known(&self, trial: u64) -> Result<usize, OptimizerError> {
        let known = self.history.len() as u64;
        if trial < known { Ok(trial as usize) } else { Err(OptimizerError::UnknownTrial { id: trial, known }) }
    }

    /// The row of a pending trial.
    pub(super) fn pending_row(&self, trial: u64) -> Result<usize, OptimizerError> {
        let row = self.known(trial)?;
        match self.history.states()[row] {
            TrialState::Pending => Ok(row),
            state => Err(OptimizerError::NotPending { id: trial, state }),
        }
    }

    /// The result as it will be recorded: what is refused is an error, and NaN anywhere makes the trial a failure.
    pub(super) fn checked(&self, mut tell: Tell) -> Result<Tell, OptimizerError> {
        if let Some(cost) = tell.cost.filter(|cost| !(cost.is_finite() && *cost >= 0.0)) {
            return refuse(format!("cost is {cost}; expected a finite number that is not negative"));
        }
        check_constraints(&tell.constraints)?;
        let measurements = match &tell.outcome {
            Outcome::Complete(measurements) | Outcome::Pruned(Some(measurements)) => measurements.as_slice(),
            Outcome::Pruned(None) | Outcome::Failed { .. } => &[],
        };
        if !matches!(tell.outcome, Outcome::Pruned(None) | Outcome::Failed { .. }) {
            self.check_measurements(measurements)?;
        }
        if let Some(reason) = nan_reason(measurements, &tell.constraints) {
            tell.outcome = match tell.outcome {
                Outcome::Failed { reason: Some(told) } => Outcome::Failed { reason: Some(told) },
                _ => Outcome::Failed { reason: Some(reason) },
            };
            tell.constraints.retain(|(_, value)| !value.is_nan());
        }
        Ok(tell)
    }

    fn check_measurements(&self, measurements: &[Measurement]) -> Result<(), OptimizerError> {
        let n = self.history.n_objectives();
        if measurements.len() != n {
            let told = measurements.len();
            return refuse(format!("{told} objective values were told; expected {n}, one per direction"));
        }
        for (k, measurement) in measurements.iter().enumerate() {
            self.check_measurement(k, measurement)?;
        }
        Ok(())
    }

    fn check_measurement(&self, k: usize, measurement: &Measurement) -> Result<(), OptimizerError> {
        let every = measurement.replicates.iter().chain([&measurement.value]);
        if every.clone().any(|y| *y == f64::NEG_INFINITY) {
            return refuse(self.infinitely_good(k, &objective(k, self.history.n_objectives())));
        }
        match measurement.sem {
            Some(sem) if !(sem.is_finite() && sem >= 0.0) => {
                refuse(format!("sem is {sem}; expected a finite number that is not negative, or none if it is unknown"))
            }
            _ => Ok(()),
        }
    }

    /// Why an infinitely good value of `what`, which belongs to objective `k`, is refused, in the sign of the user.
    pub(super) fn infinitely_good(&self, k: usize, what: &str) -> String {
        let (shown, verb) = if self.settings.maximize[k] { ("inf", "maximised") } else { ("-inf", "minimised") };
        format!(
            "{what} is {shown} and is being {verb}: nothing could ever be better, which would end every search; \
             tell a finite value, or state=\"failed\""
        )
    }
}

fn refuse<T>(message: String) -> Result<T, OptimizerError> {
    Err(OptimizerError::Argument(message))
}

/// How messages name objective `k` of `n`.
fn objective(k: usize, n: usize) -> String {
    if n == 1 { "objective".to_owned() } else { format!("objective {k}") }
}

fn check_constraints(constraints: &[(String, f64)]) -> Result<(), OptimizerError> {
    for (i, (name, value)) in constraints.iter().enumerate() {
        if *value == f64::NEG_INFINITY {
            return refuse(format!("constraint '{name}' is -inf; expected a number, feasible when <= 0, or inf"));
        }
        if constraints[..i].iter().any(|(earlier, _)| earlier == name) {
            return refuse(format!("constraint '{name}' was told twice"));
        }
    }
    Ok(())
}

/// Why a result is a failure, if anything in it is NaN.
fn nan_reason(measurements: &[Measurement], constraints: &[(String, f64)]) -> Option<String> {
    let nan = |m: &Measurement| m.value.is_nan() || m.replicates.iter().any(|y| y.is_nan());
    if let Some(k) = measurements.iter().position(nan) {
        return Some(format!("{} is NaN", objective(k, measurements.len())));
    }
    constraints.iter().find(|(_, value)| value.is_nan()).map(|(name, _)| format!("constraint '{name}' is NaN"))
}
