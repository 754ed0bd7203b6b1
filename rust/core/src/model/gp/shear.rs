//! Shears of the unit cube, which let valleys run diagonally to the axes.
//!
//! If a loss depends on a combination of parameters, such as a regularization strength relative to a width, or a rate
//! times a number of steps, its valley runs diagonally to the axes, and all lengthscales involved must be as short as
//! the valley is narrow. Let `1 .. m` be the unconditional numbers in their order. The distance of a sheared model is
//!
//! ```text
//! z_j = (x_j + sum_(i < j) a_ji x_i) / l_j,    r^2 = sum_j (z_j - z'_j)^2 + terms of other parameters
//! ```
//!
//! where `x` are centred coordinates of the unit cube. Let `A` be the unit lower triangular matrix with the shears
//! `a_ji` below its diagonal. Any metric of full rank can be factored into `A` and `diag(1 / l)` (the `L D L'` of its
//! matrix, Golub and Van Loan 2013, section 4.1.2), so that every direction of a valley can be represented. This takes
//! `m (m - 1) / 2` additional hyperparameters. (Rasmussen and Williams 2006, section 5.1, also describe metrics that
//! are not diagonal, with a factor of low rank.) A shear is the slope of a valley in the unit cube. In terms of the
//! features `t_j = x_j / l_j` of a model without shears,
//!
//! ```text
//! z_j = t_j + sum_(i < j) c_ji t_i,    c_ji = a_ji l_i / l_j
//! df/dt_i = df/dz_i + sum_(j > i) c_ji df/dz_j,    df/da_ji = df/dz_j x_i / l_j
//! ```

/// A multiple of one number that is added to another before scaling.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shear {
    /// The parameter that is changed.
    pub of: usize,
    /// The parameter that is added; its index is smaller.
    pub by: usize,
    /// The factor of the parameter that is added.
    pub slope: f64,
}

/// A [`Shear`] between features, with the factor `c_ji`.
#[derive(Clone, Copy, Debug)]
pub(super) struct FeatureShear {
    pub(super) of: usize,
    pub(super) by: usize,
    pub(super) factor: f64,
}

/// Replaces `t` by `z`. `shears` are ordered by `of` and applied from the last to the first, so that no replaced value
/// is used. `ScaledFeatures::new` does the same column by column, with identical rounding
/// (`appending_to_a_sheared_model_equals_building_it`).
pub(super) fn apply(shears: &[FeatureShear], features: &mut [f64]) {
    for added in shears.iter().rev() {
        features[added.of] = features[added.by].mul_add(added.factor, features[added.of]);
    }
}

