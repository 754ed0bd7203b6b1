"""Parses Hyperopt's expression graph of a space into parameters and their conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..._internal.equality import builtin
from ..._internal.optional import require
from ...exceptions import SpaceError
from ...space.constraints import Forbid
from ...space.elsewhere.hyperopt import arguments, holds_parameters, read_drawn
from ...space.labels import Choices
from ...space.parameters import Categorical, Parameter
from ...space.search_space import SearchSpace

# The choices on the path to a parameter, as pairs of label and position.
Path: TypeAlias = tuple[tuple[str, int], ...]


@dataclass
class ParsedParameter:
    """A parameter in the expression graph.

    Attributes
    ----------
    name, arguments
        Name and arguments of the distribution.
    is_int
        Whether the value is converted to an integer.
    options
        The labels of a choice by position; None for a number.
    paths
        The paths to the parameter.
    """

    name: str
    arguments: Mapping[str, Any]
    is_int: bool
    options: Sequence[Any] | None
    paths: list[Path] = field(default_factory=list)

    def parameter(self, label: str, values: Sequence[float]) -> Parameter:
        """Return the parameter without its condition, with a range that contains the values."""
        if self.options is None:
            return read_drawn(label, self.name, self.arguments, values, is_int=self.is_int)
        weights = self.arguments.get("p")
        return Categorical(self.options, weights=None if weights is None else list(weights))

    def drawn(self, value: Any) -> Any:
        """Return the number that Hyperopt draws for a value: the position of a choice, a multiple of ``q``."""
        if self.options is not None:
            return Choices(self.options).find(value)
        if self.name == "randint":
            return int(value)
        q = self.arguments.get("q")
        return float(value) if q is None else float(round(value / q) * q)


class _SeveralBranches(Exception):  # noqa: N818 - it is no error, and is always caught
    """A parameter is in several branches that one condition cannot describe."""


class ParsedSpace:
    """The parameters of a Hyperopt space, parents first.

    A parameter that stands in several branches, which no single condition describes, depends on a choice that is added:
    True wherever one of the branches is taken.
    """

    def __init__(self, parsed: Mapping[str, ParsedParameter]) -> None:
        self._parsed = parsed
        self._whens: dict[str, Mapping[str, Any] | None] = {}
        # The added choices by label of the parameter.
        self._switches: dict[str, str] = {}
        for label, entry in parsed.items():
            try:
                self._whens[label] = _when(entry, parsed)
            except _SeveralBranches:
                self._switches[label] = _new_name(label, parsed)
                self._whens[label] = {self._switches[label]: True}

    def space(self, values: Mapping[str, Sequence[float]]) -> SearchSpace:
        """Return the space, with ranges that contain the values of the trials.

        Raises
        ------
        SpaceError
            If a distribution is unknown, or there is none.
        """
        if not self._parsed:
            raise SpaceError("the space of Hyperopt has no parameter; write one, such as hp.uniform('x', 0, 1)")
        parameters: dict[str, Parameter] = {switch: Categorical([True, False]) for switch in self._switches.values()}
        for label, entry in self._parsed.items():
            plain = entry.parameter(label, values.get(label, ()))
            parameters[label] = plain._with_when(self._whens[label])
        return SearchSpace(parameters, [*self._constraints()])

    def _constraints(self) -> Iterator[Forbid]:
        """Iterate over the constraints that make an added choice True wherever a branch is taken."""
        for label, switch in self._switches.items():
            for path in dict.fromkeys(self._parsed[label].paths):
                branch = {name: [_option(self._parsed, name, position)] for name, position in path}
                yield Forbid({**branch, switch: [False]})

    def params(self, vals: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        """Return the configuration of a document, without values in branches that it does not take."""
        positions = {label: int(drawn[0]) for label, drawn in vals.items() if self._is_choice(label) and len(drawn)}
        params: dict[str, Any] = {switch: self._is_active(label, positions) for label, switch in self._switches.items()}
        for label, drawn in vals.items():
            if not len(drawn) or (label in self._parsed and not self._is_active(label, positions)):
                continue
            value = builtin(drawn[0])
            params[label] = _options(self._parsed, label)[int(value)] if self._is_choice(label) else value
        return params

    def drawn(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return what Hyperopt would have drawn for a configuration, without branches that it does not take."""
        found = {label: entry.drawn(params[label]) for label, entry in self._parsed.items() if label in params}
        positions = {label: value for label, value in found.items() if self._is_choice(label)}
        return {label: value for label, value in found.items() if self._is_active(label, positions)}

    def _is_choice(self, label: str) -> bool:
        return label in self._parsed and self._parsed[label].options is not None

    def _is_active(self, label: str, positions: Mapping[str, int]) -> bool:
        """Whether one of the branches with a parameter is taken."""
        paths = self._parsed[label].paths
        return any(all(positions.get(name) == position for name, position in path) for path in paths)


