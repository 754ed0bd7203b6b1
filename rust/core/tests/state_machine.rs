//! Random programs, compared with a model of the expected state.

use crate::common::machine::{Machine, step};
use crate::common::search;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn the_optimizer_agrees_with_its_model(
        space in 0..search::spaces().len(),
        sampler in 0..search::samplers().len(),
        program in prop::collection::vec(step(), 1..60),
    ) {
        let (space, sampler) = (search::spaces().swap_remove(space), search::samplers().swap_remove(sampler));
        let mut machine = Machine::new(space, sampler);
        for step in &program {
            machine.run(step);
        }
    }
}
