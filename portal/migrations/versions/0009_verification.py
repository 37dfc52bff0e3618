"""what the base checked of a company, look-alikes, changes of identity, appeals and reports

Names and domains of rows that are there already are folded by the worker at its start.
"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
KEYS = {
    "organisation": {"name_key": 300, "core_key": 300},
    "company_text": {"core_key": 300},
    "company": {"domain_key": 100},
    "user_account": {"domain_key": 100},
}
DAYS = ("documents_checked_on", "documents_valid_until", "site_visited_on", "site_valid_until")


def upgrade() -> None:
    for table, names in KEYS.items():
        for name, length in names.items():
            column = sa.Column(name, sa.String(length=length), nullable=False, server_default="")
            op.add_column(table, column)
            op.create_index(f"ix_{table}_{name}", table, [name])
    for column in (
        sa.Column("suspended_at", UTCDateTime(), nullable=True),
        sa.Column("suspended_by_id", sa.String(length=20), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("not_checked", sa.JSON(), nullable=False, server_default="{}"),
        *(sa.Column(name, sa.Date(), nullable=True) for name in DAYS),
    ):
        op.add_column("company", column)
    _requests()
    _checks()
    _others()
    _lookalikes()
    _documents()


def _asked() -> list[sa.Column]:
    """What everything has that the base is asked to decide."""
    return [
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.String(length=20), nullable=True),
    ]


def _of_company(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("company_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name=f"fk_{table}_company_id_company",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    ]


def _requests() -> None:
    table = "verification_request"
    op.create_table(
        table,
        *_asked(),
        *_of_company(table),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("asked_by_id", sa.String(length=20), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("visitors", sa.String(length=300), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("not_checked", sa.JSON(), nullable=False),
        sa.Column("not_checked_note", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "state <> 'granted' OR level <> 'site_visited' OR decided_by_id <> proposed_by_id",
            name="four_eyes",
        ),
    )
    op.create_index("ix_verification_request_company_id", table, ["company_id"])
    op.create_index("ix_verification_request_state", table, ["state", "created_at"])


def _checks() -> None:
    table = "verification_check"
    op.create_table(
        table,
        sa.Column("id", sa.String(length=20), nullable=False),
        *_of_company(table),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.String(length=200), nullable=False),
        sa.Column("checker_id", sa.String(length=20), nullable=True),
        sa.Column("approver_id", sa.String(length=20), nullable=True),
        sa.Column("request_id", sa.String(length=20), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("not_checked", sa.JSON(), nullable=False),
        sa.Column("not_checked_note", sa.Text(), nullable=False),
        sa.CheckConstraint("approver_id IS NULL OR approver_id <> checker_id", name="four_eyes"),
        sa.CheckConstraint("level <> 'site_visited' OR approver_id IS NOT NULL", name="approved"),
        *(
            sa.ForeignKeyConstraint([name], [f"{to}.id"], name=f"fk_{table}_{name}_{to}")
            for name, to in (
                ("checker_id", "user_account"),
                ("approver_id", "user_account"),
                ("request_id", "verification_request"),
            )
        ),
    )
    op.create_index("ix_verification_check_company", table, ["company_id", "at"])
    op.create_index("ix_verification_check_valid_until", table, ["valid_until"])


def _others() -> None:
    own = {
        "identity_change": [
            sa.Column("wanted", sa.JSON(), nullable=False),
            sa.Column("reason", sa.Text(), nullable=False),
            sa.Column("asked_by_id", sa.String(length=20), nullable=True),
        ],
        "appeal": [
            sa.Column("suspended_at", UTCDateTime(), nullable=False),
            sa.Column("suspended_by_id", sa.String(length=20), nullable=True),
            sa.Column("body", sa.Text(), nullable=False),
            sa.Column("asked_by_id", sa.String(length=20), nullable=True),
            sa.UniqueConstraint(
                "company_id", "suspended_at", name="uq_appeal_company_id_suspended_at"
            ),
            sa.CheckConstraint("decided_by_id <> suspended_by_id", name="other_eyes"),
        ],
        "profile_report": [
            sa.Column("reason", sa.String(length=20), nullable=False),
            sa.Column("body", sa.Text(), nullable=False),
            sa.Column("reporter_id", sa.String(length=20), nullable=True),
            sa.ForeignKeyConstraint(
                ["reporter_id"],
                ["user_account.id"],
                name="fk_profile_report_reporter_id_user_account",
                ondelete="SET NULL",
            ),
        ],
    }
    for table, columns in own.items():
        op.create_table(table, *_asked(), *_of_company(table), *columns)
        op.create_index(f"ix_{table}_state", table, ["state", "created_at"])
        if table != "appeal":
            op.create_index(f"ix_{table}_company_id", table, ["company_id"])


def _lookalikes() -> None:
    table = "lookalike"
    op.create_table(
        table,
        *_asked(),
        sa.Column("organisation_id", sa.String(length=20), nullable=False),
        sa.Column("other_id", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.String(length=300), nullable=False),
        sa.Column("shown", sa.String(length=300), nullable=False),
        sa.Column("other_shown", sa.String(length=300), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [name],
                ["organisation.id"],
                name=f"fk_lookalike_{name}_organisation",
                ondelete="CASCADE",
            )
            for name in ("organisation_id", "other_id")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_lookalike"),
        sa.UniqueConstraint(
            "organisation_id",
            "other_id",
            "reason",
            "mark",
            name="uq_lookalike_organisation_id_other_id_reason_mark",
        ),
    )
    op.create_index("ix_lookalike_other_id", table, ["other_id"])
    op.create_index("ix_lookalike_state", table, ["state", "created_at"])


def _documents() -> None:
    table = "verification_document"
    op.create_table(
        table,
        sa.Column("id", sa.String(length=20), nullable=False),
        *_of_company(table),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=20), nullable=False),
        sa.Column("file_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name="fk_verification_document_file_id_stored_file"
        ),
    )
    op.create_index("ix_verification_document_company_id", table, ["company_id"])
    op.create_index("ix_verification_document_subject", table, ["kind", "subject_id"])


def downgrade() -> None:
    for table in (
        "verification_document",
        "lookalike",
        "profile_report",
        "appeal",
        "identity_change",
        "verification_check",
        "verification_request",
    ):
        op.drop_table(table)
    with op.batch_alter_table("company") as batch:
        for name in ("suspended_at", "suspended_by_id", "held", "not_checked", *DAYS):
            batch.drop_column(name)
    for table, names in KEYS.items():
        for name in names:
            op.drop_index(f"ix_{table}_{name}", table)
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)
