//! Transfer from earlier searches of other spaces or problems to this one. A [`Source`] is an earlier search, expressed
//! in this space.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `source_model` | a model of one source |
//! | `earlier` | all sources of a search, and their models |
//! | `prior` | the prior mean from the sources |
//! | `winners` | configurations worth a trial before results are known |

mod earlier;
mod prior;
mod source_model;
mod winners;

pub use earlier::Earlier;
pub use prior::prior_mean;
pub use source_model::{MIN_ROWS, SourceModel};
pub use winners::{N_WINNERS, winners};

use serde::{Deserialize, Serialize};

use crate::space::{Configuration, Parameter, SearchSpace, Value};

/// Maximum number of sources. More are refused. Changes no suggestion with fewer.
pub const MAX_SOURCES: usize = 8;
/// Maximum number of rows of a source. More are refused. Changes no suggestion with fewer.
pub const MAX_ROWS: usize = 150;

/// A configuration of an earlier search and its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceRow {
    /// Its values for the parameters of this space; `None` where it has none.
    pub values: Vec<Option<Value>>,
    /// Its loss, comparable only within the source.
    pub loss: f64,
    /// Whether it may be tried here: it satisfied its constraints, and all its values lie within this space.
    pub is_eligible: bool,
}

/// An earlier search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its configurations and results.
    pub rows: Vec<SourceRow>,
}

impl SourceRow {
    /// Checks that the row fits `space`.
    fn check(&self, space: &SearchSpace) -> Result<(), String> {
        if self.values.len() != space.parameters().len() {
            return Err(format!("a row has {} values; expected {}", self.values.len(), space.parameters().len()));
        }
        if !self.loss.is_finite() {
            return Err(format!("the loss {} of a row is not a finite number", self.loss));
        }
        let is_wrong = |(value, parameter): (&Option<Value>, &Parameter)| {
            value.is_some_and(|value| !parameter.domain.contains(value))
        };
        match self.values.iter().zip(space.parameters()).find(|pair| is_wrong(*pair)) {
            Some((_, parameter)) => Err(format!("a value of {:?} is outside its domain", parameter.name)),
            None => Ok(()),
        }
    }

    /// Its unit coordinates, NaN where it has no value.
    fn unit(&self, space: &SearchSpace) -> Vec<f64> {
        space.encode(&Configuration(self.values.clone()))
    }
}
