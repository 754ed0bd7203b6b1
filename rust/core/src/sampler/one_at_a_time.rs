//! A base point, then all levels of one parameter after the other, with all other parameters at the base.
//!
//! The base is the one in the settings, or else the defaults, or else the centre (the middle of a numeric or ordered
//! parameter, the first level of an unordered one). If it violates known constraints, it is moved to a configuration
//! near it that satisfies them, or drawn if that fails. Parameters that become active take their default or their
//! centre. A parameter that the base lacks is varied with its parents at the first levels that activate it.
//!
//! If an equation ties other parameters to the varied one, as in a mixture, the others are scaled by a common factor
//! ([`SearchSpace::scaled`]). Levels that equal the base up to rounding are skipped. So are points that an earlier
//! parameter gave up to rounding: varying either of two shares of a mixture gives the same points. Points that violate
//! a constraint are skipped too, and the message at the end counts them.

use std::collections::BTreeMap;

use super::{Context, SuggestError, Suggestion};
use crate::history::Origin;
use crate::numerics::{Purpose, Stream};
use crate::space::{AxisKind, Configuration, Grid, SearchSpace, SpaceError, Value};

/// Two values within this share of the range are equal. (Half and twice: `benches/results/constants.md`.)
const SAME: f64 = 1e-9;

/// Number of parameters that the message at the end names. Changes no suggestion.
const NAMED: usize = 10;

/// The position in the design; all earlier points were tried or violate a constraint.
#[derive(Clone, Debug, Default)]
pub(super) struct Cursor {
    /// The base, a function of the space, the settings and the seed.
    base: Option<Configuration>,
    base_tried: bool,
    parameter: usize,
    /// Number of levels of `parameter` that have been passed.
    levels: usize,
    /// Number of levels of each parameter at which a point violates a constraint.
    left_out: BTreeMap<usize, usize>,
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
        let is_possible = context.satisfies(&configuration);
        let is_tried =
            || context.history.is_seen(&configuration) || cursor.repeats(&configuration, &grid, context, &base);
        if is_possible && !is_tried() {
            return Ok(Suggestion::new(configuration, Origin::Design));
        }
        cursor.advance(is_possible);
    }
    Err(SuggestError::Exhausted(cursor.end(context)))
}

impl Cursor {
    /// The point at the cursor, which moves on to the next parameter after the last level of one; `None` at the end.
    fn point(&mut self, grid: &Grid<'_>, space: &SearchSpace, base: &Configuration) -> Option<Configuration> {
        if !self.base_tried {
            return Some(base.clone());
        }
        while self.parameter < base.0.len() {
            if let Some(point) = self.varied(grid, space, base) {
                return Some(point);
            }
            (self.parameter, self.levels) = (self.parameter + 1, 0);
        }
        None
    }

    /// The base with the parameter at the cursor at another level; `None` after its last level, and if nothing
    /// activates it.
    fn varied(&self, grid: &Grid<'_>, space: &SearchSpace, base: &Configuration) -> Option<Configuration> {
        let line = Line::new(self.parameter, grid, space, base)?;
        let level = line.levels().nth(self.levels)?;
        Some(line.at(level))
    }

    /// Whether a parameter before the cursor had the point of the cursor, up to rounding.
    fn repeats(&self, point: &Configuration, grid: &Grid<'_>, context: &Context<'_>, base: &Configuration) -> bool {
        let space = context.space;
        // The line of a parameter has the point only if the point has another value of it than the base.
        let moved = (0..self.parameter).filter(|&j| self.base_tried && point.0[j] != base.0[j]);
        let mut lines = moved.filter_map(|j| Line::new(j, grid, space, base));
        lines.any(|line| {
            let is_here = |level: &Value| are_same(space, line.parameter, Some(*level), point.0[line.parameter]);
            let earlier = line.levels().find(is_here).map(|level| line.at(level));
            earlier.is_some_and(|earlier| {
                (0..point.0.len()).all(|j| are_same(space, j, earlier.0[j], point.0[j])) && context.satisfies(&earlier)
            })
        })
    }

    fn advance(&mut self, is_possible: bool) {
        if self.base_tried {
            self.levels += 1;
            if !is_possible {
                *self.left_out.entry(self.parameter).or_default() += 1;
            }
        }
        self.base_tried = true;
    }

    /// What is said at the end, with the levels that were left out.
    fn end(&self, context: &Context<'_>) -> String {
        let allowed = if context.rule.is_given() { " that allowed= accepts" } else { "" };
        let design = "the one-at-a-time design is finished: the base and all levels of all parameters";
        if self.left_out.is_empty() || context.space.constraints().is_empty() {
            return format!("{design}{allowed} have been suggested");
        }
        let named = |(i, n): (&usize, &usize)| format!("{n} of '{}'", context.space.parameters()[*i].name);
        let mut parts: Vec<String> = self.left_out.iter().take(NAMED).map(named).collect();
        if self.left_out.len() > NAMED {
            parts.push(format!("those of {} more", self.left_out.len() - NAMED));
        }
        let rules = if context.rule.is_given() { "the constraints or allowed=" } else { "the constraints" };
        format!("{design} have been suggested, except those that break {rules}: {}", parts.join(", "))
    }
}

