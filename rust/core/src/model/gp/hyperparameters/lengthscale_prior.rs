//! Priors of lengthscales as functions of the lengthscale in units of its scale.

use super::theta::Form;
use crate::model::gp::observations::{Column, Inputs};
use crate::model::is_mostly_unordered;
use crate::numerics::ln;

/// The largest lengthscale. (Half and twice: `benches/results/constants.md`.)
pub(super) const MAX_LENGTHSCALE: f64 = 1000.0;

/// A gamma density `x^p e^(-q x)` up to its constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gamma {
    pub(super) p: f64,
    pub(super) q: f64,
}

impl Gamma {
    /// For unordered parameters in spaces where most parameters are unordered ([`is_mostly_unordered`]). Among many
    /// choices each has little influence, and trials that differ in several of them are still informative about each
    /// other. Among numbers a choice is more often a switch that changes everything, and longer lengthscales made
    /// searches worse (`benches/results/model.md`).
    const AMONG_CHOICES: Self = Self { p: 1.0, q: 1.0 };
    /// For lengthscales four times as long (`smooth`). (Measured: `benches/results/model.md`.)
    const SMOOTH: Self = Self { p: 2.0, q: 1.5 };

    /// The log density at `x`, up to a constant.
    fn log_density(self, x: f64) -> f64 {
        self.p * ln(x) - self.q * x
    }
    /// The derivative of the log density with respect to `ln x`.
    fn slope(self, x: f64) -> f64 {
        self.p - self.q * x
    }
    fn mode(self) -> f64 {
        self.p / self.q
    }
}

/// Prior of a lengthscale in units of its scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum LengthscalePrior {
    /// `x^2 / (1 + 9 x^2)^2`: half-t in `1 / x` with three degrees of freedom and scale `sqrt(3)`. The mode is that of
    /// Gamma(3, 6), the prior of `BoTorch` (Balandat et al. 2020). (Measured: `benches/results/model.md`.)
    HalfT,
    Gamma(Gamma),
    /// `1 / (1 + l^-4)`: half-Cauchy in `l^-2` (`sparse`).
    HalfCauchy {
        scale: f64,
    },
}

impl LengthscalePrior {
    /// The log density at `x`, up to a constant.
    pub(super) fn log_density(self, x: f64) -> f64 {
        match self {
            Self::HalfT => 2.0 * (ln(x) - ln(1.0 + 9.0 * x * x)),
            Self::Gamma(gamma) => gamma.log_density(x),
            Self::HalfCauchy { scale } => -ln(1.0 + inverse_fourth_power(x * scale)),
        }
    }
    /// The derivative of the log density with respect to `ln x`.
    pub(super) fn slope(self, x: f64) -> f64 {
        match self {
            Self::HalfT => 2.0 - 36.0 * x * x / (1.0 + 9.0 * x * x),
            Self::Gamma(gamma) => gamma.slope(x),
            Self::HalfCauchy { scale } => {
                let power = inverse_fourth_power(x * scale);
                4.0 * power / (1.0 + power)
            }
        }
    }
    /// The mode within the bounds of the lengthscale.
    pub(super) fn mode(self) -> f64 {
        match self {
            Self::HalfT => 1.0 / 3.0,
            Self::Gamma(gamma) => gamma.mode(),
            Self::HalfCauchy { scale } => MAX_LENGTHSCALE / scale,
        }
    }
}

fn inverse_fourth_power(l: f64) -> f64 {
    1.0 / (l * l * l * l)
}

/// The prior of each lengthscale in units of `scale`.
pub(super) fn priors_of_lengthscales(inputs: &Inputs, form: Form, scale: f64) -> Vec<LengthscalePrior> {
    let is_unordered = |column: &Column| !column.is_number();
    let among_choices = is_mostly_unordered(inputs.columns().iter().map(is_unordered));
    let prior = |(column, is_conditional): (&Column, &bool)| match form {
        Form::Smooth => LengthscalePrior::Gamma(Gamma::SMOOTH),
        Form::Sparse if column.is_number() && !is_conditional => LengthscalePrior::HalfCauchy { scale },
        _ if among_choices && is_unordered(column) => LengthscalePrior::Gamma(Gamma::AMONG_CHOICES),
        _ => LengthscalePrior::HalfT,
    };
    inputs.columns().iter().zip(inputs.conditional()).map(prior).collect()
}

#[cfg(test)]
mod tests {
    use super::LengthscalePrior::HalfT;
    use crate::numerics::ln;

    /// The density of `t = 1 / x` is that of `x` times `x^2`, and `(1 + t^2 / (3 s^2))^-2` with `s^2 = 3`.
    #[test]
    fn inverse_lengthscales_are_half_t_with_three_degrees_of_freedom() {
        let relative = |t: f64| HalfT.log_density(1.0 / t) - 2.0 * ln(t) + 2.0 * ln(1.0 + t * t / 9.0);
        for t in [0.01, 0.3, 1.0, 7.0, 50.0] {
            assert!((relative(t) - relative(3.0)).abs() < 1e-12, "{t}");
        }
    }

    #[test]
    fn the_mode_is_a_third_and_an_irrelevant_parameter_costs_few_nats() {
        assert!(HalfT.slope(HalfT.mode()).abs() < 1e-12);
        let cost = |x: f64| HalfT.log_density(HalfT.mode()) - HalfT.log_density(x);
        assert!((cost(10.0) - 5.4).abs() < 0.1, "{}", cost(10.0));
    }
}
