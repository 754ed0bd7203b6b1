//! A quadratic function fitted to weighted points, and its minimum in a trust region.
//!
//! `q(z) = a + b' z + z' H z / 2` minimizes `sum w_i (q(z_i) - y_i)^2`, where `H` is full or diagonal.

use std::cmp::Ordering;

use crate::numerics::linalg::{Cholesky, Matrix, Sign, add_product, dot};

/// Largest number of dimensions with a full `H`. The function has 231 coefficients then. (Half and twice:
/// `benches/results/constants.md`.)
const MAX_FULL: usize = 20;
/// Largest number of dimensions. The fit of 1,001 coefficients then takes a third of a second. (Half and twice:
/// `benches/results/constants.md`.)
const MAX_DIAGONAL: usize = 500;
/// Share of the sum of squares of each term that is added to the diagonal of the normal equations, against rounding.
/// (Half and twice: `benches/results/constants.md`.)
const RIDGE: f64 = 1e-9;
/// Bisections of the interval of the multiplier; more change no digit of most multipliers. (Half and twice:
/// `benches/results/constants.md`.)
const BISECTIONS: usize = 60;

/// The elements of `H` that are fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curvature {
    Full,
    Diagonal,
}

/// A quadratic function without its constant.
#[derive(Clone, Debug)]
pub(super) struct Quadratic {
    curvature: Curvature,
    /// `b`, the gradient at the origin.
    gradient: Vec<f64>,
    /// The diagonal of `H`.
    diagonal: Vec<f64>,
    /// The elements of `H` below the diagonal, row by row; empty if `H` is diagonal.
    below: Vec<f64>,
}

/// A point with its value and weight.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) z: Vec<f64>,
    pub(super) value: f64,
    pub(super) weight: f64,
}

impl Curvature {
    /// The form in `d` dimensions if `n` samples are available; `None` with too few samples or too many dimensions.
    pub(super) fn of(d: usize, n: usize) -> Option<Self> {
        let largest = |curvature: Self| if curvature == Self::Full { MAX_FULL } else { MAX_DIAGONAL };
        [Self::Full, Self::Diagonal]
            .into_iter()
            .find(|curvature| d <= largest(*curvature) && n >= curvature.n_samples(d))
    }

    /// Number of coefficients of a function of `d` numbers.
    fn n_coefficients(self, d: usize) -> usize {
        1 + 2 * d + if self == Self::Full { d * (d - 1) / 2 } else { 0 }
    }

    /// Number of samples for a fit: half as many again as coefficients.
    pub(super) fn n_samples(self, d: usize) -> usize {
        (3 * self.n_coefficients(d)).div_ceil(2)
    }
}

impl Quadratic {
    /// Fits the function; `None` if it explains less than half of the variance of the values, as under strong noise.
    pub(super) fn fit(samples: &[Sample], curvature: Curvature) -> Option<Self> {
        let d = samples.first()?.z.len();
        let p = curvature.n_coefficients(d);
        let mut rows = Matrix::zeros(p + 1, samples.len());
        for (i, sample) in samples.iter().enumerate() {
            fill(rows.column_mut(i), sample, curvature);
        }
        let mut products = Matrix::zeros(p + 1, p + 1);
        add_product(products.from_row_mut(0), p + 1, Sign::Plus, rows.view(), rows.view().transposed());
        // The coefficient of a term that is always 0 is 0.
        let scale = |square: f64| if square > 0.0 { square.sqrt() } else { 1.0 };
        let scales: Vec<f64> = (0..p).map(|i| scale(products.at(i, i))).collect();
        let ridge = |i: usize, j: usize| if i == j { RIDGE } else { 0.0 };
        let scaled = |i: usize, j: usize| products.at(i, j) / (scales[i] * scales[j]) + ridge(i, j);
        let factor = Cholesky::factor(Matrix::from_fn(p, p, |i, j| if i < j { 0.0 } else { scaled(i, j) })).ok()?;
        let right: Vec<f64> = (0..p).map(|i| products.at(p, i) / scales[i]).collect();
        let coefficients: Vec<f64> = factor.solve(&right).iter().zip(&scales).map(|(c, scale)| c / scale).collect();
        if !explains_half(&products, &coefficients, samples.len()) {
            return None;
        }
        let part = |range: std::ops::Range<usize>| coefficients[range].to_vec();
        let (gradient, diagonal, below) = (part(1..1 + d), part(1 + d..1 + 2 * d), part(1 + 2 * d..p));
        Some(Self { curvature, gradient, diagonal, below })
    }

