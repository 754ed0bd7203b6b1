//! The closed set of pruners: whether a pending trial should be stopped early.
//!
//! A decision is a pure function of its [`Context`]: of what was reported and told, never of a clock, of earlier
//! decisions or of the order of the calls. So it is the same after a restart and in another process. Values are to be
//! minimized, and NaN counts as the worst value there is. With several objectives, and where constraints are broken, a
//! rank takes the place of the value (`rank`). Of a trial that reports folds, rules that look at steps see the mean so
//! far.
//!
//! | file | rule |
//! | --- | --- |
//! | `auto` | an estimate of the end says that it will hardly become the best |
//! | `folds` | `auto` for folds: a paired comparison says so |
//! | `early` | the part of `auto` while few trials are complete |
//! | `dominated` | the same with several objectives: many others dominate it |
//! | `violated` | the same where constraints are reported: nobody got back within them |
//! | `audit` | trials that are never stopped, which show the mistakes of these rules |
//! | `percentile` | worse than a percentile of all trials that reached the step (Golovin et al. 2017); the median |
//! | `halving` | rungs: the best of each go on (Jamieson and Talwalkar 2016; Li et al. 2020; Li et al. 2018) |
//! | `wilcoxon` | a signed-rank test against the best trial, step by step (Wilcoxon 1945) |
//! | `patient` | only a trial that has stopped improving |
//! | `threshold` | outside of bounds |
//! | `schedule` | at which steps a rule looks |
//! | `reached` | the trials that a trial is compared with |
//! | `rank` | what they are compared by |
//! | `decision` | the answer and its reason |

mod audit;
mod auto;
mod context;
mod decision;
mod dominated;
mod early;
mod folds;
mod halving;
mod patient;
mod percentile;
mod rank;
mod reached;
mod schedule;
mod settings;
mod signed_rank;
mod threshold;
mod violated;
mod wilcoxon;

pub use context::Context;
pub use decision::Decision;
pub use settings::{
    HalvingSettings, HyperbandSettings, PatientSettings, PercentileSettings, Pruner, ThresholdSettings,
    WilcoxonSettings,
};

impl Pruner {
    /// Whether the trial of `context` should stop at its last report. A trial that reported nothing goes on.
    pub fn decide(&self, context: &Context<'_>) -> Decision {
        let Some(report) = context.last_report() else { return Decision::go_on("nothing was reported yet") };
        match self {
            Self::Auto if !context.folds().is_empty() => folds::decide(context),
            Self::Auto => auto::decide(context, report),
            Self::External => Decision::go_on("this pruner decides outside the core"),
            Self::Percentile(settings) => percentile::decide(settings, context, report),
            Self::SuccessiveHalving(settings) => halving::successive(settings, context),
            Self::Hyperband(settings) => halving::hyperband(settings, context),
            Self::Wilcoxon(settings) => wilcoxon::decide(settings, context),
            Self::Patient(settings) => patient::decide(settings, context),
            Self::Threshold(settings) => threshold::decide(settings, context, report),
            Self::Nothing => Decision::go_on("this pruner stops nothing"),
        }
    }
}
