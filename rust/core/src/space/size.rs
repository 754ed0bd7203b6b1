//! The number of configurations.
//!
//! The conditions of its children divide the levels of a parent into classes that have the same effect on every child.
//! The sum runs over classes instead of levels: `count(set) = sum over classes of the first parent of |class| *
//! count(rest)`. The rest splits into groups without a common condition, whose counts multiply. A tree of conditions
//! takes as many steps as it has paths, however large its domains are.

use std::collections::BTreeMap;

use super::enumeration::{Grid, Step};
use super::{Accept, Domain, SearchSpace, Value};

/// Known constraints are counted by enumeration up to this many configurations.
const MAX_ENUMERATED: f64 = 1e6;
/// Maximum number of classes summed over; beyond it the count is replaced by an upper bound.
const MAX_SUMS: u64 = 1_000_000;
/// Maximum nesting of parents; beyond it the count is replaced by an upper bound.
const MAX_DEPTH: usize = 500;

impl SearchSpace {
    /// Number of distinct configurations. Known constraints are taken into account if that needs at most 10^6 steps;
    /// otherwise the result is an upper bound. Infinity if any continuous parameter can be active, or beyond 10^308.
    ///
    /// Computed once. Exact up to 2^53 and correct to a few units in the last place beyond. With more than 10^6
    /// combinations of conditions it is an upper bound.
    pub fn size(&self) -> f64 {
        *self.size.get_or_init(|| {
            if self.is_continuous() {
                return f64::INFINITY;
            }
            let unconstrained = Count::new(self).all();
            if self.constraints().is_empty() || unconstrained > MAX_ENUMERATED {
                return unconstrained;
            }
            self.enumerated().unwrap_or(unconstrained)
        })
    }

    /// Whether any parameter has a continuum of values.
    pub fn is_continuous(&self) -> bool {
        let continuous = |d: &Domain| d.last_level().is_none() && !d.is_point();
        self.parameters().iter().any(|p| continuous(&p.domain))
    }

    fn enumerated(&self) -> Option<f64> {
        let grid = Grid::new(self, None).ok()?;
        let mut step = grid.first(u64::MAX);
        let mut count = 0.0;
        while let Step::Found(configuration) = step {
            count += 1.0;
            step = grid.next(&configuration, u64::MAX);
        }
        Some(count)
    }
}

/// What is known about a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Known {
    Nothing,
    /// Active, with a value in the same class as this one.
    Class(Value),
    Inactive,
}

struct Count<'a> {
    space: &'a SearchSpace,
    known: Vec<Known>,
    sums: u64,
}

impl<'a> Count<'a> {
    fn new(space: &'a SearchSpace) -> Self {
        Self { space, known: vec![Known::Nothing; space.parameters().len()], sums: 0 }
    }

    fn all(&mut self) -> f64 {
        let order = self.space.order().to_vec();
        self.set(&order, 0)
    }

    /// The number of combinations of the parameters in `set`, given what is known about all others. `set` is in
    /// topological order, and nothing is known about its members.
    fn set(&mut self, set: &[usize], depth: usize) -> f64 {
        let mut possible = Vec::with_capacity(set.len());
        for &i in set {
            if self.excluded(i) {
                self.known[i] = Known::Inactive;
            } else {
                possible.push(i);
            }
        }
        let product = self.groups(&possible).iter().map(|group| self.group(group, depth)).product();
        for &i in set {
            self.known[i] = Known::Nothing;
        }
        product
    }

    /// Whether the parameter is known to be inactive.
    fn excluded(&self, i: usize) -> bool {
        self.space.parameters()[i].when.iter().any(|c| match self.known[c.parent] {
            Known::Nothing => false,
            Known::Class(value) => !c.accept.contains(value),
            Known::Inactive => true,
        })
    }

    /// The number of combinations of parameters that are connected by conditions; the first has no parent among them.
    fn group(&mut self, group: &[usize], depth: usize) -> f64 {
        let levels = |i: &usize| self.space.parameters()[*i].domain.last_level().map_or(1.0, |last| last as f64 + 1.0);
        let Some((&first, rest)) = group.split_first() else { return 1.0 };
        if rest.is_empty() {
            return levels(&first);
        }
        if self.sums >= MAX_SUMS || depth >= MAX_DEPTH {
            return group.iter().map(levels).product();
        }
        let mut sum = 0.0;
        for (value, size) in self.classes(first) {
            self.sums += 1;
            self.known[first] = Known::Class(value);
            sum += size * self.set(rest, depth + 1);
        }
        self.known[first] = Known::Nothing;
        sum
    }

    /// Splits a set into groups without a common condition, each in the order of the set.
    fn groups(&self, set: &[usize]) -> Vec<Vec<usize>> {
        let mut group_of: BTreeMap<usize, usize> = set.iter().map(|&i| (i, i)).collect();
        for &i in set {
            for condition in &self.space.parameters()[i].when {
                if group_of.contains_key(&condition.parent) {
                    let (a, b) = (root(&group_of, i), root(&group_of, condition.parent));
                    group_of.insert(a, b);
                }
            }
        }
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &i in set {
            groups.entry(root(&group_of, i)).or_default().push(i);
        }
        groups.into_values().collect()
    }

    /// The classes of a parent's levels, by the conditions of its children that they meet: a member and the size of
    /// each.
    fn classes(&self, parent: usize) -> Vec<(Value, f64)> {
        let Some(last) = self.space.parameters()[parent].domain.last_level() else {
            return vec![(self.space.parameters()[parent].domain.ends().0, 1.0)];
        };
        let children = self.space.children()[parent].iter().filter(|&&i| self.known[i] == Known::Nothing);
        let conditions = children.flat_map(|&i| self.space.parameters()[i].when.iter().filter(|c| c.parent == parent));
        let accepts: Vec<&Accept> = conditions.map(|c| &c.accept).collect();
        let mut classes: BTreeMap<Vec<bool>, (Value, f64)> = BTreeMap::new();
        for (start, size) in pieces(&accepts, last) {
            let meets = accepts.iter().map(|a| a.contains(Value::Level(start))).collect();
            classes.entry(meets).or_insert((Value::Level(start), 0.0)).1 += size;
        }
        classes.into_values().collect()
    }
}

/// Divides `0..=last` at the levels where a condition may change; returns the start and the length of each piece.
fn pieces(accepts: &[&Accept], last: u64) -> Vec<(u64, f64)> {
    let mut starts = vec![0u128];
    for accept in accepts {
        match accept {
            Accept::Levels(levels) => {
                starts.extend(levels.iter().flat_map(|&k| [u128::from(k), u128::from(k) + 1]));
            }
            Accept::LevelRange { first, last } => starts.extend([u128::from(*first), u128::from(*last) + 1]),
            Accept::RealRange { .. } => {}
        }
    }
    let end = u128::from(last) + 1;
    starts.retain(|&start| start < end);
    starts.push(end);
    starts.sort_unstable();
    starts.dedup();
    starts.windows(2).map(|w| (w[0] as u64, (w[1] - w[0]) as f64)).collect()
}

fn root(group_of: &BTreeMap<usize, usize>, mut i: usize) -> usize {
    while let Some(&next) = group_of.get(&i).filter(|&&next| next != i) {
        i = next;
    }
    i
}
