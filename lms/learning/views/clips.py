"""Serves the files of clips after the permission check; ranges for seeking, no guessing of types.

A clip is watched through a take or a lesson the asker may see. Anybody else gets the 404 of a
clip that does not exist.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from io import SEEK_END
from typing import cast
from uuid import UUID

import structlog
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    request,
    send_file,
)
from werkzeug.exceptions import HTTPException

from courses.models import Take
from courses.policies import may_read_transcript, relation_to
from courses.queries import clips as clip_queries
from courses.queries.clips import Watched
from courses.terms import Relation, Role
from lms import clock
from lms.audit import Act, happened_since, record
from lms.config import Settings
from lms.storage import store_of
from lms.web import edge
from lms.web.access import for_roles
from lms.web.errors import error_page
from lms.web.identity import get_identity
from lms.web.refusals import note_refusal
from media.models import Clip, RenditionKind, Segment
from media.rules import SERVED_TYPES, may_serve_raw
from media.storage.port import BlobStore, StoreUnavailableError
from media.transcription.captions import write_vtt
from media.transcription.port import Segment as SpokenSegment
from media.transcription.port import Word

log = structlog.get_logger(__name__)
blueprint = Blueprint("clips", __name__)


@blueprint.errorhandler(StoreUnavailableError)
def unavailable(away: StoreUnavailableError) -> Response:
    """The bucket does not answer: nothing is lost, the player may ask again."""
    log.warning("store_unavailable", code=away.code)
    response = error_page(HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = "10"
    return response


A_VIEWING = timedelta(minutes=15)
"""Somebody who goes on watching within this time began only once."""

WATCHERS = (Role.TRAINEE, Role.COACH, Role.EDITOR)
TYPES = {
    RenditionKind.VIDEO: "video/mp4",
    RenditionKind.AUDIO: "audio/mp4",
    RenditionKind.POSTER: "image/jpeg",
    RenditionKind.PEAKS: "application/json",
}
LINKED = {RenditionKind.VIDEO, RenditionKind.AUDIO, RenditionKind.POSTER}
"""What a browser may fetch from the bucket by itself: files that we made, into an element. A raw
recording needs our headers, and a script may fetch from nowhere but here."""


def _watch(public_id: UUID) -> Watched:
    identity = get_identity()
    found = clip_queries.find_watchable(edge.db(), identity.actor, public_id, today=identity.today)
    if found is None:
        note_refusal("clip", public_id)
        abort(404)
    return found


def _settings() -> Settings:
    return cast("Settings", current_app.extensions["lms_settings"])


@blueprint.app_template_global()
def clip_link_seconds() -> int:
    """How long the player may use an address for the next part; 0: as long as it likes."""
    settings = _settings()
    presigns = settings.storage == "s3" and settings.s3_presign
    return settings.s3_presign_seconds if presigns else 0


def _stream(store: BlobStore, key: str, media_type: str) -> Response:
    """The bytes, or the range that was asked for, through this process."""
    try:
        file = store.open(key)
    except FileNotFoundError:
        abort(404)
    size = file.seek(0, SEEK_END)
    file.seek(0)
    response = send_file(file, mimetype=media_type, etag=key)
    response.content_length = size
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    except HTTPException:  # a range past the end
        file.close()
        raise
    return response


def raw_is_shown(clip: Clip) -> bool:
    """Whether the file as it came is safe to hand out: always, or once it was scanned."""
    scanned = bool(_settings().clamd)
    return may_serve_raw(clip.state, clip.failure_code, scanned=scanned)


def _send(key: str, media_type: str) -> Response:
    settings = _settings()
    if settings.accel and settings.storage == "disk":
        response = make_response("")
        response.headers["X-Accel-Redirect"] = f"{settings.accel.rstrip('/')}/{key}"
        response.headers["Content-Type"] = media_type
    else:
        response = _stream(store_of(settings), key, media_type)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = "inline"
    return response


def _link(key: str, kind: RenditionKind) -> Response | None:
    """A way to the bucket that closes soon, where the settings say so; the right is checked."""
    if request.method != "GET":  # the signature is for that alone
        return None
    address = store_of(_settings()).link(key, TYPES[kind])
    if address is None:
        return None
    response = redirect(address)
    response.headers["Cache-Control"] = "no-store"
    return cast("Response", response)


def _rendition(clip: Clip, kind: RenditionKind) -> Response:
    for rendition in clip.renditions:
        if rendition.kind is kind:
            linked = _link(rendition.key, kind) if kind in LINKED else None
            return linked or _send(rendition.key, TYPES[kind])
    return abort(404)


def _note_watching(watched: Watched) -> None:
    """Write down that somebody else's clip is being watched: once a viewing, not per range.

    What a player asks first cannot tell: whoever asks for all but the first byte sees it all.
    """
    take: Take | None = watched.take
    identity = get_identity()
    if take is None or take.person_id == identity.actor.person_id or request.method != "GET":
        return
    now, viewer = clock.now(), identity.actor.person_id
    if happened_since(
        edge.db(),
        Act.TAKE_WATCHED,
        actor_id=viewer,
        subject_type="take",
        subject=take.public_id,
        since=now - A_VIEWING,
    ):
        return
    with edge.database().transaction() as session:
        record(
            session,
            Act.TAKE_WATCHED,
            now=now,
            organisation_id=identity.organisation.id,
            actor_id=viewer,
            subject_type="take",
            subject=take.public_id,
        )


@blueprint.get("/clips/<uuid:clip>/video")
@for_roles(*WATCHERS)
def video(clip: UUID) -> Response:
    watched = _watch(clip)
    _note_watching(watched)
    return _rendition(watched.clip, RenditionKind.VIDEO)


@blueprint.get("/clips/<uuid:clip>/audio")
@for_roles(*WATCHERS)
def audio(clip: UUID) -> Response:
    watched = _watch(clip)
    _note_watching(watched)
    return _rendition(watched.clip, RenditionKind.AUDIO)


@blueprint.get("/clips/<uuid:clip>/poster")
@for_roles(*WATCHERS)
def poster(clip: UUID) -> Response:
    return _rendition(_watch(clip).clip, RenditionKind.POSTER)


@blueprint.get("/clips/<uuid:clip>/peaks")
@for_roles(*WATCHERS)
def peaks(clip: UUID) -> Response:
    return _rendition(_watch(clip).clip, RenditionKind.PEAKS)


@blueprint.get("/clips/<uuid:clip>/raw")
@for_roles(Role.TRAINEE)
def raw(clip: UUID) -> Response:
    """The file as it came, for its maker, before it is made ready; and the demo's example."""
    watched = _watch(clip)
    mine = watched.take is not None and watched.take.person_id == get_identity().actor.person_id
    if not mine and not watched.is_example:
        abort(404)
    if not raw_is_shown(watched.clip):
        abort(404)
    media_type = watched.clip.media_type
    safe = media_type if media_type in SERVED_TYPES else "application/octet-stream"
    return _send(watched.clip.original_key, safe)


def _spoken(segment: Segment) -> SpokenSegment:
    """A stored segment as the caption writer wants it, in seconds."""
    return SpokenSegment(
        start=segment.start_ms / 1000,
        end=segment.end_ms / 1000,
        text=segment.spoken_text,
        words=tuple(
            Word(word["text"], word["start_ms"] / 1000, word["end_ms"] / 1000, word["probability"])
            for word in segment.words
        ),
    )


@blueprint.get("/clips/<uuid:clip>/captions.vtt")
@for_roles(*WATCHERS)
def captions(clip: UUID) -> Response:
    """WebVTT of what is said, corrections included; nothing before its maker looked back."""
    watched = _watch(clip)
    if watched.take is not None:
        relation = relation_to(get_identity().actor, watched.take)
        if relation is not Relation.OWNER and not may_read_transcript(relation, watched.take):
            abort(404)
    _note_watching(watched)
    segments = clip_queries.list_caption_segments(edge.db(), watched.clip)
    if not segments:
        abort(404)
    text = write_vtt((str(segment.position), _spoken(segment)) for segment in segments)
    response = make_response(text)
    response.headers["Content-Type"] = "text/vtt; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-store"
    return response
