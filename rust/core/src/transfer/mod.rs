//! Transfer from earlier searches of other spaces or problems to this one.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `source` | the stored rows of earlier searches |
//! | `source_model` | a model of one source |
//! | `earlier` | all sources of a search, and their models |
//! | `prior` | the prior mean from the sources |
//! | `winners` | configurations worth a trial before results are known |

mod earlier;
mod prior;
mod source;
mod source_model;
mod winners;

pub use earlier::Earlier;
pub use prior::prior_mean;
pub use source::{MAX_ROWS, MAX_SOURCES, Source, SourceRow};
pub use source_model::{MIN_ROWS, SourceModel};
pub use winners::{N_WINNERS, winners};
