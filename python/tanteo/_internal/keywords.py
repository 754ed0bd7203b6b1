"""The known name that a misspelled one probably means, and the error about an unknown keyword argument."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import wraps
from inspect import signature
from typing import ParamSpec, TypeVar

from .optuna_names import argument_hint

_P = ParamSpec("_P")
_R = TypeVar("_R")
# The similarity (1 for equal names) from which a name counts as a misspelling where other names are allowed.
# "constraint" and "costs" are similar to arguments of `tell`, and the American spelling of "cancelled" (0.94) to the
# British one; "stats" is not similar enough to "state".
RESEMBLING = 0.85


def similar(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the most similar one of the known names, which are in small letters, or None if none is similar.

    >>> similar("Constraint", ["cost", "constraints"])
    'constraints'
    """
    import difflib  # needed for an error only; keeps the import of the package fast

    return next(iter(difflib.get_close_matches(name.lower(), known, n=1, cutoff=cutoff)), None)


def check_keywords(given: Iterable[str], known: Collection[str], kind: str, owner: str = "") -> None:
    """Refuse unknown keyword arguments as Python does, and say what to write for one of Optuna, or name a similar one.

    Parameters
    ----------
    given, known
        Names of arguments.
    kind
        What all of the known ones are called in the message.
    owner
        What was called.

    Raises
    ------
    TypeError
        Naming the argument.
    """
    for name in given:
        if name not in known:
            meant = similar(name, known)
            near = f"; did you mean {meant}?" if meant else f"; {kind}: {', '.join(known)}"
            lead = f"{owner}() " if owner else ""
            raise TypeError(f"{lead}got an unexpected keyword argument {name!r}{argument_hint(name) or near}")


def explaining_arguments(init: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let the constructor of a class refuse unknown arguments by :func:`check_keywords`."""
    known = tuple(signature(init).parameters)[1:]

    @wraps(init)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        check_keywords(kwargs, known, "its arguments", type(args[0]).__name__)
        return init(*args, **kwargs)

    return checked
