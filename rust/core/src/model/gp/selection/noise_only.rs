//! Whether the values contain a signal at all.
//!
//! The prior density of the signal variance vanishes at zero, so a fit to pure noise ends at a signal that explains
//! nothing, and never at no signal. The decision is therefore made by the evidence, which penalizes the flexibility of
//! a model (Rasmussen and Williams 2006, section 5.2). With `f` as in `objective` and the densities of `prior`:
//!
//! ```text
//! no signal   y_i ~ N(0, v + sem_i^2),   f0(ln v) = -sum_i ln N(y_i) - ln p(v),
//!             ln p(y) = -f0 + ln(2 pi / f0'') / 2                                    at its minimum
//! a signal    ln p(y) = -f + ln(2 pi s2 / sqrt(det H)) + ln(0.15 / e) - ln p(modes)  at the fit
//! ```
//!
//! Both are Laplace approximations (Rasmussen and Williams 2006, section 3.4) without the constants that they share.
//! `H` holds the second derivatives of `f` with respect to `ln s2` and `ln v`, and `0.15 / e` is the density of `s2` at
//! its mode. The term `p(modes)` treats lengthscales and heights as if the data left them as uncertain as their priors
//! do, which favours a signal. In one dimension, where the integrals can be computed on a grid, the difference of the
//! two was within two nats of the exact one for 15 to 100 values of noise or of a sine with noise.

use super::usual::{Candidate, Usual};
use crate::model::gp::fit::{COLD_ITERATIONS, Workspace, minimum};
use crate::model::gp::hyperparameters::{Layout, SIGNAL_RATE, Theta, negative_log_prior_of_noise};
use crate::model::gp::observations::Observations;
use crate::model::gp::{FitError, if_factored};
use crate::numerics::{Stop, exp, ln, minimize_in_box};

/// Fewer observations are not informative enough: with 15, the log evidences seldom differ by [`MARGIN`]. (Half and
/// twice: `benches/results/constants.md`.)
const MIN_OBSERVATIONS: usize = 20;
/// Nats by which pure noise must be more probable. With 100 values of one parameter, the margin is reached in 945 of
/// 1,000 cases of pure noise (`pure_noise_is_fitted_as_noise`), in 13 of a sine with a quarter of the variance of the
/// noise, and in none of a sine with half of it (`a_signal_weaker_than_the_noise_is_found`).
const MARGIN: f64 = 5.0;
/// If `f` without its priors is lower than `f0` by more nats than this, a signal is certain. The volume terms are
/// smaller than this margin, and skipping them saves two evaluations. (Half and twice: `benches/results/constants.md`.)
const SKIP_MARGIN: f64 = 12.0;
/// Signal variance that is used for pure noise, as a share of the noise including known errors. It equals the largest
/// signal that may remain undetected (`benches/results/model.md`). With a share of 0.1, intervals of 95 % covered the
/// truth in 68 % of cases in which a signal of 0.25 was missed. A search in pure noise must also stay spread out.
/// Standard deviations vary between points by about `sqrt(s2) n s2 / v` and means by about `sqrt(s2) sqrt(n s2 / v)`,
/// so with a smaller share the means dominate although they carry no information.
pub(in crate::model::gp) const RESIDUAL_SIGNAL: f64 = 0.25;
/// Step of the finite differences for `H`. (Half and twice: `benches/results/constants.md`.)
const STEP: f64 = 1e-3;
/// The end of the search for the noise variance, a single number. A choice, not measured.
const STOP: Stop = Stop { iterations: 30, gradient: 1e-4, decrease: 0.0 };

/// Pure noise. Where it is more probable than a fit from a warm start, the search for that fit goes on first, because
/// the evidence is approximated at its maximum.
pub(super) fn candidate(usual: &mut Usual<'_>, work: &mut Workspace) -> Result<Option<Candidate>, FitError> {
    let candidate = compared_with(usual, work)?;
    if !usual.start.is_warm() || !candidate.as_ref().is_some_and(|noise| usual.is_less_probable_than(noise)) {
        return Ok(candidate);
    }
    usual.minimum = minimum(&usual.objective(), work, &usual.minimum.x, COLD_ITERATIONS, usual.interrupted)?;
    compared_with(usual, work)
}

