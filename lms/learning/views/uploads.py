"""Resumable uploads by tus 1.0 (https://tus.io/protocols/resumable-upload), for the own take.

Extensions: creation, creation-defer-length, creation-with-upload, checksum, expiration and
termination. The upload of somebody else is a 404 like any page that does not exist. Bodies are
streamed; a line that is silent or drips is cut (`lms.web.lines`), with what arrived kept,
and one person sends at most two at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from http import HTTPStatus
from typing import cast
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, request, url_for
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.http import http_date
from wtforms import ValidationError

from courses.terms import Role
from lms import clock
from lms.config import Settings
from lms.learning import tus_request as tus
from lms.learning.receiving import (
    AlreadyKeptError,
    LengthError,
    Reception,
    StoreAwayError,
    Ticket,
    TooManyError,
)
from lms.learning.turns import BusyError, Turns
from lms.web import edge, messages
from lms.web.access import for_roles
from lms.web.forgery import csrf
from lms.web.identity import get_identity
from lms.web.refusals import note_refusal
from media.uploads import (
    CHECKSUM_ALGORITHMS,
    BodyBrokenError,
    ChecksumMismatchError,
    StorageFullError,
    TooLargeError,
    UnknownAlgorithmError,
    UploadError,
    UploadGoneError,
    UploadLockedError,
    WrongOffsetError,
)

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-defer-length,creation-with-upload,checksum,expiration,termination"
OFFSET_STREAM = "application/offset+octet-stream"
CHECKSUM_MISMATCH = 460  # tus's own status

STATUS: dict[type[UploadError], int] = {
    AlreadyKeptError: HTTPStatus.CONFLICT,
    BodyBrokenError: HTTPStatus.REQUEST_TIMEOUT,
    BusyError: HTTPStatus.TOO_MANY_REQUESTS,
    ChecksumMismatchError: CHECKSUM_MISMATCH,
    LengthError: HTTPStatus.BAD_REQUEST,
    StoreAwayError: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    UnknownAlgorithmError: HTTPStatus.BAD_REQUEST,
    UploadGoneError: HTTPStatus.GONE,
    UploadLockedError: HTTPStatus.LOCKED,
    WrongOffsetError: HTTPStatus.CONFLICT,
}
RETRY_AFTER: dict[type[UploadError], str] = {
    BusyError: "2",
    StoreAwayError: "10",
    StorageFullError: "30",
    TooManyError: "60",
}

turns = Turns()
blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")
csrf.exempt(blueprint)  # it would read the body for a form; `check_token` asks for the header


def _reception() -> Reception:
    settings = cast("Settings", current_app.extensions["lms_settings"])
    return Reception(settings, edge.database(), edge.bus())


def _refuse(status: int, code: str) -> Response:
    _title, text = messages.say_status(status)
    return make_response(jsonify(error=code, message=text), status)


@blueprint.errorhandler(UploadError)
def refused(error: UploadError) -> Response:
    """What the desk or the files refused, as a status and a code."""
    response = _refuse(STATUS[type(error)], error.code)
    if isinstance(error, WrongOffsetError):
        response.headers["Upload-Offset"] = str(error.actual)
    if type(error) in RETRY_AFTER:
        response.headers["Retry-After"] = RETRY_AFTER[type(error)]
    return response


@blueprint.before_request
def check_token() -> None:
    """Refuse a request without the token of this session in its header (S18)."""
    if request.method in edge.SAFE_METHODS:
        return
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValidationError as error:
        raise CSRFError(str(error)) from error


@blueprint.before_request
def check_version() -> Response | None:
    """Who does not speak tus 1.0 is told so before anything else happens."""
    spoken = request.headers.get("Tus-Resumable")
    if request.method == "OPTIONS" or spoken == VERSION:
        return None
    return _refuse(HTTPStatus.PRECONDITION_FAILED, "wrong_version")


@blueprint.after_request
def say_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        response.headers["Tus-Version"] = VERSION
    return response


def _body(person_id: int) -> Generator[bytes]:
    """The bytes of this request, in a turn that is asked for when they are first needed.

    Who is refused for another reason, a lock or an offset, hears that and takes no turn.
    """
    with turns.turn(person_id):
        yield from tus.blocks()


def _append(reception: Reception, ticket: Ticket, offset: int) -> int:
    """Stream the body of this request to the upload; the new offset."""
    try:
        with closing(_body(ticket.owner_id)) as body:
            return reception.files.append(
                ticket.public_id,
                offset=offset,
                body=body,
                limit=ticket.limit,
                expected=request.content_length,
                checksum=tus.checksum(),
            )
    except ConnectionError as error:
        raise BodyBrokenError(reception.offset(ticket)) from error


def _answer(status: int, ticket: Ticket, offset: int | None = None) -> Response:
    response = make_response("", status)
    if offset is not None:
        response.headers["Upload-Offset"] = str(offset)
    if not ticket.is_finished:
        response.headers["Upload-Expires"] = http_date(ticket.expires_at)
    return response


@blueprint.route("", methods=["OPTIONS"])
@for_roles(Role.TRAINEE)
def tell_abilities() -> Response:
    settings = cast("Settings", current_app.extensions["lms_settings"])
    response = make_response("", HTTPStatus.NO_CONTENT)
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers["Tus-Max-Size"] = str(settings.max_upload_bytes)
    response.headers["Tus-Checksum-Algorithm"] = ",".join(CHECKSUM_ALGORITHMS)
    return response


@blueprint.post("/line")
@for_roles(Role.TRAINEE)
def weigh() -> Response:
    """Take bytes and forget them: their sender learns how much the line can carry.

    As long as a form at most. They are read before the answer, so that it says they came.
    """
    request.get_data(cache=False)
    return make_response("", HTTPStatus.NO_CONTENT)


@blueprint.route("", methods=["POST"], provide_automatic_options=False)
@for_roles(Role.TRAINEE)
def create() -> Response:
    """Open an upload for a take, perhaps with its first bytes."""
    length = tus.size("Upload-Length")
    deferred = request.headers.get("Upload-Defer-Length")
    if (length is None) == (deferred is None) or deferred not in (None, "1"):
        return _refuse(HTTPStatus.BAD_REQUEST, "no_length")
    try:
        target = tus.target()
    except (KeyError, ValueError):
        return _refuse(HTTPStatus.BAD_REQUEST, "no_take")
    reception = _reception()
    if length is not None and length > reception.settings.max_upload_bytes:
        raise TooLargeError(reception.settings.max_upload_bytes)
    person_id = get_identity().actor.person_id
    ticket = reception.open(owner_id=person_id, target=target, length=length, now=clock.now())
    if ticket is None:
        note_refusal("take", target)
        abort(404)
    offset = None
    if request.mimetype == OFFSET_STREAM:
        try:
            offset = _append(reception, ticket, 0)
        except UploadError:  # it was opened all the same: the client goes on from its offset
            offset = reception.offset(ticket)
    if ticket.length == (offset or 0):
        reception.finish(ticket, now=clock.now())
    response = _answer(HTTPStatus.CREATED, ticket, offset)
    response.headers["Location"] = url_for("uploads.upload", public_id=ticket.public_id)
    return response


@blueprint.route("/<uuid:public_id>", methods=["OPTIONS", "HEAD", "PATCH", "DELETE", "POST"])
@for_roles(Role.TRAINEE)
def upload(public_id: UUID) -> Response:
    """One upload: how far it is, more bytes, or away with it."""
    if request.method == "OPTIONS":
        return tell_abilities()
    method = request.method
    if method == "POST":  # for clients that can send nothing else
        method = request.headers.get("X-HTTP-Method-Override", "").upper()
    verb = VERBS.get(method)
    if verb is None:
        abort(HTTPStatus.METHOD_NOT_ALLOWED)
    reception = _reception()
    ticket = reception.find(owner_id=get_identity().actor.person_id, public_id=public_id)
    if ticket is None:
        note_refusal("upload", public_id)
        abort(404)
    if ticket.is_expired(clock.now()):
        raise UploadGoneError
    return verb(reception, ticket)


def _tell(reception: Reception, ticket: Ticket) -> Response:
    response = _answer(HTTPStatus.OK, ticket, reception.offset(ticket))
    if ticket.length is None:
        response.headers["Upload-Defer-Length"] = "1"
    else:
        response.headers["Upload-Length"] = str(ticket.length)
    return response


def _receive(reception: Reception, ticket: Ticket) -> Response:
    if request.mimetype != OFFSET_STREAM:
        return _refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "wrong_type")
    offset, length = tus.size("Upload-Offset"), tus.size("Upload-Length")
    if offset is None:
        return _refuse(HTTPStatus.BAD_REQUEST, "no_offset")
    if length is not None and length > ticket.max_bytes:
        raise TooLargeError(ticket.max_bytes)
    try:
        return _take_in(reception, ticket, offset, length)
    except UploadGoneError:
        # Another request may have finished it since its row was read.
        fresh = reception.find(owner_id=ticket.owner_id, public_id=ticket.public_id)
        if fresh is None or not fresh.is_finished:
            raise
        return _repeat(fresh, offset)


def _take_in(reception: Reception, ticket: Ticket, offset: int, length: int | None) -> Response:
    if length is not None:
        ticket = reception.set_length(ticket, length)
    if ticket.is_finished:  # the answer to the last bytes was lost on its way
        return _repeat(ticket, offset)
    reached = _append(reception, ticket, offset)
    if reached == ticket.length:
        reception.finish(ticket, now=clock.now())
    return _answer(HTTPStatus.NO_CONTENT, ticket, reached)


def _repeat(ticket: Ticket, offset: int) -> Response:
    if offset != ticket.length:
        raise WrongOffsetError(ticket.limit)
    if request.content_length:
        raise TooLargeError(ticket.limit)
    return _answer(HTTPStatus.NO_CONTENT, ticket, offset)


def _withdraw(reception: Reception, ticket: Ticket) -> Response:
    """Finished uploads have become a take: that is deleted as a take."""
    reception.withdraw(ticket, now=clock.now())
    return make_response("", HTTPStatus.NO_CONTENT)


VERBS: dict[str, Callable[[Reception, Ticket], Response]] = {
    "HEAD": _tell,
    "PATCH": _receive,
    "DELETE": _withdraw,
}
