//! The closed set of pruners: whether a pending trial should be stopped early.
//!
//! A decision is a pure function of its [`Context`]: of reports and results, not of a clock, of earlier decisions or of
//! the order of calls. It is therefore the same after a restart and in another process. Values are to be minimized, and
//! NaN counts as the worst value. With several objectives, or if constraints are broken, trials are compared by ranks
//! instead of values (`rank`). For a trial that reports folds, rules based on steps use the running mean.
//!
//! | file | rule |
//! | --- | --- |
//! | `auto` | by the estimated final value, the trial is unlikely to become the best, or to satisfy its constraints |
//! | `folds` | `auto` for folds: the same by a paired comparison |
//! | `early` | `auto` while few trials are complete |
//! | `dominated` | `auto` with several objectives: many others dominate the trial |
//! | `audit` | trials that are never stopped, which reveal mistakes of these rules |
//! | `percentile` | worse than a percentile of all trials that reached the step (Golovin et al. 2017); the median |
//! | `halving` | rungs: the best of each continue (Jamieson and Talwalkar 2016; Li et al. 2020; Li et al. 2018) |
//! | `wilcoxon` | a signed-rank test against the best trial, step by step (Wilcoxon 1945) |
//! | `patient` | only a trial that has stopped improving |
//! | `threshold` | outside of bounds |
//! | `bracket` | the brackets of Hyperband |
//! | `columns` | the values with which a trial is compared, kept from decision to decision |
//! | `context` | the data of a decision: what a trial reported at a step |
//! | `rank` | the values or ranks by which trials are compared |

mod audit;
mod auto;
mod bracket;
mod columns;
mod context;
mod dominated;
mod early;
mod folds;
mod halving;
mod patient;
mod percentile;
mod rank;
mod settings;
mod signed_rank;
mod threshold;
mod wilcoxon;

pub use columns::Columns;
pub use context::{Context, Decision};
pub use settings::{
    HalvingSettings, HyperbandSettings, PatientSettings, PercentileSettings, Pruner, ThresholdSettings,
    WilcoxonSettings,
};

impl Pruner {
    /// Whether the trial of `context` should stop at its last report. A trial without reports continues. Rules build the
    /// columns that they need.
    pub fn decide(&self, context: &Context<'_>, columns: &mut Columns) -> Decision {
        let Some(report) = context.last_report() else { return Decision::go_on("nothing was reported yet") };
        match self {
            Self::Auto if !context.folds().is_empty() => folds::decide(context),
            Self::Auto => auto::decide(context, report),
            Self::External => Decision::go_on("this pruner decides outside the core"),
            Self::Percentile(settings) => percentile::decide(settings, context, columns, report),
            Self::SuccessiveHalving(settings) => halving::successive(settings, context, columns),
            Self::Hyperband(settings) => halving::hyperband(settings, context, columns),
            Self::Wilcoxon(settings) => wilcoxon::decide(settings, context),
            Self::Patient(settings) => patient::decide(settings, context, columns),
            Self::Threshold(settings) => threshold::decide(settings, context, report),
            Self::Nothing => Decision::go_on("this pruner stops nothing"),
        }
    }
}
