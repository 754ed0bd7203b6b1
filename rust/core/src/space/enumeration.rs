//! A walk through all configurations on a grid of levels, in lexicographic order.
//!
//! Parameters are compared in topological order. When a parameter advances, all later ones restart at their first
//! level, with the activity that follows from the new value. A configuration that breaks a constraint is skipped
//! together with all others that share the prefix that breaks it, so that a walk over a thin feasible set does not
//! visit its surroundings.

use std::cmp::Ordering;

use super::feasible::Span;
use super::{Axis, Configuration, Constraint, Parameter, SearchSpace, SpaceError, Value, bounds};

/// The levels of every parameter of a space.
#[derive(Clone, Debug)]
pub struct Grid<'a> {
    space: &'a SearchSpace,
    levels: Vec<Levels>,
    /// Position of each parameter in the order of the space.
    place: Vec<usize>,
    /// Whether values that a prior rules out are skipped.
    likely: bool,
}

/// The levels of one parameter.
#[derive(Clone, Copy, Debug)]
enum Levels {
    /// All levels from `first` to `last`.
    All { first: u64, last: u64 },
    /// At most `count` values, evenly spaced between two unit coordinates, both ends included. Those between the ends
    /// are rounded to numbers that a person writes.
    Spread { count: u64, left: f64, right: f64 },
}

/// One step of a walk.
#[derive(Clone, Debug, PartialEq)]
pub enum WalkStep {
    /// The next configuration; it satisfies the constraints.
    Found(Configuration),
    /// No configuration is left.
    Exhausted,
    /// The budget ran out among configurations that break a constraint; the walk can continue from this one.
    Unfinished(Configuration),
}

impl<'a> Grid<'a> {
    /// Number of points to visit between two polls for an interruption; a point that violates a constraint, or a whole
    /// range that does, counts as one. Changes no suggestion.
    pub const BLOCK: u64 = 1024;

    /// The grid of a space. A choice contributes all its levels. A number contributes all its levels or, with a
    /// `resolution`, at most that many values, evenly spaced in unit coordinates and including both ends (the middle if
    /// `resolution` is 1).
    ///
    /// # Errors
    /// A continuous parameter without a resolution (the error names it), or a resolution of zero.
    pub fn new(space: &'a SearchSpace, resolution: Option<u64>) -> Result<Self, SpaceError> {
        Self::over(space, resolution, false)
    }

