//! Tests of the densities against their definitions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod bandwidth;
mod density;
mod draws;
mod incremental;
mod masses;
mod weights;

use std::sync::Arc;

use super::Dimension;
use crate::numerics::{Purpose, Stream};
use crate::space::{Axis, Domain, Prior};

pub(super) fn dimension(domain: &Domain) -> Dimension {
    Dimension::new(Axis::new(domain), Prior::Uniform)
}

pub(super) fn real() -> Domain {
    Domain::Real { low: 0.0, high: 1.0, log: false }
}

pub(super) fn integer(low: i128, last: u64, log: bool) -> Domain {
    Domain::Integer { low, step: 1, last, log }
}

pub(super) fn unordered(levels: u64) -> Domain {
    Domain::Unordered { last: levels - 1 }
}

/// One dimension of each form; the continuous one is repeated.
pub(super) fn mixed(n_continuous: usize) -> Arc<[Dimension]> {
    let mut domains = vec![real(); n_continuous];
    domains.extend([unordered(3), integer(0, 4, false), unordered(100), integer(1, 99, true)]);
    domains.iter().map(dimension).collect()
}

pub(super) fn stream(seed: u64) -> Stream {
    Stream::new(seed, 0, Purpose::Sample, 0)
}

/// A uniform point, rounded to values of the space.
pub(super) fn point(dimensions: &[Dimension], stream: &mut Stream) -> Vec<f64> {
    dimensions.iter().map(|d| d.snap(stream.uniform())).collect()
}
