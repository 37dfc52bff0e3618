"""the desk: calendars, clocks, drafts, saved views, links, presence"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
DAY = '[["09:00", "12:00"], ["13:00", "18:00"]]'
WEEK = f"[{DAY}, {DAY}, {DAY}, {DAY}, {DAY}, [], []]"
# The base's own calendar; its holidays are loaded by the worker.
BASE_CALENDAR = sa.text(
    "INSERT INTO work_calendar (id, name, zone, country, week, version, changed_at) VALUES "
    f"('base', 'Overseas Base', 'Asia/Shanghai', 'CN', '{WEEK}', 1, '2026-01-01 00:00:00.000000')"
)


def upgrade() -> None:
    op.create_table(
        "work_calendar",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("week", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_calendar")),
    )
    op.execute(BASE_CALENDAR)
    op.create_table(
        "calendar_day",
        sa.Column("calendar_id", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_calendar_day_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["work_calendar.id"],
            name=op.f("fk_calendar_day_calendar_id_work_calendar"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("calendar_id", "day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "calendar_year",
        sa.Column("calendar_id", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("loaded_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["work_calendar.id"],
            name=op.f("fk_calendar_year_calendar_id_work_calendar"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("calendar_id", "year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "bulk_change",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["user_account.id"],
            name=op.f("fk_bulk_change_actor_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_change")),
    )
    with op.batch_alter_table("bulk_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulk_change_actor_id"), ["actor_id"], unique=False)
    op.create_table(
        "request_draft",
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_request_draft_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_request_draft")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["user_account.id"],
            name=op.f("fk_saved_view_owner_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_view_owner_id"), ["owner_id"], unique=False)
    op.create_table(
        "service_revision",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_service_revision_author_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_revision")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_service_revision_code_version")),
    )
    op.create_table(
        "request_link",
        sa.Column("first_id", sa.String(length=20), nullable=False),
        sa.Column("second_id", sa.String(length=20), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_request_link_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["service_request.id"],
            name=op.f("fk_request_link_first_id_service_request"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["service_request.id"],
            name=op.f("fk_request_link_second_id_service_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_request_link")),
    )
    with op.batch_alter_table("request_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_link_second_id"), ["second_id"], unique=False)
    op.create_table(
        "request_pause",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_request.id"],
            name=op.f("fk_request_pause_request_id_service_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_pause")),
    )
    with op.batch_alter_table("request_pause", schema=None) as batch_op:
        batch_op.create_index(
            "ix_request_pause_request", ["request_id", "started_at"], unique=False
        )
    op.create_table(
        "request_presence",
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("writing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_request.id"],
            name=op.f("fk_request_presence_request_id_service_request"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_request_presence_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", "user_id", name=op.f("pk_request_presence")),
    )
    op.create_table(
        "request_watch",
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_request.id"],
            name=op.f("fk_request_watch_request_id_service_request"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_request_watch_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", "user_id", name=op.f("pk_request_watch")),
    )
    with op.batch_alter_table("request_watch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_watch_user_id"), ["user_id"], unique=False)
    with op.batch_alter_table("service_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("created_by_id", sa.String(length=20), nullable=True))
        batch_op.add_column(
            sa.Column("channel", sa.String(length=10), nullable=False, server_default="portal")
        )
        batch_op.add_column(
            sa.Column("team", sa.String(length=20), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("plan_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("first_reply_due", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("plan_due", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("next_due", UTCDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("escalation", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column(
                "first_reply_breached", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
        batch_op.add_column(
            sa.Column("plan_breached", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("plan_escalation", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("escalate_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("reopened_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("last_customer_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("last_staff_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("split_from_id", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("follows_id", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("match_id", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("about_id", sa.String(length=20), nullable=True))
        batch_op.add_column(
            sa.Column("contact", sa.String(length=10), nullable=False, server_default="portal")
        )
        batch_op.add_column(
            sa.Column("timezone", sa.String(length=64), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("consent_note", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_service_request_about_id_company"), "company", ["about_id"], ["id"]
        )
        for name in ("merged_into_id", "split_from_id", "follows_id"):
            batch_op.create_index(batch_op.f(f"ix_service_request_{name}"), [name], unique=False)
        batch_op.create_index("ix_service_request_created", ["created_at"], unique=False)
        batch_op.create_index("ix_service_request_due", ["state", "next_due"], unique=False)
        batch_op.create_index("ix_service_request_escalate", ["escalate_at"], unique=False)
        batch_op.create_index("ix_service_request_team", ["team", "state"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_service_request_split_from_id_service_request"),
            "service_request",
            ["split_from_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_service_request_follows_id_service_request"),
            "service_request",
            ["follows_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_service_request_merged_into_id_service_request"),
            "service_request",
            ["merged_into_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_service_request_created_by_id_user_account"),
            "user_account",
            ["created_by_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("service_request", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_service_request_about_id_company"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_service_request_created_by_id_user_account"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_service_request_merged_into_id_service_request"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_service_request_follows_id_service_request"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_service_request_split_from_id_service_request"), type_="foreignkey"
        )
        batch_op.drop_index("ix_service_request_team")
        batch_op.drop_index("ix_service_request_escalate")
        batch_op.drop_index("ix_service_request_due")
        batch_op.drop_index("ix_service_request_created")
        for name in ("merged_into_id", "split_from_id", "follows_id"):
            batch_op.drop_index(batch_op.f(f"ix_service_request_{name}"))
        batch_op.drop_column("consent_note")
        batch_op.drop_column("timezone")
        batch_op.drop_column("contact")
        batch_op.drop_column("about_id")
        batch_op.drop_column("match_id")
        batch_op.drop_column("follows_id")
        batch_op.drop_column("split_from_id")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("last_staff_at")
        batch_op.drop_column("last_customer_at")
        batch_op.drop_column("plan_breached")
        batch_op.drop_column("first_reply_breached")
        batch_op.drop_column("reopened_at")
        batch_op.drop_column("escalate_at")
        batch_op.drop_column("plan_escalation")
        batch_op.drop_column("escalation")
        batch_op.drop_column("next_due")
        batch_op.drop_column("plan_due")
        batch_op.drop_column("first_reply_due")
        batch_op.drop_column("plan_at")
        batch_op.drop_column("team")
        batch_op.drop_column("channel")
        batch_op.drop_column("created_by_id")
    with op.batch_alter_table("request_watch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_watch_user_id"))
    op.drop_table("request_watch")
    op.drop_table("request_presence")
    with op.batch_alter_table("request_pause", schema=None) as batch_op:
        batch_op.drop_index("ix_request_pause_request")
    op.drop_table("request_pause")
    with op.batch_alter_table("request_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_link_second_id"))
    op.drop_table("request_link")
    op.drop_table("service_revision")
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_view_owner_id"))
    op.drop_table("saved_view")
    op.drop_table("request_draft")
    with op.batch_alter_table("bulk_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulk_change_actor_id"))
    op.drop_table("bulk_change")
    op.drop_table("calendar_year")
    op.drop_table("calendar_day")
    op.drop_table("work_calendar")
