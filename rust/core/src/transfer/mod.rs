//! Earlier searches: what they know of another space, or of another problem, as help for this one.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `source` | the rows of earlier searches, as they are stored |
//! | `expectation` | a model of one source |
//! | `order` | how well a source orders what was told here |
//! | `earlier` | all sources of a search, and their models |
//! | `prior` | the prior mean that follows |
//! | `winners` | what is worth a trial before anything was told |

mod earlier;
mod expectation;
mod order;
mod prior;
mod source;
mod winners;

pub use earlier::Earlier;
pub use expectation::Expectation;
pub use prior::prior_mean;
pub use source::{Known, MAX_ROWS, MAX_SOURCES, Source};
pub use winners::{N_WINNERS, winners};
