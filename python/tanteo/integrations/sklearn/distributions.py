"""The parameters of a search in the manner of scikit-learn: distributions, lists, and lists of alternatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..._internal.coercion import shown
from ...exceptions import ArgumentError, ParameterError
from ...optimizer import Optimizer
from ...space.elsewhere import UNKNOWN, Inexact, library_of, scipy
from ...space.elsewhere.lists import listed
from ...space.group import Group
from ...space.parameters import Categorical, Constant, Float, Parameter
from ...space.search_space import SearchSpace, flat_params
from .library import check_random_state, np

Decode: TypeAlias = Callable[[Any], Any]

#: The parameter that selects one of several dicts.
ALTERNATIVE = "alternative"
#: The last part of the name of a parameter that is searched by its quantile.
_QUANTILE = "quantile"
# The number of draws that stand for a distribution of which nothing but `rvs` is known.
_N_DRAWS = 1000


@dataclass(frozen=True)
class Declared:
    """A space, and what its parameters are for the estimator.

    Attributes
    ----------
    space
        The space, or None if none was given.
    names
        The parameter of the estimator by flat name, if it is another one; None for one that the estimator does not
        have.
    values
        By flat name, the function from a value of the space to that of the estimator.
    """

    space: SearchSpace | None
    names: Mapping[str, str | None]
    values: Mapping[str, Decode]

    def params(self, search: Optimizer, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return a configuration in the form of ``set_params``, with a group as a step of a pipeline."""
        estimator_params = {}
        for flat_name, value in flat_params(params, search.space).items():
            name = self.names.get(flat_name, flat_name.replace("/", "__"))
            if name is not None:
                estimator_params[name] = self.values[flat_name](value) if flat_name in self.values else value
        return estimator_params


def declare(given: Any) -> Declared:
    """Read ``param_distributions``: a space, a mapping, or a list of mappings of which one applies at a time.

    Raises
    ------
    ArgumentError, ParameterError, SpaceError
        Naming the parameter at fault.
    """
    if given is None or isinstance(given, SearchSpace):
        return Declared(given, {}, {})
    reader = _Reader()
    if isinstance(given, Mapping):
        members = reader.mapping(given, ())
    elif isinstance(given, Sequence) and given and all(isinstance(one, Mapping) for one in given):
        members = reader.mapping(given[0], ()) if len(given) == 1 else reader.alternatives(given)
    else:
        raise ArgumentError(
            "param_distributions must be a tt.SearchSpace, a mapping from names to distributions, lists or parameters, "
            f"or a list of such mappings, got {shown(given)}"
        )
    return Declared(SearchSpace(members), reader.names, reader.values)


class _Reader:
    """Collects what the estimator gets for the parameters of a space while their declaration is read."""

    def __init__(self) -> None:
        self.names: dict[str, str | None] = {}
        self.values: dict[str, Decode] = {}

    def mapping(self, given: Mapping[Any, Any], path: tuple[str, ...]) -> dict[Any, Any]:
        """Return the members of a mapping or group."""
        return {name: self._member(value, (*path, str(name))) for name, value in given.items()}

    def _member(self, value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, Group):
            return Group(self.mapping(value.parameters, path), when=value.when)
        if isinstance(value, Mapping) and library_of(value) is None:
            return self.mapping(value, path)
        parameter, decode = _read(value)
        return parameter if decode is None else self._decoded(parameter, decode, "/".join(path), "__".join(path))

    def _decoded(self, parameter: Any, decode: Decode, flat_name: str, name: str) -> dict[str, Any]:
        """Return a parameter that stands for another one, nested in the name of that one."""
        flat_name = f"{flat_name}/{_QUANTILE}"
        self.names[flat_name], self.values[flat_name] = name, decode
        return {_QUANTILE: parameter}

    def alternatives(self, given: Sequence[Mapping[Any, Any]]) -> dict[str, Any]:
        """Return the parameters of several mappings; a hidden parameter selects one of these.

        A domain that several mappings give to a name becomes one parameter, so that they share what is learned of it.
        """
        selector = ALTERNATIVE
        while any(selector in mapping for mapping in given):
            selector += "_"
        self.names[selector] = None
        members: dict[str, Any] = {selector: Categorical(range(len(given)))}
        for name in dict.fromkeys(name for mapping in given for name in mapping):
            domains = _domains(name, given)
            for k, (value, chosen) in enumerate(domains):
                key = name if len(domains) == 1 else f"{name} ({k + 1})"
                parameter, decode = _read(value)
                known = parameter if isinstance(parameter, Parameter) else Constant(parameter)
                parameter = known._with_when({selector: chosen})
                self.names[key] = name
                members[key] = parameter if decode is None else self._decoded(parameter, decode, key, name)
        return members


def _domains(name: str, given: Sequence[Mapping[Any, Any]]) -> list[tuple[Any, list[int]]]:
    """Return the different domains of a parameter, each with the positions of the mappings that have it."""
    found: list[tuple[Any, list[int]]] = []
    for position, mapping in enumerate(given):
        if name not in mapping:
            continue
        value = mapping[name]
        if isinstance(value, Mapping | Group) or getattr(value, "when", None) is not None:
            raise ParameterError(
                f"parameter {name!r} of alternative {position}: a list of alternatives takes no groups and no "
                "when=; write one mapping with conditions"
            )
        known = next((chosen for other, chosen in found if _is_same_domain(other, value)), None)
        if known is None:
            found.append((value, [position]))
        else:
            known.append(position)
    return found


def _is_same_domain(left: Any, right: Any) -> bool:
    """Return whether two declarations are the same; of distributions, whether they are the same parameter."""
    if left is right:
        return True
    (left, decode), (right, other) = _read(left), _read(right)
    return decode is other is None and isinstance(left, Parameter) and bool(left == right)


def _read(value: Any) -> tuple[Any, Decode | None]:
    """Return the parameter for one declaration, and the function from its values to those of the estimator, if any.

    Anything but a distribution or a list is left to the space.
    """
    library = None if isinstance(value, Parameter) else library_of(value)
    if library == "SciPy":
        return _distribution(value)
    if library == UNKNOWN:
        return _drawn(value)
    if isinstance(value, list | tuple | range) or hasattr(value, "__array__"):
        return listed(list(value)), None
    return value, None


def _distribution(distribution: Any) -> tuple[Parameter, Decode | None]:
    """Return the parameter with the distribution, or else its quantile."""
    try:
        return scipy.read(distribution), None
    except Inexact:
        parameter = scipy.cut(distribution)
    if parameter is not None:
        return parameter, None
    quantile = distribution.ppf if hasattr(distribution, "ppf") else distribution.icdf
    kind = int if scipy.is_discrete(distribution) else float
    return Float(scipy.TAIL, 1 - scipy.TAIL), lambda p: kind(quantile(p))


def _drawn(distribution: Any) -> tuple[Parameter, Decode | None]:
    """Return the quantile of an object with nothing but ``rvs``, among draws; or the draws as choices."""
    generator = check_random_state(0)
    draws = [distribution.rvs(random_state=generator) for _ in range(_N_DRAWS)]
    if not all(np.isscalar(draw) and np.isreal(draw) for draw in draws):
        return listed(draws), None
    ordered = np.sort(np.asarray(draws))
    return Float(0.0, 1.0), lambda p: ordered[min(int(p * _N_DRAWS), _N_DRAWS - 1)].item()
