"""disclosure: a level per field, aliases, confidentiality agreements, who looked at what"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
LEVELLED = ("company", "capability", "need")


def upgrade() -> None:
    for table in LEVELLED:
        op.add_column(
            table, sa.Column("disclosure", sa.JSON(), nullable=False, server_default="{}")
        )
    op.add_column(
        "need", sa.Column("alias", sa.String(length=120), nullable=False, server_default="")
    )
    op.add_column("site", _level())
    op.add_column("certificate", _level())
    op.execute("UPDATE certificate SET disclosure = 'nda' WHERE NOT public")
    with op.batch_alter_table("certificate") as batch_op:
        batch_op.drop_column("public")
    _templates()
    _agreements()
    _looking()


def _level() -> sa.Column[str]:
    return sa.Column("disclosure", sa.String(length=12), nullable=False, server_default="public")


def _templates() -> None:
    op.create_table(
        "nda_template",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reviewed_by", sa.String(length=200), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("in_force_since", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name="fk_nda_template_created_by_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_nda_template"),
        sa.UniqueConstraint("number", name="uq_nda_template_number"),
    )
    op.create_table(
        "nda_text",
        sa.Column("template_id", sa.String(length=20), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["nda_template.id"],
            name="fk_nda_text_template_id_nda_template",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("template_id", "locale", name="pk_nda_text"),
    )


def _agreements() -> None:
    op.create_table(
        "nda",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("proposer_id", sa.String(length=20), nullable=False),
        sa.Column("other_id", sa.String(length=20), nullable=False),
        sa.Column("inquiry_id", sa.String(length=20), nullable=True),
        sa.Column("template_id", sa.String(length=20), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposer_id"], ["organisation.id"], name="fk_nda_proposer_id_organisation"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["organisation.id"], name="fk_nda_other_id_organisation"
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["nda_template.id"], name="fk_nda_template_id_nda_template"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_nda"),
    )
    op.create_index("ix_nda_proposer", "nda", ["proposer_id", "state"])
    op.create_index("ix_nda_other", "nda", ["other_id", "state"])
    op.create_index("ix_nda_inquiry_id", "nda", ["inquiry_id"])
    op.create_table(
        "nda_acceptance",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("nda_id", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.String(length=20), nullable=False),
        sa.Column("organisation_name", sa.String(length=300), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=True),
        sa.Column("user_name", sa.String(length=120), nullable=False),
        sa.Column("template_number", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["nda_id"], ["nda.id"], name="fk_nda_acceptance_nda_id_nda"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_nda_acceptance_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_nda_acceptance_user_id_user_account",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_nda_acceptance"),
        sa.UniqueConstraint(
            "nda_id", "organisation_id", name="uq_nda_acceptance_nda_id_organisation_id"
        ),
    )
    op.create_table(
        "alias_reveal",
        sa.Column("need_id", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_alias_reveal_organisation_id_organisation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_alias_reveal_user_id_user_account",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("need_id", "organisation_id", name="pk_alias_reveal"),
    )


def _looking() -> None:
    op.create_table(
        "page_view",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("company_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("object_id", sa.String(length=20), nullable=False),
        sa.Column("viewer", sa.String(length=20), nullable=False),
        sa.Column("depth", sa.String(length=12), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["organisation.id"],
            name="fk_page_view_company_id_organisation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "day", "company_id", "kind", "object_id", "viewer", name="pk_page_view"
        ),
    )
    op.create_index("ix_page_view_company", "page_view", ["company_id", "day"])


def downgrade() -> None:
    for table in (
        "page_view",
        "alias_reveal",
        "nda_acceptance",
        "nda",
        "nda_text",
        "nda_template",
    ):
        op.drop_table(table)
    op.add_column(
        "certificate", sa.Column("public", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.execute("UPDATE certificate SET public = false WHERE disclosure <> 'public'")
    for table in ("certificate", "site", *LEVELLED):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("disclosure")
    with op.batch_alter_table("need") as batch_op:
        batch_op.drop_column("alias")
