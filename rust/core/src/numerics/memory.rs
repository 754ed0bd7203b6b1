//! Memory whose amount follows from the input: asked for before it is used, so that too much is an error.
//!
//! An allocation that fails inside a `Vec` ends the process. Two things here end in [`OutOfMemory`] instead: a buffer
//! grown by [`reserve`], and a [`check_memory`] before work whose buffers lie too deep to hand an error out. The check
//! asks the system for as much as the work will take and gives it back. It is no guarantee (another thread may take the
//! memory meanwhile, and a system that overcommits promises more than it has), and small allocations are not checked.

use core::hint::black_box;

use thiserror::Error;

/// Memory that the system refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("about {bytes} bytes of memory are needed and not available; ask for less at once, or free memory")]
pub struct OutOfMemory {
    /// How many bytes were asked for.
    pub bytes: usize,
}

/// Less than this is not asked for in advance, and this much is asked for on top for what is not counted.
const MARGIN: usize = 1 << 20;

/// Whether `n` items of `item` bytes can be allocated now, and a margin for small things beside them.
///
/// # Errors
/// [`OutOfMemory`]; numbers whose product is no size count as the largest one.
pub fn check_memory(n: usize, item: usize) -> Result<(), OutOfMemory> {
    let bytes = n.saturating_mul(item);
    if bytes < MARGIN {
        return Ok(());
    }
    let mut probe: Vec<u8> = Vec::new();
    probe.try_reserve_exact(bytes.saturating_add(2 * MARGIN)).map_err(|_| OutOfMemory { bytes })?;
    // An allocation that nobody looks at may be left out, and the question with it.
    black_box(&mut probe);
    Ok(())
}

/// Makes room for `more` items at the end of a vector; its capacity at least doubles when it is exceeded.
///
/// # Errors
/// [`OutOfMemory`]; the vector is as before.
pub fn reserve<T>(items: &mut Vec<T>, more: usize) -> Result<(), OutOfMemory> {
    items.try_reserve(more).map_err(|_| OutOfMemory { bytes: more.saturating_mul(size_of::<T>()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_any_machine_has_is_an_error() {
        for (n, item) in [(usize::MAX, 1), (usize::MAX, 8), (isize::MAX as usize, 1), (1 << 40, 1 << 22)] {
            assert_eq!(check_memory(n, item), Err(OutOfMemory { bytes: n.saturating_mul(item) }));
        }
        let mut items = vec![1u64, 2];
        assert!(reserve(&mut items, usize::MAX / 8).is_err());
        assert_eq!(items, [1, 2]);
    }

    #[test]
    fn what_there_is_is_no_error() {
        assert_eq!(check_memory(0, 8), Ok(()));
        assert_eq!(check_memory(1 << 21, 8), Ok(()));
        let mut items = vec![1u64];
        assert_eq!(reserve(&mut items, 1000), Ok(()));
        assert!(items.capacity() >= 1001);
    }
}
