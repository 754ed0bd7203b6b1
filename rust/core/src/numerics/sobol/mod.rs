//! Sobol points (Joe and Kuo 2008, `new-joe-kuo-6.21201`), Owen-scrambled by hashing (after Burley 2020).
//!
//! Point `i` of dimension `j` is the binary fraction `x = XOR of v_k over the bits k set in i`; `v_0, v_1, ..` are the
//! direction numbers of `j` (see [`mod@directions`]). Any `2^m` points whose indices share their upper bits put exactly
//! one point in each of the `2^m` equal intervals of every axis, and the scrambling (see [`scramble`]) keeps that.
//!
//! Points come in the order of the index, not in Gray-code order: point `i ^ (i >> 1)` here, unscrambled, is point `i`
//! of `SciPy` (`unscrambled_points_are_those_of_scipy`).
//!
//! # Scrambling
//! Owen (1995) flips digit `k` of a coordinate by a random bit that depends on all digits above it: a binary tree of
//! independent bits. Burley (2020) hashes the path instead of storing the tree. The usual hashes process the whole word
//! by multiplications, and their bits at different nodes are far from independent. Here one 64-bit hash of the path
//! gives the 15 bits of a subtree of 4 levels, so that eight hashes give a tree of independent bits.

mod directions;

pub use directions::MAX_DIMENSIONS;

use directions::directions;

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

/// Levels of the tree that one hash serves.
const LEVELS: u32 = 4;

/// `2^64` over the golden ratio, made odd: the increment of a Weyl sequence.
const WEYL: u64 = 0x9E37_79B9_7F4A_7C15;

/// The finalizer of `SplitMix64` (Steele, Lea and Flood 2014, variant 13 of Stafford): a bijection on 64 bits.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// `digits`, first digit in the highest bit, scrambled by the tree of `key`.
fn scramble(digits: u32, key: u64) -> u32 {
    (0..u32::BITS / LEVELS).fold(0, |scrambled, group| {
        let depth = group * LEVELS;
        // A leading 1 distinguishes paths of different depth.
        let path = (1 << depth) | (u64::from(digits) >> (u32::BITS - depth));
        let subtree = mix(key.wrapping_add(path.wrapping_mul(WEYL)));
        let group_digits = digits >> (u32::BITS - LEVELS - depth) & ((1 << LEVELS) - 1);
        scrambled << LEVELS | (group_digits ^ flips(group_digits, subtree))
    })
}

/// The flips along the path `digits` through a subtree, whose nodes are numbered 1 (its root), 2, 3 (below), 4 .. 7, ..
fn flips(digits: u32, subtree: u64) -> u32 {
    (0..LEVELS).fold(0, |flips, level| {
        let node = (1 << level) | (digits >> (LEVELS - level));
        flips << 1 | (subtree >> node & 1) as u32
    })
}

#[cfg(test)]
mod tests;
