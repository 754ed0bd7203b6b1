//! What a tree is, and what it predicts.

/// Which side of a split a coordinate belongs to.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::importance) enum Rule {
    /// Left up to and with this unit coordinate.
    UpTo(f64),
    /// Left with these codes.
    Among(Vec<bool>),
}

impl Rule {
    /// Whether a coordinate lies on the left. NaN does not: what is inactive is not split on, but for trials that
    /// rounding has moved across the border of what makes a parameter exist.
    pub(super) fn is_left(&self, coordinate: f64) -> bool {
        match self {
            Self::UpTo(cut) => coordinate <= *cut,
            Self::Among(left) => !coordinate.is_nan() && left[coordinate as usize],
        }
    }
}

/// A node; children are places in [`Tree::nodes`].
#[derive(Clone, Debug)]
pub(in crate::importance) enum Node {
    Leaf(f64),
    Split { parameter: usize, rule: Rule, left: usize, right: usize },
}

/// A tree over scaled values; the root stands first.
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
