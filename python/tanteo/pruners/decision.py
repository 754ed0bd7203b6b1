"""The decision of a pruner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from .._internal.coercion import as_bool, as_str, shown
from .._internal.immutable import Immutable
from ..exceptions import ArgumentError


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Decision(Immutable):
    """Whether a trial should stop early: true or false, with the reason.

    Parameters
    ----------
    stop
        Whether to stop.
    pause
        Whether a stopped trial may go on later, depending on other trials; see ``pausing`` of :class:`Optimizer`.
    reason
        The reason as text.

    Examples
    --------
    >>> import tanteo as tt
    >>> decision = tt.pruners.Decision(stop=True, reason="rank 31 of 44 at step 9")
    >>> "stop" if decision else "go on"
    'stop'
    """

    _defaults: ClassVar[Mapping[str, Any]] = {"stop": None, "pause": False, "reason": ""}
    stop: bool
    pause: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        as_str(self.reason, "reason")
        stops = as_bool(self.stop, "stop")
        self._set(stop=stops, pause=stops and as_bool(self.pause, "pause"))

    def __bool__(self) -> bool:
        return self.stop


def as_decision(answer: Any, method: str) -> Decision:
    """Return the answer of a pruner written in Python as a decision."""
    if isinstance(answer, Decision):
        return answer
    try:
        return Decision(stop=as_bool(answer, "the answer"), reason=f"{method} says so")
    except ArgumentError:
        raise ArgumentError(f"{method} must return True, False or a Decision, got {shown(answer)}") from None
