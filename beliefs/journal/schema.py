"""The tables of a journal, as the code reads and writes them.

`migration` never changes its form, whatever else does: by it, any version can tell which one wrote a journal.
The history is `entry` and `certificate`, to which rows are only ever added. The rest is the state, which follows from
the history, and is kept so that to open a journal is neither to repeat that nor to read all that is believed.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

KIND = "beliefs journal"
"""What `meta` says a journal is, and what no other database says."""

metadata = MetaData()

migration = Table(
    "migration",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("time", Text, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""The settings of the journal: its kind, and whether names are unique."""

entry = Table(
    "entry",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("time", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("next_age", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("certificate", Text),
    Column("witness", Text),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("consistent", Boolean),
)
"""The history. `certificate` is a digest, `witness` a fingerprint; `consistent` is what the decision says, to be read
without it."""

certificate = Table(
    "certificate",
    metadata,
    Column("entry", ForeignKey("entry.number"), primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)
"""Certificates, compressed."""

# The tables of the state keep what was true and is no more as well: a row holds from the entry `since` on, up to the
# one before `until`; where `until` is NULL, it holds now. So a state can be read bit by bit while others write.

declaration = Table(
    "declaration",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("since", Integer, nullable=False),
    Column("until", Integer),
)

belief = Table(
    "belief",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("formula", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("weight", Text, nullable=False),
    Column("source", Text),
    Column("age", BigInteger, nullable=False),
    Column("since", Integer, nullable=False),
    Column("until", Integer),
    Index("belief_by_name", "name"),
)

mark = Table(
    "mark",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("since", Integer, primary_key=True, autoincrement=False),
    Column("value", Text, nullable=False),
    Column("until", Integer),
    sqlite_with_rowid=False,
)
"""The track record: what was blamed and confirmed, on what cases, and what is expected."""

mention = Table(
    "mention",
    metadata,
    Column("key", Text, primary_key=True),
    Column("belief", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""The index: what a belief is filed under (see `base.index.Key`), as canonical text. It holds when the belief does."""

symbol = Table(
    "symbol",
    metadata,
    Column("name", Text, primary_key=True),
    Column("since", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("sorts", Text, nullable=False),
    Column("until", Integer),
    sqlite_with_rowid=False,
)
"""The signature: each symbol with its sorts, as canonical text."""

witness = Table(
    "witness",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("since", Integer, primary_key=True, autoincrement=False),
    Column("value", Text, nullable=False),
    Column("until", Integer),
    sqlite_with_rowid=False,
)
"""The model of what is believed, item by item: what exists, what holds, what terms are; see `journal.items`."""
