//! The points at which a density is asked for.

/// Points in columns: one unit coordinate for each dimension and point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Points {
    count: usize,
    columns: Vec<Vec<f64>>,
}

impl Points {
    /// `columns[j][i]` is coordinate `j` of point `i`; all columns have the length `count`.
    pub fn new(count: usize, columns: Vec<Vec<f64>>) -> Self {
        debug_assert!(columns.iter().all(|column| column.len() == count));
        Self { count, columns }
    }

    /// Points given one by one.
    pub fn from_rows(rows: &[Vec<f64>]) -> Self {
        let n_dimensions = rows.first().map_or(0, Vec::len);
        Self::new(rows.len(), (0..n_dimensions).map(|j| rows.iter().map(|row| row[j]).collect()).collect())
    }

    /// Number of points.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Coordinate `dimension` of every point.
    pub fn column(&self, dimension: usize) -> &[f64] {
        &self.columns[dimension]
    }
}
