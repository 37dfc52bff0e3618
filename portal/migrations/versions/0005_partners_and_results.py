"""partners, quotes, texts, checks, mail received and preferences, satisfaction, barriers"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import ExactNumeric, UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
KINDS_BEFORE = "kind IN ('supplier', 'buyer', 'both')"
KINDS = "kind IN ('supplier', 'buyer', 'both', 'partner')"


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_user_account")
    return sa.ForeignKeyConstraint([column], ["user_account.id"], name=name)


def upgrade() -> None:
    with op.batch_alter_table("organisation") as batch_op:
        batch_op.drop_constraint(op.f("ck_organisation_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_organisation_kind"), KINDS)
    op.create_table(
        "barrier",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("market", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=True),
        sa.Column("rule", sa.String(length=300), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("public_text", sa.JSON(), nullable=False),
        sa.Column("draft_text", sa.JSON(), nullable=False),
        sa.Column("draft_author_id", sa.String(length=20), nullable=True),
        sa.Column("drafted_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_note", sa.String(length=500), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("approved_by_id", sa.String(length=20), nullable=True),
        sa.Column("approved_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        _person("barrier", "approved_by_id"),
        _person("barrier", "author_id"),
        _person("barrier", "draft_author_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barrier")),
    )
    with op.batch_alter_table("barrier", schema=None) as batch_op:
        batch_op.create_index("ix_barrier_market", ["market", "state"], unique=False)
        batch_op.create_index("ix_barrier_category", ["category", "state"], unique=False)
    op.create_table(
        "mail_preference",
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("night", sa.Boolean(), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("last_digest_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_mail_preference_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_preference")),
    )
    op.create_table(
        "partner",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("calendar_id", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["work_calendar.id"], name=op.f("fk_partner_calendar_id_work_calendar")
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["organisation.id"], name=op.f("fk_partner_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
    )
    op.create_table(
        "staff_profile",
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("team", sa.String(length=20), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("away_until", sa.Date(), nullable=True),
        sa.Column("takes_new", sa.Boolean(), nullable=False),
        sa.Column("keys", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_staff_profile_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff_profile")),
    )
    op.create_table(
        "text_module",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("service", sa.String(length=10), nullable=False),
        sa.Column("bodies", sa.JSON(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        _person("text_module", "author_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_module")),
    )
    op.create_table(
        "referral",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("partner_id", sa.String(length=20), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("assignee_id", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("shared", sa.JSON(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("desired_date", sa.Date(), nullable=True),
        sa.Column("due", UTCDateTime(), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("answer_minutes", sa.Integer(), nullable=True),
        sa.Column("finish_minutes", sa.Integer(), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.Column("mark", sa.Integer(), nullable=True),
        _person("referral", "assignee_id"),
        _person("referral", "author_id"),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_referral_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_request.id"],
            name=op.f("fk_referral_request_id_service_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("number", name=op.f("uq_referral_number")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(
            "ix_referral_queue", ["partner_id", "state", "created_at"], unique=False
        )
        batch_op.create_index("ix_referral_request", ["request_id", "created_at"], unique=False)
    op.create_table(
        "request_barrier",
        sa.Column("barrier_id", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        _person("request_barrier", "author_id"),
        sa.ForeignKeyConstraint(
            ["barrier_id"],
            ["barrier.id"],
            name=op.f("fk_request_barrier_barrier_id_barrier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_request.id"],
            name=op.f("fk_request_barrier_request_id_service_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("barrier_id", "request_id", name=op.f("pk_request_barrier")),
    )
    with op.batch_alter_table("request_barrier", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_request_barrier_request_id"), ["request_id"], unique=False
        )
    op.create_table(
        "request_check",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("done_by_id", sa.String(length=20), nullable=True),
        _person("request_check", "done_by_id"),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_request.id"],
            name=op.f("fk_request_check_request_id_service_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_check")),
    )
    with op.batch_alter_table("request_check", schema=None) as batch_op:
        batch_op.create_index("ix_request_check_request", ["request_id", "place"], unique=False)
    op.create_table(
        "satisfaction",
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=20), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=True),
        sa.Column("solved", sa.Integer(), nullable=True),
        sa.Column("service", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("followed_up_at", UTCDateTime(), nullable=True),
        sa.Column("followed_up_by_id", sa.String(length=20), nullable=True),
        _person("satisfaction", "person_id"),
        _person("satisfaction", "followed_up_by_id"),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_request.id"],
            name=op.f("fk_satisfaction_request_id_service_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_satisfaction")),
    )
    with op.batch_alter_table("satisfaction", schema=None) as batch_op:
        batch_op.create_index("ix_satisfaction_person", ["person_id", "asked_at"], unique=False)
        batch_op.create_index("ix_satisfaction_answered", ["answered_at"], unique=False)
    op.create_table(
        "received_mail",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.String(length=300), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(length=20), nullable=True),
        sa.Column("entry_id", sa.String(length=20), nullable=True),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["request_entry.id"], name=op.f("fk_received_mail_entry_id_request_entry")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_request.id"],
            name=op.f("fk_received_mail_request_id_service_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_received_mail_message_id")),
    )
    with op.batch_alter_table("received_mail", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_received_mail_request_id"), ["request_id"], unique=False
        )
    op.create_table(
        "referral_entry",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("referral_id", sa.String(length=20), nullable=False),
        sa.Column("party", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("event", sa.String(length=30), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        _person("referral_entry", "author_id"),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_referral_entry_referral_id_referral"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_entry")),
    )
    with op.batch_alter_table("referral_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_referral_entry_thread", ["referral_id", "created_at"], unique=False
        )
    op.create_table(
        "service_quote",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("referral_id", sa.String(length=20), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("amount", ExactNumeric(precision=20, scale=6), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_note", sa.String(length=200), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("decided_by_id", sa.String(length=20), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("decided_version", sa.Integer(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        _person("service_quote", "author_id"),
        _person("service_quote", "decided_by_id"),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_service_quote_referral_id_referral")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_request.id"],
            name=op.f("fk_service_quote_request_id_service_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_quote")),
        sa.UniqueConstraint("number", name=op.f("uq_service_quote_number")),
    )
    with op.batch_alter_table("service_quote", schema=None) as batch_op:
        batch_op.create_index(
            "ix_service_quote_request", ["request_id", "created_at"], unique=False
        )
    op.create_table(
        "referral_attachment",
        sa.Column("entry_id", sa.String(length=20), nullable=False),
        sa.Column("file_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["referral_entry.id"],
            name=op.f("fk_referral_attachment_entry_id_referral_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_referral_attachment_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("entry_id", "file_id", name=op.f("pk_referral_attachment")),
    )
    with op.batch_alter_table("request_attachment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("organisation") as batch_op:
        batch_op.drop_constraint(op.f("ck_organisation_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_organisation_kind"), KINDS_BEFORE)
    with op.batch_alter_table("request_attachment", schema=None) as batch_op:
        batch_op.drop_column("confidential")
    op.drop_table("referral_attachment")
    with op.batch_alter_table("service_quote", schema=None) as batch_op:
        batch_op.drop_index("ix_service_quote_request")
    op.drop_table("service_quote")
    with op.batch_alter_table("referral_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_referral_entry_thread")
    op.drop_table("referral_entry")
    with op.batch_alter_table("received_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_received_mail_request_id"))
    op.drop_table("received_mail")
    with op.batch_alter_table("satisfaction", schema=None) as batch_op:
        batch_op.drop_index("ix_satisfaction_answered")
        batch_op.drop_index("ix_satisfaction_person")
    op.drop_table("satisfaction")
    with op.batch_alter_table("request_check", schema=None) as batch_op:
        batch_op.drop_index("ix_request_check_request")
    op.drop_table("request_check")
    with op.batch_alter_table("request_barrier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_barrier_request_id"))
    op.drop_table("request_barrier")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index("ix_referral_request")
        batch_op.drop_index("ix_referral_queue")
    op.drop_table("referral")
    op.drop_table("text_module")
    op.drop_table("staff_profile")
    op.drop_table("partner")
    op.drop_table("mail_preference")
    with op.batch_alter_table("barrier", schema=None) as batch_op:
        batch_op.drop_index("ix_barrier_category")
        batch_op.drop_index("ix_barrier_market")
    op.drop_table("barrier")
