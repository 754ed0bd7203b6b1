//! A table of candidates, in place of the space, and how a model chooses among its rows.
//!
//! The models are those of a free search. What differs is where their acquisition function is maximized: at the rows
//! that are open, which are all those that no trial has. Nothing is moved afterwards, so a suggestion is a row.
//!
//! A large table is screened first (`shortlist`). The order of the rows has no influence: ties and random choices are
//! decided by a hash of a row's values.

mod candidates;
mod shortlist;

pub use candidates::Candidates;
pub(crate) use candidates::{OpenRow, first_rows};
pub(crate) use shortlist::{Extent, Shortlist};

use super::{Context, Suggestion, worth};
use crate::history::Origin;
use crate::space::Configuration;

/// Number of rows, beyond that of the trials, that are left for the questions whether a row is worth a trial and likely
/// to succeed. A choice, not measured.
const COMPARED: usize = 64;

/// The most valuable row of a shortlist that is worth a trial ([`worth`]), or a random row, which counts as a fallback,
/// if there are no `values`.
pub(super) fn most_valuable(
    context: &Context<'_>,
    open: &Shortlist<'_>,
    values: Option<Vec<f64>>,
    origin: Origin,
) -> Suggestion {
    let chosen = values.and_then(|values| worth::first_choice(context, ranked(context, open, &values)));
    let fallback = chosen.is_none();
    let configuration = chosen.unwrap_or_else(|| open.configuration(0).clone());
    Suggestion { configuration, origin: if fallback { Origin::Random } else { origin }, fallback }
}

/// Configurations by decreasing value, those that are likely to succeed first.
fn ranked(context: &Context<'_>, open: &Shortlist<'_>, values: &[f64]) -> Vec<Configuration> {
    let mut order: Vec<usize> = (0..open.len()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    order.truncate(context.history.len() + COMPARED);
    if let Some(filter) = super::failures::FailureFilter::of(context) {
        order = filter.keep(order, |i| open.unit(*i));
    }
    order.into_iter().map(|i| open.configuration(i).clone()).collect()
}
