"""Parses a ``param_space`` of Tune into a tree of nodes and a flat set of parameters."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

from ....exceptions import ParameterError
from ....space.elsewhere import library_of
from ....space.group import Group
from ....space.parameters import Categorical, Parameter
from ..tune import PLACEHOLDERS, domains
from .nodes import ChoiceNode, ComputedNode, DictNode, FixedNode, ListNode, Node, NumberNode, Path, format_path
from .scales import Scale, is_reversed, scale_of

_PLAIN = (str, bool, int, type(None))


class Parser:
    """One pass over a configuration with domains.

    Attributes
    ----------
    parameters
        Parameters by flat name, with their conditions.
    names
        Maps flat names to the names without a quantum, which are the keys of the configuration.
    scales
        Scales of numbers by flat name.
    functions
        Paths of each ``sample_from`` that Tune has not replaced.
    reversed_ends
        Paths of domains whose ends are in the wrong order, which Tune accepts.
    placeholders
        Paths at which Tune has replaced an object or a function by a tuple.
    """

    def __init__(self) -> None:
        self.parameters: dict[str, Parameter] = {}
        self.names: dict[str, str] = {}
        self.scales: dict[str, Scale] = {}
        self.functions: list[Path] = []
        self.reversed_ends: list[Path] = []
        self.placeholders: list[Path] = []

    def node(self, value: Any, path: Path, when: dict[str, Any] | None) -> Node:
        """Return the node of one part of the configuration; ``when`` holds the choices that lead to it.

        Raises
        ------
        ParameterError
            If the part is a grid, an invalid domain or a parameter of Tanteo; the message has its path.
        """
        if isinstance(value, domains.Domain):
            return self._domain(value, path, when)
        if isinstance(value, dict):
            return self._group(value, path, when)
        if isinstance(value, Parameter | Group):
            noun = "group" if isinstance(value, Group) else "parameter"
            raise ParameterError(
                f"{format_path(path)} is {value!r}, a {noun} of Tanteo among domains of Tune; use the domain of Tune "
                "(tune.uniform and the like), or give the whole space as TanteoSearch(tanteo.SearchSpace({...}))"
            )
        if isinstance(value, tuple) and len(value) == 2 and value[0] in PLACEHOLDERS:
            self.placeholders.append(path)
            return FixedNode(value)
        if type(value) in (list, tuple):
            return ListNode(path, type(value), [self.node(item, (*path, i), when) for i, item in enumerate(value)])
        if (library := library_of(value)) is not None:
            raise ParameterError(
                f"{format_path(path)} is a distribution of {library} ({type(value).__name__}) among domains of Tune; "
                "use the domain of Tune (tune.uniform and the like)"
            )
        return FixedNode(value)

    def _group(self, value: dict[Any, Any], path: Path, when: dict[str, Any] | None) -> Node:
        if value.keys() == {"grid_search"}:
            raise ParameterError(
                f"{format_path(path)} is a grid_search, which searchers do not support; use tune.choice, "
                "or leave out the searcher"
            )
        return DictNode(path, {key: self.node(item, (*path, key), when) for key, item in value.items()})

    def _domain(self, domain: Any, path: Path, when: dict[str, Any] | None) -> Node:
        if isinstance(domain, domains.Function):
            self.functions.append(path)
            return ComputedNode(domain)
        if isinstance(domain, domains.Categorical):
            return self._choice(domain, path, when)
        if not isinstance(domain, domains.Float | domains.Integer):
            raise ParameterError(f"{format_path(path)} is a {type(domain).__name__}, which is not a supported domain")
        try:
            scale = scale_of(domain)
        except ParameterError as error:
            raise ParameterError(f"{format_path(path)} {error}") from None
        if is_reversed(domain):
            self.reversed_ends.append(path)
        unit = "" if scale.quantum is None else f" [{scale.quantum!r}]"
        name = self._add(path, unit, scale.parameter, when)
        self.scales[name] = scale
        return NumberNode(name, path, scale)

    def _choice(self, domain: Any, path: Path, when: dict[str, Any] | None) -> Node:
        if not domain.categories:
            raise ParameterError(f"{format_path(path)} is a choice without options")
        if domain.is_grid():
            raise ParameterError(f"{format_path(path)} is a grid, which searchers do not support; use tune.choice")
        labels = _labels(domain.categories)
        name = self._add(path, "", Categorical(labels), when)
        branches = [self.node(category, path, {name: labels[i]}) for i, category in enumerate(domain.categories)]
        return ChoiceNode(name, path, labels, branches)

    def _add(self, path: Path, unit: str, parameter: Parameter, when: dict[str, Any] | None) -> str:
        """Add a parameter under a unique name made of the keys of the path and the quantum."""
        keys = "/".join(map(_name_part, path))
        name = _unique_name(keys + unit or "config", self.parameters)
        self.names[name] = _unique_name(keys or "config", self.names.values())
        self.parameters[name] = parameter._with_when(when)
        return name


def _unique_name(base_name: str, used_names: Collection[str]) -> str:
    """Return a name, with a number appended if it is in use."""
    name, n = base_name, 1
    while name in used_names:
        n += 1
        name = f"{base_name} #{n}"
    return name


def _name_part(key: Any) -> str:
    """Return a key as part of a name: printable text unchanged, otherwise its repr."""
    return (
        key
        if isinstance(key, str) and key and key.isprintable()
        else repr(key).encode("ascii", "backslashreplace").decode()
    )


def _labels(categories: Sequence[Any]) -> list[Any]:
    """Return a label for each category: a plain value itself, otherwise its index and a description.

    Labels are stored in snapshots and shown in plots and tables; the objects are not.
    """
    labels: list[Any] = []
    for i, category in enumerate(categories):
        is_plain = type(category) in _PLAIN or (type(category) is float and math.isfinite(category))
        is_duplicate = any(type(label) is type(category) and label == category for label in labels)
        labels.append(category if is_plain and not is_duplicate else f"#{i} {_description(category)}")
    return labels


def _description(category: Any) -> str:
    """Return a short description without memory addresses, so that it is the same in every process."""
    if isinstance(category, dict):
        return ", ".join(f"{key}={item}" for key, item in category.items() if type(item) in _PLAIN)[:40]
    if isinstance(category, list | tuple) and all(type(item) in _PLAIN for item in category):
        return repr(category)[:40]
    return str(getattr(category, "__qualname__", type(category).__qualname__))
