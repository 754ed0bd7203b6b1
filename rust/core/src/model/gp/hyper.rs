//! Where each hyperparameter stands in the vector, their bounds and their prior.
//!
//! `theta = (ln l_1 .. ln l_d, ln h_j for every conditional j, a_ji for every shear, ln s2, ln v)`. The prior is a density
//! in `l`, `h` and `s2` (not in their logarithms), log-normal in `v` and normal in the shears; the maximum is taken of that density, without a Jacobian:
//!
//! ```text
//! ln p = sum_j (p_j ln l'_j - q_j l'_j) + sum_j (ln h_j - 4 h_j) + (ln s2 - 0.15 s2) - (ln v + 6)^2 / 18
//!        - sum_ji a_ji^2 / 2
//! l'_j = l_j / sqrt(max(1, k / 4)),   k the number of active parameters of an observation, on average
//! ```
//!
//! that is Gamma(2, 4) for `h`, Gamma(2, 0.15) for `s2` and Gamma(p + 1, q) for `l'`: Gamma(3, 6), or Gamma(2, 1), four
//! times as long on average, for parameters without an order that are most of a space (`Gamma::AMONG_CHOICES`). Where a
//! few of many numbers explain the values, the density of `l^-2` stands for that of `l` (`sparse`), and where a smooth
//! function under noise does, Gamma(3, 1.5) (`smooth`).
//! Lengthscales grow with the square root of the number of parameters because distances do (Hvarfner et al. 2024; that
//! inactive ones do not count is our own, and makes no difference in spaces without conditions). Taking a log-normal
//! prior's maximum in `ln l` instead would favour lengthscales several times too long
//! (`without_data_the_fit_is_the_mode_of_the_prior`).

use super::inputs::{Column, Inputs};
use super::shear::Shear;
use super::theta::{Form, Theta};
use crate::model::is_mostly_unordered;
use crate::numerics::{exp, ln};

/// A gamma density, but for its constant: `p ln x - q x`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Gamma {
    p: f64,
    q: f64,
}

impl Gamma {
    /// Of lengthscales of parameters without an order where most are ([`is_mostly_unordered`]): among many choices each
    /// decides little, and trials that differ in several still say something of each other. Beside numbers a choice is
    /// more often a switch that moves everything, and there longer lengthscales cost (`benches/results/model.md`).
    const AMONG_CHOICES: Self = Self { p: 1.0, q: 1.0 };
    /// Of every lengthscale but those.
    const USUAL: Self = Self { p: 2.0, q: 6.0 };
    /// Four times as long (`smooth`).
    const SMOOTH: Self = Self { p: 2.0, q: 1.5 };

    /// Its logarithm at `x`.
    fn log_density(self, x: f64) -> f64 {
        self.p * ln(x) - self.q * x
    }
    /// The derivative of that with respect to `ln x`.
    fn slope(self, x: f64) -> f64 {
        self.p - self.q * x
    }
    fn mode(self) -> f64 {
        self.p / self.q
    }
}

/// Prior of a lengthscale, as a function of it in units of the scale.
#[derive(Clone, Copy, Debug, PartialEq)]
enum LengthscalePrior {
    Gamma(Gamma),
    /// `1 / (1 + l^-4)`: half-Cauchy in `l^-2` (`sparse`).
    HalfCauchy {
        scale: f64,
    },
}

impl LengthscalePrior {
    /// Its logarithm at `x`.
    fn log_density(self, x: f64) -> f64 {
        match self {
            Self::Gamma(gamma) => gamma.log_density(x),
            Self::HalfCauchy { scale } => -ln(1.0 + inverse_fourth_power(x * scale)),
        }
    }
    /// The derivative of that with respect to `ln x`.
    fn slope(self, x: f64) -> f64 {
        match self {
            Self::Gamma(gamma) => gamma.slope(x),
            Self::HalfCauchy { scale } => {
                let power = inverse_fourth_power(x * scale);
                4.0 * power / (1.0 + power)
            }
        }
    }
    /// Where it is highest within bounds.
    fn mode(self) -> f64 {
        match self {
            Self::Gamma(gamma) => gamma.mode(),
            Self::HalfCauchy { scale } => LONGEST / scale,
        }
    }
}

