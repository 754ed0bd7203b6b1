"""The error about an unknown keyword argument, with the one that is probably meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .optuna_names import argument_hint


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
