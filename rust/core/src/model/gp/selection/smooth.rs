//! Whether a smooth function with noise explains the values.
//!
//! The usual prior favours short lengthscales, which keep a search from being overconfident in regions without trials.
//! In more than a few dimensions, however, random points are all about equally far apart, and a function with short
//! lengthscales can explain any values. The fit then finds almost no noise, however noisy the values are. This is an
//! effect of the prior and not a local minimum. Where all parameters are numbers, the fit is therefore compared with
//! one under another prior of the lengthscales,
//!
//! ```text
//! Gamma(3, 1.5) for l', with a mode four times as long, instead of the half-t distribution of 1 / l'
//! ```
//!
//! The comparison is made only if the usual fit attributes less than a twentieth of the variance to noise; above that
//! share its estimate is usually right. A second search for hyperparameters is not free, and trials of a search that is
//! converging seldom favour a smooth function. The search therefore starts only if the most probable of three starting
//! points is nearly as probable as the usual fit. The starting points are the usual fit with longer lengthscales and
//! more noise:
//!
//! ```text
//! l_j -> 1.5 l_j, v -> 0.1;   l_j -> 1.5 l_j, v -> 0.3;   l_j -> 2 l_j, v -> 0.3
//! ```
//!
//! Many values of a smooth function without noise thus stay with the usual prior, which correctly finds no noise.
//! (Measured: `benches/results/model.md`.)

use super::usual::{Candidate, Usual, score};
use crate::model::gp::fit::{COLD_ITERATIONS, Objective, Workspace};
use crate::model::gp::hyperparameters::{Form, Layout};
use crate::model::gp::{Column, FitError, if_factored};
use crate::numerics::ln;

/// Nats by which the smooth model must be more probable (measured: `benches/results/model.md`).
const MIN_NATS: f64 = 3.0;
/// Nats by which the starting point may be less probable. A search from a less probable point also often ends above the
/// usual fit, but such points are common during an optimization, so that the second search would run too often. (Half
/// and twice: `benches/results/constants.md`.)
const START_MARGIN: f64 = 6.0;
/// Largest share of noise in the variance of the usual fit for which the smooth prior is tried. Above it the intervals
/// of the usual fit have their nominal coverage (measured: `benches/results/model.md`), and noisy searches stay
/// unchanged. The share leaves told noise out; `sampler/gp/noise.rs` asks for told noise first.
const MAX_NOISE_SHARE: f64 = 0.05;
/// Fewer observations cannot distinguish noise from a function. (Half and twice: `benches/results/constants.md`.)
const MIN_OBSERVATIONS: usize = 20;
/// Factor of the lengthscales and noise variance of each starting point. (Half and twice:
/// `benches/results/constants.md`.)
const STARTS: [(f64, f64); 3] = [(1.5, 0.1), (1.5, 0.3), (2.0, 0.3)];

