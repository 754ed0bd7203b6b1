#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use super::fit::{Objective, Workspace};
use super::{Column, FitError, Form, GaussianProcess, Inputs, Layout, Observations, Theta};
use crate::model::output_warp::half_rank;
use crate::numerics::{Purpose, Stream, exp, ln};
use crate::space::testing::parameter;
use crate::space::{Domain, SearchSpace};

/// A number, a category, a conditional number and a conditional category; the first category determines which of the
/// latter is active.
fn mixed(n: usize, seed: u64) -> (Inputs, Vec<f64>) {
    let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
    let mut columns = vec![Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    let mut y = Vec::new();
    for _ in 0..n {
        let (x, c) = (stream.uniform(), stream.below_or_equal(2) as f64);
        let (z, d) = (stream.uniform(), stream.below_or_equal(3) as f64);
        columns[0].push(x);
        columns[1].push(c);
        columns[2].push(if c == 0.0 { z } else { f64::NAN });
        columns[3].push(if c == 1.0 { d } else { f64::NAN });
        y.push((x - 0.3) * 3.0 + if c == 0.0 { z * z } else { 0.4 * d } + 0.1 * stream.normal());
    }
    let [a, b, c, d] = <[Vec<f64>; 4]>::try_from(columns).unwrap();
    let columns = vec![Column::Numeric(a), Column::category(b, 3), Column::Numeric(c), Column::category(d, 4)];
    (Inputs::new(columns, vec![false, false, true, true]), y)
}

fn numeric(columns: Vec<Vec<f64>>) -> Inputs {
    let conditional = vec![false; columns.len()];
    Inputs::new(columns.into_iter().map(Column::Numeric).collect(), conditional)
}

/// Scales values to zero mean and unit variance.
pub(super) fn standardized(values: &[f64]) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let deviation = (values.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n).sqrt();
    values.iter().map(|y| (y - mean) / deviation).collect()
}

/// Asserts that the gradient of the objective equals central differences.
pub(super) fn assert_gradient(data: &Observations<'_>, layout: &Layout, theta: &[f64]) {
    let objective = Objective { data: *data, layout };
    let mut work = Workspace::new(data.y.len());
    let mut gradient = vec![0.0; layout.len()];
    objective.evaluate(&mut work, theta, &mut gradient, &|| false).unwrap();
    for i in 0..layout.len() {
        let mut at = |step: f64| {
            let mut moved = theta.to_vec();
            moved[i] += step;
            objective.evaluate(&mut work, &moved, &mut vec![0.0; layout.len()], &|| false).unwrap()
        };
        let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!(
            (difference - gradient[i]).abs() < 1e-5 * (1.0 + difference.abs()),
            "{i}: {difference} {}",
            gradient[i]
        );
    }
}

#[test]
fn gradients_equal_central_differences() {
    // More than one block of columns.
    let (inputs, y) = mixed(90, 3);
    let layout = Layout::of(&inputs);
    let theta: Vec<f64> = layout.start().iter().enumerate().map(|(i, t)| t + 0.1 * i as f64).collect();
    assert_gradient(&Observations { inputs: &inputs, y: &y, known_noise: &[0.01; 90] }, &layout, &theta);
}

/// Two unconditional numbers add one shear; a conditional number and choices add none.
#[test]
fn every_form_has_its_own_length() {
    let (inputs, _) = mixed(10, 3);
    let column = Column::Numeric((0..10).map(|i| 0.1 * f64::from(i)).collect());
    let columns = inputs.columns().iter().cloned().chain([column]).collect();
    let inputs = Inputs::new(columns, vec![false, false, true, true, false]);
    let plain = Layout::of(&inputs).len();
    assert_eq!(plain, 5 + 2 + 2);
    assert_eq!(Layout::new(&inputs, Form::Sheared).len(), plain + 1);
}

/// In spaces of mostly choices, whose lengthscales have a different prior.
#[test]
fn gradients_among_choices_equal_central_differences() {
    let (inputs, y) = mixed(40, 8);
    let columns = [0, 1, 3, 1].map(|j| inputs.columns()[j].clone()).to_vec();
    let inputs = Inputs::new(columns, vec![false, false, true, false]);
    let layout = Layout::of(&inputs);
    assert_gradient(&Observations { inputs: &inputs, y: &y, known_noise: &[0.01; 40] }, &layout, &layout.start());
}

