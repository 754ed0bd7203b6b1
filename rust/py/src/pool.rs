//! The threads of this process: a private pool, made when the first work for it comes.
//!
//! Threads do not survive a fork, so the pool is kept together with the id of the process that made it; a child makes
//! its own. Nobody ever waits for the register: where it is busy (or was busy at the moment of a fork) the work is
//! done by the calling thread, with the same result.

use std::sync::{Arc, OnceLock, RwLock};

use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::{errors, panics};

/// The pool and the process it belongs to.
static REGISTER: RwLock<Option<(u32, Arc<ThreadPool>)>> = RwLock::new(None);

/// What the environment asked for when the module was imported.
static REQUESTED: OnceLock<usize> = OnceLock::new();

/// Variables that set the number of threads, the strongest first.
const VARIABLES: [&str; 3] = ["TANTEO_NUM_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS"];

/// Threads beyond this number are refused: a mistyped variable must not exhaust the machine.
const MAX_THREADS: usize = 1024;

/// Number of threads that work for this process: the caller's alone if 1.
#[pyfunction]
pub(crate) fn n_threads() -> usize {
    *REQUESTED.get_or_init(available)
}

/// Reads the number of threads from the environment. Our own variable must make sense; the others belong to other
/// libraries, and what we cannot use is passed over.
pub(crate) fn read_environment(py: Python<'_>) -> PyResult<()> {
    let [own, others @ ..] = VARIABLES;
    let requested = match std::env::var(own) {
        Ok(text) if !text.trim().is_empty() => Some(parse(&text).ok_or_else(|| {
            errors::argument(py, format!("{own} is {text:?}: expected a whole number from 1 to {MAX_THREADS}"))
        })?),
        _ => others.iter().find_map(|name| parse(&std::env::var(name).ok()?)),
    };
    // A second import of the module in one process finds the number set already.
    let _ = REQUESTED.set(requested.unwrap_or_else(available));
    Ok(())
}

/// The first entry of a list such as `8,2`, as OpenMP has it for nested levels.
fn parse(text: &str) -> Option<usize> {
    let first = text.split(',').next()?.trim();
    first.parse().ok().filter(|n| (1..=MAX_THREADS).contains(n))
}

fn available() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS)
}

/// The pool of this process, or `None` where the caller's thread is to work alone.
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
    // The parent's pool has no threads here: to drop it would be to wait for them.
    std::mem::forget(register.replace((process, Arc::clone(&pool))));
    Some(pool)
}

/// `None` if the system gives no threads: the work is then done by the caller.
fn build() -> Option<ThreadPool> {
    let builder = ThreadPoolBuilder::new().num_threads(n_threads());
    builder.thread_name(|i| format!("tanteo-{i}")).start_handler(|_| panics::guard_this_thread()).build().ok()
}
