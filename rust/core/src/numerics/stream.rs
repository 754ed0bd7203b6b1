//! Random streams addressed by (seed, trial id, purpose): ChaCha8, a named generator.

/// What random numbers are drawn for. The numbers are part of the format: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Purpose {
    /// The configuration of a trial.
    Suggest = 1,
    /// What is missing in an enqueued point.
    Enqueue = 2,
    /// Scrambling of the Sobol sequence.
    Scramble = 3,
    /// The search for a feasible or unseen configuration.
    Repair = 4,
    /// Drawn by `SearchSpace::sample` of the user.
    Sample = 5,
}

/// A ChaCha8 stream.
#[derive(Debug)]
pub struct Stream {
    inner: chacha20::ChaCha8Rng,
}

impl Stream {
    /// The stream of (seed, trial id, purpose, attempt).
    pub fn new(seed: u64, trial: u64, purpose: Purpose, attempt: u32) -> Self {
        todo!()
    }
    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        todo!()
    }
    /// Uniform in the open interval `(0, 1)`: `(k + 1/2) / 2^53`.
    pub fn uniform(&mut self) -> f64 {
        todo!()
    }
    /// Uniform integer in `0..=last`, unbiased (Lemire 2019).
    pub fn below_or_equal(&mut self, last: u64) -> u64 {
        todo!()
    }
    /// Standard normal by inverse CDF.
    pub fn normal(&mut self) -> f64 {
        todo!()
    }
    /// Index drawn with probability proportional to `weights` (non-negative, at least one positive).
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        todo!()
    }
}
