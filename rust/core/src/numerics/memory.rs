//! Checks and reservations of memory whose amount depends on the input, so that asking for too much is an error.
//!
//! A failed allocation inside a `Vec` aborts the process. Two functions here return [`OutOfMemory`] instead:
//! [`reserve`] grows a buffer, and [`check_memory`] runs before work whose buffers are too deep to return an error. The
//! check allocates as much as the work will need and frees it again. It is no guarantee: another thread may take the
//! memory in the meantime, and a system that overcommits promises more than it has. Small allocations are not checked.

use core::hint::black_box;

use thiserror::Error;

/// The system refused an allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("about {bytes} bytes of memory are needed and not available; ask for less at once, or free memory")]
pub struct OutOfMemory {
    /// Number of bytes requested.
    pub bytes: usize,
}

/// Amounts below this are not checked; twice this is added to larger ones for uncounted allocations.
const MARGIN: usize = 1 << 20;

/// Checks that `n` items of `item` bytes, plus a margin, can be allocated now.
///
/// # Errors
/// [`OutOfMemory`]; a product that overflows counts as the largest size.
pub fn check_memory(n: usize, item: usize) -> Result<(), OutOfMemory> {
    let bytes = n.saturating_mul(item);
    if bytes < MARGIN {
        return Ok(());
    }
    let mut probe: Vec<u8> = Vec::new();
    probe.try_reserve_exact(bytes.saturating_add(2 * MARGIN)).map_err(|_| OutOfMemory { bytes })?;
    // The compiler may remove an unused allocation, and the check with it.
    black_box(&mut probe);
    Ok(())
}

/// Reserves memory for `more` items at the end of a vector; its capacity at least doubles when it is exceeded.
///
/// # Errors
/// [`OutOfMemory`]; the vector is unchanged.
pub fn reserve<T>(items: &mut Vec<T>, more: usize) -> Result<(), OutOfMemory> {
    items.try_reserve(more).map_err(|_| OutOfMemory { bytes: more.saturating_mul(size_of::<T>()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_memory_than_any_machine_has_is_an_error() {
        for (n, item) in [(usize::MAX, 1), (usize::MAX, 8), (isize::MAX as usize, 1), (1 << 40, 1 << 22)] {
            assert_eq!(check_memory(n, item), Err(OutOfMemory { bytes: n.saturating_mul(item) }));
        }
        let mut items = vec![1u64, 2];
        assert!(reserve(&mut items, usize::MAX / 8).is_err());
        assert_eq!(items, [1, 2]);
    }

    #[test]
    fn available_memory_is_no_error() {
        assert_eq!(check_memory(0, 8), Ok(()));
        assert_eq!(check_memory(1 << 21, 8), Ok(()));
        let mut items = vec![1u64];
        assert_eq!(reserve(&mut items, 1000), Ok(()));
        assert!(items.capacity() >= 1001);
    }
}
