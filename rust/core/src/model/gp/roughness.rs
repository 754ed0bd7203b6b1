//! Whether what the fit calls noise is noise.
//!
//! A loss may be rough: an error rate jumps where one more sample falls on the other side, a landscape has valleys that
//! are narrower than the trials are apart. Told once at each point that looks like noise, and a model that takes it for
//! noise goes back to the same spot again and again, though values there agree. So once the noise `v` of a fit is
//! known, another reading of it is held against it:
//!
//! ```text
//! noise       cov(y_i, y_k) = s2 M(r) + v [i = k]
//! roughness   cov(y_i, y_k) = s2 M(r) + (1 - w) v M(sqrt(c) r) + w v [i = k],    c = 1000, w = 1/100
//! ```
//!
//! a second Matern process of a thirtieth of the lengthscales, in the place of all but a hundredth of the noise. The
//! two differ in trials that lie close to each other alone: noise says that they scatter as all others do, roughness
//! that they agree. The reading is roughness where the marginal likelihood says so by more than [`NATS`], everything
//! else held (Rasmussen and Williams 2006, section 5.2; a sum of two scales: section 5.4.3; micro-scale variation and
//! measurement error as the two parts of a nugget: Cressie 1993, section 2.3.1). Roughness is part of the function:
//! predictions know it where something was told, and elsewhere it is part of their deviation. Whether there is any
//! signal is asked first: of nothing but noise nothing is roughness. (Measured: `benches/results/model.md`.)

use super::fit::{Fit, Observations};
use super::hyper::{Hyperparameters, Layout};
use super::kernel::{matern, matern_with_slope};
use super::process::{FitError, GaussianProcess, if_factored};
use super::theta::{Form, Theta};
use crate::numerics::ln;

/// How often a lengthscale is longer than that of the roughness, squared.
const SQUARED_RATIO: f64 = 1000.0;
/// Share of the noise that stays noise: what an error rate's last jump is, and what keeps the covariance regular.
const WHITE: f64 = 0.01;
/// Nats by which roughness has to be likelier. A pair of trials that agree gains up to `ln(1 / w) / 2 = 2.3`, so that
/// one pair seldom decides (`one_pair_that_agrees_decides_nothing`).
const NATS: f64 = 3.0;
/// Share of noise in the variance below which nobody needs to ask what it is.
const NEXT_TO_NOTHING: f64 = 0.01;

impl Fit {
    /// The hyperparameters, with `ln w` beside them where the noise is roughness. `data` are those that were fitted.
    ///
    /// # Errors
    /// [`FitError::Interrupted`].
    pub(super) fn with_roughness(
        self,
        data: Observations<'_>,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Theta, FitError> {
        let plain = Layout::new(data.inputs, self.theta.form()).unpack(&self.theta);
        if self.is_noise || plain.noise < NEXT_TO_NOTHING * (plain.noise + plain.s2) {
            return Ok(self.theta);
        }
        let evidence = |theta: &Theta| {
            let (inputs, theta) = (data.inputs.clone(), theta.clone());
            let model = GaussianProcess::with_unless(inputs, theta, data.y, data.known_noise, interrupted);
            if_factored(model.map(|model| model.log_evidence()))
        };
        let form = Form { is_rough: true, ..self.theta.form() };
        let rough = Theta::new(form, [&self.theta[..], &[ln(WHITE)]].concat());
        let gained = evidence(&rough)?.zip(evidence(&self.theta)?).map(|(rough, noise)| rough - noise);
        Ok(if gained.is_some_and(|nats| nats > NATS) { rough } else { self.theta })
    }
}

/// `s2 M(r)`, and of the roughness `(1 - w) v M(sqrt(c) r)`, of every `r^2`, in place.
pub(super) fn covariances(r2: &mut [f64], hyper: &Hyperparameters) {
    if hyper.roughness == 0.0 {
        return matern(r2, hyper.s2);
    }
    let mut short = shortened(r2);
    matern(r2, hyper.s2);
    matern(&mut short, hyper.roughness);
    add(r2, &short, 1.0);
}

/// The same into `value`, and its derivatives over the `r^2` in place.
pub(super) fn covariances_with_slope(r2: &mut [f64], value: &mut [f64], hyper: &Hyperparameters) {
    if hyper.roughness == 0.0 {
        return matern_with_slope(r2, value, hyper.s2);
    }
    let (mut short, mut more) = (shortened(r2), vec![0.0; r2.len()]);
    matern_with_slope(r2, value, hyper.s2);
    matern_with_slope(&mut short, &mut more, hyper.roughness);
    add(value, &more, 1.0);
    add(r2, &short, SQUARED_RATIO);
}

