//! The closed set of pruners and their settings.

use std::ops::RangeInclusive;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::setting::{ANY, Described, Field, SOME};

/// One in this many trials continues; with one, all would. Follows from the rule.
const FACTOR: RangeInclusive<u64> = 2..=u32::MAX as u64;

/// A pruner and its settings, which never change during a search. Snapshots identify a variant by its position.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Pruner {
    /// Estimates of the end; see [`crate::pruner`].
    Auto,
    /// Stops trials worse than a percentile of all that reached the step; 50 is the median.
    Percentile(PercentileSettings),
    /// Asynchronous successive halving.
    SuccessiveHalving(HalvingSettings),
    /// Several brackets of successive halving.
    Hyperband(HyperbandSettings),
    /// A signed-rank test against the best trial.
    Wilcoxon(WilcoxonSettings),
    /// Stops only trials that have stopped improving.
    Patient(PatientSettings),
    /// Stops values outside bounds.
    Threshold(ThresholdSettings),
    /// Stops nothing.
    Nothing,
    /// A pruner that decides outside the core.
    External,
}

/// Settings of [`Pruner::Percentile`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PercentileSettings {
    /// The percentile, in `[0, 100]`: the share of trials that continue.
    pub percentile: f64,
    /// Minimum number of complete trials before any trial is stopped.
    pub n_startup: u64,
    /// Steps before which nothing is stopped.
    pub n_warmup_steps: u64,
    /// Number of steps between two applications of the rule.
    pub interval_steps: u64,
    /// Minimum number of other trials that reached the step.
    pub n_min_trials: u64,
}

/// Settings of [`Pruner::SuccessiveHalving`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HalvingSettings {
    /// Step of the first rung; if absent, a hundredth of the steps of a complete trial.
    pub min_resource: Option<u64>,
    /// One of this many trials continues.
    pub reduction_factor: u64,
    /// Number of rungs skipped at the start.
    pub min_early_stopping_rate: u64,
    /// Number of trials that must have entered a rung before any is promoted from it.
    pub bootstrap_count: u64,
}

/// Settings of [`Pruner::Hyperband`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HyperbandSettings {
    /// Step of the first rung of the first bracket.
    pub min_resource: u64,
    /// Steps of a complete trial; if absent, those of the longest complete one.
    pub max_resource: Option<u64>,
    /// One of this many trials continues.
    pub reduction_factor: u64,
    /// As in [`HalvingSettings`].
    pub bootstrap_count: u64,
}

/// Settings of [`Pruner::Wilcoxon`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WilcoxonSettings {
    /// The trial is stopped if the p-value is below this.
    pub p_threshold: f64,
    /// Minimum number of shared steps before a trial is stopped.
    pub n_startup_steps: u64,
}

/// Settings of [`Pruner::Patient`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PatientSettings {
    /// The pruner that decides about a trial that has stopped improving; it must not be [`Pruner::Patient`]. If absent,
    /// the trial is stopped.
    #[serde(deserialize_with = "impatient")]
    pub within: Option<Box<Pruner>>,
    /// Number of reports without an improvement that are tolerated.
    pub patience: u64,
    /// Improvements up to this size do not count.
    pub min_delta: f64,
}

/// Settings of [`Pruner::Threshold`], in the direction of the core: values are minimized.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThresholdSettings {
    /// Stop below this value.
    pub lower: Option<f64>,
    /// Stop above this value.
    pub upper: Option<f64>,
    /// Steps before which nothing is stopped.
    pub n_warmup_steps: u64,
    /// Number of steps between two applications of the rule.
    pub interval_steps: u64,
}

impl Pruner {
    /// Checks the settings for a search with this number of objectives.
    ///
    /// # Errors
    /// The message names the setting, its value and what was expected.
    pub fn check(&self, n_objectives: usize) -> Result<(), String> {
        if let (Some(name), true) = (self.needs_one_objective(), n_objectives > 1) {
            return Err(format!(
                "the pruner {name} compares single values, and this search has {n_objectives} objectives; choose another"
            ));
        }
        if let Self::Patient(PatientSettings { within: Some(pruner), .. }) = self {
            pruner.check(n_objectives)?;
        }
        self.check_fields()
    }

