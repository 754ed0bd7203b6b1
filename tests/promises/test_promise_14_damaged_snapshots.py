"""Promise 14: damaged, foreign and later snapshots raise a `SnapshotError` with the position, in little memory."""

import contextlib
import os
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tanteo as tt
from support.processes import python_json
from support.profile import count
from support.searches import mixed_space, run

#: magic, format (u16), payload length (u64), CRC-32 exclusive or the format (u32), little-endian; the payload follows.
HEADER = struct.Struct("<8sHQI")
RELEASES = sorted((Path(__file__).parents[1] / "snapshots").glob("*.tanteo"))


def snapshot() -> bytes:
    optimizer = tt.Optimizer(mixed_space(), sampler="tpe", seed=8)
    run(optimizer, 5)
    optimizer.report(optimizer.ask(), 1, 0.5)
    optimizer.enqueue({"depth": 2})
    optimizer.set_attr(1, "a", [1])
    optimizer._core.set_evaluation(2, 1.0, 2.0, "Traceback")
    return optimizer.to_bytes()


SNAPSHOT = snapshot()


def sealed(payload: bytes, version: int | None = None) -> bytes:
    """Return a snapshot with a correct length and checksum for any payload."""
    magic, current, _, _ = HEADER.unpack_from(SNAPSHOT)
    version = current if version is None else version
    return HEADER.pack(magic, version, len(payload), zlib.crc32(payload) ^ version) + payload


def test_promise_14_the_header_is_as_described():
    assert SNAPSHOT[:8] == b"TANTEO\0\0"
    assert sealed(SNAPSHOT[HEADER.size :]) == SNAPSHOT


def test_promise_14_truncation_at_any_byte_is_refused():
    for length in range(len(SNAPSHOT)):
        with pytest.raises(tt.SnapshotError, match=r"\d"):
            tt.Optimizer.from_bytes(SNAPSHOT[:length])


def test_promise_14_any_flipped_bit_is_refused():
    for bit in range(0, 8 * len(SNAPSHOT), count(3, 1)):
        damaged = bytearray(SNAPSHOT)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(tt.SnapshotError):
            tt.Optimizer.from_bytes(bytes(damaged))


def test_promise_14_trailing_bytes_are_refused():
    with pytest.raises(tt.SnapshotError, match=r"\d"):
        tt.Optimizer.from_bytes(SNAPSHOT + b"x")


@given(st.binary(max_size=300))
def test_promise_14_garbage_is_refused(data):
    for attempt in (data, SNAPSHOT[: HEADER.size] + data, sealed(data)):
        with pytest.raises(tt.SnapshotError):
            tt.Optimizer.from_bytes(attempt)


@pytest.mark.parametrize(("version", "hint"), [(0, "damaged"), (2, "later"), (1000, "later"), (65535, "later")])
def test_promise_14_an_unknown_version_is_named(version, hint):
    with pytest.raises(tt.SnapshotError, match=f"format {version};.*format 1.*{hint}"):
        tt.Optimizer.from_bytes(sealed(SNAPSHOT[HEADER.size :], version))


def read_or_refuse(data: bytes) -> None:
    """Check that the bytes give a working search or a `SnapshotError`."""
    try:
        optimizer = tt.Optimizer.from_bytes(data)
    except tt.SnapshotError:
        return
    optimizer.to_bytes()
    list(optimizer.trials)
    with contextlib.suppress(tt.SpaceError, tt.SpaceExhausted):
        run(optimizer, 2, lambda params: 1.0)


def test_promise_14_a_sealed_payload_with_any_changed_byte_causes_no_panic():
    payload = SNAPSHOT[HEADER.size :]
    for position in range(0, len(payload), count(2, 1)):
        for change in (0x01, 0x80, 0xFF):
            damaged = bytearray(payload)
            damaged[position] ^= change
            read_or_refuse(sealed(bytes(damaged)))


@settings(max_examples=count(300, 20_000))
@given(st.integers(0, len(SNAPSHOT) - HEADER.size), st.integers(0, 40), st.binary(max_size=40))
def test_promise_14_a_sealed_payload_with_a_replaced_piece_causes_no_panic(position, removed, inserted):
    payload = SNAPSHOT[HEADER.size :]
    read_or_refuse(sealed(payload[:position] + inserted + payload[position + removed :]))


