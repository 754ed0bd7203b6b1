//! One coordinate of a density.

use std::f64::consts::TAU;

use super::truncated::Truncated;
use crate::numerics::ln;
use crate::numerics::normal::{log_mass, ndtr};
use crate::space::{Axis, AxisKind, Prior, Value};

/// The smallest bandwidth, as a share of the unit interval.
///
/// With narrower kernels the density vanishes between them, and the ratio of two such densities is meaningless there.
/// (Measured: `benches/results/tpe.md`.)
const MIN_BANDWIDTH: f64 = 0.03;

/// The number of kernels' worth of weight that all kernels of an unordered dimension together give to every level, in
/// addition to the kernels at that level; see [`Dimension::smoothing`]. (Measured: `benches/results/tpe.md`.)
const SHARE_OF_EACH: f64 = 1.0;
/// The same among mostly unordered dimensions. (Measured: `benches/results/tpe.md`.)
const SHARE_OF_EACH_SHARP: f64 = 0.5;
/// The same for a dimension that decides which others exist. (Measured: `benches/results/tpe.md`.)
const SHARE_OF_EACH_DECIDING: f64 = 4.0;

/// The same for a dimension modelled by counts. (Measured: `benches/results/levels.md`.)
const SHARE_OF_EACH_COUNTED: f64 = 0.5;
/// The same for the only dimension modelled by counts, in a density of bad trials. (Measured:
/// `benches/results/levels.md`.)
const SHARE_OF_EACH_COUNTED_BAD: f64 = 0.1;

/// Dimensions with more unordered levels than this are modelled by counts. (`benches/results/levels.md`; the limit
/// itself is a choice.)
const MAX_JOINT_LEVELS: usize = 64;

/// The prior kernel of a number without a user's prior: nearly flat, slightly lower towards the ends. As in Hyperopt
/// (Bergstra et al. 2013).
const VAGUE: Prior = Prior::Normal { mean: 0.5, std: 1.0 };

/// How the kernels of a dimension are stored and evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storage {
    /// By densities.
    Continuous,
    /// By masses on cells.
    Cells,
    /// By equality of levels, jointly with the other dimensions.
    Categories,
    /// By counts of levels, independently of the other dimensions.
    Counts,
}

/// One coordinate of a density: the kind of its values and the user's prior.
///
/// Values are unit coordinates (see [`SearchSpace::encode`](crate::space::SearchSpace::encode)), including those of
/// levels.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    axis: Axis,
    prior: Prior,
    /// One of the shares above.
    share_of_each: f64,
    /// Number of dimensions of the density that are modelled by counts; 1 by default.
    n_counted: usize,
    /// See [`prior_log_constant`].
    log_constant: f64,
    /// The prior kernel, if it is a normal with its mean in the unit interval.
    prior_normal: Option<Truncated>,
}

impl Dimension {
    /// A coordinate whose prior kernel is `prior`. [`Prior::Uniform`] is replaced by `N(1/2, 1)` for numbers and by
    /// equal masses for unordered levels.
    pub fn new(axis: Axis, prior: Prior) -> Self {
        let mut dimension =
            Self { axis, prior, share_of_each: SHARE_OF_EACH, n_counted: 1, log_constant: 0.0, prior_normal: None };
        let form = dimension.storage();
        if form == Storage::Counts {
            dimension.share_of_each = SHARE_OF_EACH_COUNTED;
        }
        if dimension.prior == Prior::Uniform && dimension.is_numeric() {
            dimension.prior = VAGUE;
        }
        dimension.log_constant = prior_log_constant(&dimension.prior, form, dimension.levels());
        dimension.prior_normal = prior_normal(&dimension.prior);
        dimension
    }

    /// The same coordinate in a density of bad trials: without the user's prior, neither deciding nor sharp.
    #[must_use]
    pub fn of_bad(&self) -> Self {
        let bad = Self::new(self.axis.clone(), Prior::Uniform);
        if bad.storage() == Storage::Counts && self.n_counted == 1 {
            return Self { share_of_each: SHARE_OF_EACH_COUNTED_BAD, ..bad };
        }
        bad
    }

    /// The same coordinate for a parameter on whose levels other parameters depend: its kernels give four times as much
    /// weight to every level.
    ///
    /// A level appears as bad as the trials under it, which are few at first. It must remain probable enough to be
    /// tried again.
    #[must_use]
    pub fn deciding(self) -> Self {
        self.jointly(SHARE_OF_EACH_DECIDING)
    }

    /// The same coordinate in a density of mostly unordered dimensions (`is_mostly_unordered`): kernels of an unordered
    /// dimension give half as much weight to every level.
    ///
    /// Among mostly unordered dimensions the effect of a level can be estimated on its own. Where numbers dominate, a
    /// level appears as bad as the numbers it was tried with, and few good trials must have less influence.
    #[must_use]
    pub fn sharp(self) -> Self {
        self.jointly(SHARE_OF_EACH_SHARP)
    }

    /// Sets the share of a dimension, if its levels are modelled jointly.
    fn jointly(self, share_of_each: f64) -> Self {
        if self.storage() == Storage::Counts { self } else { Self { share_of_each, ..self } }
    }

