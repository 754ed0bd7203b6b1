//! Conditional spaces: a branch is modelled by its own trials and is tried again after a bad start.

use tanteo_core::space::{Accept, Condition, Domain, SearchSpace};

use super::{best, optimizer, parameter, real, search, tpe};

/// A number and two branches, the second of which has three numbers.
fn fork() -> SearchSpace {
    let mut parameters = vec![parameter("root", real()), parameter("branch", Domain::Unordered { last: 1 })];
    parameters.extend(["x", "y", "z"].map(|name| parameter(name, real())));
    for child in &mut parameters[2..] {
        child.when = vec![Condition { parent: 1, accept: Accept::Levels(vec![1]) }];
    }
    SearchSpace::new(parameters, Vec::new()).unwrap()
}

/// The second branch is worse than the first at 94 % of its points (all except an octahedron of volume 0.055) and
/// better near its optimum.
fn trap(u: &[f64]) -> f64 {
    let branch = if u[2].is_nan() { 0.35 } else { (u[2] - 0.2).abs() + (u[3] - 0.7).abs() + (u[4] - 0.4).abs() };
    branch + 0.1 * (u[0] - 0.5).abs()
}

/// The search succeeds for all 20 seeds. It succeeded for 4 when every branch took its good trials from the whole
/// search, and random search succeeds for 2. A search that succeeds for 19 of 20 seeds would fail this test for one
/// choice of seeds in 3,000.
#[test]
fn a_branch_with_a_bad_start_is_tried_again() {
    let is_found = |seed: u64| {
        let mut optimizer = optimizer(fork(), tpe(), seed);
        search(&mut optimizer, 100, trap);
        best(&optimizer) < 0.12
    };
    let n_found = (0..20).filter(|seed| is_found(*seed)).count();
    assert!(n_found >= 15, "{n_found} of 20");
}
