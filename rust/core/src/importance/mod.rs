//! The importance of parameters: two analyses of variance over the trials of a search, and the ablation path between
//! two of its configurations.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `ped_anova` | the variance of the probability of being among the best |
//! | `density` | Parzen estimates on cells, used by `ped_anova` |
//! | `forest` | random forests whose trees split a parameter only where it is active |
//! | `fanova` | the variance of the value, from the marginals of a forest |
//! | `ablation` | the path from one configuration to another, one parameter at a time |
//!
//! Both analyses apply the law of total variance to conditional parameters: the importance of a parameter is the
//! variance that it explains *where it is active*, times the share of configurations in which it is active. The effect
//! of whether it is active belongs to its parents.

mod ablation;
mod density;
mod fanova;
mod forest;
mod ped_anova;

pub use ablation::{Step, ablation, walk};
pub use fanova::fanova;
pub use ped_anova::{FEWEST, ped_anova};

#[cfg(test)]
mod tests;
