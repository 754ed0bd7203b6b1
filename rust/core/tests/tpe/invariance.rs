//! Invariances of suggestions (promises 11 and 12, traps 7 and 9).

use proptest::prelude::*;
use tanteo_core::numerics::{Kernel, select_kernel};
use tanteo_core::optimizer::{Optimizer, Tell};
use tanteo_core::space::{Configuration, SearchSpace};

use super::{ask, cube, motley, optimizer, stream, tpe, unit};

const N_TRIALS: usize = 60;
const FOLLOWING: usize = 6;

/// Typical losses of a search, with repeated values and a heavy tail.
fn losses() -> Vec<f64> {
    let mut stream = stream(11);
    let loss = |i: usize| {
        let u = stream.uniform();
        if i % 7 == 3 {
            0.5
        } else if i % 11 == 5 {
            100.0 / u
        } else {
            u
        }
    };
    (0..N_TRIALS).map(loss).collect()
}

/// The suggestions after trials with the given losses have finished in the given order, in three batches.
fn suggestions(space: SearchSpace, losses_of_trials: &[f64], order: &[usize]) -> Vec<Configuration> {
    let mut optimizer = optimizer(space, tpe(), 7);
    // All trials of a batch are asked before any of them is told.
    for part in order.chunks(N_TRIALS / 3) {
        let first = optimizer.history().len();
        for _ in part {
            ask(&mut optimizer);
        }
        let mut rows: Vec<usize> = part.to_vec();
        rows.sort_by_key(|i| order.iter().position(|o| o == i));
        for i in rows {
            let id = first + i % (N_TRIALS / 3);
            optimizer.tell(id as u64, Tell::value(losses_of_trials[id])).unwrap();
        }
    }
    following(&mut optimizer)
}

fn following(optimizer: &mut Optimizer) -> Vec<Configuration> {
    let ids: Vec<u64> = (0..FOLLOWING).map(|_| ask(optimizer)).collect();
    ids.into_iter().map(|id| optimizer.configuration(id).unwrap()).collect()
}

fn in_order() -> Vec<usize> {
    (0..N_TRIALS).collect()
}

#[test]
fn the_order_of_tells_changes_nothing() {
    let mut shuffled = in_order();
    shuffled.chunks_mut(N_TRIALS / 3).for_each(<[usize]>::reverse);
    assert_eq!(suggestions(motley(), &losses(), &in_order()), suggestions(motley(), &losses(), &shuffled));
}

#[test]
fn scaling_losses_by_a_power_of_two_changes_nothing() {
    let expected = suggestions(motley(), &losses(), &in_order());
    for power in [1048576.0, 9.5367431640625e-7, 5.357543035931337e300, 1e-290] {
        let scaled: Vec<f64> = losses().iter().map(|y| y * power).collect();
        assert_eq!(suggestions(motley(), &scaled, &in_order()), expected, "{power}");
    }
}

#[test]
fn renaming_parameters_changes_nothing() {
    let mut parameters = motley().parameters().to_vec();
    for (i, parameter) in parameters.iter_mut().enumerate() {
        parameter.name = format!("renamed {}", 9 - i);
    }
    let renamed = SearchSpace::new(parameters, motley().constraints().to_vec()).unwrap();
    let expected = suggestions(motley(), &losses(), &in_order());
    assert_eq!(suggestions(renamed, &losses(), &in_order()), expected);
}

#[test]
fn instruction_sets_change_nothing() {
    let mut suggested_by_kernel = Vec::new();
    for kernel in [Kernel::Baseline, Kernel::Avx2, Kernel::Avx512] {
        if select_kernel(kernel) {
            suggested_by_kernel.push(suggestions(cube(11), &losses(), &in_order()));
        }
    }
    assert!(suggested_by_kernel.iter().all(|suggested| *suggested == suggested_by_kernel[0]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn scale_and_origin_of_the_losses_change_nothing(scale in 1e-3..1e3f64, shift in -1e3..1e3f64) {
        let moved: Vec<f64> = losses().iter().map(|y| scale * y + shift).collect();
        let expected = suggestions(motley(), &losses(), &in_order());
        prop_assert_eq!(suggestions(motley(), &moved, &in_order()), expected);
    }

    #[test]
    fn losses_beyond_the_median_count_by_rank_alone(power in 1.0..40.0f64, n in 9..N_TRIALS) {
        let losses_of_trials = &losses()[..n];
        let mut sorted = losses_of_trials.to_vec();
        sorted.sort_by(f64::total_cmp);
        let median = sorted[(n - 1) / 2];
        let bend = |y: &f64| if *y > median { median + libm::pow(y - median, power) + y } else { *y };
        let bent: Vec<f64> = losses_of_trials.iter().map(bend).collect();
        let after = |losses_of_trials: &[f64]| {
            let mut optimizer = optimizer(motley(), tpe(), 7);
            for (i, y) in losses_of_trials.iter().enumerate() {
                // The trials are observed, so that they do not depend on the losses.
                let mut stream = stream(i as u64);
                let space = motley();
                let trial = space.draw(&vec![None; space.parameters().len()], &mut stream).unwrap();
                optimizer.observe(&trial, Tell::value(*y)).unwrap();
            }
            following(&mut optimizer)
        };
        prop_assert_eq!(after(&bent), after(losses_of_trials));
    }
}

#[test]
fn the_same_values_give_the_same_search() {
    let run = |space: SearchSpace| {
        let mut optimizer = optimizer(space, tpe(), 1);
        super::search(&mut optimizer, 40, |u| u.iter().filter(|x| !x.is_nan()).sum());
        (0..40).map(|id| unit(&optimizer, id).iter().map(|u| u.to_bits()).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    assert_eq!(run(motley()), run(motley()));
}
