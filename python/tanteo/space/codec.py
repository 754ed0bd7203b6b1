"""Conversion between rows of raw values and the user's ``params``: nesting, labels, constants."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from .._internal.coercion import shown
from .._internal.text import safe_repr
from ..exceptions import ParameterError
from .core import core_conditions, core_indices
from .declared import SEPARATOR, Declared

if TYPE_CHECKING:
    # One raw value (a number, or the level of a choice) per parameter of the core; None if inactive or not given.
    Row: TypeAlias = Sequence[Any]
    # The keys, nested as the user did; leaves are flat names.
    Tree: TypeAlias = dict[str, Any]


class Codec:
    """Converts rows to ``params`` and back, for one space."""

    __slots__ = (
        "_conditions",
        "_declared",
        "_entries",
        "_indices",
        "_is_plain",
        "_labelled",
        "_names",
        "_slacks",
        "_tree",
    )

    def __init__(self, declared: Mapping[str, Declared]) -> None:
        self._declared = declared
        self._indices = core_indices(declared)
        self._names = list(self._indices)
        self._slacks = [declared[name].parameter._slack for name in self._indices]
        self._conditions = {name: core_conditions(name, declared, self._indices) for name in declared}
        # Per parameter in the order of declaration: its name, path, index (None for constants) and labels.
        self._entries = [
            (name, entry.path, self._indices.get(name), entry.parameter._labels()) for name, entry in declared.items()
        ]
        # Nothing is nested, conditional or constant: the params are the row with names.
        self._is_plain = all(len(path) == 1 and i is not None for _, path, i, _ in self._entries) and not any(
            entry.parameter.when for entry in declared.values()
        )
        self._labelled = [(name, labels) for name, _, _, labels in self._entries if labels is not None]
        self._tree = _tree(declared.values())

    @property
    def names(self) -> list[str]:
        """The flat names of the core's parameters, in the order of the core."""
        return list(self._names)

    def params(self, row: Row) -> dict[str, Any]:
        """Return the params of a row: nested as declared, without inactive parameters and empty groups."""
        if self._is_plain:
            plain = dict(zip(self._indices, row, strict=True))
            for name, of_levels in self._labelled:
                plain[name] = of_levels[plain[name]]
            return plain
        result: dict[str, Any] = {}
        for name, path, index, labels in self._entries:
            raw = row[index] if index is not None else self.constant_level(name, row)
            if raw is not None:
                _place(result, path, raw if labels is None else labels[raw])
        return result

    def columns(self, rows: Sequence[Row]) -> Iterator[tuple[str, list[Any], str]]:
        """Iterate over the flat names, the values in each row (None if inactive), and their type in NumPy."""
        for name, _, index, labels in self._entries:
            raws = [self.constant_level(name, row) if index is None else row[index] for row in rows]
            values = raws if labels is None else [None if raw is None else labels[raw] for raw in raws]
            yield name, values, self._declared[name].parameter._dtype()

    def constant_level(self, name: str, row: Row) -> int | None:
        """Return the only level of a constant, or None if it is inactive."""
        return 0 if self._exists(name, row) else None

    def row(self, flat: Mapping[str, Any]) -> list[Any]:
        """Return the raw values of flat parameters, None where none is given; a constant must have its own value."""
        row: list[Any] = [None] * len(self._indices)
        for name, value in flat.items():
            raw = self._declared[name].parameter._to_raw(value, f"parameter {name!r}")
            if name in self._indices:
                row[self._indices[name]] = raw
        return row

    def flat(self, params: Any) -> dict[str, Any]:
        """Return ``params``, nested or with flat names, as a dict from flat names to values.

        Raises
        ------
        ParameterError
            If a name is unknown or given twice.
        """
        if not isinstance(params, Mapping):
            raise ParameterError(f"params must be a mapping from names to values, got {shown(params)}")
        flat: dict[str, Any] = {}
        self._walk(params, self._tree, "", flat)
        return flat

    def without_inactive(self, flat: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
        """Return flat parameters without those among ``names`` that do not exist beside the others."""
        kept = dict(flat)
        while True:
            row = self.row(kept)
            inactive = [name for name in names if name in kept and not self._exists(name, row)]
            if not inactive:
                return kept
            for name in inactive:
                del kept[name]

    def check_active(self, flat: Mapping[str, Any], row: Row, *, partial: bool) -> None:
        """Refuse a parameter that is given although it is inactive; the message quotes the condition that fails.

        A parent without a value counts as possible if its own conditions can hold; the core reports the missing value
        in a complete configuration. The core has no constants, so in a complete configuration every parent of a
        constant must have a value.
        """
        for name in flat:
            if not self._exists(name, row, unknown=partial or name in self._indices):
                raise ParameterError(self._inactive(name, row))
        if partial:
            self._check_together(flat)

    def _inactive(self, name: str, row: Row) -> str:
        """Return the message for an inactive parameter: its own condition fails, or that of a parent."""
        cause = self._cause(name, row)
        when = self._declared[cause].parameter.when
        if cause == name:
            return f"parameter {name!r} is given, but exists only when={when!r}; leave it out"
        relation = "parent" if cause in (self._declared[name].parameter.when or {}) else "ancestor"
        return (
            f"parameter {name!r} is given, but its {relation} {cause!r} exists only when={when!r}; leave {name!r} out"
        )

    def _cause(self, name: str, row: Row) -> str:
        """Return the nearest among an inactive parameter and its ancestors whose own condition fails."""
        when = self._declared[name].parameter.when or {}
        raws = {parent: row[self._indices[parent]] if parent in self._indices else None for parent in when}
        for parent, raw in raws.items():
            accept = self._declared[parent].parameter._accept(when[parent])
            if raw is not None and not self._accepts(self._indices[parent], accept, raw):
                return name
        for parent, raw in raws.items():
            if raw is None and not self._exists(parent, row, unknown=True):
                return self._cause(parent, row)
        return name

    def _check_together(self, flat: Mapping[str, Any]) -> None:
        """Refuse parameters that need different values of a parent that is not given."""
        required: dict[str, tuple[str, Any]] = {}
        for name in flat:
            when = self._declared[name].parameter.when or {}
            for parent in (parent_name for parent_name in when if parent_name not in flat):
                other_name, condition = required.get(parent, (name, when[parent]))
                common = self._declared[parent].parameter._intersection(condition, when[parent])
                if common is None:
                    raise ParameterError(
                        f"parameters {name!r} and {other_name!r} never exist together: {name!r} needs {parent!r} to be "
                        f"{when[parent]!r}, {other_name!r} needs {condition!r}; leave one out"
                    )
                required[parent] = (name, common)

    def _walk(self, params: Mapping[Any, Any], node: Tree, prefix: str, flat: dict[str, Any]) -> None:
        for key, value in params.items():
            child = node.get(key) if isinstance(key, str) else None
            if isinstance(child, dict):
                if not isinstance(value, Mapping):
                    raise ParameterError(
                        f"{prefix + key!r} is a group of parameters; give a mapping, not {shown(value)}"
                    )
                self._walk(value, child, prefix + key + SEPARATOR, flat)
                continue
            name = prefix + key if isinstance(key, str) else key
            if not isinstance(name, str) or name not in self._declared:
                raise ParameterError(self._unknown(name))
            if name in flat:
                raise ParameterError(f"parameter {name!r} is given twice, nested and by its flat name")
            flat[name] = value

    def _unknown(self, name: Any) -> str:
        import difflib  # needed for an error only; keeps the import of the package fast

        text = name if isinstance(name, str) else safe_repr(name)
        matches = difflib.get_close_matches(text, self._declared, n=1)
        hint = (
            f"did you mean {matches[0]!r}?" if matches else f"it has {', '.join(map(repr, list(self._declared)[:10]))}"
        )
        return f"parameter {safe_repr(name)} is unknown to the space; {hint}"

    def _exists(self, name: str, row: Row, *, unknown: bool = False) -> bool:
        """Return whether a parameter exists given the values of ``row``.

        With ``unknown``, a parent without a value may still get any that its own parents allow.
        """
        for index, accept in self._conditions[name]:
            raw = row[index]
            if raw is None:
                if not (unknown and self._exists(self._names[index], row, unknown=True)):
                    return False
            elif not self._accepts(index, accept, raw):
                return False
        return True

    def _accepts(self, index: int, accept: tuple[Any, ...], raw: Any) -> bool:
        """Return whether a condition accepts a raw value of the parameter with this index."""
        kind, *content = accept
        slack = self._slacks[index]
        if kind == "range":
            low, high = content
            return (low is None or raw >= low - slack) and (high is None or raw <= high + slack)
        return any(abs(raw - value) <= slack for value in content[0])


def _tree(entries: Iterable[Declared]) -> Tree:
    tree: Tree = {}
    for entry in entries:
        _place(tree, entry.path, entry.name)
    return tree


def _place(root: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        root = root.setdefault(key, {})
    root[path[-1]] = value
