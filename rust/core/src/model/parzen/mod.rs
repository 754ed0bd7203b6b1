//! Parzen densities: mixtures of product kernels over `[0, 1]^d` with mixed coordinates.
//!
//! Notation of all files of this room: a density over `d` coordinates has `n` kernels and one prior kernel,
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
//! | unordered, `K > 64` | the same with `a` from 1/10 to 1/2, averaged over the kernels independently of the other coordinates |
//!
//! The prior kernel is also a product: of `N(1/2, 1)` truncated to `[0, 1]` for numbers, equal masses for unordered
//! levels, or the user's prior if given ([`Dimension`]).
//!
//! A tree-structured Parzen estimator (Bergstra et al. 2011; Watanabe, arXiv 2304.11127) uses two densities. [`Good`]
//! is small and weighted, is refitted whenever it changes, and provides draws. [`Bad`] is large, has equal weights and
//! is updated kernel by kernel. [`bandwidth`] explains why their bandwidths differ.
//!
//! ```
//! use std::sync::Arc;
//! use tanteo_core::space::Axis;
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
//! Log densities have an absolute error of about `1e-12`. Kernels that contribute less than that are left out of the
//! sum.
//!
//! # Single precision
//!
//! [`Precision::Single`] suffices to rank points and halves time and memory traffic. It rounds continuous coordinates
//! and scaled means `mu r` to single precision, adds up the squares of up to 12 dimensions (a chunk) in it, and
//! computes the exponentials of a block in it. The bandwidth of a continuous coordinate is representable in single
//! precision, so both precisions describe the same density. With rates `r <= 1 / (0.03 sqrt 2) < 24`, rounding `x`,
//! `mu r` and the result of the fused operation changes `z = (x - mu) r` by at most `e = 2e-6 + 2^-24 |z|`. The error
//! of a sum of squares `Q` over `d` dimensions is therefore at most
//!
//! ```text
//! sum 2 |z| e + 12 2^-24 Q  <=  4e-6 sqrt(d Q) + 9e-7 Q      (Cauchy and Schwarz; 12 additions in a chunk)
//! ```
//!
//! A kernel is relevant only where `Q <= 45 + ln n + 3.4 d`, because its log constants are at most 3.3 per dimension
//! and the log of the prior kernel is at least -0.1. The total error, including exponentials, is then at most
//! `1e-4 + 1e-5 d` (`single_precision_is_within_its_bound`). A user's prior in place of the
//! prior kernel may be lower, which makes farther kernels relevant; with `Q <= 24^2 d` the error is then below
//! `1e-4 + 7e-4 d`.

mod bad;
pub mod bandwidth;
mod block;
mod cells;
mod changes;
mod column;
mod density;
mod dimension;
pub mod gaps;
mod good;
mod guide_table;
mod marginal;
mod mixture;
mod points;
mod prior_density;
mod query;
mod squares;
mod truncated;
pub mod weights;

pub use bad::Bad;
pub use dimension::Dimension;
pub use good::Good;
pub use mixture::Mixture;
pub use points::Points;
pub use query::Precision;

#[cfg(test)]
mod tests;
