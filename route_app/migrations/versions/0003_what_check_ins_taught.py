"""what check-ins taught."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.create_table('visit_length',
    sa.Column('tier', sqlmodel.sql.sqltypes.AutoString(length=1), nullable=False),
    sa.Column('segment', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('default_s', sa.Integer(), nullable=False),
    sa.Column('service_s', sa.Integer(), nullable=False),
    sa.Column('low_s', sa.Integer(), nullable=False),
    sa.Column('high_s', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('learned_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('tier', 'segment', name=op.f('pk_visit_length'))
    )
    op.create_table('calibration_reset',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('by_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('undone_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_calibration_reset_by_id_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calibration_reset'))
    )
    with op.batch_alter_table('calibration_reset', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_calibration_reset_at'), ['at'], unique=False)

    op.create_table('travel_factor',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('basis', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('territory_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('slot', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('factor', sa.Float(), nullable=False),
    sa.Column('door_s', sa.Integer(), nullable=False),
    sa.Column('low', sa.Float(), nullable=False),
    sa.Column('high', sa.Float(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('before_s', sa.Float(), nullable=True),
    sa.Column('after_s', sa.Float(), nullable=True),
    sa.Column('inside', sa.Float(), nullable=True),
    sa.Column('learned_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.CheckConstraint('door_s BETWEEN 0 AND 600', name=op.f('ck_travel_factor_door_clamped')),
    sa.CheckConstraint('factor BETWEEN 0.8 AND 1.8', name=op.f('ck_travel_factor_factor_clamped')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_travel_factor_territory_id_territory'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_travel_factor'))
    )
    with op.batch_alter_table('travel_factor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_travel_factor_basis'), ['basis'], unique=False)
        batch_op.create_index(batch_op.f('ix_travel_factor_territory_id'), ['territory_id'], unique=False)

    op.create_table('observed_drive',
    sa.Column('check_in_id', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('from_check_in_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('territory_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('slot', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('basis', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('network', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('predicted_s', sa.Integer(), nullable=True),
    sa.Column('actual_s', sa.Integer(), nullable=False),
    sa.Column('dropped', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('expected_s', sa.Integer(), nullable=True),
    sa.Column('low_s', sa.Integer(), nullable=True),
    sa.Column('high_s', sa.Integer(), nullable=True),
    sa.Column('observed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['check_in_id'], ['check_in.id'], name=op.f('fk_observed_drive_check_in_id_check_in'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['from_check_in_id'], ['check_in.id'], name=op.f('fk_observed_drive_from_check_in_id_check_in'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_observed_drive_territory_id_territory'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('check_in_id', name=op.f('pk_observed_drive'))
    )
    with op.batch_alter_table('observed_drive', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_observed_drive_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_observed_drive_from_check_in_id'), ['from_check_in_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_observed_drive_territory_id'), ['territory_id'], unique=False)

    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.add_column(sa.Column('calibration', sa.JSON(), nullable=True))



def downgrade() -> None:
    """Go back to the version before."""
    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.drop_column('calibration')

    with op.batch_alter_table('observed_drive', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_observed_drive_territory_id'))
        batch_op.drop_index(batch_op.f('ix_observed_drive_from_check_in_id'))
        batch_op.drop_index(batch_op.f('ix_observed_drive_at'))

    op.drop_table('observed_drive')
    with op.batch_alter_table('travel_factor', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_travel_factor_territory_id'))
        batch_op.drop_index(batch_op.f('ix_travel_factor_basis'))

    op.drop_table('travel_factor')
    with op.batch_alter_table('calibration_reset', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_calibration_reset_at'))

    op.drop_table('calibration_reset')
    op.drop_table('visit_length')
