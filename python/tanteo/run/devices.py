"""The devices of worker processes: what each of them sees in ``CUDA_VISIBLE_DEVICES``."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from tanteo._internal.coercion import members, shown
from tanteo.exceptions import ArgumentError

VARIABLE = "CUDA_VISIBLE_DEVICES"
# A device, or several of one worker.
Device: TypeAlias = str | int | Sequence[str | int]

_EXPECTED = 'a device such as "cuda:0", 0, "GPU-8f6c..." or "cpu", or a tuple of devices for one worker'


def visible(devices: Sequence[Device]) -> tuple[str, ...]:
    """Return the value of ``CUDA_VISIBLE_DEVICES`` for each worker.

    An index counts among the devices that this process sees: where it has ``CUDA_VISIBLE_DEVICES=4,5``, the device
    ``"cuda:1"`` is 5.

    Raises
    ------
    ArgumentError
        For anything but a list of devices, and for an index that this process does not see.
    """
    listed = members(devices, "devices must be a list of devices, one for each worker")
    if not listed:
        raise ArgumentError("devices must name at least one device, got an empty list; leave it out to change nothing")
    return tuple(_of_worker(entry) for entry in listed)


def _of_worker(entry: Any) -> str:
    several = entry if isinstance(entry, list | tuple) else [entry]
    if not several:
        raise ArgumentError(f"devices must hold {_EXPECTED}, got {shown(entry)}")
    names = [_name(device) for device in several]
    return ",".join(name for name in names if name)


def _name(device: Any) -> str:
    """Return the name of a device for CUDA; none for the processor alone."""
    if isinstance(device, int) and not isinstance(device, bool) and device >= 0:
        return _seen(device)
    text = str(device) if isinstance(device, str) or type(device).__module__ == "torch" else ""
    index = re.fullmatch(r"(?:cuda:)?(\d+)", text)
    if index:
        return _seen(int(index[1]))
    if re.fullmatch(r"(GPU|MIG)-[\w/-]+", text):
        return text
    if text == "cpu":
        return ""
    raise ArgumentError(f"devices must hold {_EXPECTED}, got {shown(device)}")


def _seen(index: int) -> str:
    names = os.environ.get(VARIABLE)
    if names is None:
        return str(index)
    seen = [name for name in names.split(",") if name]
    if index >= len(seen):
        raise ArgumentError(
            f"devices names the device {index}, but this process sees {len(seen)}: {VARIABLE} is {names!r}; count from "
            "0 among these, or change the variable"
        )
    return seen[index]
