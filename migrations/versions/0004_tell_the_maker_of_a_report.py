"""Let a notice tell its reader that something of their own was reported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BEFORE = (
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
)


def upgrade() -> None:
    _allow(*BEFORE, "own_reported")


def downgrade() -> None:
    """What only the newer version can tell goes."""
    op.execute("DELETE FROM notice WHERE kind = 'own_reported'")
    _allow(*BEFORE)


def _allow(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("notice") as table:
        table.drop_constraint("notice_kind", type_="check")
        table.create_check_constraint("notice_kind", sa.text(f"kind IN ({listed})"))