/// Of an unconditional and a conditional choice, both with features.
#[test]
fn gradients_with_features_equal_central_differences() {
    let (inputs, y) = mixed(60, 5);
    let described = |j: usize, levels: usize| {
        let features = (0..levels).map(|k| vec![(k * k) as f64, 1.0 - k as f64]).collect();
        let domain = Domain::described(features).unwrap();
        let space = SearchSpace::new(vec![parameter("c", domain)], Vec::new()).unwrap();
        let unlikeness = space.unlikeness(0).cloned();
        Column::Category { codes: inputs.columns()[j].values().to_vec(), levels, unlikeness }
    };
    let columns = vec![inputs.columns()[0].clone(), described(1, 3), inputs.columns()[2].clone(), described(3, 4)];
    let inputs = Inputs::new(columns, inputs.conditional().to_vec());
    let layout = Layout::of(&inputs);
    let theta: Vec<f64> = layout.start().iter().enumerate().map(|(i, t)| t + 0.1 * i as f64).collect();
    assert_gradient(&Observations { inputs: &inputs, y: &y, known_noise: &[0.01; 60] }, &layout, &theta);
}

#[test]
fn coinciding_points_have_finite_gradients() {
    let inputs = numeric(vec![vec![0.5; 6]]);
    let layout = Layout::of(&inputs);
    let y = [0.1, -0.2, 0.0, 0.3, -0.1, 0.2];
    let objective =
        Objective { data: Observations { inputs: &inputs, y: &y, known_noise: &[0.0; 6] }, layout: &layout };
    let mut gradient = vec![0.0; layout.len()];
    let value = objective.evaluate(&mut Workspace::new(6), &layout.start(), &mut gradient, &|| false).unwrap();
    assert!(value.is_finite());
    assert!(gradient.iter().all(|g| g.is_finite()));
}

/// `|a|^2 + |b|^2 - 2ab` would lose such distances or make them negative.
#[test]
fn near_duplicates_keep_exact_distances() {
    let gaps: Vec<f64> = (3..=9).map(|k| libm::pow(10.0, -f64::from(k))).collect();
    let xs: Vec<f64> =
        gaps.iter().enumerate().flat_map(|(i, gap)| [0.1 * i as f64 + 0.2, 0.1 * i as f64 + 0.2 + gap]).collect();
    let n = xs.len();
    let inputs = numeric(vec![xs.clone(), vec![0.7; n]]);
    let mut theta = Layout::of(&inputs).start();
    (theta[0], theta[1], theta[3]) = (ln(0.01), ln(0.01), ln(1e-6));
    let hyper = Layout::of(&inputs).unpack(&theta);
    let features = super::features::ScaledFeatures::new(&inputs, &hyper);
    for (i, gap) in gaps.iter().enumerate() {
        let mut r2 = vec![0.0; n];
        features.squared_distances(&features.observation(2 * i), 0, &mut r2);
        assert_eq!(r2[2 * i], 0.0);
        // The coordinates themselves are rounded, by about 1e-16, which the gap inherits.
        let expected = gap * gap / 1e-4;
        assert!((r2[2 * i + 1] / expected - 1.0).abs() < 4e-16 / gap, "{gap} {} {expected}", r2[2 * i + 1]);
        assert!(r2.iter().all(|r2| *r2 >= 0.0));
    }
    // No jitter is needed above the noise, and the gradient is that of the objective.
    let y: Vec<f64> = xs.iter().map(|x| libm::sin(9.0 * x)).collect();
    let model = GaussianProcess::with(inputs.clone(), theta.clone(), &y, &vec![0.0; n]).unwrap();
    assert_eq!(*model.theta(), theta);
    assert_gradient(&Observations { inputs: &inputs, y: &y, known_noise: &vec![0.0; n] }, &Layout::of(&inputs), &theta);
}

/// The derivative with respect to `r` would be `0 / 0` where points coincide.
#[test]
fn gradients_are_right_at_observations_and_duplicates() {
    let xs = vec![0.2, 0.2, 0.5, 0.5, 0.9];
    let inputs = numeric(vec![xs.clone()]);
    let y = [0.3, 0.5, -0.4, -0.6, 0.1];
    let model = GaussianProcess::fit(inputs, &y, &[0.0; 5], &|| false).unwrap();
    for x in xs {
        let point = [x];
        let sloped =
            model.predict_with_gradient(&[super::GradientQuery { point: &point, coordinates: &[0] }]).remove(0);
        let at = |step: f64| model.predict(&[vec![x + step]])[0];
        let (up, down) = (at(1e-5), at(-1e-5));
        assert!(((up.mean - down.mean) / 2e-5 - sloped.mean_gradient[0]).abs() < 1e-5);
        assert!(((up.variance - down.variance) / 2e-5 - sloped.variance_gradient[0]).abs() < 1e-5);
    }
}

