//! Parzen densities: mixtures of product kernels over `[0, 1]^d`, mixed and growing.
//!
//! Notation, used by every file here. A density over `d` coordinates has `n` kernels and one prior kernel:
//!
//! ```text
//! p(x) = w_0 P_0(x) + sum_k w_k prod_j p_kj(x_j),      w_0 + sum_k w_k = 1
//! ```
//!
//! | coordinate | kernel `p_kj` |
//! | --- | --- |
//! | continuous | density of the normal `N(mu_kj, s_kj^2)` truncated to `[0, 1]` |
//! | counted and ordered | mass of the same normal on the cell of the level: the masses of all levels sum to one |
//! | unordered, `K` levels | `(1[c = c_k] + a/N) / (1 + a K/N)`, `N = n + 1`, `a = 1` (1/2: sharp, 4: deciding) |
//! | unordered, `K > 64` | the same with `a` from 1/10 to 1/2, averaged over the kernels by itself |
//!
//! The prior kernel is a product too: `N(1/2, 1)` truncated to `[0, 1]`, equal masses for unordered levels, or the
//! user's belief where there is one ([`Dimension`]).
//!
//! Two densities make a tree-structured Parzen estimator (Bergstra et al. 2011; Watanabe, arXiv 2304.11127): [`Good`],
//! small, weighted, refitted whenever it changes, and able to draw; [`Bad`], large, uniform and kept up to date kernel
//! by kernel. They differ in bandwidth: [`bandwidth`] says why.
//!
//! ```
//! use std::sync::Arc;
//! use tanteo_core::encoding::Axis;
//! use tanteo_core::model::parzen::{Bad, Dimension, Good, Points};
//! use tanteo_core::numerics::Pool;
//! use tanteo_core::space::{Domain, Prior};
//!
//! let axis = Axis::new(&Domain::Real { low: 0.0, high: 1.0, log: false });
//! let dimensions: Arc<[Dimension]> = vec![Dimension::new(axis, Prior::Uniform); 2].into();
//! let good = Good::fit(dimensions.clone(), Points::from_rows(&[vec![0.2, 0.3], vec![0.25, 0.4]]), &[1.0, 0.5]);
//! let mut bad = Bad::new(&dimensions);
//! let slots: Vec<usize> = [[0.8, 0.3], [0.9, 0.9]].iter().map(|trial| bad.push(trial)).collect();
//! bad.change(&slots, &[]);
//!
//! let points = Points::from_rows(&[vec![0.2, 0.35], vec![0.85, 0.5]]);
//! let (l, g) = (good.log_density(&points, &Pool::serial()), bad.log_density(&points, &Pool::serial()));
//! assert!(l[0] - g[0] > l[1] - g[1]);
//! ```
//!
//! Log densities are exact to about `1e-12`, and kernels that cannot change more than that are left out of the sum.
//!
//! # Single precision
//!
//! To rank points, [`Precision::Single`] is enough, and takes half the time and memory traffic. Continuous coordinates
//! and scaled means `mu r` are rounded to single precision there, the squares of up to 12 dimensions (a chunk) are
//! added up in it, and so are the exponentials of a block. The bandwidth of a continuous coordinate is a number that
//! single precision holds, so that both precisions mean the same density. With rates `r <= 1 / (0.03 sqrt 2) < 24`, the
//! rounding of `x`, of `mu r` and of the fused operation puts `z = (x - mu) r` off by at most `e = 2e-6 + 2^-24 |z|`,
//! so that a sum of squares `Q` over `d` dimensions is off by
//!
//! ```text
//! sum 2 |z| e + 12 2^-24 Q  <=  4e-6 sqrt(d Q) + 9e-7 Q      (Cauchy and Schwarz; 12 additions in a chunk)
//! ```
//!
//! A kernel matters only where `Q <= 45 + ln n + 3.4 d`: its log constants are at most 3.3 in a dimension, and the
//! prior kernel is at least -0.1. That makes at most `1e-4 + 1e-5 d`, exponentials included: [`Mixture::single_error`]
//! (`single_precision_is_within_its_bound`). A belief of the user's in place of the prior kernel may be lower and let
//! farther kernels matter; with `Q <= 24^2 d` the error is then below `1e-4 + 7e-4 d`.

mod bad;
pub mod bandwidth;
mod block;
mod cells;
mod changes;
mod column;
mod density;
mod dimension;
mod form;
pub mod gaps;
mod good;
mod guide_table;
mod marginal;
mod mixture;
mod points;
mod precision;
mod prior;
mod prior_density;
mod query;
mod squares;
mod truncated;
pub mod weights;
pub(crate) mod work;

pub use bad::Bad;
pub use dimension::Dimension;
pub use good::Good;
pub use mixture::Mixture;
pub use points::Points;
pub use precision::Precision;

#[cfg(test)]
mod tests;
