//! Sobol points (Joe and Kuo 2008, `new-joe-kuo-6.21201`), Owen-scrambled by hashing (Burley 2020).

/// Dimensions of the direction-number table.
pub const MAX_DIMENSIONS: usize = 4096;

/// A scrambled Sobol sequence, addressed by index.
#[derive(Clone, Debug)]
pub struct Sobol {
    seed: u64,
}

impl Sobol {
    /// The sequence scrambled with `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }
    /// Coordinate `dimension < MAX_DIMENSIONS` of point `index`, in `(0, 1)`.
    pub fn coordinate(&self, index: u32, dimension: usize) -> f64 {
        todo!()
    }
}
