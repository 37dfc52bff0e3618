"""evidence: what was found out about facts, append-only; details of certificates; sustainability
facts and references of companies"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import ExactNumeric, UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# All columns but the two that erasure may empty.
_FIXED = (
    "id, kind, company_id, capability_id, key, digest, level, at, actor_id, organisation_id, "
    "valid_until, issuer, reference, not_checked, reason"
)
_WRONG = "'evidence is only added, never changed or deleted'"
_SQLITE = (
    f"CREATE TRIGGER evidence_stays BEFORE UPDATE OF {_FIXED} ON evidence "
    f"BEGIN SELECT RAISE(ABORT, {_WRONG}); END",
    "CREATE TRIGGER evidence_is_only_emptied BEFORE UPDATE OF note, document_id ON evidence "
    "WHEN NEW.note NOT IN ('', OLD.note) "
    "OR (NEW.document_id IS NOT NULL AND NEW.document_id IS NOT OLD.document_id) "
    f"BEGIN SELECT RAISE(ABORT, {_WRONG}); END",
    "CREATE TRIGGER evidence_is_not_deleted BEFORE DELETE ON evidence "
    f"BEGIN SELECT RAISE(ABORT, {_WRONG}); END",
    "CREATE TRIGGER evidence_is_not_replaced BEFORE INSERT ON evidence "
    "WHEN EXISTS (SELECT 1 FROM evidence WHERE id = NEW.id) "
    f"BEGIN SELECT RAISE(ABORT, {_WRONG}); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION evidence_refuses() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION {_WRONG}; END $$",
    f"CREATE TRIGGER evidence_stays BEFORE DELETE OR UPDATE OF {_FIXED} ON evidence "
    "FOR EACH ROW EXECUTE FUNCTION evidence_refuses()",
    "CREATE TRIGGER evidence_is_only_emptied BEFORE UPDATE OF note, document_id ON evidence "
    "FOR EACH ROW WHEN (NEW.note NOT IN ('', OLD.note) OR (NEW.document_id IS NOT NULL "
    "AND NEW.document_id IS DISTINCT FROM OLD.document_id)) EXECUTE FUNCTION evidence_refuses()",
    "CREATE TRIGGER evidence_is_not_truncated BEFORE TRUNCATE ON evidence "
    "FOR EACH STATEMENT EXECUTE FUNCTION evidence_refuses()",
)


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    _evidence()
    _reminders()
    _company_rows()
    op.add_column(
        "certificate", sa.Column("details", sa.JSON(), nullable=False, server_default="{}")
    )
    for statement in _SQLITE if _sqlite() else _POSTGRESQL:
        op.execute(statement)


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("company_id", sa.String(length=20), nullable=False),
        sa.Column("capability_id", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.String(length=20), nullable=True),
        sa.Column("organisation_id", sa.String(length=20), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("document_id", sa.String(length=20), nullable=True),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("not_checked", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_evidence_{column}_{table}")
            )
            for column, table in (
                ("company_id", "company"),
                ("actor_id", "user_account"),
                ("organisation_id", "organisation"),
                ("document_id", "stored_file"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_subject", "evidence", ["company_id", "kind", "key"])
    op.create_index("ix_evidence_document", "evidence", ["document_id"])


def _reminders() -> None:
    op.create_table(
        "evidence_reminder",
        sa.Column("company_id", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=130), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name=op.f("fk_evidence_reminder_company_id_company"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "company_id", "subject", "until", "days", name=op.f("pk_evidence_reminder")
        ),
    )


def _company_rows() -> None:
    _rows(
        "sustainability_fact",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("value", ExactNumeric(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("material", sa.String(length=30), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("boundary", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("verifier", sa.String(length=120), nullable=False),
        sa.Column("site", sa.String(length=120), nullable=False),
    )
    _rows(
        "company_reference",
        sa.Column("customer", sa.String(length=200), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Integer(), nullable=True),
        sa.Column("market", sa.String(length=2), nullable=False),
    )


def _rows(table: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("company_id", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *columns,
        sa.Column("disclosure", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name=op.f(f"fk_{table}_company_id_company"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_company_id"), table, ["company_id"])


def downgrade() -> None:
    with op.batch_alter_table("certificate") as batch_op:
        batch_op.drop_column("details")
    for table in ("company_reference", "sustainability_fact", "evidence_reminder", "evidence"):
        op.drop_table(table)
    if not _sqlite():
        op.execute("DROP FUNCTION evidence_refuses()")
