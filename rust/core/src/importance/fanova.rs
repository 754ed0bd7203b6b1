//! fANOVA: the share of the variance of the value that each parameter explains.
//!
//! Hutter, Hoos and Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter Importance", ICML 2014. A forest
//! is fitted to the trials. For a configuration drawn uniformly (parents first, each active parameter uniform on its
//! unit axis), the prediction `y` of a tree has the variance `V`. The marginal of parameter `j` is `f(x) = E[y | x_j =
//! x]` over the configurations in which it is active. Its importance is the share of the variance that the marginal
//! explains there, times the probability `P(j active)`:
//!
//! ```text
//! v = P(j active) Var f(x) / V
//! ```
//!
//! averaged over the trees. A tree divides the space into leaves, so both variances are exact sums over leaves
//! (algorithm 2 of the paper). Let `R_k` be the part of axis `k` that belongs to a leaf, in unit coordinates. The leaf
//! adds
//!
//! ```text
//! value * (product over k != j of |R_k|) / P(j active)
//! ```
//!
//! to the marginal on `R_j`. The probability is a plain product, as explained in `forest`, and `j` is active throughout
//! a leaf that restricts axis `j`. All other leaves add a constant, which has no variance, and are skipped.
//!
//! Values are used directly, not their ranks, so an outlier dominates the result. Trials that failed or were pruned are
//! left out; those that break a constraint count like all others. Priors and known constraints of the space are
//! ignored. The cost is that of the forest, O(trees d n log n), plus one product per leaf and parameter that its path
//! splits.

use super::FEWEST;
use super::forest::{AxisPart, Data, Node, SplitAxis, SplitRule, Tree, for_each_tree};
use crate::history::History;
use crate::numerics::linalg::Interrupted;
use crate::numerics::{Pool, shares};
use crate::space::SearchSpace;

/// The importance of each parameter as a share of the total; the shares sum to one. All are zero if there are fewer
/// than four complete trials with a finite value, or if all values are equal.
///
/// # Errors
/// [`Interrupted`].
pub fn fanova(
    space: &SearchSpace,
    history: &History,
    objective: usize,
    seed: u64,
    pool: &Pool,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<f64>, Interrupted> {
    let data = Data::new(space, history, objective);
    let mut scores = vec![0.0; data.columns.len()];
    if data.len() < FEWEST || !data.varies() {
        return Ok(scores);
    }
    for of_tree in for_each_tree(&data, seed, pool, interrupted, |tree| explained(&data, &tree))? {
        scores.iter_mut().zip(of_tree).for_each(|(score, v)| *score += v);
    }
    Ok(shares(&scores))
}

/// The share of the variance of one tree that each parameter explains by itself.
pub(super) fn explained(data: &Data, tree: &Tree) -> Vec<f64> {
    let mut walk = LeafWalk {
        data,
        tree,
        parts: data.columns.iter().map(SplitAxis::whole).collect(),
        split: vec![0; data.columns.len()],
        marginals: data
            .columns
            .iter()
            .zip(borders(tree, data.columns.len()))
            .map(|(c, b)| ExactMarginal::new(c, b))
            .collect(),
        leaves: Vec::new(),
    };
    walk.visit(0);
    let total = variance(&walk.leaves);
    if total <= 0.0 {
        return vec![0.0; data.columns.len()];
    }
    // The marginals lack their factor 1 / P(j active), which the variance has squared.
    let share = |(j, marginal): (usize, &ExactMarginal<'_>)| marginal.variance() / active(data, j) / total;
    walk.marginals.iter().enumerate().map(share).collect()
}

/// The variance of values with probabilities that sum to one.
fn variance(weighted: &[(f64, f64)]) -> f64 {
    let mean: f64 = weighted.iter().map(|(mass, value)| mass * value).sum();
    weighted.iter().map(|(mass, value)| mass * (value - mean) * (value - mean)).sum()
}

/// The traversal of all leaves of a tree.
struct LeafWalk<'a> {
    data: &'a Data,
    tree: &'a Tree,
    /// The part of each axis that belongs to the node.
    parts: Vec<AxisPart>,
    /// How often the path to the node splits each parameter.
    split: Vec<u32>,
    marginals: Vec<ExactMarginal<'a>>,
    /// Probability and value of each leaf so far.
    leaves: Vec<(f64, f64)>,
}

impl LeafWalk<'_> {
    fn visit(&mut self, node: usize) {
        match &self.tree.nodes[node] {
            Node::Leaf(value) => self.leaf(*value),
            Node::Split { parameter, rule, left, right } => {
                let (part_left, part_right) = self.parts[*parameter].split(rule);
                self.split[*parameter] += 1;
                let part = std::mem::replace(&mut self.parts[*parameter], part_left);
                self.visit(*left);
                self.parts[*parameter] = part_right;
                self.visit(*right);
                self.parts[*parameter] = part;
                self.split[*parameter] -= 1;
            }
        }
    }

    fn leaf(&mut self, value: f64) {
        let masses: Vec<(usize, f64)> = (0..self.parts.len())
            .filter(|k| self.split[*k] > 0)
            .map(|k| (k, self.data.columns[k].mass(&self.parts[k])))
            .collect();
        self.leaves.push((masses.iter().map(|(_, mass)| mass).product(), value));
        for (j, _) in &masses {
            let others: f64 = masses.iter().filter(|(k, _)| k != j).map(|(_, mass)| mass).product();
            self.marginals[*j].add(&self.parts[*j], others * value);
        }
    }
}

