"""Let an answer be written by whom a coach allows it: a text on the take, and the grant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("take") as table:
        table.add_column(sa.Column("written", sa.Text))
        table.create_check_constraint("one_form", "clip_id IS NULL OR written IS NULL")
    op.create_table(
        "writing_grant",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("public_id", sa.Uuid, nullable=False, unique=True),
        sa.Column(
            "organisation_id",
            sa.Integer,
            sa.ForeignKey("organisation.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("granted_by_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("granted_at", INSTANT, nullable=False),
        sa.Column("ended_by_id", sa.Integer, sa.ForeignKey("person.id")),
        sa.Column("ended_at", INSTANT),
        sa.Index(
            "ix_writing_grant_open",
            "person_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )


def downgrade() -> None:
    """Written answers go with their column: a take without one looks unfinished."""
    op.drop_table("writing_grant")
    with op.batch_alter_table("take") as table:
        table.drop_constraint("one_form", type_="check")
        table.drop_column("written")