#[test]
fn a_covariance_that_cannot_be_factored_gets_more_noise() {
    let inputs = numeric(vec![vec![0.2, 0.2]]);
    let with = |theta: Theta| GaussianProcess::with(inputs.clone(), theta, &[0.3, 0.5], &[0.0; 2]);
    let at = |noise: f64| Theta::new(Form::Usual, vec![ln(0.4), 0.0, ln(noise)]);
    // Noise of up to 1e-16 is rounded away next to a signal variance of one.
    let model = with(at(1e-17)).unwrap();
    assert!((model.theta()[2] - ln(1e-15)).abs() < 1e-12);
    let again = with(model.theta().clone()).unwrap();
    assert_eq!(again.log_evidence().to_bits(), model.log_evidence().to_bits());
    assert_eq!(with(at(1e-20)).unwrap_err(), FitError::NotPositiveDefinite);
}

/// Maximizing the density in other coordinates would make lengthscales several times too long.
#[test]
fn the_fit_maximizes_the_documented_density() {
    let xs: Vec<f64> = (0..12).map(|i| f64::from(i) / 11.0).collect();
    let y = half_rank(&xs.iter().map(|x| libm::sin(7.0 * x)).collect::<Vec<_>>());
    let inputs = numeric(vec![xs]);
    let fitted = GaussianProcess::fit(inputs.clone(), &y, &[0.0; 12], &|| false).unwrap();
    // The density in l, s2 and ln v as `hyperparameters::prior` documents it, on a grid around the fit along each of
    // the three.
    let documented = |theta: &[f64]| {
        let at = Theta::new(Form::Usual, theta.to_vec());
        let model = GaussianProcess::with(inputs.clone(), at, &y, &[0.0; 12]).unwrap();
        let (l, s2, v) = (exp(theta[0]), exp(theta[1]), theta[2]);
        model.log_evidence() + 2.0 * ln(l) - 6.0 * l + ln(s2) - 0.15 * s2 - (v + 6.0) * (v + 6.0) / 18.0
    };
    let best = documented(fitted.theta());
    for j in 0..3 {
        for step in -30..=30 {
            let mut theta = fitted.theta().to_vec();
            theta[j] += 0.1 * f64::from(step);
            if theta[2] >= ln(1e-6) && theta[2] <= ln(1.6) {
                // The fit ends when an iteration improves the density by less than 0.01.
                assert!(documented(&theta) < best + 0.02, "{j} {step}");
            }
        }
    }
}

/// Values at 100 points of one parameter: noise of unit variance and a sine of `amplitude`.
fn sine_under_noise(seed: u64, amplitude: f64) -> GaussianProcess {
    let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
    let xs: Vec<f64> = (0..100).map(|_| stream.uniform()).collect();
    let y: Vec<f64> = xs.iter().map(|x| stream.normal() + amplitude * libm::sin(6.0 * x)).collect();
    GaussianProcess::fit(numeric(vec![xs]), &half_rank(&y), &[0.0; 100], &|| false).unwrap()
}

/// Pending observations are ignored, and known noise counts with its mean.
#[test]
fn the_share_of_noise_counts_observations_with_values() {
    let mut model = GaussianProcess::with(
        numeric(vec![vec![0.1, 0.5, 0.9]]),
        Theta::new(Form::Usual, vec![ln(0.3), ln(2.0), ln(0.5)]),
        &[-1.0, 0.0, 1.0],
        &[0.0, 0.5, 1.0],
    )
    .unwrap();
    assert!((model.noise_share() - 1.0 / 3.0).abs() < 1e-12);
    model.append(&[0.3], 0.0).unwrap();
    assert!((model.noise_share() - 1.0 / 3.0).abs() < 1e-12);
}

/// Whether the fit found pure noise.
fn is_noise(model: &GaussianProcess) -> bool {
    (model.noise_share() - 1.0 / (1.0 + super::selection::RESIDUAL_SIGNAL)).abs() < 1e-9
}

