"""Puts a file and is killed in the middle of it: `python killed_put.py disk|s3 PLACE KEY FILE`.

PLACE is a folder, or the fields of a bucket as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from media.storage.disk import DiskStore
from media.storage.s3 import Bucket, S3Store


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(kind: str, place: str, key: str, source: Path) -> None:
    if kind == "disk":
        Path.replace = die  # type: ignore[method-assign,assignment]
        DiskStore(Path(place)).put(key, source)
    else:
        store = S3Store(Bucket(**json.loads(place)))
        # All parts have arrived; only the word that makes them an object is missing.
        store._client.meta.events.register("before-call.s3.CompleteMultipartUpload", die)  # noqa: SLF001 -- where else to stop
        store.put(key, source)
    raise SystemExit("it lived")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))