fn shortened(r2: &[f64]) -> Vec<f64> {
    r2.iter().map(|r2| SQUARED_RATIO * r2).collect()
}

fn add(sum: &mut [f64], more: &[f64], times: f64) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += times * more);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::model::gp::{Column, Inputs, Place};
    use crate::numerics::{Purpose, Stream};

    const N: usize = 60;

    /// Fifty places, ten of them pairs of points a thousandth apart, with their values: a bowl and a draw for each
    /// point (noise) or for each pair (roughness).
    fn pairs(seed: u64, is_rough: bool) -> (Inputs, Vec<f64>) {
        places(seed, 10, is_rough)
    }

    fn places(seed: u64, n_pairs: usize, is_rough: bool) -> (Inputs, Vec<f64>) {
        let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
        let (mut columns, mut values) = (vec![Vec::new(); 3], Vec::new());
        for place in 0..50 {
            let (x, jump): ([f64; 3], f64) = (std::array::from_fn(|_| 0.999 * stream.uniform()), stream.normal());
            for step in [0.0, 0.001].into_iter().take(if place < n_pairs { 2 } else { 1 }) {
                let draw = if is_rough { jump } else { stream.normal() };
                columns.iter_mut().zip(x).for_each(|(column, x)| column.push(x + step));
                let off = x.map(|x| (x + step - 0.4) * (x + step - 0.4));
                values.push(4.0 * off.iter().sum::<f64>() - 1.2 + 0.2 * draw);
            }
        }
        (Inputs::new(columns.into_iter().map(Column::Numeric).collect(), vec![false; 3]), values)
    }

    fn observed<'a>(inputs: &'a Inputs, y: &'a [f64]) -> Observations<'a> {
        Observations { inputs, y, known_noise: &[0.0; N] }
    }

    /// A fit to such values: `l = 0.4`, `s2 = 1`, `v = 0.04`.
    fn noisy(inputs: &Inputs) -> Theta {
        let layout = Layout::of(inputs);
        let mut theta = layout.start();
        theta[layout.signal() + 1] = ln(0.04);
        theta
    }

    fn fit(theta: Theta) -> Fit {
        Fit { theta, is_noise: false, log_posterior: 0.0 }
    }

    /// Whether the noise of such a fit is called roughness.
    fn is_called_rough(inputs: &Inputs, y: &[f64]) -> bool {
        let data = Observations { inputs, y, known_noise: &vec![0.0; y.len()] };
        let theta = fit(noisy(inputs)).with_roughness(data, &|| false).unwrap();
        Layout::new(inputs, theta.form()).unpack(&theta).roughness > 0.0
    }

    fn rough_model() -> GaussianProcess {
        let (inputs, values) = pairs(1, true);
        let theta = fit(noisy(&inputs)).with_roughness(observed(&inputs, &values), &|| false).unwrap();
        GaussianProcess::with(inputs, theta, &values, &[0.0; N]).unwrap()
    }

    #[test]
    fn pairs_that_agree_are_roughness_and_pairs_that_scatter_are_noise() {
        let count = |is_rough: bool| {
            let cases = (0..50).map(|seed| pairs(seed, is_rough));
            cases.filter(|(inputs, values)| is_called_rough(inputs, values)).count()
        };
        assert_eq!([count(true), count(false)], [50, 0]);
    }

    /// Beside values that scatter by the noise one pair of them agrees now and then.
    #[test]
    fn one_pair_that_agrees_decides_nothing() {
        let cases = (0..200).map(|seed| places(seed, 1, true));
        let decided = cases.filter(|(inputs, values)| is_called_rough(inputs, values)).count();
        assert!(decided < 20, "{decided} of 200");
        assert!((0..200).all(|seed| {
            let (inputs, values) = places(seed, 1, false);
            !is_called_rough(&inputs, &values)
        }));
    }

    #[test]
    fn less_noise_than_a_hundredth_is_not_asked_for() {
        let (inputs, values) = pairs(1, true);
        let data = observed(&inputs, &values);
        let with_noise = |share: f64| {
            let mut theta = noisy(&inputs);
            theta[Layout::of(&inputs).signal() + 1] = ln(share / (1.0 - share));
            fit(theta)
        };
        assert_eq!(with_noise(0.009).with_roughness(data, &|| false).unwrap(), with_noise(0.009).theta);
        assert_ne!(with_noise(0.011).with_roughness(data, &|| false).unwrap(), with_noise(0.011).theta);
    }

    #[test]
    fn of_nothing_but_noise_nothing_is_roughness() {
        let (inputs, values) = pairs(1, true);
        let noise = Fit { is_noise: true, ..fit(noisy(&inputs)) };
        assert_eq!(noise.clone().with_roughness(observed(&inputs, &values), &|| false).unwrap(), noise.theta);
    }

    #[test]
    fn roughness_is_known_where_it_was_told_and_open_elsewhere() {
        let model = rough_model();
        let (hyper, told) = (model.hyperparameters(), model.inputs().point(0));
        assert!((hyper.roughness - 0.99 * 0.04).abs() < 1e-12 && (hyper.noise - 0.01 * 0.04).abs() < 1e-12);
        assert!(model.noise_share() < 0.001);
        let [at, between] = [told, vec![0.5; 3]].map(|point| model.predict(&[point])[0]);
        assert!((at.mean - model.values()[0]).abs() < 0.02, "{at:?}");
        assert!(at.variance < 0.02 * hyper.roughness && between.variance > 0.8 * hyper.roughness, "{at:?} {between:?}");
    }

    #[test]
    fn prediction_gradients_go_through_roughness() {
        let model = rough_model();
        // Within the roughness's own lengthscales of an observation, and beyond.
        for step in [0.002, 0.01, 0.1] {
            let beside = |step: f64| model.inputs().point(30).iter().map(|x| x + step).collect::<Vec<f64>>();
            let sloped = model.sloped(&[Place { point: &beside(step), coordinates: &[0] }]).remove(0);
            let moved = |by: f64| [vec![beside(step)[0] + by], beside(step)[1..].to_vec()].concat();
            let [up, down] = [1e-6, -1e-6].map(|by| model.predict(&[moved(by)])[0]);
            let difference = |up: f64, down: f64| (up - down) / 2e-6;
            let (mean, variance) = (difference(up.mean, down.mean), difference(up.variance, down.variance));
            assert!((mean - sloped.mean_slope[0]).abs() < 1e-4 * (1.0 + mean.abs()), "{mean} {sloped:?}");
            assert!(
                (variance - sloped.variance_slope[0]).abs() < 1e-4 * (1.0 + variance.abs()),
                "{variance} {sloped:?}"
            );
        }
    }

    #[test]
    fn a_rough_model_that_grew_equals_one_that_was_built_at_once() {
        let whole = rough_model();
        let (inputs, values, theta) = (whole.inputs(), whole.values(), whole.theta().clone());
        let first = inputs.like(&(0..50).map(|i| inputs.point(i)).collect::<Vec<_>>());
        let mut grown = GaussianProcess::with(first, theta, &values[..50], &[0.0; 50]).unwrap();
        (50..N).for_each(|i| grown.append(&inputs.point(i), 0.0).unwrap());
        grown.set_values(values);
        assert_eq!(grown.log_evidence().to_bits(), whole.log_evidence().to_bits());
        assert_eq!(grown.predict(&[vec![0.3; 3]]), whole.predict(&[vec![0.3; 3]]));
    }

    /// A jitter raises roughness and noise alike; the model's own `theta` builds it again.
    #[test]
    fn a_rough_covariance_that_cannot_be_factored_gets_more_noise() {
        let (inputs, values) = pairs(1, true);
        let mut theta = fit(noisy(&inputs)).with_roughness(observed(&inputs, &values), &|| false).unwrap();
        let layout = Layout::new(&inputs, theta.form());
        theta[layout.signal() + 1] = ln(1e-15);
        let twice = inputs.like(&[inputs.point(0), inputs.point(0)]);
        let model = GaussianProcess::with(twice.clone(), theta.clone(), &values[..2], &[0.0; 2]).unwrap();
        assert!(model.theta()[layout.signal() + 1] > theta[layout.signal() + 1] + 2.0);
        let again = GaussianProcess::with(twice, model.theta().clone(), &values[..2], &[0.0; 2]).unwrap();
        assert_eq!(again.log_evidence().to_bits(), model.log_evidence().to_bits());
    }
}
