"""What a tus request says: its sizes, its checksum, the take it is for, and its body.

Header values that make no sense end in 400 or ValueError; nothing here knows of uploads.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from http import HTTPStatus
from uuid import UUID

from flask import abort, request

from media.uploads import Checksum

BLOCK = 16 * 1024  # what can be lost of a line that falls silent
MOST_DIGITS = 15


def size(name: str) -> int | None:
    """A header that holds a number of bytes; None when absent, 400 when it is no such number."""
    value = request.headers.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()) or len(value) > MOST_DIGITS:
        abort(HTTPStatus.BAD_REQUEST)
    return int(value)


def checksum() -> Checksum | None:
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, encoded = header.partition(" ")
    try:
        return Checksum(algorithm, base64.b64decode(encoded, validate=True))
    except ValueError:  # no base64, or not even ASCII
        abort(HTTPStatus.BAD_REQUEST)


def target() -> UUID:
    """The take that Upload-Metadata names: pairs of a key and its value in base64.

    KeyError or ValueError when it names none.
    """
    pairs = (pair.strip().partition(" ") for pair in request.headers["Upload-Metadata"].split(","))
    values = {key: value for key, _, value in pairs}
    return UUID(base64.b64decode(values["take"], validate=True).decode("ascii"))


def blocks() -> Iterator[bytes]:
    """The body as it comes in. Whatever goes wrong on the line is a ConnectionError.

    A line that falls silent, or drips, is cut by `lms.web.lines`.
    """
    request.max_content_length = sys.maxsize  # the upload has its own limit, checked on the way
    while True:
        try:
            block = request.stream.read(BLOCK)
        except Exception as error:  # each WSGI server has errors of its own for a broken body
            raise ConnectionError("the body could not be read") from error
        if not block:
            return
        yield block
