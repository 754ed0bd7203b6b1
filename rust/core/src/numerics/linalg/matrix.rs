//! A column-major matrix and a strided look at one.

/// A column-major matrix; `stride >= rows` is the distance of two columns.
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
    /// Distance of two columns in [`Self::data_mut`].
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
    /// Column `j`, to be written.
    pub fn column_mut(&mut self, j: usize) -> &mut [f64] {
        &mut self.data[j * self.stride..j * self.stride + self.rows]
    }
    /// Everything, columns `stride` apart.
    pub(super) fn data_mut(&mut self) -> &mut [f64] {
        &mut self.data
    }
    /// All of it, to be read.
    pub fn view(&self) -> View<'_> {
        self.block(0, 0, self.rows, self.cols)
    }
    /// The block of `rows x cols` elements whose first is `(i, j)`.
    pub fn block(&self, i: usize, j: usize, rows: usize, cols: usize) -> View<'_> {
        let data = if rows == 0 || cols == 0 { &[] } else { &self.data[i + j * self.stride..] };
        View { data, rows, cols, row_step: 1, column_step: self.stride }
    }

    /// Makes it `size x size`, keeping what is inside; capacity at least doubles when it is exceeded.
    pub(super) fn resize_square(&mut self, size: usize) {
        if size > self.stride {
            let stride = size.max(2 * self.stride).next_multiple_of(8);
            let mut data = vec![0.0; stride * stride];
            for j in 0..self.cols {
                data[j * stride..j * stride + self.rows].copy_from_slice(self.column(j));
            }
            (self.data, self.stride) = (data, stride);
        }
        self.data.resize(self.stride * self.stride.max(size), 0.0);
        (self.rows, self.cols) = (size, size);
    }
}

/// A strided look at a matrix.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    data: &'a [f64],
    rows: usize,
    cols: usize,
    row_step: usize,
    column_step: usize,
}

impl<'a> View<'a> {
    /// A column-major slice of `rows x cols`.
    pub fn from_slice(data: &'a [f64], rows: usize, cols: usize) -> Self {
        Self { data, rows, cols, row_step: 1, column_step: rows }
    }
    /// A column-major slice whose columns stand `stride` apart.
    pub(super) fn strided(data: &'a [f64], rows: usize, cols: usize, stride: usize) -> Self {
        Self { data, rows, cols, row_step: 1, column_step: stride }
    }
    /// The block of `rows x cols` elements whose first is `(i, j)`.
    pub(super) fn block(&self, i: usize, j: usize, rows: usize, cols: usize) -> Self {
        Self { data: &self.data[i * self.row_step + j * self.column_step..], rows, cols, ..*self }
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
        self.data[i * self.row_step + j * self.column_step]
    }
    /// Rows and columns exchanged.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self { rows: self.cols, cols: self.rows, row_step: self.column_step, column_step: self.row_step, ..self }
    }
    /// The rows `from..to` of column `j`, if they lie side by side in memory.
    pub(super) fn contiguous(&self, from: usize, to: usize, j: usize) -> Option<&'a [f64]> {
        (self.row_step == 1).then(|| &self.data[from + j * self.column_step..to + j * self.column_step])
    }
}
