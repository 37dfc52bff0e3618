"""rules of markets with their versions, and which rule a service request is about"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "market_rule",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("market", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("reviewer", sa.String(length=200), nullable=False),
        sa.Column("shipped", sa.String(length=64), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_rule")),
    )
    op.create_index("ix_market_rule_market", "market_rule", ["market", "status"])
    op.create_table(
        "market_rule_version",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("rule_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("actor_id", sa.String(length=20), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["market_rule.id"],
            name=op.f("fk_market_rule_version_rule_id_market_rule"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_rule_version")),
        sa.UniqueConstraint(
            "rule_id", "number", name=op.f("uq_market_rule_version_rule_id_number")
        ),
    )
    with op.batch_alter_table("service_request") as batch_op:
        batch_op.add_column(sa.Column("rule_id", sa.String(length=80), nullable=True))
        batch_op.create_index("ix_service_request_rule", ["capability_id", "rule_id"])


def downgrade() -> None:
    with op.batch_alter_table("service_request") as batch_op:
        batch_op.drop_index("ix_service_request_rule")
        batch_op.drop_column("rule_id")
    op.drop_table("market_rule_version")
    op.drop_index("ix_market_rule_market", table_name="market_rule")
    op.drop_table("market_rule")
