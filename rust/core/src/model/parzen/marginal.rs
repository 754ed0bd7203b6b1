//! Draws from one dimension of the good density.

use super::Dimension;
use super::guide_table::GuideTable;
use super::truncated::Truncated;
use crate::numerics::normal::{ndtri, ndtri_slice};

/// Number of draws made together. Changes no suggestion.
const CHUNK: usize = 32;

/// The kernels of the good density in one dimension.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marginal<'a> {
    pub(super) dimension: &'a Dimension,
    /// Selects a kernel; the last index is the prior kernel.
    pub(super) choice: &'a GuideTable,
    /// The unit coordinate of each kernel.
    pub(super) means: &'a [f64],
    /// Zero if the dimension is unordered.
    pub(super) bandwidth: f64,
    /// The mass of each kernel below 0 and above 1.
    pub(super) below: &'a [f64],
    pub(super) above: &'a [f64],
}

impl Marginal<'_> {
    /// Turns uniform numbers into draws.
    ///
    /// One number selects both the kernel and the value: given the kernel, the fraction of its weight below the number
    /// is again uniform.
    pub(super) fn draw(&self, uniform: &mut [f64]) {
        if !self.dimension.is_numeric() {
            for u in uniform {
                let (kernel, share) = self.choice.at(*u);
                let own = self.means.get(kernel);
                *u = own.map_or_else(|| self.dimension.prior_quantile(share), |own| self.level(*own, share));
            }
            return;
        }
        match self.dimension.prior_normal() {
            Some(prior) => uniform.chunks_mut(CHUNK).for_each(|chunk| self.draw_numbers(chunk, prior)),
            None => uniform.iter_mut().for_each(|u| self.draw_number(u)),
        }
        if self.dimension.is_counted() {
            for u in uniform.iter_mut() {
                *u = self.dimension.snap(*u);
            }
        }
    }

    /// Draws at most [`CHUNK`] numbers, if the prior kernel is a truncated normal like the others.
    fn draw_numbers(&self, uniform: &mut [f64], prior: Truncated) {
        let mut lines = [(0.0, 0.0); CHUNK];
        for (u, line) in uniform.iter_mut().zip(&mut lines) {
            let (kernel, share) = self.choice.at(*u);
            let kernel = self.kernel(kernel).unwrap_or(prior);
            *u = kernel.probability(share);
            *line = (kernel.mean, kernel.sigma);
        }
        ndtri_slice(uniform);
        for (u, (mean, sigma)) in uniform.iter_mut().zip(lines) {
            *u = (mean + sigma * *u).clamp(0.0, 1.0);
        }
    }

    /// Draws one number, if the prior kernel has another form.
    fn draw_number(&self, u: &mut f64) {
        let (kernel, share) = self.choice.at(*u);
        *u = match self.kernel(kernel) {
            Some(kernel) => (kernel.mean + kernel.sigma * ndtri(kernel.probability(share))).clamp(0.0, 1.0),
            None => self.dimension.prior_quantile(share),
        };
    }

    /// A kernel; `None` for the prior kernel.
    #[inline]
    fn kernel(&self, kernel: usize) -> Option<Truncated> {
        let mean = *self.means.get(kernel)?;
        Some(Truncated { mean, sigma: self.bandwidth, below: self.below[kernel], above: self.above[kernel] })
    }

    /// Draws from the kernel of a level, which is itself a mixture: the level with weight 1, and all levels together
    /// with the weight of the smoothing.
    fn level(&self, own: f64, q: f64) -> f64 {
        let smoothing = self.dimension.smoothing(self.means.len() as f64 + 1.0);
        let rest = q * (1.0 + smoothing) - 1.0;
        if rest < 0.0 {
            return own;
        }
        let level = (rest / smoothing * self.dimension.levels()) as u64;
        self.dimension.center(level.min(self.dimension.levels() as u64 - 1))
    }
}
