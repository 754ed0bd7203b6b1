"""How one evaluation ended, and what an objective may return."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tanteo.coercion import as_float, shown
from tanteo.exceptions import ArgumentError
from tanteo.replicates import Replicates
from tanteo.text import safe_repr

# Long enough for a type, a message and the value at fault; short enough for a table of a thousand failures.
REASON_LENGTH = 300

# What these types make of an instance of a subclass, whatever that overrides.
_EXACT: dict[type, Callable[[Any], Any]] = {int: int.__int__, float: float.__float__, str: str.__str__}

_TOLD = ("value", "state", "sem", "constraints", "cost", "reason")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One evaluation in the words of ``Optimizer.tell``.

    Attributes
    ----------
    state : str
        ``"complete"``, ``"pruned"`` or ``"failed"``.
    value, sem, constraints, cost : object
        As ``tell`` takes them.
    reason : str or None
        Why it failed.
    stop : bool
        Whether the objective asked for the end of the search.
    """

    state: Literal["complete", "pruned", "failed"] = "complete"
    value: Any = None
    sem: Any = None
    constraints: Any = None
    cost: Any = None
    reason: str | None = None
    stop: bool = False


def read_return(returned: object) -> Outcome:
    """Reads what an objective returned: a mapping of what ``tell`` takes, or a value.

    Raises
    ------
    ArgumentError
        For a key that ``tell`` does not know, and for a state that is none.
    """
    if not isinstance(returned, Mapping):
        return Outcome(value=plain(returned))
    unknown = [key for key in returned if key not in _TOLD]
    if unknown:
        raise ArgumentError(
            f"the objective returned a mapping with the key {shown(unknown[0])}; it may hold {', '.join(_TOLD)}"
        )
    told = {str.__str__(key): plain(value) for key, value in returned.items()}
    if told.get("state", "complete") not in ("complete", "pruned", "failed"):
        raise ArgumentError(
            f"the objective returned state={safe_repr(told['state'])}; expected 'complete', 'pruned' or 'failed'"
        )
    return Outcome(**told)


def plain(value: Any) -> Any:
    """Turns numbers of array libraries and subclasses into builtins, sequences and mappings into lists and dicts.

    What leaves a worker can then be read without the library or script that defines the classes, and a tensor does not
    keep its graph or its device memory alive.

    Raises
    ------
    ArgumentError
        For what is nothing of the kind.
    """
    if value is None or type(value) in (bool, int, float, str, Replicates):
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return _EXACT[kind](value)
    if isinstance(value, Replicates):
        return Replicates(value.values)
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return [plain(item) for item in value]
    if getattr(value, "ndim", None) == 1 and hasattr(value, "tolist"):
        return [plain(item) for item in value.tolist()]
    if hasattr(value, "__float__") and not isinstance(value, Sequence | type):
        return as_float(value, "what the objective returned")
    raise ArgumentError(
        f"the objective returned {shown(value)}; expected a number, one per direction, tt.Replicates, None, or a "
        f"mapping with {', '.join(_TOLD)}"
    )


def describe_error(error: BaseException) -> str:
    """``"ValueError: the message"`` on one line, cut at :data:`REASON_LENGTH` characters; never raises."""
    name = type(error).__name__
    try:
        text = " ".join(str.split(str(error)))
    except Exception:  # user code
        text = "its message cannot be read: its __str__ raises"
    line = f"{name}: {text}" if text else name
    return line if len(line) <= REASON_LENGTH else line[: REASON_LENGTH - 3] + "..."


def failed(reason: str, *, stop: bool = False) -> Outcome:
    """A failure with its reason."""
    return Outcome(state="failed", reason=reason, stop=stop)