fn inverse_fourth_power(l: f64) -> f64 {
    1.0 / (l * l * l * l)
}

/// Parameters of a space that is sheared at most (`askew`).
const MOST_SHEARED: usize = 20;
/// Numbers among which a few may be all that matters: fewer may be sheared, and a fit is not asked both.
const MANY_NUMBERS: usize = MOST_SHEARED + 1;
/// Lengthscales are at most so long.
const LONGEST: f64 = 1000.0;
/// Shears are at most so steep: five of their deviations.
const STEEPEST: f64 = 5.0;

/// Which hyperparameters there are.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Position of `ln h_j` in `theta`, for conditional parameters.
    heights: Vec<Option<usize>>,
    /// The numbers that are sheared, in their order.
    sheared: Vec<usize>,
    /// Position of the first shear in `theta`; the others follow.
    shears: usize,
    len: usize,
    /// What typical lengthscales are multiplied with.
    scale: f64,
    /// Prior of each lengthscale, in units of the scale.
    lengths: Vec<LengthscalePrior>,
    form: Form,
}

/// Something of each kind of hyperparameter.
struct Kinds<T> {
    length: T,
    height: T,
    shear: T,
    s2: T,
    noise: T,
}

/// The prior of each lengthscale, in units of their scale.
fn priors_of_lengths(columns: &[Column]) -> Vec<LengthscalePrior> {
    let is_unordered = |column: &Column| !column.is_number();
    let among_choices = is_mostly_unordered(columns.iter().map(is_unordered));
    let prior =
        |column: &Column| if among_choices && is_unordered(column) { Gamma::AMONG_CHOICES } else { Gamma::USUAL };
    columns.iter().map(|column| LengthscalePrior::Gamma(prior(column))).collect()
}

/// `-ln p(v)` up to a constant, as a function of `ln v`, and its first two derivatives.
pub(super) fn negative_log_prior_of_noise(log_variance: f64) -> [f64; 3] {
    let off = log_variance + 6.0;
    [off * off / 18.0, off / 9.0, 1.0 / 9.0]
}

/// The hyperparameters in their own scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Hyperparameters {
    /// `l_j`, in unit coordinates.
    pub lengthscales: Vec<f64>,
    /// `h_j`; 0 for parameters that are always active.
    pub heights: Vec<f64>,
    /// What is added to numbers before they are scaled, in their order.
    pub shears: Vec<Shear>,
    /// Signal variance.
    pub s2: f64,
    /// Noise variance.
    pub noise: f64,
}

impl Hyperparameters {
    /// How far one number alone has to move for a unit of distance: its lengthscale, unless others are measured
    /// together with it.
    pub fn reach(&self, parameter: usize) -> f64 {
        let own = self.lengthscales[parameter];
        let others = self.shears.iter().filter(|shear| shear.by == parameter);
        let squared = others.map(|shear| shear.slope * own / self.lengthscales[shear.of]).map(|c| c * c).sum::<f64>();
        own / (1.0 + squared).sqrt()
    }
}

