//! How a value becomes a number in `[0, 1]`, and back: the one definition.
//!
//! A real `x` maps to `(x - low) / (high - low)`, in `ln x` if `log`. Level `k` of `L` levels stands at
//! `(k + 1/2) / L` and owns the cell `[k / L, (k + 1) / L]`. An integer with `log` owns the cell between
//! `ln(v - 1/2)` and `ln(v + 1/2)`, rescaled so that all cells fill `[0, 1]`, and stands at `ln v`. Ordered and
//! unordered choices use the same cells; for unordered ones the number is only a label.

mod axis;

pub use axis::{Axis, AxisKind, Encoding};