def test_promise_14_huge_lengths_and_deep_nesting_take_no_memory():
    """Lengths of exabytes and endless nesting are refused within 64 MiB of address space."""
    code = """
import json, resource, sys
from tests_promise_14 import attempts
import tanteo as tt
tt.Optimizer.from_bytes(attempts[0])  # imports happen here
in_use = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (in_use + 64 * 2**20, resource.RLIM_INFINITY))
refused = 0
for data in attempts[1:]:
    try:
        tt.Optimizer.from_bytes(data)
    except tt.SnapshotError:
        refused += 1
print(json.dumps(refused))
"""
    payload = SNAPSHOT[HEADER.size :]
    huge = b"\xff" * 9 + b"\x01"  # 2^64 - 1 as a postcard integer
    attempts = [SNAPSHOT, *(sealed(payload[:k] + huge + payload[k:]) for k in range(0, 60))]
    attempts += [sealed(huge * 100), sealed(b"\x01" * 10_000), sealed(b"[" * 10_000), sealed(b'{"a":' * 10_000)]
    attempts += [HEADER.pack(b"TANTEO\0\0", 1, 2**63, 0) + payload]
    code = code.replace("from tests_promise_14 import attempts", f"attempts = {attempts!r}")
    assert python_json(code) >= 5


def test_promise_14_deeply_nested_labels_are_refused():
    """Labels are stored as JSON, which Python parses recursively."""
    with pytest.raises(tt.SpaceError, match="not a space written by to_json"):
        tt.SearchSpace.from_json("[" * 100_000)


@pytest.mark.parametrize("data", ["text", None, 3, [1, 2]])
def test_promise_14_anything_but_bytes_is_refused(data):
    with pytest.raises(tt.SnapshotError, match="a snapshot is bytes, got"):
        tt.Optimizer.from_bytes(data)


def test_promise_14_missing_and_empty_files_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        tt.Optimizer.load(tmp_path / "absent")
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(tt.SnapshotError, match="ends at byte 0"):
        tt.Optimizer.load(tmp_path / "empty")


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.stem)
def test_promise_14_snapshots_of_every_release_are_read(path):
    optimizer = tt.Optimizer.load(path)
    states = [trial.state for trial in optimizer.trials]
    assert states == ["complete"] * 9 + ["paused", "failed", "pending"]
    complete = [trial for trial in optimizer.trials if trial.state == "complete"]
    assert optimizer.best.value == min(trial.value for trial in complete if trial.feasible)
    assert optimizer.trials[0].constraints == {"c": -1.0, "d": 0.0}
    assert optimizer.trials[8].replicates == ((8.0, 8.5),)
    assert optimizer.trials[10].reason == "out of memory"
    assert optimizer.trials[9].state == "paused"
    assert optimizer.trials[11].steps == {3: 0.25, 5: 0.2}
    assert optimizer.trials[11].step_constraints == {5: {"c": -0.5}}
    assert optimizer.space == mixed_space()
    suggested = run(optimizer, 3)
    assert (suggested[0]["depth"], suggested[0]["optimizer"]) == (2, "sgd")
    annotated, failed = optimizer.trials[9], optimizer.trials[10]
    assert annotated.attrs == {"checkpoint": {"epoch": 3, "path": "a/b"}}
    assert (failed.started, failed.duration) == (1.7e9, 2.5)
    assert failed.traceback.endswith("MemoryError\n")


def test_promise_14_there_is_a_snapshot_of_this_release():
    assert tt.__version__ in [path.stem for path in RELEASES]


_LOADED = """
import json, resource, sys, time
import tanteo as tt
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
try:
    tt.Optimizer.load({path!r})
except tt.SnapshotError as error:
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps([str(error), grown, time.monotonic() - start]))
"""


@pytest.mark.parametrize(
    ("start", "message"),
    [(bytes, "not a snapshot of Tanteo: byte 0 is 0"), (snapshot, "goes on after its end at byte")],
    ids=["zeros", "snapshot"],
)
def test_promise_14_a_huge_file_is_refused_by_its_head(tmp_path, start, message):
    """The files have holes, so they take no room on a disk."""
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.write(start())
        file.truncate(2**32)
    error, kib, seconds = python_json(_LOADED.format(path=str(path)))
    assert message in error
    assert kib < 64 * 2**10
    assert seconds < 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_promise_14_pipes_and_devices_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, kind in [(tmp_path / "pipe", "a pipe"), (Path("/dev/zero"), "a device")]:
        with pytest.raises(tt.ArgumentError, match=f"which is {kind}: only a regular file is read"):
            tt.Optimizer.load(path)
