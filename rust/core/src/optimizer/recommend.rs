//! The trial to use when values are noisy.
//!
//! The best value seen is then biased: of many noisy values, the smallest is the luckiest. So values are first averaged
//! where a configuration was evaluated several times, and then shrunk to the overall mean by as much as their noise
//! demands (empirical Bayes for the normal model).
//!
//! **Notation.** Trial `i` has value `y_i` with noise variance `v_i`: its squared standard error; without one, the
//! variance of its replicates over their number; without either, the median of the variances known. Configuration `g`
//! groups the trials that have it.
//!
//! ```text
//! y_g   = sum_i y_i / v_i / sum_i 1 / v_i          over the trials of g      precision-weighted mean
//! s_g^2 = 1 / sum_i 1 / v_i                                                  its variance
//! y_g ~ N(theta_g, s_g^2),  theta_g ~ N(mu, tau^2)                           the model
//! ```
//!
//! `tau^2` is the moment estimate of DerSimonian and Laird (1986, "Meta-analysis in clinical trials", equation 8). With
//! `w_g = 1 / s_g^2` and `m = sum w_g y_g / sum w_g` over `G` configurations,
//!
//! ```text
//! tau^2 = max(0, (sum w_g (y_g - m)^2 - (G - 1)) / (sum w_g - sum w_g^2 / sum w_g))
//! mu    = sum y_g / (s_g^2 + tau^2) / sum 1 / (s_g^2 + tau^2)
//! E[theta_g | y] = (tau^2 y_g + s_g^2 mu) / (tau^2 + s_g^2)
//! ```
//!
//! The configuration with the smallest posterior mean is recommended, by its first trial; ties go to the lower id.
//!
//! **Range of validity.** A few values far out on the bad side would blow up `tau^2` and so turn the shrinkage off, so
//! values above the upper fence of Tukey (`Q3 + 1.5 (Q3 - Q1)`) count as the fence. Then everything is shifted and
//! scaled to `[0, 1]`, which keeps squares from overflowing; variances are held above `1e-12` there, so that a standard
//! error of zero is a weight like any other.

use std::collections::BTreeMap;

use super::Optimizer;
use super::quantile::quantile;
use crate::history::History;

/// Smallest noise variance, for values scaled to `[0, 1]`.
const MIN_VARIANCE: f64 = 1e-12;

impl Optimizer {
    /// The trial to use: the one with the best posterior mean when the objective is noisy, the best otherwise. None
    /// while no feasible trial is complete, and for several objectives.
    pub fn recommend(&self) -> Option<u64> {
        if self.history.n_objectives() != 1 || !self.history.is_noisy() {
            return self.best();
        }
        let groups = self.groups(&observations(&self.history));
        let posterior = posterior_means(&groups);
        let order =
            |a: &usize, b: &usize| posterior[*a].total_cmp(&posterior[*b]).then(groups[*a].id.cmp(&groups[*b].id));
        (0..groups.len()).min_by(order).map(|g| groups[g].id)
    }

    /// One group per configuration, by increasing id of its first eligible trial.
    fn groups(&self, observations: &[Observation]) -> Vec<Group> {
        let mut place = BTreeMap::new();
        let mut groups: Vec<Group> = Vec::new();
        for o in observations {
            let configuration = self.history.configuration(&self.space, o.row);
            let g = *place.entry(self.history.first_row(&configuration)).or_insert_with(|| {
                groups.push(Group { id: o.row as u64, weight: 0.0, weighted: 0.0 });
                groups.len() - 1
            });
            groups[g].weight += 1.0 / o.variance;
            groups[g].weighted += o.value / o.variance;
        }
        groups
    }
}

/// A value and its noise variance, scaled to `[0, 1]`.
struct Observation {
    row: usize,
    value: f64,
    variance: f64,
}

/// The trials of one configuration.
struct Group {
    id: u64,
    /// `sum 1 / v_i`.
    weight: f64,
    /// `sum y_i / v_i`.
    weighted: f64,
}

