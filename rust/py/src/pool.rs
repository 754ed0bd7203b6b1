//! The threads of this process: a private pool, created on first use.
//!
//! Threads do not survive a fork, so the pool is stored together with the id of the process that created it; a child
//! process creates its own. No thread waits for the register: if it is busy (or was busy at a fork), the calling thread
//! does the work, with the same result.

use std::sync::{Arc, OnceLock, RwLock};

use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::{errors, panics};

/// The pool and the process it belongs to.
static REGISTER: RwLock<Option<(u32, Arc<ThreadPool>)>> = RwLock::new(None);

/// The number of threads requested by the environment at import.
static REQUESTED: OnceLock<usize> = OnceLock::new();

/// Variables that set the number of threads, in order of precedence.
const VARIABLES: [&str; 3] = ["TANTEO_NUM_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS"];

/// The maximum number of threads: a mistyped variable must not exhaust the machine.
const MAX_THREADS: usize = 1024;

/// Number of threads that work for this process; 1 means only the caller's.
#[pyfunction]
pub(crate) fn n_threads() -> usize {
    *REQUESTED.get_or_init(available)
}

/// Reads the number of threads from the environment. Our own variable must be valid; the others belong to other
/// libraries, and invalid values are ignored.
pub(crate) fn read_environment(py: Python<'_>) -> PyResult<()> {
    let [own, others @ ..] = VARIABLES;
    let requested = match std::env::var(own) {
        Ok(text) if !text.trim().is_empty() => Some(parse(&text).ok_or_else(|| {
            errors::argument(py, format!("{own} is {text:?}: expected a whole number from 1 to {MAX_THREADS}"))
        })?),
        _ => others.iter().find_map(|name| parse(&std::env::var(name).ok()?)),
    };
    // On a second import of the module in one process, the number is already set.
    let _ = REQUESTED.set(requested.unwrap_or_else(available));
    Ok(())
}

/// The first entry of a list such as `8,2`, which OpenMP uses for nested levels.
fn parse(text: &str) -> Option<usize> {
    let first = text.split(',').next()?.trim();
    first.parse().ok().filter(|n| (1..=MAX_THREADS).contains(n))
}

fn available() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS)
}

/// The pool of this process, or `None` if only the caller's thread is to work.
pub(crate) fn threads() -> Option<Arc<ThreadPool>> {
    let process = std::process::id();
    if n_threads() == 1 {
        return None;
    }
    if let Some((owner, pool)) = REGISTER.try_read().ok()?.as_ref()
        && *owner == process
    {
        return Some(Arc::clone(pool));
    }
    let mut register = REGISTER.try_write().ok()?;
    let pool = Arc::new(build()?);
    // The threads of the parent's pool do not exist here; dropping the pool would wait for them.
    std::mem::forget(register.replace((process, Arc::clone(&pool))));
    Some(pool)
}

/// `None` if the system provides no threads; the caller then does the work.
fn build() -> Option<ThreadPool> {
    let builder = ThreadPoolBuilder::new().num_threads(n_threads());
    builder.thread_name(|i| format!("tanteo-{i}")).start_handler(|_| panics::guard_this_thread()).build().ok()
}
