"""Messages of workers, and bytes that are not messages."""

import os

import pytest

from tanteo._internal.files import write_all
from tanteo.run.wire import MAX_PAYLOAD, Garbled, Reader, pack


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield Reader(reading), writing
    os.close(reading)
    os.close(writing)


def test_messages_are_received_as_sent(pipe):
    reader, writing = pipe
    messages = [("started",), ("call", "report", (3, 1, 0.5)), ("finished", 3, None)]
    write_all(writing, b"".join(map(pack, messages)))
    assert reader.receive() == messages


def test_a_message_is_assembled_from_pieces(pipe):
    reader, writing = pipe
    frame = pack(("finished", 3, "x" * 100))
    messages = []
    for k in range(0, len(frame), 7):
        write_all(writing, frame[k : k + 7])
        messages += reader.receive()
    assert messages == [("finished", 3, "x" * 100)]


HEADER = pack(("started",))[:16]


@pytest.mark.parametrize(
    "garbage",
    [
        b"garbage",
        b"\n",
        b"\0\0\0\5hello",
        HEADER[:4] + b"\xff" * 12,
        HEADER[:2] + b"x",
        pack(("started",))[:-1] + b"x",
        HEADER[:12] + b"\0\0\0\0" + pack(("started",))[16:],
    ],
)
def test_garbage_raises_immediately(pipe, garbage):
    reader, writing = pipe
    write_all(writing, pack(("started",)))
    assert reader.receive() == [("started",)]
    write_all(writing, garbage)
    with pytest.raises(Garbled):
        reader.receive()


def test_the_end_of_the_pipe_raises():
    reading, writing = os.pipe()
    os.close(writing)
    with pytest.raises(EOFError):
        Reader(reading).receive()
    os.close(reading)


def test_a_message_that_is_too_large_is_refused_before_it_is_sent():
    with pytest.raises(ValueError, match="at most"):
        pack(("finished", 0, bytes(MAX_PAYLOAD)))
