//! Ordered parallel maps: the same result for any number of threads.

/// The threads to use; `Pool::serial()` uses the caller's alone.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    #[cfg(feature = "rayon")]
    threads: Option<std::sync::Arc<rayon::ThreadPool>>,
}

impl Pool {
    /// The caller's thread alone.
    pub fn serial() -> Self {
        Self::default()
    }

    /// A given pool (never the global one).
    #[cfg(feature = "rayon")]
    pub fn new(threads: std::sync::Arc<rayon::ThreadPool>) -> Self {
        Self { threads: Some(threads) }
    }
}

/// `f(0), .., f(n_blocks - 1)` in this order, computed on the threads of `pool`.
///
/// `f` sees the number of its block and nothing of the threads, so the result has the same bits for any pool as long
/// as the caller reduces it in order and cuts its blocks independently of the pool.
pub fn map_blocks<T: Send>(pool: &Pool, n_blocks: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    #[cfg(feature = "rayon")]
    if let Some(threads) = &pool.threads {
        use rayon::prelude::*;
        return threads.install(|| (0..n_blocks).into_par_iter().map(f).collect());
    }
    let Pool { .. } = pool;
    (0..n_blocks).map(f).collect()
}
