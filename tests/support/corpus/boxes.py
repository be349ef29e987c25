"""Builds and edits the boxes of ISO media files (mp4, mov, 3gp, m4a): ISO/IEC 14496-12.

Base clips have `moov` behind `mdat` (except front.mp4), so a `moov` that grows moves no sample.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"mvex", b"moof"} | {
    b"traf"
}
HEAD = 8


def box(kind: bytes | str, *parts: bytes, size: int | None = None) -> bytes:
    """One box; `size` is a lie about its length."""
    payload = b"".join(parts)
    kind = kind.encode("latin-1") if isinstance(kind, str) else kind
    told = HEAD + len(payload) if size is None else size
    return struct.pack(">I", told & 0xFFFFFFFF) + kind + payload


def wide_box(kind: bytes, payload: bytes, size: int | None = None) -> bytes:
    """One box with a size of 64 bits."""
    told = 16 + len(payload) if size is None else size
    return struct.pack(">I4sQ", 1, kind, told & (2**64 - 1)) + payload


def full(kind: bytes | str, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def u32(*values: int) -> bytes:
    return b"".join(struct.pack(">I", value & 0xFFFFFFFF) for value in values)


def u64(*values: int) -> bytes:
    return b"".join(struct.pack(">Q", value & (2**64 - 1)) for value in values)


def split(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, payload) of the boxes of a sound file or of a container's payload."""
    at = 0
    while at + HEAD <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        head = HEAD
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + HEAD)
            head = 16
        end = len(data) if size == 0 else at + size
        yield kind, data[at + head : end]
        at = end


def edit(
    data: bytes, path: str, change: Callable[[bytes], bytes | None], *, every: bool = True
) -> bytes:
    """`data` with the payload at `path` changed; None removes that box.

    `path` names boxes from the outside, "moov/trak/tkhd". With `every` false only the first.
    Raises LookupError when there is none: an edit that changes nothing is no case.
    """
    state = _Edit(path.split("/"), change, every=every)
    made = state.walk(data, 0)
    if not state.done:
        raise LookupError(path)
    return made


class _Edit:
    def __init__(
        self, path: list[str], change: Callable[[bytes], bytes | None], *, every: bool
    ) -> None:
        self.path = [part.encode("latin-1") for part in path]
        self.change = change
        self.every = every
        self.done = False

    def walk(self, data: bytes, depth: int) -> bytes:
        parts = []
        for kind, payload in split(data):
            kept: bytes | None = payload
            if kind == self.path[depth] and (self.every or not self.done):
                last = depth == len(self.path) - 1
                if last:
                    self.done = True
                    kept = self.change(payload)
                else:
                    kept = self.walk(payload, depth + 1)
            if kept is not None:
                parts.append(box(kind, kept))
        return b"".join(parts)


def put(at: int, value: bytes) -> Callable[[bytes], bytes]:
    """A change that writes some bytes over a place in a payload."""
    return lambda payload: payload[:at] + value + payload[at + len(value) :]


def always(payload: bytes) -> Callable[[bytes], bytes]:
    """A change that forgets what was there."""
    return lambda _old: payload


def append(*extra: bytes) -> Callable[[bytes], bytes]:
    return lambda payload: payload + b"".join(extra)


STBL = "moov/trak/mdia/minf/stbl"


def mutate_tables(data: bytes, name: str, payload: bytes) -> bytes:
    """A table of samples, of every track, replaced: version and flags, then `payload`."""
    return edit(data, f"{STBL}/{name}", always(u32(0) + payload))
