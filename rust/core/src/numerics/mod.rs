//! Numerics: exp and log kernels with the same bits on every processor, linear algebra, minimization, linear programs,
//! the normal and Student's distributions, sample moments, random streams, Sobol points, ordered parallel maps, memory
//! checks and checksums.

mod checksum;
mod elementary;
mod kernel;
pub mod linalg;
mod linear_program;
mod memory;
mod minimize;
pub mod normal;
mod pairs;
mod parallel;
mod sample;
mod sobol;
mod stream;

pub use checksum::crc32;
pub use elementary::{exp, exp_slice, ln, ln_slice, log_sum_exp, log_sum_exp_single};
pub(crate) use kernel::for_every_kernel;
pub use kernel::{Kernel, active_kernel, select_kernel};
pub use linear_program::{Inequality, maximize_linear};
pub use memory::{OutOfMemory, check_memory, reserve};
pub use minimize::{Descent, Minimum, Stop, minimize_in_box};
pub use pairs::{PairMoments, PairOrder};
#[cfg(feature = "rayon")]
pub use parallel::ThreadSource;
pub use parallel::{Pool, map_blocks};
pub use sample::{
    ascending, half_of_fenced_end, inner_fence, mean, mean_without_overflow, quantile, quartiles, scott_shrinkage,
    shares, standardized, variance,
};
pub use sobol::{MAX_DIMENSIONS, Sobol};
pub use stream::{Purpose, Stream};

pub(crate) mod work {
    //! Counts of operations for tests of growth. Counts, unlike times, do not depend on the machine.
    //!
    //! A unit is one step of a loop over kernels, points, dimensions, levels or cells, or a comparison of two points. Only
    //! test builds count.

    #[cfg(test)]
    thread_local! {
        static DONE: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
    }

    /// Adds `units` to the count of this thread.
    #[cfg(test)]
    pub(crate) fn count(units: usize) {
        DONE.set(DONE.get() + units as u64);
    }

    /// Does nothing outside tests.
    #[cfg(not(test))]
    #[inline]
    pub(crate) fn count(_units: usize) {}

    /// Returns the units that `action` counts in this thread, and its result.
    #[cfg(test)]
    pub(crate) fn of<T>(action: impl FnOnce() -> T) -> (u64, T) {
        let start = DONE.get();
        let result = action();
        (DONE.get() - start, result)
    }
}
