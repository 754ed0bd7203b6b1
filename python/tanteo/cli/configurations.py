"""Configurations among arguments: ``lr=0.01 kind=adam``, or one JSON object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tanteo._internal.coercion import short
from tanteo._internal.text import safe_repr
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer


def configuration(search: Optimizer, texts: Sequence[str], option: str = "") -> dict[str, Any]:
    """Return the configuration that arguments give; it may lack parameters.

    Parameters
    ----------
    search
        The search that has the parameters.
    texts
        A name and a value each, or a single JSON object.
    option
        The option that they belong to, for messages.

    Raises
    ------
    ArgumentError
        Naming the argument.
    """
    option = f"{option} " if option else ""
    if len(texts) == 1 and texts[0].lstrip().startswith("{"):
        return _from_json(texts[0], option)
    params = dict(_assignment(search, text, option) for text in texts)
    if len(params) < len(texts):
        raise ArgumentError(f"{option}{' '.join(texts)}: a parameter is given twice")
    return params


def _from_json(text: str, option: str) -> dict[str, Any]:
    try:
        # What begins with a brace is an object.
        return dict(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise ArgumentError(f"{option}{short(text, 80)}: this is not JSON: {error}") from None


def _assignment(search: Optimizer, text: str, option: str) -> tuple[str, Any]:
    """Return name and value of ``lr=0.01``; the parameter determines the type of the value."""
    from tanteo.integrations.tables import cell_reader

    name, sign, value = text.partition("=")
    if not sign:
        raise ArgumentError(
            f"""{option}{short(text, 80)}: write NAME=VALUE, such as lr=0.01, or one object, such as '{{"lr": 0.01}}'"""
        )
    if name not in search.space:
        raise ArgumentError(f"{option}{text}: there is no parameter {name!r}; the space has {', '.join(search.space)}")
    for label in search.space[name]._labels() or ():
        # Compare with the repr: if both are choices, 1 is the number and '1' the text.
        if safe_repr(label) == value:
            return name, label
    try:
        return name, cell_reader(search.space[name])(value)
    except (ValueError, OverflowError):
        raise ArgumentError(f"{option}{text}: {value!r} is not a value of {search.space[name]!r}") from None
