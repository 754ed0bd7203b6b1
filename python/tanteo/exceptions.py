"""Everything Tanteo raises on purpose.

One base, :class:`TanteoError`. Where Python has a standard type for the fault, the class derives from it too, so that
``except ValueError`` and ``except KeyError`` work as anyone would expect. A message names the value, what was expected
and what to do; after an error the object that raised it is as it was before the call.
"""

from __future__ import annotations


class TanteoError(Exception):
    """Base of every error of this library."""


class ArgumentError(TanteoError, ValueError):
    """An argument is of the wrong type or outside its range (a direction, a seed, a value told, a setting)."""


class SpaceError(TanteoError, ValueError):
    """A search space is impossible, or a configuration does not belong to it."""

    # The index of the known constraint at fault, set by the native core; only this package reads it.
    _constraint: int | None = None


class ParameterError(SpaceError):
    """One parameter is at fault: its declaration, or a value given for it. The message starts with its name."""


class TrialStateError(TanteoError, ValueError):
    """A trial is not in the state a call needs, for example told twice. The message names the state."""


class LostLeaseError(TrialStateError):
    """A trial was taken from its worker, which was not heard of for too long; its result is not taken."""


class UnknownTrialError(TrialStateError, KeyError):
    """No trial has this id."""

    # KeyError shows the repr of its argument; this error has a sentence to show.
    __str__ = Exception.__str__


class SpaceExhausted(TanteoError):  # noqa: N818 - the name is part of the public interface
    """A finite space (or the part of it a sampler covers) has no configuration left that was not seen before."""


class SnapshotError(TanteoError, ValueError):
    """Saved bytes are damaged, come from a later version, or belong to another space."""


class StudyError(TanteoError):
    """A study file cannot be opened, written or trusted."""


class InternalError(TanteoError):
    """A fault of Tanteo itself, caught at the border of the native core; the optimizer works on. Please report it."""


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
