//! The normal distribution in log space.

/// Scaled complementary error function `e^(x^2) erfc(x)`.
pub fn erfcx(x: f64) -> f64 {
    todo!()
}
/// Distribution function of the standard normal.
pub fn ndtr(x: f64) -> f64 {
    todo!()
}
/// `ln ndtr(x)`, accurate in both tails.
pub fn log_ndtr(x: f64) -> f64 {
    todo!()
}
/// Inverse of [`ndtr`]; `-inf` at 0, `inf` at 1, NaN outside `[0, 1]`.
pub fn ndtri(p: f64) -> f64 {
    todo!()
}
/// `ln(ndtr(b) - ndtr(a))` for `a <= b`, accurate down to -700 and beyond; `-inf` if `a == b`.
pub fn log_mass(a: f64, b: f64) -> f64 {
    todo!()
}
/// Quantile `q` of the standard normal truncated to `[a, b]`, in the left-tail form; always inside `[a, b]`.
pub fn truncated_quantile(q: f64, a: f64, b: f64) -> f64 {
    todo!()
}
