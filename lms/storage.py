"""The place for bytes that the settings ask for. boto3 is loaded only where a bucket is used."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from lms.config import Settings
from media.storage.disk import DiskStore
from media.storage.port import BlobStore

if TYPE_CHECKING:
    from media.storage.s3 import Bucket, S3Store

NO_BLOB = f"{UUID(int=0)}/none"
"""A key that is never used: only whether the store answers is of interest."""


def store_of(settings: Settings) -> BlobStore:
    """The store of this installation. ModuleNotFoundError: a bucket, but no boto3 (extra `s3`)."""
    if settings.storage == "disk":
        return DiskStore(settings.blobs, group_reads=settings.group_reads_blobs)
    return _s3_store(settings)


def require_answer(settings: Settings) -> None:
    """Raise StoreUnavailableError unless the place for clips answers."""
    store_of(settings).find(NO_BLOB)


def link_origin(settings: Settings) -> str | None:
    """Where browsers fetch clips themselves, for the content policy; None: from the site only."""
    if settings.storage == "disk" or not settings.s3_presign:
        return None
    return _s3_store(settings).link_origin()


def _s3_store(settings: Settings) -> S3Store:
    from media.storage.s3 import Bucket  # noqa: PLC0415 -- boto3 is an extra

    bucket = Bucket(
        name=settings.s3_bucket,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret(),
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        addressing=settings.s3_addressing,
        link_seconds=settings.s3_presign_seconds if settings.s3_presign else 0,
    )
    return _connected(bucket, os.getpid())


@lru_cache(maxsize=4)
def _connected(bucket: Bucket, _process: int) -> S3Store:
    """One client for a process and a bucket: making it takes longer than most requests."""
    from media.storage.s3 import S3Store  # noqa: PLC0415 -- boto3 is an extra

    return S3Store(bucket)
