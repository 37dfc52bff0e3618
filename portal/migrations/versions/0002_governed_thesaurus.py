"""governed thesaurus: revisions of concepts, releases, trials"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "thesaurus_release",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("indexed_at", UTCDateTime(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_thesaurus_release")),
    )
    op.create_table(
        "concept_revision",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("concept_id", sa.String(length=80), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["release"],
            ["thesaurus_release.number"],
            name=op.f("fk_concept_revision_release_thesaurus_release"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concept_revision")),
    )
    with op.batch_alter_table("concept_revision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_concept_revision_concept"), ["concept_id", "release"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_concept_revision_status"), ["status"], unique=False)
    op.create_table(
        "thesaurus_trial",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thesaurus_trial")),
    )
    with op.batch_alter_table("thesaurus_trial", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_thesaurus_trial_fingerprint"), ["fingerprint"], unique=False
        )


def downgrade() -> None:
    for table in ("thesaurus_trial", "concept_revision", "thesaurus_release"):
        op.drop_table(table)
