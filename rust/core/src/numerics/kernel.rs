//! Selects the instruction set of the hot loops.
//!
//! All kernels compute the same bits: they differ in how many numbers an instruction processes, never in the order of
//! the operations (see `elementary`). The choice changes only the speed of a run, so a process-wide setting is allowed
//! here.

use std::sync::atomic::{AtomicU8, Ordering};

/// An instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// The instructions that every processor of the architecture has.
    ///
    /// On x86-64 they do not include a fused multiply-add. The C library then computes it in software: correctly
    /// rounded, so the bits are the same, but an order of magnitude slower than [`Kernel::Avx2`].
    Baseline,
    /// AVX2 with FMA.
    Avx2,
    /// AVX-512F.
    Avx512,
}

const KERNELS: [Kernel; 3] = [Kernel::Baseline, Kernel::Avx2, Kernel::Avx512];

/// Position in [`KERNELS`] plus one; 0 until the first use.
static ACTIVE: AtomicU8 = AtomicU8::new(0);

/// The kernel in use: the best one of this processor, unless [`select_kernel`] chose another.
#[inline]
pub fn active_kernel() -> Kernel {
    match ACTIVE.load(Ordering::Relaxed) {
        0 => select_best(),
        1 => Kernel::Baseline,
        2 => Kernel::Avx2,
        _ => Kernel::Avx512,
    }
}

/// Chooses a kernel for the whole process; returns `false` and changes nothing if this processor lacks it.
pub fn select_kernel(kernel: Kernel) -> bool {
    let available = is_available(kernel);
    if available {
        ACTIVE.store(kernel as u8 + 1, Ordering::Relaxed);
    }
    available
}

#[cold]
fn select_best() -> Kernel {
    let best = KERNELS.into_iter().rev().find(|&kernel| is_available(kernel)).unwrap_or(Kernel::Baseline);
    ACTIVE.store(best as u8 + 1, Ordering::Relaxed);
    best
}

#[cfg(target_arch = "x86_64")]
fn is_available(kernel: Kernel) -> bool {
    let avx2 = || is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    match kernel {
        Kernel::Baseline => true,
        Kernel::Avx2 => avx2(),
        Kernel::Avx512 => avx2() && is_x86_feature_detected!("avx512f"),
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn is_available(kernel: Kernel) -> bool {
    kernel == Kernel::Baseline
}

/// Defines a function that is compiled once for each [`Kernel`] and called in the version of [`active_kernel`].
///
/// The body is a block, or another `#[inline(always)]` function named after `=`. Its operations are elementwise or
/// explicitly ordered (fixed lanes), so the versions differ only in speed.
macro_rules! for_every_kernel {
    ($(#[$attribute:meta])* $vis:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? = $body:path;) => {
        $(#[$attribute])*
        $vis fn $name($($argument: $type),*) $(-> $result)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($argument: $type),*) $(-> $result)? {
                    $body($($argument),*)
                }
                #[target_feature(enable = "avx512f,avx2,fma")]
                fn avx512($($argument: $type),*) $(-> $result)? {
                    $body($($argument),*)
                }
                match $crate::numerics::active_kernel() {
                    $crate::numerics::Kernel::Baseline => $body($($argument),*),
                    // SAFETY: a kernel is active only if `is_available` found its instruction sets.
                    $crate::numerics::Kernel::Avx2 => unsafe { avx2($($argument),*) },
                    // SAFETY: as above.
                    $crate::numerics::Kernel::Avx512 => unsafe { avx512($($argument),*) },
                }
            }
            #[cfg(not(target_arch = "x86_64"))]
            $body($($argument),*)
        }
    };
    ($(#[$attribute:meta])* $vis:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block) => {
        $(#[$attribute])*
        $vis fn $name($($argument: $type),*) $(-> $result)? {
            #[allow(clippy::inline_always, reason = "a call would leave the instructions of the kernel")]
            #[inline(always)]
            fn body($($argument: $type),*) $(-> $result)? $body

            $crate::numerics::for_every_kernel! {
                fn dispatch($($argument: $type),*) $(-> $result)? = body;
            }
            dispatch($($argument),*)
        }
    };
}
pub(crate) use for_every_kernel;
