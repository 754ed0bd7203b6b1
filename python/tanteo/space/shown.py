"""Display of spaces with choices that JSON cannot represent: each such choice is replaced by text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .declared import SEPARATOR
from .labels import description
from .packing import holds_opaque, opaque_parameters
from .search_space import space_from_data

if TYPE_CHECKING:
    from .search_space import SearchSpace


def reprs_of_opaque(space: SearchSpace, data: dict[str, Any]) -> dict[str, list[str]]:
    """Return the descriptions of all choices of each parameter with choices that JSON cannot represent.

    ``data`` is the space as JSON values.
    """
    return {name: [description(label) for label in _labels(space, name)] for name in opaque_parameters(data)}


def _labels(space: SearchSpace, name: str) -> Sequence[Any]:
    return space._declared[name].parameter._labels() or ()


def parameters_to_give(data: Mapping[str, Any]) -> list[str]:
    """Return the flat names of the parameters whose own choices JSON cannot represent.

    Parameters that only depend on such choices are not included.
    """
    return [
        SEPARATOR.join(path)
        for path, packed in data["parameters"]
        for fields in packed.values()
        if holds_opaque([fields.get("choices"), fields.get("value")])
    ]


def shown_space(data: Mapping[str, Any], shown: Mapping[str, Sequence[str]]) -> SearchSpace:
    """Return a space with text in place of the choices that JSON cannot represent.

    Parameters
    ----------
    data
        The space as JSON values.
    shown
        The result of :func:`reprs_of_opaque`. Without it the text is that of :func:`tanteo.space.labels.identity`.

    Raises
    ------
    SpaceError
        If a condition or a constraint depends on one of several choices of the same class: it is not known which.
    """
    texts: dict[str, str] = {}
    parameters = []
    for path, packed in data["parameters"]:
        ((kind, fields),) = packed.items()
        if "choices" in fields:
            choices = fields["choices"]["tuple"]
            new_choices = _texts(choices, shown.get(SEPARATOR.join(path), ()))
            texts |= _unambiguous_texts(choices, new_choices)
            if _is_unknown(fields.get("default"), choices):
                fields = {name: field for name, field in fields.items() if name != "default"}
            fields = {**fields, "choices": {"tuple": new_choices}}
        elif kind == "Constant":
            fields = {**fields, "value": _texts([fields["value"]], shown.get(SEPARATOR.join(path), ()))[0]}
        parameters.append([path, {kind: fields}])
    return space_from_data(_replaced({**data, "parameters": parameters}, texts))


def is_exact(data: Mapping[str, Any]) -> bool:
    """Return whether :func:`shown_space` keeps every default: it drops one that is among several of the same class."""
    choice_fields = (fields for _, packed in data["parameters"] for fields in packed.values() if "choices" in fields)
    return not any(_is_unknown(fields.get("default"), fields["choices"]["tuple"]) for fields in choice_fields)


def _is_unknown(default: Any, choices: Sequence[Any]) -> bool:
    return holds_opaque(default) and choices.count(default) != 1


def _unambiguous_texts(choices: Sequence[Any], texts: Sequence[Any]) -> dict[str, str]:
    """Return the texts of replaced choices by their JSON, except for choices with the same JSON."""
    keys = [json.dumps(choice) for choice in choices]
    return {
        key: text
        for key, text, choice in zip(keys, texts, choices, strict=True)
        if text is not choice and keys.count(key) == 1
    }


def _texts(choices: Sequence[Any], reprs: Sequence[str]) -> list[Any]:
    """Return the choices with text for those that JSON cannot represent; equal texts are numbered."""
    texts = list(reprs) if reprs else [_identity(choice) for choice in choices]
    are_opaque = [holds_opaque(choice) for choice in choices]
    counts = Counter(text for text, is_opaque in zip(texts, are_opaque, strict=True) if is_opaque)
    counts.update(choice for choice in choices if isinstance(choice, str))
    numbered = [text if counts[text] < 2 else f"{text} #{place}" for place, text in enumerate(texts)]
    return [
        text if is_opaque else choice for choice, text, is_opaque in zip(choices, numbered, are_opaque, strict=True)
    ]


def _identity(packed: Any) -> str:
    if isinstance(packed, dict) and "opaque" in packed:
        return str(packed["opaque"])
    return json.dumps(packed)


def _replaced(packed: Any, texts: Mapping[str, str]) -> Any:
    """Return packed data with choices replaced by texts, including those in defaults, conditions and constraints."""
    if not isinstance(packed, dict | list):
        return packed
    text = texts.get(json.dumps(packed))
    if text is not None:
        return text
    if isinstance(packed, list):
        return [_replaced(item, texts) for item in packed]
    if "opaque" in packed:
        return f"<{packed['opaque']}>"
    return {tag: _replaced(content, texts) for tag, content in packed.items()}
