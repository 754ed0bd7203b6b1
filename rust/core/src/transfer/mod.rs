//! Earlier searches: what they know of another space, or of another problem, as help for this one.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `source` | the rows of earlier searches, as they are stored |
//! | `source_model` | a model of one source |
//! | `concordance` | how well a source orders what was told here |
//! | `earlier` | all sources of a search, and their models |
//! | `prior` | the prior mean that follows |
//! | `winners` | what is worth a trial before anything was told |

mod concordance;
mod earlier;
mod prior;
mod source;
mod source_model;
mod winners;

pub use earlier::Earlier;
pub use prior::prior_mean;
pub use source::{MAX_ROWS, MAX_SOURCES, Source, SourceRow};
pub use source_model::SourceModel;
pub use winners::{N_WINNERS, winners};
