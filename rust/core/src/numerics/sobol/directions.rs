//! Direction numbers, unpacked from `sobol_table.bin` on the first use of a dimension.
//!
//! A primitive polynomial `x^s + a_1 x^(s-1) + .. + a_(s-1) x + 1` over GF(2) and odd initial numbers `m_k < 2^k`,
//! `k = 1..=s`, define the rest (Joe and Kuo 2008, equation 2):
//!
//! `m_k = 2 a_1 m_(k-1) ^ 4 a_2 m_(k-2) ^ .. ^ 2^(s-1) a_(s-1) m_(k-s+1) ^ 2^s m_(k-s) ^ m_(k-s)`
//!
//! Written for `v_k = m_k 2^(32-k)` the powers of two vanish, all but one shift by `s`:
//! `v_k = a_1 v_(k-1) ^ .. ^ a_(s-1) v_(k-s+1) ^ v_(k-s) ^ (v_(k-s) >> s)`.

use std::sync::OnceLock;

/// Dimensions of the direction-number table.
pub const MAX_DIMENSIONS: usize = 4096;

/// Binary digits per coordinate, and hence direction numbers per dimension.
const DIGITS: usize = 32;

/// 16-bit words of one record; `make_sobol_table.py` describes them.
const WORDS: usize = 16;

static TABLE: &[u8; MAX_DIMENSIONS * WORDS * 2] = include_bytes!("sobol_table.bin");

/// The direction numbers `v_1, .., v_32` of `dimension`.
///
/// # Panics
/// If `dimension >= MAX_DIMENSIONS`.
pub(super) fn directions(dimension: usize) -> &'static [u32; DIGITS] {
    static UNPACKED: [OnceLock<[u32; DIGITS]>; MAX_DIMENSIONS] = [const { OnceLock::new() }; MAX_DIMENSIONS];
    UNPACKED[dimension].get_or_init(|| unpack(record(dimension)))
}

fn record(dimension: usize) -> [u16; WORDS] {
    let start = dimension * WORDS;
    std::array::from_fn(|word| {
        let byte = 2 * (start + word);
        u16::from_le_bytes([TABLE[byte], TABLE[byte + 1]])
    })
}

/// `record[0]` holds the polynomial, with its highest coefficient (that of `x^s`) in bit `s - 1`; the other words are
/// `m_2, m_3, ..`.
fn unpack(record: [u16; WORDS]) -> [u32; DIGITS] {
    let [polynomial, initial @ ..] = record;
    if polynomial == 0 {
        return std::array::from_fn(|k| 1 << (DIGITS - 1 - k));
    }
    let degree = (u16::BITS - polynomial.leading_zeros()) as usize;
    let mut v = [0; DIGITS];
    v[0] = 1 << (DIGITS - 1);
    for k in 1..DIGITS {
        v[k] = if k < degree {
            u32::from(initial[k - 1]) << (DIGITS - 1 - k)
        } else {
            recurrence(&v[k - degree..k], polynomial)
        };
    }
    v
}

/// The next direction number after the last `s`, oldest first.
fn recurrence(last: &[u32], polynomial: u16) -> u32 {
    let degree = last.len();
    // Bit i - 1 of `polynomial` is the coefficient of x^i, which is a_(s-i) and belongs to v_(k-s+i) = last[i].
    let terms = (1..degree).map(|i| last[i] * u32::from(polynomial >> (i - 1) & 1));
    terms.fold(last[0] ^ (last[0] >> degree), |sum, term| sum ^ term)
}