impl Layout {
    /// One lengthscale per parameter and one height per conditional one, and what the form adds.
    pub fn new(inputs: &Inputs, form: Form) -> Self {
        let mut len = inputs.columns().len();
        let mut place = |wanted: &bool| {
            let place = len;
            len += usize::from(*wanted);
            wanted.then_some(place)
        };
        let heights = inputs.conditional().iter().map(&mut place).collect();
        let always = inputs.columns().iter().zip(inputs.conditional()).enumerate();
        let always = always.filter(|(_, (column, conditional))| column.is_number() && !**conditional);
        let sheared: Vec<usize> = if form.is_sheared { always.map(|(j, _)| j).collect() } else { Vec::new() };
        let shears = len;
        len += sheared.len() * sheared.len().saturating_sub(1) / 2 + 2;
        let scale = (inputs.n_active() / 4.0).max(1.0).sqrt();
        Self { heights, sheared, shears, len, scale, lengths: priors_of_lengths(inputs.columns()), form }
    }
    /// The plain one.
    pub fn of(inputs: &Inputs) -> Self {
        Self::new(inputs, Form::default())
    }
    /// Whether there are so few parameters that they may be sheared.
    pub(super) fn is_small(&self) -> bool {
        self.d() <= MOST_SHEARED
    }
    /// The same with half-Cauchy priors of `l^-2` for numbers that always exist; `None` where these are few.
    pub(super) fn sparse(&self, inputs: &Inputs) -> Option<Self> {
        let mut layout = self.clone();
        let columns = inputs.columns().iter().zip(inputs.conditional());
        for (prior, (column, is_conditional)) in layout.lengths.iter_mut().zip(columns) {
            if column.is_number() && !is_conditional {
                *prior = LengthscalePrior::HalfCauchy { scale: self.scale };
            }
        }
        (layout.sparse_positions().count() >= MANY_NUMBERS).then_some(layout)
    }
    /// The same with lengthscales four times as long; `None` unless all are those of numbers.
    pub(super) fn smooth(&self, inputs: &Inputs) -> Option<Self> {
        let are_numbers = inputs.columns().iter().all(Column::is_number);
        are_numbers.then(|| Self { lengths: vec![LengthscalePrior::Gamma(Gamma::SMOOTH); self.d()], ..self.clone() })
    }
    /// `theta` with lengthscales `e^more` times as long, and another `ln v`.
    pub(super) fn stretched(&self, theta: &[f64], more: f64, log_noise: f64) -> Vec<f64> {
        let (mut stretched, longest) = (theta.to_vec(), ln(LONGEST));
        for length in &mut stretched[..self.d()] {
            *length = (*length + more).min(longest);
        }
        stretched[self.signal() + 1] = log_noise;
        stretched
    }
    /// Positions of the lengthscales whose prior is half-Cauchy.
    pub(super) fn sparse_positions(&self) -> impl Iterator<Item = usize> {
        let is_sparse = |prior: &LengthscalePrior| matches!(prior, LengthscalePrior::HalfCauchy { .. });
        self.lengths.iter().enumerate().filter(move |(_, prior)| is_sparse(prior)).map(|(j, _)| j)
    }
    /// `theta` of a layout without this one's shears, with all of them at the identity.
    pub(super) fn extended(&self, theta: &[f64]) -> Vec<f64> {
        let (most, variances) = theta.split_at(theta.len() - 2);
        let mut extended = most.to_vec();
        extended.resize(self.len - 2, 0.0);
        extended.extend(variances);
        extended
    }
    /// `theta` without shears.
    pub(super) fn plain(&self, theta: &[f64]) -> Vec<f64> {
        let n_others = self.heights.len() + self.heights.iter().flatten().count();
        [&theta[..n_others], &theta[theta.len() - 2..]].concat()
    }
    /// Number of sheared parameters.
    pub(super) fn n_sheared(&self) -> usize {
        self.sheared.len()
    }
    /// Number of shears.
    pub(super) fn n_shears(&self) -> usize {
        self.shears().count()
    }
    /// The parameter of every shear, the one that is added to it, and the shear's position.
    pub(super) fn shears(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let pairs = self.sheared.iter().enumerate();
        let pairs = pairs.flat_map(|(k, of)| self.sheared[..k].iter().map(|by| (*of, *by)));
        pairs.zip(self.shears..).map(|((of, by), place)| (of, by, place))
    }
    /// What it adds to the plain one.
    pub fn form(&self) -> Form {
        self.form
    }
    /// Length of `theta`.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Never: there are always a signal and a noise variance.
    pub fn is_empty(&self) -> bool {
        false
    }
    /// Number of parameters.
    pub(super) fn d(&self) -> usize {
        self.heights.len()
    }
    /// Position of `ln h_j`.
    pub(super) fn height(&self, j: usize) -> Option<usize> {
        self.heights[j]
    }
    /// Position of `ln s2`; `ln v` follows.
    pub(super) fn signal(&self) -> usize {
        self.len - 2
    }

