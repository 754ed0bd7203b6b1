//! Reference directions: points of the unit simplex.

/// Reference directions for `m` objectives, at most `limit` of them or else one per objective.
///
/// The points of a layer with `p` divisions are all multiples of `1/p` that sum to one (Das and Dennis 1998),
/// `C(p + m - 1, m - 1)` of them. With fewer divisions than objectives, all of them lie on the boundary of the simplex.
/// In that case there are two layers, the inner one with one division less and moved half-way to the centre (Deb and
/// Jain 2014, section V).
pub(super) fn directions(m: usize, limit: usize) -> Vec<Vec<f64>> {
    let most = |fits: &dyn Fn(usize) -> bool| (1..=limit.max(1)).take_while(|p| fits(*p)).last();
    let single = most(&|p| count(m, p) <= limit).unwrap_or(1);
    if single >= m || m == 1 {
        return layer(m, single);
    }
    let Some(outer) = most(&|p| count(m, p) + count(m, p - 1) <= limit) else { return layer(m, single) };
    let inner = layer(m, outer - 1).into_iter();
    let centre = 1.0 / m as f64;
    let moved = inner.map(|point| point.into_iter().map(|x| 0.5 * (x + centre)).collect());
    layer(m, outer).into_iter().chain(moved).collect()
}

/// Number of points of a layer with `p` divisions; saturates.
fn count(m: usize, p: usize) -> usize {
    (1..m).try_fold(1usize, |n, k| Some(n.checked_mul(p + k)? / k)).unwrap_or(usize::MAX)
}

/// All points whose coordinates are multiples of `1/p`; the centre if `p` is zero.
fn layer(m: usize, p: usize) -> Vec<Vec<f64>> {
    if p == 0 {
        return vec![vec![1.0 / m as f64; m]];
    }
    let mut layer = Vec::new();
    extend(&mut layer, &mut vec![0; m], 0, p, p);
    layer
}

/// Appends the points that begin with the first `k` parts and share `rest` of `p` divisions among the others.
fn extend(layer: &mut Vec<Vec<f64>>, parts: &mut Vec<usize>, k: usize, rest: usize, p: usize) {
    if k + 1 == parts.len() {
        parts[k] = rest;
        layer.push(parts.iter().map(|part| *part as f64 / p as f64).collect());
        return;
    }
    for part in 0..=rest {
        parts[k] = part;
        extend(layer, parts, k + 1, rest - part, p);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of Deb and Jain 2014, table I.
    #[test]
    fn layers_have_the_published_numbers_of_directions() {
        for (m, limit, expected) in [(3, 91, 91), (5, 210, 210), (8, 156, 156), (10, 275, 275), (15, 135, 135)] {
            assert_eq!(directions(m, limit).len(), expected, "{m} objectives");
        }
        assert_eq!(directions(2, 50).len(), 50);
        assert_eq!(directions(3, 50).len(), 45);
        assert_eq!(directions(1, 50), [[1.0]]);
        assert_eq!(directions(60, 50).len(), 60);
        assert_eq!(directions(10, 12).len(), 11);
    }

    #[test]
    fn directions_are_distinct_points_of_the_simplex() {
        for (m, limit) in [(2, 7), (3, 50), (4, 50), (8, 50), (10, 300)] {
            let directions = directions(m, limit);
            for (i, direction) in directions.iter().enumerate() {
                assert!((direction.iter().sum::<f64>() - 1.0).abs() < 1e-12 && direction.iter().all(|x| *x >= 0.0));
                assert!(!directions[..i].contains(direction));
            }
        }
    }

    #[test]
    fn many_objectives_have_directions_inside_of_the_simplex() {
        assert!(directions(8, 50).iter().any(|direction| direction.iter().all(|x| *x > 0.0)));
    }
}
