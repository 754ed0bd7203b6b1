use std::sync::Arc;

use super::super::dimension::Storage;
use super::super::{Bad, Dimension, Good, Mixture, Points, Precision};
use super::{dimension, mixed, point, stream, unordered};
use crate::numerics::normal::log_mass;
use crate::numerics::{Kernel, Pool, exp, ln, log_sum_exp, select_kernel};

/// A kernel of the definition with coordinates, bandwidths and weight.
struct Plain {
    at: Vec<f64>,
    widths: Vec<f64>,
    weight: f64,
}

/// The weight of a level without trials, in trials, for levels modelled jointly and by counts.
#[derive(Clone, Copy)]
struct Shares {
    joint: f64,
    counted: f64,
}

const GOOD: Shares = Shares { joint: 1.0, counted: 0.5 };
const BAD: Shares = Shares { joint: 1.0, counted: 0.1 };

fn log_kernel(d: &Dimension, u: f64, at: f64, width: f64, n: f64, shares: Shares) -> f64 {
    let z = |x: f64| (x - at) / width;
    let inside = log_mass(z(0.0), z(1.0));
    if !d.is_counted() {
        return -0.5 * z(u) * z(u) - ln(width * libm::sqrt(2.0 * std::f64::consts::PI)) - inside;
    }
    if width > 0.0 {
        let (left, right) = d.cell(d.level(u));
        return log_mass(z(left), z(right)) - inside;
    }
    let own = if d.level(u) == d.level(at) { 1.0 } else { 0.0 };
    let share = if d.storage() == Storage::Counts { shares.counted } else { shares.joint };
    let smoothing = share * d.levels() / n;
    ln((own + smoothing / d.levels()) / (1.0 + smoothing))
}

/// The log density by the formulas of the module, term by term.
fn by_definition(dimensions: &[Dimension], kernels: &[Plain], prior_weight: f64, shares: Shares, x: &[f64]) -> f64 {
    let n = kernels.len() as f64 + 1.0;
    let total = ln(kernels.iter().map(|k| k.weight).sum::<f64>() + prior_weight);
    let counted: Vec<bool> = dimensions.iter().map(|d| d.storage() == Storage::Counts).collect();
    let term = |k: &Plain, j: usize| log_kernel(&dimensions[j], x[j], k.at[j], k.widths[j], n, shares);
    let mixture = |chosen: &dyn Fn(usize) -> bool| {
        let of = |k: &Plain| ln(k.weight) + (0..x.len()).filter(|j| chosen(*j)).map(|j| term(k, j)).sum::<f64>();
        let prior: f64 = (0..x.len()).filter(|j| chosen(*j)).map(|j| dimensions[j].log_prior(x[j])).sum();
        let parts: Vec<f64> = kernels.iter().map(of).chain([ln(prior_weight) + prior]).collect();
        log_sum_exp(&parts) - total
    };
    let joint = mixture(&|j| !counted[j]);
    joint + (0..x.len()).filter(|j| counted[*j]).map(|j| mixture(&|i| i == j)).sum::<f64>()
}

fn rows(n: usize, dimensions: &[Dimension], seed: u64) -> Vec<Vec<f64>> {
    let mut stream = stream(seed);
    (0..n).map(|_| point(dimensions, &mut stream)).collect()
}

#[test]
fn the_good_density_equals_its_definition() {
    for (n, n_continuous) in [(0, 2), (1, 1), (7, 0), (25, 20)] {
        let dimensions = mixed(n_continuous);
        let kernels = rows(n, &dimensions, 1);
        let weights: Vec<f64> = (0..n).map(|k| 1.0 / (1.0 + k as f64)).collect();
        let good = Good::fit(dimensions.clone(), Points::from_rows(&kernels), &weights);
        let widths: Vec<f64> = (0..dimensions.len()).map(|j| good.bandwidth(j)).collect();
        let plain = |(at, weight): (&Vec<f64>, &f64)| Plain { at: at.clone(), widths: widths.clone(), weight: *weight };
        let plain: Vec<Plain> = kernels.iter().zip(&weights).map(plain).collect();
        compare(good.mixture(), &plain, GOOD);
    }
}

#[test]
fn the_bad_density_equals_its_definition() {
    for (n, n_continuous) in [(1, 1), (30, 3), (300, 1), (700, 12)] {
        let dimensions = mixed(n_continuous);
        let kernels = rows(n, &dimensions, 2);
        let mut bad = Bad::new(&dimensions);
        for row in &kernels {
            let slot = bad.push(row);
            bad.change(&[slot], &[]);
        }
        bad.change(&[], &[0]);
        let widths = |slot: usize| (0..dimensions.len()).map(|j| bad.mixture().bandwidth(slot, j)).collect();
        let plain = |slot: usize| Plain { at: kernels[slot].clone(), widths: widths(slot), weight: 1.0 };
        let plain: Vec<Plain> = (1..n).map(plain).collect();
        compare(bad.mixture(), &plain, BAD);
    }
}