def parse_space(space: Any) -> ParsedSpace:
    """Return the parameters of a Hyperopt space."""
    pyll = require("hyperopt.pyll", extra="hyperopt", needed_by="tanteo.integrations.hyperopt")
    parsed: dict[str, ParsedParameter] = {}
    _walk(pyll.as_apply(space), (), parsed, is_int=False)
    return ParsedSpace(parsed)


def _walk(node: Any, path: Path, parsed: dict[str, ParsedParameter], *, is_int: bool) -> None:
    if node.name == "switch":
        chosen, *options = node.inputs()
        label = chosen.arg["label"].obj
        _note(chosen, path, parsed, is_int=False, options=_labels(options))
        for position, option in enumerate(options):
            _walk(option, (*path, (label, position)), parsed, is_int=False)
    elif node.name == "hyperopt_param":
        _note(node, path, parsed, is_int=is_int, options=None)
    else:
        # hp.uniformint is an int of a float of the drawn value.
        child_is_int = node.name == "int" or (is_int and node.name == "float")
        for child in node.inputs():
            _walk(child, path, parsed, is_int=child_is_int)


def _note(
    node: Any, path: Path, parsed: dict[str, ParsedParameter], *, is_int: bool, options: Sequence[Any] | None
) -> None:
    distribution = node.arg["obj"]
    given = arguments(distribution)
    label = node.arg["label"].obj
    parsed.setdefault(label, ParsedParameter(distribution.name, given, is_int, options)).paths.append(path)


def _labels(options: Sequence[Any]) -> list[Any]:
    """Return the labels of a choice: its options, or their positions if an option contains parameters."""
    evaluate = require("hyperopt.pyll", extra="hyperopt", needed_by="tanteo.integrations.hyperopt").rec_eval
    if any(holds_parameters(option) for option in options):
        return list(range(len(options)))
    labels = [evaluate(option) for option in options]
    return labels if Choices(labels).duplicate() is None else list(range(len(options)))


def _when(entry: ParsedParameter, parsed: Mapping[str, ParsedParameter]) -> dict[str, list[Any]] | None:
    """Return the condition of a parameter: the choices on its path; several paths may differ in the last one only."""
    paths = list(dict.fromkeys(entry.paths))
    if () in paths:
        return None
    prefixes = {path[:-1] for path in paths}
    parents = {path[-1][0] for path in paths}
    if len(prefixes) > 1 or len(parents) > 1:
        raise _SeveralBranches
    when = {name: [_option(parsed, name, position)] for name, position in prefixes.pop()}
    parent = parents.pop()
    positions = [path[-1][1] for path in paths]
    if len(positions) < len(_options(parsed, parent)):
        when[parent] = [_option(parsed, parent, position) for position in positions]
    return when or None


def _options(parsed: Mapping[str, ParsedParameter], label: str) -> Sequence[Any]:
    options = parsed[label].options
    assert options is not None, label
    return options


def _option(parsed: Mapping[str, ParsedParameter], label: str, position: int) -> Any:
    return _options(parsed, label)[position]


def _new_name(label: str, taken: Mapping[str, Any]) -> str:
    name = f"{label} used"
    while name in taken:
        name += "_"
    return name
