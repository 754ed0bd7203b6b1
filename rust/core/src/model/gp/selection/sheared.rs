//! Whether valleys run diagonally to the axes.
//!
//! A fit with one lengthscale per parameter explains a narrow diagonal valley by short lengthscales of all parameters
//! involved, or treats what it cannot follow as noise. Once there are enough observations, a second search therefore
//! continues from that fit with shears (`shear`), which start at zero. Its result is used if the log posterior rises by
//! more than
//!
//! ```text
//! 3 + m (m - 1) / 2 nats,    m the number of numbers that always exist
//! ```
//!
//! which is three nats plus one for every shear. The search with shears continues from the fit without them, so the
//! shears may be credited with improvements that any longer search would have made; the threshold was measured under
//! this condition. At random points of functions without diagonal valleys, shears raised the log posterior by up to one
//! nat each, most often under noise, which they can partly explain. With many numbers the threshold is high (48 nats
//! for ten), so a valley between two of them must be pronounced. Shears have standard normal priors: a valley along the
//! diagonal of two parameters has a slope of one in the unit cube. (Measured: `benches/results/model.md`.)

use super::usual::{Candidate, Usual};
use crate::model::gp::FitError;
use crate::model::gp::fit::Workspace;
use crate::model::gp::hyperparameters::{Form, Layout};

/// Fewer observations are not informative enough: two numbers and a shear have six hyperparameters. (Half and twice:
/// `benches/results/constants.md`.)
const MIN_OBSERVATIONS: usize = 15;
/// Nats by which the log posterior must rise in addition to [`NATS_PER_SHEAR`]. With a value of one, shears explained
/// the noise of values that had been constant at first, and searches came no closer to the optimum (promise 3).
/// (Measured: `benches/results/model.md`.)
const MIN_NATS: f64 = 3.0;
/// Nats by which the log posterior must rise for every shear. (Measured: `benches/results/model.md`.)
const NATS_PER_SHEAR: f64 = 1.0;
/// Maximum iterations of a search from a cold start and from a warm start. With more observations a valley has either
/// been detected earlier or is not pronounced. 20 and 60 for both gained as much. (Measured:
/// `benches/results/archive/model.md`.)
const ITERATIONS: [usize; 2] = [30, 12];

