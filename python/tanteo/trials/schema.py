"""The forms of the fields of a trial, from which tables, JSON, imports and views follow.

The fields are the annotations of :class:`tanteo.FrozenTrial`. An annotation is all that a field needs if the core
records it under the same name; otherwise :func:`fields_of` says where its value comes from. The kind of its column
follows from the annotation as well (:func:`.frames.field_column`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from .._internal.coercion import as_shown
from .._internal.states import state_of

if TYPE_CHECKING:
    from ..space.codec import Row

#: How a configuration was chosen, by the names of the core; :class:`tanteo.FrozenTrial` documents them.
Origin: TypeAlias = Literal[
    "default", "enqueued", "observed", "design", "random", "tpe", "gp", "cma_es", "nsga", "external", "earlier"
]
#: Those of configurations that no sampler proposed.
NOT_SAMPLED: tuple[Origin, ...] = ("default", "enqueued", "observed", "earlier")


class Decoder(Protocol):
    """Converts a row to a configuration, such as a :class:`tanteo.space.codec.Codec`."""

    def params(self, row: Row) -> dict[str, Any]:
        """Return the configuration."""


def fields_of(names: Iterable[str], record: Mapping[str, Any], codec: Decoder, number: int) -> dict[str, Any]:
    """Return fields of a trial by name, from its record in the core."""
    known = {
        **record,
        "id": number,
        "state": state_of(record["state"], paused=record["paused"]),
        "constraints": dict(record["constraints"]),
        "resume_from": resume_from(record),
        "steps": {step: as_shown(values) for step, values in record["curve"]},
        "step_constraints": {step: dict(named) for step, named in record["reported"]},
        "folds": dict(record["folds"]),
        "attrs": _attrs(record["attributes"]),
    }
    return {name: codec.params(record["row"]) if name == "params" else frozen(known[name]) for name in names}


def frozen(value: Any) -> Any:
    """Return the value of a field that cannot be changed: lists as tuples, and a mapping as a read-only one."""
    if isinstance(value, dict):
        return MappingProxyType(value)
    return tuple(map(frozen, value)) if isinstance(value, list | tuple) else value


def resume_from(record: Mapping[str, Any]) -> int | None:
    """Return the last step that a trial reported until its pause, or the number of its folds; None without a pause.

    The core records it when the trial goes on. Until then it is the end of the curve, whose steps are numbers of folds
    if the trial reported folds. A trial that has ended has none.
    """
    if record["paused"] and record["curve"]:
        return int(record["curve"][-1][0])
    return record["resume_from"] if record["state"] == "pending" else None


def as_json(value: Any) -> Any:
    """Return the value of a field in a form that JSON can represent: text as keys, lists as sequences."""
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items()}
    return list(map(as_json, value)) if isinstance(value, tuple) else value


def _attrs(attributes: Sequence[tuple[str, str]]) -> dict[str, Any]:
    if not attributes:
        return {}
    from .attributes import attribute_value  # imports json, which is needed with attributes only

    return {name: attribute_value(text) for name, text in attributes}
