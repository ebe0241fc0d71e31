"""The spine: organizations, contacts, conversations, messages, events"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('metric_buckets',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('le', sa.Float(), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.Column('total', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('name', 'le')
    )
    op.create_table('organizations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('slug', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('time_zone', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('slug')
    )
    op.create_table('throttles',
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('level', sa.Float(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_table('users',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('password_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('is_superadmin', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('email')
    )
    op.create_table('webhook_events',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('event_key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('field', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('waba_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('phone_number_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('contact_key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('correlation_id', sa.Uuid(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), server_default='new', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('problem', sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('new','handled','ignored','failed')", name='state_known'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('event_key'),
    postgresql_with={'fillfactor': '85', 'autovacuum_vacuum_scale_factor': '0.02'}
    )
    op.create_index('ix_webhook_events_due', 'webhook_events', ['next_at', 'id'], unique=False, postgresql_where=sa.text("state = 'new'"))
    op.create_index('ix_webhook_events_state', 'webhook_events', ['state', 'received_at'], unique=False)
    op.create_table('api_keys',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('prefix', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('key_hash', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('organization_id', 'id'),
    sa.UniqueConstraint('key_hash')
    )
    op.create_table('contacts',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('phone', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('tags', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('custom_fields', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('marketing_opt_in', sa.Boolean(), nullable=False),
    sa.Column('last_inbound_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('organization_id', 'id')
    )
    op.create_index('ix_contacts_by_age', 'contacts', ['organization_id', sa.literal_column('created_at desc'), sa.literal_column('id desc')], unique=False)
    op.create_index('ix_contacts_tags', 'contacts', ['tags'], unique=False, postgresql_using='gin')
    op.create_table('idempotency_keys',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('request_hash', sa.LargeBinary(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('response', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('organization_id', 'key')
    )
    op.create_index('ix_idempotency_keys_created_at', 'idempotency_keys', [sa.literal_column('created_at')], unique=False)
    op.create_table('memberships',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], ),
    sa.PrimaryKeyConstraint('organization_id', 'user_id')
    )
    op.create_index(op.f('ix_memberships_user_id'), 'memberships', ['user_id'], unique=False)
    op.create_table('user_sessions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('previous_hash', sa.LargeBinary(), nullable=True),
    sa.Column('client', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('rotated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('previous_hash'),
    sa.UniqueConstraint('token_hash')
    )
    op.create_index(op.f('ix_user_sessions_user_id'), 'user_sessions', ['user_id'], unique=False)
    op.create_table('whatsapp_accounts',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('waba_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('phone_number_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('phone', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('token_sealed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('token_hint', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('paused_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('quality', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('messages_per_second', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('lease_holder', sa.Uuid(), nullable=True),
    sa.Column('lease_epoch', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('organization_id', 'id'),
    sa.UniqueConstraint('phone_number_id')
    )
    op.create_index(op.f('ix_whatsapp_accounts_waba_id'), 'whatsapp_accounts', ['waba_id'], unique=False)
    op.create_table('contact_identities',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('address', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id', 'contact_id'], ['contacts.organization_id', 'contacts.id'], ),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('organization_id', 'kind', 'value')
    )
    op.create_index('ix_contact_identities_contact', 'contact_identities', ['organization_id', 'contact_id'], unique=False)
    op.create_table('conversations',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('assignee_id', sa.Uuid(), nullable=True),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('owner_epoch', sa.Integer(), nullable=False),
    sa.Column('bot_id', sa.Uuid(), nullable=True),
    sa.Column('tags', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('unread_count', sa.Integer(), nullable=False),
    sa.Column('last_message', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('last_direction', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('last_message_id', sa.Uuid(), nullable=True),
    sa.Column('last_message_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('last_inbound_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("owner in ('bot','human','nobody')", name='owner_known'),
    sa.CheckConstraint("status in ('open','pending','snoozed','resolved','closed')", name='status_known'),
    sa.ForeignKeyConstraint(['assignee_id'], ['users.id'], ),
    sa.ForeignKeyConstraint(['organization_id', 'account_id'], ['whatsapp_accounts.organization_id', 'whatsapp_accounts.id'], ),
    sa.ForeignKeyConstraint(['organization_id', 'contact_id'], ['contacts.organization_id', 'contacts.id'], ),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('organization_id', 'id')
    )
    op.create_index('ix_conversations_assignee', 'conversations', ['organization_id', 'assignee_id', 'status', sa.literal_column('last_message_at desc'), sa.literal_column('id desc')], unique=False)
    op.create_index('ix_conversations_contact', 'conversations', ['organization_id', 'contact_id'], unique=False)
    op.create_index('ix_conversations_list', 'conversations', ['organization_id', 'status', sa.literal_column('last_message_at desc'), sa.literal_column('id desc')], unique=False)
    op.create_index('uq_conversations_open', 'conversations', ['organization_id', 'account_id', 'contact_id'], unique=True, postgresql_where=sa.text("status <> 'closed'"))
    op.create_table('messages',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('direction', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('wa_message_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('reply_to', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('sent_by_kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('sent_by_id', sa.Uuid(), nullable=True),
    sa.Column('owner_epoch', sa.Integer(), nullable=True),
    sa.Column('client_key', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('correlation_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error_code', sa.Integer(), nullable=True),
    sa.Column('error_title', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('error_details', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('pricing', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claim_token', sa.Uuid(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempt_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("direction in ('incoming','outgoing')", name='direction_known'),
    sa.CheckConstraint("status in ('received','queued','claimed','sending','held','sent','delivered','read','failed','uncertain')", name='status_known'),
    sa.ForeignKeyConstraint(['organization_id', 'account_id'], ['whatsapp_accounts.organization_id', 'whatsapp_accounts.id'], ),
    sa.ForeignKeyConstraint(['organization_id', 'conversation_id'], ['conversations.organization_id', 'conversations.id'], ),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('organization_id', 'id'),
    postgresql_with={'fillfactor': '85'}
    )
    op.create_index('ix_messages_age', 'messages', ['organization_id', 'created_at'], unique=False)
    op.create_index('ix_messages_due', 'messages', ['account_id', 'priority', 'next_try_at', 'id'], unique=False, postgresql_where=sa.text("status = 'queued'"))
    op.create_index('ix_messages_leased', 'messages', ['lease_until'], unique=False, postgresql_where=sa.text("status in ('claimed','sending')"))
    op.create_index('ix_messages_state', 'messages', ['organization_id', 'direction', 'status'], unique=False)
    op.create_index('ix_messages_thread', 'messages', ['organization_id', 'conversation_id', sa.literal_column('id desc')], unique=False)
    op.create_index('ix_messages_unsent', 'messages', ['organization_id', 'conversation_id', 'id'], unique=False, postgresql_where=sa.text("status in ('queued','claimed','sending')"))
    op.create_index('uq_messages_attempt', 'messages', ['attempt_id'], unique=True, postgresql_where=sa.text('attempt_id is not null'))
    op.create_index('uq_messages_client_key', 'messages', ['organization_id', 'client_key'], unique=True, postgresql_where=sa.text('client_key is not null'))
    op.create_index('uq_messages_wamid', 'messages', ['organization_id', 'wa_message_id'], unique=True, postgresql_where=sa.text('wa_message_id is not null'))
    op.create_table('notes',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['organization_id', 'conversation_id'], ['conversations.organization_id', 'conversations.id'], ),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], ),
    sa.PrimaryKeyConstraint('organization_id', 'id')
    )
    op.create_index('ix_notes_thread', 'notes', ['organization_id', 'conversation_id', 'id'], unique=False)
    op.create_table('reactions',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('wa_message_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('by_customer', sa.Boolean(), nullable=False),
    sa.Column('emoji', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reacted_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['organization_id', 'conversation_id'], ['conversations.organization_id', 'conversations.id'], ),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('organization_id', 'id')
    )
    op.create_index('uq_reactions', 'reactions', ['organization_id', 'wa_message_id', 'by_customer'], unique=True)


def downgrade() -> None:
    op.drop_index('uq_reactions', table_name='reactions')
    op.drop_table('reactions')
    op.drop_index('ix_notes_thread', table_name='notes')
    op.drop_table('notes')
    op.drop_index('uq_messages_wamid', table_name='messages', postgresql_where=sa.text('wa_message_id is not null'))
    op.drop_index('uq_messages_client_key', table_name='messages', postgresql_where=sa.text('client_key is not null'))
    op.drop_index('uq_messages_attempt', table_name='messages', postgresql_where=sa.text('attempt_id is not null'))
    op.drop_index('ix_messages_unsent', table_name='messages', postgresql_where=sa.text("status in ('queued','claimed','sending')"))
    op.drop_index('ix_messages_thread', table_name='messages')
    op.drop_index('ix_messages_state', table_name='messages')
    op.drop_index('ix_messages_leased', table_name='messages', postgresql_where=sa.text("status in ('claimed','sending')"))
    op.drop_index('ix_messages_due', table_name='messages', postgresql_where=sa.text("status = 'queued'"))
    op.drop_index('ix_messages_age', table_name='messages')
    op.drop_table('messages')
    op.drop_index('uq_conversations_open', table_name='conversations', postgresql_where=sa.text("status <> 'closed'"))
    op.drop_index('ix_conversations_list', table_name='conversations')
    op.drop_index('ix_conversations_contact', table_name='conversations')
    op.drop_index('ix_conversations_assignee', table_name='conversations')
    op.drop_table('conversations')
    op.drop_index('ix_contact_identities_contact', table_name='contact_identities')
    op.drop_table('contact_identities')
    op.drop_index(op.f('ix_whatsapp_accounts_waba_id'), table_name='whatsapp_accounts')
    op.drop_table('whatsapp_accounts')
    op.drop_index(op.f('ix_user_sessions_user_id'), table_name='user_sessions')
    op.drop_table('user_sessions')
    op.drop_index(op.f('ix_memberships_user_id'), table_name='memberships')
    op.drop_table('memberships')
    op.drop_index('ix_idempotency_keys_created_at', table_name='idempotency_keys')
    op.drop_table('idempotency_keys')
    op.drop_index('ix_contacts_tags', table_name='contacts', postgresql_using='gin')
    op.drop_index('ix_contacts_by_age', table_name='contacts')
    op.drop_table('contacts')
    op.drop_table('api_keys')
    op.drop_index('ix_webhook_events_state', table_name='webhook_events')
    op.drop_index('ix_webhook_events_due', table_name='webhook_events', postgresql_where=sa.text("state = 'new'"))
    op.drop_table('webhook_events')
    op.drop_table('users')
    op.drop_table('throttles')
    op.drop_table('organizations')
    op.drop_table('metric_buckets')
