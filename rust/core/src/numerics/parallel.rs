//! Ordered parallel maps: the same result for any number of threads.

/// The threads to use; `Pool::serial()` uses the caller's alone.
#[derive(Clone, Default)]
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
pub fn map_blocks<T: Send>(pool: &Pool, n_blocks: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    todo!()
}