/// With so many categories, a kernel without any matching level is negligible compared with one whose levels all match.
#[test]
fn densities_of_many_categories_equal_their_definition() {
    for (n, levels) in [(4, 2), (12, 2), (300, 2), (300, 5)] {
        let dimensions: Arc<[Dimension]> = vec![dimension(&unordered(levels)).sharp(); 30].into();
        let kernels = rows(n, &dimensions, 7);
        let plain = |at: &Vec<f64>| Plain { at: at.clone(), widths: vec![0.0; 30], weight: 1.0 };
        let plain: Vec<Plain> = kernels.iter().map(plain).collect();
        let good = Good::fit(dimensions.clone(), Points::from_rows(&kernels), &vec![1.0; n]);
        compare(good.mixture(), &plain, Shares { joint: 0.5, ..GOOD });
        let mut bad = Bad::new(&dimensions);
        let slots: Vec<usize> = kernels.iter().map(|row| bad.push(row)).collect();
        bad.change(&slots, &[]);
        compare(bad.mixture(), &plain, BAD);
    }
}

/// Compares at random points and near kernels, where these dominate.
fn compare(mixture: &Mixture, plain: &[Plain], shares: Shares) {
    let dimensions = mixture.dimensions();
    let mut points = rows(10, dimensions, 3);
    let mut stream = stream(4);
    for kernel in plain.iter().take(11) {
        let near = kernel.at.iter().zip(dimensions).map(|(u, d)| d.snap((u + 0.02 * stream.normal()).clamp(0.0, 1.0)));
        points.push(near.collect());
    }
    let density = mixture.log_density(&Points::from_rows(&points), &Pool::serial());
    for (x, value) in points.iter().zip(density) {
        let expected = by_definition(dimensions, plain, mixture.prior_weight(), shares, x);
        assert!((value - expected).abs() < 1e-11 * (10.0 + expected.abs()), "{value} {expected}");
    }
}

#[test]
fn dropping_kernels_does_not_change_the_density() {
    // At a single point nearly all kernels are dropped; many spread points keep them.
    let dimensions = mixed(12);
    let kernels = rows(400, &dimensions, 5);
    let mut bad = Bad::new(&dimensions);
    for row in &kernels {
        let slot = bad.push(row);
        bad.change(&[slot], &[]);
    }
    let points = [rows(30, &dimensions, 6), kernels[..100].to_vec()].concat();
    let together = bad.log_density(&Points::from_rows(&points), &Pool::serial());
    for (x, value) in points.iter().zip(together) {
        let alone = bad.log_density(&Points::from_rows(std::slice::from_ref(x)), &Pool::serial())[0];
        assert!((alone - value).abs() < 1e-12, "{alone} {value}");
    }
}

/// The bound of the absolute error of a log density in single precision; see [`crate::model::parzen`].
fn single_error(dimensions: &[Dimension]) -> f64 {
    1e-4 + 1e-5 * dimensions.len() as f64
}

#[test]
fn the_floor_is_below_the_density() {
    for n in [0, 100, 128, 129, 500] {
        let dimensions = mixed(3);
        let kernels = rows(n, &dimensions, 8);
        let mut bad = Bad::new(&dimensions);
        let slots: Vec<usize> = kernels.iter().map(|row| bad.push(row)).collect();
        bad.change(&slots, &[]);
        let points = Points::from_rows(&rows(20, &dimensions, 9));
        let density = bad.mixture().log_density_in(Precision::Single, &points, &Pool::serial());
        let floor = bad.mixture().log_floor(&points);
        let slack = single_error(&dimensions);
        assert!(floor.iter().zip(&density).all(|(floor, density)| *floor <= density + slack));
        assert!(floor.iter().zip(&density).all(|(floor, density)| *floor > density - slack) == (n == 0));
    }
}

#[cfg(feature = "rayon")]
#[test]
fn the_number_of_threads_changes_no_bit() {
    use std::sync::{Arc, OnceLock};
    static THREADS: OnceLock<Arc<rayon::ThreadPool>> = OnceLock::new();
    let start = || Arc::new(rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap());
    THREADS.get_or_init(start);
    let pool = Pool::new(|| THREADS.get().cloned());
    let dimensions = mixed(4);
    let good = Good::fit(dimensions.clone(), Points::from_rows(&rows(5000, &dimensions, 1)), &vec![1.0; 5000]);
    let points = Points::from_rows(&rows(9, &dimensions, 2));
    let expected = good.log_density(&points, &Pool::serial());
    assert_eq!(good.log_density(&points, &pool), expected);
    let try_log_density = |stop| good.mixture().try_log_density(Precision::Double, &points, &pool, &|| stop);
    assert_eq!(try_log_density(false), Some(expected));
    assert_eq!(try_log_density(true), None);
}

