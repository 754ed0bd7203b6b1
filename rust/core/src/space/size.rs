//! The number of configurations.
//!
//! Let every parameter depend on one parent at most. Below level `k` of parameter `i` there are then as many
//! configurations as the product of those of the children that level `k` activates, and `i` has their sum over its
//! levels. Levels between two borders of the children's conditions have the same children, so the sum takes as many
//! steps as there are borders, however large the domains are. Parameters with several parents count as if only the
//! conditions on the first one mattered, which gives an upper bound.

use super::enumeration::{Grid, WalkStep};
use super::{Accept, Parameter, SearchSpace, Value};

/// The number is counted by enumeration, if it is not known exactly, up to this upper bound;
/// beyond, the bound is the answer. Changes no suggestion.
const MAX_ENUMERATED: f64 = 1e6;

impl SearchSpace {
    /// Number of distinct configurations, computed once. Infinity if any continuous parameter can be active, or beyond
    /// 10^308.
    ///
    /// Exact up to 2^53, and to a few units in the last place beyond, if there are no known constraints and no
    /// parameter has conditions on several parents. Otherwise exact up to 10^6 configurations before constraints, and
    /// an upper bound beyond.
    pub fn size(&self) -> f64 {
        *self.size.get_or_init(|| {
            if self.is_continuous() {
                return f64::INFINITY;
            }
            let bound = self.size_of_forest();
            let has_one_parent = |p: &Parameter| p.when.iter().all(|c| c.parent == p.when[0].parent);
            let is_exact = self.constraints().is_empty() && self.parameters().iter().all(has_one_parent);
            if is_exact || bound > MAX_ENUMERATED { bound } else { self.enumerated().unwrap_or(bound) }
        })
    }

    /// Whether any parameter has a continuum of values.
    pub fn is_continuous(&self) -> bool {
        self.parameters().iter().any(|p| p.domain.last_level().is_none() && !p.domain.is_point())
    }

    fn enumerated(&self) -> Option<f64> {
        let grid = Grid::new(self, None).ok()?;
        let mut step = grid.first(u64::MAX);
        let mut count = 0.0;
        while let WalkStep::Found(configuration) = step {
            count += 1.0;
            step = grid.next(&configuration, u64::MAX);
        }
        Some(count)
    }

    /// The number of configurations if each parameter depended only on the parent that its first condition names.
    fn size_of_forest(&self) -> f64 {
        let parameters = self.parameters();
        let mut sizes = vec![1.0; parameters.len()];
        for &i in self.order().iter().rev() {
            let mut children = self.children()[i].clone();
            children.retain(|&child| parameters[child].when[0].parent == i);
            children.dedup();
            let accepts = |child: usize| parameters[child].when.iter().filter(|c| c.parent == i).map(|c| &c.accept);
            let below = |value: Value| -> f64 {
                let is_active = |child: &&usize| accepts(**child).all(|accept| accept.contains(value));
                children.iter().filter(is_active).map(|child| sizes[*child]).product()
            };
            sizes[i] = match parameters[i].domain.last_level() {
                None => below(parameters[i].domain.ends().0),
                Some(last) => {
                    let pieces = pieces(children.iter().flat_map(|child| accepts(*child)), last);
                    pieces.into_iter().map(|(start, length)| length * below(Value::Level(start))).sum()
                }
            };
        }
        (0..sizes.len()).filter(|i| parameters[*i].when.is_empty()).map(|i| sizes[i]).product()
    }
}

/// Divides `0..=last` at the levels where a condition may change; returns the start and the length of each piece.
fn pieces<'a>(accepts: impl Iterator<Item = &'a Accept>, last: u64) -> Vec<(u64, f64)> {
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
