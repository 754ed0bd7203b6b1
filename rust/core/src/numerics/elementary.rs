//! Exponential and logarithm with the same bits on every processor.

/// `e^x`.
pub fn exp(x: f64) -> f64 {
    todo!()
}
/// Natural logarithm.
pub fn ln(x: f64) -> f64 {
    todo!()
}
/// `e^x` of every element, in place, by the fastest kernel of this processor; bit-equal to [`exp`].
pub fn exp_slice(xs: &mut [f64]) {
    todo!()
}
/// `ln sum exp(x)`, summed in 16 fixed lanes; minus infinity for an empty slice.
pub fn log_sum_exp(xs: &[f64]) -> f64 {
    todo!()
}
