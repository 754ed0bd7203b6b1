"""The error about an unknown keyword argument, with the one that is probably meant."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

from .optuna_names import ARGUMENTS, argument_hint

_P = ParamSpec("_P")
_R = TypeVar("_R")


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
            import difflib  # needed for an error only; keeps the import of the package fast

            similar = difflib.get_close_matches(name.lower(), known, n=1)
            near = f"; did you mean {similar[0]}?" if similar else f"; {kind}: {', '.join(known)}"
            lead = f"{owner}() " if owner else ""
            raise TypeError(f"{lead}got an unexpected keyword argument {name!r}{argument_hint(name) or near}")


def explaining_arguments(init: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let the constructor of a class refuse arguments of Optuna and say what to write; Python refuses others."""

    @wraps(init)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        check_keywords((name for name in kwargs if name in ARGUMENTS), (), "its arguments", type(args[0]).__name__)
        return init(*args, **kwargs)

    return checked
