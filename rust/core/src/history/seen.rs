//! Which configurations were tried.
//!
//! A configuration is stored as a fingerprint of 128 bits. With `d` parameters it is read as `2 d` words `w_1 .. w_2d`
//! below `2^33` (the lower and the upper half of the 64 bits of each value, and whether the parameter is active) and
//! hashed by a polynomial over the field of `p = 2^61 - 1` elements at two fixed points `k`:
//!
//! ```text
//! h_k(w) = w_1 k^2d + w_2 k^(2d-1) + .. + w_2d k   (mod p)
//! ```
//!
//! The difference of two distinct configurations is a nonzero polynomial of degree at most `2 d`, which has at most `2
//! d` roots. They therefore collide at a random `k` with probability at most `2 d / p`, and at both points with
//! probability at most `(2 d / p)^2` (Carter and Wegman 1979). For 10^6 trials of 10 parameters, the probability that
//! *any* pair collides is 4e-23. The points are fixed (digits of pi), so the bound holds for configurations chosen
//! independently of them. A collision would only make one configuration count as tried.

use std::collections::BTreeMap;

use crate::space::{Configuration, Value};

/// The Mersenne prime `2^61 - 1`, the largest that fits into 64 bits. Follows from the width of the hash; the bound
/// above follows from it.
const P: u64 = (1 << 61) - 1;

/// The two points: the first 32 hexadecimal digits of the fractional part of pi. (Other points:
/// `benches/results/constants.md`.)
const POINTS: [u64; 2] = [0x243F_6A88_85A3_08D3 % P, 0x1319_8A2E_0370_7344 % P];

/// The 128-bit fingerprint of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// The fingerprint of a configuration.
    pub fn of(configuration: &Configuration) -> Self {
        let [mut left, mut right] = [0, 0];
        for value in &configuration.0 {
            let bits = value.map_or(0, comparable_bits);
            let low = bits & 0xFFFF_FFFF;
            let high = bits >> 32 | u64::from(value.is_some()) << 32;
            left = step(step(left, low, POINTS[0]), high, POINTS[0]);
            right = step(step(right, low, POINTS[1]), high, POINTS[1]);
        }
        Self(u128::from(left) << 64 | u128::from(right))
    }

    /// Both halves in 64 bits.
    pub fn folded(self) -> u64 {
        (self.0 >> 64) as u64 ^ self.0 as u64
    }
}

/// The bits of a value, equal for equal values: minus zero counts as zero.
fn comparable_bits(value: Value) -> u64 {
    match value {
        Value::Real(x) => Value::Real(x + 0.0).to_bits(),
        Value::Level(_) => value.to_bits(),
    }
}

/// `(hash + word) * point mod p`. As `2^61 = 1 (mod p)`, the product is folded at bit 61.
fn step(hash: u64, word: u64, point: u64) -> u64 {
    let product = u128::from(hash + word) * u128::from(point);
    let folded = (product as u64 & P) + (product >> 61) as u64;
    if folded >= P { folded - P } else { folded }
}

/// The first row of every configuration tried.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    first: BTreeMap<Fingerprint, u64>,
}

impl Seen {
    /// Adds the configuration of a new row.
    pub(super) fn insert(&mut self, fingerprint: Fingerprint, row: u64) {
        self.first.entry(fingerprint).or_insert(row);
    }
    /// Removes the rows from `len` on.
    pub(super) fn truncate(&mut self, len: u64) {
        self.first.retain(|_, row| *row < len);
    }
    /// The first row with this configuration.
    pub(super) fn first_row(&self, fingerprint: Fingerprint) -> Option<u64> {
        self.first.get(&fingerprint).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(values: &[u64]) -> Configuration {
        Configuration(values.iter().map(|k| Some(Value::Level(*k))).collect())
    }

    #[test]
    fn the_fingerprint_is_the_documented_polynomial() {
        let slow = |words: &[u64], point: u64| {
            let p = u128::from(P);
            words.iter().fold(0u128, |h, w| (h + u128::from(*w)) % p * u128::from(point) % p)
        };
        let words = [0xFFFF_FFFF, 0x1_FFFF_FFFF, 7, 0x1_0000_0000, 0, 0];
        let configuration = Configuration(vec![Some(Value::Level(u64::MAX)), Some(Value::Level(7)), None]);
        let expected = slow(&words, POINTS[0]) << 64 | slow(&words, POINTS[1]);
        assert_eq!(Fingerprint::of(&configuration), Fingerprint(expected));
    }

    #[test]
    fn the_points_are_large_field_elements() {
        assert!(POINTS.iter().all(|point| (1 << 32..P).contains(point)));
    }

    #[test]
    fn every_small_configuration_has_its_own_fingerprint() {
        let mut all = std::collections::BTreeSet::new();
        for a in 0..40 {
            for b in 0..40 {
                all.insert(Fingerprint::of(&levels(&[a, b])));
                all.insert(Fingerprint::of(&levels(&[a << 32, b << 58])));
            }
            all.insert(Fingerprint::of(&Configuration(vec![Some(Value::Level(a)), None])));
            all.insert(Fingerprint::of(&Configuration(vec![None, Some(Value::Level(a))])));
        }
        assert_eq!(all.len(), 1600 + 1600 - 1 + 80);
    }

    #[test]
    fn minus_zero_is_zero() {
        let real = |x: f64| Fingerprint::of(&Configuration(vec![Some(Value::Real(x))]));
        assert_eq!(real(-0.0), real(0.0));
        assert_ne!(real(5e-324), real(0.0));
    }

    #[test]
    fn truncation_keeps_an_earlier_row_with_the_same_configuration() {
        let mut seen = Seen::default();
        let (a, b) = (Fingerprint::of(&levels(&[1])), Fingerprint::of(&levels(&[2])));
        for (fingerprint, row) in [(a, 0), (b, 1), (a, 2)] {
            seen.insert(fingerprint, row);
        }
        seen.truncate(1);
        assert_eq!((seen.first_row(a), seen.first_row(b)), (Some(0), None));
    }
}
