//! The box decomposition of the region that a front does not dominate.
//!
//! Given a front `P` of points to be minimized and a reference `r`, the set of `z < r` that no point of `P` dominates
//! is divided into disjoint boxes `[lower, upper)`, which extend to minus infinity where nothing bounds them. The
//! hypervolume improvement of a new point `y` is then a sum over boxes,
//!
//! ```text
//! HVI(y) = sum over boxes prod_k ((upper_k - y_k)+ - (lower_k - y_k)+)
//! ```
//!
//! For two objectives the set is a staircase over the first objective: strips with falling tops. For three objectives,
//! the points are processed by increasing third coordinate. Each point cuts some strips, which become boxes that end at
//! its level, and adds at most two strips. A front of `n` points therefore gives at most `2 n + 1` boxes (compare
//! Lacour, Klamroth and Fonseca 2017).

use std::cmp::Ordering;

/// One box.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The lower corner; minus infinity where the box is open.
    pub lower: Vec<f64>,
    /// The upper corner.
    pub upper: Vec<f64>,
}

/// A step of the staircase: `z_1` from `left` to `right`, `z_2` below `top`, `z_3` from `since` on.
#[derive(Clone, Copy)]
struct Strip {
    left: f64,
    right: f64,
    top: f64,
    since: f64,
}

/// The box decomposition for two or three objectives. Points that do not lie below the reference have no effect.
pub fn box_decomposition(front: &[Vec<f64>], reference: &[f64]) -> Vec<Cell> {
    let level = |point: &[f64]| point.get(2).copied().unwrap_or(f64::NEG_INFINITY);
    let mut points: Vec<&Vec<f64>> = front.iter().filter(|p| p.iter().zip(reference).all(|(y, r)| y < r)).collect();
    points.sort_by(|a, b| level(a).total_cmp(&level(b)).then_with(|| lexicographic(a, b)));
    let everything =
        Strip { left: f64::NEG_INFINITY, right: reference[0], top: reference[1], since: f64::NEG_INFINITY };
    let (mut strips, mut cells) = (vec![everything], Vec::new());
    for point in points {
        cut(&mut strips, &mut cells, [point[0], point[1], level(point)]);
    }
    cells.extend(strips.iter().map(|strip| strip.cell(strip.left, reference.get(2).copied())));
    cells
}

fn lexicographic(a: &[f64], b: &[f64]) -> Ordering {
    a.iter().zip(b).map(|(x, y)| x.total_cmp(y)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Removes the region that a point dominates from the strips; the parts of the cut strips below its level become boxes.
fn cut(strips: &mut Vec<Strip>, cells: &mut Vec<Cell>, [x, y, level]: [f64; 3]) {
    let first = strips.partition_point(|strip| strip.right <= x);
    let end = strips.partition_point(|strip| strip.top > y);
    let Some(cut) = strips.get(first..end).filter(|cut| !cut.is_empty()) else { return };
    let below = cut.iter().filter(|strip| strip.since < level);
    cells.extend(below.map(|strip| strip.cell(strip.left.max(x), Some(level))));
    let rest = Strip { right: x, ..cut[0] };
    let new = Strip { left: x, right: cut[cut.len() - 1].right, top: y, since: level };
    let replacement = [rest, new].into_iter().skip(usize::from(rest.left >= x));
    strips.splice(first..end, replacement);
}

impl Strip {
    /// The box from `left` on; `end` is the upper end of the third objective, if there is one.
    fn cell(&self, left: f64, end: Option<f64>) -> Cell {
        let (mut lower, mut upper) = (vec![left, f64::NEG_INFINITY], vec![self.right, self.top]);
        if let Some(end) = end {
            lower.push(self.since);
            upper.push(end);
        }
        Cell { lower, upper }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contains(cell: &Cell, z: &[f64]) -> bool {
        z.iter().zip(&cell.lower).zip(&cell.upper).all(|((z, low), high)| low <= z && z < high)
    }

    fn points(m: usize) -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<f64>)> {
        let coordinate = || (0..8u8).prop_map(f64::from);
        let point = prop::collection::vec(coordinate(), m);
        (prop::collection::vec(point, 0..12), prop::collection::vec(0.0..9.0, m))
    }

    proptest! {
        /// A place lies in exactly one box if it is not dominated and lies below the reference, and in none otherwise.
        #[test]
        fn boxes_are_disjoint_and_cover_what_is_undominated(
            (front, place) in prop_oneof![points(2), points(3)]
        ) {
            let reference = vec![7.5; place.len()];
            let cells = box_decomposition(&front, &reference);
            let within = place.iter().all(|z| *z < 7.5);
            let dominated = front.iter().any(|p| p.iter().zip(&place).all(|(y, z)| y <= z));
            let containing = cells.iter().filter(|cell| contains(cell, &place)).count();
            prop_assert_eq!(containing, usize::from(within && !dominated));
            prop_assert!(cells.len() <= 2 * front.len() + 1);
        }
    }
}
