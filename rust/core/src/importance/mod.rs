//! Which parameters mattered: two analyses of variance over the trials of a search, and the path between two of its
//! configurations.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `ped_anova` | the variance of the chance of being among the best |
//! | `density` | Parzen estimates on cells, which that is made of |
//! | `forest` | random forests whose trees split a parameter only where it exists |
//! | `fanova` | the variance of the value, by the marginals of a forest |
//! | `ablation` | from one configuration to another, one parameter at a time, by the predictions of a forest |
//!
//! Both analyses take the law of total variance for conditional parameters: the importance of a parameter is the
//! variance that it makes *where it is active*, times the share of the configurations in which it is. What it means
//! that the parameter exists at all belongs to its parents.

mod ablation;
mod density;
mod fanova;
mod forest;
mod ped_anova;

pub use ablation::{Step, ablation};
pub use fanova::fanova;
pub use ped_anova::ped_anova;

/// Fewer trials than this say nothing.
const FEWEST: usize = 4;

/// Shares of the sum of some scores, which are not negative; all zero where no score is positive.
fn shares(scores: &[f64]) -> Vec<f64> {
    // Scaled by the largest first: the sum of scores may be no number, or one without a reciprocal.
    let largest = scores.iter().copied().fold(0.0, f64::max);
    if largest <= 0.0 {
        return vec![0.0; scores.len()];
    }
    let total: f64 = scores.iter().map(|score| score / largest).sum();
    scores.iter().map(|score| score / largest / total).collect()
}

#[cfg(test)]
mod tests;