/// 945 of 1,000 seeds pass, so a change of the fit that does no harm yields fewer than 90 of 100 in one case out of
/// forty.
#[test]
fn pure_noise_is_fitted_as_noise() {
    let models: Vec<GaussianProcess> = (0..100).map(|seed| sine_under_noise(seed, 0.0)).collect();
    let n_noise = models.iter().filter(|model| is_noise(model)).count();
    assert!(n_noise >= 90, "{n_noise} of 100");
    // The residual signal explains almost nothing.
    let explained = |model: &GaussianProcess| model.fitted_means().iter().map(|mean| mean * mean).sum::<f64>() / 100.0;
    assert!(models.iter().filter(|model| explained(model) < 0.1).count() >= 90);
}

/// The sine has half of the variance of the noise. Over 1,000 seeds none is missed; of signals of half this variance,
/// one in 77 is.
#[test]
fn a_signal_weaker_than_the_noise_is_found() {
    let lost = (0..100).filter(|seed| is_noise(&sine_under_noise(*seed, 1.0))).count();
    assert_eq!(lost, 0);
}

/// The slope and the curvature of the model without a signal, with partly known noise.
#[test]
fn derivatives_of_noise_only_equal_central_differences() {
    let (inputs, y) = mixed(12, 3);
    let known_noise: Vec<f64> = (0..12).map(|i| 0.05 * f64::from(i)).collect();
    let data = Observations { inputs: &inputs, y: &y, known_noise: &known_noise };
    for log_variance in [-6.0, -1.0, 0.3] {
        let at = |step: f64| super::selection::negative_log_posterior(data, log_variance + step);
        let (here, up, down) = (at(0.0), at(1e-5), at(-1e-5));
        for k in 0..2 {
            let difference = (up[k] - down[k]) / 2e-5;
            assert!((difference - here[k + 1]).abs() < 1e-6 * (1.0 + difference.abs()), "{k} {difference} {here:?}");
        }
    }
}

#[test]
fn leave_one_out_equals_predictions_from_the_others() {
    let (inputs, y) = mixed(20, 4);
    let model = GaussianProcess::fit(inputs.clone(), &y, &[0.02; 20], &|| false).unwrap();
    let points: Vec<Vec<f64>> = (0..20).map(|i| inputs.point(i)).collect();
    for (i, left_out) in model.leave_one_out(&|| false).unwrap().iter().enumerate() {
        let kept: Vec<usize> = (0..20).filter(|k| *k != i).collect();
        let others = inputs.like(&kept.iter().map(|k| points[*k].clone()).collect::<Vec<_>>());
        let y: Vec<f64> = kept.iter().map(|k| y[*k]).collect();
        let without = GaussianProcess::with(others, model.theta().clone(), &y, &[0.02; 19]).unwrap();
        let at = without.predict(&[points[i].clone()])[0];
        let noise = model.hyperparameters().noise_variance + 0.02;
        assert!((at.mean - left_out.mean).abs() < 1e-9);
        assert!((at.variance + noise - left_out.variance).abs() < 1e-9);
    }
}

#[test]
fn draws_have_the_mean_and_covariance_of_the_posterior() {
    let (inputs, y) = mixed(15, 6);
    let model = GaussianProcess::fit(inputs.clone(), &y, &[0.0; 15], &|| false).unwrap();
    // The third point coincides with the second; the last is an observation.
    let points =
        [vec![0.1, 1.0, f64::NAN, 2.0], vec![0.8, 2.0, f64::NAN, f64::NAN], vec![0.8, 2.0, f64::NAN, f64::NAN]];
    let points = [&points[..], &[inputs.point(0)]].concat();
    let n = 4000;
    let draws = model.sample(&points, n, &mut Stream::new(0, 0, Purpose::Sample, 0), &|| false).unwrap();
    for (j, at) in model.predict(&points).iter().enumerate() {
        let mean = draws.iter().map(|draw| draw[j]).sum::<f64>() / n as f64;
        let variance = draws.iter().map(|draw| (draw[j] - mean) * (draw[j] - mean)).sum::<f64>() / n as f64;
        // Five standard errors: a false alarm occurs once in two million.
        assert!((mean - at.mean).abs() < 5.0 * (at.variance / n as f64).sqrt() + 1e-5);
        assert!((variance / at.variance - 1.0).abs() < 5.0 * (2.0 / n as f64).sqrt() + 1e-3, "{j} {variance} {at:?}");
    }
    assert!(draws.iter().all(|draw| (draw[1] - draw[2]).abs() < 1e-4));
}

