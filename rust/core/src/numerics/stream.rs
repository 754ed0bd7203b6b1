//! Random streams addressed by (seed, trial id, purpose, attempt): `ChaCha8`, a named generator.
//!
//! A stream has no stored state: its 32-byte key holds the whole address. A resumed run therefore needs no generator
//! state, and one more draw for one purpose shifts no other. The golden vectors of `tests/streams.rs` freeze all draws;
//! changing a bit changes every seeded run of every user.

use chacha20::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::normal::ndtri;

/// The end of the key, which separates these streams from those of other programs that key `ChaCha8` by small numbers.
const DOMAIN: [u8; 8] = *b"tanteo/1";

/// The purpose of random numbers. The values are part of the format: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Purpose {
    /// The configuration of a trial.
    Suggest = 1,
    /// Values missing in an enqueued point.
    Enqueue = 2,
    /// Scrambling of the Sobol sequence.
    Scramble = 3,
    /// The search for a feasible or untried configuration.
    Repair = 4,
    /// Draws for the user's `SearchSpace::sample`.
    Sample = 5,
    /// The restart of a search.
    Restart = 6,
    /// The draws of the design of which the cheapest is chosen.
    Cheapest = 7,
    /// The bootstrap samples of a random forest.
    Forest = 8,
    /// The Hyperband bracket of a trial.
    Bracket = 9,
    /// Whether a trial runs to its end in order to check a pruner.
    Audit = 10,
    /// The order of the folds of a study.
    FoldOrder = 11,
    /// Draws of the function that give the expected gain of the next trials.
    Gain = 13,
    /// The order of the rows of a table of candidates.
    Row = 14,
    /// Draws of the objectives at the trials that may be on the Pareto front.
    Front = 15,
    /// The selection among niches of equally many trials.
    Niche = 16,
    /// Directions in the space of the objectives for the acquisition function.
    Direction = 17,
    /// Values missing in the defaults when they are handed out.
    Default = 18,
    /// Values missing in a winner of earlier searches.
    Earlier = 19,
    /// The levels of rare pairs.
    RarePair = 20,
    /// The base of a one-at-a-time design, if it must be repaired or drawn.
    Base = 21,
    /// Directions in the space of the objectives along which subsets of a front are compared.
    Subset = 22,
    /// Draws of the hyperparameters of a Gaussian process.
    Hyperparameters = 23,
    /// Draws of the means of repeated runs that may be on the Pareto front.
    Average = 24,
}

/// A `ChaCha8` stream.
#[derive(Debug)]
pub struct Stream {
    inner: ChaCha8Rng,
}

impl Stream {
    /// The stream of (seed, trial id, purpose, attempt).
    pub fn new(seed: u64, trial: u64, purpose: Purpose, attempt: u32) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&trial.to_le_bytes());
        key[16..20].copy_from_slice(&(purpose as u32).to_le_bytes());
        key[20..24].copy_from_slice(&attempt.to_le_bytes());
        key[24..].copy_from_slice(&DOMAIN);
        Self { inner: ChaCha8Rng::from_seed(key) }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.inner.next_u64()
    }

    /// Uniform in the open interval `(0, 1)`: `(k + 1/2) / 2^52`, `k` uniform in `0..2^52`.
    ///
    /// With 52 bits instead of 53, `k + 1/2` is exact, and neither end is ever returned.
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) * (1.0 / (1u64 << 52) as f64)
    }

    /// Fills a slice with uniform numbers `(k + 1/2) / 2^32` in `(0, 1)`, `k` uniform in `0..2^32`: for draws that are
    /// made by the thousands and mostly discarded. It uses half the bits of [`Self::uniform`] and takes a third of its
    /// time.
    pub fn fill_uniform(&mut self, numbers: &mut [f64]) {
        let mut bytes = [0; 1024];
        for chunk in numbers.chunks_mut(bytes.len() / 4) {
            let bytes = &mut bytes[..4 * chunk.len()];
            self.inner.fill_bytes(bytes);
            for (number, word) in chunk.iter_mut().zip(bytes.as_chunks().0) {
                *number = (f64::from(u32::from_le_bytes(*word)) + 0.5) * (1.0 / (1u64 << 32) as f64);
            }
        }
    }

    /// Uniform integer in `0..=last`, unbiased.
    ///
    /// Lemire, *Fast random integer generation in an interval* (2019), algorithm 5: the high half of `bits * n` is
    /// uniform once the products whose low half is under `2^64 mod n` are drawn again.
    pub fn below_or_equal(&mut self, last: u64) -> u64 {
        let Some(n) = last.checked_add(1) else {
            return self.bits();
        };
        let mut product = u128::from(self.bits()) * u128::from(n);
        if (product as u64) < n {
            let rejected = n.wrapping_neg() % n;
            while (product as u64) < rejected {
                product = u128::from(self.bits()) * u128::from(n);
            }
        }
        (product >> 64) as u64
    }

    /// Shuffles in place (Fisher and Yates; Durstenfeld 1964).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below_or_equal(last as u64) as usize);
        }
    }

    /// Standard normal by the inverse CDF: one uniform number per draw, so that streams stay aligned.
    pub fn normal(&mut self) -> f64 {
        ndtri(self.uniform())
    }

    /// Index drawn with probability proportional to `weights`: non-negative, finite sum, at least one positive.
    ///
    /// An index of weight 0 is never drawn. If no weight is positive, the result is the last index (0 if there is
    /// none).
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let target = self.uniform() * weights.iter().sum::<f64>();
        let mut cumulative = 0.0;
        for (index, weight) in weights.iter().enumerate() {
            cumulative += weight;
            if target < cumulative {
                return index;
            }
        }
        // Rounding can leave `target` at the very end of the cumulative sum.
        weights.iter().rposition(|&weight| weight > 0.0).unwrap_or(weights.len().saturating_sub(1))
    }
}
