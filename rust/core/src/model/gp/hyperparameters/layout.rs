//! The position of each hyperparameter in the vector, and its bounds.
//!
//! `theta = (ln l_1 .. ln l_d, ln h_j for every conditional j, a_ji for every shear, ln s2, ln v)`.

use super::lengthscale_prior::{LengthscalePrior, MAX_LENGTHSCALE, priors_of_lengthscales};
use super::theta::{Form, Hyperparameters, Theta};
use crate::model::gp::observations::Inputs;
use crate::model::gp::shear::Shear;
use crate::numerics::{exp, ln};

/// Largest number of parameters of a space that may be sheared (`sheared`). (Half and twice:
/// `benches/results/constants.md`.)
const MAX_SHEARED: usize = 20;
/// Smallest number of numeric parameters for which a sparse fit is tried. Smaller spaces may be sheared, and no fit is
/// tested for both. Follows from [`MAX_SHEARED`].
const MIN_SPARSE: usize = MAX_SHEARED + 1;
/// Largest absolute value of a shear: five standard deviations of its prior. (Half and twice:
/// `benches/results/constants.md`.)
const MAX_SHEAR: f64 = 5.0;

/// The hyperparameters of a model and their positions.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Position of `ln h_j` in `theta`, for conditional parameters.
    pub(super) heights: Vec<Option<usize>>,
    /// The sheared parameters, in increasing order.
    sheared: Vec<usize>,
    /// Position of the first shear in `theta`; all others follow it.
    shears: usize,
    pub(super) len: usize,
    /// Factor of typical lengthscales.
    pub(super) scale: f64,
    /// Prior of each lengthscale, in units of the scale.
    pub(super) lengthscale_priors: Vec<LengthscalePrior>,
    form: Form,
}

/// A value for each kind of hyperparameter.
pub(super) struct PerKind<T> {
    pub(super) length: T,
    pub(super) height: T,
    pub(super) shear: T,
    pub(super) signal: T,
    pub(super) noise: T,
}

impl Layout {
    /// One lengthscale per parameter, one height per conditional parameter, the variances, and the shears of the form.
    pub fn new(inputs: &Inputs, form: Form) -> Self {
        let mut len = inputs.columns().len();
        let mut heights = Vec::with_capacity(len);
        for is_conditional in inputs.conditional() {
            heights.push(is_conditional.then_some(len));
            len += usize::from(*is_conditional);
        }
        let mut sheared = Vec::new();
        for (j, (column, is_conditional)) in inputs.columns().iter().zip(inputs.conditional()).enumerate() {
            if form == Form::Sheared && column.is_number() && !is_conditional {
                sheared.push(j);
            }
        }
        let shears = len;
        len += sheared.len() * sheared.len().saturating_sub(1) / 2 + 2;
        let scale = (inputs.n_active() / 4.0).max(1.0).sqrt();
        let lengthscale_priors = priors_of_lengthscales(inputs, form, scale);
        Self { heights, sheared, shears, len, scale, lengthscale_priors, form }
    }
    /// The layout of the usual form.
    pub fn of(inputs: &Inputs) -> Self {
        Self::new(inputs, Form::default())
    }
    /// Whether the space is small enough to be sheared.
    pub(in crate::model::gp) fn is_small(&self) -> bool {
        self.d() <= MAX_SHEARED
    }
    /// Whether many lengthscales have the half-Cauchy prior that the sparse form gives to unconditional numbers.
    pub(in crate::model::gp) fn is_wide(&self) -> bool {
        self.sparse_positions().count() >= MIN_SPARSE
    }
    /// `theta` with lengthscales multiplied by `e^more` and `ln v` replaced.
    pub(in crate::model::gp) fn stretched(&self, theta: &[f64], more: f64, log_noise: f64) -> Vec<f64> {
        let (mut stretched, longest) = (theta.to_vec(), ln(MAX_LENGTHSCALE));
        for length in &mut stretched[..self.d()] {
            *length = (*length + more).min(longest);
        }
        stretched[self.signal() + 1] = log_noise;
        stretched
    }
    /// Positions of the lengthscales whose prior is half-Cauchy.
    pub(in crate::model::gp) fn sparse_positions(&self) -> impl Iterator<Item = usize> {
        let is_sparse = |prior: &LengthscalePrior| matches!(prior, LengthscalePrior::HalfCauchy { .. });
        self.lengthscale_priors.iter().enumerate().filter(move |(_, prior)| is_sparse(prior)).map(|(j, _)| j)
    }
    /// Extends a `theta` without shears by shears of zero.
    pub(in crate::model::gp) fn with_identity_shears(&self, theta: &[f64]) -> Vec<f64> {
        let (most, variances) = theta.split_at(self.shears);
        [most, &vec![0.0; self.n_shears()], variances].concat()
    }
    /// `theta` without shears.
    pub(in crate::model::gp) fn without_shears(&self, theta: &[f64]) -> Vec<f64> {
        [&theta[..self.shears], &theta[theta.len() - 2..]].concat()
    }
    /// Number of sheared parameters.
    pub(in crate::model::gp) fn n_sheared(&self) -> usize {
        self.sheared.len()
    }
    /// Number of shears.
    pub(in crate::model::gp) fn n_shears(&self) -> usize {
        self.shears().count()
    }
    /// For every shear: the parameter that is changed, the parameter that is added to it, and the position of the shear
    /// in `theta`.
    pub(in crate::model::gp) fn shears(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let pairs = self.sheared.iter().enumerate();
        let pairs = pairs.flat_map(|(k, of)| self.sheared[..k].iter().map(|by| (*of, *by)));
        pairs.zip(self.shears..).map(|((of, by), position)| (of, by, position))
    }
    /// The form of this layout.
    pub fn form(&self) -> Form {
        self.form
    }
    /// Length of `theta`.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Always `false`: there are always a signal variance and a noise variance.
    pub fn is_empty(&self) -> bool {
        false
    }
    /// Number of parameters.
    pub(in crate::model::gp) fn d(&self) -> usize {
        self.heights.len()
    }
    /// Position of `ln h_j`.
    pub(in crate::model::gp) fn height(&self, j: usize) -> Option<usize> {
        self.heights[j]
    }
    /// Position of `ln s2`; `ln v` follows.
    pub(in crate::model::gp) fn signal(&self) -> usize {
        self.len - 2
    }

