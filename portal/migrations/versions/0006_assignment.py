"""assignment rules, absences, names of calendars, mails of partners"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignment_rule",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=10), nullable=False),
        sa.Column("market", sa.String(length=2), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("company_id", sa.String(length=20), nullable=True),
        sa.Column("team", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name=op.f("fk_assignment_rule_company_id_company"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["user_account.id"],
            name=op.f("fk_assignment_rule_person_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_rule")),
    )
    op.execute(sa.text("INSERT INTO state (name, value) VALUES ('assignment', '{}')"))
    with op.batch_alter_table("staff_profile", schema=None) as batch_op:
        batch_op.add_column(sa.Column("away_from", sa.Date(), nullable=True))
    with op.batch_alter_table("work_calendar", schema=None) as batch_op:
        batch_op.add_column(sa.Column("names", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("received_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("referral_id", sa.String(length=20), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_received_mail_referral_id"), ["referral_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_received_mail_referral_id_referral"),
            "referral",
            ["referral_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("received_mail", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_received_mail_referral_id_referral"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_received_mail_referral_id"))
        batch_op.drop_column("referral_id")
    with op.batch_alter_table("work_calendar", schema=None) as batch_op:
        batch_op.drop_column("names")
    with op.batch_alter_table("staff_profile", schema=None) as batch_op:
        batch_op.drop_column("away_from")
    op.execute(sa.text("DELETE FROM state WHERE name = 'assignment'"))
    op.drop_table("assignment_rule")
