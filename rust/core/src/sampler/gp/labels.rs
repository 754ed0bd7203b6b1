//! Least-squares classification of labels, -1 where something holds and 1 where it does not: of failures
//! (`acquisition/success.rs`), and of constraints that are only known to hold or not (`constraints`).

/// Label below which a point counts as likely to hold.
pub(super) const CAUTIOUS: f64 = -0.5;
/// Softness of the border as a variance. The standard deviation is 0.22; the labels differ by 2.
pub(super) const SOFTNESS: f64 = 0.05;
/// Factor of the log probability. In a search whose optimum lies at a border, every third suggestion failed with a factor
/// of 1 and every fifth with a factor of 2, with equally good losses (`test_the_memory_limit_of_a_gpu_is_learned`).
pub(super) const WEIGHT: f64 = 2.0;
