//! One coordinate of a density.

use super::form::Form;
use super::prior;
use super::truncated::Truncated;
use crate::encoding::{Axis, AxisKind};
use crate::space::{Prior, Value};

/// The narrowest kernel, as a share of the unit interval.
///
/// Narrower ones make a density that is zero between its kernels, and a ratio of two such densities says nothing there.
const MIN_BANDWIDTH: f64 = 0.03;

/// What the kernels of an unordered dimension together give to every level beyond those that had it, in kernels; see
/// [`Dimension::smoothing`]. (Measured: `benches/results/tpe.md`.)
const SHARE_OF_EACH: f64 = 1.0;
const SHARE_OF_EACH_SHARP: f64 = 0.5;
const SHARE_OF_EACH_DECIDING: f64 = 4.0;

/// The same for levels modelled by counts, and for those of the only such dimension in a density of bad trials.
/// (Measured: `benches/results/levels.md`.)
const SHARE_OF_EACH_COUNTED: f64 = 0.5;
const SHARE_OF_EACH_COUNTED_BAD: f64 = 0.1;

/// More unordered levels than this are modelled by counts alone.
const MAX_JOINT_LEVELS: usize = 64;

/// One coordinate of a density: what its values are, and what the user believes of it.
///
/// Values are unit coordinates (see [`crate::encoding`]), also those of levels.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    axis: Axis,
    prior: Prior,
    /// One of the shares above.
    share_of_each: f64,
    /// How many dimensions of the density are modelled by counts; 1 unless said.
    n_counted: usize,
    /// See [`prior::log_constant`].
    log_constant: f64,
    /// The prior kernel, if it is a normal with its centre inside.
    prior_normal: Option<Truncated>,
}

impl Dimension {
    /// A coordinate and the belief that stands in its prior kernel; [`Prior::Uniform`] stands for `N(1/2, 1)` on
    /// numbers and for equal masses on unordered levels.
    pub fn new(axis: Axis, prior: Prior) -> Self {
        let mut dimension =
            Self { axis, prior, share_of_each: SHARE_OF_EACH, n_counted: 1, log_constant: 0.0, prior_normal: None };
        let form = dimension.form();
        if form == Form::Counts {
            dimension.share_of_each = SHARE_OF_EACH_COUNTED;
        }
        if dimension.prior == Prior::Uniform && dimension.is_numeric() {
            dimension.prior = prior::VAGUE;
        }
        dimension.log_constant = prior::log_constant(&dimension.prior, form, dimension.levels());
        dimension.prior_normal = prior::normal(&dimension.prior);
        dimension
    }

    /// The same coordinate in a density of bad trials: without the user's belief, neither deciding nor sharp.
    #[must_use]
    pub fn of_bad(&self) -> Self {
        let bad = Self::new(self.axis.clone(), Prior::Uniform);
        if bad.form() == Form::Counts && self.n_counted == 1 {
            return Self { share_of_each: SHARE_OF_EACH_COUNTED_BAD, ..bad };
        }
        bad
    }

    /// The same coordinate, if other parameters exist only under some of its levels: kernels of an unordered dimension
    /// give four times as much to every level.
    ///
    /// A level looks as bad as the values that were tried under it, which are few at first: it must stay likely enough
    /// to be given another chance.
    #[must_use]
    pub fn deciding(self) -> Self {
        self.jointly(SHARE_OF_EACH_DECIDING)
    }

    /// The same coordinate, if its density is mostly of unordered ones (`is_mostly_unordered`), itself among them:
    /// kernels of an unordered dimension give half as much to every level.
    ///
    /// The worth of a level then shows by itself. Where numbers decide, a level looks as bad as the numbers that were
    /// tried with it, and few good trials must not speak so loud.
    #[must_use]
    pub fn sharp(self) -> Self {
        self.jointly(SHARE_OF_EACH_SHARP)
    }

    /// Sets the share of a dimension whose levels are modelled jointly.
    fn jointly(self, share_of_each: f64) -> Self {
        if self.form() == Form::Counts { self } else { Self { share_of_each, ..self } }
    }

    /// The same coordinate, one of `n` that are modelled by counts: the share of a level in a density of good trials
    /// falls with the square of `n`. Where all of them take levels never tried at once, nothing shows which of these
    /// was good. (Measured: `benches/results/levels.md`.)
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
        self.form() == Form::Counts
    }

    /// The narrowest kernel: 0.03, and half a cell of a counted coordinate.
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

    pub(super) fn form(&self) -> Form {
        match self.axis.kind() {
            AxisKind::Continuous => Form::Continuous,
            AxisKind::Ordered { .. } => Form::Cells,
            AxisKind::Unordered { levels } if levels > MAX_JOINT_LEVELS => Form::Counts,
            AxisKind::Unordered { .. } => Form::Categories,
        }
    }

    /// Whether kernels have a bandwidth.
    pub(super) fn is_numeric(&self) -> bool {
        matches!(self.form(), Form::Continuous | Form::Cells)
    }

    /// Whether kernels have a density, not masses.
    pub(super) fn is_continuous(&self) -> bool {
        self.form() == Form::Continuous
    }

    /// Whether values are levels.
    pub(super) fn is_counted(&self) -> bool {
        self.form() != Form::Continuous
    }

    /// Number of levels; infinity if continuous.
    pub(super) fn levels(&self) -> f64 {
        match self.axis.kind() {
            AxisKind::Continuous => f64::INFINITY,
            AxisKind::Ordered { levels } => levels,
            AxisKind::Unordered { levels } => levels as f64,
        }
    }

    /// What a kernel of an unordered dimension adds to the weight 1 of its own level, over all levels; there are `n`
    /// kernels, the prior kernel among them.
    ///
    /// A level that was never tried counts in both densities as a share of one trial, however many levels there are.
    /// Where levels outnumber the good trials, most draws from the good density are therefore levels never tried, which
    /// look better than those of bad trials. In a density of bad trials, which has many more kernels, the share of a
    /// single such dimension is smaller: a level that keeps disappointing must fall behind one never tried. Beside
    /// others a trial may be bad for the level of another one.
    pub(super) fn smoothing(&self, n: f64) -> f64 {
        self.share_of_each * self.levels() / n
    }

    /// The level at a unit coordinate; 0 if continuous.
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

    /// Whether all cells have one width, up to 1e-9 of it; those of a log integer shrink from the first to the last.
    pub(super) fn has_equal_cells(&self) -> bool {
        let (left, right) = self.cell(0);
        ((right - left) * self.levels() - 1.0).abs() < 1e-9
    }

    /// The coordinate as the space can hold it: the centre of its cell, or itself.
    pub fn snap(&self, u: f64) -> f64 {
        match self.form() {
            Form::Continuous => u,
            _ => self.center(self.level(u)),
        }
    }
}
