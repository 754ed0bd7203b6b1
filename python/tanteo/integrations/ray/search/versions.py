"""States of searches that earlier versions wrote, as this version writes them."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping
from typing import Any

from .commands import packed_params
from .freeze import column, to_little_endian


def upgrade(header: dict[str, Any], blocks: Mapping[str, bytes]) -> dict[str, bytes]:
    """Bring a state of version 1 up to date: the header in place, the blocks as a new mapping.

    There steps were integers, and configurations from elsewhere plain JSON.
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
