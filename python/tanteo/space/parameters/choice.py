"""Parameters with a list of choices. The core gets only the positions of the labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from ..._internal.coercion import shown
from ..._internal.immutable import immutable
from ..._internal.text import safe_repr
from ...exceptions import ParameterError
from ..conditions import Range
from ..labels import Choices
from ..priors import as_numbers
from .base import Parameter, described


class _Choice(Parameter):
    """The common part of categoricals and ordinals: labels and their positions."""

    choices: Sequence[Any]
    default: Any
    # Created from the choices when first needed.
    _choices: Choices

    def _index(self) -> Choices:
        try:
            return self._choices
        except AttributeError:
            self._set(_choices=Choices(self.choices))
            return self._choices

    def _labels(self) -> tuple[Any, ...]:
        return self._index().labels

    def _shown_fields(self) -> dict[str, Any]:
        """Show the choices as a list, as the user wrote them."""
        choices = list(self.choices) if isinstance(self.choices, tuple) else self.choices
        return {**self._named_fields(), "choices": choices}

    def _checked_labels(self, subject: str) -> tuple[Any, ...]:
        """Return the choices in builtin types, after checking that there is at least one and no two are the same."""
        if not isinstance(self.choices, tuple):
            raise ParameterError(f"{subject}: choices must be a list, got {shown(self.choices)}")
        if not self.choices:
            raise ParameterError(f"{subject}: choices must not be empty")
        pair = self._index().duplicate()
        if pair is not None:
            duplicate = shown(self.choices[pair[1]])
            raise ParameterError(
                f"{subject}: choice {duplicate} appears twice, at positions {pair[0]} and {pair[1]}; remove one"
            )
        return self._labels()

    def _checked_default(self, subject: str) -> Any:
        if self.default is None:
            return None
        return self._labels()[self._to_raw(self.default, f"{subject}: default")]

    def _to_raw(self, value: Any, subject: str) -> int:
        position = self._index().find(value)
        if position is None:
            hint = self._index().hint(value)
            raise ParameterError(
                f"{subject} must be one of {_some(self._labels())}, got {shown(value)}"
                + (f"; {hint}, and types must match" if hint else "")
            )
        return position

    def _is_value(self, accepted: Any) -> bool:
        return self._index().find(accepted) is not None


@immutable
class Categorical(_Choice):
    """One of several choices without an order.

    Parameters
    ----------
    choices
        Any Python objects. Choices of different types are different: ``True`` is not ``1``, and ``1`` is not ``1.0``.
        ``params`` contains the objects themselves (NumPy scalars become the corresponding builtins).
    default
        The choice to start from. ``None`` means no default, even if ``None`` is one of the choices.
    weights
        One non-negative weight per choice: the relative frequency with which it is tried before there are results. A
        choice of weight 0 is never suggested. Weights need not sum to one.
    features
        Numbers that describe the choices, shape ``(n_choices, n_features)``: properties of materials, embeddings of
        texts. A matrix, a list of rows or a data frame, in the order of the choices. The Gaussian process then expects
        similar results from choices with similar features; other models ignore them. Columns are standardized, unless
        every row is a unit vector or every number 0 or 1. At most 2,048 choices.
    when
        As for :class:`Float`.

    Examples
    --------
    >>> import tanteo as tt
    >>> tt.Categorical(["adam", "sgd"], default="adam")
    Categorical(['adam', 'sgd'], default='adam')
    """

    choices: Sequence[Any]
    default: Any
    weights: Sequence[float] | None
    features: Sequence[Sequence[float]] | None
    when: Mapping[str, Any] | None

    def __init__(
        self,
        choices: Iterable[Any],
        *,
        default: Any = None,
        weights: Iterable[float] | None = None,
        features: Iterable[Iterable[float]] | None = None,
        when: Mapping[str, Any] | None = None,
    ) -> None:
        rows: Any = features
        rows = rows.to_numpy() if hasattr(rows, "to_numpy") else rows  # a frame iterates over the names of its columns
        rows = _listed(rows.tolist() if hasattr(rows, "tolist") else rows)
        self._set(
            choices=_listed(choices),
            default=default,
            weights=_listed(weights),
            features=tuple(map(_listed, rows)) if isinstance(rows, tuple) else rows,
            when=described(when),
        )

    def _shown_fields(self) -> dict[str, Any]:
        """Show how many features there are; the numbers would fill pages."""
        rows: Any = self.features
        is_matrix = isinstance(rows, tuple) and rows and isinstance(rows[0], tuple)
        shown_rows = f"{len(rows)} rows of {len(rows[0])} numbers" if is_matrix else rows
        return {**super()._shown_fields(), "features": shown_rows}

    def _checked(self, subject: str) -> Categorical:
        labels = self._checked_labels(subject)
        return Categorical(
            labels,
            default=self._checked_default(subject),
            weights=None if self.weights is None else as_numbers(self.weights, f"{subject}: weights"),
            features=None if self.features is None else self._checked_features(subject),
            when=self.when,
        )

    def _checked_features(self, subject: str) -> list[list[float]]:
        """Return the features in builtin types, after checking that each choice has a row; the core checks the rest."""
        rows = self.features
        if not isinstance(rows, tuple) or not all(isinstance(row, tuple) for row in rows):
            raise ParameterError(f"{subject}: features must be a list of rows or a matrix, got {shown(rows)}")
        if len(rows) != len(self.choices):
            raise ParameterError(
                f"{subject}: features have {len(rows)} rows for {len(self.choices)} choices; give one row per choice"
            )
        return [
            as_numbers(row, f"{subject}: features of {safe_repr(choice)}")
            for choice, row in zip(self.choices, rows, strict=True)
        ]

    def _domain(self) -> tuple[Any, ...]:
        return ("unordered", len(self.choices)) if self.features is None else ("described", self.features)

    def _prior(self) -> tuple[Any, ...] | None:
        return None if self.weights is None else ("weights", list(self.weights))

    def _range(self, accepted: Range, subject: str) -> Range:
        raise ParameterError(
            f"{subject} cannot be {accepted!r}: a categorical has no order; list the choices to accept"
        )


@immutable
class Ordinal(_Choice):
    """One of several ordered choices, for example ``["none", "light", "heavy"]``.

    Parameters
    ----------
    choices
        Any Python objects, from least to most; see :class:`Categorical`.
    default
        The choice to start from. ``None`` means no default, even if ``None`` is one of the choices.
    when
        As for :class:`Float`.

    Examples
    --------
    >>> import tanteo as tt
    >>> tt.Ordinal(["none", "light", "heavy"])
    Ordinal(['none', 'light', 'heavy'])
    """

    _order = "position"
    choices: Sequence[Any]
    default: Any
    when: Mapping[str, Any] | None

    def __init__(self, choices: Iterable[Any], *, default: Any = None, when: Mapping[str, Any] | None = None) -> None:
        self._set(choices=_listed(choices), default=default, when=described(when))

    def _checked(self, subject: str) -> Ordinal:
        return Ordinal(self._checked_labels(subject), default=self._checked_default(subject), when=self.when)

    def _domain(self) -> tuple[Any, ...]:
        return ("ordered", len(self.choices))

    def _range(self, accepted: Range, subject: str) -> Range:
        return accepted.map(lambda end: self._labels()[self._to_raw(end, subject)])


def _listed(values: Any) -> Any:
    """Return an ordered collection as a tuple. Anything else is returned unchanged; the space raises the error."""
    if isinstance(values, str | bytes | Mapping | AbstractSet) or not isinstance(values, Iterable):
        return values
    return tuple(values)


def _some(labels: tuple[Any, ...]) -> str:
    """Return the first ten choices for a message."""
    text = ", ".join(map(safe_repr, labels[:10]))
    return f"[{text}, ... ({len(labels)} choices)]" if len(labels) > 10 else f"[{text}]"
