//! Chooses values one after another, so that what is left for the others always satisfies each constraint by itself.
//!
//! After each choice the constraints narrow the spans of the open parameters until nothing changes. With one linear
//! constraint, or any number of order constraints, this never leads to a dead end. Interacting constraints may lead to
//! one; the caller then tries again with other choices. A constraint is applied once all its parameters are known to be
//! active. Parents therefore come before their children, and nothing is assumed about parameters that may be inactive.

use std::collections::VecDeque;

use super::tighten::Tightener;
use super::{Restriction, Span};
use crate::numerics::Stream;
use crate::space::{Configuration, Prior, SearchSpace, Value};

/// A rule that chooses the value of an open parameter from the remaining span of its domain.
pub(super) trait Choose {
    fn choose(&self, space: &SearchSpace, i: usize, span: Span, stream: &mut Stream) -> Value;
}

/// Draws from the prior.
pub(super) struct FromPrior {
    /// The probability that a value is drawn uniformly instead: the prior may have almost no mass where the constraints
    /// leave values.
    pub(super) flat: f64,
}

impl Choose for FromPrior {
    fn choose(&self, space: &SearchSpace, i: usize, span: Span, stream: &mut Stream) -> Value {
        let flat = self.flat > 0.0 && stream.uniform() < self.flat;
        let prior = if flat { &Prior::Uniform } else { &space.parameters()[i].prior };
        space.draw_within(i, span, prior, stream)
    }
}

/// Chooses a value near a goal, or draws from the prior if there is none.
pub(super) struct Near<'a> {
    pub(super) goal: &'a [Option<Value>],
    /// The probability that a parent is drawn from its prior instead: the goal's value may leave its children no value.
    pub(super) loose: f64,
    /// Whether a goal outside the span is replaced by the nearest value instead of a random value near it.
    pub(super) nearest: bool,
}

impl Choose for Near<'_> {
    fn choose(&self, space: &SearchSpace, i: usize, span: Span, stream: &mut Stream) -> Value {
        match self.goal[i] {
            Some(goal) if space.children()[i].is_empty() || stream.uniform() >= self.loose => {
                if self.nearest {
                    span.nearest(goal)
                } else {
                    draw_near(space, i, span, goal, stream)
                }
            }
            _ => space.draw_within(i, span, &space.parameters()[i].prior, stream),
        }
    }
}

/// The goal, if it lies in the span. Otherwise a draw from the part of the span that is no further from the nearer end
/// than the goal is. If the span is shorter than this distance, that is the whole span, so that goals far from a thin
/// set are spread over it and do not pile up in its corners.
fn draw_near(space: &SearchSpace, i: usize, span: Span, goal: Value, stream: &mut Stream) -> Value {
    let (axis, prior) = (&space.axes()[i], &space.parameters()[i].prior);
    if span.contains(goal) {
        return goal;
    }
    if axis.is_unordered() {
        return space.draw_within(i, span, prior, stream);
    }
    let end = span.nearest(goal);
    let mirrored = span.nearest(axis.from_unit(2.0 * axis.to_unit(end) - axis.to_unit(goal)));
    space.draw_within(i, Span::of_both(end, mirrored), prior, stream)
}

/// What is known about the activity of a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Activity {
    Unknown,
    Active,
    Inactive,
}

/// A partial configuration and the spans left for the open parameters.
pub(super) struct Search<'a> {
    space: &'a SearchSpace,
    restriction: Restriction<'a>,
    values: Vec<Option<Value>>,
    spans: Vec<Span>,
    activity: Vec<Activity>,
}

/// Redraws of one parameter's value before the neighbouring values are tried. (Half and twice:
/// `benches/results/constants.md`.)
const CHOICES: usize = 16;
/// The distance in levels up to which neighbours are tried, nearest first, if all draws break a constraint. (Half and
/// twice: `benches/results/constants.md`.)
const NEIGHBOURS: u64 = 4096;
/// Maximum number of visits in one propagation, per constraint on average. (Half and twice:
/// `benches/results/constants.md`.)
pub(super) const ROUNDS: usize = 100;

impl<'a> Search<'a> {
    /// Chooses values for all parameters within the restriction; `None` at a dead end.
    pub(super) fn run(
        space: &'a SearchSpace,
        restriction: Restriction<'a>,
        chooser: &impl Choose,
        stream: &mut Stream,
    ) -> Option<Self> {
        let mut search = Self::new(space, restriction)?;
        let mut ready: Vec<usize> =
            (0..search.activity.len()).filter(|&i| search.activity[i] == Activity::Active).collect();
        search.propagate((0..space.constraints().len()).collect())?;
        while !ready.is_empty() {
            let i = ready.swap_remove(search.pick(&ready, stream));
            search.assign(i, chooser, stream)?;
            search.activate_children(i, &mut ready)?;
        }
        Some(search)
    }

