//! Checks of a result before anything changes.

use super::{Optimizer, OptimizerError};
use crate::history::{Measurement, Outcome, TrialState};

/// What to do in place of telling an infinitely good value.
const TELL_INSTEAD: &str = "tell a finite value, or state='failed'";

/// The result of one trial with its constraints and cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Tell {
    /// How the trial ended.
    pub outcome: Outcome,
    /// Black-box constraints, feasible when `<= 0`.
    pub constraints: Vec<(String, f64)>,
    /// The cost of the trial.
    pub cost: Option<f64>,
}

impl Tell {
    /// A complete trial of a single-objective search: its value, to be minimized, and nothing else.
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
    /// Checks that a trial takes reports and a result.
    ///
    /// # Errors
    /// An unknown id, or a trial that is not pending.
    pub fn check_pending(&self, trial: u64) -> Result<(), OptimizerError> {
        self.pending_row(trial).map(|_| ())
    }

    /// The row of a pending trial.
    pub(super) fn pending_row(&self, trial: u64) -> Result<usize, OptimizerError> {
        let row = self.row_of(trial)?;
        match self.history.states()[row] {
            TrialState::Pending => Ok(row),
            _ if self.history.is_paused(trial) => Err(OptimizerError::Paused { id: trial }),
            _ if !self.history.has_configuration(row) => Err(OptimizerError::SetAside { id: trial }),
            state => Err(OptimizerError::NotPending { id: trial, state }),
        }
    }

    /// The result as it will be recorded. An invalid result is an error; a NaN among the values turns the trial into a
    /// failure.
    pub(super) fn checked(&self, mut tell: Tell) -> Result<Tell, OptimizerError> {
        tell.cost.map_or(Ok(()), |cost| check_size("cost", cost).map_err(OptimizerError::Argument))?;
        check_constraints(&tell.constraints)?;
        let measurements = match &tell.outcome {
            Outcome::Complete(measurements) => Some(measurements),
            Outcome::Pruned { measurements, .. } => measurements.as_ref(),
            Outcome::Failed { .. } => None,
        };
        if let Some(measurements) = measurements {
            self.check_measurements(measurements)?;
        }
        if let Some(reason) = measurements.and_then(|measurements| nan_reason(measurements)) {
            tell.outcome = Outcome::Failed { reason: Some(reason) };
        }
        Ok(tell)
    }

    fn check_measurements(&self, measurements: &[Measurement]) -> Result<(), OptimizerError> {
        let n = self.history.n_objectives();
        if measurements.len() != n {
            let count = measurements.len();
            return refuse(format!("{count} objective values were told; expected {n}, one per direction"));
        }
        for (k, measurement) in measurements.iter().enumerate() {
            self.check_measurement(k, measurement)?;
        }
        Ok(())
    }

    /// Checks objectives that are told before the result.
    pub(super) fn check_told_objectives(&self, measured: &[(usize, Measurement)]) -> Result<(), OptimizerError> {
        let n = self.history.n_objectives();
        if n == 1 {
            return refuse("this search has one objective, and tell ends a trial with its value".to_owned());
        }
        for (i, (k, measurement)) in measured.iter().enumerate() {
            if *k >= n {
                return refuse(format!("there is no objective {k}; expected 0 to {}", n - 1));
            }
            if measured[..i].iter().any(|(earlier, _)| earlier == k) {
                return refuse(format!("objective {k} was told twice"));
            }
            let mut numbers = measurement.replicates.iter().chain([&measurement.value]);
            if let Some(y) = numbers.find(|y| !y.is_finite()) {
                let place = of_objective(*k, n);
                let value = format!("{:?}", if self.settings.maximize[*k] { -y } else { *y }).to_lowercase();
                let message = format!(
                    "value {value}{place} is told before the result, so it must be finite; tell state='failed' if it \
                     cannot be measured"
                );
                return Err(OptimizerError::Objective { index: *k, message });
            }
            self.check_measurement(*k, measurement)?;
        }
        Ok(())
    }

    fn check_measurement(&self, k: usize, measurement: &Measurement) -> Result<(), OptimizerError> {
        let place = of_objective(k, self.history.n_objectives());
        let mut numbers = measurement.replicates.iter().chain([&measurement.value]);
        if numbers.any(|y| *y == f64::NEG_INFINITY) {
            return Err(self.infinitely_good(k, &place, TELL_INSTEAD));
        }
        let checked = measurement.sem.map_or(Ok(()), |sem| check_size(&format!("sem{place}"), sem));
        checked.map_err(|message| OptimizerError::Objective { index: k, message })
    }

    /// The error for an infinitely good value of objective `k`, in the user's sign; `place` says where the value is, and
    /// `instead` what to do.
    pub(super) fn infinitely_good(&self, k: usize, place: &str, instead: &str) -> OptimizerError {
        let (shown, verb) = if self.settings.maximize[k] { ("inf", "maximized") } else { ("-inf", "minimized") };
        let message = format!(
            "value {shown}{place} is infinitely good (the value is {verb}) and would end every search; {instead}"
        );
        OptimizerError::Objective { index: k, message }
    }
}

fn refuse<T>(message: String) -> Result<T, OptimizerError> {
    Err(OptimizerError::Argument(message))
}

/// " of objective k" for a message, or nothing if there is only one objective.
pub(super) fn of_objective(k: usize, n: usize) -> String {
    if n == 1 { String::new() } else { format!(" of objective {k}") }
}

/// Checks a standard error or a cost; the error is the message.
fn check_size(name: &str, size: f64) -> Result<(), String> {
    if size.is_finite() && size >= 0.0 {
        return Ok(());
    }
    let shown = format!("{size:?}").to_lowercase();
    Err(format!("{name} must be a finite number that is not negative, got {shown}; leave it out if it is unknown"))
}

pub(super) fn check_constraints(constraints: &[(String, f64)]) -> Result<(), OptimizerError> {
    for (i, (name, value)) in constraints.iter().enumerate() {
        if value.is_nan() || *value == f64::NEG_INFINITY {
            let shown = if value.is_nan() { "nan" } else { "-inf" };
            let expected = "a number, feasible when <= 0, or inf";
            return refuse(format!("constraint '{name}' must be {expected}, got {shown}; leave out what is unknown"));
        }
        if constraints[..i].iter().any(|(earlier, _)| earlier == name) {
            return refuse(format!("constraint '{name}' was told twice"));
        }
    }
    Ok(())
}

/// The reason why a result is a failure, if a value or a replicate is NaN.
fn nan_reason(measurements: &[Measurement]) -> Option<String> {
    let nan = |m: &Measurement| m.value.is_nan() || m.replicates.iter().any(|y| y.is_nan());
    measurements.iter().any(nan).then(|| "the value told was NaN".to_owned())
}