/// The sheared model of enough observations of few parameters. Beyond 128 observations the earlier decision is kept.
pub(super) fn candidate(usual: &Usual<'_>, work: &mut Workspace) -> Result<Option<Candidate>, FitError> {
    let (inputs, start) = (usual.data.inputs, usual.start);
    let layout = Layout::new(inputs, Form::Sheared);
    let is_eligible = layout.n_sheared() > 1 && layout.is_small() && inputs.len() >= MIN_OBSERVATIONS;
    if !is_eligible || start.keeps_shears(inputs) {
        return Ok(None);
    }
    let from = start.sheared().map_or_else(|| layout.with_identity_shears(&usual.minimum.x), |known| known.to_vec());
    let margin = MIN_NATS + NATS_PER_SHEAR * layout.n_shears() as f64;
    usual.searched(&layout, &from, ITERATIONS[usize::from(start.is_warm())], margin, work)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::model::gp::selection::Alternative;
    use crate::model::gp::tests::standardized;
    use crate::model::gp::{Assumptions, Column, GaussianProcess, Inputs, Observations, Start, Theta, select};
    use crate::numerics::{Purpose, Stream};

    /// A model of a function at `n` random points of three numbers, with noise of standard deviation 0.1.
    fn model(seed: u64, n: usize, f: impl Fn([f64; 3]) -> f64) -> GaussianProcess {
        let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
        let points: Vec<[f64; 3]> = (0..n).map(|_| std::array::from_fn(|_| stream.uniform())).collect();
        let values: Vec<f64> = points.iter().map(|point| f(*point) + 0.1 * stream.normal()).collect();
        let y = standardized(&values);
        let columns = (0..3).map(|j| Column::Numeric(points.iter().map(|point| point[j]).collect())).collect();
        GaussianProcess::fit(Inputs::new(columns, vec![false; 3]), &y, &vec![0.0; n], &|| false).unwrap()
    }

    fn has_shears(theta: &Theta) -> bool {
        theta.form() == Form::Sheared
    }

    fn is_sheared(model: &GaussianProcess) -> bool {
        has_shears(model.theta())
    }

    /// A diagonal valley through the whole cube, so narrow that no lengthscale along the axes fits it.
    fn valley([a, b, c]: [f64; 3]) -> f64 {
        let across = 6.0 * (a + b - 1.0);
        across * across / (1.0 + across * across) + 0.3 * c
    }

    #[test]
    fn diagonal_valleys_get_shears_and_axis_parallel_ones_do_not() {
        let along = |[a, _, c]: [f64; 3]| valley([a, 0.5, c]);
        let (askew, straight): (Vec<_>, Vec<_>) =
            (0..40).map(|seed| (model(seed, 40, valley), model(seed, 40, along))).unzip();
        let n_sheared = askew.iter().filter(|model| is_sheared(model)).count();
        let wrong = straight.iter().filter(|model| is_sheared(model)).count();
        assert!(n_sheared >= 36 && wrong <= 4, "{n_sheared} {wrong}");
        // The slope of the valley, 1, is among the shears.
        let slopes = askew.iter().filter_map(|model| model.hyperparameters().shears.first().map(|shear| shear.slope));
        let right = slopes.filter(|slope| (slope - 1.0).abs() < 0.3).count();
        assert!(right >= 36, "{right}");
    }

    #[test]
    fn shears_improve_predictions_of_diagonal_valleys() {
        let better = (0..20).filter(|seed| {
            let (askew, mut stream) = (model(*seed, 60, valley), Stream::new(*seed, 1, Purpose::Sample, 0));
            let data = Observations { inputs: askew.inputs(), y: askew.values(), known_noise: &[0.0; 60] };
            let start = Start::cold(askew.inputs());
            let straight = Usual::fit(data, &start, &|| false).unwrap().theta();
            let plain = GaussianProcess::with(askew.inputs().clone(), straight, askew.values(), &[0.0; 60]).unwrap();
            let points: Vec<Vec<f64>> = (0..200).map(|_| (0..3).map(|_| stream.uniform()).collect()).collect();
            let truth: Vec<f64> = points.iter().map(|p| valley([p[0], p[1], p[2]])).collect();
            // A correlation is independent of the scale of the values.
            correlation(&askew, &points, &truth) > correlation(&plain, &points, &truth)
        });
        let better = better.count();
        assert!(better >= 18, "{better}");
    }

    fn correlation(model: &GaussianProcess, points: &[Vec<f64>], truth: &[f64]) -> f64 {
        let means: Vec<f64> = model.predict(points).iter().map(|p| p.mean).collect();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (a, b) = (mean(&means), mean(truth));
        let sum = |f: fn(f64, f64) -> f64| means.iter().zip(truth).map(|(x, y)| f(x - a, y - b)).sum::<f64>();
        sum(|x, y| x * y) / (sum(|x, _| x * x) * sum(|_, y| y * y)).sqrt()
    }

    /// The usual fit to the first `n` observations of a model and the hyperparameters selected after it, from a warm
    /// start if given.
    fn fitted(model: &GaussianProcess, n: usize, warm: Option<(Theta, Theta)>) -> (Theta, Theta) {
        let inputs = model.inputs().like(&(0..n).map(|i| model.inputs().point(i)).collect::<Vec<_>>());
        let data = Observations { inputs: &inputs, y: &model.values()[..n], known_noise: &vec![0.0; n] };
        let start = warm.map_or_else(|| Start::cold(&inputs), |(usual, selected)| Start::warm(usual, selected));
        let selected = select(&Assumptions::of(data), &start, true, &|| false).unwrap().unwrap();
        (selected.usual.unwrap(), selected.theta)
    }

    #[test]
    fn beyond_128_observations_the_decision_on_shears_is_kept() {
        let whole = model(1, 140, valley);
        let early = fitted(&whole, 100, None);
        assert!(!has_shears(&early.0) && has_shears(&early.1));
        // Up to 128 observations the search for shears is repeated from the earlier ones.
        let refitted = fitted(&whole, 128, Some(early));
        assert!(!has_shears(&refitted.0) && has_shears(&refitted.1));
        let (kept, selected) = fitted(&whole, 140, Some(refitted.clone()));
        assert!(has_shears(&kept) && selected == kept);
        // Shears that were not found earlier are not searched for any more.
        let (missing, selected) = fitted(&whole, 140, Some((refitted.0.clone(), refitted.0)));
        assert!(!has_shears(&missing) && !has_shears(&selected));
    }

    #[test]
    fn a_search_for_shears_can_be_interrupted() {
        let whole = model(1, 60, valley);
        let data = Observations { inputs: whole.inputs(), y: whole.values(), known_noise: &[0.0; 60] };
        let start = Start::cold(whole.inputs());
        let mut usual = Usual { interrupted: &|| true, ..Usual::fit(data, &start, &|| false).unwrap() };
        assert_eq!(usual.accepted(Alternative::Sheared, &mut Workspace::new(60)), Err(FitError::Interrupted));
    }

    #[test]
    fn few_observations_get_no_shears() {
        assert!((0..20).all(|seed| !is_sheared(&model(seed, MIN_OBSERVATIONS - 1, valley))));
    }
}
