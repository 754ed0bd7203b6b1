"""The search space as users declare it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from .._internal.coercion import as_count, as_int, shown
from .._internal.equality import same
from .._internal.text import safe_repr
from ..exceptions import ArgumentError, SpaceError
from .codec import Codec
from .constraints import Constraint
from .core import core_space, named_parameters
from .declaration import declare, sums
from .declared import SEPARATOR, DeclaredParameters
from .infeasible import OF_POINTS, OF_RESULTS, infeasible_point, nothing_feasible
from .parameters import Parameter


class SearchSpace(DeclaredParameters):
    """A checked set of parameters and known constraints; immutable.

    It is also a read-only mapping from flat names to parameters (``space["lr"]``, ``space.items()``, ``{**space}``).

    Parameters
    ----------
    parameters
        Name to parameter. A nested mapping is a group: ``params`` has the same nesting, and the flat name of a
        parameter is its path, joined with ``/``. A distribution of SciPy, Optuna, Ray Tune, Hyperopt, ConfigSpace or
        scikit-optimize becomes the parameter with the same meaning. Any other value that is neither a parameter nor a
        mapping becomes a :class:`Constant`. The parents in ``when=`` are looked up among the siblings first, then in
        the enclosing groups, last among all parameters by flat name.
    constraints
        :class:`Linear`, :class:`Order` and :class:`Forbid`, with flat names.

    Raises
    ------
    ParameterError
        If a parameter is invalid, or a distribution of another library has no exact counterpart; the message names it.
    SpaceError
        If two parameters have the same name, conditions form a cycle, a constraint is invalid, or the defaults break a
        constraint.

    Notes
    -----
    Inactive parameters, and groups without an active parameter, are absent from ``params``.

    Examples
    --------
    >>> import tanteo as tt
    >>> space = tt.SearchSpace({
    ...     "optimizer": tt.Categorical(["adam", "sgd"], default="adam"),
    ...     "sgd": {"momentum": tt.Float(0.0, 0.99, default=0.9, when={"optimizer": "sgd"})},
    ... })
    >>> space.default()
    {'optimizer': 'adam'}
    >>> space.validate({"optimizer": "sgd", "sgd": {"momentum": 0.5}})
    {'optimizer': 'sgd', 'sgd': {'momentum': 0.5}}
    """

    __slots__ = ("_codec", "_constraints", "_core")

    def __init__(self, parameters: Mapping[str, Any], constraints: Iterable[Constraint] = ()) -> None:
        self._declared = declare(parameters)
        named = named_parameters(self._declared)
        all_constraints = (*_as_constraints(constraints), *sums(parameters))
        self._constraints = tuple(constraint._checked(named) for constraint in all_constraints)
        try:
            self._core = core_space(self._declared, self._constraints)
        except SpaceError as error:
            defaults = {name: entry.parameter._default for name, entry in self._declared.items()}
            given_defaults = {name: default for name, default in defaults.items() if default is not None}
            raise infeasible_point(error, self._constraints, given_defaults, "the point of the defaults") from None
        self._codec = Codec(self._declared)

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Flat name to checked parameter, including constants, in the order of declaration."""
        return MappingProxyType({name: entry.parameter for name, entry in self._declared.items()})

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """The known constraints."""
        return self._constraints

    @property
    def size(self) -> float:
        """The number of different configurations; ``math.inf`` if a continuous parameter can be active.

        It is an upper bound if constraints, or conditions on several parents of one parameter, make counting expensive.
        """
        return self._core.size()

    def sample(self, n: int, seed: int | None = None) -> list[dict[str, Any]]:
        """Draw ``n`` configurations from the priors that satisfy the constraints.

        Parameters
        ----------
        n
            The number of configurations.
        seed
            From 0 to 2**64 - 1; the same seed gives the same configurations. ``None`` draws a seed.

        Raises
        ------
        SpaceError
            If a bounded search finds no configuration that satisfies the constraints.
        """
        try:
            rows = self._core.sample(as_count(n, "n"), checked_seed(seed))
        except SpaceError as error:
            raise nothing_feasible(error, self._constraints) from None
        return [self._codec.params(row) for row in rows]

    def default(self) -> dict[str, Any] | None:
        """Return the configuration of the defaults, or None if an active parameter has no default.

        A search also starts from incomplete defaults and samples the other parameters.
        """
        row = self._core.default()
        return None if row is None else self._codec.params(row)

    def validate(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Check a complete configuration and return it in the form of a suggestion.

        Parameters
        ----------
        params
            Nested or with flat names. Constants may be left out.

        Returns
        -------
        dict
            Nested as declared, values in builtin types, steps snapped, constants included.

        Raises
        ------
        ParameterError
            Naming the parameter: unknown, missing, inactive, of the wrong type or outside its domain.
        SpaceError
            Naming a constraint that does not hold, and the values that break it.
        """
        return self._codec.params(self._row(params))

    def grid(self, n: int) -> Iterator[dict[str, Any]]:
        """Return an iterator over a grid; the points are created one by one.

        Parameters
        ----------
        n
            The number of levels of a continuous parameter, and the maximum for an integer or a stepped float. Choices
            get all their levels.

        Returns
        -------
        iterator of dict
            Each configuration of the grid that satisfies the constraints, once.
        """
        return map(self._codec.params, self._core.grid(as_count(n, "n")))

    def to_json(self) -> str:
        """Return the space as JSON, from which :meth:`from_json` restores an equal space without loss of types.

        Raises
        ------
        SpaceError
            Naming the parameter, if a choice or constant cannot be represented in JSON. Text, numbers, booleans, None,
            and tuples, lists and dicts of them can.
        """
        from .packing import declaration_to_json

        return declaration_to_json(self._declared, self._constraints)

    @classmethod
    def from_json(cls, text: str) -> SearchSpace:
        """Return the space that :meth:`to_json` wrote.

        Raises
        ------
        SpaceError
            If ``text`` is not what :meth:`to_json` writes.
        """
        from .packing import declaration_from_json

        return SearchSpace(*declaration_from_json(text))

    def _row(self, params: Mapping[str, Any]) -> Sequence[Any]:
        """Return the checked raw values of a complete configuration."""
        return self._checked_row(params, OF_POINTS, measured=False)

    def _measured_row(self, params: Mapping[str, Any]) -> Sequence[Any]:
        """Return the checked raw values of a configuration that was evaluated, whose sums may be rounded."""
        return self._checked_row(params, OF_RESULTS, measured=True)

    def _checked_row(self, params: Mapping[str, Any], advice: str, *, measured: bool) -> Sequence[Any]:
        try:
            return self._core.check(self._raw(params, partial=False), measured)
        except SpaceError as error:
            raise self._infeasible(error, params, advice) from None

    def _infeasible(self, error: SpaceError, params: Mapping[str, Any], advice: str = OF_POINTS) -> SpaceError:
        """Return the error with the point in the form that the user gave."""
        return infeasible_point(error, self._constraints, self._codec.flat(params), advice=advice)

    def _raw(self, params: Mapping[str, Any], *, partial: bool) -> Sequence[Any]:
        """Return raw values after the checks done in Python; a ``partial`` point may lack parameters."""
        flat = self._codec.flat(params)
        row = self._codec.row(flat)
        self._codec.check_active(flat, row, partial=partial)
        return row

    def _nested(self) -> dict[str, Any]:
        """Return the parameters nested as they were declared."""
        root: dict[str, Any] = {}
        for entry in self._declared.values():
            node = root
            for key in entry.path[:-1]:
                node = node.setdefault(key, {})
            node[entry.path[-1]] = entry.parameter
        return root

    def __eq__(self, other: object) -> bool:
        """Return whether both have the same parameters in the same order and the same constraints."""
        if not isinstance(other, SearchSpace):
            return NotImplemented
        return same(list(self._declared.values()), list(other._declared.values())) and same(
            self._constraints, other._constraints
        )

    def __hash__(self) -> int:
        return hash(tuple(self._declared))

    def __repr__(self) -> str:
        constraints = f", constraints={safe_repr(list(self._constraints))}" if self._constraints else ""
        return f"SearchSpace({safe_repr(self._nested())}{constraints})"

    def __copy__(self) -> SearchSpace:
        return self

    def __deepcopy__(self, memo: object) -> SearchSpace:
        """Return the space itself: it is immutable, and its choices are compared by identity."""
        return self

    def __reduce__(self) -> tuple[type[SearchSpace], tuple[Any, ...]]:
        return SearchSpace, (self._nested(), self._constraints)


def as_space(space: SearchSpace | Mapping[str, Any]) -> SearchSpace:
    """Return a space; a mapping is converted."""
    return space if isinstance(space, SearchSpace) else SearchSpace(space)


def checked_seed(seed: Any) -> int:
    """Return a seed from 0 to 2**64 - 1; ``None`` draws one from the operating system."""
    if seed is None:
        return int.from_bytes(os.urandom(8), "little")
    number = as_int(seed, "seed")
    if not 0 <= number < 2**64:
        raise ArgumentError(f"seed must be from 0 to 2**64 - 1, got {shown(number)}")
    return number


def _as_constraints(constraints: Any) -> list[Constraint]:
    listed = list(constraints) if isinstance(constraints, Iterable) else [constraints]
    for constraint in listed:
        if not isinstance(constraint, Constraint):
            raise SpaceError(f"constraints must be a list of tt.Linear, tt.Order, tt.Forbid, got {shown(constraint)}")
    return listed


def space_to_data(space: SearchSpace) -> dict[str, Any]:
    """Return the space as JSON values; values that JSON cannot represent are described and cannot be restored."""
    from .packing import declaration_to_data  # needs json; keeps the import of the package fast

    return declaration_to_data(space._declared, space.constraints)


def space_from_data(data: Any) -> SearchSpace:
    """Return the space from the result of :func:`space_to_data`."""
    from .packing import declaration_from_data  # as above

    return SearchSpace(*declaration_from_data(data))


def flat_params(params: Mapping[str, Any], space: SearchSpace, prefix: str = "") -> dict[str, Any]:
    """Return a nested configuration with flat names, as in ``SearchSpace``; names that it does not have are kept.

    A mapping that is a choice of a parameter of the space is a value, not nesting.
    """
    flat: dict[str, Any] = {}
    for name, value in params.items():
        flat_name = f"{prefix}{name}"
        if isinstance(value, Mapping) and flat_name not in space:
            flat |= flat_params(value, space, f"{flat_name}{SEPARATOR}")
        else:
            flat[flat_name] = value
    return flat
