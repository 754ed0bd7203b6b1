"""Messages of a worker on its pipe, framed so that foreign bytes are detected.

The objective runs in the same process and may write to any file descriptor. With a plain stream of pickles the parent
would then wait for a message that was never sent. Therefore every message has a header

```text
bytes  content
    4  magic
    8  length of the payload, little endian
    4  CRC-32 of the payload, little endian
```

and the reader collects the received bytes without waiting for more.
"""

from __future__ import annotations

import os
import pickle
import struct
import zlib
from typing import Any

from tanteo.exceptions import ArgumentError

_MAGIC = b"\xf1tt\x01"
_HEADER = struct.Struct("<4sQI")
_BLOCK = 1 << 16

# An evaluation takes a few hundred bytes, a traceback a few thousand.
MAX_PAYLOAD = 1 << 26


class Garbled(Exception):  # noqa: N818 - internal: the pool makes it the reason of a failure
    """The pipe contains bytes that are not a message."""


def pack(message: tuple[Any, ...]) -> bytes:
    """Return a message with its header.

    Raises
    ------
    ArgumentError
        If it is larger than :data:`MAX_PAYLOAD`.
    """
    payload = pickle.dumps(message)
    if len(payload) > MAX_PAYLOAD:
        raise ArgumentError(
            f"the result takes {len(payload)} bytes, and at most {MAX_PAYLOAD} can be sent from a worker process; "
            "write large results to a file"
        )
    return _HEADER.pack(_MAGIC, len(payload), zlib.crc32(payload)) + payload


class Reader:
    """Extracts messages from the bytes received so far.

    Parameters
    ----------
    descriptor : int
        The reading end.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._bytes = bytearray()

    def receive(self) -> list[tuple[Any, ...]]:
        """Return the messages that are complete after one read. Call it only while the descriptor is readable.

        Raises
        ------
        EOFError
            If the other end is closed.
        Garbled
            If the bytes are not a message.
        """
        block = os.read(self._descriptor, _BLOCK)
        if not block:
            raise EOFError
        self._bytes += block
        messages = []
        while (message := self._next()) is not None:
            messages.append(message)
        return messages

    def _next(self) -> tuple[Any, ...] | None:
        received = self._bytes
        if not received.startswith(_MAGIC[: len(received)]):
            raise Garbled
        if len(received) < _HEADER.size:
            return None
        _, length, checksum = _HEADER.unpack_from(received)
        if length > MAX_PAYLOAD:
            raise Garbled
        end = _HEADER.size + length
        if len(received) < end:
            return None
        payload = bytes(received[_HEADER.size : end])
        del received[:end]
        if zlib.crc32(payload) != checksum:
            raise Garbled
        message: tuple[Any, ...] = pickle.loads(payload)  # noqa: S301 - from our own worker, and unchanged
        return message
