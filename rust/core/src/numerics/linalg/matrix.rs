//! A column-major matrix and a strided view of one.

/// A column-major matrix; `stride >= rows` is the distance between two columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    cols: usize,
    stride: usize,
    data: Vec<f64>,
}

impl Matrix {
    /// All zeros.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self { rows, cols, stride: rows, data: vec![0.0; rows * cols] }
    }

    /// Element `(i, j)` is `f(i, j)`.
    pub fn from_fn(rows: usize, cols: usize, mut f: impl FnMut(usize, usize) -> f64) -> Self {
        let mut matrix = Self::zeros(rows, cols);
        for j in 0..cols {
            for (i, x) in matrix.column_mut(j).iter_mut().enumerate() {
                *x = f(i, j);
            }
        }
        matrix
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }
    /// Distance between two columns in [`Self::data_mut`].
    pub(super) fn stride(&self) -> usize {
        self.stride
    }
    /// Element `(i, j)`.
    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.data[i + j * self.stride]
    }
    /// Sets element `(i, j)`.
    pub fn set(&mut self, i: usize, j: usize, value: f64) {
        self.data[i + j * self.stride] = value;
    }
    /// Column `j`.
    pub fn column(&self, j: usize) -> &[f64] {
        &self.data[j * self.stride..j * self.stride + self.rows]
    }
    /// Column `j`, mutable.
    pub fn column_mut(&mut self, j: usize) -> &mut [f64] {
        &mut self.data[j * self.stride..j * self.stride + self.rows]
    }
    /// All data from row `i` of the first column on. If the matrix never grew, columns are [`Self::rows`] apart.
    pub fn from_row_mut(&mut self, i: usize) -> &mut [f64] {
        self.data.get_mut(i..).unwrap_or_default()
    }
    /// All data, with columns `stride` apart.
    pub(super) fn data_mut(&mut self) -> &mut [f64] {
        &mut self.data
    }
    /// A view of the whole matrix.
    pub fn view(&self) -> MatrixView<'_> {
        self.block(0, 0, self.rows, self.cols)
    }
    /// The block of `rows x cols` elements whose first is `(i, j)`.
    pub fn block(&self, i: usize, j: usize, rows: usize, cols: usize) -> MatrixView<'_> {
        let data = if rows == 0 || cols == 0 { &[] } else { &self.data[i + j * self.stride..] };
        MatrixView::strided(data, rows, cols, self.stride)
    }

    /// Adds a row; capacity at least doubles when it is exceeded.
    pub fn push_row(&mut self, row: &[f64]) {
        if self.rows == self.stride {
            self.widen((self.rows + 1).max(2 * self.rows).next_multiple_of(8));
        }
        self.rows += 1;
        for (j, x) in row.iter().enumerate() {
            self.set(self.rows - 1, j, *x);
        }
    }
    /// Removes the rows from `n` on.
    pub fn truncate_rows(&mut self, n: usize) {
        self.rows = self.rows.min(n);
    }
    /// Moves the columns to a distance of `stride`.
    fn widen(&mut self, stride: usize) {
        let mut data = vec![0.0; stride * self.cols];
        for j in 0..self.cols {
            data[j * stride..j * stride + self.rows].copy_from_slice(self.column(j));
        }
        (self.data, self.stride) = (data, stride);
    }

    /// Resizes the matrix to `size x size` and keeps the elements inside; capacity at least doubles when it is
    /// exceeded.
    pub(super) fn resize_square(&mut self, size: usize) {
        if size > self.stride {
            self.widen(size.max(2 * self.stride).next_multiple_of(8));
        }
        self.data.resize(self.stride * self.stride.max(size), 0.0);
        (self.rows, self.cols) = (size, size);
    }
}

/// A view of a block of a matrix, or of its transpose.
#[derive(Clone, Copy, Debug)]
pub struct MatrixView<'a> {
    data: &'a [f64],
    rows: usize,
    cols: usize,
    /// Distance between two columns of the matrix.
    stride: usize,
    transposed: bool,
}

impl<'a> MatrixView<'a> {
    /// A column-major slice whose columns are `stride` apart.
    pub(super) fn strided(data: &'a [f64], rows: usize, cols: usize, stride: usize) -> Self {
        Self { data, rows, cols, stride, transposed: false }
    }
    /// The block of `rows x cols` elements whose first is `(i, j)`.
    pub(super) fn block(&self, i: usize, j: usize, rows: usize, cols: usize) -> Self {
        Self { data: &self.data[self.position(i, j)..], rows, cols, ..*self }
    }
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }
    /// Element `(i, j)`.
    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.data[self.position(i, j)]
    }
    fn position(&self, i: usize, j: usize) -> usize {
        if self.transposed { j + i * self.stride } else { i + j * self.stride }
    }
    /// The transpose.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self { rows: self.cols, cols: self.rows, transposed: !self.transposed, ..self }
    }
    /// Whether rows, not columns, are contiguous in memory.
    pub(super) fn is_transposed(&self) -> bool {
        self.transposed
    }
    /// Some rows of column `j` of a view that is not transposed.
    pub(super) fn part(&self, rows: std::ops::Range<usize>, j: usize) -> &'a [f64] {
        debug_assert!(!self.transposed, "the rows of a transpose are not contiguous");
        &self.data[j * self.stride + rows.start..j * self.stride + rows.end]
    }
}
