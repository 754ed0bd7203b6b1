//! The search space: parameters, the conditions under which they exist, and the constraints between them.

mod condition;
mod configuration;
mod constraint;
mod domain;
mod error;
mod parameter;
mod prior;
mod search_space;

pub use condition::{Accept, Condition};
pub use configuration::{Configuration, Value};
pub use constraint::{Clause, Constraint};
pub use domain::Domain;
pub use error::SpaceError;
pub use parameter::Parameter;
pub use prior::Prior;
pub use search_space::SearchSpace;
