//! Owen's nested uniform scrambling of 32 binary digits, with a random tree given by a hash.
//!
//! Owen (1995) flips digit `k` of a coordinate by a random bit that depends on all digits above it: a binary tree of
//! independent bits. Burley (2020) hashes the path instead of storing the tree. The usual hashes process the whole word
//! by multiplications, and their bits at different nodes are far from independent. Here one 64-bit hash of the path
//! gives the 15 bits of a subtree of 4 levels, so that eight hashes give a tree of independent bits.

/// Levels of the tree that one hash serves.
const LEVELS: u32 = 4;

/// `2^64` over the golden ratio, made odd: the increment of a Weyl sequence.
const WEYL: u64 = 0x9E37_79B9_7F4A_7C15;

/// The finalizer of `SplitMix64` (Steele, Lea and Flood 2014, variant 13 of Stafford): a bijection on 64 bits.
pub(super) fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// `digits`, first digit in the highest bit, scrambled by the tree of `key`.
pub(super) fn scramble(digits: u32, key: u64) -> u32 {
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
