//! Changes of bandwidth, taken together so that their special functions are computed side by side.

use super::truncated::{log_constants, masses_outside};

/// Changes taken together.
const CAPACITY: usize = 64;

/// Some changes of bandwidth, each of a kernel in a dimension.
pub(super) struct Changes {
    len: usize,
    slots: [usize; CAPACITY],
    means: [f64; CAPACITY],
    is_density: [bool; CAPACITY],
    /// `1 / s` before and after.
    inverses: [[f64; CAPACITY]; 2],
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            len: 0,
            slots: [0; CAPACITY],
            means: [0.0; CAPACITY],
            is_density: [false; CAPACITY],
            inverses: [[0.0; CAPACITY]; 2],
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

    pub(super) fn push(&mut self, slot: usize, mean: f64, is_density: bool, inverses: [f64; 2]) {
        self.slots[self.len] = slot;
        self.means[self.len] = mean;
        self.is_density[self.len] = is_density;
        self.inverses[0][self.len] = inverses[0];
        self.inverses[1][self.len] = inverses[1];
        self.len += 1;
    }

    /// Slots, and by how much the log constants of their kernels grow.
    pub(super) fn growths(&self) -> impl Iterator<Item = (usize, i64)> {
        let constants = [0, 1].map(|time| self.constants(&self.inverses[time]));
        (0..self.len).map(move |i| (self.slots[i], constants[1][i] - constants[0][i]))
    }

    fn constants(&self, inverses: &[f64; CAPACITY]) -> [i64; CAPACITY] {
        let (means, inverses) = (&self.means[..self.len], &inverses[..self.len]);
        let (mut below, mut above) = ([0.0; CAPACITY], [0.0; CAPACITY]);
        let (below, above) = (&mut below[..self.len], &mut above[..self.len]);
        masses_outside(means, inverses, below, above);
        let mut constants = [0; CAPACITY];
        for (to, constant) in constants.iter_mut().zip(log_constants(inverses, below, above, |i| self.is_density[i])) {
            *to = constant;
        }
        constants
    }
}
