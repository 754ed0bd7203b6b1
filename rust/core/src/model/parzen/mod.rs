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
//! | unordered, `K` levels | `(1[c = c_k] + 1/N) / (1 + K/N)`, `N = n + 1` |
//! | unordered, `K > 64` | `(1[c = c_k] + 1/K) / 2`, averaged over the kernels by itself: counts are enough |
//!
//! The prior kernel is a product too: `N(1/2, 1)` truncated to `[0, 1]`, equal masses for unordered levels, or the
//! user's belief where there is one ([`Dimension`]).
//!
//! Two densities make a tree-structured Parzen estimator (Bergstra et al. 2011; Watanabe, arXiv 2304.11127): [`Good`],
//! small, weighted, refitted whenever it changes, and able to draw; [`Bad`], large, uniform and kept up to date kernel
//! by kernel. They differ in bandwidth: [`bandwidth`] says why.
//!
//! Everything is computed in `f64`. Log densities are exact to about `1e-12` for each coordinate, kernels too far away
//! to change a bit of the sum are left out ([`Mixture`]).

mod bad;
pub mod bandwidth;
mod block;
mod cells;
mod column;
mod density;
mod dimension;
pub mod gaps;
mod good;
mod mixture;
mod points;
mod prior;
mod query;
mod squares;
pub mod weights;

pub use bad::Bad;
pub use dimension::Dimension;
pub use good::Good;
pub use mixture::Mixture;
pub use points::Points;

#[cfg(test)]
mod tests;