    /// The minimum over the trust region `|z| <= radius`: `z = -(H + k I)^-1 b` with the smallest `k >= 0` for which `z`
    /// lies in the region and `H + k I` is positive definite (Nocedal and Wright 2006, theorem 4.1). `None` if that is
    /// the origin.
    ///
    /// The hard case of the theorem is left out: an indefinite `H`, and a `b` without a component along its lowest
    /// eigenvector. It has probability zero. The result is then a point inside the region that is lower than the origin.
    pub(super) fn minimum(&self, radius: f64) -> Option<Vec<f64>> {
        let inside = |multiplier: f64| self.stationary(multiplier).filter(|z| dot(z, z).sqrt() <= radius);
        let is_move = |z: &Vec<f64>| z.iter().any(|z| *z != 0.0);
        if let Some(z) = inside(0.0) {
            return Some(z).filter(is_move);
        }
        // No eigenvalue of H is less than minus its Frobenius norm, so this multiplier is large enough. It is increased
        // by more than the rounding errors.
        let norm = (dot(&self.diagonal, &self.diagonal) + 2.0 * dot(&self.below, &self.below)).sqrt();
        let enough = dot(&self.gradient, &self.gradient).sqrt() / radius + norm;
        let (mut low, mut high) = (0.0, enough * (1.0 + 1e-9));
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (low + high);
            if inside(middle).is_some() { high = middle } else { low = middle }
        }
        inside(high).filter(is_move)
    }

    /// `-(H + k I)^-1 b`, if `H + k I` is positive definite.
    fn stationary(&self, k: f64) -> Option<Vec<f64>> {
        let d = self.gradient.len();
        let downhill: Vec<f64> = self.gradient.iter().map(|b| -b).collect();
        if self.curvature == Curvature::Diagonal {
            let quotient = |(b, h): (&f64, &f64)| (h + k > 0.0).then(|| b / (h + k));
            return downhill.iter().zip(&self.diagonal).map(quotient).collect();
        }
        let entry = |i: usize, j: usize| match i.cmp(&j) {
            Ordering::Less => 0.0,
            Ordering::Equal => self.diagonal[i] + k,
            Ordering::Greater => self.below[i * (i - 1) / 2 + j],
        };
        Some(Cholesky::factor(Matrix::from_fn(d, d, entry)).ok()?.solve(&downhill))
    }
}

/// Whether the adjusted `R^2` is above 1/2, from the weighted products of all terms and values.
fn explains_half(products: &Matrix, coefficients: &[f64], n: usize) -> bool {
    let p = coefficients.len();
    let of_mean = products.at(p, 0) * products.at(p, 0) / products.at(0, 0);
    let total = products.at(p, p) - of_mean;
    let fitted: f64 = coefficients.iter().enumerate().map(|(i, c)| c * products.at(p, i)).sum();
    let unexplained = (total + of_mean - fitted).max(0.0) * (n as f64 - 1.0);
    // False for values that are equal or not finite.
    unexplained < 0.5 * total * (n as f64 - p as f64)
}

