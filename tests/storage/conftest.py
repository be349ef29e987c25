"""Both places for bytes: a folder, and a bucket of a real S3 server that the tests start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from flask import Flask
from sqlalchemy import delete
from support.databases import Backend, Snapshot
from support.factories import NOW
from support.footage import Footage
from support.s3_server import CannotStartError, S3Server, running_swift
from support.site import Site, lent
from support.world import World

from lms import clock
from lms.jobs.models import Job
from media.storage.disk import DiskStore
from media.storage.port import BlobStore
from media.storage.s3 import Bucket, S3Store


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests talk to the server on this machine."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """OpenStack Swift, started once a run. Where it cannot start, tests fail and say why."""
    try:
        with running_swift(tmp_path_factory.mktemp("swift")) as server:
            yield server
    except CannotStartError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def owner(s3_server: S3Server) -> Any:
    """A client of the owner of the buckets, for what the product itself never does."""
    return boto3.client(
        "s3",
        endpoint_url=s3_server.endpoint,
        aws_access_key_id=s3_server.access_key,
        aws_secret_access_key=s3_server.secret_key,
        region_name=s3_server.region,
        config=Config(
            s3={"addressing_style": "path"}, request_checksum_calculation="when_required"
        ),
    )


MakeBucket = Callable[..., Bucket]


@pytest.fixture
def describe_bucket(s3_server: S3Server) -> MakeBucket:
    """Describes a bucket of the server, which need not be there."""

    def describe(name: str, **knobs: Any) -> Bucket:
        values = {
            "access_key": s3_server.access_key,
            "secret_key": s3_server.secret_key,
            "endpoint": s3_server.endpoint,
            "region": s3_server.region,
            **knobs,
        }
        return Bucket(name=name, **values)

    return describe


@pytest.fixture
def bucket(owner: Any, describe_bucket: MakeBucket) -> Bucket:
    """An empty bucket for one test."""
    made = describe_bucket(f"clips-{uuid4().hex}")
    owner.create_bucket(Bucket=made.name)
    return made


def knobs(bucket: Bucket, **more: Any) -> dict[str, Any]:
    """The settings that lead to a bucket."""
    return {
        "storage": "s3",
        "s3_bucket": bucket.name,
        "s3_endpoint": bucket.endpoint,
        "s3_region": bucket.region,
        "s3_access_key": bucket.access_key,
        "s3_secret_key": bucket.secret_key,
        **more,
    }


@pytest.fixture
def bucket_knobs(bucket: Bucket) -> dict[str, Any]:
    return knobs(bucket)


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """Each of the two places, empty."""
    if request.param == "s3":
        return S3Store(request.getfixturevalue("bucket"))
    root = tmp_path / "blobs"
    root.mkdir(mode=0o700)
    return DiskStore(root)


@pytest.fixture
def make_site(
    app: Flask,
    backend: Backend,
    world_snapshot: Snapshot[World],
    footage: Footage,
    tmp_path: Path,
    bucket_knobs: dict[str, Any],
) -> Iterator[Callable[..., Site]]:
    """Makes a site whose clips go to the bucket; those of the world stay behind on the disk."""
    with clock.frozen_at(NOW), ExitStack() as stack:

        def make(**knobs: Any) -> Site:
            store = stack.enter_context(
                backend.copied(world_snapshot, tmp_path, **(bucket_knobs | knobs))
            )
            site = stack.enter_context(lent(app, store, world_snapshot.content, footage))
            with site.acting() as session:
                session.execute(delete(Job))  # so that the worker has one thing to do
            return site

        yield make
