"""The file format of the state of a searcher.

::

    offset  bytes
         0     11   magic "TANTEO-RAY" and a line feed
        11      2   version, little endian
        13      4   CRC-32 of the version and of everything that follows, little endian
        17      4   length of the header, little endian
        21     ..   header, JSON: names and lengths of the blocks, and all small entries
        ..     ..   the blocks, one after another

The block ``objects`` is a pickle of the space with the objects and functions of the user. It is created when the space
becomes known, and copied to each file. Tune writes its own pickles next to this file.

Another version is refused by its number; unknown blocks and header entries are ignored.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from ...exceptions import SnapshotError

VERSION = 1
_MAGIC = b"TANTEO-RAY\n"
_FRONT = struct.Struct("<HII")


def write_state(header: Mapping[str, Any], blocks: Mapping[str, bytes]) -> bytes:
    """Return the bytes of a file."""
    layout = [[name, len(block)] for name, block in blocks.items()]
    text = json.dumps({**header, "blocks": layout}).encode("ascii")
    body = b"".join([text, *blocks.values()])
    return _MAGIC + _FRONT.pack(VERSION, _checksum(VERSION, len(text), body), len(text)) + body


def read_state(data: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the header and the blocks of a file.

    Raises
    ------
    SnapshotError
        If the file is damaged, of another format, or of another version.
    """
    start = len(_MAGIC) + _FRONT.size
    if data[: len(_MAGIC)] != _MAGIC or len(data) < start:
        raise SnapshotError("this is not the state of a TanteoSearch")
    version, checksum, length = _FRONT.unpack_from(data, len(_MAGIC))
    if version != VERSION:
        raise SnapshotError(f"this state has version {version}, and this tanteo reads version {VERSION}; update tanteo")
    if _checksum(version, length, memoryview(data)[start:]) != checksum:
        raise SnapshotError("this state of a TanteoSearch is damaged: it does not match its checksum")
    try:
        header: dict[str, Any] = json.loads(data[start : start + length])
        blocks = _blocks(data, start + length, header.pop("blocks"))
    except (ValueError, TypeError, KeyError) as error:
        raise SnapshotError(f"this state of a TanteoSearch is damaged: {error}") from None
    return header, blocks


def _blocks(data: bytes, offset: int, layout: list[tuple[str, int]]) -> dict[str, bytes]:
    blocks = {}
    for name, size in layout:
        blocks[name] = data[offset : offset + size]
        offset += size
    return blocks


def _checksum(version: int, length: int, body: bytes | memoryview) -> int:
    return zlib.crc32(body, zlib.crc32(struct.pack("<HI", version, length)))
