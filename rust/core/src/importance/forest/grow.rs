//! Grows the trees of a forest.

use std::ops::Range;

use super::axis::{AxisPart, Overlap, SplitAxis};
use super::data::Data;
use super::split::{BootstrapSample, Sum, exceeds};
use super::tree::{Node, SplitRule, Tree};
use crate::numerics::linalg::Interrupted;
use crate::numerics::{Pool, Purpose, Stream, map_blocks};

/// Number of trees in a forest. As in Optuna (Akiba et al. 2019).
const TREES: usize = 64;
/// Number of trees grown between two checks for an interruption. Changes no suggestion.
const BATCH: usize = 8;
/// Maximum depth of a tree. As in Optuna (Akiba et al. 2019).
const DEPTH: usize = 64;

/// `f` of every tree, in order. Tree `t` is grown on the bootstrap sample of stream `t`, so the result does not depend
/// on the threads.
pub(in crate::importance) fn for_each_tree<T: Send>(
    data: &Data,
    seed: u64,
    pool: &Pool,
    interrupted: &dyn Fn() -> bool,
    f: impl Fn(Tree) -> T + Sync + Send,
) -> Result<Vec<T>, Interrupted> {
    let mut results = Vec::with_capacity(TREES);
    for first in (0..TREES).step_by(BATCH) {
        if interrupted() {
            return Err(Interrupted);
        }
        results.extend(map_blocks(pool, BATCH, |k| f(tree(data, &bootstrap(data.len(), seed, first + k)))));
    }
    Ok(results)
}

/// The number of times each of `n` rows is drawn in `n` draws with replacement.
fn bootstrap(n: usize, seed: u64, tree: usize) -> Vec<f64> {
    let mut stream = Stream::new(seed, tree as u64, Purpose::Forest, 0);
    let mut weights = vec![0.0; n];
    (0..n).for_each(|_| weights[stream.below_or_equal(n as u64 - 1) as usize] += 1.0);
    weights
}

/// The tree for rows with the given weights, at least one of which must be positive. It is grown until all values of a
/// node are equal or no split separates its rows.
fn tree(data: &Data, weights: &[f64]) -> Tree {
    let mut grower = Grower::new(data, weights);
    let span = grower.root();
    grower.grow(&span, 0.0, 0);
    Tree { nodes: grower.nodes }
}

/// The rows of a node: its range in `rows`, and in `sorted` for each parameter.
struct NodeSpan {
    rows: Range<usize>,
    sorted: Vec<Range<usize>>,
}

struct Grower<'a> {
    data: &'a Data,
    sample: BootstrapSample<'a>,
    rows: Vec<u32>,
    /// Per ordered parameter: the rows in which it is active, sorted by its coordinate within each node; else empty.
    sorted: Vec<Vec<u32>>,
    /// The part of each axis that belongs to the node being split.
    parts: Vec<AxisPart>,
    nodes: Vec<Node>,
    /// Scratch space: the side of each row, the rows of the right side, one sum per code.
    is_left: Vec<bool>,
    right: Vec<u32>,
    sums: Vec<Sum>,
}

impl<'a> Grower<'a> {
    fn new(data: &'a Data, weights: &'a [f64]) -> Self {
        let rows: Vec<u32> = (0..data.len() as u32).filter(|row| weights[*row as usize] > 0.0).collect();
        let codes = data.columns.iter().map(|column| match column {
            SplitAxis::Ordered(_) => 0,
            SplitAxis::Unordered { masses, .. } => masses.len(),
        });
        Self {
            data,
            sample: BootstrapSample { weights, values: &data.scaled },
            sorted: (0..data.columns.len()).map(|j| sorted(data, j, &rows)).collect(),
            parts: data.columns.iter().map(SplitAxis::whole).collect(),
            nodes: Vec::new(),
            is_left: vec![false; data.len()],
            right: Vec::with_capacity(rows.len()),
            sums: vec![Sum::default(); codes.max().unwrap_or(0)],
            rows,
        }
    }

    fn root(&self) -> NodeSpan {
        NodeSpan { rows: 0..self.rows.len(), sorted: self.sorted.iter().map(|rows| 0..rows.len()).collect() }
    }

    /// Adds the node of a span and all nodes below it, and returns its index. A node without rows predicts the mean of
    /// its parent.
    fn grow(&mut self, span: &NodeSpan, parent: f64, depth: usize) -> usize {
        let index = self.nodes.len();
        let sum = self.sample.sum(&self.rows[span.rows.clone()]);
        let mean = if sum.weight > 0.0 { sum.value / sum.weight } else { parent };
        self.nodes.push(Node::Leaf(mean));
        let Some((parameter, rule)) = self.split(span, sum, depth) else { return index };
        let (left, right) = self.divide(span, parameter, &rule);
        let (part_left, part_right) = self.parts[parameter].split(&rule);
        let part = std::mem::replace(&mut self.parts[parameter], part_left);
        let left = self.grow(&left, mean, depth + 1);
        self.parts[parameter] = part_right;
        let right = self.grow(&right, mean, depth + 1);
        self.parts[parameter] = part;
        self.nodes[index] = Node::Split { parameter, rule, left, right };
        index
    }

