//! Promises 2 and 3, for any history that `tell` accepts.

use tanteo_core::history::Origin;
use tanteo_core::optimizer::Tell;
use tanteo_core::space::{Configuration, Value};

use super::{ask, best, cube, motley, optimizer, search, stream, tpe, unit};

fn histories() -> Vec<(&'static str, Vec<f64>)> {
    let n = 60;
    let with = |f: fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
    vec![
        ("constant", with(|_| 1.0)),
        ("one ulp apart", with(|i| 1.0 + f64::EPSILON * i as f64)),
        ("largest", with(|i| if i % 2 == 0 { f64::MAX } else { -f64::MAX })),
        ("1e308", with(|i| 1e308 * if i % 3 == 0 { -1.0 } else { 1.0 })),
        ("subnormal", with(|i| 5e-324 * (i % 5) as f64)),
        ("all infinite", with(|_| f64::INFINITY)),
        ("half infinite", with(|i| if i % 2 == 0 { f64::INFINITY } else { i as f64 })),
        ("one finite", with(|i| if i == 30 { 0.0 } else { f64::INFINITY })),
        ("300 decades", with(|i| libm::exp10(-300.0 + 10.0 * i as f64))),
        ("past 2^53", with(|i| 9_007_199_254_740_992.0 + 2.0 * i as f64)),
        ("all failed", with(|_| f64::NAN)),
        ("one finite, others failed", with(|i| if i == 30 { 0.0 } else { f64::NAN })),
    ]
}

#[test]
fn the_model_suggests_after_any_history() {
    for (name, values) in histories() {
        for space in [cube(2), motley()] {
            let mut optimizer = optimizer(space, tpe(), 1);
            for value in &values {
                let trial = ask(&mut optimizer);
                let tell = if value.is_nan() { Tell::failed(None) } else { Tell::value(*value) };
                optimizer.tell(trial, tell).unwrap();
            }
            // A search that stands still may explore at the first of them.
            let [_, trial] = [ask(&mut optimizer), ask(&mut optimizer)];
            assert_eq!(optimizer.history().origins()[trial as usize], Origin::Tpe, "{name}");
            assert_eq!(optimizer.counters().fallbacks, 0, "{name}");
            let configuration = optimizer.configuration(trial).unwrap();
            optimizer.space().validate(&configuration).unwrap();
        }
    }
}

#[test]
fn equal_and_nearly_equal_points_cause_no_fallback() {
    for spread in [0.0, 1e-13] {
        let mut optimizer = optimizer(cube(2), tpe(), 1);
        for i in 0..300 {
            let x = 0.4 + spread * f64::from(i);
            let point = Configuration(vec![Some(Value::Real(x)), Some(Value::Real(x))]);
            optimizer.observe(&point, Tell::value(f64::from(i))).unwrap();
        }
        search(&mut optimizer, 330, |u| u[0]);
        assert_eq!(optimizer.counters().fallbacks, 0);
    }
}

#[test]
fn two_hundred_pending_trials_are_distinct() {
    let mut optimizer = optimizer(motley(), tpe(), 2);
    search(&mut optimizer, 30, |u| u[0]);
    let mut suggested: Vec<Vec<u64>> = Vec::new();
    for _ in 0..200 {
        let trial = ask(&mut optimizer);
        suggested.push(unit(&optimizer, trial).iter().map(|u| u.to_bits()).collect());
    }
    suggested.sort_unstable();
    suggested.dedup();
    assert_eq!(suggested.len(), 200);
}

/// With an outlier the best value has the same order of magnitude as without, over ten seeds.
#[test]
fn one_outlier_of_ten_does_not_matter() {
    let sphere = |u: &[f64]| u.iter().map(|x| (x - 0.3) * (x - 0.3)).sum::<f64>();
    let total = |outlier: f64| -> f64 {
        let of = |seed| {
            let mut optimizer = optimizer(cube(3), tpe(), seed);
            let mut stream = stream(seed);
            let at = 3 + (10.0 * stream.uniform()) as usize;
            search(&mut optimizer, at, sphere);
            let trial = ask(&mut optimizer);
            let value = sphere(&unit(&optimizer, trial));
            optimizer.tell(trial, Tell::value(value + outlier)).unwrap();
            search(&mut optimizer, 60, sphere);
            libm::log(best(&optimizer))
        };
        (0..10).map(of).sum()
    };
    let without = total(0.0);
    for outlier in [10.0, 1e6] {
        assert!(total(outlier) < without + 10.0 * 0.5, "{outlier}");
    }
}
