"""Parses Hyperopt's expression graph of a space into parameters and their conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..._internal.optional import require
from ...exceptions import SpaceError
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


def parse_space(space: Any) -> dict[str, ParsedParameter]:
    """Return the parameters of a Hyperopt space, parents first."""
    pyll = require("hyperopt.pyll", extra="hyperopt", needed_by="from_hyperopt")
    parsed: dict[str, ParsedParameter] = {}
    _walk(pyll.as_apply(space), (), parsed, is_int=False)
    return parsed


def space_of(parsed: Mapping[str, ParsedParameter], values: Mapping[str, Sequence[float]]) -> SearchSpace:
    """Return the space of the parameters, with ranges that contain the values of the trials.

    Raises
    ------
    SpaceError
        If a single condition cannot describe the branches of a parameter, or its distribution is unknown.
    """
    parameters: dict[str, Parameter] = {}
    for label, entry in parsed.items():
        when = _when(label, entry, parsed)
        if entry.options is not None:
            weights = entry.arguments.get("p")
            parameters[label] = Categorical(
                entry.options, weights=None if weights is None else list(weights), when=when
            )
            continue
        plain = read_drawn(label, entry.name, entry.arguments, values.get(label, ()), is_int=entry.is_int)
        parameters[label] = plain._with_when(when)
    return SearchSpace(parameters)


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
    evaluate = require("hyperopt.pyll", extra="hyperopt", needed_by="from_hyperopt").rec_eval
    if any(holds_parameters(option) for option in options):
        return list(range(len(options)))
    labels = [evaluate(option) for option in options]
    return labels if Choices(labels).duplicate() is None else list(range(len(options)))


def _when(label: str, entry: ParsedParameter, parsed: Mapping[str, ParsedParameter]) -> dict[str, list[Any]] | None:
    """Return the condition of a parameter: the choices on its path; several paths may differ in the last one only."""
    paths = list(dict.fromkeys(entry.paths))
    if () in paths:
        return None
    prefixes = {path[:-1] for path in paths}
    parents = {path[-1][0] for path in paths}
    if len(prefixes) > 1 or len(parents) > 1:
        raise SpaceError(
            f"parameter {label!r} is in several branches of the space, which a single condition cannot describe; "
            "pass a tt.SearchSpace as space"
        )
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
