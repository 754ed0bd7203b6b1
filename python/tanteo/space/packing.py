"""Conversion of declared spaces to JSON and back, without loss of types.

Lists, text, numbers, booleans and null are written as they are. Everything else becomes an object with one key, the
tag: a tuple is ``{"tuple": [...]}``, a dict ``{"dict": [[key, value], ...]}``, an infinity ``{"float": "inf"}``, an
integer of more than 4300 digits ``{"int": "0x..."}``, a parameter ``{"Float": {"low": 0.0, "high": 1.0}}`` with the
fields that differ from their defaults. A simplex, which is written as its floats and their sum, may stand in a space
written by hand. Every object is a tag, so user data cannot be mistaken for one. Reading creates
values of a closed list of classes and runs no code.
"""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from .._internal.coercion import names_text, short, shown
from .._internal.equality import same
from .._internal.immutable import Immutable
from .._internal.text import TOO_LONG
from ..exceptions import ParameterError, SpaceError
from . import constraints, parameters, priors
from .conditions import OneOf, Range, Resolved
from .constraints import Constraint
from .declared import SEPARATOR, Declared
from .group import Simplex
from .labels import Choices, Described, description, identity, is_named

FORMAT = 1
#: The classes whose values can be read back, by name.
CLASSES: dict[str, type[Immutable]] = {
    kind.__name__: kind
    for kind in (
        *parameters.KINDS,
        *(
            Simplex,
            priors.Normal,
            priors.Histogram,
            constraints.Linear,
            constraints.Order,
            constraints.Forbid,
            Range,
            OneOf,
        ),
    )
}
#: What a document has, of which the last may be left out.
_KEYS = ("format", "parameters", "constraints")
_TAGS = ("tuple", "dict", "when", "float", "int")
# The exceptions that a malformed document can cause below.
_MALFORMED = (TypeError, ValueError, KeyError, IndexError, AttributeError, RecursionError)


_NO_SPACE = "this is not a space written by to_json"
_ENTRY = "it is not a list of names and a parameter, such as [['x'], {'Int': {'low': 0, 'high': 9}}]"


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
        raise SpaceError(f"{_NO_SPACE}, and not even JSON: {error}") from None
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
    _check_keys(data)
    nested: dict[str, Any] = {}
    for k, entry in enumerate(_entries(data, "parameters")):
        with _naming(_subject(entry, k)):
            if not (isinstance(entry, list) and len(entry) == 2 and _is_path(entry[0])):
                raise ValueError(_ENTRY)
            _insert(nested, entry[0], unpack(entry[1]))
    constraints_list = []
    # A space without constraints may be written by hand without the entry.
    for k, packed in enumerate(_entries({"constraints": [], **data}, "constraints")):
        with _naming(f"constraint {k}"):
            constraints_list.append(unpack(packed))
    return nested, constraints_list


def _check_keys(data: Mapping[str, Any]) -> None:
    """Refuse a mistyped key, whose content would be left out without a word."""
    if unknown := [key for key in data if key not in _KEYS]:
        raise SpaceError(f"a space has no {names_text(unknown)}; it has {names_text(_KEYS)}")


def _entries(data: Mapping[str, Any], name: str) -> list[Any]:
    entries = data.get(name)
    if not isinstance(entries, list):
        raise SpaceError(f"{_NO_SPACE}: it has no list {name!r}")
    return entries


def _is_path(path: Any) -> bool:
    return isinstance(path, list) and len(path) > 0 and all(isinstance(key, str) for key in path)


def _subject(entry: Any, k: int) -> str:
    """Return what an entry of the parameters is called in messages: its flat name, if it has one."""
    is_named = isinstance(entry, list) and len(entry) > 0 and _is_path(entry[0])
    return f"parameter {SEPARATOR.join(entry[0])!r}" if is_named else f"entry {k} of 'parameters'"


@contextmanager
def _naming(subject: str) -> Iterator[None]:
    """Let the error about an entry that cannot be read name the entry."""
    try:
        yield
    except _MALFORMED as error:
        what = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        raise SpaceError(f"{_NO_SPACE}: {subject}: {what}") from None


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
        raise SpaceError(f"{_NO_SPACE}: it has no format number")
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