    /// Whether the constraints leave values before any choice is made, as far as each of them by itself shows.
    pub(super) fn is_open(space: &'a SearchSpace, restriction: Restriction<'a>) -> bool {
        let search = Self::new(space, restriction);
        search.is_some_and(|mut search| search.propagate((0..space.constraints().len()).collect()).is_some())
    }

    fn new(space: &'a SearchSpace, restriction: Restriction<'a>) -> Option<Self> {
        let parameters = space.parameters();
        let spans = (0..parameters.len()).map(|i| restriction.span(i, space)).collect::<Option<_>>()?;
        let activity = |when: &[_]| if when.is_empty() { Activity::Active } else { Activity::Unknown };
        let activity = parameters.iter().map(|p| activity(&p.when)).collect();
        Some(Self { space, restriction, values: vec![None; parameters.len()], spans, activity })
    }

    /// The first constraint that, together with those before it, leaves some parameter no value.
    pub(super) fn impossible(space: &'a SearchSpace, restriction: Restriction<'a>) -> Option<usize> {
        let mut search = Self::new(space, restriction)?;
        (0..space.constraints().len()).find(|&k| search.narrow(k).is_none())
    }

    /// A finished search whose result is the given configuration.
    pub(super) fn at(
        space: &'a SearchSpace,
        restriction: Restriction<'a>,
        Configuration(values): Configuration,
    ) -> Self {
        let state = |(i, value): (usize, &Option<Value>)| match value {
            Some(value) => (Span::point(*value), Activity::Active),
            None => (Span::of(&space.parameters()[i].domain), Activity::Inactive),
        };
        let (spans, activity) = values.iter().enumerate().map(state).unzip();
        Self { space, restriction, values, spans, activity }
    }

