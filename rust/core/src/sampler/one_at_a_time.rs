//! A base point, then all levels of one parameter after the other, with all other parameters at the base.
//!
//! The base is the one in the settings, or else the defaults, or else the centre (the middle of a numeric or ordered
//! parameter, the first level of an unordered one). It is repaired if it violates known constraints, or drawn if that
//! fails. Only parameters that are active at the base are varied. Parameters that become active take their default or
//! their centre. Points that violate a constraint are skipped.

use super::{Context, SuggestError, Suggestion};
use crate::history::Origin;
use crate::numerics::{Purpose, Stream};
use crate::space::{AxisKind, Configuration, Grid, SearchSpace, SpaceError, Value};

/// The position in the design; all earlier points were tried or violate a constraint.
#[derive(Clone, Debug, Default)]
pub(super) struct Cursor {
    /// The base, a function of the space, the settings and the seed.
    base: Option<Configuration>,
    base_tried: bool,
    parameter: usize,
    /// Number of levels of `parameter` that have been passed.
    levels: usize,
}

/// Suggests the first point of the design that no trial has, even if duplicates are allowed otherwise.
pub(super) fn suggest(
    base: Option<&Configuration>,
    resolution: u64,
    context: &Context<'_>,
    cursor: &mut Cursor,
) -> Result<Suggestion, SuggestError> {
    let grid = Grid::likely(context.space, Some(resolution))?;
    let base = match &cursor.base {
        Some(base) => base.clone(),
        None => base_point(base, context)?,
    };
    cursor.base = Some(base.clone());
    while let Some(configuration) = cursor.point(&grid, context.space, &base) {
        if (context.interrupted)() || context.rule.has_failed() {
            return Err(SuggestError::Interrupted);
        }
        if context.satisfies(&configuration) && !context.history.is_seen(&configuration) {
            return Ok(Suggestion::new(configuration, Origin::Design));
        }
        cursor.advance();
    }
    let allowed = if context.rule.is_given() { " that allowed= accepts" } else { "" };
    let message = format!(
        "the one-at-a-time design is finished: the base and all levels of all parameters{allowed} have been suggested"
    );
    Err(SuggestError::Exhausted(message))
}

impl Cursor {
    /// The point at the cursor, which moves on to the next parameter after the last level of one; `None` at the end.
    fn point(&mut self, grid: &Grid<'_>, space: &SearchSpace, base: &Configuration) -> Option<Configuration> {
        if !self.base_tried {
            return Some(base.clone());
        }
        while self.parameter < base.0.len() {
            let level = base.0[self.parameter].and_then(|_| grid.levels(self.parameter).nth(self.levels));
            if let Some(level) = level {
                let mut values = base.0.clone();
                values[self.parameter] = Some(level);
                return Some(space.complete(values, |i| default_or_centre(space, i)));
            }
            (self.parameter, self.levels) = (self.parameter + 1, 0);
        }
        None
    }

    fn advance(&mut self) {
        if self.base_tried {
            self.levels += 1;
        }
        self.base_tried = true;
    }
}

fn base_point(requested: Option<&Configuration>, context: &Context<'_>) -> Result<Configuration, SuggestError> {
    let space = context.space;
    let centre = || {
        let defaults = space.parameters().iter().map(|p| p.default).collect();
        space.complete(defaults, |i| default_or_centre(space, i))
    };
    let base = requested.cloned().or_else(|| space.default_configuration()).unwrap_or_else(centre);
    let mut stream = Stream::new(context.seed, 0, Purpose::Base, 0);
    // The levels around a base that was asked for may be allowed even if the base is not.
    let is_base = |base: &Configuration| requested.is_some() || context.rule.allows(base);
    let repaired = space.repair(base, &mut stream).filter(is_base);
    let feasible = repaired.or_else(|| context.draw(&mut stream).ok());
    let allowed = if context.rule.is_given() { " and allowed=" } else { "" };
    let message = format!("one_at_a_time found no base that satisfies the constraints{allowed}; pass one as base");
    feasible.ok_or_else(|| SpaceError::Space(message).into())
}

/// The default of a parameter, or its centre.
fn default_or_centre(space: &SearchSpace, i: usize) -> Value {
    let axis = &space.axes()[i];
    space.parameters()[i].default.unwrap_or_else(|| match axis.kind() {
        AxisKind::Unordered { .. } => space.likely_value(i, 0.0),
        AxisKind::Continuous | AxisKind::Ordered { .. } => space.likely_value(i, 0.5),
    })
}
