"""whether a file was searched for viruses, and whether it is confidential"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("stored_file") as batch_op:
        batch_op.add_column(
            sa.Column("scan_state", sa.String(length=10), nullable=False, server_default="clean")
        )
        batch_op.add_column(
            sa.Column(
                "confidentiality", sa.String(length=12), nullable=False, server_default="ordinary"
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("stored_file") as batch_op:
        batch_op.drop_column("confidentiality")
        batch_op.drop_column("scan_state")
