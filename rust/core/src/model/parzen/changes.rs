//! Changes of log constants, collected so that their special functions are computed in vectors.

use super::truncated::{log_constants, masses_outside};
use crate::numerics::work;

/// Number of constants computed together. Changes no suggestion.
const CAPACITY: usize = 64;

/// Log constants of kernels in single dimensions. Each is added to or subtracted from the sum of its slot.
pub(super) struct Changes {
    len: usize,
    slots: [usize; CAPACITY],
    /// 1 or -1.
    signs: [i64; CAPACITY],
    means: [f64; CAPACITY],
    /// `1 / s`.
    inverses: [f64; CAPACITY],
    is_density: [bool; CAPACITY],
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            len: 0,
            slots: [0; CAPACITY],
            signs: [0; CAPACITY],
            means: [0.0; CAPACITY],
            inverses: [0.0; CAPACITY],
            is_density: [false; CAPACITY],
        }
    }
}

impl Changes {
    pub(super) fn is_full(&self) -> bool {
        self.len == CAPACITY
    }

    pub(super) fn clear(&mut self) {
        self.len = 0;
    }

    pub(super) fn push(&mut self, slot: usize, sign: i64, mean: f64, inverse: f64, is_density: bool) {
        work::count(1);
        self.slots[self.len] = slot;
        self.signs[self.len] = sign;
        self.means[self.len] = mean;
        self.inverses[self.len] = inverse;
        self.is_density[self.len] = is_density;
        self.len += 1;
    }

    /// Slots and the amounts by which their sums of log constants change.
    pub(super) fn growths(&self) -> impl Iterator<Item = (usize, i64)> {
        let constants = self.constants();
        (0..self.len).map(move |i| (self.slots[i], self.signs[i] * constants[i]))
    }

    fn constants(&self) -> [i64; CAPACITY] {
        let (means, inverses) = (&self.means[..self.len], &self.inverses[..self.len]);
        let (mut below, mut above) = ([0.0; CAPACITY], [0.0; CAPACITY]);
        let (below, above) = (&mut below[..self.len], &mut above[..self.len]);
        masses_outside(means, inverses, below, above);
        let mut constants = [0; CAPACITY];
        let logs = log_constants(inverses, &self.is_density[..self.len], below, above);
        constants.iter_mut().zip(logs).for_each(|(to, constant)| *to = constant);
        constants
    }
}
