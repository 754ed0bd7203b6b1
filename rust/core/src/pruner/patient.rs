//! Stops only trials that have stopped improving.

use super::columns::Columns;
use super::context::{Context, Report, best_of};
use super::{Decision, PatientSettings};

/// Continues while one of the last `patience + 1` reports is better than all earlier ones by more than `min_delta`, in
/// any objective. Otherwise the inner pruner decides, or the trial stops if there is none.
pub(super) fn decide(settings: &PatientSettings, context: &Context<'_>, columns: &mut Columns) -> Decision {
    let PatientSettings { within, patience, min_delta } = settings;
    let curve = context.curve();
    let Some(start) = curve.len().checked_sub(*patience as usize + 1).filter(|start| *start > 0) else {
        return Decision::go_on(format!("no more than {}", counted(*patience + 1)));
    };
    let n_objectives = context.history.n_objectives();
    let improves = |curve: Vec<Report>| best_of(&curve[start..]) < best_of(&curve[..start]) - min_delta;
    if (0..n_objectives).any(|k| improves(context.curve_of(k))) {
        return Decision::go_on(format!("it improved within the last {}", counted(patience + 1)));
    }
    match within {
        Some(pruner) => pruner.decide(context, columns),
        None => Decision::end(format!("no improvement within the last {}", counted(patience + 1))),
    }
}

fn counted(n: u64) -> String {
    if n == 1 { "1 report".to_owned() } else { format!("{n} reports") }
}
