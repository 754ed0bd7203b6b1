//! The lock around an optimizer: no deadlock after a fork, no poisoning, no escaping panic.
//!
//! A call of [`Guarded::run`] releases the interpreter, takes the lock, computes with panics caught, releases the lock
//! and takes the interpreter again. No thread waits for the lock while holding the interpreter. A computing thread can
//! therefore take the interpreter briefly (to check for Ctrl-C) without a deadlock.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use pyo3::Python;

use crate::errors::PorchError;
use crate::panics;

/// Runs `work`, which needs no lock, with the interpreter released and panics caught.
pub(crate) fn compute<R: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<R, PorchError> + Send,
) -> Result<R, PorchError> {
    py.detach(|| panics::caught(AssertUnwindSafe(work)).unwrap_or_else(|fault| Err(PorchError::Panic(fault))))
}

/// Number of retries, and the pause between them, for a lock that seems to belong to another process: a thread records
/// its process shortly after it takes the lock.
const FORK_PATIENCE: u32 = 50;
const FORK_PAUSE: Duration = Duration::from_millis(1);

/// A value behind a lock that records its holder.
pub(crate) struct Guarded<T> {
    value: Mutex<T>,
    /// Process id in the upper 32 bits, thread token in the lower 32 (0: not held).
    holder: AtomicU64,
}

impl<T: Send> Guarded<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value: Mutex::new(value), holder: AtomicU64::new(u64::from(std::process::id()) << 32) }
    }

    /// Runs `work` on the value with the interpreter released. A panic in it becomes [`PorchError::Panic`]; the core
    /// reverts the changes of a call when a panic unwinds through it. The lock's guard lives outside the unwinding
    /// closure, so the lock is never poisoned.
    pub(crate) fn run<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut T) -> Result<R, PorchError> + Send,
    ) -> Result<R, PorchError> {
        py.detach(|| {
            let mut held = self.lock()?;
            let value = &mut *held.value;
            panics::caught(AssertUnwindSafe(|| work(value))).unwrap_or_else(|fault| Err(PorchError::Panic(fault)))
        })
    }

    fn lock(&self) -> Result<HeldLock<'_, T>, PorchError> {
        let me = this_thread();
        let value = match self.value.try_lock() {
            Ok(value) => value,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => self.wait(me)?,
        };
        self.holder.store(me, Ordering::Relaxed);
        Ok(HeldLock { value, holder: &self.holder })
    }

    /// Waits for the lock, unless it can never be released: this thread already holds it, or a thread of the parent
    /// process that does not exist after the fork.
    fn wait(&self, me: u64) -> Result<MutexGuard<'_, T>, PorchError> {
        for _ in 0..FORK_PATIENCE {
            let holder = self.holder.load(Ordering::Relaxed);
            if holder == me {
                return Err(PorchError::Reentered);
            }
            if holder >> 32 == me >> 32 {
                return Ok(self.value.lock().unwrap_or_else(PoisonError::into_inner));
            }
            if let Ok(value) = self.value.try_lock() {
                return Ok(value);
            }
            std::thread::sleep(FORK_PAUSE);
        }
        Err(PorchError::Forked)
    }
}

/// The held lock; clears the holder before it releases the lock.
struct HeldLock<'a, T> {
    value: MutexGuard<'a, T>,
    holder: &'a AtomicU64,
}

impl<T> Drop for HeldLock<'_, T> {
    fn drop(&mut self) {
        self.holder.fetch_and(!u64::from(u32::MAX), Ordering::Relaxed);
    }
}

/// The process id and a nonzero token of this thread.
fn this_thread() -> u64 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    thread_local! {
        static TOKEN: u32 = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    u64::from(std::process::id()) << 32 | u64::from(TOKEN.with(|token| *token))
}
