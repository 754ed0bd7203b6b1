//! An updated density equals a new one.

use proptest::prelude::*;

use super::super::{Bad, Points};
use super::{mixed, point, stream};
use crate::numerics::Pool;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_order_of_entering_and_leaving_gives_the_same_density(
        steps in prop::collection::vec(prop_oneof![3 => Just(None), 2 => (0..60usize).prop_map(Some)], 1..90),
        seed in 0..1000u64,
    ) {
        let dimensions = mixed(2);
        let mut stream = stream(seed);
        let points = Points::from_rows(&(0..3).map(|_| point(&dimensions, &mut stream)).collect::<Vec<_>>());
        let (mut kept, mut rows, mut inside): (_, Vec<Vec<f64>>, Vec<bool>) = (Bad::new(&dimensions), vec![], vec![]);
        for (i, step) in steps.iter().enumerate() {
            match step {
                Some(slot) if *slot < rows.len() => {
                    inside[*slot] = !inside[*slot];
                    if inside[*slot] { kept.change(&[*slot], &[]) } else { kept.change(&[], &[*slot]) }
                }
                _ => {
                    // Every third row repeats an earlier one.
                    let row = if i % 3 == 2 { rows[i % rows.len()].clone() } else { point(&dimensions, &mut stream) };
                    let slot = kept.push(&row);
                    // Sometimes a trial leaves in the same step.
                    let leaving = (i % 5 == 4).then_some(slot / 2).filter(|s| inside[*s]);
                    if let Some(s) = leaving {
                        inside[s] = false;
                    }
                    kept.change(&[slot], leaving.as_slice());
                    rows.push(row);
                    inside.push(true);
                }
            }
            let mut anew = Bad::new(&dimensions);
            for row in &rows {
                anew.push(row);
            }
            anew.change(&(0..rows.len()).rev().filter(|slot| inside[*slot]).collect::<Vec<_>>(), &[]);
            prop_assert_eq!(kept.log_density(&points, &Pool::serial()), anew.log_density(&points, &Pool::serial()));
        }
    }
}
