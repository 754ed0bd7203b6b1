"""A search space of Tune as a tree of nodes that build a configuration from parameters and read one back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ...._internal.equality import same
from ....exceptions import ParameterError
from .scales import Scale

#: Returned for a key that a configuration does not have.
MISSING: Any = object()


@dataclass
class Point:
    """The parameters of a configuration, which may be partial.

    Attributes
    ----------
    params
        Values by flat name, for :class:`tanteo.Optimizer`.
    exact
        Numbers by flat name that are returned exactly as the user wrote them: as floats, 0.3 is not a multiple of 0.1,
        and the upper end of a half-open interval is not one of its values.
    """

    params: dict[str, Any] = field(default_factory=dict)
    exact: dict[str, float] = field(default_factory=dict)

    def add(self, other: Point) -> None:
        """Add the entries of another point."""
        self.params.update(other.params)
        self.exact.update(other.exact)


def child(config: Mapping[Any, Any], key: Any) -> Any:
    """Return the value of a key in a configuration; :data:`MISSING` if there is none.

    Results and the points of some users are flat: ``{"model/lr": 0.1}``. Entries that start with the key and a slash
    are collected in a mapping. In flat configurations, all keys are text.
    """
    if key in config:
        return config[key]
    text = str(key)
    if text in config:
        return config[text]
    nested = {name[len(text) + 1 :]: config[name] for name in config if _is_below(name, text)}
    return nested or MISSING


def unknown_keys(config: Mapping[Any, Any], keys: Iterable[Any]) -> list[Any]:
    """Return the keys of a configuration that :func:`child` finds under none of ``keys``."""
    texts = [str(key) for key in keys]
    known = {*keys, *texts}
    return [name for name in config if name not in known and not any(_is_below(name, text) for text in texts)]


def _is_below(name: Any, text: str) -> bool:
    return isinstance(name, str) and name.startswith(f"{text}/")


#: The path to a value in a configuration: keys and indices.
Path = tuple[Any, ...]


class Reading:
    """How strictly a configuration is read.

    Parameters
    ----------
    strict
        Whether an unknown key is an error; configurations of an experiment may have additional keys.
    matching
        Whether constants must be equal, to determine to which of several alternatives a configuration belongs.
    """

    __slots__ = ("matching", "strict")

    def __init__(self, *, strict: bool, matching: bool = False) -> None:
        self.strict = strict
        self.matching = matching


class Node(Protocol):
    """A part of a space."""

    def build(self, params: Mapping[str, Any], exact: Mapping[str, float]) -> Any:
        """Return this part of a configuration as a new object, since the user may change it."""

    def read(self, value: Any, reading: Reading) -> Point:
        """Return the parameters of this part of a configuration, or raise :class:`ParameterError`."""


class FixedNode:
    """A constant, which can be any object."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def build(self, params: Mapping[str, Any], exact: Mapping[str, float]) -> Any:
        """Return the object."""
        return self.value

    def read(self, value: Any, reading: Reading) -> Point:
        """Return an empty point, after a comparison with the constant if ``reading.matching``."""
        if reading.matching and not same(self.value, value):
            raise ParameterError(f"must be {self.value!r}, got {value!r}")
        return Point()


class ComputedNode(FixedNode):
    """A ``sample_from``, which is computed when all other values are known and is not searched."""

    def read(self, value: Any, reading: Reading) -> Point:
        """Return an empty point, since any computed value is valid."""
        return Point()


class NumberNode:
    """A numeric domain, which is one parameter."""

    def __init__(self, name: str, path: Path, scale: Scale) -> None:
        self.name = name
        self.path = path
        self.scale = scale

    def build(self, params: Mapping[str, Any], exact: Mapping[str, float]) -> Any:
        """Return the number as a builtin type."""
        return exact[self.name] if self.name in exact else self.scale.value(params[self.name])

    def read(self, value: Any, reading: Reading) -> Point:
        """Return the value of the parameter."""
        try:
            raw = self.scale.raw(value)
        except ParameterError as error:
            raise ParameterError(f"{format_path(self.path)} {error}") from None
        return Point({self.name: raw}, {self.name: self.scale.kind(value)})


class ChoiceNode:
    """One of several alternatives, each of which may contain domains."""

    def __init__(self, name: str, path: Path, labels: Sequence[Any], branches: Sequence[Node]) -> None:
        self.name = name
        self.path = path
        self.labels = labels
        self.branches = branches
        # Equal labels of different types (1 and True) are different alternatives.
        self._index = {(type(label), label): i for i, label in enumerate(labels)}

    def build(self, params: Mapping[str, Any], exact: Mapping[str, float]) -> Any:
        """Return the chosen alternative."""
        label = params[self.name]
        return self.branches[self._index[type(label), label]].build(params, exact)

    def read(self, value: Any, reading: Reading) -> Point:
        """Return the first alternative that matches a value; an identical object takes precedence over an equal one."""
        for i, branch in enumerate(self.branches):
            if isinstance(branch, FixedNode) and branch.value is value:
                return Point({self.name: self.labels[i]})
        for i, branch in enumerate(self.branches):
            try:
                point = branch.read(value, Reading(strict=True, matching=True))
            except ParameterError:
                continue
            point.params[self.name] = self.labels[i]
            return point
        raise ParameterError(f"{format_path(self.path)} must be one of its {len(self.branches)} choices, got {value!r}")


class DictNode:
    """A dict whose values may contain domains."""

    def __init__(self, path: Path, items: Mapping[Any, Node]) -> None:
        self.path = path
        self.items = items

    def build(self, params: Mapping[str, Any], exact: Mapping[str, float]) -> Any:
        """Return a new dict."""
        return {key: node.build(params, exact) for key, node in self.items.items()}

    def read(self, value: Any, reading: Reading) -> Point:
        """Return the parameters of the values; missing ones are left out."""
        if not isinstance(value, Mapping):
            raise ParameterError(f"{format_path(self.path)} must be a dict, got {value!r}")
        unknown = unknown_keys(value, self.items) if reading.strict else []
        if unknown:
            known = ", ".join(map(repr, self.items))
            raise ParameterError(f"{format_path((*self.path, unknown[0]))} is unknown to the space, which has {known}")
        point = Point()
        for key, node in self.items.items():
            item = child(value, key)
            if item is not MISSING:
                point.add(node.read(item, reading))
        return point


class ListNode:
    """A list or tuple whose items may contain domains."""

    def __init__(self, path: Path, kind: type[list[Any] | tuple[Any, ...]], items: Sequence[Node]) -> None:
        self.path = path
        self.kind = kind
        self.items = items

    def build(self, params: Mapping[str, Any], exact: Mapping[str, float]) -> Any:
        """Return a new list or tuple."""
        return self.kind(node.build(params, exact) for node in self.items)

    def read(self, value: Any, reading: Reading) -> Point:
        """Return the parameters of the items. A list is accepted for a tuple, since JSON has no tuples."""
        if not isinstance(value, list | tuple) or len(value) != len(self.items):
            raise ParameterError(f"{format_path(self.path)} must be a list of {len(self.items)}, got {value!r}")
        point = Point()
        for node, item in zip(self.items, value, strict=True):
            point.add(node.read(item, reading))
        return point


def format_path(path: Path) -> str:
    """Return the path to a value in a configuration as Python source.

    >>> format_path(("model", "layers", 0))
    "config['model']['layers'][0]"
    """
    return "config" + "".join(f"[{key!r}]" for key in path)
