//! Whether a few of many parameters explain the values.
//!
//! Under the usual prior, a lengthscale long enough to make a parameter irrelevant costs several nats. With ordinary
//! lengthscales, many irrelevant parameters keep points far apart that agree in all relevant ones. In spaces with many
//! numbers, the usual prior is therefore compared with another prior of their lengthscales,
//!
//! ```text
//! ln p(l_j) = -ln(1 + l_j^-4),       half-Cauchy in l_j^-2, of scale 1
//! ```
//!
//! under which a parameter is irrelevant unless the values show otherwise (Eriksson and Jankowiak 2021, who also sample
//! a scale common to all parameters; a maximum over a free scale would set it to zero). From the default start, the
//! maximum under this prior explains almost everything as noise. The search therefore starts at the usual fit, keeps
//! its few short lengthscales and makes the others long. It starts only if there are short ones:
//!
//! ```text
//! l_j > 0.7 median l   ->   l_j = 10
//! ```
//!
//! (Measured: `benches/results/model.md`. The four constants of the start were not varied.)

use super::usual::{Candidate, Usual};
use crate::model::gp::FitError;
use crate::model::gp::fit::Workspace;
use crate::model::gp::hyperparameters::{Form, Layout};
use crate::numerics::ln;

/// Nats by which the sparse model must be more probable. Sums of squares of 25 to 100 parameters, with equal weights or
/// weights that differ by up to a factor of ten, reach 20 to 40 at 60 random points and about 25 along a search.
/// Functions of two to six parameters reach 40 or more along a search and 200 at random points. (Measured:
/// `benches/results/model.md`.)
const MIN_NATS: f64 = 45.0;
/// A lengthscale up to this share of the median counts as short. (Half and twice: `benches/results/constants.md`.)
const SHORT_SHARE: f64 = 0.7;
/// Start of all other lengthscales. (Half and twice: `benches/results/constants.md`.)
const LONG_LENGTHSCALE: f64 = 10.0;
/// Largest start of `ln v`: the usual fit attributes to noise what it cannot explain. (Half and twice:
/// `benches/results/constants.md`.)
const MAX_LOG_NOISE: f64 = -5.0;
/// Minimum number of iterations. With fewer (a warm start has 8), the search ends before the other lengthscales have
/// become long. (Half and twice: `benches/results/constants.md`.)
const MIN_ITERATIONS: usize = 16;

/// The sparse model, if the fit has short lengthscales among many.
pub(super) fn candidate(usual: &Usual<'_>, work: &mut Workspace) -> Result<Option<Candidate>, FitError> {
    let layout = Layout::new(usual.data.inputs, Form::Sparse);
    let from = if layout.is_wide() { pruned(&usual.minimum.x, &layout) } else { None };
    let Some(from) = from else { return Ok(None) };
    usual.searched(&layout, &from, usual.start.iterations().max(MIN_ITERATIONS), MIN_NATS, work)
}

