//! How the observations may be read: with their known noise and a prior mean, or without.
//!
//! Reported standard errors need not describe the noise of the search. For example, the scores of a cross-validation
//! scatter because some folds are harder than others, but they are equally hard in every trial. Values that agree with
//! their neighbours better than their standard errors allow are evidence against these errors. Correct standard errors
//! explain the scatter without an additional fitted noise. (Measured: `benches/results/model.md`.)

use crate::model::gp::observations::{Inputs, Observations};
use crate::model::gp::trend::Trend;

/// Observations, and what may be assumed about them.
#[derive(Clone, Copy, Debug)]
pub struct Assumptions<'a> {
    /// The observations with their known noise.
    pub data: Observations<'a>,
    /// Whether known noise may be wrong. Reported standard errors may be; those of a search's own estimates are not.
    pub may_be_wrong: bool,
    /// A prior mean that may be used.
    pub trend: Option<&'a Trend>,
}

/// The observations under one assumption about noise and trend.
pub(super) struct Assumption<'a> {
    inputs: &'a Inputs,
    values: Vec<f64>,
    known_noise: Vec<f64>,
    pub(super) trusts_noise: bool,
    pub(super) follows_trend: bool,
}

impl<'a> Assumptions<'a> {
    /// The observations as they are.
    pub fn of(data: Observations<'a>) -> Self {
        Self { data, may_be_wrong: false, trend: None }
    }

    pub(super) fn all(&self) -> Vec<Assumption<'a>> {
        let Observations { inputs, y, known_noise } = self.data;
        let is_doubted = self.may_be_wrong && known_noise.iter().any(|noise| *noise > 0.0);
        let residuals = self.trend.map(|trend| (trend.residuals(inputs, y), true));
        let mut all = Vec::new();
        for (values, follows_trend) in std::iter::once((y.to_vec(), false)).chain(residuals) {
            for trusts_noise in [true, false].into_iter().take(1 + usize::from(is_doubted)) {
                let known_noise = if trusts_noise { known_noise.to_vec() } else { vec![0.0; y.len()] };
                all.push(Assumption { inputs, values: values.clone(), known_noise, trusts_noise, follows_trend });
            }
        }
        all
    }
}

impl Assumption<'_> {
    pub(super) fn data(&self) -> Observations<'_> {
        Observations { inputs: self.inputs, y: &self.values, known_noise: &self.known_noise }
    }
}
