"""Converts a ledger to a few blocks of bytes and back."""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from ....exceptions import SnapshotError
from ....optimizer import Optimizer
from ....space.packing import pack, unpack
from .ledger import Ledger
from .record import End, TrialRecord

#: Name to bytes.
Blocks: TypeAlias = dict[str, bytes]


def freeze(ledger: Ledger) -> Blocks:
    """Return the content of a ledger.

    The blocks are ``optimizer`` (see :meth:`tanteo.Optimizer.to_bytes`), ``curves``, the steps and then the values of
    all trials as little-endian floats, and ``ledger``, the rest as JSON.
    """
    records = ledger.records
    curves = array("d", [step for record in records for step in record.steps])
    curves.extend(value for record in records for value in record.values)
    adopted = {k: pack(record.params) for k, record in enumerate(records) if record.params is not None}
    other = {
        "rows": [record.row for record in records],
        "ends": [int(record.end) for record in records],
        "lengths": [len(record.steps) for record in records],
        "adopted": list(adopted.items()),
        "constraints": [[k, pack(record.constraints)] for k, record in enumerate(records) if record.constraints],
        "reasons": [[k, record.reason] for k, record in enumerate(records) if record.reason is not None],
        "known": [[k, pack(record.known)] for k, record in enumerate(records) if record.known],
        "unsettled": sorted(ledger.outdated),
        "step": ledger.budget.step,
    }
    return {
        "optimizer": ledger.optimizer.to_bytes(),
        "curves": _little_endian(curves).tobytes(),
        "ledger": json.dumps(other).encode("ascii"),
    }


def thaw(blocks: Mapping[str, bytes], sampler: Any, allowed: Any) -> Ledger:
    """Return the ledger that :func:`freeze` converted.

    Parameters
    ----------
    blocks
        The blocks. Unknown ones are ignored, since a later version may add some.
    sampler
        The sampler, if it is written in Python.
    allowed
        The rule on configurations, if there is one.
    """
    ledger = Ledger(Optimizer.from_bytes(blocks["optimizer"], sampler=sampler, allowed=allowed))
    other = json.loads(blocks["ledger"])
    curves = array("d")
    curves.frombytes(blocks["curves"])
    ledger.restore(_records(other, _little_endian(curves)))
    ledger.outdated = set(other["unsettled"])
    ledger.budget.step = other["step"]
    return ledger


def _records(other: Mapping[str, Any], curves: array[float]) -> Iterator[TrialRecord]:
    adopted, n_steps, start = dict(other["adopted"]), sum(other["lengths"]), 0
    constraints, reasons, known = dict(other["constraints"]), dict(other["reasons"]), dict(other["known"])
    width = len(curves) // n_steps - 1 if n_steps else 1
    for ticket, (row, end, length) in enumerate(zip(other["rows"], other["ends"], other["lengths"], strict=True)):
        record = TrialRecord(row, unpack(adopted[ticket]) if ticket in adopted else None)
        record.end = _end(end)
        record.constraints = unpack(constraints[ticket]) if ticket in constraints else {}
        record.reason = reasons.get(ticket)
        record.known = unpack(known[ticket]) if ticket in known else ()
        record.steps = curves[start : start + length]
        record.values = curves[n_steps + start * width : n_steps + (start + length) * width]
        start += length
        yield record


def _end(number: int) -> End:
    try:
        return End(number)
    except ValueError:
        raise SnapshotError(f"this state of a TanteoSearch has a trial with an unknown end, {number}") from None


def _little_endian(numbers: array[float]) -> array[float]:
    """Swap the bytes of the numbers on a big-endian machine."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
