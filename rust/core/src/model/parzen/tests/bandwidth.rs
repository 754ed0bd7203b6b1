use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::gaps::{Gaps, Shrinkage};
use super::super::{Points, bandwidth};

/// Scott's width of one column.
fn scott(values: &[f64], min: f64) -> f64 {
    bandwidth::scott(&Points::new(values.len(), values.to_vec()), &[min])[0]
}

/// The definition by neighbours in the column sorted by value and slot.
fn by_sorting(values: &BTreeMap<usize, f64>, min: f64) -> BTreeMap<usize, f64> {
    let mut sorted: Vec<(f64, usize)> = values.iter().map(|(slot, v)| (*v, *slot)).collect();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let at = |i: Option<usize>, end: f64| i.and_then(|i| sorted.get(i)).map_or(end, |e| e.0);
    let width = |i: usize| {
        let (left, right) = (sorted[i].0 - at(i.checked_sub(1), 0.0), at(Some(i + 1), 1.0) - sorted[i].0);
        left.max(right).clamp(min, 1.0)
    };
    (0..sorted.len()).map(|i| (sorted[i].1, width(i))).collect()
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(1.0), Just(0.5), 0.0..=1.0, (0..40u32).prop_map(|k| f64::from(k) / 40.0), 0.4..0.43]
}

proptest! {
    #[test]
    fn bandwidths_equal_the_gaps_of_the_sorted_column(
        steps in prop::collection::vec((0..25usize, value()), 1..120),
        min in 0.03..0.5,
        share in prop_oneof![Just(0.0), 0.1..2.0],
    ) {
        let (mut gaps, mut values, mut widths) = (Gaps::new(min, share), BTreeMap::new(), BTreeMap::new());
        for (slot, value) in steps {
            let mut touched = Vec::new();
            if let Some(old) = values.remove(&slot) {
                widths.remove(&slot);
                let rest = values.clone().into_iter().map(|(slot, v)| (v, slot));
                gaps.remove(old, slot, || rest, &mut touched);
            } else {
                values.insert(slot, value);
                gaps.insert(value, slot, &mut touched);
            }
            if gaps.update_floor(Shrinkage::of(values.len())) {
                touched = values.keys().copied().collect();
            }
            let present = touched.iter().filter_map(|slot| values.get(slot).map(|value| (*slot, *value)));
            widths.extend(present.map(|(slot, value)| (slot, gaps.bandwidth(value, slot))));
            prop_assert_eq!(&widths, &by_sorting(&values, gaps.floor()));
        }
    }

    #[test]
    fn scott_does_not_depend_on_order_and_stays_in_bounds(values in prop::collection::vec(value(), 0..70)) {
        let reversed: Vec<f64> = values.iter().rev().copied().collect();
        let width = scott(&values, 0.03);
        prop_assert_eq!(width, scott(&reversed, 0.03));
        prop_assert!((0.03..=1.0).contains(&width));
    }
}

proptest! {
    /// Columns of one call are independent, and quartiles are those of the sorted column.
    #[test]
    fn scott_equals_its_definition(rows in prop::collection::vec(prop::array::uniform10(value()), 2..40)) {
        let columns = Points::from_rows(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>());
        let widths = bandwidth::scott(&columns, &[0.03; 10]);
        for (j, width) in widths.iter().enumerate() {
            let mut sorted = columns.column(j).to_vec();
            sorted.sort_by(f64::total_cmp);
            let (n, last) = (sorted.len() as f64, sorted.len() - 1);
            let mean = sorted.iter().sum::<f64>() / n;
            let sd = (sorted.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0)).sqrt();
            let at = |q: f64| {
                let position = q * last as f64;
                let (i, share) = (position as usize, position.fract());
                sorted[i] + share * (sorted[(i + 1).min(last)] - sorted[i])
            };
            let spread = sd.min((at(0.75) - at(0.25)) / 1.34);
            let drawn_in = (((n - 1.0) * spread * spread + 2.0 * 0.04) / (n + 1.0)).sqrt();
            let expected = (1.059 * drawn_in * libm::pow(n, -0.2)).clamp(0.03, 1.0);
            prop_assert!((width - expected).abs() < 1e-13, "{width} {expected}");
        }
    }
}

#[test]
fn scott_equals_a_value_computed_by_hand() {
    // sd = sqrt(0.1) and IQR = 0.4 give a spread of min(0.3162, 0.2985); the prior counts as two values with a spread
    // of 0.2.
    let width = scott(&[0.9, 0.1, 0.5, 0.3, 0.7], 0.03);
    let spread = libm::sqrt((4.0 * (0.4 / 1.34) * (0.4 / 1.34) + 0.08) / 6.0);
    assert!((width - 1.059 * spread * libm::pow(5.0, -0.2)).abs() < 1e-14);
}

/// By chance, two good trials are closer than 0.03 in one of 17 coordinates.
#[test]
fn few_values_do_not_make_a_narrow_kernel() {
    assert!((scott(&[0.2], 0.03) - 1.059 * 0.2).abs() < 1e-14);
    assert!(scott(&[0.2, 0.2], 0.03) > 0.15);
    assert!(scott(&[0.2; 4], 0.03) > 0.09);
    assert!(scott(&[0.2; 25], 0.03) < 0.0315);
    assert_eq!(scott(&[0.2; 3], 0.5), 0.5);
}

#[test]
fn the_floor_of_the_gaps_follows_scott() {
    let mut stream = super::stream(1);
    for spread in [0.2, 1.0] {
        let values: Vec<f64> = (0..300).map(|_| 0.5 + spread * (stream.uniform() - 0.5)).collect();
        let mut gaps = Gaps::new(0.03, 1.0);
        for (slot, value) in values.iter().enumerate() {
            gaps.insert(*value, slot, &mut Vec::new());
        }
        gaps.update_floor(Shrinkage::of(values.len()));
        let ratio = gaps.floor() / scott(&values, 0.03);
        // The floor is rounded down by a factor below 2 and uses quartiles instead of the standard deviation.
        assert!((0.5..1.35).contains(&ratio), "{ratio}");
    }
}
