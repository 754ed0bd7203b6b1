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
//! The boxes follow from *local upper bounds* (Klamroth, Lacour and Vanderpooten 2015): the maximal corners `u` such that
//! no point lies below `u` in every objective. The undominated set is the union of the regions below them. Each `u`
//! touches one point in every objective. Seen from above, the corners `-u` are themselves points that dominate a set, and
//! the local upper bounds `v` of these points divide it into disjoint boxes (equation 2 of Lacour, Klamroth and Fonseca
//! 2017):
//!
//! ```text
//! [v_1, infinity) x .. x [max over j < k of the k-th coordinate of the point that v touches in objective j, v_k) x ..
//! ```
//!
//! A front of `n` points gives `n + 1` boxes for two objectives, about `2 n` for three and `6 n` to `10 n` for four.

/// One box.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The lower corner; minus infinity where the box is open.
    pub lower: Vec<f64>,
    /// The upper corner.
    pub upper: Vec<f64>,
}

/// A local upper bound.
struct UpperBound {
    corner: Vec<f64>,
    /// The site that bounds each objective.
    touched: Vec<usize>,
}

/// The local upper bounds of some points, and the sites that they touch: one at infinity for each objective, followed by
/// the points.
struct UpperBounds {
    bounds: Vec<UpperBound>,
    sites: Vec<Vec<f64>>,
}

/// The box decomposition for any number of objectives. Points that do not lie below the reference have no effect.
pub fn box_decomposition(front: &[Vec<f64>], reference: &[f64]) -> Vec<Cell> {
    let corners = UpperBounds::of(front, reference).bounds.into_iter().map(|u| negated(&u.corner)).collect::<Vec<_>>();
    let mirrored = UpperBounds::of(&corners, &vec![f64::INFINITY; reference.len()]);
    mirrored.bounds.iter().filter_map(|bound| mirrored.cell(bound)).collect()
}

/// The parts of some boxes that lie above the `floors` of the objectives; the boxes themselves if nothing does.
pub fn above(cells: Vec<Cell>, floors: &[f64]) -> Vec<Cell> {
    let part = |cell: &Cell| {
        let lower: Vec<f64> = cell.lower.iter().zip(floors).map(|(lower, floor)| lower.max(*floor)).collect();
        let is_empty = lower.iter().zip(&cell.upper).any(|(lower, upper)| lower >= upper);
        (!is_empty).then(|| Cell { lower, upper: cell.upper.clone() })
    };
    let kept: Vec<Cell> = cells.iter().filter_map(part).collect();
    if kept.is_empty() { cells } else { kept }
}

fn negated(point: &[f64]) -> Vec<f64> {
    point.iter().map(|y| -y).collect()
}

impl UpperBounds {
    fn of(points: &[Vec<f64>], reference: &[f64]) -> Self {
        let m = reference.len();
        let at_infinity = |k: usize| (0..m).map(|j| if j == k { reference[k] } else { f64::NEG_INFINITY }).collect();
        let whole = UpperBound { corner: reference.to_vec(), touched: (0..m).collect() };
        let mut found = Self { bounds: vec![whole], sites: (0..m).map(at_infinity).collect() };
        for point in points {
            found.insert(point);
        }
        found
    }

    /// Replaces the bounds above a point by those that touch it. A bound moves to the point in an objective unless
    /// another site that it touches would no longer lie below it there.
    fn insert(&mut self, point: &[f64]) {
        let site = self.sites.len();
        self.sites.push(point.to_vec());
        let is_above = |bound: &UpperBound| point.iter().zip(&bound.corner).all(|(y, u)| y < u);
        let (cut, kept) = std::mem::take(&mut self.bounds).into_iter().partition(is_above);
        let (cut, mut kept): (Vec<UpperBound>, Vec<UpperBound>) = (cut, kept);
        for bound in &cut {
            for (j, y) in point.iter().enumerate() {
                let others = bound.touched.iter().enumerate().filter(|(k, _)| *k != j);
                if others.map(|(_, other)| self.sites[*other][j]).all(|limit| limit <= *y) {
                    let (mut corner, mut touched) = (bound.corner.clone(), bound.touched.clone());
                    (corner[j], touched[j]) = (*y, site);
                    kept.push(UpperBound { corner, touched });
                }
            }
        }
        self.bounds = kept;
    }

    /// The box of a bound, mirrored back; `None` if it is empty.
    fn cell(&self, UpperBound { corner, touched }: &UpperBound) -> Option<Cell> {
        let start = |k: usize| touched[..k].iter().map(|site| self.sites[*site][k]).fold(f64::NEG_INFINITY, f64::max);
        let side = |k: usize| if k == 0 { (corner[0], f64::INFINITY) } else { (start(k), corner[k]) };
        let sides: Vec<(f64, f64)> = (0..corner.len()).map(side).collect();
        let is_empty = sides.iter().any(|(start, end)| start >= end);
        let mirrored = || Cell {
            lower: sides.iter().map(|(_, end)| -end).collect(),
            upper: sides.iter().map(|(start, _)| -start).collect(),
        };
        (!is_empty).then(mirrored)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pareto::oracle;

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
            (front, place) in prop_oneof![points(2), points(3), points(4), points(5)]
        ) {
            let reference = vec![7.5; place.len()];
            let cells = box_decomposition(&front, &reference);
            let within = place.iter().all(|z| *z < 7.5);
            let dominated = front.iter().any(|p| p.iter().zip(&place).all(|(y, z)| y <= z));
            let containing = cells.iter().filter(|cell| contains(cell, &place)).count();
            prop_assert_eq!(containing, usize::from(within && !dominated));
            prop_assert!(place.len() > 2 || cells.len() <= front.len() + 1);
        }

        /// Floors remove what lies below any of them, unless nothing is left.
        #[test]
        fn boxes_above_floors_cover_the_rest(
            (front, place) in prop_oneof![points(2), points(3)], floors in prop::collection::vec(-1.0..9.0, 3)
        ) {
            let cells = box_decomposition(&front, &vec![7.5; place.len()]);
            let kept = above(cells.clone(), &floors);
            let is_above = place.iter().zip(&floors).all(|(z, floor)| z >= floor);
            let is_in = |cells: &[Cell]| cells.iter().any(|cell| contains(cell, &place));
            prop_assert_eq!(is_in(&kept), is_in(&cells) && (is_above || kept == cells));
        }
    }

    #[test]
    fn boxes_leave_the_hypervolume_of_moocore() {
        for (m, hypervolume) in (2..).zip(oracle::HYPERVOLUMES) {
            let cells = box_decomposition(&oracle::points(m), &vec![oracle::REFERENCE; m]);
            let volume = |cell: &Cell| {
                cell.lower.iter().zip(&cell.upper).map(|(low, high)| high - low.max(0.0)).product::<f64>()
            };
            let whole = [oracle::REFERENCE; 5][..m].iter().product::<f64>();
            let left = whole - cells.iter().map(volume).sum::<f64>();
            assert!((left - hypervolume).abs() < 1e-12, "{m}: {left}");
        }
    }
}