    /// As [`Self::new`], without the values that the priors rule out.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn likely(space: &'a SearchSpace, resolution: Option<u64>) -> Result<Self, SpaceError> {
        Self::over(space, resolution, true)
    }

    fn over(space: &'a SearchSpace, resolution: Option<u64>, likely: bool) -> Result<Self, SpaceError> {
        if resolution == Some(0) {
            return Err(SpaceError::Space("a grid needs at least one level per parameter, found 0".to_owned()));
        }
        let mut levels = Vec::with_capacity(space.parameters().len());
        for (i, parameter) in space.parameters().iter().enumerate() {
            let domain = &parameter.domain;
            let (left, right) = if likely { space.likely_ends(i) } else { (0.0, 1.0) };
            let span = if likely { space.likely_span(i) } else { Span::of(domain) };
            levels.push(match (span, resolution) {
                (Span::Levels { first, last }, Some(count)) if domain.is_numeric() && last - first >= count => {
                    Levels::Spread { count, left, right }
                }
                (Span::Levels { first, last }, _) => Levels::All { first, last },
                (Span::Real { .. }, _) if domain.is_point() => Levels::Spread { count: 1, left, right },
                (Span::Real { .. }, Some(count)) => Levels::Spread { count, left, right },
                (Span::Real { .. }, None) => {
                    let message = "it has infinitely many values; give a resolution or a step".to_owned();
                    return Err(SpaceError::Parameter { name: parameter.name.clone(), message });
                }
            });
        }
        let mut place = vec![0; levels.len()];
        space.order().iter().enumerate().for_each(|(position, &i)| place[i] = position);
        Ok(Self { space, levels, place, likely })
    }

    /// Whether a higher resolution would have more levels.
    pub fn leaves_out_levels(&self) -> bool {
        let spread = |(levels, parameter): (&Levels, &Parameter)| {
            matches!(levels, Levels::Spread { .. }) && !parameter.domain.is_point()
        };
        self.levels.iter().zip(self.space.parameters()).any(spread)
    }

    /// The levels of one parameter, increasing and distinct.
    pub fn levels(&self, parameter: usize) -> impl Iterator<Item = Value> {
        let (levels, axis) = (self.levels[parameter], &self.space.axes()[parameter]);
        let all = std::iter::successors(Some(levels.first(axis)), move |&value| levels.after(axis, value));
        all.filter(move |value| self.has(parameter, *value))
    }

    /// The first configuration that satisfies the constraints, if it is among the first `budget` visited.
    pub fn first(&self, budget: u64) -> WalkStep {
        let mut values = vec![None; self.levels.len()];
        self.restart(&mut values, 0);
        self.satisfying(Configuration(values), budget)
    }

    /// The first configuration after `previous` that satisfies the constraints, if it is among the next `budget`
    /// visited. `previous` need not be on the grid.
    pub fn next(&self, previous: &Configuration, budget: u64) -> WalkStep {
        match self.advance(previous, self.levels.len()) {
            Some(configuration) => self.satisfying(configuration, budget),
            None => WalkStep::Exhausted,
        }
    }

    /// A walk that visits every configuration once: from the one after `start` to the end, then from the beginning to
    /// `start`, which comes last if it is on the grid.
    pub fn walk(&self, start: Configuration) -> Walk<'_> {
        Walk { grid: self, previous: start.clone(), wrapped: false, exhausted: false, start }
    }

    /// The lexicographic order of two configurations.
    fn compare(&self, a: &Configuration, b: &Configuration) -> Ordering {
        let differing = self.space.order().iter().map(|&i| (a.0[i], b.0[i])).find(|(x, y)| x != y);
        match differing {
            // All earlier values are equal, so both parameters are active or neither is.
            Some((Some(x), Some(y))) => compare(x, y),
            _ => Ordering::Equal,
        }
    }

    fn satisfying(&self, mut configuration: Configuration, budget: u64) -> WalkStep {
        for _ in 0..budget {
            let Some(prefix) = self.prefix_to_change(&configuration) else { return WalkStep::Found(configuration) };
            match self.advance(&configuration, prefix) {
                Some(next) => configuration = next,
                None => return WalkStep::Exhausted,
            }
        }
        match self.prefix_to_change(&configuration) {
            None => WalkStep::Found(configuration),
            Some(_) => WalkStep::Unfinished(configuration),
        }
    }

    /// The next configuration that differs within the first `prefix` positions.
    fn advance(&self, Configuration(values): &Configuration, prefix: usize) -> Option<Configuration> {
        let order = self.space.order();
        let (position, next) = (0..prefix).rev().find_map(|position| {
            let i = order[position];
            let next = self.levels[i].after(&self.space.axes()[i], values[i]?)?;
            Some((position, next))
        })?;
        let mut values = values.clone();
        values[order[position]] = Some(next);
        self.restart(&mut values, position + 1);
        Some(Configuration(values))
    }

    /// Resets the parameters from `position` on to their first levels.
    fn restart(&self, values: &mut [Option<Value>], position: usize) {
        for &i in &self.space.order()[position..] {
            let active = self.space.is_active(i, values);
            values[i] = active.then(|| self.levels[i].first(&self.space.axes()[i]));
        }
    }

    /// Whether the grid may contain a value.
    fn has(&self, i: usize, value: Value) -> bool {
        !self.likely || self.space.is_likely(i, value)
    }

    /// The length of the prefix in which some position must advance: as long as the prefix stays, the same constraint
    /// remains broken or the same value ruled out. `None` if the configuration is valid.
    fn prefix_to_change(&self, configuration: &Configuration) -> Option<usize> {
        let parameters = self.space.parameters();
        let broken = self.space.constraints().iter().filter(|c| !c.holds(parameters, &configuration.0));
        let unlikely = |i: &usize| configuration.0[*i].is_some_and(|value| !self.has(*i, value));
        let ruled_out = (0..configuration.0.len()).filter(unlikely).map(|i| self.place[i] + 1);
        broken.map(|c| self.prefix_that_breaks(c, &configuration.0)).chain(ruled_out).min()
    }

    /// As [`Self::prefix_to_change`], for one broken constraint. The prefix must determine whether the constraint
    /// applies, so it contains all parents of the constraint's parameters.
    fn prefix_that_breaks(&self, constraint: &Constraint, values: &[Option<Value>]) -> usize {
        let parameters = self.space.parameters();
        let named = constraint.parameters();
        let parents = named.iter().flat_map(|&i| parameters[i].when.iter().map(|c| self.place[c.parent] + 1));
        let after_parents = parents.max().unwrap_or(0);
        let mut places: Vec<usize> = named.iter().map(|&i| self.place[i]).filter(|&p| p >= after_parents).collect();
        places.sort_unstable();
        for &place in &places {
            // First for this value or any larger one, then for exactly this value.
            for prefix in [place, place + 1] {
                let ends = |i: usize| self.ends(i, values, prefix);
                if bounds::always_broken(constraint, parameters, ends) {
                    return prefix;
                }
            }
        }
        places.last().map_or(after_parents, |place| place + 1)
    }

    /// The range of parameter `i` while the first `prefix` positions keep their values and the next one advances.
    fn ends(&self, i: usize, values: &[Option<Value>], prefix: usize) -> (Value, Value) {
        let (low, high) = self.space.parameters()[i].domain.ends();
        match values[i] {
            Some(value) if self.place[i] < prefix => (value, value),
            Some(value) if self.place[i] == prefix => (value, high),
            _ => (low, high),
        }
    }
}

