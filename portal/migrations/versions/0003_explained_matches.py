"""judgements, weights of the order, responsiveness, parts of a score"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
PARTS = ("criteria", "relevance", "freshness")


def upgrade() -> None:
    with op.batch_alter_table("need_match") as batch_op:
        for part in PARTS:
            batch_op.add_column(sa.Column(part, sa.Float(), nullable=False, server_default="0"))
    with op.batch_alter_table("need_match") as batch_op:
        for part in PARTS:
            batch_op.alter_column(part, server_default=None)
        batch_op.create_index("ix_need_match_found", ["found_at"])
    op.create_table(
        "supplier_response",
        sa.Column("company_id", sa.String(length=20), nullable=False),
        sa.Column("inquiries", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Float(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("computed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name=op.f("fk_supplier_response_company_id_company"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_supplier_response")),
    )
    op.create_table(
        "match_judgement",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("need_id", sa.String(length=20), nullable=False),
        sa.Column("capability_id", sa.String(length=20), nullable=False),
        sa.Column("need_version", sa.Integer(), nullable=False),
        sa.Column("capability_version", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.String(length=20), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["need.id"],
            name=op.f("fk_match_judgement_need_id_need"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capability.id"],
            name=op.f("fk_match_judgement_capability_id_capability"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_match_judgement_actor_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_judgement")),
    )
    op.create_index(
        "ix_match_judgement_pair", "match_judgement", ["need_id", "capability_id", "id"]
    )
    op.create_table(
        "ranking_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("criteria", sa.Integer(), nullable=False),
        sa.Column("relevance", sa.Integer(), nullable=False),
        sa.Column("freshness", sa.Integer(), nullable=False),
        sa.Column("responsiveness", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.String(length=20), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_ranking_change_actor_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_change")),
    )


def downgrade() -> None:
    op.drop_table("ranking_change")
    op.drop_index("ix_match_judgement_pair", "match_judgement")
    op.drop_table("match_judgement")
    op.drop_table("supplier_response")
    with op.batch_alter_table("need_match") as batch_op:
        batch_op.drop_index("ix_need_match_found")
        for part in PARTS:
            batch_op.drop_column(part)
