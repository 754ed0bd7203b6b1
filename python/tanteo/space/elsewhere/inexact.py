"""The answer to a distribution without an exact counterpart."""

from __future__ import annotations


class Inexact(Exception):  # noqa: N818 - an answer, which becomes a ParameterError with the name of the parameter
    """A distribution has no exact counterpart.

    Parameters
    ----------
    kind
        What it is, such as the name of the distribution.
    instead
        What to write in its place.
    """

    def __init__(self, kind: str, instead: str) -> None:
        super().__init__(kind, instead)
        self.kind = kind
        self.instead = instead


def normal(mean: float, std: float, *, log: bool = False) -> str:
    """Return the parameter to write for a normal distribution, truncated at four standard deviations.

    It is advice, and the bounds are for the user to choose; a domain of Ray is converted with wider ones.
    """
    if log:
        return f"tt.Float(low, high, log=True, prior=tt.Normal({mean!r}, {std!r})), with bounds"
    return f"tt.Float({mean - 4 * std!r}, {mean + 4 * std!r}, prior=tt.Normal({mean!r}, {std!r})), or other bounds"