/// `df/dt` for one feature, given `df/dz`.
pub(super) fn slope(shears: &[FeatureShear], feature: usize, by_sheared: impl Fn(usize) -> f64) -> f64 {
    let later = shears.iter().filter(|added| added.by == feature);
    by_sheared(feature) + later.map(|added| added.factor * by_sheared(added.of)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::super::tests::assert_gradient;
    use super::super::{Column, Form, GaussianProcess, GradientQuery, Inputs, Layout, Observations, Theta};
    use crate::numerics::{Purpose, Stream};

    const N: usize = 80;

    /// Two numbers, a choice, a number that is active under one of its two levels, and another number. Parameters 0, 1
    /// and 4 are sheared.
    fn observations(seed: u64) -> (Inputs, Vec<f64>) {
        let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
        let (mut columns, mut y) = (vec![Vec::new(); 5], Vec::new());
        for _ in 0..N {
            let [a, b, c, d]: [f64; 4] = std::array::from_fn(|_| stream.uniform());
            let code = f64::from(d > 0.5);
            let point = [a, b, code, if code == 0.0 { d } else { f64::NAN }, c];
            columns.iter_mut().zip(point).for_each(|(column, x)| column.push(x));
            y.push(libm::sin(5.0 * (a + b - c)) + 0.3 * code + 0.05 * stream.normal());
        }
        let mut columns = columns.into_iter();
        let mut number = || Column::Numeric(columns.next().unwrap());
        let [a, b, codes, d, c] = std::array::from_fn(|_| number());
        let choice = Column::category(codes.values().to_vec(), 2);
        (Inputs::new(vec![a, b, choice, d, c], vec![false, false, false, true, false]), y)
    }

    /// The start of a fit, but with shears 0.8, -0.5 and 1.5.
    fn sheared(inputs: &Inputs) -> Theta {
        let layout = Layout::new(inputs, Form::Sheared);
        let mut theta = layout.start();
        for ((_, _, place), slope) in layout.shears().zip([0.8, -0.5, 1.5]) {
            theta[place] = slope;
        }
        theta
    }

    #[test]
    fn unconditional_numbers_are_sheared() {
        let (inputs, _) = observations(1);
        let layout = Layout::new(&inputs, Form::Sheared);
        assert_eq!(layout.shears().map(|(of, by, _)| (of, by)).collect::<Vec<_>>(), [(1, 0), (4, 0), (4, 1)]);
        assert_eq!((layout.len(), layout.n_shears()), (Layout::of(&inputs).len() + 3, 3));
    }

    #[test]
    fn gradients_through_shears_equal_central_differences() {
        let (inputs, y) = observations(2);
        let data = Observations { inputs: &inputs, y: &y, known_noise: &[0.01; N] };
        assert_gradient(&data, &Layout::new(&inputs, Form::Sheared), &sheared(&inputs));
    }

    /// A model with shears equals a model without them on sheared coordinates; `golden` compares the latter with
    /// scikit-learn.
    #[test]
    fn a_sheared_model_equals_a_plain_model_on_sheared_coordinates() {
        let (inputs, y) = observations(3);
        let theta = sheared(&inputs);
        let shears = Layout::new(&inputs, Form::Sheared).unpack(&theta).shears;
        let moved = |point: &Vec<f64>| {
            let mut moved = point.clone();
            for shear in &shears {
                moved[shear.of] += shear.slope * (point[shear.by] - 0.5);
            }
            moved
        };
        let points: Vec<Vec<f64>> = (0..N).map(|i| inputs.point(i)).collect();
        let sheared_inputs = inputs.like(&points.iter().map(moved).collect::<Vec<_>>());
        let plain = Layout::of(&inputs).start();
        let new = vec![0.3, 0.6, 0.0, 0.8, 0.1];
        let ours = GaussianProcess::with(inputs, theta, &y, &[0.0; N]).unwrap();
        let theirs = GaussianProcess::with(sheared_inputs, plain, &y, &[0.0; N]).unwrap();
        let [computed, expected] = [ours.predict(std::slice::from_ref(&new))[0], theirs.predict(&[moved(&new)])[0]];
        assert!((computed.mean - expected.mean).abs() < 1e-10 && (computed.variance - expected.variance).abs() < 1e-10);
        assert!((ours.log_evidence() - theirs.log_evidence()).abs() < 1e-8);
    }

    #[test]
    fn prediction_gradients_of_sheared_models_equal_central_differences() {
        let (inputs, y) = observations(4);
        let theta = sheared(&inputs);
        let model = GaussianProcess::with(inputs, theta, &y, &[0.0; N]).unwrap();
        let point = vec![0.4, 0.3, 0.0, 0.6, 0.7];
        let coordinates = [0, 1, 3, 4];
        let sloped =
            model.predict_with_gradient(&[GradientQuery { point: &point, coordinates: &coordinates }]).remove(0);
        for (place, j) in coordinates.into_iter().enumerate() {
            let at = |step: f64| {
                let mut moved = point.clone();
                moved[j] += step;
                model.predict(&[moved])[0]
            };
            let (up, down) = (at(1e-5), at(-1e-5));
            assert!(((up.mean - down.mean) / 2e-5 - sloped.mean_gradient[place]).abs() < 1e-5, "{j}");
            assert!(((up.variance - down.variance) / 2e-5 - sloped.variance_gradient[place]).abs() < 1e-5, "{j}");
        }
    }

    #[test]
    fn appending_to_a_sheared_model_equals_building_it() {
        let (inputs, y) = observations(5);
        let theta = sheared(&inputs);
        let first = inputs.like(&(0..N - 10).map(|i| inputs.point(i)).collect::<Vec<_>>());
        let mut grown = GaussianProcess::with(first, theta.clone(), &y[..N - 10], &[0.0; N - 10]).unwrap();
        (N - 10..N).for_each(|i| grown.append(&inputs.point(i), 0.0).unwrap());
        grown.set_values(&y);
        let whole = GaussianProcess::with(inputs, theta, &y, &[0.0; N]).unwrap();
        assert_eq!(grown.log_evidence().to_bits(), whole.log_evidence().to_bits());
        let new = [vec![0.3, 0.6, 1.0, f64::NAN, 0.1]];
        assert_eq!(grown.predict(&new), whole.predict(&new));
    }

    #[test]
    fn a_move_by_the_effective_lengthscale_is_a_unit_of_distance() {
        let (inputs, y) = observations(6);
        let theta = sheared(&inputs);
        let model = GaussianProcess::with(inputs, theta, &y, &[0.0; N]).unwrap();
        let from = model.inputs().point(0);
        for j in [0, 1, 4] {
            let mut moved = from.clone();
            moved[j] += model.hyperparameters().effective_lengthscale(j);
            let mut r2 = [0.0; N];
            model.features.squared_distances(&model.features.scale(&moved), 0, &mut r2);
            assert!((r2[0] - 1.0).abs() < 1e-12, "{j} {}", r2[0]);
        }
    }
}
