"""Conversion of declared spaces to JSON and back, without loss of types.

Lists, text, numbers, booleans and null are written as they are. Everything else becomes an object with one key, the
tag: a tuple is ``{"tuple": [...]}``, a dict ``{"dict": [[key, value], ...]}``, an infinity ``{"float": "inf"}``, an
integer of more than 4300 digits ``{"int": "0x..."}``, a parameter ``{"Float": {"low": 0.0, "high": 1.0}}`` with the
fields that differ from their defaults. Every object is a tag, so user data cannot be mistaken for one. Reading creates
values of a closed list of classes and runs no code.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from .._internal.coercion import shown
from .._internal.equality import same
from .._internal.immutable import Immutable
from .._internal.text import TOO_LONG
from ..exceptions import ParameterError, SpaceError
from . import constraints, parameters, priors
from .conditions import OneOf, Range, Resolved
from .constraints import Constraint
from .declared import SEPARATOR, Declared
from .labels import identity

FORMAT = 1
#: The classes whose values can be read back, by name.
CLASSES: dict[str, type[Immutable]] = {
    kind.__name__: kind
    for kind in (
        *parameters.KINDS,
        *(priors.Normal, priors.Histogram, constraints.Linear, constraints.Order, constraints.Forbid, Range, OneOf),
    )
}
# The exceptions that a malformed document can cause below.
_MALFORMED = (TypeError, ValueError, KeyError, IndexError, AttributeError, RecursionError)


class Unpackable(Exception):  # noqa: N818 - internal; converted to a ParameterError before it leaves this file
    """A value cannot be represented in JSON."""


def declaration_to_json(declared: Mapping[str, Declared], constraints: Iterable[Constraint]) -> str:
    """Return the declaration of a space as JSON text; raise an error for a value that JSON cannot represent."""
    return json.dumps(declaration_to_data(declared, constraints, _refuse))


def declaration_from_json(text: str) -> tuple[dict[str, Any], list[Constraint]]:
    """Return the mapping and the constraints that :func:`declaration_to_json` wrote."""
    try:
        data = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise SpaceError(f"this is not a space written by to_json, and not even JSON: {error}") from None
    return declaration_from_data(data)


def declaration_to_data(
    declared: Mapping[str, Declared],
    constraints: Iterable[Constraint],
    opaque: Callable[[Any], Any] | None = None,
) -> dict[str, Any]:
    """Return the declaration of a space as JSON values.

    ``opaque`` returns the replacement for a value that JSON cannot represent. By default that is a description, which
    identifies the value but from which it cannot be restored.
    """
    entries = [[list(entry.path), _pack_parameter(entry, opaque or _describe)] for entry in declared.values()]
    packed = [pack(constraint, opaque or _describe) for constraint in constraints]
    return {"format": FORMAT, "parameters": entries, "constraints": packed}


def declaration_from_data(data: Any) -> tuple[dict[str, Any], list[Constraint]]:
    """Return the mapping and the constraints from the result of :func:`declaration_to_data`."""
    check_format(data)
    try:
        nested: dict[str, Any] = {}
        for path, packed in data["parameters"]:
            _insert(nested, path, unpack(packed))
        constraints_list = [unpack(packed) for packed in data["constraints"]]
    except _MALFORMED as error:
        raise SpaceError(f"this is not a space written by to_json: {type(error).__name__}: {error}") from None
    return nested, constraints_list


def _pack_parameter(entry: Declared, opaque: Callable[[Any], Any]) -> Any:
    try:
        return pack(entry.parameter, opaque)
    except Unpackable as error:
        raise ParameterError(f"parameter {entry.name!r}: JSON cannot represent {error}") from None
    except RecursionError:
        raise ParameterError(f"parameter {entry.name!r}: JSON cannot represent values nested so deeply") from None


def check_format(data: Any) -> None:
    """Refuse JSON values that are not a space, or a space of a later version."""
    number = data.get("format") if isinstance(data, dict) else None
    if type(number) is not int:
        raise SpaceError("this is not a space written by to_json: it has no format number")
    if number != FORMAT:
        raise SpaceError(f"this space has format {number}, and this version reads format {FORMAT}; update tanteo")


def pack(value: Any, opaque: Callable[[Any], Any] | None = None) -> Any:
    """Return ``value`` as JSON values (see the docstring of this module).

    ``opaque`` returns the replacement for a value that JSON cannot represent; by default :class:`Unpackable` is raised.
    """
    kind = type(value)
    if value is None or kind in (bool, str):
        return value
    if kind is int:
        return value if abs(value) < TOO_LONG else {"int": hex(value)}
    if kind is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if kind is list:
        return [pack(item, opaque) for item in value]
    if kind is tuple:
        return {"tuple": [pack(item, opaque) for item in value]}
    if kind is dict or kind is Resolved:
        items = [[pack(key, opaque), pack(item, opaque)] for key, item in value.items()]
        return {"dict" if kind is dict else "when": items}
    if CLASSES.get(kind.__name__) is kind:
        return {kind.__name__: _pack_fields(value, opaque)}
    return (opaque or _refuse)(value)


def _pack_fields(value: Immutable, opaque: Callable[[Any], Any] | None) -> dict[str, Any]:
    fields = value._named_fields()
    needed = (name for name in fields if name not in value._defaults or not same(fields[name], value._defaults[name]))
    return {name: pack(fields[name], opaque) for name in needed}


def unpack(packed: Any) -> Any:
    """Return the value from the result of :func:`pack`."""
    if isinstance(packed, list):
        return [unpack(item) for item in packed]
    if not isinstance(packed, dict):
        return packed
    ((tag, content),) = packed.items()
    if tag in CLASSES:
        return CLASSES[tag](**{name: unpack(item) for name, item in content.items()})
    if tag == "tuple":
        return tuple(unpack(item) for item in content)
    if tag in ("dict", "when"):
        return (dict if tag == "dict" else Resolved)((unpack(key), unpack(item)) for key, item in content)
    if tag == "float" and content in ("inf", "-inf", "nan"):
        return float(content)
    if tag == "int" and isinstance(content, str):
        return int(content, 16)
    raise ValueError(f"unknown tag {tag!r}")


def opaque_parameters(data: dict[str, Any]) -> list[str]:
    """Return the flat names of the parameters with values that JSON cannot represent."""
    return [SEPARATOR.join(path) for path, packed in data["parameters"] if holds_opaque(packed)]


def holds_opaque(packed: Any) -> bool:
    """Return whether packed data stands for a value that JSON cannot represent, entirely or in part."""
    if isinstance(packed, dict):
        return "opaque" in packed or any(map(holds_opaque, packed.values()))
    return isinstance(packed, list) and any(map(holds_opaque, packed))


def _describe(value: Any) -> dict[str, str]:
    return {"opaque": identity(value)}


def _refuse(value: Any) -> NoReturn:
    raise Unpackable(shown(value))


def _insert(root: dict[str, Any], path: list[str], parameter: Any) -> None:
    for key in path[:-1]:
        root = root.setdefault(key, {})
    if path[-1] in root:
        raise ValueError(f"{path} stands twice")
    if not isinstance(parameter, parameters.Parameter):
        raise ValueError(f"{path} is no parameter")
    root[path[-1]] = parameter
