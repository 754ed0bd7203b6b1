use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::bandwidth::{Gaps, scott};

/// The definition: neighbours in the column sorted by value and slot.
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
    fn gaps_are_those_of_the_sorted_column(steps in prop::collection::vec((0..25usize, value()), 1..120), min in 0.03..0.5) {
        let (mut gaps, mut values, mut widths) = (Gaps::new(min), BTreeMap::new(), BTreeMap::new());
        for (slot, value) in steps {
            let changes = if let Some(old) = values.remove(&slot) {
                widths.remove(&slot);
                let rest = values.clone();
                gaps.remove(old, slot, move || rest.into_iter().map(|(slot, v)| (v, slot)))
            } else {
                values.insert(slot, value);
                gaps.insert(value, slot)
            };
            widths.extend(changes);
            prop_assert_eq!(&widths, &by_sorting(&values, min));
        }
    }

    #[test]
    fn scott_does_not_depend_on_order_and_stays_in_bounds(mut values in prop::collection::vec(value(), 0..30)) {
        let mut reversed: Vec<f64> = values.iter().rev().copied().collect();
        let width = scott(&mut values, 0.03);
        prop_assert_eq!(width, scott(&mut reversed, 0.03));
        prop_assert!((0.03..=1.0).contains(&width));
    }
}

#[test]
fn scott_by_hand() {
    // sd = sqrt(0.1), IQR = 0.4: min(0.3162, 0.2985) * 1.059 * 5^(-1/5).
    let width = scott(&mut [0.9, 0.1, 0.5, 0.3, 0.7], 0.03);
    assert!((width - 1.059 * (0.4 / 1.34) * libm::pow(5.0, -0.2)).abs() < 1e-14);
    assert_eq!(scott(&mut [0.2, 0.2, 0.2], 0.07), 0.07);
    assert_eq!(scott(&mut [0.2], 0.03), 0.03);
}
