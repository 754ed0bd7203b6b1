"""The outcome of an evaluation, and the return values of an objective."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tanteo._internal.coercion import as_float, is_bool, names_text, shown
from tanteo._internal.states import TOLD, Told, means_cancelled
from tanteo._internal.text import message_of, safe_repr
from tanteo.exceptions import ArgumentError
from tanteo.trials.attributes import attribute_text
from tanteo.trials.equality import Equal
from tanteo.trials.outcome import TELL_ARGUMENTS, parse_constraints
from tanteo.trials.replicates import Replicates

# Long enough for a type, a message and the value at fault; short enough for a table of a thousand failures.
REASON_LENGTH = 300

# Conversions to the exact type that ignore methods overridden by a subclass.
_EXACT: dict[type, Callable[[Any], Any]] = {int: int.__int__, float: float.__float__, str: str.__str__}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How one evaluation ended: arguments of ``Optimizer.tell`` and further records.

    Attributes
    ----------
    state : str
        ``"complete"``, ``"pruned"``, ``"paused"`` or ``"failed"``.
    value, sem, constraints, cost : object
        As ``tell`` takes them.
    reason : str or None
        Why it failed or was stopped.
    stop : bool
        Whether the objective requested the end of the search.
    attrs : mapping of str to str
        Attributes by name, their values as JSON.
    started, finished : float or None
        The start and the end, in seconds since 1970.
    traceback : str or None
        The traceback of the exception that ended it.
    mistake : str or None
        The location of that exception, if it looks like a mistake in the objective.
    cancelled : bool
        Whether the failure says nothing about the configuration.
    refused : bool
        Whether it failed because what the objective returned or raised is no result of this search: it has the wrong
        shape, or the objective uses a name that this package does not have.
    """

    state: Told = "complete"
    value: Any = None
    sem: Any = None
    constraints: Any = None
    cost: Any = None
    reason: str | None = None
    stop: bool = False
    attrs: Mapping[str, str] = field(default_factory=dict)
    started: float | None = field(default=None, compare=False)
    finished: float | None = field(default=None, compare=False)
    traceback: str | None = None
    mistake: str | None = None
    cancelled: bool = False
    refused: bool = False

    def unused_keys_text(self, names: Sequence[str]) -> str:
        """Return what the error of a refused value adds: other keys, if the value lacks some of the ``names``.

        They became attributes, although a misspelled name may be among them.
        """
        is_whole = not isinstance(self.value, Mapping) or set(names) <= set(self.value)
        if is_whole or not self.attrs:
            return ""
        return f"; of what it returned, {names_text(self.attrs)} became attributes"


def read_return(
    returned: object, names: Sequence[str] = (), has_value: Callable[[], bool] = lambda: False
) -> Evaluation:
    """Parse the return value of an objective: a value, or a mapping of arguments of ``tell`` and attributes.

    In a mapping without ``"value"``, the entries for the ``names`` of the objectives are the value. Those that the
    trial told before may be left out. Without any of them, ``has_value`` says whether the trial reported folds or told
    all its objectives, which are then its value.

    Raises
    ------
    ArgumentError
        For a mapping without a value or without any of ``names``, or with both, and for an unknown state.
    """
    if not isinstance(returned, Mapping):
        return Evaluation(value=plain(returned))
    _check_is_given_once(returned, names)
    if "value" not in returned and any(name in returned for name in names):
        others = {key: value for key, value in returned.items() if key not in names}
        returned = {**others, "value": {name: returned[name] for name in names if name in returned}}
    arguments = {str.__str__(key): _argument(key, value) for key, value in returned.items() if key in TELL_ARGUMENTS}
    state = arguments.get("state", "complete")
    if not isinstance(state, str) or state not in TOLD:
        expected = ", ".join(map(repr, TOLD))
        hint = "; to cancel the trial raise tt.Cancelled(reason)" if means_cancelled(state) else ""
        raise ArgumentError(f"the objective returned state={safe_repr(state)}; expected one of {expected}{hint}")
    if state == "complete" and "value" not in arguments and not has_value():
        raise _without_value(returned, names)
    attrs = dict(_attribute(key, value) for key, value in returned.items() if key not in TELL_ARGUMENTS)
    return Evaluation(**arguments, attrs=attrs)


def _argument(key: str, value: Any) -> Any:
    """Return an argument of ``tell`` as :func:`plain` does; the error of a constraint names it."""
    try:
        return plain(value)
    except ArgumentError:
        if key == "constraints":
            parse_constraints(value)
        raise


def _without_value(returned: Mapping[Any, Any], names: Sequence[str]) -> ArgumentError:
    """Return the error about a mapping without a value; two numbers or more look like undeclared objectives."""
    expected = f"the objectives {names_text(names)}" if names else "'value'"
    keys = f"the keys {names_text(returned)}" if returned else "no keys"
    numbers = [key for key in returned if isinstance(key, str) and isinstance(returned[key], int | float)]
    hint = "; name several objectives with directions={name: 'minimize', ...}" if not names and len(numbers) > 1 else ""
    return ArgumentError(f"the objective returned a mapping without {expected}, with {keys}{hint}")


def _check_is_given_once(returned: Mapping[Any, Any], names: Sequence[str]) -> None:
    """Refuse a mapping that has values twice: under ``"value"``, and under the names of objectives."""
    given = [name for name in names if name in returned]
    if "value" in returned and given:
        raise ArgumentError(
            f"the objective returned a mapping with 'value' and with {names_text(given)}; give the values "
            "of the objectives once: under their names, or as 'value'"
        )


def _attribute(key: Any, value: Any) -> tuple[str, str]:
    """Return an attribute as name and JSON; a value that JSON cannot represent is described, to keep the result."""
    name = str.__str__(key) if isinstance(key, str) and key and str.isprintable(key) else ascii(key)
    try:
        return name, attribute_text(name, value)
    except ArgumentError:
        return name, attribute_text(name, shown(value))


def plain(value: Any) -> Any:
    """Convert numbers of array libraries and subclasses to builtins, sequences and mappings to lists and dicts.

    Messages of a worker can then be read without the library or script that defines the classes, and a tensor does not
    keep its graph or its device memory alive.

    Raises
    ------
    ArgumentError
        For any other value.
    """
    if value is None or type(value) in (bool, int, float, str, Equal, Replicates):
        return value
    if is_bool(value):
        return bool(value)
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
        f"the objective returned {shown(value)}; expected a number, one per objective, tt.Replicates, None, or a "
        f"mapping with {', '.join(TELL_ARGUMENTS)}"
    )


def describe_error(error: BaseException) -> str:
    """Return ``"ValueError: the message"`` on one line, at most :data:`REASON_LENGTH` characters; never raise."""
    name, text = type(error).__name__, message_of(error)
    line = f"{name}: {text}" if text else name
    return line if len(line) <= REASON_LENGTH else line[: REASON_LENGTH - 3] + "..."


#: The start of the reason of a trial that reached ``trial_timeout``.
TIMED_OUT = "timed out after"


def failed(reason: str, **details: Any) -> Evaluation:
    """Return a failure with its reason; ``details`` are further fields."""
    return Evaluation(state="failed", reason=reason, **details)
