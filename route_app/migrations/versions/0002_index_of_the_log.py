"""index of the log."""

from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    with op.batch_alter_table('check_in', schema=None) as batch_op:
        batch_op.drop_index('ix_check_in_rep_started')
        batch_op.create_index(
            'ix_check_in_rep_started',
            ['rep_id', 'started_at', 'outcome', 'account_id', 'id'],
            unique=False,
        )


def downgrade() -> None:
    """Go back to the version before."""
    with op.batch_alter_table('check_in', schema=None) as batch_op:
        batch_op.drop_index('ix_check_in_rep_started')
        batch_op.create_index(
            'ix_check_in_rep_started', ['rep_id', 'started_at'], unique=False
        )
