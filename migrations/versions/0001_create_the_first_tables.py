"""Create the tables of the first release.

Everything the loop needs: clips with transcripts, courses with takes and feedback, accounts,
jobs, notices and the audit trail. Until that release this one file follows the models; after it
every change is a migration of its own. Constraints without a name get it from the convention of
`media.db`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def number() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def identified() -> list[sa.Column[Any]]:
    return [number(), sa.Column("public_id", sa.Uuid, nullable=False, unique=True)]


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    create_clips()
    create_people()
    create_courses()
    create_takes()
    create_feedback()
    create_accounts()
    create_work()


def create_clips() -> None:
    op.create_table(
        "clip",
        *identified(),
        sa.Column("organisation_id", sa.Integer, nullable=False, index=True),
        sa.Column("owner_id", sa.Integer, index=True),
        sa.Column("state", one_of("clip_state", "received", "ready", "failed"), nullable=False),
        sa.Column("original_sha256", sa.String(64), nullable=False),
        sa.Column("original_bytes", sa.Integer, nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("duration_ms", sa.Integer),
        sa.Column("has_video", sa.Boolean),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("failure_code", sa.String(40)),
        sa.Column("failure_params", sa.JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ready_at", INSTANT),
    )
    op.create_table(
        "rendition",
        number(),
        sa.Column("organisation_id", sa.Integer, nullable=False),
        sa.Column(
            "clip_id", sa.Integer, sa.ForeignKey("clip.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column(
            "kind",
            one_of("rendition_kind", "video", "audio", "poster", "peaks", "speech", "captions"),
            nullable=False,
        ),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("video_codec", sa.String(20)),
        sa.Column("audio_codec", sa.String(20)),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.UniqueConstraint("clip_id", "kind"),
    )
    op.create_table(
        "transcript",
        number(),
        sa.Column("organisation_id", sa.Integer, nullable=False),
        sa.Column(
            "clip_id",
            sa.Integer,
            sa.ForeignKey("clip.id", ondelete="CASCADE"),
            nullable=False,
            unique=True,
        ),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("speech", sa.Boolean, nullable=False),
        sa.Column("engine", sa.String(40), nullable=False),
        sa.Column("engine_version", sa.String(40), nullable=False),
        sa.Column("model", sa.String(120), nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    op.create_table(
        "segment",
        number(),
        sa.Column("organisation_id", sa.Integer, nullable=False),
        sa.Column(
            "transcript_id",
            sa.Integer,
            sa.ForeignKey("transcript.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("start_ms", sa.Integer, nullable=False),
        sa.Column("end_ms", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("words", sa.JSON, nullable=False),
        sa.Column("omitted", sa.Boolean, nullable=False),
        sa.Column("corrected_text", sa.Text),
        sa.Column("corrected_at", INSTANT),
        sa.UniqueConstraint("transcript_id", "position"),
        sa.CheckConstraint("end_ms >= start_ms AND start_ms >= 0", name="times"),
    )
    op.create_table(
        "upload",
        *identified(),
        sa.Column("organisation_id", sa.Integer, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False, index=True),
        sa.Column("target", sa.Uuid, nullable=False, index=True),
        sa.Column("state", one_of("upload_state", "open", "finished"), nullable=False),
        sa.Column("length", sa.Integer),
        sa.Column("max_bytes", sa.Integer, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT),
        sa.Index("ix_upload_expires", "state", "expires_at"),
    )
    op.create_table(
        "tombstone",
        number(),
        sa.Column("organisation_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("thing", sa.Uuid, nullable=False, unique=True),
        sa.Column("erased_at", INSTANT, nullable=False),
    )


def create_people() -> None:
    op.create_table(
        "organisation",
        *identified(),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("slug", sa.String(60), nullable=False, unique=True),
        sa.Column("tagline", sa.String(120), nullable=False),
        sa.Column("time_zone", sa.String(40), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("is_demo", sa.Boolean, nullable=False),
        sa.Column("brand_colour", sa.String(7), nullable=False),
    )
    op.create_table(
        "party",
        *identified(),
        sa.Column(
            "organisation_id",
            sa.Integer,
            sa.ForeignKey("organisation.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column(
            "kind",
            one_of(
                "party_kind",
                "municipality",
                "company",
                "agency",
                "school",
                "training_provider",
                "benefit_authority",
            ),
            nullable=False,
        ),
    )
    op.create_table(
        "person",
        *identified(),
        sa.Column(
            "organisation_id",
            sa.Integer,
            sa.ForeignKey("organisation.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("language", sa.String(8)),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    op.create_table(
        "cohort",
        *identified(),
        sa.Column(
            "organisation_id",
            sa.Integer,
            sa.ForeignKey("organisation.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("places", sa.Integer, nullable=False),
        sa.Column("start_on", sa.Date, nullable=False),
        sa.Column("planned_end_on", sa.Date, nullable=False),
        sa.UniqueConstraint("organisation_id", "code"),
        sa.CheckConstraint("planned_end_on > start_on", name="dates"),
    )
    op.create_table(
        "cohort_member",
        number(),
        sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("cohort_id", sa.Integer, sa.ForeignKey("cohort.id"), nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.UniqueConstraint("cohort_id", "person_id"),
    )


def create_courses() -> None:
    op.create_table(
        "course",
        *identified(),
        sa.Column(
            "organisation_id",
            sa.Integer,
            sa.ForeignKey("organisation.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "lesson",
        *identified(),
        sa.Column(
            "organisation_id",
            sa.Integer,
            sa.ForeignKey("organisation.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("course_id", sa.Integer, sa.ForeignKey("course.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("situation", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("clip_id", sa.Integer, sa.ForeignKey("clip.id")),
        sa.Column("example_clip_id", sa.Integer, sa.ForeignKey("clip.id")),
        sa.Column("captions_reviewed_at", INSTANT),
        sa.Column("captions_reviewed_by_id", sa.Integer, sa.ForeignKey("person.id")),
        sa.Column("max_seconds", sa.Integer, nullable=False),
        sa.Column("published_at", INSTANT),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("course_id", "position"),
        sa.CheckConstraint("max_seconds BETWEEN 10 AND 600", name="max_seconds"),
    )
    op.create_table(
        "lesson_criterion",
        number(),
        sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column(
            "lesson_id", sa.Integer, sa.ForeignKey("lesson.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.UniqueConstraint("lesson_id", "position"),
    )
    op.create_table(
        "cohort_course",
        number(),
        sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("cohort_id", sa.Integer, sa.ForeignKey("cohort.id"), nullable=False),
        sa.Column("course_id", sa.Integer, sa.ForeignKey("course.id"), nullable=False),
        sa.Column("open_from", sa.Date, nullable=False),
        sa.UniqueConstraint("cohort_id", "course_id"),
    )


def create_takes() -> None:
    op.create_table(
        "take",
        *identified(),
        sa.Column(
            "organisation_id",
            sa.Integer,
            sa.ForeignKey("organisation.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("lesson_id", sa.Integer, sa.ForeignKey("lesson.id"), nullable=False),
        sa.Column("cohort_id", sa.Integer, sa.ForeignKey("cohort.id"), nullable=False),
        sa.Column("number", sa.Integer),
        sa.Column(
            "state",
            one_of("take_state", "recording", "kept", "shared", "retake_asked", "accepted"),
            nullable=False,
        ),
        sa.Column("clip_id", sa.Integer, sa.ForeignKey("clip.id"), unique=True),
        sa.Column("is_example", sa.Boolean, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("kept_at", INSTANT),
        sa.Column("looked_back_at", INSTANT),
        sa.Column("shared_at", INSTANT),
        sa.Column("accepted_at", INSTANT),
        sa.Column("accepted_by_id", sa.Integer, sa.ForeignKey("person.id")),
        sa.Column("hidden_at", INSTANT),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("person_id", "lesson_id", "number"),
        sa.CheckConstraint("state != 'accepted' OR accepted_by_id IS NOT NULL", name="accepted"),
        sa.CheckConstraint("state = 'recording' OR number IS NOT NULL", name="numbered"),
        sa.CheckConstraint(
            "state IN ('recording', 'kept') OR shared_at IS NOT NULL", name="shared"
        ),
        sa.Index("ix_take_cohort_state", "cohort_id", "state", "shared_at"),
        sa.Index("ix_take_lesson_state", "lesson_id", "state"),
    )


def create_feedback() -> None:
    op.create_table(
        "timed_comment",
        *identified(),
        sa.Column(
            "organisation_id",
            sa.Integer,
            sa.ForeignKey("organisation.id"),
            nullable=False,
            index=True,
        ),
        sa.Column(
            "take_id", sa.Integer, sa.ForeignKey("take.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("author_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column("author_role", one_of("author_role", "self", "peer", "coach"), nullable=False),
        sa.Column("kind", one_of("comment_kind", "top", "tip", "question"), nullable=False),
        sa.Column("at_ms", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("client_key", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("resolved_at", INSTANT),
        sa.Column("hidden_at", INSTANT),
        sa.UniqueConstraint("take_id", "author_id", "client_key"),
        sa.CheckConstraint("at_ms >= 0", name="at_ms"),
        sa.Index("ix_timed_comment_take", "take_id", "at_ms"),
    )
    op.create_table(
        "comment_reply",
        *identified(),
        sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column(
            "comment_id",
            sa.Integer,
            sa.ForeignKey("timed_comment.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("author_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    op.create_table(
        "tip_follow_up",
        number(),
        sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column(
            "comment_id",
            sa.Integer,
            sa.ForeignKey("timed_comment.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column(
            "take_id",
            sa.Integer,
            sa.ForeignKey("take.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("role", one_of("follow_up_role", "trainee", "peer", "coach"), nullable=False),
        sa.Column(
            "verdict", one_of("follow_up_verdict", "taken_up", "partly", "not_yet"), nullable=False
        ),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.UniqueConstraint("comment_id", "take_id", "role"),
    )
    op.create_table(
        "content_report",
        *identified(),
        sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("reporter_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("take_id", sa.Integer, sa.ForeignKey("take.id", ondelete="CASCADE")),
        sa.Column("comment_id", sa.Integer, sa.ForeignKey("timed_comment.id", ondelete="CASCADE")),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", one_of("report_state", "open", "restored", "removed"), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT),
        sa.Column("decided_by_id", sa.Integer, sa.ForeignKey("person.id")),
        sa.CheckConstraint("(take_id IS NULL) != (comment_id IS NULL)", name="one_subject"),
        sa.UniqueConstraint("reporter_id", "take_id"),
        sa.UniqueConstraint("reporter_id", "comment_id"),
        sa.Index("ix_content_report_open", "organisation_id", "state"),
    )


def create_accounts() -> None:
    op.create_table(
        "account",
        number(),
        sa.Column(
            "organisation_id",
            sa.Integer,
            sa.ForeignKey("organisation.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False, unique=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("disabled_at", INSTANT),
    )
    op.create_table(
        "user_session",
        *identified(),
        sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column(
            "account_id",
            sa.Integer,
            sa.ForeignKey("account.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
    )
    op.create_table(
        "role_grant",
        number(),
        sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column(
            "role",
            one_of(
                "role",
                "trainee",
                "coach",
                "team_leader",
                "workplace_trainer",
                "hr",
                "school_admin",
                "editor",
                "privacy_officer",
                "admin",
            ),
            nullable=False,
        ),
        sa.Column("cohort_id", sa.Integer, sa.ForeignKey("cohort.id")),
        sa.Column("party_id", sa.Integer, sa.ForeignKey("party.id")),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.UniqueConstraint("person_id", "role", "cohort_id", "party_id", "valid_from"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        sa.CheckConstraint("cohort_id IS NULL OR party_id IS NULL", name="one_scope"),
        sa.Index("ix_role_grant_scope", "organisation_id", "role", "cohort_id"),
    )
    op.create_table(
        "sign_in_attempts",
        number(),
        sa.Column("scope", one_of("attempt_scope", "account", "address"), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("known_until", INSTANT),
        sa.UniqueConstraint("scope", "key_hash"),
    )
    op.create_table(
        "go_live_gate",
        number(),
        sa.Column(
            "organisation_id",
            sa.Integer,
            sa.ForeignKey("organisation.id"),
            nullable=False,
            unique=True,
        ),
        sa.Column("works_council_on", sa.Date),
        sa.Column("dpia_on", sa.Date),
        sa.Column("officer_name", sa.String(120)),
        sa.Column("intended_purpose_on", sa.Date),
        sa.Column("is_example", sa.Boolean, nullable=False),
    )


def create_work() -> None:
    op.create_table(
        "job",
        number(),
        sa.Column("organisation_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("lane", one_of("lane", "media", "transcription", "quick"), nullable=False),
        sa.Column("subject_type", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.String(60), nullable=False),
        sa.Column("input_hash", sa.String(64), nullable=False),
        sa.Column("params", sa.JSON, nullable=False),
        sa.Column(
            "state",
            one_of("job_state", "queued", "waiting", "running", "done", "failed"),
            nullable=False,
        ),
        sa.Column("reason", sa.String(60)),
        sa.Column("run_after", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("last_error", sa.JSON),
        sa.Column("progress", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT),
        sa.Column("finished_at", INSTANT),
        sa.UniqueConstraint("kind", "subject_type", "subject_id", "input_hash"),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        sa.Index("ix_job_claim", "lane", "state", "run_after", "id"),
        sa.Index("ix_job_subject", "subject_type", "subject_id"),
    )
    op.create_table(
        "audit_event",
        number(),
        sa.Column("organisation_id", sa.Integer),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_id", sa.Integer),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("subject_type", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(60), nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("seq", sa.Integer, unique=True),
        sa.Column("prev_hash", sa.String(64)),
        sa.Column("hash", sa.String(64)),
        sa.Index("ix_audit_event_organisation", "organisation_id", "id"),
        sa.Index("ix_audit_event_subject", "subject_type", "subject"),
        sa.Index("ix_audit_event_actor", "actor_id", "act", "at"),
    )
    op.create_table(
        "notice",
        *identified(),
        sa.Column("organisation_id", sa.Integer, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column(
            "kind",
            one_of(
                "notice_kind",
                "feedback_received",
                "reply_received",
                "take_accepted",
                "retake_asked",
                "transcript_ready",
                "clip_failed",
                "take_shared",
                "report_received",
                "report_stuck",
                "report_restored",
                "report_removed",
                "own_restored",
                "own_removed",
            ),
            nullable=False,
        ),
        sa.Column("take", sa.Uuid),
        sa.Column("params", sa.JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT),
        sa.Index("ix_notice_person", "person_id", "read_at", "id"),
    )


TABLES = (
    "clip",
    "rendition",
    "transcript",
    "segment",
    "upload",
    "tombstone",
    "organisation",
    "party",
    "person",
    "cohort",
    "cohort_member",
    "course",
    "lesson",
    "lesson_criterion",
    "cohort_course",
    "take",
    "timed_comment",
    "comment_reply",
    "tip_follow_up",
    "content_report",
    "account",
    "user_session",
    "role_grant",
    "sign_in_attempts",
    "go_live_gate",
    "job",
    "audit_event",
    "notice",
)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
