//! A table of candidates.

use crate::history::{Fingerprint, History};
use crate::numerics::{Purpose, Stream};
use crate::space::{Axis, Configuration, SearchSpace, SpaceError, Value, squared_distances};

/// Configurations to choose among, with all that an ask needs of them.
#[derive(Clone, Debug)]
pub struct Candidates {
    axes: Vec<Axis>,
    configurations: Vec<Configuration>,
    /// Unit coordinates of all rows by parameter; NaN where one is inactive.
    units: Vec<Vec<f64>>,
    /// The fingerprints, in increasing order, of the rows that satisfy the known constraints, and for each the first
    /// row that has it.
    rows: Vec<(Fingerprint, u32)>,
}

/// A row that may be chosen. Rows are ordered by a hash of their values, which the seed and the id of the trial select.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OpenRow {
    order: u64,
    pub(crate) row: u32,
}

/// The first `n` rows in their order, or all if there are fewer.
pub(crate) fn first_rows(mut open: Vec<OpenRow>, n: usize) -> Vec<OpenRow> {
    if n < open.len() {
        open.select_nth_unstable(n);
        open.truncate(n);
    }
    open.sort_unstable();
    open
}

impl Candidates {
    /// A table whose rows have a value for each parameter of a space. Values of inactive parameters are dropped.
    ///
    /// # Errors
    /// The row and the error of the first configuration that is not in the space. A row that breaks a known constraint
    /// is no error; it is never chosen.
    pub fn new(space: &SearchSpace, table: Vec<Vec<Option<Value>>>) -> Result<Self, (usize, SpaceError)> {
        let mut units: Vec<Vec<f64>> = vec![Vec::with_capacity(table.len()); space.parameters().len()];
        let (mut rows, mut configurations) = (Vec::new(), Vec::with_capacity(table.len()));
        for (row, values) in table.into_iter().enumerate() {
            let configuration = without_inactive(space, values);
            space.validate_values(&configuration).map_err(|error| (row, error))?;
            units.iter_mut().zip(space.encode(&configuration)).for_each(|(column, u)| column.push(u));
            if space.satisfies(&configuration) {
                rows.push((Fingerprint::of(&configuration), row as u32));
            }
            configurations.push(configuration);
        }
        rows.sort_unstable();
        rows.dedup_by_key(|(fingerprint, _)| *fingerprint);
        Ok(Self { axes: space.axes().to_vec(), configurations, units, rows })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.configurations.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.configurations.is_empty()
    }

    /// Whether these are candidates for a search of this space.
    pub(crate) fn fits(&self, space: &SearchSpace) -> bool {
        self.axes == space.axes()
    }

    /// The configuration of a row.
    pub(crate) fn configuration(&self, row: u32) -> &Configuration {
        &self.configurations[row as usize]
    }

    /// The unit coordinates of a row.
    pub(crate) fn unit(&self, row: u32) -> Vec<f64> {
        self.units.iter().map(|column| column[row as usize]).collect()
    }

    /// The sums over the parameters of the squared differences between the coordinates of each row and those of a point.
    pub(crate) fn squared_distances(&self, point: &[f64]) -> Vec<f64> {
        squared_distances(&self.axes, point, &self.units, self.len())
    }