    /// The same coordinate as one of `n` that are modelled by counts: the share of a level in a density of good trials
    /// falls with the square of `n`. If all of them took untried levels at once, a good result could not be attributed
    /// to any of them. (Measured: `benches/results/levels.md`.)
    #[must_use]
    pub fn one_of_counted(self, n: usize) -> Self {
        let counted = Self { n_counted: n, ..self };
        if n < 2 { counted } else { counted.by_counts(SHARE_OF_EACH_COUNTED / (n * n) as f64) }
    }

    fn by_counts(self, share_of_each: f64) -> Self {
        if self.is_by_counts() { Self { share_of_each, ..self } } else { self }
    }

    /// Whether levels are modelled by counts.
    pub fn is_by_counts(&self) -> bool {
        self.storage() == Storage::Counts
    }

    /// The smallest bandwidth: 0.03, or half a cell of an ordered counted coordinate if that is larger.
    pub fn min_bandwidth(&self) -> f64 {
        match self.axis.kind() {
            AxisKind::Ordered { levels } => MIN_BANDWIDTH.max(0.5 / levels),
            AxisKind::Continuous | AxisKind::Unordered { .. } => MIN_BANDWIDTH,
        }
    }

    pub(super) fn prior(&self) -> &Prior {
        &self.prior
    }

    pub(super) fn prior_normal(&self) -> Option<Truncated> {
        self.prior_normal
    }

    pub(super) fn log_constant(&self) -> f64 {
        self.log_constant
    }

    pub(super) fn storage(&self) -> Storage {
        match self.axis.kind() {
            AxisKind::Continuous => Storage::Continuous,
            AxisKind::Ordered { .. } => Storage::Cells,
            AxisKind::Unordered { levels } if levels > MAX_JOINT_LEVELS => Storage::Counts,
            AxisKind::Unordered { .. } => Storage::Categories,
        }
    }

    /// Whether kernels have a bandwidth.
    pub(super) fn is_numeric(&self) -> bool {
        matches!(self.storage(), Storage::Continuous | Storage::Cells)
    }

    /// Whether kernels have a density instead of masses.
    pub(super) fn is_continuous(&self) -> bool {
        self.storage() == Storage::Continuous
    }

    /// Whether values are levels.
    pub(super) fn is_counted(&self) -> bool {
        self.storage() != Storage::Continuous
    }

    /// Number of levels; infinity for a continuous dimension.
    pub(super) fn levels(&self) -> f64 {
        match self.axis.kind() {
            AxisKind::Continuous => f64::INFINITY,
            AxisKind::Ordered { levels } => levels,
            AxisKind::Unordered { levels } => levels as f64,
        }
    }

    /// The weight that a kernel of an unordered dimension spreads over all levels, in addition to the weight 1 of its
    /// own level. `n` is the number of kernels including the prior kernel.
    ///
    /// In both densities an untried level thus counts as a fixed share of one trial, for any number of levels. If there
    /// are more levels than good trials, most draws from the good density are therefore untried levels, and these have
    /// a higher density ratio than levels of bad trials. In a density of bad trials, which has many more kernels, the
    /// share is smaller if there is only one dimension modelled by counts, so that a repeatedly bad level falls behind
    /// untried ones. With several such dimensions, a trial may be bad because of the level of another one.
    pub(super) fn smoothing(&self, n: f64) -> f64 {
        self.share_of_each * self.levels() / n
    }

    /// The level at a unit coordinate; 0 for a continuous dimension.
    pub(super) fn level(&self, u: f64) -> u64 {
        match self.axis.from_unit(u) {
            Value::Level(level) => level,
            Value::Real(_) => 0,
        }
    }

    /// The unit coordinate of a level.
    pub(super) fn center(&self, level: u64) -> f64 {
        self.axis.to_unit(Value::Level(level))
    }

    /// The cell of a level.
    pub(super) fn cell(&self, level: u64) -> (f64, f64) {
        self.axis.cell(Value::Level(level))
    }

    /// Whether all cells have the same width, up to a relative difference of 1e-9 (a choice, not measured). Those of a
    /// log-scaled integer shrink from the first to the last.
    pub(super) fn has_equal_cells(&self) -> bool {
        let (left, right) = self.cell(0);
        ((right - left) * self.levels() - 1.0).abs() < 1e-9
    }

    /// Rounds a coordinate to a value of the space: the centre of its cell, or itself if continuous.
    pub fn snap(&self, u: f64) -> f64 {
        match self.storage() {
            Storage::Continuous => u,
            _ => self.center(self.level(u)),
        }
    }
}

/// The prior kernel as a truncated normal, if it is a normal with its mean in the unit interval.
fn prior_normal(prior: &Prior) -> Option<Truncated> {
    match prior {
        Prior::Normal { mean, std } if (0.0..=1.0).contains(mean) => {
            let (mean, sigma) = (*mean, *std);
            Some(Truncated { mean, sigma, below: ndtr(-mean / sigma), above: ndtr((mean - 1.0) / sigma) })
        }
        _ => None,
    }
}

/// The part of the log of the prior kernel that is the same at all points.
fn prior_log_constant(prior: &Prior, form: Storage, levels: f64) -> f64 {
    match (prior, form) {
        (Prior::Uniform, _) => -ln(levels),
        (Prior::Normal { mean, std }, form) => {
            let inside = log_mass(-mean / std, (1.0 - mean) / std);
            if form == Storage::Continuous { -inside - ln(*std) - 0.5 * ln(TAU) } else { -inside }
        }
        (Prior::Histogram { .. } | Prior::Weights(_), _) => 0.0,
    }
}
