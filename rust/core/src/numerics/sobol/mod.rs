//! Sobol points (Joe and Kuo 2008, `new-joe-kuo-6.21201`), Owen-scrambled by hashing (after Burley 2020).
//!
//! Point `i` of dimension `j` is the binary fraction `x = XOR of v_k over the bits k set in i`; `v_0, v_1, ..` are the
//! direction numbers of `j` (see [`mod@directions`]). Any `2^m` points whose indices share their upper bits put exactly
//! one point in each of the `2^m` equal intervals of every axis, and the scrambling (see [`mod@scramble`]) keeps that.
//!
//! Points come in the order of the index, not in Gray-code order: point `i ^ (i >> 1)` here, unscrambled, is point `i`
//! of `SciPy` (`unscrambled_points_are_those_of_scipy`).

mod directions;
mod scramble;

pub use directions::MAX_DIMENSIONS;

use directions::directions;
use scramble::{mix, scramble};

/// A scrambled Sobol sequence, addressed by index.
#[derive(Clone, Debug)]
pub struct Sobol {
    key: u64,
}

impl Sobol {
    /// The sequence scrambled with `seed`.
    pub fn new(seed: u64) -> Self {
        Self { key: mix(seed) }
    }

    /// Coordinate `dimension < MAX_DIMENSIONS` of point `index`, in `(0, 1)`: an odd multiple of `2^-33`.
    ///
    /// # Panics
    /// If `dimension >= MAX_DIMENSIONS`.
    pub fn coordinate(&self, index: u32, dimension: usize) -> f64 {
        let digits = scramble(unscrambled(index, dimension), mix(self.key ^ dimension as u64));
        (f64::from(digits) + 0.5) * (0.5 / f64::from(1u32 << 31))
    }
}

/// The first 32 binary digits of coordinate `dimension` of point `index`.
fn unscrambled(index: u32, dimension: usize) -> u32 {
    let of_bit = |(bit, direction): (usize, &u32)| direction * (index >> bit & 1);
    directions(dimension).iter().enumerate().map(of_bit).fold(0, |digits, direction| digits ^ direction)
}

#[cfg(test)]
mod tests;