    /// The values of a parameter.
    pub fn column(&self, parameter: usize) -> impl Iterator<Item = Option<Value>> + '_ {
        self.configurations.iter().map(move |configuration| configuration.0[parameter])
    }

    /// The first row with a configuration that satisfies the known constraints.
    pub fn row_of(&self, configuration: &Configuration) -> Option<u32> {
        self.place(configuration).map(|place| self.rows[place].1)
    }

    fn place(&self, configuration: &Configuration) -> Option<usize> {
        let fingerprint = Fingerprint::of(configuration);
        self.rows.binary_search_by_key(&fingerprint, |(fingerprint, _)| *fingerprint).ok()
    }

    /// The distinct rows that none of the `trials` has, in no particular order.
    pub(crate) fn open(
        &self,
        seed: u64,
        trial: u64,
        trials: impl Iterator<Item = usize>,
        space: &SearchSpace,
        history: &History,
    ) -> Vec<OpenRow> {
        let mut is_open = vec![true; self.rows.len()];
        for row in trials {
            if let Some(place) = self.place(&history.configuration(space, row)) {
                is_open[place] = false;
            }
        }
        let key = Stream::new(seed, trial, Purpose::Row, 0).bits();
        let open = self.rows.iter().zip(is_open).filter(|(_, is_open)| *is_open);
        open.map(|((fingerprint, row), _)| OpenRow { order: mixed(*fingerprint, key), row: *row }).collect()
    }

    /// Whether a row has all the given values.
    pub(crate) fn agrees(&self, row: u32, given: &[Option<Value>]) -> bool {
        let own = &self.configurations[row as usize].0;
        given.iter().zip(own).all(|(given, own)| given.is_none() || given == own)
    }
}

/// Drops the values of inactive parameters. A row with too few values stays as it is; validation names the fault.
fn without_inactive(space: &SearchSpace, mut values: Vec<Option<Value>>) -> Configuration {
    for &parameter in space.order() {
        if values.len() == space.parameters().len() && !space.is_active(parameter, &values) {
            values[parameter] = None;
        }
    }
    Configuration(values)
}

/// A hash of a fingerprint and a key: the finalizer of `SplitMix64` (Steele et al. 2014).
fn mixed(fingerprint: Fingerprint, key: u64) -> u64 {
    let mut z = fingerprint.folded() ^ key;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::Origin;
    use crate::space::Constraint;
    use crate::space::testing::{integer, parameter};

    /// Two integers from 0 to 9 with `a + b <= 12`.
    fn space() -> SearchSpace {
        let sum = Constraint::Linear { terms: vec![(0, 1.0), (1, 1.0)], lower: f64::NEG_INFINITY, upper: 12.0 };
        SearchSpace::new(vec![parameter("a", integer(9)), parameter("b", integer(9))], vec![sum]).unwrap()
    }

    fn at(a: u64, b: u64) -> Configuration {
        Configuration(vec![Some(Value::Level(a)), Some(Value::Level(b))])
    }

    fn table(rows: &[(u64, u64)]) -> Result<Candidates, (usize, SpaceError)> {
        Candidates::new(&space(), rows.iter().map(|(a, b)| at(*a, *b).0).collect())
    }

    fn open(candidates: &Candidates, trial: u64, tried: &[Configuration]) -> Vec<u32> {
        let space = space();
        let mut history = History::new(2, 1);
        for configuration in tried {
            history.push(&space, configuration, Origin::Random);
        }
        let open = candidates.open(1, trial, 0..tried.len(), &space, &history);
        first_rows(open, 9).into_iter().map(|open| open.row).collect()
    }

    #[test]
    fn rows_that_repeat_break_a_constraint_or_were_tried_are_not_open() {
        let candidates = table(&[(1, 1), (2, 2), (1, 1), (9, 9), (3, 3)]).unwrap();
        let mut rows = open(&candidates, 0, &[at(3, 3), at(5, 5)]);
        rows.sort_unstable();
        assert_eq!(rows, [0, 1]);
    }

    #[test]
    fn a_value_outside_of_the_space_is_reported_with_its_row() {
        let (row, error) = table(&[(1, 1), (1, 10)]).unwrap_err();
        assert!(row == 1 && error.to_string().contains('b'), "{row} {error}");
    }

    #[test]
    fn the_order_depends_on_values_and_trial_but_not_on_positions() {
        let rows: Vec<(u64, u64)> = (0..10).map(|k| (k, 2)).collect();
        let reversed: Vec<(u64, u64)> = rows.iter().rev().copied().collect();
        let [one, other] = [rows, reversed].map(|rows| table(&rows).unwrap());
        let (first, second) = (open(&one, 0, &[]), open(&other, 0, &[]));
        assert!(first.len() == 9 && first.iter().zip(&second).all(|(a, b)| a + b == 9), "{first:?} {second:?}");
        assert_ne!(first, open(&one, 1, &[]));
    }
}
