//! The memory of rows, and its reservation.

use super::History;
use crate::numerics::{OutOfMemory, check_memory, reserve};

/// Bytes per entry of the maps of configurations and of pending trials, with half-full nodes. Changes no suggestion.
const MAPPED: usize = 96;

impl History {
    /// Bytes per row, with columns at most half empty.
    pub fn row_bytes(&self) -> usize {
        let floats = 2 * self.n_objectives() + self.constraints.len() + 1;
        2 * (self.n_parameters() * (8 + 1 + 8) + 8 * floats + 2) + MAPPED
    }

    /// Reserves memory for `n` rows, so that [`Self::push`] does not run out of memory.
    ///
    /// # Errors
    /// [`OutOfMemory`]; nothing has changed.
    pub fn reserve_rows(&mut self, n: usize) -> Result<(), OutOfMemory> {
        let reserved = self.grow(n).and_then(|()| check_memory(n, MAPPED));
        if reserved.is_err() {
            self.shrink();
        }
        reserved
    }

    /// Reserves memory in every column.
    fn grow(&mut self, n: usize) -> Result<(), OutOfMemory> {
        for column in &mut self.cells {
            reserve(column, n)?;
        }
        for column in &mut self.active {
            reserve(column, n)?;
        }
        let floats = self.values.iter_mut().chain(&mut self.sems).chain(&mut self.constraints);
        for column in floats.chain(&mut self.derived.unit).chain([&mut self.costs]) {
            reserve(column, n)?;
        }
        reserve(&mut self.states, n)?;
        reserve(&mut self.origins, n)
    }

    /// Releases the capacity of columns beyond twice their length.
    pub fn shrink(&mut self) {
        let capacity = 2 * self.len();
        for column in &mut self.cells {
            column.shrink_to(capacity);
        }
        for column in &mut self.active {
            column.shrink_to(capacity);
        }
        let floats = self.values.iter_mut().chain(&mut self.sems).chain(&mut self.constraints);
        for column in floats.chain(&mut self.derived.unit).chain([&mut self.costs]) {
            column.shrink_to(capacity);
        }
        self.states.shrink_to(capacity);
        self.origins.shrink_to(capacity);
    }

    /// Checks that the columns of new constraints fit into memory.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn check_constraint_memory(&self, constraints: &[(String, f64)]) -> Result<(), OutOfMemory> {
        let is_new = |name: &String| self.constraint_names.binary_search(name).is_err();
        let n = constraints.iter().filter(|(name, _)| is_new(name)).count();
        check_memory(n.saturating_mul(self.len()), 8)
    }

    /// Reserves memory for one more intermediate value of a trial.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn reserve_report(&mut self, trial: u64) -> Result<(), OutOfMemory> {
        self.curves.get_mut(&trial).map_or(Ok(()), |curve| reserve(curve, 1))?;
        self.reported.reserve_report(trial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_reservation_leaves_the_columns_unchanged() {
        let mut history = History::new(3, 1);
        assert!(history.reserve_rows(usize::MAX / 64).is_err());
        assert_eq!(history.reserve_rows(1000), Ok(()));
        assert!(history.cells.iter().all(|column| column.capacity() >= 1000));
        history.shrink();
        assert!(history.cells.iter().all(|column| column.capacity() == 0));
    }
}