def pack_value(value: Any, among: Iterable[parameters.Parameter]) -> Any:
    """Return a value of one of some parameters as JSON values, or as its description if JSON cannot represent it."""
    try:
        return pack(value)
    except Unpackable:
        text = description(value)
        is_known = all(len(_described(text, parameter)) < 2 for parameter in among)
        return {"opaque": text if is_known else f"{text} (one of several)"}


def unpack_value(packed: Any, among: Iterable[parameters.Parameter]) -> Any:
    """Undo :func:`pack_value`; a description becomes the choice of the first parameter that has one with it."""
    if not holds_opaque(packed):
        return unpack(packed)
    text = packed["opaque"]
    found: list[Any] = next(filter(None, (_described(text, parameter) for parameter in among)), [])
    return found[0] if len(found) == 1 else Described(text)


def check_told_apart(name: str, new: parameters.Parameter, earlier: Iterable[Any], recorded: Container[str]) -> None:
    """Refuse a choice that could be taken for another one, because JSON cannot represent both.

    Parameters
    ----------
    name
        The flat name of the parameter.
    new
        The parameter whose choices are checked.
    earlier
        The choices that it had before. One that stays is no other one.
    recorded
        The descriptions of choices that it had before these.

    Raises
    ------
    ParameterError
        Naming the choice.
    """
    before = Choices(earlier)
    similar = {description(label): label for label in before.labels if _is_opaque(label)}
    for label in new._labels() or ():
        if _is_opaque(label) and before.find(label) is None:
            text = description(label)
            is_one = is_named(label) and (text not in similar or identity(label) == identity(similar[text]))
            if not is_one and (text in similar or text in recorded):
                raise ParameterError(
                    f"parameter {name!r}: the choice {shown(label)} looks like an earlier one, whose results would be "
                    "taken for its own; pass the same object, or one with a repr of its own: a function defined by "
                    "def at the top of a module, or an object of a class with __repr__"
                )


def _is_opaque(value: Any) -> bool:
    return holds_opaque(pack(value, _describe))


def _described(text: str, parameter: parameters.Parameter) -> list[Any]:
    return [label for label in parameter._labels() or () if description(label) == text]


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
    if len(packed) != 1:
        raise ValueError(f"an object has one key, which says what it is, got the keys {names_text(packed) or 'none'}")
    ((tag, content),) = packed.items()
    if tag in CLASSES:
        if not isinstance(content, dict):
            raise ValueError(f"the fields of {tag} are an object, got {short(content, 40)}")
        return _made(CLASSES[tag], {name: unpack(item) for name, item in content.items()})
    if tag == "tuple":
        return tuple(unpack(item) for item in content)
    if tag in ("dict", "when"):
        return (dict if tag == "dict" else Resolved)((unpack(key), unpack(item)) for key, item in content)
    if tag == "float" and content in ("inf", "-inf", "nan"):
        return float(content)
    if tag == "int" and isinstance(content, str):
        return int(content, 16)
    raise ValueError(f"{short(tag, 40)} is unknown; an object is one of {', '.join([*CLASSES, *_TAGS])}")


def _made(kind: type[Immutable], fields: Mapping[str, Any]) -> Immutable:
    try:
        return kind(**fields)
    except TypeError as error:
        raise ValueError(_misfit(kind, fields) or str(error)) from None


def _misfit(kind: type[Immutable], fields: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the names of some fields, or None."""
    expected = inspect.signature(kind).parameters
    for name in fields:
        if name not in expected:
            return f"{kind.__name__} has no {name!r}; it has {', '.join(expected)}"
    needed = (name for name, each in expected.items() if each.default is each.empty and name not in fields)
    return next((f"{kind.__name__} needs {name!r}" for name in needed), None)


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
        if not isinstance(root, dict):
            raise ValueError(f"{key!r} is a parameter, not a group")
    if path[-1] in root:
        raise ValueError("it is declared twice; remove one")
    if not isinstance(parameter, parameters.Parameter | Simplex):
        raise ValueError(f"{short(parameter, 40)} is no parameter, such as {{'Float': {{'low': 0.0, 'high': 1.0}}}}")
    root[path[-1]] = parameter
