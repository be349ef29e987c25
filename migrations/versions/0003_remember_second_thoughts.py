"""Remember that a remark was changed, and who asked for another take and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ASKED_BY = "fk_take_retake_asked_by_id_person"


def upgrade() -> None:
    with op.batch_alter_table("timed_comment") as table:
        table.add_column(sa.Column("edited_at", INSTANT))
    with op.batch_alter_table("take") as table:
        table.add_column(sa.Column("retake_asked_at", INSTANT))
        table.add_column(sa.Column("retake_asked_by_id", sa.Integer))
        table.create_foreign_key(ASKED_BY, "person", ["retake_asked_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("take") as table:
        table.drop_constraint(ASKED_BY, type_="foreignkey")
        table.drop_column("retake_asked_by_id")
        table.drop_column("retake_asked_at")
    with op.batch_alter_table("timed_comment") as table:
        table.drop_column("edited_at")