#[test]
fn without_data_the_fit_is_the_mode_of_the_prior() {
    let model = GaussianProcess::fit(numeric(vec![vec![]; 8]), &[], &[], &|| false).unwrap();
    let hyper = model.hyperparameters();
    // The mode of l' is 1/3, that of Gamma(2, 0.15) is 1 / 0.15, and that of the log-normal is e^-6.
    let scale = 2.0_f64.sqrt();
    assert!(hyper.lengthscales.iter().all(|l| (l / scale - 1.0 / 3.0).abs() < 2e-3), "{hyper:?}");
    assert!((hyper.signal_variance - 1.0 / 0.15).abs() < 0.1, "{hyper:?}");
    assert!((hyper.noise_variance / exp(-6.0) - 1.0).abs() < 0.1, "{hyper:?}");
}

/// A gamma prior keeps such lengthscales below 2.
#[test]
fn without_noise_irrelevant_parameters_lose_their_influence() {
    let mut stream = Stream::new(3, 0, Purpose::Sample, 0);
    let columns: Vec<Vec<f64>> = (0..4).map(|_| (0..30).map(|_| stream.uniform()).collect()).collect();
    let y = standardized(&columns[0].iter().map(|x| libm::sin(4.0 * x)).collect::<Vec<f64>>());
    let model = GaussianProcess::fit(numeric(columns), &y, &[0.0; 30], &|| false).unwrap();
    let lengthscales = &model.hyperparameters().lengthscales;
    assert!(lengthscales[0] < 2.0 && lengthscales[1..].iter().all(|l| *l > 3.0), "{lengthscales:?}");
}

/// The prior of choices in spaces of mostly choices, Gamma(2, 1), has its mode at 1.
#[test]
fn without_data_the_fit_among_choices_is_the_mode_of_their_prior() {
    let choice = || Column::category(vec![], 3);
    let fitted = |n_choices: usize, n_numbers: usize| {
        let numbers = std::iter::repeat_with(|| Column::Numeric(vec![])).take(n_numbers);
        let columns: Vec<Column> = std::iter::repeat_with(choice).take(n_choices).chain(numbers).collect();
        let inputs = Inputs::new(columns, vec![false; n_choices + n_numbers]);
        let model = GaussianProcess::fit(inputs, &[], &[], &|| false).unwrap();
        model.hyperparameters().lengthscales.clone()
    };
    // The search ends when a step gains less than a hundredth of a nat.
    let is_close = |lengthscale: f64, mode: f64| (lengthscale / 2.0_f64.sqrt() - mode).abs() < 2e-2;
    // Exactly two thirds do not count as mostly choices.
    let (mostly, two_thirds) = (fitted(6, 2), fitted(4, 2));
    assert!(mostly[..6].iter().all(|l| is_close(*l, 1.0)), "{mostly:?}");
    let usual = |l: &f64, d: f64| (l / (d / 4.0).sqrt() - 1.0 / 3.0).abs() < 1e-2;
    assert!(mostly[6..].iter().all(|l| usual(l, 8.0)) && two_thirds.iter().all(|l| usual(l, 6.0)), "{two_thirds:?}");
}

/// With twelve branches of one parameter each, two of thirteen parameters are active at a time, and typical
/// lengthscales are those of two parameters.
#[test]
fn parameters_of_different_branches_do_not_lengthen_lengthscales() {
    let branch = |b: usize| (0..24).map(|i| if i % 12 == b { 0.5 } else { f64::NAN }).collect();
    let kind = Column::category((0..24).map(|i| f64::from(i % 12)).collect(), 12);
    let columns = std::iter::once(kind).chain((0..12).map(|b| Column::Numeric(branch(b)))).collect();
    let conditional = (0..13).map(|j| j > 0).collect();
    let (tree, flat) = (Inputs::new(columns, conditional), numeric(vec![vec![0.5; 24], vec![0.5; 24]]));
    assert_eq!(Layout::of(&tree).start()[..2], Layout::of(&flat).start()[..2]);
    let wide = numeric(vec![vec![0.5; 24]; 16]);
    assert!((exp(Layout::of(&wide).start()[0] - Layout::of(&flat).start()[0]) - 2.0).abs() < 1e-12);
}