/// The fit with its short lengthscales kept and all others made long; `None` if none is short.
fn pruned(theta: &[f64], layout: &Layout) -> Option<Vec<f64>> {
    let mut lengthscales: Vec<f64> = layout.sparse_positions().map(|j| theta[j]).collect();
    lengthscales.sort_by(f64::total_cmp);
    let limit = lengthscales[lengthscales.len() / 2] + ln(SHORT_SHARE);
    if lengthscales[0] > limit {
        return None;
    }
    let mut pruned = theta.to_vec();
    for j in layout.sparse_positions().filter(|j| theta[*j] > limit) {
        pruned[j] = ln(LONG_LENGTHSCALE);
    }
    let noise = layout.signal() + 1;
    pruned[noise] = pruned[noise].min(MAX_LOG_NOISE);
    Some(pruned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::model::gp::selection::Alternative;
    use crate::model::gp::tests::{assert_gradient, standardized};
    use crate::model::gp::{Column, GaussianProcess, Inputs, Observations, Start, Theta};
    use crate::numerics::{Purpose, Stream, exp};

    const N: usize = 60;
    const KNOWN: [f64; N] = [0.0; N];

    /// Random points in `d` dimensions and standardized values of a function there.
    fn values(d: usize, seed: u64, f: impl Fn(&[f64]) -> f64) -> (Inputs, Vec<f64>) {
        let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
        let points: Vec<Vec<f64>> = (0..N).map(|_| (0..d).map(|_| stream.uniform()).collect()).collect();
        let values: Vec<f64> = points.iter().map(|point| f(point)).collect();
        let columns = (0..d).map(|j| Column::Numeric(points.iter().map(|point| point[j]).collect())).collect();
        (Inputs::new(columns, vec![false; d]), standardized(&values))
    }

    /// A function of two parameters, the third and the fourth from last.
    fn of_two(x: &[f64]) -> f64 {
        let (a, b) = (x[2], x[x.len() - 4]);
        libm::sin(3.0 * a) + (a - 0.7) * (b - 0.2) * 4.0 + b * b
    }

    fn sum_of_squares(x: &[f64]) -> f64 {
        let centre = |j: usize| 0.2 + 0.6 * ((j * 7) % 10) as f64 / 9.0;
        x.iter().enumerate().map(|(j, x)| (x - centre(j)) * (x - centre(j))).sum()
    }

    fn usual_of<'a>(inputs: &'a Inputs, y: &'a [f64], start: &'a Start) -> Usual<'a> {
        Usual::fit(Observations { inputs, y, known_noise: &KNOWN }, start, &|| false).unwrap()
    }

    fn accepted(mut usual: Usual<'_>) -> Result<Option<Theta>, FitError> {
        usual.accepted(Alternative::Sparse, &mut Workspace::new(N))
    }

    fn sparse_of(inputs: &Inputs, y: &[f64]) -> Option<Theta> {
        accepted(usual_of(inputs, y, &Start::cold(inputs))).unwrap()
    }

    #[test]
    fn the_relevant_parameters_of_many_are_found() {
        for seed in 0..5 {
            let (inputs, y) = values(40, seed, of_two);
            let theta = sparse_of(&inputs, &y).unwrap();
            for (j, l) in theta[..40].iter().map(|t| exp(*t)).enumerate() {
                assert_eq!(l < 5.0, [2, 36].contains(&j), "{seed} {j} {l}");
            }
        }
    }

    #[test]
    fn a_sum_over_all_parameters_gets_no_sparse_fit() {
        for seed in 0..5 {
            let (inputs, y) = values(40, seed, sum_of_squares);
            assert_eq!(sparse_of(&inputs, &y), None, "{seed}");
        }
    }

    /// The search for a sparse fit starts here and ends at a more probable fit, but the margin is too small.
    #[test]
    fn a_weighted_sum_over_all_parameters_gets_no_sparse_fit() {
        for seed in 0..5 {
            let weighed = |x: &[f64]| {
                let weight = |j: usize| libm::pow(3.0, ((j * 13) % 40) as f64 / 39.0);
                let centre = |j: usize| 0.2 + 0.6 * ((j * 7) % 10) as f64 / 9.0;
                x.iter().enumerate().map(|(j, x)| weight(j) * (x - centre(j)) * (x - centre(j))).sum()
            };
            let (inputs, y) = values(40, seed, weighed);
            let usual = usual_of(&inputs, &y, &Start::cold(&inputs)).theta();
            assert!(pruned(&usual, &Layout::new(&inputs, Form::Sparse)).is_some(), "{seed}");
            assert_eq!(sparse_of(&inputs, &y), None, "{seed}");
        }
    }

    #[test]
    fn few_parameters_get_no_sparse_fit() {
        let (inputs, y) = values(20, 1, of_two);
        assert_eq!(sparse_of(&inputs, &y), None);
        let (inputs, y) = values(21, 1, of_two);
        assert!(sparse_of(&inputs, &y).is_some());
    }

    /// Mean squared errors of both models at new points, in units of the variance of the function.
    #[test]
    fn a_sparse_model_predicts_better_than_the_usual_one() {
        let ((inputs, y), (elsewhere, truth)) = (values(40, 1, of_two), values(40, 77, of_two));
        let points: Vec<Vec<f64>> = (0..N).map(|i| elsewhere.point(i)).collect();
        let usual = usual_of(&inputs, &y, &Start::cold(&inputs)).theta();
        let error = |theta: Theta| {
            let model = GaussianProcess::with(inputs.clone(), theta, &y, &KNOWN).unwrap();
            let off = model.predict(&points).into_iter().zip(&truth).map(|(at, y)| (at.mean - y) * (at.mean - y));
            off.sum::<f64>() / N as f64
        };
        let (usual, sparse) = (error(usual), error(sparse_of(&inputs, &y).unwrap()));
        assert!(sparse < 0.1 && usual > 2.0 * sparse, "{sparse} {usual}");
    }

    #[test]
    fn the_gradient_of_the_half_cauchy_prior_equals_central_differences() {
        let (inputs, y) = values(24, 3, of_two);
        let layout = Layout::new(&inputs, Form::Sparse);
        let theta: Vec<f64> = (0..layout.len()).map(|i| -0.7 + 0.15 * (i % 20) as f64).collect();
        assert_gradient(&Observations { inputs: &inputs, y: &y, known_noise: &KNOWN }, &layout, &theta);
    }

    #[test]
    fn the_search_for_a_sparse_fit_can_be_interrupted() {
        let (inputs, y) = values(40, 1, of_two);
        let start = Start::cold(&inputs);
        let usual = Usual { interrupted: &|| true, ..usual_of(&inputs, &y, &start) };
        assert_eq!(accepted(usual), Err(FitError::Interrupted));
    }
}
