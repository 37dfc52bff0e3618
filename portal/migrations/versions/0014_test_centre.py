"""the base's own test centre"""

import sqlalchemy as sa
from alembic import op

from portal.core.db import ExactNumeric, UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "test_line",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("programmes", sa.JSON(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_line")),
    )
    op.create_table(
        "test_programme",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_test_programme_author_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_programme")),
    )
    op.create_table(
        "test_slot",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("line_id", sa.String(length=20), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places >= 0", name=op.f("ck_test_slot_places")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["test_line.id"], name=op.f("fk_test_slot_line_id_test_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_slot")),
        sa.UniqueConstraint("line_id", "week", name=op.f("uq_test_slot_line_id_week")),
    )
    with op.batch_alter_table("test_slot", schema=None) as batch_op:
        batch_op.create_index("ix_test_slot_week", ["week"], unique=False)
    op.create_table(
        "test_booking",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(length=30), nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.String(length=20), nullable=False),
        sa.Column("capability_id", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("requester_id", sa.String(length=20), nullable=True),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.Column("chip_type", sa.String(length=20), nullable=False),
        sa.Column("node_nm", ExactNumeric(precision=20, scale=6), nullable=True),
        sa.Column("package", sa.String(length=60), nullable=False),
        sa.Column("grade", sa.String(length=2), nullable=False),
        sa.Column("asil", sa.String(length=3), nullable=False),
        sa.Column("lots", sa.Integer(), nullable=False),
        sa.Column("wished_week", sa.Date(), nullable=True),
        sa.Column("wanted_by", sa.Date(), nullable=True),
        sa.Column("nda", sa.Boolean(), nullable=False),
        sa.Column("publish", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("line_id", sa.String(length=20), nullable=True),
        sa.Column("first_week", sa.Date(), nullable=True),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("price", sa.String(length=200), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("moved_from", sa.JSON(), nullable=False),
        sa.Column("samples_in", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("report_number", sa.String(length=80), nullable=False),
        sa.Column("report_id", sa.String(length=20), nullable=True),
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("not_checked", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("reported_by_id", sa.String(length=20), nullable=True),
        sa.Column("released_by_id", sa.String(length=20), nullable=True),
        sa.Column("released_at", UTCDateTime(), nullable=True),
        sa.Column("certificate_id", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["capability_id"],
            ["capability.id"],
            name=op.f("fk_test_booking_capability_id_capability"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_test_booking_company_id_company")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["test_line.id"], name=op.f("fk_test_booking_line_id_test_line")
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"],
            ["user_account.id"],
            name=op.f("fk_test_booking_released_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["stored_file.id"], name=op.f("fk_test_booking_report_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"],
            ["user_account.id"],
            name=op.f("fk_test_booking_reported_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_request.id"],
            name=op.f("fk_test_booking_request_id_service_request"),
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"],
            ["user_account.id"],
            name=op.f("fk_test_booking_requester_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_booking")),
        sa.UniqueConstraint("number", name=op.f("uq_test_booking_number")),
        sa.UniqueConstraint("request_id", name=op.f("uq_test_booking_request_id")),
    )
    with op.batch_alter_table("test_booking", schema=None) as batch_op:
        batch_op.create_index("ix_test_booking_capability", ["capability_id"], unique=False)
        batch_op.create_index("ix_test_booking_company", ["company_id", "changed_at"], unique=False)
        batch_op.create_index("ix_test_booking_state", ["state", "changed_at"], unique=False)
    op.create_table(
        "test_booking_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("booking_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("party", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_test_booking_event_author_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["test_booking.id"],
            name=op.f("fk_test_booking_event_booking_id_test_booking"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_booking_event")),
    )
    with op.batch_alter_table("test_booking_event", schema=None) as batch_op:
        batch_op.create_index("ix_test_booking_event_booking", ["booking_id"], unique=False)
    op.create_table(
        "test_run",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("booking_id", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=20), nullable=False),
        sa.Column("test", sa.String(length=30), nullable=False),
        sa.Column("method", sa.String(length=120), nullable=False),
        sa.Column("stress", sa.String(length=200), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("cycles", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("lots", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("tested", sa.Integer(), nullable=True),
        sa.Column("rejects", sa.Integer(), nullable=True),
        sa.Column("finding", sa.String(length=1000), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("entered_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_test_run_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["test_booking.id"],
            name=op.f("fk_test_run_booking_id_test_booking"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_run")),
        sa.UniqueConstraint("booking_id", "position", name=op.f("uq_test_run_booking_id_position")),
    )
    op.create_table(
        "test_sample",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.String(length=20), nullable=False),
        sa.Column("carrier", sa.String(length=60), nullable=False),
        sa.Column("tracking", sa.String(length=60), nullable=False),
        sa.Column("lot", sa.String(length=60), nullable=False),
        sa.Column("date_code", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["test_booking.id"],
            name=op.f("fk_test_sample_booking_id_test_booking"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_sample")),
        sa.UniqueConstraint("number", name=op.f("uq_test_sample_number")),
    )
    with op.batch_alter_table("test_sample", schema=None) as batch_op:
        batch_op.create_index("ix_test_sample_booking", ["booking_id"], unique=False)
        batch_op.create_index("ix_test_sample_state", ["state", "changed_at"], unique=False)
    op.create_table(
        "test_slot_use",
        sa.Column("slot_id", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["test_booking.id"],
            name=op.f("fk_test_slot_use_booking_id_test_booking"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["test_slot.id"], name=op.f("fk_test_slot_use_slot_id_test_slot")
        ),
        sa.PrimaryKeyConstraint("slot_id", "place", name=op.f("pk_test_slot_use")),
    )
    with op.batch_alter_table("test_slot_use", schema=None) as batch_op:
        batch_op.create_index("ix_test_slot_use_booking", ["booking_id"], unique=False)
    op.create_table(
        "test_custody_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("sample_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_test_custody_event_author_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["test_sample.id"],
            name=op.f("fk_test_custody_event_sample_id_test_sample"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_custody_event")),
    )
    with op.batch_alter_table("test_custody_event", schema=None) as batch_op:
        batch_op.create_index("ix_test_custody_event_sample", ["sample_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("test_custody_event", schema=None) as batch_op:
        batch_op.drop_index("ix_test_custody_event_sample")
    op.drop_table("test_custody_event")
    with op.batch_alter_table("test_slot_use", schema=None) as batch_op:
        batch_op.drop_index("ix_test_slot_use_booking")
    op.drop_table("test_slot_use")
    with op.batch_alter_table("test_sample", schema=None) as batch_op:
        batch_op.drop_index("ix_test_sample_state")
        batch_op.drop_index("ix_test_sample_booking")
    op.drop_table("test_sample")
    op.drop_table("test_run")
    with op.batch_alter_table("test_booking_event", schema=None) as batch_op:
        batch_op.drop_index("ix_test_booking_event_booking")
    op.drop_table("test_booking_event")
    with op.batch_alter_table("test_booking", schema=None) as batch_op:
        batch_op.drop_index("ix_test_booking_state")
        batch_op.drop_index("ix_test_booking_company")
        batch_op.drop_index("ix_test_booking_capability")
    op.drop_table("test_booking")
    with op.batch_alter_table("test_slot", schema=None) as batch_op:
        batch_op.drop_index("ix_test_slot_week")
    op.drop_table("test_slot")
    op.drop_table("test_programme")
    op.drop_table("test_line")
