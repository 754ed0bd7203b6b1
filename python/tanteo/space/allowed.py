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


class RuleOnRows:
    """A function of the user as the core calls it: on rows.

    Parameters
    ----------
    allowed
        The function.
    codec
        Decodes rows.
    """

    def __init__(self, allowed: Allowed, codec: Codec) -> None:
        self._allowed, self._codec = allowed, codec

    def __call__(self, rows: Sequence[Row]) -> list[bool]:
        """Return whether each row is allowed.

        Raises
        ------
        ArgumentError
            If the function returns anything but one truth value for each configuration.
        """
        import numpy as np

        columns = {name: _array(column, is_number=is_number) for name, column, is_number in self._codec.columns(rows)}
        answers = np.asarray(self._allowed(columns))
        if answers.dtype != np.bool_ or answers.shape != (len(rows),):
            raise ArgumentError(
                f"allowed must return one truth value for each configuration, an array of bools of the shape "
                f"({len(rows)},); got {answers.dtype} of the shape {answers.shape}"
            )
        listed: list[bool] = answers.tolist()
        return listed


def _array(column: Sequence[Any], *, is_number: bool) -> npt.NDArray[Any]:
    """Return numbers as an array of floats or integers, anything else as an array of objects.

    A number that a configuration does not have is NaN, another value is None.
    """
    import numpy as np

    kinds = {type(value) for value in column}
    if kinds == {int} or kinds == {float}:
        return np.array(column)
    if is_number and kinds <= {int, float, type(None)}:
        return np.array([np.nan if value is None else value for value in column], dtype=float)
    objects = np.empty(len(column), dtype=object)
    for k, value in enumerate(column):  # a choice may be a sequence
        objects[k] = value
    return objects