/// The points of one parameter.
struct Line<'a> {
    parameter: usize,
    grid: &'a Grid<'a>,
    space: &'a SearchSpace,
    /// The base, with the parameter active.
    start: Configuration,
}

impl<'a> Line<'a> {
    /// `None` if nothing activates the parameter.
    fn new(parameter: usize, grid: &'a Grid<'a>, space: &'a SearchSpace, base: &Configuration) -> Option<Self> {
        let mut values = base.0.clone();
        activate(parameter, grid, space, &mut values)?;
        let start = completed(space, values);
        start.0[parameter].is_some().then_some(Self { parameter, grid, space, start })
    }

    /// The levels that differ from the base.
    fn levels(&self) -> impl Iterator<Item = Value> {
        let start = self.start.0[self.parameter];
        let is_other = move |level: &Value| !are_same(self.space, self.parameter, Some(*level), start);
        self.grid.levels(self.parameter).filter(is_other)
    }

    /// The point at a level. The others follow where equations tie them to the parameter.
    fn at(&self, level: Value) -> Configuration {
        let mut values = self.start.0.clone();
        values[self.parameter] = Some(level);
        completed(self.space, self.space.scaled(completed(self.space, values), Some(self.parameter)).0)
    }
}

/// Whether two values of a parameter are equal up to rounding, or both missing.
fn are_same(space: &SearchSpace, parameter: usize, a: Option<Value>, b: Option<Value>) -> bool {
    let axis = &space.axes()[parameter];
    match (a, b) {
        (Some(a), Some(b)) => (axis.to_unit(a) - axis.to_unit(b)).abs() <= SAME,
        _ => a == b,
    }
}

/// The values with the default or the centre of each active parameter that lacks one.
fn completed(space: &SearchSpace, values: Vec<Option<Value>>) -> Configuration {
    space.complete(values, |i| default_or_centre(space, i))
}

/// Changes parents of a parameter to the first levels that activate it; `None` if none does.
fn activate(parameter: usize, grid: &Grid<'_>, space: &SearchSpace, values: &mut [Option<Value>]) -> Option<()> {
    for condition in &space.parameters()[parameter].when {
        let accepts = |value: &Value| condition.accept.contains(*value);
        if !values[condition.parent].as_ref().is_some_and(accepts) {
            activate(condition.parent, grid, space, values)?;
            values[condition.parent] = Some(grid.levels(condition.parent).find(accepts)?);
        }
    }
    Some(())
}

fn base_point(requested: Option<&Configuration>, context: &Context<'_>) -> Result<Configuration, SuggestError> {
    let space = context.space;
    let centre = || {
        let defaults = space.parameters().iter().map(|p| p.default).collect();
        completed(space, defaults)
    };
    let base = requested.cloned().or_else(|| space.default_configuration()).unwrap_or_else(centre);
    let mut stream = Stream::new(context.seed, 0, Purpose::Base, 0);
    // The levels around a base that was asked for may be allowed even if the base is not.
    let is_base = |base: &Configuration| requested.is_some() || context.rule.allows(base);
    let repaired = moved(space, base, &mut stream).filter(is_base);
    let feasible = repaired.or_else(|| context.draw(&mut stream).ok());
    let allowed = if context.rule.is_given() { " and allowed=" } else { "" };
    let message = format!("one_at_a_time found no base that satisfies the constraints{allowed}; pass one as base");
    feasible.ok_or_else(|| SpaceError::Space(message).into())
}

/// A configuration near one that violates constraints: in proportion, as the centre of a mixture; or else between its
/// limits; or else the nearest one.
fn moved(space: &SearchSpace, base: Configuration, stream: &mut Stream) -> Option<Configuration> {
    let in_proportion = completed(space, space.scaled(base.clone(), None).0);
    if space.satisfies(&in_proportion) {
        return Some(in_proportion);
    }
    let projected = completed(space, space.projection(&in_proportion).0);
    Some(projected).filter(|projected| space.satisfies(projected)).or_else(|| space.nearest(base, stream))
}

/// The default of a parameter, or its centre.
fn default_or_centre(space: &SearchSpace, i: usize) -> Value {
    let axis = &space.axes()[i];
    space.parameters()[i].default.unwrap_or_else(|| match axis.kind() {
        AxisKind::Unordered { .. } => space.likely_value(i, 0.0),
        AxisKind::Continuous | AxisKind::Ordered { .. } => space.likely_value(i, 0.5),
    })
}
