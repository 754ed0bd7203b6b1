use proptest::prelude::*;

use super::directions::directions;
use super::{MAX_DIMENSIONS, Sobol, mix, scramble, unscrambled};
use crate::numerics::crc32;

/// (point in the order of `SciPy`, dimension, coordinate times 2^32) by
/// `scipy.stats.qmc.Sobol(4096, scramble=False, bits=32)`.
const SCIPY: [(u32, usize, u32); 15] = [
    (1, 0, 2147483648),
    (2, 0, 3221225472),
    (3, 0, 1073741824),
    (5, 1, 3758096384),
    (6, 2, 3758096384),
    (13, 3, 268435456),
    (31, 10, 134217728),
    (50, 100, 2751463424),
    (63, 1000, 2885681152),
    (63, 4095, 1006632960),
    (42, 2500, 2483027968),
    (1000, 7, 3862953984),
    (4095, 4095, 3631218688),
    (2047, 63, 4246732800),
    (3333, 1234, 2790260736),
];

#[test]
fn unscrambled_points_are_those_of_scipy() {
    for (index, dimension, digits) in SCIPY {
        assert_eq!(unscrambled(index ^ (index >> 1), dimension), digits, "point {index}, dimension {dimension}");
    }
}

/// `zlib.crc32(scipy.stats.qmc.Sobol(4096, scramble=False, bits=32)._sv.astype("<u4").tobytes())`.
#[test]
fn every_direction_number_is_that_of_scipy() {
    let bytes: Vec<u8> = (0..MAX_DIMENSIONS).flat_map(directions).flat_map(|v| v.to_le_bytes()).collect();
    assert_eq!(crc32(&bytes), 0x235A_EFFE);
}

/// Frozen coordinates: a change here changes every seeded run.
#[test]
fn scrambled_points_are_stable() {
    let digits = |index, dimension| (Sobol::new(42).coordinate(index, dimension) * 4294967296.0) as u32;
    let drawn = [digits(0, 0), digits(1, 0), digits(0, 1), digits(u32::MAX, 4095)];
    assert_eq!(drawn, [3206642683, 1067339035, 1680961413, 212010421]);
}

/// Dimensions 0 and 1 form a (0, m, 2)-net: with `2^m` points, each of the boxes of sides `2^-a` and `2^(a-m)` holds
/// exactly one; scrambling keeps that, for every aligned block of the sequence.
#[test]
fn scrambled_points_fill_every_elementary_interval() {
    const M: u32 = 8;
    for (seed, block) in [(0, 0), (1, 3), (u64::MAX, 11)] {
        let sobol = Sobol::new(seed);
        let indices = block << M..(block + 1) << M;
        let points: Vec<_> = indices.map(|i| (sobol.coordinate(i, 0), sobol.coordinate(i, 1))).collect();
        for a in 0..=M {
            let cell = |&(x, y): &(f64, f64)| (scaled(x, a), scaled(y, M - a));
            let mut cells: Vec<_> = points.iter().map(cell).collect();
            cells.sort_unstable();
            cells.dedup();
            assert_eq!(cells.len(), 1 << M, "seed {seed}, block {block}, boxes 2^-{a}");
        }
    }
}

fn scaled(x: f64, bits: u32) -> u32 {
    (x * f64::from(1 << bits)) as u32
}

#[test]
fn every_axis_is_stratified() {
    let sobol = Sobol::new(7);
    for dimension in (0..MAX_DIMENSIONS).step_by(89).chain([MAX_DIMENSIONS - 1]) {
        let mut cells: Vec<_> = (64..128).map(|i| scaled(sobol.coordinate(i, dimension), 6)).collect();
        cells.sort_unstable();
        assert_eq!(cells, (0..64).collect::<Vec<_>>(), "dimension {dimension}");
    }
}

/// Owen (1997): the error of a smooth integrand falls as `n^-1.5` (up to logarithms) under nested scrambling; plain
/// random points give `n^-0.5`. Sixteen times the points must do better than `n^-1`.
#[test]
fn integration_error_falls_faster_than_one_over_n() {
    let error = |n: u32, seed: u64| {
        let sobol = Sobol::new(seed);
        let value = |i| (0..5).map(|j| 0.5 + sobol.coordinate(i, j)).product::<f64>();
        (0..n).map(value).sum::<f64>() / f64::from(n) - 1.0
    };
    let mean_square = |n| (0..32).map(|seed| error(n, seed)).map(|e| e * e).sum::<f64>();
    let ratio = (mean_square(64) / mean_square(1024)).sqrt();
    assert!(ratio > 16.0, "ratio {ratio}");
}

/// The flips of the 15 nodes of the first four levels, drawn for many keys, are independent fair bits: chi-square of
/// the 2^12 patterns of the levels 1, 2 and the first 6 nodes of level 3; 4,095 degrees of freedom, sd 90.5.
#[test]
fn flips_at_different_nodes_are_independent() {
    const KEYS: u64 = 1 << 16;
    const NODES: [(u32, u32); 12] =
        [(1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (2, 3), (3, 0), (3, 1), (3, 2), (3, 3), (3, 6), (3, 7)];
    let mut counts = vec![0u32; 1 << NODES.len()];
    for key in 0..KEYS {
        let flip = |&(level, path): &(u32, u32)| {
            let digits = path << (32 - level);
            (scramble(digits, mix(key)) ^ digits) >> (31 - level) & 1
        };
        counts[NODES.iter().fold(0, |pattern, node| pattern << 1 | flip(node) as usize)] += 1;
    }
    let expected = KEYS as f64 / counts.len() as f64;
    let excess = |&count: &u32| f64::from(count) - expected;
    let chi_square: f64 = counts.iter().map(excess).map(|e| e * e / expected).sum();
    assert!((chi_square - 4095.0).abs() < 4.0 * 90.5, "chi-square {chi_square}");
}

proptest! {
    /// Nested: two words agree in exactly as many leading digits after scrambling as before.
    #[test]
    fn scrambling_is_nested(a: u32, b: u32, shift in 0u32..32, key: u64) {
        let b = a ^ (b >> shift);
        prop_assert_eq!((scramble(a, key) ^ scramble(b, key)).leading_zeros(), (a ^ b).leading_zeros());
    }

    #[test]
    fn coordinates_are_inside_the_unit_interval(index: u32, dimension in 0..MAX_DIMENSIONS, seed: u64) {
        let x = Sobol::new(seed).coordinate(index, dimension);
        prop_assert!(0.0 < x && x < 1.0);
    }
}
