//! Draws from one dimension of the good density.

use super::Dimension;
use super::choice::Choice;
use crate::numerics::normal::ndtri_slice;

/// The kernels of one dimension.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marginal<'a> {
    pub(super) dimension: &'a Dimension,
    /// Of a kernel, or of the prior kernel, which comes last.
    pub(super) choice: &'a Choice,
    /// The unit coordinate of each kernel.
    pub(super) means: &'a [f64],
    /// Zero if the dimension is unordered.
    pub(super) bandwidth: f64,
    /// The mass of each kernel below 0 and above 1.
    pub(super) below: &'a [f64],
    pub(super) above: &'a [f64],
}

/// A normal truncated to `[0, 1]`: what is drawn from it is `mean + sigma z`, the mass of `z` cut off at both ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Truncated {
    pub(super) mean: f64,
    pub(super) sigma: f64,
    pub(super) below: f64,
    pub(super) above: f64,
}

impl Marginal<'_> {
    /// Turns uniform numbers into draws.
    ///
    /// One number serves for the kernel and for the value: given the kernel, the share of its weight that the number
    /// reaches into is uniform again.
    pub(super) fn draw(&self, uniform: &mut [f64]) {
        let mut chosen = Vec::with_capacity(uniform.len());
        for u in uniform.iter_mut() {
            let (kernel, share) = self.choice.at(*u);
            chosen.push(kernel);
            *u = share;
        }
        if self.dimension.is_numeric() {
            self.draw_numbers(&chosen, uniform);
        } else {
            for (u, kernel) in uniform.iter_mut().zip(chosen) {
                *u = self
                    .means
                    .get(kernel)
                    .map_or_else(|| self.dimension.prior_quantile(*u), |own| self.level(*own, *u));
            }
        }
    }

    /// Quantiles of truncated normals: `Phi(z) = below + q inside`, or `Phi(-z) = above + (1 - q) inside` where that is
    /// the smaller one, so that no digit is lost in the right tail.
    fn draw_numbers(&self, chosen: &[usize], quantiles: &mut [f64]) {
        let mut tails = Vec::with_capacity(quantiles.len());
        let mut signed = Vec::with_capacity(quantiles.len());
        for (q, kernel) in quantiles.iter().zip(chosen) {
            let kernel = self.normal(*kernel);
            let inside = kernel.map_or(0.0, |k| 1.0 - (k.below + k.above));
            let left = kernel.map_or(0.5, |k| k.below + q * inside);
            let right = left > 0.5;
            tails.push(if right { kernel.map_or(0.5, |k| k.above) + (1.0 - q) * inside } else { left });
            signed.push(kernel.map(|k| (k.mean, if right { -k.sigma } else { k.sigma })));
        }
        ndtri_slice(&mut tails);
        for ((q, z), kernel) in quantiles.iter_mut().zip(tails).zip(signed) {
            *q = match kernel {
                Some((mean, sigma)) => self.dimension.snap((mean + sigma * z).clamp(0.0, 1.0)),
                None => self.dimension.prior_quantile(*q),
            };
        }
    }

    /// A kernel; `None` for a prior kernel that is no normal with its centre inside.
    fn normal(&self, kernel: usize) -> Option<Truncated> {
        let Some(mean) = self.means.get(kernel) else { return self.dimension.prior_normal() };
        Some(Truncated { mean: *mean, sigma: self.bandwidth, below: self.below[kernel], above: self.above[kernel] })
    }

    /// The kernel of a level is a mixture again: the level itself with weight 1, all together with the weight of the
    /// smoothing.
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
