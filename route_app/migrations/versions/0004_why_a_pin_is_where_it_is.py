"""why a pin is where it is, and for which address."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

NEW = {'pin_reason': sa.String(400), 'pin_address': sa.String(512), 'pin_before': sa.Text()}
ADDRESS = ('street', 'house_no', 'postcode', 'city', 'state', 'country')


def upgrade() -> None:
    """Go to this version; what pins there are were placed for the address of today."""
    with op.batch_alter_table('account', schema=None) as batch_op:
        for name, kind in NEW.items():
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=''))
    with op.batch_alter_table('account', schema=None) as batch_op:
        for name, kind in NEW.items():
            batch_op.alter_column(name, existing_type=kind, server_default=None)
    account = sa.table(
        'account', *(sa.column(name) for name in (*ADDRESS, 'pin_source', 'pin_address'))
    )
    line = account.c.street
    for name in ADDRESS[1:]:
        line = line + sa.literal(' ') + account.c[name]
    op.execute(
        account.update()
        .where(account.c.pin_source.in_(('manual', 'given')))
        .values(pin_address=sa.func.trim(line))
    )


def downgrade() -> None:
    """Go back to the version before."""
    with op.batch_alter_table('account', schema=None) as batch_op:
        for name in NEW:
            batch_op.drop_column(name)
