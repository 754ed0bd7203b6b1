"""Hypothesis shrinks planted faults to programs of at most five steps."""

from __future__ import annotations

import pytest

from support.mutants import MUTANTS, Raising
from tanteo.testing import Failure, all_checks

CHECKS = {check.name.removeprefix("check_"): check for check in all_checks()}


class FailsAtLargeValues(Raising):
    def raises_after(self, values, results):
        return any(abs(value) > 1e4 for value in values)


FAULTS = [
    (MUTANTS["IntegersOneStepTooHigh"][0], "suggestions_lie_in_their_domain"),
    (MUTANTS["IntegersThroughFloats"][0], "large_integers_stay_exact"),
    (MUTANTS["NotClipped"][0], "narrow_logarithmic_ranges_are_kept"),
    (MUTANTS["LastLevelLost"][0], "every_level_of_a_step_is_reached"),
    (MUTANTS["ConditionsIgnored"][0], "conditions_are_kept"),
    (MUTANTS["RaisesAfterFailuresOnly"][0], "ask_after_any_history"),
    (FailsAtLargeValues, "ask_after_any_history"),
    (MUTANTS["SecondTellAccepted"][0], "any_order_of_calls"),
    (MUTANTS["ValuesRounded"][0], "told_values_are_kept"),
    (MUTANTS["RefusalFailsTheTrial"][0], "a_refused_value_can_be_corrected"),
    (MUTANTS["BestIsTheLast"][0], "best_is_the_smallest_value"),
    (MUTANTS["Unseeded"][0], "one_seed_asks_the_same"),
]


@pytest.mark.parametrize(("mutant", "check"), FAULTS, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_shrinks_to_at_most_five_steps(mutant, check):
    with pytest.raises(Failure) as raised:
        CHECKS[check](mutant)
    assert len(raised.value.program) <= 5, "\n".join(raised.value.program)


def test_there_are_at_least_ten_faults():
    assert len(FAULTS) >= 10