    /// Where a fit starts: `l = 0.4 sqrt(max(1, k / 4))`, `h = 0.5`, `s2 = 1`, `v = e^-4`.
    pub fn start(&self) -> Theta {
        let start = Kinds { length: ln(0.4 * self.scale), height: ln(0.5), shear: 0.0, s2: 0.0, noise: -4.0 };
        Theta::new(self.form, self.filled(&start))
    }

    /// The modes of the priors: `l' = p / q` (of a half-Cauchy one, which has none, the upper bound of `l`), `h = 1/4`,
    /// `s2 = 1 / 0.15`, `v = e^-6`.
    pub(super) fn modes(&self) -> Vec<f64> {
        let modes = Kinds { length: 0.0, height: ln(0.25), shear: 0.0, s2: -ln(0.15), noise: -6.0 };
        let mut modes = self.filled(&modes);
        for (mode, prior) in modes.iter_mut().zip(&self.lengths) {
            *mode = ln(self.scale * prior.mode());
        }
        modes
    }

    /// `ln p` where it is highest.
    pub(super) fn log_prior_at_modes(&self) -> f64 {
        self.log_prior(&self.modes(), &mut vec![0.0; self.len])
    }

    /// `l` in `[0.01, 1000]`, `h` in `[0.01, 2]`, shears in `[-5, 5]`, `ln s2` in `[-6, 5]`, `v` in `[1e-6, 1.6]`.
    pub fn bounds(&self) -> Vec<(f64, f64)> {
        self.filled(&Kinds {
            length: (ln(0.01), ln(LONGEST)),
            height: (ln(0.01), ln(2.0)),
            shear: (-STEEPEST, STEEPEST),
            s2: (-6.0, 5.0),
            noise: (ln(1e-6), ln(1.6)),
        })
    }

    /// What each kind of hyperparameter has, at every position of `theta`.
    fn filled<T: Copy>(&self, of: &Kinds<T>) -> Vec<T> {
        let mut all = vec![of.height; self.len];
        all[..self.d()].fill(of.length);
        self.shears().for_each(|(_, _, place)| all[place] = of.shear);
        all[self.signal()] = of.s2;
        all[self.signal() + 1] = of.noise;
        all
    }

    /// `ln p(theta)` up to a constant; its gradient is subtracted from `gradient`.
    pub fn log_prior(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let mut total = 0.0;
        for (j, prior) in self.lengths.iter().enumerate() {
            let l = exp(theta[j]) / self.scale;
            total += prior.log_density(l);
            gradient[j] -= prior.slope(l);
        }
        for position in self.heights.iter().flatten() {
            let h = exp(theta[*position]);
            total += theta[*position] - 4.0 * h;
            gradient[*position] -= 1.0 - 4.0 * h;
        }
        for (_, _, place) in self.shears() {
            total -= 0.5 * theta[place] * theta[place];
            gradient[place] += theta[place];
        }
        let (signal, noise) = (self.signal(), self.signal() + 1);
        let (s2, of_noise) = (exp(theta[signal]), negative_log_prior_of_noise(theta[noise]));
        gradient[signal] -= 1.0 - 0.15 * s2;
        gradient[noise] += of_noise[1];
        total + theta[signal] - 0.15 * s2 - of_noise[0]
    }

    /// To the hyperparameters' own scale.
    pub fn unpack(&self, theta: &[f64]) -> Hyperparameters {
        Hyperparameters {
            lengthscales: theta[..self.d()].iter().map(|t| exp(*t)).collect(),
            heights: self.heights.iter().map(|p| p.map_or(0.0, |p| exp(theta[p]))).collect(),
            shears: self.shears().map(|(of, by, place)| Shear { of, by, slope: theta[place] }).collect(),
            s2: exp(theta[self.signal()]),
            noise: exp(theta[self.signal() + 1]),
        }
    }
}