    /// The restriction on the result.
    pub(super) fn restriction(&self) -> Restriction<'a> {
        self.restriction
    }

    /// The space that is searched.
    pub(super) fn space(&self) -> &'a SearchSpace {
        self.space
    }

    /// Whether parameter `i` is known to be active.
    pub(super) fn is_active(&self, i: usize) -> bool {
        self.activity[i] == Activity::Active
    }

    /// The configuration chosen.
    pub(super) fn into_configuration(self) -> Configuration {
        Configuration(self.values)
    }

    /// Redraws the values of the parameters in `block`, which are active and have no children; all others keep their
    /// values. At a dead end the previous values are restored and the result is `false`.
    pub(super) fn redraw(&mut self, block: &[usize], chooser: &impl Choose, stream: &mut Stream) -> bool {
        let previous: Vec<_> = block.iter().map(|&i| self.values[i]).collect();
        let done = self.reopen(block, chooser, stream);
        if done.is_none() {
            for (&i, &value) in block.iter().zip(&previous) {
                self.values[i] = value;
                self.spans[i] = value.map_or(self.spans[i], Span::point);
            }
        }
        done.is_some()
    }

    fn reopen(&mut self, block: &[usize], chooser: &impl Choose, stream: &mut Stream) -> Option<()> {
        for &i in block {
            self.values[i] = None;
            self.spans[i] = self.restriction.span(i, self.space)?;
        }
        let space = self.space;
        self.propagate(block.iter().flat_map(|&i| space.constraints_of()[i].iter().copied()).collect())?;
        block.iter().try_for_each(|&i| self.assign(i, chooser, stream))
    }

    /// The position in `ready` of the parameter to assign next, chosen at random. Discrete parameters come before
    /// continuous ones, because a continuous one can absorb the remainder of an equation.
    fn pick(&self, ready: &[usize], stream: &mut Stream) -> usize {
        let counted = |i: usize| matches!(self.spans[i], Span::Levels { .. });
        let n_counted = ready.iter().filter(|&&i| counted(i)).count();
        let (is_counted, n) = if n_counted > 0 { (true, n_counted) } else { (false, ready.len()) };
        let nth = stream.below_or_equal(n as u64 - 1) as usize;
        let mut of_kind = (0..ready.len()).filter(|&position| counted(ready[position]) == is_counted);
        of_kind.nth(nth).unwrap_or(0)
    }

    /// Chooses the value of an active parameter and narrows the spans of the others.
    fn assign(&mut self, i: usize, chooser: &impl Choose, stream: &mut Stream) -> Option<()> {
        let span = self.spans[i];
        let mut value = chooser.choose(self.space, i, span, stream);
        for _ in 0..CHOICES {
            if self.accepts(i, value) {
                break;
            }
            value = chooser.choose(self.space, i, span, stream);
        }
        if !self.accepts(i, value) {
            value = self.neighbour(i, value, stream)?;
        }
        self.values[i] = Some(value);
        self.spans[i] = Span::point(value);
        let constraints = &self.space.constraints_of()[i];
        self.propagate(constraints.iter().copied().collect())
    }

    /// Determines which children of `i` are active; these become ready. Children of inactive children are determined
    /// too.
    fn activate_children(&mut self, i: usize, ready: &mut Vec<usize>) -> Option<()> {
        let space = self.space;
        let mut decided = vec![i];
        while let Some(parent) = decided.pop() {
            for &child in &space.children()[parent] {
                let waits = space.parameters()[child].when.iter().any(|condition| self.is_undecided(condition.parent));
                if self.activity[child] != Activity::Unknown || waits {
                    continue;
                }
                if space.is_active(child, &self.values) {
                    self.activity[child] = Activity::Active;
                    ready.push(child);
                    self.propagate(space.constraints_of()[child].iter().copied().collect())?;
                } else {
                    self.activity[child] = Activity::Inactive;
                    decided.push(child);
                }
            }
        }
        Some(())
    }

    /// Whether parameter `i` may still receive a value.
    fn is_undecided(&self, i: usize) -> bool {
        self.activity[i] != Activity::Inactive && self.values[i].is_none()
    }

    /// Whether the value is allowed and no constraint whose other values are known is broken.
    fn accepts(&mut self, i: usize, value: Value) -> bool {
        if self.restriction.fixed[i].is_none() && !self.restriction.allows(i, value, self.space) {
            return false;
        }
        let space = self.space;
        self.values[i] = Some(value);
        let holds =
            space.constraints_of()[i].iter().all(|&k| space.constraints()[k].holds(space.parameters(), &self.values));
        self.values[i] = None;
        holds
    }

    /// The nearest acceptable level, or a float beyond the nearest end of a forbidden range.
    fn neighbour(&mut self, i: usize, value: Value, stream: &mut Stream) -> Option<Value> {
        let span = self.spans[i];
        match value {
            Value::Level(k) => (1..NEIGHBOURS)
                .flat_map(|step| [k.checked_sub(step), k.checked_add(step)])
                .flatten()
                .map(Value::Level)
                .find(|&v| span.contains(v) && self.accepts(i, v)),
            Value::Real(x) => {
                let mut sides = self.space.forbidden_sides(i);
                sides.extend(
                    [span.ends().0, span.ends().1].map(|v| self.space.parameters()[i].domain.number(v).to_f64()),
                );
                sides.sort_by(|a, b| (a - x).abs().total_cmp(&(b - x).abs()));
                let side = sides.into_iter().map(Value::Real).find(|&v| span.contains(v) && self.accepts(i, v))?;
                let beyond = draw_near(self.space, i, span.beyond(side, value), value, stream);
                Some(if self.accepts(i, beyond) { beyond } else { side })
            }
        }
    }

    /// Narrows the spans of open parameters by the constraints in the queue, and by those affected by a change, until
    /// nothing changes. `None` if a span becomes empty.
    fn propagate(&mut self, mut queue: VecDeque<usize>) -> Option<()> {
        let space = self.space;
        let mut queued = vec![false; space.constraints().len()];
        for &k in &queue {
            queued[k] = true;
        }
        let mut budget = ROUNDS * queued.len();
        while let Some(k) = queue.pop_front() {
            queued[k] = false;
            if budget == 0 {
                break;
            }
            budget -= 1;
            for i in self.narrow(k)? {
                for &affected in &space.constraints_of()[i] {
                    if affected != k && !queued[affected] {
                        queued[affected] = true;
                        queue.push_back(affected);
                    }
                }
            }
        }
        Some(())
    }

    /// Narrows the spans of the open parameters of one constraint, if it applies, and returns those that changed.
    fn narrow(&mut self, k: usize) -> Option<Vec<usize>> {
        let (constraint, parameters) = (&self.space.constraints()[k], self.space.parameters());
        let indices = constraint.parameters();
        if indices.iter().any(|&i| self.activity[i] != Activity::Active) {
            return Some(Vec::new());
        }
        let tightener = Tightener::new(constraint, parameters, &self.spans);
        let mut changed = Vec::new();
        for (term, &i) in indices.iter().enumerate() {
            if self.values[i].is_none() {
                let remaining = tightener.remaining(term, &self.spans)?;
                if remaining != self.spans[i] {
                    self.spans[i] = remaining;
                    changed.push(i);
                }
            }
        }
        Some(changed)
    }
}

#[cfg(test)]
mod tests;