/// The terms `1`, `z_i`, `z_i^2 / 2`, `z_i z_j` for `j < i`, and the value, times the root of the weight.
fn fill(row: &mut [f64], sample: &Sample, curvature: Curvature) {
    let (z, root) = (&sample.z, sample.weight.sqrt());
    let n_below = if curvature == Curvature::Full { z.len() } else { 0 };
    let below = (0..n_below).flat_map(|i| (0..i).map(move |j| z[i] * z[j]));
    let squares = z.iter().map(|z| 0.5 * z * z);
    let terms = [1.0].into_iter().chain(z.iter().copied()).chain(squares).chain(below).chain([sample.value]);
    for (entry, term) in row.iter_mut().zip(terms) {
        *entry = root * term;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::numerics::{Purpose, Stream};

    /// Samples of a function at random points of the cube from -1 to 1.
    fn samples(d: usize, n: usize, f: impl Fn(&[f64], &mut Stream) -> f64) -> Vec<Sample> {
        let mut stream = Stream::new(3, 0, Purpose::Sample, 0);
        let mut sample = |i: usize| {
            let z: Vec<f64> = (0..d).map(|_| 2.0 * stream.uniform() - 1.0).collect();
            Sample { value: f(&z, &mut stream), z, weight: 1.0 + i as f64 }
        };
        (0..n).map(&mut sample).collect()
    }

    fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn a_quadratic_function_is_recovered() {
        let full = |z: &[f64], _: &mut Stream| 3.0 + z[0] - 2.0 * z[1] + 2.0 * z[0] * z[0] + z[0] * z[1] + z[1] * z[1];
        let fit = Quadratic::fit(&samples(2, 9, full), Curvature::Full).unwrap();
        assert!(largest_difference(&fit.gradient, &[1.0, -2.0]) < 1e-6);
        assert!(largest_difference(&fit.diagonal, &[4.0, 2.0]) < 1e-6);
        assert!(largest_difference(&fit.below, &[1.0]) < 1e-6);
        let bowl = |z: &[f64], _: &mut Stream| {
            z.iter().enumerate().map(|(i, z)| (i as f64 + 1.0) * (z - 0.1) * (z - 0.1)).sum()
        };
        let fit = Quadratic::fit(&samples(30, 92, bowl), Curvature::Diagonal).unwrap();
        assert!(largest_difference(&fit.minimum(10.0).unwrap(), &[0.1; 30]) < 1e-6);
    }

    #[test]
    fn noise_has_no_quadratic_function() {
        for (curvature, n) in [(Curvature::Full, 100), (Curvature::Diagonal, 20)] {
            assert!(Quadratic::fit(&samples(4, n, |_, stream| stream.normal()), curvature).is_none());
            assert!(Quadratic::fit(&samples(4, n, |z, stream| 3.0 * z[0] + stream.normal()), curvature).is_some());
        }
        assert!(Quadratic::fit(&samples(4, 30, |_, _| 1.0), Curvature::Full).is_none());
        assert!(Quadratic::fit(&samples(4, 30, |z, _| 1e300 * z[0]), Curvature::Full).is_none());
    }

    #[test]
    fn the_minimum_lies_in_the_trust_region_and_no_point_of_it_is_lower() {
        let value = |q: &Quadratic, z: &[f64]| {
            let squares: f64 = q.diagonal.iter().zip(z).map(|(h, z)| 0.5 * h * z * z).sum();
            dot(&q.gradient, z) + squares + q.below.first().map_or(0.0, |h| h * z[0] * z[1])
        };
        let mut stream = Stream::new(4, 0, Purpose::Sample, 0);
        for curvature in [Curvature::Full, Curvature::Diagonal] {
            for _ in 0..50 {
                let mut two = || vec![stream.normal(), stream.normal()];
                let (gradient, diagonal) = (two(), two());
                let below = if curvature == Curvature::Full { vec![stream.normal()] } else { Vec::new() };
                let q = Quadratic { curvature, gradient, diagonal, below };
                let z = q.minimum(0.7).unwrap();
                assert!(dot(&z, &z).sqrt() <= 0.7);
                let grid = (0..200).flat_map(|i| (0..=10).map(move |r| (f64::from(i) * 0.0314, 0.07 * f64::from(r))));
                let lowest = grid.map(|(angle, r)| value(&q, &[r * libm::cos(angle), r * libm::sin(angle)]));
                assert!(value(&q, &z) <= lowest.fold(f64::INFINITY, f64::min) + 1e-9);
            }
        }
        let flat =
            Quadratic { curvature: Curvature::Full, gradient: vec![0.0; 2], diagonal: vec![0.0; 2], below: vec![0.0] };
        assert_eq!(flat.minimum(1.0), None);
        let saddle = Quadratic { curvature: Curvature::Diagonal, diagonal: vec![-1.0, 2.0], below: Vec::new(), ..flat };
        assert_eq!(saddle.minimum(1.0), None);
    }

    #[test]
    fn the_form_depends_on_the_dimensions_and_the_samples() {
        assert_eq!(
            (Curvature::of(20, 347), Curvature::of(20, 346)),
            (Some(Curvature::Full), Some(Curvature::Diagonal))
        );
        assert_eq!((Curvature::of(21, 1000), Curvature::of(21, 64)), (Some(Curvature::Diagonal), None));
        assert_eq!((Curvature::of(500, 2000), Curvature::of(501, 2000)), (Some(Curvature::Diagonal), None));
    }
}
