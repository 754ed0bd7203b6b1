"""Known faults of the peers, and the checks that detect them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any


@dataclasses.dataclass(frozen=True)
class Fault:
    """A known fault of a peer.

    Attributes
    ----------
    name
        The description of the fault.
    checks
        The checks that detect it.
    marker
        Text by which the reason or the program of such a failure is recognized.
    """

    name: str
    checks: Sequence[str]
    marker: str = ""

    def matching_checks(self, outcomes: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Return the checks that detected the fault in one sampler, given its outcomes by name."""
        return [name for name in self.checks if _has_marker(outcomes.get(name, {}), self.marker)]


def _has_marker(outcome: Mapping[str, Any], marker: str) -> bool:
    if outcome.get("status") not in ("failed", "error"):
        return False
    return any(marker in text for text in (outcome["reason"], *outcome["program"]))


FAULTS = (
    Fault("the crash region attracts", ["check_crash_regions_repel"]),
    Fault("grid levels are lost", ["check_every_level_of_a_step_is_reached"]),
    Fault(
        "integers past 2**53 leave their range or end the search",
        ["check_large_integers_stay_exact", "check_suggestions_lie_in_extreme_domains"],
        "900719925474099",
    ),
    Fault("the narrow logarithmic range is left", ["check_narrow_logarithmic_ranges_are_kept"]),
    Fault(
        "a panic that is no `Exception`",
        ["check_large_integers_stay_exact", "check_ask_after_any_history", "check_ask_after_hard_objectives"],
        "not an Exception",
    ),
    Fault(
        "the continuation after saving differs",
        [
            "check_a_copy_continues_identically",
            "check_a_deep_copy_continues_identically",
            "check_a_copy_keeps_pending_trials",
            "check_a_fresh_process_continues_identically",
        ],
    ),
    Fault("one outlier blinds the model", ["check_an_outlier_does_not_blind"]),
    Fault("bytes are recorded as a number", ["check_text_is_never_a_number"], "told b'1'"),
)
