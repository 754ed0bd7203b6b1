//! The closed set of pruners and their settings.

use serde::{Deserialize, Deserializer, Serialize};

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
        match self {
            Self::Auto | Self::Nothing | Self::External => Ok(()),
            Self::Percentile(settings) => {
                within("percentile", settings.percentile, 100.0)?;
                at_least("interval_steps", settings.interval_steps, 1)
            }
            Self::SuccessiveHalving(settings) => {
                at_least("min_resource", settings.min_resource.unwrap_or(1), 1)?;
                at_least("reduction_factor", settings.reduction_factor, 2)
            }
            Self::Hyperband(settings) => {
                at_least("min_resource", settings.min_resource, 1)?;
                at_least(
                    "max_resource",
                    settings.max_resource.unwrap_or(settings.min_resource),
                    settings.min_resource,
                )?;
                at_least("reduction_factor", settings.reduction_factor, 2)
            }
            Self::Wilcoxon(settings) => within("p_threshold", settings.p_threshold, 1.0),
            Self::Patient(settings) => {
                if matches!(settings.within.as_deref(), Some(Self::Patient(_))) {
                    return Err("patient is given within patient; expected another pruner".to_owned());
                }
                within("min_delta", settings.min_delta, f64::MAX)?;
                settings.within.as_ref().map_or(Ok(()), |pruner| pruner.check(n_objectives))
            }
            Self::Threshold(settings) => settings.check(),
        }
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

impl ThresholdSettings {
    fn check(&self) -> Result<(), String> {
        let (lower, upper) = (self.lower.unwrap_or(f64::NEG_INFINITY), self.upper.unwrap_or(f64::INFINITY));
        if lower > upper || lower.is_nan() || upper.is_nan() {
            return Err(format!("the bounds of threshold are {lower} and {upper}; expected the lower one first"));
        }
        at_least("interval_steps", self.interval_steps, 1)
    }
}

fn within(name: &str, value: f64, high: f64) -> Result<(), String> {
    let fits = (0.0..=high).contains(&value);
    if fits { Ok(()) } else { Err(format!("{name} is {value}; expected a number from 0 to {high}")) }
}

fn at_least(name: &str, value: u64, low: u64) -> Result<(), String> {
    if value >= low { Ok(()) } else { Err(format!("{name} is {value}; expected at least {low}")) }
}

/// The variants of [`Pruner`] in their order, with an unreadable type in place of a nested pruner. Malicious bytes
/// therefore cannot nest deeper than the stack.
#[derive(Deserialize)]
enum Impatient {
    Auto,
    Percentile(PercentileSettings),
    SuccessiveHalving(HalvingSettings),
    Hyperband(HyperbandSettings),
    Wilcoxon(WilcoxonSettings),
    Patient(Nested),
    Threshold(ThresholdSettings),
    Nothing,
    External,
}

/// A type without values, which cannot be deserialized.
#[derive(Deserialize)]
enum Nested {}

fn impatient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<Pruner>>, D::Error> {
    let pruner = |read| match read {
        Impatient::Auto => Pruner::Auto,
        Impatient::Percentile(settings) => Pruner::Percentile(settings),
        Impatient::SuccessiveHalving(settings) => Pruner::SuccessiveHalving(settings),
        Impatient::Hyperband(settings) => Pruner::Hyperband(settings),
        Impatient::Wilcoxon(settings) => Pruner::Wilcoxon(settings),
        Impatient::Patient(nested) => match nested {},
        Impatient::Threshold(settings) => Pruner::Threshold(settings),
        Impatient::Nothing => Pruner::Nothing,
        Impatient::External => Pruner::External,
    };
    Ok(Option::<Impatient>::deserialize(deserializer)?.map(|read| Box::new(pruner(read))))
}
