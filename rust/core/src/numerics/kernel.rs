//! Which instruction set the hot loops use.

/// An instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// What every processor of the architecture has.
    Baseline,
    /// AVX2 with FMA.
    Avx2,
    /// AVX-512F.
    Avx512,
}

/// The kernel in use: the best this processor has, unless [`select_kernel`] chose another.
pub fn active_kernel() -> Kernel {
    todo!()
}
/// Chooses a kernel for the whole process; returns `false` and changes nothing if this processor lacks it.
pub fn select_kernel(kernel: Kernel) -> bool {
    todo!()
}