#[test]
fn instruction_sets_agree_in_every_bit() {
    let dimensions = mixed(19);
    // An interpreter is about a thousand times slower.
    let n_kernels = if cfg!(miri) { 37 } else { 300 };
    let kernels = rows(n_kernels, &dimensions, 7);
    let good = Good::fit(dimensions.clone(), Points::from_rows(&kernels), &vec![1.0; kernels.len()]);
    let points = Points::from_rows(&rows(13, &dimensions, 8));
    for precision in [Precision::Double, Precision::Single] {
        let mut densities = Vec::new();
        for kernel in [Kernel::Baseline, Kernel::Avx2, Kernel::Avx512] {
            if select_kernel(kernel) {
                densities.push(good.mixture().log_density_in(precision, &points, &Pool::serial()));
            }
        }
        assert!(densities.iter().all(|density| *density == densities[0]));
    }
}

#[test]
fn single_precision_is_within_its_bound() {
    for (n, n_continuous) in [(0, 1), (25, 1), (700, 10), (200, 100), (300, 1000)] {
        let dimensions = mixed(n_continuous);
        let kernels = rows(n, &dimensions, 10);
        let good = Good::fit(dimensions.clone(), Points::from_rows(&kernels), &vec![1.0; n]);
        let mut bad = Bad::new(&dimensions);
        let slots: Vec<usize> = kernels.iter().map(|row| bad.push(row)).collect();
        bad.change(&slots, &[]);
        // Points far from the kernels and at the kernels.
        let points = Points::from_rows(&[rows(20, &dimensions, 11), kernels[..n.min(20)].to_vec()].concat());
        for mixture in [good.mixture(), bad.mixture()] {
            let [single, double] = [Precision::Single, Precision::Double]
                .map(|precision| mixture.log_density_in(precision, &points, &Pool::serial()));
            for (single, double) in single.iter().zip(&double) {
                assert!((single - double).abs() < single_error(&dimensions), "{n} {n_continuous}: {single} {double}");
            }
        }
    }
}

#[test]
fn a_density_integrates_to_one() {
    let dimensions = mixed(1);
    let kernels = rows(9, &dimensions, 9);
    // The midpoint rule for the continuous dimension, and all levels of the two small ones.
    let small: std::sync::Arc<[Dimension]> = dimensions[..3].into();
    let kernels: Vec<Vec<f64>> = kernels.iter().map(|k| k[..3].to_vec()).collect();
    let good = Good::fit(small.clone(), Points::from_rows(&kernels), &[1.0; 9]);
    let mut points = Vec::new();
    for i in 0..2000 {
        for (a, b) in (0..3).flat_map(|a| (0..5).map(move |b| (a, b))) {
            points.push(vec![(f64::from(i) + 0.5) / 2000.0, small[1].center(a), small[2].center(b)]);
        }
    }
    let total: f64 = good.log_density(&Points::from_rows(&points), &Pool::serial()).iter().map(|l| exp(*l)).sum();
    assert!((total / 2000.0 - 1.0).abs() < 1e-6, "{total}");
}

/// A repeatedly bad level falls behind untried ones; a good level stays ahead of them.
#[test]
fn an_untried_level_ranks_above_a_repeatedly_bad_one() {
    for levels in [65, 300, 1000] {
        let dimensions: Arc<[Dimension]> = [dimension(&unordered(levels))].into();
        let at = |level: u64| vec![dimensions[0].center(level)];
        let (kept, bad_level, untried) = (at(0), at(1), at(2));
        let good = [kept.clone(), kept.clone(), bad_level.clone()];
        let good = Good::fit(dimensions.clone(), Points::from_rows(&good), &[1.0; 3]);
        let mut bad = Bad::new(&dimensions);
        let others = (10..25).map(at).chain(std::iter::repeat_n(bad_level.clone(), 2));
        let slots: Vec<usize> = others.map(|row| bad.push(&row)).collect();
        bad.change(&slots, &[]);
        let points = Points::from_rows(&[kept, untried, bad_level]);
        let [l, g] = [good.log_density(&points, &Pool::serial()), bad.log_density(&points, &Pool::serial())];
        assert!(l[0] - g[0] > l[1] - g[1] && l[1] - g[1] > l[2] - g[2], "{levels}: {l:?} {g:?}");
    }
}
