//! How much was done, counted for tests of growth: times depend on the machine, counts do not.
//!
//! A unit is one step of a loop over kernels, points, dimensions, levels or cells. Other builds count nothing.

#[cfg(test)]
thread_local! {
    static DONE: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Counts `units` as done by this thread.
#[cfg(test)]
pub(super) fn count(units: usize) {
    DONE.set(DONE.get() + units as u64);
}

/// Counts nothing.
#[cfg(not(test))]
#[inline]
pub(super) fn count(_units: usize) {}

/// What `action` makes this thread do, and what it returns.
#[cfg(test)]
pub(crate) fn of<T>(action: impl FnOnce() -> T) -> (u64, T) {
    let start = DONE.get();
    let result = action();
    (DONE.get() - start, result)
}
