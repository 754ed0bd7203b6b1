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
pub(super) use shortlist::most_valuable;
pub(crate) use shortlist::{Extent, Shortlist};
