use proptest::prelude::*;

use super::super::weights::improvement;

fn effective(weights: &[f64]) -> f64 {
    weights.iter().sum::<f64>() * weights.iter().sum::<f64>() / weights.iter().map(|w| w * w).sum::<f64>()
}

#[test]
fn weights_are_distances_below_the_threshold() {
    let losses = [0.0, 1.0, 2.0, 3.0];
    assert_eq!(improvement(&losses, 4.0), [1.0, 0.75, 0.5, 0.25]);
    assert_eq!(improvement(&[1.0, 1.0], 1.0), [1.0, 1.0]);
    assert_eq!(improvement(&[], 1.0), [0.0; 0]);
}

#[test]
fn a_single_outlier_does_not_dominate() {
    let weights = improvement(&[-1e6, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 1.0);
    assert!(effective(&weights) > 2.99);
    assert!(weights[1] > 0.15);
    assert!(effective(&improvement(&[0.0, 1.0, 1.0, 1.0, 1.0], 1.0)) > 2.99);
}

#[test]
fn extreme_losses_give_finite_weights() {
    for losses in [
        vec![-1.79e308, 1.79e308],
        vec![5e-324, 0.0],
        vec![f64::INFINITY, 1.0],
        vec![f64::INFINITY, f64::INFINITY],
        vec![-1.79e308, 0.0, f64::INFINITY],
        vec![1.0, 1.0 + f64::EPSILON],
    ] {
        for threshold in [f64::INFINITY, 1.79e308, 1.0, 0.0] {
            let weights = improvement(&losses, threshold);
            assert!(weights.iter().all(|w| (1.0 / 4096.0..=1.0).contains(w)), "{losses:?} {threshold}: {weights:?}");
        }
    }
    assert_eq!(improvement(&[0.0, 0.0, 0.0, 5e-324], 1e-323), [1.0, 1.0, 1.0, 0.5]);
}

proptest! {
    #[test]
    fn scaling_and_shifting_losses_changes_no_weight(
        losses in prop::collection::vec(-1.0..1.0f64, 1..25),
        scale in 1e-3..1e3f64,
        shift in -10.0..10.0f64,
        power in -1000..1000i32,
    ) {
        let weights = improvement(&losses, 1.5);
        let twice = libm::exp2(f64::from(power));
        let scaled: Vec<f64> = losses.iter().map(|y| y * twice).collect();
        prop_assert_eq!(&weights, &improvement(&scaled, 1.5 * twice));
        let moved: Vec<f64> = losses.iter().map(|y| scale * y + shift * scale).collect();
        prop_assert_eq!(&weights, &improvement(&moved, scale * 1.5 + shift * scale));
        let wanted = 3f64.max(0.25 * losses.len() as f64).min(losses.len() as f64);
        prop_assert!(effective(&weights) > wanted * 0.99);
    }
}