impl Group {
    fn mean(&self) -> f64 {
        self.weighted / self.weight
    }
    fn variance(&self) -> f64 {
        1.0 / self.weight
    }
}

/// The eligible trials, fenced and scaled.
fn observations(history: &History) -> Vec<Observation> {
    let rows: Vec<usize> = (0..history.len()).filter(|row| history.is_eligible(*row)).collect();
    let mut sorted: Vec<f64> = rows.iter().map(|row| history.values(0)[*row]).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let Some(low) = sorted.first().copied() else { return Vec::new() };
    let (q1, q3) = (quantile(&sorted, 0.25), quantile(&sorted, 0.75));
    let high = sorted[sorted.len() - 1].min(q3 + 1.5 * (q3 - q1));
    // Halved before subtracting: the range itself may overflow.
    let half_range = high / 2.0 - low / 2.0;
    let scale = |x: f64| if half_range > 0.0 { x / 2.0 / half_range } else { 0.0 };
    let errors: Vec<Option<f64>> = rows.iter().map(|row| standard_error(history, *row).map(scale)).collect();
    let usual = usual_variance(&errors);
    let observation = |(row, error): (&usize, &Option<f64>)| Observation {
        row: *row,
        value: scale(history.values(0)[*row].min(high)) - scale(low),
        variance: error.map_or(usual, |e| e * e).clamp(MIN_VARIANCE, 1.0 / MIN_VARIANCE),
    };
    rows.iter().zip(&errors).map(observation).collect()
}

/// The standard error of a trial: told, or estimated from at least two replicates.
fn standard_error(history: &History, row: usize) -> Option<f64> {
    let told = history.sems(0)[row];
    if !told.is_nan() {
        return Some(told);
    }
    let replicates = history.replicates(row as u64)?.first()?;
    let n = replicates.len() as f64;
    if n < 2.0 {
        return None;
    }
    let mean = replicates.iter().map(|y| y / n).sum::<f64>();
    let scale = replicates.iter().map(|y| (y - mean).abs()).fold(0.0, f64::max);
    if scale == 0.0 || !scale.is_finite() {
        return Some(scale);
    }
    let squares: f64 = replicates.iter().map(|y| (y - mean) / scale).map(|z| z * z).sum();
    Some(scale * (squares / (n - 1.0) / n).sqrt())
}

/// The median of the variances known; zero if there is none.
fn usual_variance(errors: &[Option<f64>]) -> f64 {
    let mut known: Vec<f64> = errors.iter().flatten().map(|e| e * e).collect();
    known.sort_unstable_by(f64::total_cmp);
    if known.is_empty() { 0.0 } else { quantile(&known, 0.5) }
}

/// `E[theta_g | y]` of every configuration.
fn posterior_means(groups: &[Group]) -> Vec<f64> {
    let between = between_variance(groups);
    let weights: Vec<f64> = groups.iter().map(|g| 1.0 / (g.variance() + between)).collect();
    let total: f64 = weights.iter().sum();
    let overall = groups.iter().zip(&weights).map(|(g, w)| w * g.mean()).sum::<f64>() / total;
    let posterior = |g: &Group| (between * g.mean() + g.variance() * overall) / (between + g.variance());
    groups.iter().map(posterior).collect()
}

/// `tau^2`.
fn between_variance(groups: &[Group]) -> f64 {
    let total: f64 = groups.iter().map(|g| g.weight).sum();
    let mean = groups.iter().map(|g| g.weighted).sum::<f64>() / total;
    let spread: f64 = groups.iter().map(|g| g.weight * (g.mean() - mean) * (g.mean() - mean)).sum();
    let normaliser = total - groups.iter().map(|g| g.weight * g.weight).sum::<f64>() / total;
    if normaliser > 0.0 { ((spread - (groups.len() as f64 - 1.0)) / normaliser).max(0.0) } else { 0.0 }
}