impl Levels {
    fn first(self, axis: &Axis) -> Value {
        match self {
            Self::All { first, .. } => Value::Level(first),
            Self::Spread { .. } => self.spread(axis, 0),
        }
    }

    /// The smallest level greater than `value`.
    fn after(self, axis: &Axis, value: Value) -> Option<Value> {
        match (self, value) {
            (Self::All { first, last }, Value::Level(k)) => (k < last).then(|| Value::Level(first.max(k + 1))),
            (Self::All { .. }, Value::Real(_)) => None,
            (Self::Spread { count, .. }, _) => {
                // Bisection, because neighbours may coincide: near the low end of a logarithmic integer, or where a
                // narrow range has fewer floats than levels.
                let (mut low, mut high) = (0, count);
                while low < high {
                    let middle = low + (high - low) / 2;
                    if compare(self.spread(axis, middle), value).is_gt() {
                        high = middle;
                    } else {
                        low = middle + 1;
                    }
                }
                (low < count).then(|| self.spread(axis, low))
            }
        }
    }

    /// Value `k` of the evenly spaced values.
    fn spread(self, axis: &Axis, k: u64) -> Value {
        let Self::Spread { count, left, right } = self else { return Value::Level(k) };
        let share = if count == 1 { 0.5 } else { k as f64 / (count - 1) as f64 };
        match [left, left + (right - left) * share, right].map(|u| axis.from_unit(u)) {
            [Value::Real(low), Value::Real(x), Value::Real(high)] if low < x && x < high => {
                Value::Real(rounded(x).clamp(low, high))
            }
            [_, value, _] => value,
        }
    }
}

/// A number with twelve significant digits: 1e-4 for 9.999999999999991e-05.
fn rounded(x: f64) -> f64 {
    format!("{x:.11e}").parse().unwrap_or(x)
}

fn compare(a: Value, b: Value) -> Ordering {
    match (a, b) {
        (Value::Level(a), Value::Level(b)) => a.cmp(&b),
        (Value::Real(a), Value::Real(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        _ => Ordering::Equal,
    }
}

/// A walk that wraps around; see [`Grid::walk`].
#[derive(Clone, Debug)]
pub struct Walk<'a> {
    grid: &'a Grid<'a>,
    start: Configuration,
    /// The configuration from which the next step starts.
    previous: Configuration,
    wrapped: bool,
    exhausted: bool,
}

impl Walk<'_> {
    /// The next configuration, if it is among the next `budget` visited. After [`WalkStep::Unfinished`] the walk continues
    /// where it stopped; after [`WalkStep::Exhausted`] it stays exhausted.
    pub fn step(&mut self, budget: u64) -> WalkStep {
        if self.exhausted {
            return WalkStep::Exhausted;
        }
        let mut step = self.grid.next(&self.previous, budget);
        if step == WalkStep::Exhausted && !self.wrapped {
            self.wrapped = true;
            step = self.grid.first(budget);
        }
        match &step {
            WalkStep::Found(c) | WalkStep::Unfinished(c)
                if !self.wrapped || self.grid.compare(c, &self.start).is_le() =>
            {
                self.previous = c.clone();
                step
            }
            _ => {
                self.exhausted = true;
                WalkStep::Exhausted
            }
        }
    }
}
