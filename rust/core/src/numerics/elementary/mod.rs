//! Exponential and logarithm with the same bits on every processor.
//!
//! The functions of the C library differ between platforms in the last bit, so a sampler that compares two scores would
//! differ too. The functions here use only exactly specified operations (listed in `scalar`). They are compiled for
//! each [`Kernel`](super::Kernel) and dispatched at run time (`kernels_agree_in_every_bit`).

mod lanes;
mod scalar;

use super::kernel::for_every_kernel;

for_every_kernel! {
    /// `e^x`: error under 1 ulp; 0 and infinity beyond the range of a double, gradual underflow, NaN for NaN.
    pub fn exp(x: f64) -> f64 = scalar::exp;
}

for_every_kernel! {
    /// Natural logarithm: error under 1 ulp; minus infinity at 0, NaN for negative numbers and NaN.
    pub fn ln(x: f64) -> f64 = scalar::ln;
}

for_every_kernel! {
    /// `e^x` of every element, in place, by the fastest kernel of this processor; bit-equal to [`exp`].
    pub fn exp_slice(xs: &mut [f64]) = lanes::exp_slice;
}

for_every_kernel! {
    /// Natural logarithm of every element, in place, by the fastest kernel of this processor; bit-equal to [`ln`].
    pub fn ln_slice(xs: &mut [f64]) = lanes::ln_slice;
}

for_every_kernel! {
    /// `ln sum exp(x)`, summed in 16 fixed lanes; minus infinity for an empty slice, NaN if an element is.
    ///
    /// Absolute error at most about `(2 + xs.len() / 16) 2^-53`, plus half an ulp of the result.
    pub fn log_sum_exp(xs: &[f64]) -> f64 = lanes::log_sum_exp;
}

for_every_kernel! {
    /// [`log_sum_exp`] by exponentials in single precision: absolute error at most `(3 + xs.len() / 16) 2^-23`, plus
    /// half an ulp of the result. NaN if an element is NaN or plus infinity.
    pub fn log_sum_exp_single(xs: &[f64]) -> f64 = lanes::log_sum_exp_single;
}
