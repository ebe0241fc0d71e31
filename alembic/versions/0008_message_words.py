"""The words of messages, kept by triggers, behind the wall of 0002."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The condition of 0002 at the time.
OURS = (
    "case when (select current_setting('botpe.system', true)) = 'on' then true"
    " else organization_id ="
    " (select nullif(current_setting('botpe.organization_id', true), '')::uuid) end"
)
# A campaign says the same to everyone: its words would only hide what people said.
WRITTEN = "sent_by_kind <> 'campaign'"

FUNCTIONS = (
    """
    create function botpe_words(said text) returns setof text
    language sql immutable parallel safe as $$
      select distinct left(word, 40)
      from regexp_split_to_table(lower(left(said, 4096)), '[^[:alnum:]]+') word
      where word <> ''
    $$
    """,
    f"""
    create function botpe_words_of_new_messages() returns trigger language plpgsql as $$
    begin
      insert into message_words (organization_id, word, message_id)
      select n.organization_id, word, n.id from added n, lateral botpe_words(n.text) word
      where n.text <> '' and n.{WRITTEN};
      return null;
    end $$
    """,
    f"""
    create function botpe_words_of_a_message() returns trigger language plpgsql as $$
    begin
      delete from message_words w using botpe_words(old.text) gone
      where w.organization_id = old.organization_id and w.word = gone and w.message_id = old.id;
      if tg_op = 'UPDATE' and new.{WRITTEN} then
        insert into message_words (organization_id, word, message_id)
        select new.organization_id, word, new.id from botpe_words(new.text) word;
      end if;
      return null;
    end $$
    """,
)
TRIGGERS = (
    """
    create trigger words_added after insert on messages referencing new table as added
    for each statement execute function botpe_words_of_new_messages()
    """,
    """
    create trigger words_changed after update of text on messages for each row
    when (old.text is distinct from new.text) execute function botpe_words_of_a_message()
    """,
    """
    create trigger words_removed after delete on messages for each row
    when (old.text <> '') execute function botpe_words_of_a_message()
    """,
)


def upgrade() -> None:
    op.create_table(
        "message_words",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("word", AutoString(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "word", "message_id"),
    )
    op.execute("alter table message_words enable row level security")
    op.execute("alter table message_words force row level security")
    op.execute(f"create policy scope on message_words using ({OURS}) with check ({OURS})")
    for statement in (*FUNCTIONS, *TRIGGERS):
        op.execute(statement)
    op.execute("set local botpe.system = 'on'")
    op.execute(
        "insert into message_words (organization_id, word, message_id)"
        " select m.organization_id, word, m.id from messages m, lateral botpe_words(m.text) word"
        f" where m.{WRITTEN}"
    )


def downgrade() -> None:
    for trigger in ("words_added", "words_changed", "words_removed"):
        op.execute(f"drop trigger {trigger} on messages")
    for function in ("botpe_words_of_new_messages()", "botpe_words_of_a_message()"):
        op.execute(f"drop function {function}")
    op.execute("drop function botpe_words(text)")
    op.drop_table("message_words")