    /// The name of a pruner that cannot work with ranks.
    fn needs_one_objective(&self) -> Option<&'static str> {
        match self {
            Self::Wilcoxon(_) => Some("wilcoxon"),
            Self::Threshold(_) => Some("threshold"),
            _ => None,
        }
    }
}

impl Described for Pruner {
    const KIND: &'static str = "pruner";

    fn all() -> Vec<Self> {
        vec![
            Self::Auto,
            Self::Percentile(PercentileSettings::default()),
            Self::SuccessiveHalving(HalvingSettings::default()),
            Self::Hyperband(HyperbandSettings::default()),
            Self::Wilcoxon(WilcoxonSettings::default()),
            Self::Patient(PatientSettings::default()),
            Self::Threshold(ThresholdSettings::default()),
            Self::Nothing,
            Self::External,
        ]
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Percentile(_) => "percentile",
            Self::SuccessiveHalving(_) => "successive_halving",
            Self::Hyperband(_) => "hyperband",
            Self::Wilcoxon(_) => "wilcoxon",
            Self::Patient(_) => "patient",
            Self::Threshold(_) => "threshold",
            Self::Nothing => "nothing",
            Self::External => "external",
        }
    }

    fn fields<E>(&mut self, visit: &mut dyn FnMut(&'static str, Field<'_>) -> Result<(), E>) -> Result<(), E> {
        match self {
            Self::Auto | Self::Nothing | Self::External => Ok(()),
            Self::Percentile(settings) => {
                visit("percentile", Field::Real(&mut settings.percentile, 0.0..=100.0))?;
                visit("n_startup", Field::Count(&mut settings.n_startup, ANY))?;
                visit("n_warmup_steps", Field::Count(&mut settings.n_warmup_steps, ANY))?;
                visit("interval_steps", Field::Count(&mut settings.interval_steps, SOME))?;
                visit("n_min_trials", Field::Count(&mut settings.n_min_trials, SOME))
            }
            Self::SuccessiveHalving(settings) => {
                visit("min_resource", Field::MaybeCount(&mut settings.min_resource, SOME))?;
                visit("reduction_factor", Field::Count(&mut settings.reduction_factor, FACTOR))?;
                visit("min_early_stopping_rate", Field::Count(&mut settings.min_early_stopping_rate, ANY))?;
                visit("bootstrap_count", Field::Count(&mut settings.bootstrap_count, ANY))
            }
            Self::Hyperband(settings) => {
                visit("min_resource", Field::Count(&mut settings.min_resource, SOME))?;
                visit("max_resource", Field::MaybeCount(&mut settings.max_resource, SOME))?;
                visit("reduction_factor", Field::Count(&mut settings.reduction_factor, FACTOR))?;
                visit("bootstrap_count", Field::Count(&mut settings.bootstrap_count, ANY))
            }
            Self::Wilcoxon(settings) => {
                visit("p_threshold", Field::Real(&mut settings.p_threshold, 0.0..=1.0))?;
                visit("n_startup_steps", Field::Count(&mut settings.n_startup_steps, ANY))
            }
            Self::Patient(settings) => {
                visit("patience", Field::Count(&mut settings.patience, ANY))?;
                visit("min_delta", Field::Real(&mut settings.min_delta, 0.0..=f64::MAX))
            }
            Self::Threshold(settings) => {
                visit("lower", Field::MaybeBound(&mut settings.lower))?;
                visit("upper", Field::MaybeBound(&mut settings.upper))?;
                visit("n_warmup_steps", Field::Count(&mut settings.n_warmup_steps, ANY))?;
                visit("interval_steps", Field::Count(&mut settings.interval_steps, SOME))
            }
        }
    }

    fn check_together(&self) -> Result<(), String> {
        match self {
            Self::Hyperband(HyperbandSettings { min_resource: first, max_resource: Some(last), .. })
                if last < first =>
            {
                Err(format!("max_resource must not be below min_resource = {first}, got {last}"))
            }
            Self::Threshold(ThresholdSettings { lower: Some(low), upper: Some(high), .. }) if low > high => {
                Err(format!("lower must not be above upper, got {low:?} and {high:?}"))
            }
            Self::Patient(settings) if matches!(settings.within.as_deref(), Some(Self::Patient(_))) => {
                Err("pruner must not be patient itself; give another pruner".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// As in Optuna (Akiba et al. 2019); the percentile, which has no default there, is a choice, not measured.
impl Default for PercentileSettings {
    fn default() -> Self {
        Self { percentile: 25.0, n_startup: 5, n_warmup_steps: 0, interval_steps: 1, n_min_trials: 1 }
    }
}

/// As in Optuna (Akiba et al. 2019).
impl Default for HalvingSettings {
    fn default() -> Self {
        Self { min_resource: None, reduction_factor: 4, min_early_stopping_rate: 0, bootstrap_count: 0 }
    }
}

/// As in Optuna (Akiba et al. 2019).
impl Default for HyperbandSettings {
    fn default() -> Self {
        Self { min_resource: 1, max_resource: None, reduction_factor: 3, bootstrap_count: 0 }
    }
}

/// As in Optuna (Akiba et al. 2019).
impl Default for WilcoxonSettings {
    fn default() -> Self {
        Self { p_threshold: 0.1, n_startup_steps: 2 }
    }
}

/// As in Optuna (Akiba et al. 2019); the number of reports, which has no default there, is a choice, not measured.
impl Default for PatientSettings {
    fn default() -> Self {
        Self { within: None, patience: 5, min_delta: 0.0 }
    }
}

impl Default for ThresholdSettings {
    fn default() -> Self {
        Self { lower: None, upper: None, n_warmup_steps: 0, interval_steps: 1 }
    }
}

/// How a nested pruner is read: as [`Pruner`], with the variants in the same order, but no patient one. Malicious bytes
/// therefore cannot nest deeper than the stack.
#[derive(Deserialize)]
#[serde(remote = "Pruner")]
enum Impatient {
    Auto,
    Percentile(PercentileSettings),
    SuccessiveHalving(HalvingSettings),
    Hyperband(HyperbandSettings),
    Wilcoxon(WilcoxonSettings),
    #[serde(deserialize_with = "refused")]
    Patient(PatientSettings),
    Threshold(ThresholdSettings),
    Nothing,
    External,
}

fn refused<'de, D: Deserializer<'de>>(_: D) -> Result<PatientSettings, D::Error> {
    Err(D::Error::custom("a patient pruner within another one"))
}

fn impatient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<Pruner>>, D::Error> {
    #[derive(Deserialize)]
    struct Nested(#[serde(with = "Impatient")] Pruner);

    Ok(Option::deserialize(deserializer)?.map(|Nested(pruner)| Box::new(pruner)))
}

#[cfg(test)]
mod tests {
    use super::{PatientSettings, Pruner};

    /// The bytes of patient pruners within each other: variant 5, and 1 because there is a nested one.
    #[test]
    fn a_patient_pruner_within_another_is_not_read_at_any_depth() {
        for depth in [1, 100_000] {
            let inner = Pruner::Patient(PatientSettings::default());
            let bytes = [[5, 1].repeat(depth), postcard::to_stdvec(&inner).unwrap_or_default(), vec![5; 9]].concat();
            assert!(postcard::take_from_bytes::<Pruner>(&bytes).is_err(), "{depth}");
        }
        let within = Pruner::Patient(PatientSettings { within: Some(Box::new(Pruner::Nothing)), ..Default::default() });
        let bytes = postcard::to_stdvec(&within).unwrap_or_default();
        assert_eq!(postcard::take_from_bytes(&bytes), Ok((within, &[][..])));
    }
}
