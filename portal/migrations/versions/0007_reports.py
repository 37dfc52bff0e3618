"""facts that reports count, and the reports that are kept"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_fact",
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reply_minutes", sa.Integer(), nullable=True),
        sa.Column("plan_minutes", sa.Integer(), nullable=True),
        sa.Column("reply_late", sa.Boolean(), nullable=False),
        sa.Column("plan_late", sa.Boolean(), nullable=False),
        sa.Column("base_minutes", sa.Integer(), nullable=False),
        sa.Column("customer_minutes", sa.Integer(), nullable=False),
        sa.Column("partner_minutes", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("counted_until", UTCDateTime(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_request.id"],
            name=op.f("fk_request_fact_request_id_service_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_request_fact")),
    )
    with op.batch_alter_table("request_fact", schema=None) as batch_op:
        batch_op.create_index("ix_request_fact_opened", ["opened_on"], unique=False)
        batch_op.create_index("ix_request_fact_ended", ["ended_on"], unique=False)
    op.create_table(
        "monthly_report",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.String(length=20), nullable=True),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("file_id", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_monthly_report_asked_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_monthly_report_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_report")),
    )
    with op.batch_alter_table("monthly_report", schema=None) as batch_op:
        batch_op.create_index("ix_monthly_report_month", ["month", "locale"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("monthly_report", schema=None) as batch_op:
        batch_op.drop_index("ix_monthly_report_month")
    op.drop_table("monthly_report")
    with op.batch_alter_table("request_fact", schema=None) as batch_op:
        batch_op.drop_index("ix_request_fact_ended")
        batch_op.drop_index("ix_request_fact_opened")
    op.drop_table("request_fact")
