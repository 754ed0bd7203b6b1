"""The exceptions of Tanteo.

All of them derive from :class:`TanteoError`. Where Python has a standard type for the error, the class derives from it
as well, so that ``except ValueError`` and ``except KeyError`` work as expected. A message names the value, what was
expected and what to do. After an error the object that raised it is in the state before the call.
"""

from __future__ import annotations


def escaped(text: str) -> str:
    r"""Return ``text`` with its control characters escaped, except line ends and tabs, which tables may contain.

    >>> escaped("red:\t\x1b[31m")
    'red:\t\\x1b[31m'
    """
    return "".join(c if c.isprintable() or c in "\n\r\t" else ascii(c)[1:-1] for c in text)


class TanteoError(Exception):
    """Base class of all errors of this library. Control characters are escaped in messages: a terminal obeys them."""

    def __str__(self) -> str:
        # Not the method of the next class: KeyError shows the repr of its argument, and ours is a sentence.
        return escaped(Exception.__str__(self))


class ArgumentError(TanteoError, ValueError):
    """An argument is of the wrong type or outside its range (a direction, a seed, a value told, a setting)."""

    # The index of the objective at fault, set by the native core; only this package reads it.
    _objective: int | None = None


class SpaceError(TanteoError, ValueError):
    """A search space is impossible, or a configuration does not belong to it."""

    # The index of the known constraint at fault, set by the native core; only this package reads it.
    _constraint: int | None = None


class ParameterError(SpaceError):
    """The declaration of a parameter, or a value given for it, is invalid. The message starts with its name."""


class TrialStateError(TanteoError, ValueError):
    """A trial is not in the state that a call needs; for example, it is told twice. The message names the state."""


class LostLeaseError(TrialStateError):
    """A trial was handed to another process, as this one was silent or seemed to have ended; the result is rejected."""


class UnknownTrialError(TrialStateError, KeyError):
    """No trial has this id, or the trial belongs to another search."""


class SpaceExhausted(TanteoError):  # noqa: N818 - the name is part of the public interface
    """A finite space, or the part of it that a sampler covers, has no untried configuration left."""


class SnapshotError(TanteoError, ValueError):
    """Saved bytes are damaged, come from a later version, or belong to another space."""


class StudyError(TanteoError):
    """A study file cannot be opened or written, or is damaged."""


class InternalError(TanteoError):
    """A bug in Tanteo itself, caught at the border of the native core; the optimizer still works. Please report it."""


__all__ = [
    "ArgumentError",
    "InternalError",
    "LostLeaseError",
    "ParameterError",
    "SnapshotError",
    "SpaceError",
    "SpaceExhausted",
    "StudyError",
    "TanteoError",
    "TrialStateError",
    "UnknownTrialError",
]
