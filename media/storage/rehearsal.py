"""Tries a store out: puts a probe, reads it back in every way that the site does, removes it."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from uuid import uuid4

from media.storage.port import BlobDamagedError, BlobStore

PROBE_BYTES = 4096


def rehearse(store: BlobStore, folder: Path) -> list[str]:
    """The weaknesses of a store that works; `folder` is for the probe on its way in and out.

    Raises what the store raises: StoreUnavailableError, OSError, BlobDamagedError.
    """
    owner, content = uuid4(), secrets.token_bytes(PROBE_BYTES)
    key, source = f"{owner}/probe", folder / f"probe-{owner}"
    source.write_bytes(content)
    try:
        store.put(key, source)
        with store.open(key) as file:
            file.seek(PROBE_BYTES // 2)
            second_half = file.read()
        copy = store.local_copy(key, folder).read_bytes()
        whole = store.sha256(key) == hashlib.sha256(content).hexdigest()
        if not whole or copy != content or second_half != content[PROBE_BYTES // 2 :]:
            raise BlobDamagedError(key)
        weaknesses = store.weaknesses(key)
    finally:
        source.unlink(missing_ok=True)
    if store.erase(owner) != 1 or store.find(key) is not None:
        raise BlobDamagedError(key)
    return weaknesses
