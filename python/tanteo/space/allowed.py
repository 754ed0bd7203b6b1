"""A function of the user that says which configurations may be tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from .._internal.coercion import shown
from ..exceptions import ArgumentError

if TYPE_CHECKING:
    import numpy.typing as npt

    from .codec import Codec, Row

    # The columns of a batch by flat name, and what the function makes of them.
    Batch: TypeAlias = Mapping[str, npt.NDArray[Any]]
    Allowed: TypeAlias = Callable[[Batch], Any]


def checked_allowed(allowed: Any) -> Any:
    """Return ``allowed`` if it is a function or None."""
    if allowed is None or callable(allowed):
        return allowed
    raise ArgumentError(f"allowed must be a function of a batch of configurations, got {shown(allowed)}")


# What NumPy says where a function treats an array as one value.
_OF_ONE_VALUE = ("truth value of an array", "converted to Python scalar")


class RuleOnRows:
    """A function of the user as the core calls it: on rows.

    The function always gets several rows; a single row is passed twice. A function that was written for one
    configuration therefore fails at the first ask.

    Parameters
    ----------
    allowed
        The function.
    codec
        Decodes rows.
    """

    def __init__(self, allowed: Allowed, codec: Codec) -> None:
        self._allowed, self._codec = allowed, codec

    def with_codec(self, codec: Codec) -> RuleOnRows:
        """Return the rule for rows of another space."""
        return RuleOnRows(self._allowed, codec)

    def __call__(self, rows: Sequence[Row]) -> list[bool]:
        """Return whether each row is allowed.

        Raises
        ------
        ArgumentError
            If the function returns anything but one truth value for each configuration, or takes one only.
        """
        import numpy as np

        batch = [*rows, *rows] if len(rows) == 1 else rows
        answers = np.asarray(self._answers(batch))
        if answers.dtype != np.bool_ or answers.shape != (len(batch),):
            raise ArgumentError(
                f"allowed must return one truth value for each configuration, an array of bools of the shape "
                f"({len(batch)},); got {answers.dtype} of the shape {answers.shape}"
            )
        listed: list[bool] = answers[: len(rows)].tolist()
        return listed

    def _answers(self, rows: Sequence[Row]) -> Any:
        columns = {name: _array(column, dtype) for name, column, dtype in self._codec.columns(rows)}
        try:
            return self._allowed(columns)
        except (TypeError, ValueError) as error:
            if not any(text in str(error) for text in _OF_ONE_VALUE):
                raise
            raise ArgumentError(
                "allowed is called with a batch of configurations: an array for each parameter, with one entry per "
                "configuration. Write (batch['x'] < 0) & (batch['y'] < 0), with & and | in place of and, or and if, "
                f"and functions of NumPy in place of those of math ({error})"
            ) from error


def _array(column: Sequence[Any], dtype: str) -> npt.NDArray[Any]:
    """Return a column as an array, in which a missing number is NaN and another missing value None."""
    import numpy as np

    if dtype != "object":
        return np.array([np.nan if value is None else value for value in column], dtype=dtype)
    objects = np.empty(len(column), dtype=object)
    for k, value in enumerate(column):  # a choice may be a sequence
        objects[k] = value
    return objects