/// The smooth model, if the fit finds almost no noise and a start is probable enough.
pub(super) fn candidate(usual: &Usual<'_>, work: &mut Workspace) -> Result<Option<Candidate>, FitError> {
    let (data, hyper) = (usual.data, usual.layout.unpack(&usual.minimum.x));
    let is_noisy = hyper.noise_variance > MAX_NOISE_SHARE * (hyper.noise_variance + hyper.signal_variance);
    let are_numbers = data.inputs.columns().iter().all(Column::is_number);
    if is_noisy || !are_numbers || data.y.len() < MIN_OBSERVATIONS {
        return Ok(None);
    }
    let layout = Layout::new(data.inputs, Form::Smooth);
    let objective = Objective { data, layout: &layout };
    let mut best: Option<(f64, Vec<f64>)> = None;
    for (stretch, noise) in STARTS {
        let theta = layout.stretched(&usual.minimum.x, ln(stretch), ln(noise));
        let Some(value) = if_factored(objective.value(work, &theta, usual.interrupted))? else { continue };
        if best.as_ref().is_none_or(|(least, _)| value < *least) {
            best = Some((value, theta));
        }
    }
    let best = best.filter(|(value, _)| score(&layout, *value) - usual.score() >= -START_MARGIN);
    let Some((_, from)) = best else { return Ok(None) };
    usual.searched(&layout, &from, COLD_ITERATIONS, MIN_NATS, work)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::model::gp::selection::Alternative;
    use crate::model::gp::tests::standardized;
    use crate::model::gp::{Assumptions, GaussianProcess, Inputs, Observations, Start, Theta, select};
    use crate::numerics::{Purpose, Stream};

    fn accepted(mut usual: Usual<'_>) -> Result<Option<Theta>, FitError> {
        usual.accepted(Alternative::Smooth, &mut Workspace::new(usual.data.y.len()))
    }

    /// Random points, the standardized values of a smooth function of all coordinates there, and the same values with
    /// noise.
    struct Design {
        inputs: Inputs,
        truth: Vec<f64>,
        y: Vec<f64>,
    }

    impl Design {
        fn new(n: usize, d: usize, noise: f64, seed: u64) -> Self {
            let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
            let points: Vec<Vec<f64>> = (0..n).map(|_| (0..d).map(|_| stream.uniform()).collect()).collect();
            let wave = |x: f64| libm::sin(2.0 * x);
            let truth =
                standardized(&points.iter().map(|point| point.iter().map(|x| wave(*x)).sum()).collect::<Vec<f64>>());
            let y = truth.iter().map(|y| y + noise * stream.normal()).collect();
            let columns = (0..d).map(|j| Column::Numeric(points.iter().map(|point| point[j]).collect())).collect();
            Self { inputs: Inputs::new(columns, vec![false; d]), truth, y }
        }
        fn data(&self) -> Observations<'_> {
            Observations { inputs: &self.inputs, y: &self.y, known_noise: &[0.0; 150][..self.y.len()] }
        }
        fn smooth(&self) -> Option<Theta> {
            accepted(Usual::fit(self.data(), &Start::cold(&self.inputs), &|| false).unwrap()).unwrap()
        }
        fn model(&self) -> GaussianProcess {
            GaussianProcess::fit(self.inputs.clone(), &self.y, self.data().known_noise, &|| false).unwrap()
        }
    }

    /// Compares standard deviations.
    #[test]
    fn noise_at_random_points_in_ten_dimensions_is_found_within_a_factor() {
        for seed in 0..5 {
            let design = Design::new(150, 10, 0.5, seed);
            let noise = design.model().hyperparameters().noise_variance.sqrt();
            assert!((0.5 / 1.5..0.5 * 1.5).contains(&noise), "{seed} {noise}");
        }
    }

    /// At the observed points, which a recommendation compares.
    #[test]
    fn intervals_at_random_points_in_ten_dimensions_cover_the_function() {
        let mut n_covered = 0;
        for seed in 0..5 {
            let design = Design::new(150, 10, 0.5, seed);
            let points: Vec<Vec<f64>> = (0..150).map(|i| design.inputs.point(i)).collect();
            let predictions = design.model().predict(&points);
            let covered = predictions
                .iter()
                .zip(&design.truth)
                .filter(|(at, y)| (at.mean - **y).abs() < 1.96 * at.variance.sqrt());
            n_covered += covered.count();
        }
        assert!((640..=750).contains(&n_covered), "{n_covered} of 750");
    }

    #[test]
    fn many_noise_free_values_of_a_smooth_function_keep_the_usual_prior() {
        for seed in 0..5 {
            let design = Design::new(120, 5, 0.0, seed);
            assert_eq!(design.smooth(), None, "{seed}");
        }
    }

    #[test]
    fn few_observations_and_pure_noise_get_no_smooth_prior() {
        assert_eq!(Design::new(MIN_OBSERVATIONS - 1, 10, 0.5, 1).smooth(), None);
        let noise = Design::new(100, 1, 1e3, 1);
        let noise = Design { y: standardized(&noise.y), ..noise };
        let selected = select(&Assumptions::of(noise.data()), &Start::cold(&noise.inputs), true, &|| false);
        assert_eq!(selected.unwrap().unwrap().usual, None);
        assert_eq!(noise.smooth(), None);
    }

    #[test]
    fn spaces_with_choices_get_no_smooth_prior() {
        let design = Design::new(150, 20, 0.5, 1);
        assert!(design.smooth().is_some());
        let choice = Column::category((0..150).map(|i| f64::from(i % 3)).collect(), 3);
        let columns = design.inputs.columns().iter().cloned().chain([choice]).collect();
        assert_eq!(Design { inputs: Inputs::new(columns, vec![false; 21]), ..design }.smooth(), None);
    }

    #[test]
    fn value_equals_the_value_of_evaluate() {
        let design = Design::new(70, 4, 0.5, 1);
        let layout = Layout::new(&design.inputs, Form::Smooth);
        let (objective, mut work) = (Objective { data: design.data(), layout: &layout }, Workspace::new(70));
        let theta = layout.start();
        let evaluated = objective.evaluate(&mut work, &theta, &mut vec![0.0; theta.len()], &|| false).unwrap();
        assert_eq!(objective.value(&mut work, &theta, &|| false).unwrap().to_bits(), evaluated.to_bits());
    }

    #[test]
    fn the_search_for_a_smooth_function_can_be_interrupted() {
        let design = Design::new(60, 10, 0.5, 1);
        let start = Start::cold(&design.inputs);
        let usual = Usual { interrupted: &|| true, ..Usual::fit(design.data(), &start, &|| false).unwrap() };
        assert_eq!(accepted(usual), Err(FitError::Interrupted));
    }
}
