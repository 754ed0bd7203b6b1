//! The search space: parameters, the conditions under which they exist, and the constraints between them.

mod activity;
mod axis;
mod bounds;
mod checks;
mod condition;
mod constraint;
mod defaults;
mod domain;
mod draw;
mod enumeration;
mod equations;
mod error;
mod feasible;
mod features;
mod levels;
mod likely;
mod likely_values;
mod order;
mod parameter;
mod prior;
mod proportions;
mod requirements;
mod search_space;
mod size;
mod stepped;
#[cfg(test)]
pub(crate) mod testing;
mod value;

pub use axis::{Axis, AxisKind, squared_distances};
pub use condition::{Accept, Condition};
pub use constraint::{Clause, Constraint, EQUATION_TOLERANCE, MEASURED_TOLERANCE};
pub use domain::{Domain, MAX_INTEGER, MIN_INTEGER};
pub use enumeration::{Grid, Walk, WalkStep};
pub use error::SpaceError;
pub use features::{Features, Unlikeness};
pub use parameter::Parameter;
pub use prior::Prior;
pub use search_space::SearchSpace;
pub use value::{Configuration, Number, Value};
