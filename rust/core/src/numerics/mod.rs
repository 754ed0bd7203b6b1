//! Numerics: exp and log kernels with the same bits on every processor, linear algebra, minimization, the normal and
//! Student's distributions, sample moments, random streams, Sobol points, ordered parallel maps, memory checks and
//! checksums.

mod checksum;
mod elementary;
mod kernel;
pub mod linalg;
mod memory;
mod minimize;
pub mod normal;
mod pairs;
mod parallel;
mod sample;
mod sobol;
mod stream;
mod student;
pub(crate) mod work;

pub use checksum::crc32;
pub use elementary::{exp, exp_slice, ln, ln_slice, log_sum_exp, log_sum_exp_single};
pub(crate) use kernel::for_every_kernel;
pub use kernel::{Kernel, active_kernel, select_kernel};
pub use memory::{OutOfMemory, check_memory, reserve};
pub use minimize::{Descent, Minimum, Stop, minimize_in_box};
pub use pairs::{PairMoments, PairOrder};
#[cfg(feature = "rayon")]
pub use parallel::ThreadSource;
pub use parallel::{Pool, map_blocks};
pub use sample::{
    ascending, half_of_fenced_end, mean, mean_without_overflow, quantile, shares, standardized, variance,
};
pub use sobol::{MAX_DIMENSIONS, Sobol};
pub use stream::{Purpose, Stream};
pub use student::student_cdf;
