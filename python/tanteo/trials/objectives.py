"""The directions of the objectives, and their names if they have any."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .._internal.coercion import as_float, as_int, as_one_of, names_text, shown
from ..exceptions import ArgumentError
from .outcome import TELL_ARGUMENTS

# None if objectives are identified by their position only.
Names = tuple[str, ...] | None
# For each objective the worst acceptable value, or None; None if there is none at all.
Limits = tuple[float | None, ...] | None

if TYPE_CHECKING:
    Direction: TypeAlias = Literal["minimize", "maximize"]


def goals(direction: Any, directions: Any) -> tuple[list[Direction], Names]:
    """Return one direction per objective, and the names if ``directions`` is a mapping; by default one is minimized.

    Raises
    ------
    ArgumentError
        If both arguments are given, or a direction or a name is invalid.
    """
    if directions is None:
        return [_checked("minimize" if direction is None else direction, "a direction is")], None
    if direction is not None:
        raise ArgumentError(f"give direction or directions, not both (got {shown(direction)} and {shown(directions)})")
    if isinstance(directions, Mapping) and directions:
        names = tuple(map(_name, directions))
        return [_checked(entry, f"the direction of {name} is") for name, entry in directions.items()], names
    if not isinstance(directions, Sequence) or isinstance(directions, str) or not directions:
        raise ArgumentError(
            "directions must be a list with one entry per objective, or a mapping from their names, got "
            f"{shown(directions)}"
        )
    return [_checked(entry, f"the direction of objective {k} is") for k, entry in enumerate(directions)], None


def _checked(direction: Any, label: str) -> Direction:
    return as_one_of(direction, ("minimize", "maximize"), label)


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name or not name.isprintable():
        raise ArgumentError(f"the name of an objective must be printable text, got {shown(name)}")
    if name in TELL_ARGUMENTS:
        raise ArgumentError(
            f"an objective cannot be called {shown(name)}, which means something else in a mapping that a function "
            f"returns ({', '.join(TELL_ARGUMENTS)}); give it another name"
        )
    return str.__str__(name)


def as_objective_name(name: str) -> str:
    """Return a foreign name, with an underscore appended if no objective may have it."""
    return f"{name}_" if name in TELL_ARGUMENTS else name


def as_given(directions: Sequence[Direction], names: Names) -> Sequence[Direction] | Mapping[str, Direction]:
    """Return directions in the form of the argument of :func:`goals`."""
    return list(directions) if names is None else dict(zip(names, directions, strict=True))


def labels(n: int, names: Names) -> list[str]:
    """Return what the objectives are called in texts and figures: their names, or their numbers."""
    return [f"objective {k}" for k in range(n)] if names is None else list(names)


def named(error: ArgumentError, names: Names) -> ArgumentError:
    """Return an error of the core with the name of the objective at fault: the core knows only its index."""
    if error._objective is None or names is None:
        return error
    return ArgumentError(str(error).replace(f"objective {error._objective}", names[error._objective], 1))


@contextmanager
def with_objective_name(names: Names) -> Iterator[None]:
    """Name the objective at fault in an error of the core; see :func:`named`."""
    try:
        yield
    except ArgumentError as error:
        raise named(error, names) from None


def suffixes(n: int, names: Names) -> list[str]:
    """Return the suffixes of column names such as ``value`` and ``sem``, one per objective."""
    if n == 1:
        return [""]
    return [f"_{k}" for k in range(n)] if names is None else [f"/{name}" for name in names]


def selected(objective: Any, n: int, names: Names) -> int:
    """Return the position of the objective that a call is about; it must be given if there are several.

    Raises
    ------
    ArgumentError
        If it is not given although there are several, and as :func:`place_of`.
    """
    if objective is None and n > 1:
        known = names_text(range(n) if names is None else names)
        raise ArgumentError(f"with several objectives, objective= selects one of them: {known}")
    return place_of(0 if objective is None else objective, n, names)


def place_of(objective: Any, n: int, names: Names, label: str = "objective") -> int:
    """Return the position of an objective that is given by position (from 0) or by name.

    Raises
    ------
    ArgumentError
        If there is no such objective.
    """
    if isinstance(objective, str):
        if names is None:
            raise ArgumentError(f"{label}: the objectives have no names here, got {objective!r}; {_places(n)}")
        if objective not in names:
            raise ArgumentError(f"{label}: there is no objective {objective!r}; the search has {names_text(names)}")
        return names.index(objective)
    place = as_int(objective, label)
    if not 0 <= place < n:
        raise ArgumentError(f"{label} must be from 0 to {n - 1}, got {place!r}")
    return place


def _places(n: int) -> str:
    return "there is one, number 0" if n == 1 else f"give a number from 0 to {n - 1}"


def in_order(value: Any, names: Sequence[Any] | None, label: str, *, missing: Any = None) -> Any:
    """Return the values of a mapping from names of objectives, in their order; return anything else unchanged.

    Parameters
    ----------
    value, names
        The mapping, and the names.
    label
        What it is called in messages.
    missing
        What stands for names that are missing, if some may be; by default none may.

    Raises
    ------
    ArgumentError
        If a name is missing or unknown.
    """
    if not isinstance(value, Mapping) or names is None:
        return value
    unknown, lacking = ([key for key in value if key not in names], [name for name in names if name not in value])
    if unknown or (lacking and (missing is None or not value)):
        problem = f"there is no objective {names_text(unknown)}" if unknown else f"it lacks {names_text(lacking)}"
        raise ArgumentError(f"{label} must have the objectives {names_text(names)}; {problem}")
    return [value.get(name, missing) for name in names]


def by_place(value: Any, n: int, names: Names, label: str) -> dict[int, Any]:
    """Return the values of a mapping from objectives, given by name or position, by their positions.

    Raises
    ------
    ArgumentError
        For anything but a mapping, an unknown objective, and one that is given both by name and by position.
    """
    if not isinstance(value, Mapping):
        raise ArgumentError(f"{label} must be a mapping from objectives to numbers, got {shown(value)}")
    found: dict[int, Any] = {}
    for key, number in value.items():
        place = place_of(key, n, names, f"objective in {label}")
        if place in found:
            raise ArgumentError(f"{label} must have each objective once, and {labels(n, names)[place]} is given twice")
        found[place] = number
    return found


def per_objective(numbers: Any, n: int, names: Names, label: str) -> list[float | None]:
    """Return a number for each objective from a list or a mapping; None for one that has none.

    Raises
    ------
    ArgumentError
        For another form, or an unknown objective.
    """
    called = labels(n, names)
    if isinstance(numbers, Mapping):
        placed = by_place(numbers, n, names, label)
        given: list[Any] = [placed.get(place) for place in range(n)]
    elif isinstance(numbers, Sequence) and not isinstance(numbers, str) and len(numbers) == n:
        given = list(numbers)
    else:
        raise ArgumentError(
            f"{label} must be a list of {n} numbers or a mapping, got {shown(numbers)}; the objectives are "
            f"{', '.join(called)}"
        )
    entries = zip(called, given, strict=True)
    return [None if number is None else as_float(number, f"{label} of {name}") for name, number in entries]


def as_limits(thresholds: Any, n: int, names: Names, label: str = "thresholds") -> Limits:
    """Return a limit for each objective; None if no objective has one.

    Raises
    ------
    ArgumentError
        For another form, and a number that is not finite.
    """
    if thresholds is None:
        return None
    limits = per_objective(thresholds, n, names, label)
    for name, limit in zip(labels(n, names), limits, strict=True):
        if limit is not None and not math.isfinite(limit):
            raise ArgumentError(
                f"{label} of {name} must be finite, got {shown(limit)}; leave out those that you do not have"
            )
    return tuple(limits) if any(limit is not None for limit in limits) else None


def as_thresholds(thresholds: Any, n: int, names: Names) -> Limits:
    """Return the thresholds of a new search; see :func:`as_limits`.

    Raises
    ------
    ArgumentError
        As :func:`as_limits`, and with one objective.
    """
    if thresholds is not None and n == 1:
        raise ArgumentError(
            f"thresholds are for several objectives, got {shown(thresholds)} for one; to end a search at a value, use "
            "stop_when=tt.stopping.Target(value)"
        )
    return as_limits(thresholds, n, names)
