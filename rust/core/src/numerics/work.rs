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