/// A piecewise constant function of the coordinate of one parameter.
enum ExactMarginal<'a> {
    /// Borders of the pieces, and the increment of the function at each border.
    Ordered { borders: Vec<f64>, rises: Vec<f64> },
    /// The probability of each code, and the value there.
    Unordered { masses: &'a [f64], values: Vec<f64> },
}

impl<'a> ExactMarginal<'a> {
    /// The zero function, with the borders that the tree needs.
    fn new(column: &'a SplitAxis, borders: Vec<f64>) -> Self {
        match column {
            SplitAxis::Ordered(_) => Self::Ordered { rises: vec![0.0; borders.len()], borders },
            SplitAxis::Unordered { masses, .. } => Self::Unordered { masses, values: vec![0.0; masses.len()] },
        }
    }

    fn add(&mut self, part: &AxisPart, value: f64) {
        match (self, part) {
            (Self::Ordered { borders, rises }, AxisPart::Interval(low, high)) => {
                let index = |border: &f64| borders.partition_point(|known| known < border);
                rises[index(low)] += value;
                rises[index(high)] -= value;
            }
            (Self::Unordered { values, .. }, AxisPart::Codes(codes)) => {
                values.iter_mut().zip(codes).filter(|(_, has)| **has).for_each(|(sum, _)| *sum += value);
            }
            _ => {}
        }
    }

    fn variance(&self) -> f64 {
        match self {
            Self::Ordered { borders, rises } => {
                let (mut value, mut pieces) = (0.0, Vec::with_capacity(rises.len()));
                for (ends, rise) in borders.windows(2).zip(rises) {
                    value += rise;
                    pieces.push((ends[1] - ends[0], value));
                }
                variance(&pieces)
            }
            Self::Unordered { masses, values } => {
                variance(&masses.iter().copied().zip(values.iter().copied()).collect::<Vec<_>>())
            }
        }
    }
}

/// For each ordered parameter, both ends of its axis and all cuts of the tree between them, increasing.
fn borders(tree: &Tree, n_parameters: usize) -> Vec<Vec<f64>> {
    let mut borders = vec![vec![0.0, 1.0]; n_parameters];
    for node in &tree.nodes {
        if let Node::Split { parameter, rule: SplitRule::UpTo(cut), .. } = node {
            borders[*parameter].push(*cut);
        }
    }
    for of_parameter in &mut borders {
        of_parameter.sort_by(f64::total_cmp);
        of_parameter.dedup();
    }
    borders
}

/// The probability that parameter `j` is active in a uniform draw.
fn active(data: &Data, j: usize) -> f64 {
    data.required[j].iter().map(|(ancestor, accepted)| data.columns[*ancestor].mass_accepted(accepted)).product()
}
