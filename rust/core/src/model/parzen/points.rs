//! Points, stored in columns.

/// Points, stored in columns: one unit coordinate for each dimension and point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Points {
    count: usize,
    /// Coordinate `j` of point `i` at `j * count + i`.
    coordinates: Vec<f64>,
}

impl Points {
    /// `count` points; `coordinates` gives the first coordinate of every point, then the second, and so on.
    pub fn new(count: usize, coordinates: Vec<f64>) -> Self {
        debug_assert!(count == 0 || coordinates.len().is_multiple_of(count));
        Self { count, coordinates }
    }

    /// From a list of points.
    pub fn from_rows(rows: &[Vec<f64>]) -> Self {
        let n_dimensions = rows.first().map_or(0, Vec::len);
        let column = |j: usize| rows.iter().map(move |row| row[j]);
        Self::new(rows.len(), (0..n_dimensions).flat_map(column).collect())
    }

    /// The given points, restricted to the given dimensions.
    #[must_use]
    pub fn select(&self, points: &[usize], dimensions: &[usize]) -> Self {
        let mut coordinates = Vec::with_capacity(points.len() * dimensions.len());
        for column in dimensions.iter().map(|dimension| self.column(*dimension)) {
            coordinates.extend(points.iter().map(|i| column[*i]));
        }
        Self::new(points.len(), coordinates)
    }

    /// Whether [`Self::select`] would return an equal set of points.
    pub fn is_selected_by(&self, points: &[usize], dimensions: &[usize]) -> bool {
        let counts = |chosen: &[usize], n: usize| chosen.len() == n && chosen.iter().enumerate().all(|(i, c)| i == *c);
        counts(points, self.count) && counts(dimensions, self.coordinates.len() / self.count.max(1))
    }

    /// Number of points.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Coordinate `dimension` of every point.
    pub fn column(&self, dimension: usize) -> &[f64] {
        &self.coordinates[dimension * self.count..][..self.count]
    }

    /// Mutable access to coordinate `dimension` of every point.
    pub fn column_mut(&mut self, dimension: usize) -> &mut [f64] {
        &mut self.coordinates[dimension * self.count..][..self.count]
    }

    /// The coordinates in the order of [`Self::new`].
    pub fn coordinates(&self) -> &[f64] {
        &self.coordinates
    }
}