/// Pure noise, unless a signal is certain. Its score contains the volume of its variance, relative to that of the two
/// variances of a signal.
fn compared_with(usual: &Usual<'_>, work: &mut Workspace) -> Result<Option<Candidate>, FitError> {
    let (data, layout) = (usual.data, &usual.layout);
    if data.y.len() < MIN_OBSERVATIONS {
        return Ok(None);
    }
    let Some(noise) = Noise::fit(data, layout) else { return Ok(None) };
    let prior_of_signal = ln(SIGNAL_RATE) - 1.0;
    if usual.score() + prior_of_signal + noise.value > SKIP_MARGIN {
        return Ok(None);
    }
    let Some(volume) = log_volume(usual, work)? else { return Ok(None) };
    let log_evidence = 0.5 * ln(std::f64::consts::TAU / noise.curvature) - noise.value;
    let theta = Theta::new(layout.form(), theta(data, layout, noise.log_variance));
    Ok(Some(Candidate { theta, score: log_evidence - volume - prior_of_signal, margin: MARGIN }))
}

/// The hyperparameters of pure noise: the modes of the priors, the fitted noise and a residual signal.
fn theta(data: Observations<'_>, layout: &Layout, log_noise: f64) -> Vec<f64> {
    let mut theta = layout.modes();
    let (signal, bounds) = (layout.signal(), layout.bounds());
    let known = data.known_noise.iter().sum::<f64>() / data.known_noise.len() as f64;
    theta[signal] = ln(RESIDUAL_SIGNAL * (exp(log_noise) + known)).clamp(bounds[signal].0, bounds[signal].1);
    theta[signal + 1] = log_noise;
    theta
}

/// `ln(2 pi s2 / sqrt(det H))`; `None` if the fit is not a minimum.
fn log_volume(usual: &Usual<'_>, work: &mut Workspace) -> Result<Option<f64>, FitError> {
    let (signal, fit) = (usual.layout.signal(), &usual.minimum);
    let mut shifted_gradient = |i: usize| {
        let (mut at, mut gradient) = (fit.x.clone(), vec![0.0; fit.x.len()]);
        at[i] += STEP;
        let result = usual.objective().evaluate(work, &at, &mut gradient, usual.interrupted);
        if_factored(result.map(|_| [gradient[signal], gradient[signal + 1]]))
    };
    let (by_s2, by_v) = (shifted_gradient(signal)?, shifted_gradient(signal + 1)?);
    let (Some(by_s2), Some(by_v)) = (by_s2, by_v) else { return Ok(None) };
    let second = |there: [f64; 2], i: usize| (there[i] - fit.gradient[signal + i]) / STEP;
    let cross = 0.5 * (second(by_s2, 1) + second(by_v, 0));
    let determinant = second(by_s2, 0) * second(by_v, 1) - cross * cross;
    let volume = ln(std::f64::consts::TAU) + fit.x[signal] - 0.5 * ln(determinant);
    Ok((determinant > 0.0).then_some(volume))
}

/// The model without a signal, at its most probable noise.
struct Noise {
    log_variance: f64,
    value: f64,
    /// Second derivative of `f0`.
    curvature: f64,
}

impl Noise {
    fn fit(data: Observations<'_>, layout: &Layout) -> Option<Self> {
        let bounds = layout.bounds()[layout.signal() + 1];
        let evaluate = |at: &[f64], gradient: &mut [f64]| {
            let [value, slope, _] = negative_log_posterior(data, at[0]);
            gradient[0] = slope;
            Some(value)
        };
        let log_variance = minimize_in_box(evaluate, &[0.0], &[bounds], STOP)?.x[0];
        let [value, _, curvature] = negative_log_posterior(data, log_variance);
        (curvature > 0.0).then_some(Self { log_variance, value, curvature })
    }
}

/// `f0` without `n ln(2 pi) / 2`, and its first two derivatives.
pub(in crate::model::gp) fn negative_log_posterior(data: Observations<'_>, log_variance: f64) -> [f64; 3] {
    let (v, mut derivatives) = (exp(log_variance), negative_log_prior_of_noise(log_variance));
    for (y, known) in data.y.iter().zip(data.known_noise) {
        let (total, share) = (v + known, v / (v + known));
        let squared = y * y / total;
        derivatives[0] += 0.5 * (squared + ln(total));
        derivatives[1] += 0.5 * share * (1.0 - squared);
        derivatives[2] += 0.5 * share * ((1.0 - share) * (1.0 - squared) + share * squared);
    }
    derivatives
}
