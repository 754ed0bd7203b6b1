//! The structure of a tree and its predictions.

/// The rule that assigns a coordinate to a side of a split.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::importance) enum SplitRule {
    /// Left if the unit coordinate is at most this.
    UpTo(f64),
    /// Left if the code is in this set.
    Among(Vec<bool>),
}

impl SplitRule {
    /// Whether a coordinate lies on the left. NaN does not. Splits apply only to active parameters, except for trials
    /// that rounding has moved across the border of a condition.
    pub(super) fn is_left(&self, coordinate: f64) -> bool {
        match self {
            Self::UpTo(cut) => coordinate <= *cut,
            Self::Among(left) => !coordinate.is_nan() && left[coordinate as usize],
        }
    }
}

/// A node; children are indices into [`Tree::nodes`].
#[derive(Clone, Debug)]
pub(in crate::importance) enum Node {
    Leaf(f64),
    Split { parameter: usize, rule: SplitRule, left: usize, right: usize },
}

/// A tree for scaled values; the root is the first node.
#[derive(Clone, Debug)]
pub(in crate::importance) struct Tree {
    pub(in crate::importance) nodes: Vec<Node>,
}

impl Tree {
    /// The prediction at a point (see [`super::Data::point`]).
    pub(in crate::importance) fn predict(&self, point: &[f64]) -> f64 {
        let mut node = 0;
        loop {
            match &self.nodes[node] {
                Node::Leaf(value) => return *value,
                Node::Split { parameter, rule, left, right } => {
                    node = if rule.is_left(point[*parameter]) { *left } else { *right };
                }
            }
        }
    }
}
