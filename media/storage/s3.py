"""Blobs as objects in a bucket of an S3 server. The only importer of boto3.

A bucket has no rename: an object appears under its key when its last byte is there and never
before, so a killed `put` leaves at most parts of a multipart upload, which nobody can read. Every
request that carries bytes is signed over their SHA-256, which the server checks; the hash of the
whole stands in the object's metadata and is checked when a working copy is fetched.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from botocore.response import StreamingBody

from media.storage.port import (
    KEY,
    Blob,
    BlobDamagedError,
    StoreUnavailableError,
    Unfinished,
    checked,
)
from media.storage.reader import buffered

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

PART_BYTES = 8 * 1024 * 1024
"""A part lies in memory while it travels; S3 allows none below 5 MiB but the last."""
MOST_PARTS = 1_000
"""Every server takes as many; Amazon takes ten times that."""
COPY_BYTES = 1024 * 1024
SHA256 = "sha256"
OWN_ONLY = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}
"""(name in a file, environment variable, default, converter) of what botocore would look up."""
UNANSWERED = (BotoCoreError, ResponseParserError)
"""No answer, or one that no S3 server gives (a proxy's page, a wrong address)."""
REFUSED = (ClientError, *UNANSWERED)
MISSING = {"404", "NoSuchKey", "NotFound"}


@dataclass(frozen=True)
class Bucket:
    """Where the bucket is and who we are there. `endpoint` empty: Amazon's own."""

    name: str
    access_key: str
    secret_key: str = field(repr=False)
    endpoint: str = ""
    region: str = "us-east-1"
    addressing: str = "path"
    """`path`: endpoint/bucket/key. `virtual`: bucket.endpoint/key."""
    link_seconds: int = 0
    """How long a link hands out its blob; 0: no links, the site sends the bytes itself."""


class S3Store:
    """A store in one bucket, for this installation alone. Safe between threads, not over a fork."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self._client = _connect(bucket, signed=True)

    def put(self, key: str, source: Path) -> None:
        checked(key)
        size = source.stat().st_size
        with source.open("rb") as file, self._asking(key):
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            if size <= PART_BYTES:
                self._client.put_object(
                    Bucket=self.bucket.name, Key=key, Body=file.read(), Metadata={SHA256: digest}
                )
            else:
                self._put_in_parts(key, file, size, digest)
            told = self._client.head_object(Bucket=self.bucket.name, Key=key)
        if told["ContentLength"] != size or told["Metadata"].get(SHA256) != digest:
            raise StoreUnavailableError("NotStored")
        source.unlink(missing_ok=True)

    def _put_in_parts(self, key: str, file: BinaryIO, size: int, digest: str) -> None:
        bucket = self.bucket.name
        begun = self._client.create_multipart_upload(
            Bucket=bucket, Key=key, Metadata={SHA256: digest}
        )
        upload, length = begun["UploadId"], max(PART_BYTES, -(-size // MOST_PARTS))
        parts: list[CompletedPartTypeDef] = []
        try:
            while block := file.read(length):
                number = len(parts) + 1
                told = self._client.upload_part(
                    Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=block
                )
                parts.append({"PartNumber": number, "ETag": told["ETag"]})
            self._complete(key, upload, parts)
        except BaseException:
            self._abort(key, upload)
            raise

    def _complete(self, key: str, upload: str, parts: list[CompletedPartTypeDef]) -> None:
        try:
            self._client.complete_multipart_upload(
                Bucket=self.bucket.name,
                Key=key,
                UploadId=upload,
                MultipartUpload={"Parts": parts},
            )
        except ClientError as error:
            # The answer to a first call was lost, and the client asked again by itself.
            if error.response.get("Error", {}).get("Code") != "NoSuchUpload":
                raise

    def _abort(self, key: str, upload: str) -> None:
        """Clear the parts, if the server can still be asked: else the check finds them later."""
        try:
            self._client.abort_multipart_upload(Bucket=self.bucket.name, Key=key, UploadId=upload)
        except REFUSED:
            return

    def local_copy(self, key: str, folder: Path) -> Path:
        copy = folder / f"fetched-{checked(key).partition('/')[2]}"
        half = folder / f"{copy.name}.{uuid4().hex}"
        digest = hashlib.sha256()
        try:
            with self._asking(key), half.open("xb") as file:
                answer = self._client.get_object(Bucket=self.bucket.name, Key=key)
                _must_be_s3(answer)
                for block in answer["Body"].iter_chunks(COPY_BYTES):
                    digest.update(block)
                    file.write(block)
            if answer["Metadata"].get(SHA256, digest.hexdigest()) != digest.hexdigest():
                raise BlobDamagedError(key)
            half.replace(copy)
        finally:
            half.unlink(missing_ok=True)
        return copy

    def open(self, key: str) -> BinaryIO:
        found = self.find(key)
        if found is None:
            raise FileNotFoundError(key)

        def ask(start: int, end: int) -> StreamingBody:
            with self._asking(key):
                return self._client.get_object(
                    Bucket=self.bucket.name, Key=key, Range=f"bytes={start}-{end - 1}"
                )["Body"]

        return buffered(ask, found.bytes)

    def link(self, key: str, media_type: str) -> str | None:
        if not self.bucket.link_seconds:
            return None
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.bucket.name,
                "Key": checked(key),
                "ResponseContentType": media_type,
                "ResponseContentDisposition": "inline",
                "ResponseCacheControl": "private, no-store",
            },
            ExpiresIn=self.bucket.link_seconds,
        )

    def link_origin(self) -> str | None:
        """Scheme, host and port of every link; None where there are no links."""
        link = self.link(f"{UUID(int=0)}/origin", "text/plain")
        if link is None:
            return None
        parts = urlsplit(link)
        return f"{parts.scheme}://{parts.netloc}"

    def find(self, key: str) -> Blob | None:
        try:
            with self._asking(checked(key)):
                told = self._client.head_object(Bucket=self.bucket.name, Key=key)
                _must_be_s3(told)
        except FileNotFoundError:
            return None
        return Blob(key, told["ContentLength"], told["LastModified"])

    def sha256(self, key: str) -> str:
        digest = hashlib.sha256()
        with self._asking(checked(key)):
            answer = self._client.get_object(Bucket=self.bucket.name, Key=key)
            _must_be_s3(answer)
            for block in answer["Body"].iter_chunks(COPY_BYTES):
                digest.update(block)
        return digest.hexdigest()

    def remove(self, key: str) -> None:
        try:
            with self._asking(checked(key)):
                self._client.delete_object(Bucket=self.bucket.name, Key=key)
        except FileNotFoundError:
            return

    def erase(self, owner: UUID) -> int:
        # One by one: a clip has a handful, and not every server takes a list of deletes.
        blobs = list(self._list(f"{owner}/"))
        for blob in blobs:
            self.remove(blob.key)
        for unfinished in self._list_unfinished(f"{owner}/"):
            self.abandon(unfinished)
        return len(blobs)

    def list_blobs(self) -> Iterator[Blob]:
        return self._list("")

    def _list(self, prefix: str) -> Iterator[Blob]:
        pages = self._client.get_paginator("list_objects_v2")
        with self._asking(prefix):
            for page in pages.paginate(Bucket=self.bucket.name, Prefix=prefix):
                _must_be_s3(page)
                for told in page.get("Contents", []):
                    if KEY.fullmatch(told["Key"]):
                        yield Blob(told["Key"], told["Size"], told["LastModified"])

    def list_unfinished(self) -> Iterator[Unfinished]:
        return self._list_unfinished("")

    def _list_unfinished(self, prefix: str) -> Iterator[Unfinished]:
        pages = self._client.get_paginator("list_multipart_uploads")
        with self._asking(prefix):
            for page in pages.paginate(Bucket=self.bucket.name, Prefix=prefix):
                _must_be_s3(page)
                for told in page.get("Uploads", []):
                    if KEY.fullmatch(told["Key"]):
                        yield Unfinished(told["Key"], told["Initiated"], told["UploadId"])

    def abandon(self, unfinished: Unfinished) -> None:
        try:
            with self._asking(unfinished.key):
                self._client.abort_multipart_upload(
                    Bucket=self.bucket.name,
                    Key=checked(unfinished.key),
                    UploadId=unfinished.handle,
                )
        except FileNotFoundError:
            return  # finished or cleared by somebody else

    def weaknesses(self, key: str) -> list[str]:
        """`public`: anybody may read `key`. `versioned`: the bucket keeps what was erased."""
        found = []
        stranger = _connect(self.bucket, signed=False)
        try:
            stranger.get_object(Bucket=self.bucket.name, Key=checked(key))["Body"].close()
            found.append("public")
        except REFUSED:
            pass  # refused, as it should be
        try:
            versioning = self._client.get_bucket_versioning(Bucket=self.bucket.name)
        except REFUSED:
            return found  # a server without versions, or one that does not tell us
        # Never switched on is told by leaving it out, whatever the stubs say.
        return [*found, "versioned"] if dict(versioning).get("Status") else found

    @contextmanager
    def _asking(self, key: str) -> Iterator[None]:
        """Turn the errors of the client into those of the port."""
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "NoSuchUpload" or (code in MISSING and self._bucket_is_there()):
                raise FileNotFoundError(key) from None
            raise StoreUnavailableError(code or "ClientError") from error
        except UNANSWERED as error:
            raise StoreUnavailableError(type(error).__name__) from error

    def _bucket_is_there(self) -> bool:
        """A bucket that is gone answers as a missing object does; that would be taken for loss."""
        try:
            self._client.head_bucket(Bucket=self.bucket.name)
        except ClientError as error:
            raise StoreUnavailableError("NoSuchBucket") from error
        return True


def _must_be_s3(answer: Mapping[str, object]) -> None:
    """Something between us and the server may answer for it, with a page of its own."""
    if not ("IsTruncated" in answer or {"LastModified", "ETag"} <= answer.keys()):
        raise StoreUnavailableError("NotAnS3Answer")


def _connect(bucket: Bucket, *, signed: bool) -> S3Client:
    config = Config(
        region_name=bucket.region,
        signature_version="s3v4" if signed else UNSIGNED,
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=32,
        ignore_configured_endpoint_urls=True,  # type: ignore[call-arg]  # newer than the stubs
        # Not every server knows the newer checksums; the signature covers the bytes everywhere.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={
            "addressing_style": "virtual" if bucket.addressing == "virtual" else "path",
            "payload_signing_enabled": True,
        },
    )
    # Only our own settings count, not what AWS_… variables or files of this user may say.
    own = botocore.session.Session(session_vars=OWN_ONLY)
    session = boto3.session.Session(
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
        botocore_session=own,
    )
    client: S3Client = session.client("s3", endpoint_url=bucket.endpoint or None, config=config)
    return client