#[test]
fn predictions_interpolate_and_return_to_the_prior_far_away() {
    let xs: Vec<f64> = (0..9).map(|i| f64::from(i) / 40.0).collect();
    let y: Vec<f64> = xs.iter().map(|x| libm::sin(20.0 * x)).collect();
    let model = GaussianProcess::fit(numeric(vec![xs.clone()]), &y, &[0.0; 9], &|| false).unwrap();
    for (x, y) in xs.iter().zip(&y) {
        let at = model.predict(&[vec![*x]])[0];
        assert!((at.mean - y).abs() < 0.05 && at.variance < 0.01, "{at:?} {y}");
    }
    let far = model.predict(&[vec![1.0]])[0];
    assert!(far.variance > 0.5 * model.hyperparameters().signal_variance);
}

#[test]
fn a_pending_point_reduces_the_variance_and_keeps_the_mean() {
    let (inputs, y) = mixed(30, 5);
    let mut model = GaussianProcess::fit(inputs, &half_rank(&y), &[0.0; 30], &|| false).unwrap();
    let point = vec![0.9, 2.0, f64::NAN, f64::NAN];
    let before = model.predict(std::slice::from_ref(&point))[0];
    model.append(&point, 0.0).unwrap();
    let after = model.predict(&[point])[0];
    assert_eq!(before.mean.to_bits(), after.mean.to_bits());
    assert!(after.variance < before.variance);
}

/// Without noise the observations are known, and elsewhere less is unknown; the means stay the same.
#[test]
fn a_model_without_noise_knows_the_function_at_its_observations() {
    let mut stream = Stream::new(2, 0, Purpose::Sample, 0);
    let xs: Vec<f64> = (0..30).map(|_| stream.uniform()).collect();
    let y: Vec<f64> = xs.iter().map(|x| libm::sin(6.0 * x) + 0.5 * stream.normal()).collect();
    let mut noisy = GaussianProcess::fit(numeric(vec![xs.clone()]), &y, &[0.0; 30], &|| false).unwrap();
    noisy.append(&[0.35], 0.0).unwrap();
    let exact = noisy.without_noise().unwrap();
    for x in xs.into_iter().chain([0.35, 0.111]) {
        let (before, after) = (noisy.predict(&[vec![x]])[0], exact.predict(&[vec![x]])[0]);
        assert_eq!(before.mean.to_bits(), after.mean.to_bits());
        let is_known = x != 0.111;
        assert!(after.variance < if is_known { 1e-5 } else { before.variance }, "{x} {before:?} {after:?}");
    }
    assert!(noisy.predict(&[vec![0.35]])[0].variance > 1e-3);
}

#[test]
fn irrelevant_parameters_get_long_lengthscales() {
    let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
    let columns: Vec<Vec<f64>> = (0..3).map(|_| (0..60).map(|_| stream.uniform()).collect()).collect();
    let y: Vec<f64> = columns[1].iter().map(|x| libm::sin(9.0 * x)).collect();
    let model = GaussianProcess::fit(numeric(columns), &half_rank(&y), &[0.0; 60], &|| false).unwrap();
    let l = &model.hyperparameters().lengthscales;
    assert!(l[0] > 2.0 * l[1] && l[2] > 2.0 * l[1], "{l:?}");
}

#[test]
fn prediction_gradients_equal_central_differences() {
    let (inputs, y) = mixed(35, 8);
    let mut model = GaussianProcess::fit(inputs, &half_rank(&y), &[0.0; 35], &|| false).unwrap();
    model.append(&[0.2, 0.0, 0.7, f64::NAN], 0.0).unwrap();
    let point = vec![0.4, 0.0, 0.6, f64::NAN];
    let place = super::GradientQuery { point: &point, coordinates: &[0, 2] };
    let sloped = model.predict_with_gradient(&[place]).remove(0);
    let plain = model.predict(std::slice::from_ref(&point))[0];
    assert!((sloped.prediction.mean - plain.mean).abs() < 1e-10);
    assert!((sloped.prediction.variance - plain.variance).abs() < 1e-8);
    for (place, j) in [0, 2].into_iter().enumerate() {
        let at = |step: f64| {
            let mut moved = point.clone();
            moved[j] += step;
            model.predict(&[moved])[0]
        };
        let (up, down) = (at(1e-5), at(-1e-5));
        let (mean, variance) = ((up.mean - down.mean) / 2e-5, (up.variance - down.variance) / 2e-5);
        assert!((mean - sloped.mean_gradient[place]).abs() < 1e-5 * (1.0 + mean.abs()));
        assert!((variance - sloped.variance_gradient[place]).abs() < 1e-5 * (1.0 + variance.abs()));
    }
}
