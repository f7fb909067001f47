"""The tables of a journal, as the code reads and writes them.

`migration` never changes its form, whatever else does: by it, any version can tell which one wrote a journal.
The history is `entry` and `certificate`, to which rows are only ever added. The rest is the present state,
which follows from the history and is kept so that opening a journal need not repeat it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

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
)
"""The history. `certificate` and `witness` are digests."""

certificate = Table(
    "certificate",
    metadata,
    Column("entry", ForeignKey("entry.number"), primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)
"""Certificates, compressed."""

witness = Table(
    "witness",
    metadata,
    Column("entry", ForeignKey("entry.number"), primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)
"""The witness of the present base, compressed: one row, or none."""

declaration = Table(
    "declaration",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False, unique=True),
)

mark = Table(
    "mark",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The track record: what was blamed and confirmed, on what cases, and what is expected."""

belief = Table(
    "belief",
    metadata,
    Column("name", Text, primary_key=True),
    Column("formula", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("weight", Text, nullable=False),
    Column("source", Text),
    Column("age", BigInteger, nullable=False),
    Index("belief_by_age", "age"),
    sqlite_with_rowid=False,
)