    /// The start of a cold fit: `l = 0.4 sqrt(max(1, k / 4))`, `h = 0.5`, `s2 = 1`, `v = e^-4`. Near the
    /// modes of the usual priors; a choice, not measured.
    pub fn start(&self) -> Theta {
        let start = PerKind { length: ln(0.4 * self.scale), height: ln(0.5), shear: 0.0, signal: 0.0, noise: -4.0 };
        Theta::new(self.form, self.filled(&start))
    }

    /// `l` in `[0.01, 1000]`, `h` in `[0.01, 2]`, shears in `[-5, 5]`, `ln s2` in `[-6, 5]`, `v` in `[1e-6, 1.6]`. All
    /// except `MAX_LENGTHSCALE` and `MAX_SHEAR` are choices, not measured. At these bounds the prior is 2 to 18 nats
    /// lower than at its mode.
    pub fn bounds(&self) -> Vec<(f64, f64)> {
        self.filled(&PerKind {
            length: (ln(0.01), ln(MAX_LENGTHSCALE)),
            height: (ln(0.01), ln(2.0)),
            shear: (-MAX_SHEAR, MAX_SHEAR),
            signal: (-6.0, 5.0),
            noise: (ln(1e-6), ln(1.6)),
        })
    }

    /// A vector with the value of its kind at every position of `theta`.
    pub(super) fn filled<T: Copy>(&self, of: &PerKind<T>) -> Vec<T> {
        let mut filled = vec![of.height; self.len];
        filled[..self.d()].fill(of.length);
        self.shears().for_each(|(_, _, position)| filled[position] = of.shear);
        filled[self.signal()] = of.signal;
        filled[self.signal() + 1] = of.noise;
        filled
    }

    /// Converts `theta` to hyperparameters in their own scale.
    pub fn unpack(&self, theta: &[f64]) -> Hyperparameters {
        Hyperparameters {
            lengthscales: theta[..self.d()].iter().map(|t| exp(*t)).collect(),
            heights: self.heights.iter().map(|p| p.map_or(0.0, |p| exp(theta[p]))).collect(),
            shears: self.shears().map(|(of, by, position)| Shear { of, by, slope: theta[position] }).collect(),
            signal_variance: exp(theta[self.signal()]),
            noise_variance: exp(theta[self.signal() + 1]),
        }
    }
}
