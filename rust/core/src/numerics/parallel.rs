//! Ordered parallel maps: the same result for any number of threads.

#[cfg(feature = "rayon")]
use std::sync::Arc;

/// The source of threads. It is called only when there is parallel work, so a search without such work starts no
/// threads. `None` leaves the work to the caller's thread.
#[cfg(feature = "rayon")]
pub type ThreadSource = fn() -> Option<Arc<rayon::ThreadPool>>;

/// The threads to use; `Pool::serial()` uses only the caller's thread.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    #[cfg(feature = "rayon")]
    source: Option<ThreadSource>,
}

impl Pool {
    /// Only the caller's thread.
    pub fn serial() -> Self {
        Self::default()
    }

    /// The threads of a private pool (never the global one).
    #[cfg(feature = "rayon")]
    pub fn new(source: ThreadSource) -> Self {
        Self { source: Some(source) }
    }
}

/// `f(0), .., f(n_blocks - 1)` in this order, computed on the threads of `pool`.
///
/// `f` depends only on the number of its block. The result therefore has the same bits for any pool, as long as the
/// caller reduces it in order and chooses the blocks independently of the pool.
pub fn map_blocks<T: Send>(pool: &Pool, n_blocks: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    #[cfg(feature = "rayon")]
    if n_blocks > 1
        && let Some(threads) = pool.source.and_then(|source| source())
    {
        use rayon::prelude::*;
        return threads.install(|| (0..n_blocks).into_par_iter().map(f).collect());
    }
    let Pool { .. } = pool;
    (0..n_blocks).map(f).collect()
}

#[cfg(all(test, feature = "rayon"))]
mod tests {
    use std::sync::Arc;

    use super::{Pool, map_blocks};
    use crate::numerics::{Purpose, Stream, log_sum_exp};

    fn threads<const N: usize>() -> Option<Arc<rayon::ThreadPool>> {
        rayon::ThreadPoolBuilder::new().num_threads(N).build().ok().map(Arc::new)
    }

    /// A sum of blocks, each reduced on some thread, as bits.
    fn reduced(pool: &Pool) -> Vec<u64> {
        let block = |number: usize| {
            let mut stream = Stream::new(0, number as u64, Purpose::Sample, 0);
            log_sum_exp(&[(); 100].map(|()| 30.0 * stream.uniform()))
        };
        map_blocks(pool, 200, block).into_iter().map(f64::to_bits).collect()
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits_in_the_same_order() {
        let serial = reduced(&Pool::serial());
        for source in [threads::<1>, threads::<2>, threads::<4>] {
            assert_eq!(reduced(&Pool::new(source)), serial);
        }
        assert_eq!(reduced(&Pool::new(|| None)), serial);
    }

    #[test]
    fn one_block_starts_no_thread() {
        let pool = Pool::new(|| unreachable!("a single block is the caller's work"));
        assert_eq!(map_blocks(&pool, 1, |number| number), [0]);
        assert_eq!(map_blocks(&pool, 0, |number| number), [0; 0]);
    }
}