    /// The split with the largest gain; `None` for a leaf. Ties, which are common with few rows, go to the first
    /// parameter, and the first parameter rotates from node to node.
    fn split(&mut self, span: &NodeSpan, sum: Sum, depth: usize) -> Option<(usize, SplitRule)> {
        let rows = &self.rows[span.rows.clone()];
        let value = |row: &u32| self.data.scaled[*row as usize];
        let first_value = value(rows.first()?);
        if depth == DEPTH || rows.iter().all(|row| value(row) == first_value) {
            return None;
        }
        let mut best: Option<(f64, usize, SplitRule)> = None;
        let d = self.data.columns.len();
        let first = self.nodes.len() % d.max(1);
        for j in (first..d).chain(0..first).filter(|j| !self.data.fixed[*j]) {
            if let Some(split) = self.split_of(j, span, sum)
                && best.as_ref().is_none_or(|best| exceeds(split.0, best.0))
            {
                best = Some(split);
            }
        }
        best.map(|(_, parameter, rule)| (parameter, rule))
    }

    /// The best split on account of parameter `j`. If `j` is active in the whole node, it is split itself. If `j` is
    /// active in a part of the node, an ancestor is first cut along a border of that part, and both gains are added. A
    /// parent without an effect of its own is thus still split if one of its children matters.
    fn split_of(&mut self, j: usize, span: &NodeSpan, sum: Sum) -> Option<(f64, usize, SplitRule)> {
        let mut cut = None;
        for (ancestor, accepted) in &self.data.required[j] {
            match self.parts[*ancestor].overlap(accepted) {
                Overlap::Outside => return None,
                Overlap::Across(rule) if cut.is_none() => cut = Some((*ancestor, rule)),
                Overlap::Inside | Overlap::Across(_) => {}
            }
        }
        let (gain, rule) = self.own_split(j, span)?;
        let Some((ancestor, border)) = cut else { return Some((gain, j, rule)) };
        Some((gain + sum.gain(self.left_of(span, ancestor, &border)), ancestor, border))
    }

    /// The best split of the rows in which parameter `j` is active.
    fn own_split(&mut self, j: usize, span: &NodeSpan) -> Option<(f64, SplitRule)> {
        let x = &self.data.coordinates[j];
        match &self.data.columns[j] {
            SplitAxis::Ordered(axis) => self.sample.cut(axis, x, &self.sorted[j][span.sorted[j].clone()]),
            SplitAxis::Unordered { masses, .. } => {
                self.sample.groups(x, &self.rows[span.rows.clone()], &mut self.sums[..masses.len()])
            }
        }
    }

    fn left_of(&self, span: &NodeSpan, parameter: usize, rule: &SplitRule) -> Sum {
        let x = &self.data.coordinates[parameter];
        let mut left = Sum::default();
        for row in self.rows[span.rows.clone()].iter().map(|row| *row as usize).filter(|row| rule.is_left(x[*row])) {
            left.add(self.sample.weights[row], self.sample.values[row]);
        }
        left
    }

    /// Moves the rows of the left side before those of the right side; both keep their order.
    fn divide(&mut self, span: &NodeSpan, parameter: usize, rule: &SplitRule) -> (NodeSpan, NodeSpan) {
        let x = &self.data.coordinates[parameter];
        for row in &self.rows[span.rows.clone()] {
            self.is_left[*row as usize] = rule.is_left(x[*row as usize]);
        }
        let (is_left, right) = (&self.is_left, &mut self.right);
        let mut divide_range = |rows: &mut [u32], range: &Range<usize>| {
            let middle = range.start + partition(&mut rows[range.clone()], is_left, right);
            (range.start..middle, middle..range.end)
        };
        let (left, right) = divide_range(&mut self.rows, &span.rows);
        let sides = self.sorted.iter_mut().zip(&span.sorted).map(|(rows, range)| divide_range(rows, range));
        let (sorted_left, sorted_right) = sides.unzip();
        (NodeSpan { rows: left, sorted: sorted_left }, NodeSpan { rows: right, sorted: sorted_right })
    }
}

/// The rows in which an ordered parameter is active, sorted by its coordinate.
fn sorted(data: &Data, j: usize, rows: &[u32]) -> Vec<u32> {
    let x = |row: &u32| data.coordinates[j][*row as usize];
    if data.fixed[j] || matches!(data.columns[j], SplitAxis::Unordered { .. }) {
        return Vec::new();
    }
    let mut sorted: Vec<u32> = rows.iter().copied().filter(|row| !x(row).is_nan()).collect();
    sorted.sort_by(|a, b| x(a).total_cmp(&x(b)));
    sorted
}

/// Stable partition with the left rows first; returns the number of left rows.
fn partition(rows: &mut [u32], is_left: &[bool], right: &mut Vec<u32>) -> usize {
    right.clear();
    let mut end = 0;
    for index in 0..rows.len() {
        let row = rows[index];
        if is_left[row as usize] {
            rows[end] = row;
            end += 1;
        } else {
            right.push(row);
        }
    }
    rows[end..].copy_from_slice(right);
    end
}
