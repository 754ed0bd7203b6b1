"""Converts states of earlier versions to the current version."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping
from typing import Any

from .commands import packed_params
from .freeze import column, to_little_endian


def upgrade(header: dict[str, Any], blocks: Mapping[str, bytes]) -> dict[str, bytes]:
    """Upgrade a state of version 1: change the header in place and return new blocks.

    In version 1, steps were integers, and the params of adopted trials were plain JSON.
    """
    if header["session"] is None:
        return dict(blocks)
    for command in header["session"]["waiting"]:
        if command[0] == "adopt":
            command[1] = packed_params(command[1])
    other = json.loads(blocks["ledger"])
    other["adopted"] = {ticket: packed_params(params) for ticket, params in other["adopted"].items()}
    steps = to_little_endian(array("d", column(blocks, "steps", "q")))
    return {**blocks, "steps": steps.tobytes(), "ledger": json.dumps(other).encode("ascii")}
