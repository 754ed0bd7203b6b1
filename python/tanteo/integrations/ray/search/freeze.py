"""Converts a ledger to a few blocks of bytes, column by column, and back."""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from ....exceptions import SnapshotError
from ....optimizer import Optimizer
from ....space.packing import unpack
from ....trials.objectives import suffixes
from .commands import packed_params
from .ledger import Ledger, Outcome
from .record import End, Record

#: Name to bytes.
Blocks: TypeAlias = dict[str, bytes]


def freeze(ledger: Ledger) -> Blocks:
    """Return the content of a ledger.

    The blocks are ``optimizer`` (see :meth:`tanteo.Optimizer.to_bytes`); ``rows``, ``ends`` and ``lengths`` of the
    curves by ticket; the concatenated ``steps`` and ``values`` of all curves; and ``ledger``, the rest as JSON. Numbers
    are little endian.
    """
    rows, lengths, steps, values = array("i"), array("H"), array("d"), array("d")
    ends = bytearray()
    for record in ledger.records:
        rows.append(record.row)
        ends.append(record.end)
        lengths.append(len(record.steps))
        steps.extend(record.steps)
        values.extend(record.values)
    adopted = {
        str(ticket): packed_params(record.params)
        for ticket, record in enumerate(ledger.records)
        if record.params is not None
    }
    other = {"adopted": adopted, "unsettled": sorted(ledger.outdated), "step": ledger.budget.step}
    columns: dict[str, array[Any]] = {"rows": rows, "lengths": lengths, "steps": steps, "values": values}
    return {
        "optimizer": ledger.optimizer.to_bytes(),
        "ends": bytes(ends),
        **{name: to_little_endian(numbers).tobytes() for name, numbers in columns.items()},
        "ledger": json.dumps(other).encode("ascii"),
    }


def thaw(blocks: Mapping[str, bytes], sampler: Any) -> Ledger:
    """Return the ledger that :func:`freeze` converted.

    Parameters
    ----------
    blocks
        The blocks. Unknown ones are ignored, since a later version may add some.
    sampler
        The sampler, if it is written in Python.
    """
    ledger = Ledger(Optimizer.from_bytes(blocks["optimizer"], sampler=sampler))
    other = json.loads(blocks["ledger"])
    records = _records(blocks, other["adopted"])
    ledger.restore(
        records, zip(_told_outcomes(ledger.optimizer, records), _reported_steps(ledger.optimizer, records), strict=True)
    )
    ledger.outdated = set(other["unsettled"])
    if not any(step >= 0 for step in ledger.reported_steps):
        # Earlier versions told the optimizer their own estimates and reported no curves.
        ledger.outdated.update(ticket for ticket, record in enumerate(records) if record.steps)
    ledger.budget.step = other["step"]
    return ledger


def _records(blocks: Mapping[str, bytes], adopted: Mapping[str, Any]) -> list[Record]:
    rows, lengths = column(blocks, "rows", "i"), column(blocks, "lengths", "H")
    steps, values = column(blocks, "steps", "d"), column(blocks, "values", "d")
    width = len(values) // len(steps) if steps else 1
    records, start = [], 0
    for ticket, (row, end, length) in enumerate(zip(rows, blocks["ends"], lengths, strict=True)):
        params = adopted.get(str(ticket))
        record = Record(row, None if params is None else unpack(params))
        record.end = _end(end)
        record.steps = steps[start : start + length]
        record.values = values[start * width : (start + length) * width]
        records.append(record)
        start += length
    return records


def _end(number: int) -> End:
    try:
        return End(number)
    except ValueError:
        raise SnapshotError(f"this state of a TanteoSearch has a trial with an unknown end, {number}") from None


def _told_outcomes(optimizer: Optimizer, records: Sequence[Record]) -> list[Outcome]:
    """Return the outcome of each trial that the optimizer was told."""
    columns = optimizer.to_dict()
    names = [f"value{end}" for end in suffixes(len(optimizer.directions), optimizer.objective_names)]
    values = list(zip(*(columns[name].tolist() for name in names), strict=True))
    states = columns["state"]

    def outcome(row: int) -> Outcome:
        if row < 0 or states[row] == "pending":
            return None
        return values[row] if states[row] == "complete" else str(states[row])

    return [outcome(record.row) for record in records]


def _reported_steps(optimizer: Optimizer, records: Sequence[Record]) -> list[int]:
    """Return the last step of each trial that was reported to the optimizer."""
    curves = [[] if record.row < 0 else optimizer._core.trial(record.row)["curve"] for record in records]
    return [curve[-1][0] if curve else -1 for curve in curves]


def column(blocks: Mapping[str, bytes], name: str, code: str) -> array[Any]:
    """Return the numbers of a block; ``code`` is the type code of :class:`array.array`."""
    numbers = array(code)
    numbers.frombytes(blocks[name])
    return to_little_endian(numbers)


def to_little_endian(numbers: array[Any]) -> array[Any]:
    """Swap the bytes of the numbers on a big-endian machine."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
