"""The state as it lies in the tables: read as it was after an entry, and changed by the next one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import Any, Final, NamedTuple, TypeVar

from immutables import Map
from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, insert, select, update

from beliefs.base.belief_base import BeliefBase
from beliefs.base.track_record import Mark, Place, TrackRecord
from beliefs.errors import JournalCorruptError
from beliefs.journal import schema
from beliefs.journal.codec import Effects, Record, canonical, declaration, digest
from beliefs.journal.database import Database
from beliefs.journal.entry import Decision
from beliefs.journal.items import (
    Item,
    Replacement,
    Symbol,
    Witness,
    filed_under,
    symbol_items,
    symbol_of,
    symbols_changed,
    witness_changed,
    witness_items,
)
from beliefs.journal.replay import EMPTY, State, marked, shifted
from beliefs.journal.stored import (
    ALL_BELIEFS,
    ALL_SYMBOLS,
    Snapshot,
    StoredBeliefs,
    StoredFiles,
    StoredSymbols,
    StoredTruths,
    holding,
    read,
)
from beliefs.language.semantics import Model
from beliefs.language.signature import Signature, declared_name
from beliefs.language.sorts import infer, symbols
from beliefs.language.syntax import SortDeclaration
from beliefs.layered import Layered

T = TypeVar("T")

SMALL: Final = 10_000
"""A state of so many beliefs is read at once, and held against its fingerprint: it takes some hundredths of a second.
A larger one is read where it is looked at, and `Journal.check_chain` is what tells whether it is as it was written."""

_ALWAYS: Final = 2**31 - 1
"""A number after that of every entry."""

_BATCH: Final = 500
"""How many rows are named in one statement."""

_ROWS: Final = 10_000
"""How many rows are inserted by one statement."""

_FILES = (
    select(schema.mention.c.key, schema.belief.c.name)
    .join(schema.belief, schema.belief.c.number == schema.mention.c.belief)
    .where(holding(schema.belief))
)
_ALL_ITEMS = select(schema.witness.c.kind, schema.witness.c.key, schema.witness.c.value).where(
    holding(schema.witness)
)
_OTHER_ITEMS = _ALL_ITEMS.where(schema.witness.c.kind.in_(("exists", "value", "default")))

_SUM: Final = "sum:"
"""What the fingerprint of a witness begins with. In journals of the first two forms it was a digest of the whole."""


class Settings(NamedTuple):
    """What was settled when a journal was made, or brought to its present form.

    Attributes:
        unique_names: whether different individuals of its base are distinct.
        indexed_from: the number of the entry from which on index, signature and witness are kept. In older forms they
            were not.
    """

    unique_names: bool
    indexed_from: int


class Tip(NamedTuple):
    """What is to be known of an entry to read the state after it, or to write the next.

    Attributes:
        number: its number; 0 is before the first.
        next_age: the age that the next belief to enter will have.
        state: the fingerprint of the state.
        witness: the fingerprint of the witness, or None.
        hash: its hash.
        consistent: whether the base is consistent.
    """

    number: int
    next_age: int
    state: str
    witness: str | None
    hash: str
    consistent: bool | None


@dataclass(frozen=True)
class Step:
    """What one decision changes in the tables.

    Attributes:
        effects: what it does to beliefs, declarations and the track record.
        filed: for each belief that comes, what it is filed under.
        symbols_gone: symbols that go, or change their sorts.
        symbols_come: symbols that come, or what their sorts have become.
        witness: the witness then, or None.
        replacement: what changes in it.
    """

    effects: Effects
    filed: Sequence[Iterable[str]]
    symbols_gone: frozenset[Symbol]
    symbols_come: frozenset[Symbol]
    witness: Model | None
    replacement: Replacement

    @staticmethod
    def of(decision: Decision, effects: Effects, before: BeliefBase, after: BeliefBase) -> Step:
        """Return what a decision changes that leads from one base to another.

        Cost: that of the decision, but where it settles sorts anew, or its witness was not made from the one before.
        """
        told: set[str] = set()
        for declared in (*decision.declared, *decision.undeclared):
            told.add(declared_name(declared))
            if isinstance(declared, SortDeclaration):
                told.update(declared.members or ())
        for belief in (*decision.added, *decision.removed):
            told |= symbols(belief.formula)
        gone, come = symbols_changed(before, after, told)
        return Step(
            effects,
            [filed_under(belief.formula) for belief in decision.added],
            frozenset(gone),
            frozenset(come),
            decision.witness,
            witness_changed(before.witness, decision.witness),
        )

    def seal_of_witness(self, tip: Tip) -> str | None:
        """Return the fingerprint of the witness after the step, the last entry being as it is."""
        if self.witness is None:
            return None
        if self.replacement.gone is None or not _is_sum(tip.witness):
            return _sum_of(witness_items(self.witness))
        assert tip.witness is not None
        return _SUM + shifted(tip.witness.removeprefix(_SUM), self.replacement.gone, self.replacement.come)


# Reading


def settings(connection: Connection) -> Settings:
    """Return the settings of a journal."""
    found = {row.name: row.value for row in connection.execute(select(schema.meta))}
    return Settings(found.get("unique_names") == "true", int(found.get("indexed_from", "0")))


def base_after(connection: Connection, database: Database, tip: Tip, settings: Settings) -> BeliefBase:
    """Return the base as it was after an entry, with its witness.

    Raises:
        JournalCorruptError: what is stored is not what the entry left. Of a large state, what is looked at later is not
            held against the entry.

    Cost: that of its declarations, its track record and the individuals of its witness; up to `SMALL` beliefs, that
    of reading, but not of parsing, all of it.
    """
    if tip.number < settings.indexed_from:
        return _expected_state(connection, tip, database.place).to_base(settings.unique_names, tip.consistent)
    snapshot = Snapshot(database, tip.number)
    small = _is_small(connection, tip)
    if small:
        state = _expected_state(connection, tip, database.place)
        beliefs = StoredBeliefs(snapshot, state.beliefs.values())
        files = StoredFiles(snapshot, beliefs, _all_files(connection, tip))
        signature = _whole_signature(connection, tip, state.declarations)
        record = state.record()
    else:
        beliefs = StoredBeliefs(snapshot)
        files = StoredFiles(snapshot, beliefs)
        signature = _opened_signature(snapshot, _declarations(connection, tip.number))
        record = marked(TrackRecord(), (), _marks(connection, tip.number))
    return BeliefBase.stored(
        beliefs,
        files,
        signature,
        unique_names=settings.unique_names,
        next_age=tip.next_age,
        witness=_witness(connection, snapshot, tip, small),
        consistent=tip.consistent,
        record=record,
    )


def witness_after(connection: Connection, database: Database, tip: Tip, settings: Settings) -> Model | None:
    """Return the witness of the base after an entry, where one is kept; as `base_after` does, at the cost of it alone.

    Raises:
        JournalCorruptError: it is not the one that the entry left.
    """
    if tip.number < settings.indexed_from:
        return None
    return _witness(connection, Snapshot(database, tip.number), tip, _is_small(connection, tip))


def _witness(connection: Connection, snapshot: Snapshot, tip: Tip, small: bool) -> Model | None:
    """The witness after an entry: of a small state all of it, of another to be read atom by atom."""
    if tip.witness is None:
        return None
    if small:
        return whole_witness(connection, tip)
    found = Witness()
    for row in read(connection, _OTHER_ITEMS, tip.number):
        found.take(Item._make(row))
    return found.model(Layered(StoredTruths(snapshot)))


def _expected_state(connection: Connection, tip: Tip, place: str) -> State:
    """The state after an entry, all of it.

    Raises:
        JournalCorruptError: it is not the one that the entry left.
    """
    state = state_after(connection, tip)
    if state.fingerprint != tip.state:
        raise JournalCorruptError(
            f"{place} is damaged: what is stored is not the base that entry {tip.number} left; "
            f"`beliefs verify` tells more"
        )
    return state


def state_after(connection: Connection, tip: Tip, *, present: bool = False) -> State:
    """Return the state as it is stored for an entry; its fingerprint is that of what was read.

    With `present`, it is what the tables hold now, although the entry should turn out not to be the last that was
    written.
    """
    at = _ALWAYS if present else tip.number
    records = [Record._make(row) for row in read(connection, ALL_BELIEFS, at)]
    declarations = _declarations(connection, at)
    marks = _marks(connection, at)
    return State(
        declarations,
        {record.name: record for record in records},
        {each[:3]: each for each in marks},
        tip.next_age,
        shifted(EMPTY, (), (*declarations, *records, *marks)),
    )


def touched(connection: Connection, does: Effects, tip: Tip) -> State:
    """Return the part of the state after the last entry that some effects are about, under the fingerprint of all."""
    table = schema.belief
    columns = [table.c[name] for name in Record._fields]
    state = State(next_age=tip.next_age, fingerprint=tip.state)
    for batch in _batches(dict.fromkeys(record.name for record in (*does.removed, *does.added))):
        for row in connection.execute(select(*columns).where(_now(table), table.c.name.in_(batch))):
            state.beliefs[row.name] = Record._make(row)
    if does.declared or does.undeclared:
        state.declarations = _declarations(connection, tip.number)
    for place in dict.fromkeys(each[:3] for each in (*does.unmarked, *does.marked)):
        for row in connection.execute(select(schema.mark).where(_at_place(place))):
            state.marks[place] = _mark(row)
    return state


def _is_small(connection: Connection, tip: Tip) -> bool:
    some = select(schema.belief.c.number).where(holding(schema.belief)).limit(SMALL + 1).subquery()
    count = connection.execute(select(func.count()).select_from(some), {"at": tip.number}).scalar_one()
    return bool(count <= SMALL)


def _all_files(connection: Connection, tip: Tip) -> dict[str, dict[str, None]]:
    """The index after an entry, all of it: by key, the names of the beliefs."""
    files: dict[str, dict[str, None]] = {}
    for row in read(connection, _FILES, tip.number):
        files.setdefault(row.key, {})[row.name] = None
    return files


def _whole_signature(connection: Connection, tip: Tip, declarations: Iterable[str]) -> Signature:
    """The signature after an entry, all of it."""
    tables: dict[str, dict[str, Any]] = {"predicate": {}, "function": {}, "constant": {}}
    for row in read(connection, ALL_SYMBOLS, tip.number):
        kind, sorts = symbol_of(Symbol._make(row))
        tables[kind][row.name] = sorts
    return replace(
        _declared(declarations),
        predicates=Map(tables["predicate"]),
        functions=Map(tables["function"]),
        constants=Map(tables["constant"]),
    )


def _opened_signature(snapshot: Snapshot, declarations: Iterable[str]) -> Signature:
    """The signature of a snapshot, to be read symbol by symbol."""
    siblings: dict[str, StoredSymbols] = {}
    return replace(
        _declared(declarations),
        predicates=Layered(StoredSymbols(snapshot, "predicate", siblings)),
        functions=Layered(StoredSymbols(snapshot, "function", siblings)),
        constants=Layered(StoredSymbols(snapshot, "constant", siblings)),
    )


def whole_witness(connection: Connection, tip: Tip) -> Model:
    """Return the witness after an entry, all of it.

    Raises:
        JournalCorruptError: it is not the one that the entry left.
    """
    items = [Item._make(row) for row in read(connection, _ALL_ITEMS, tip.number)]
    found = Witness()
    for item in items:
        found.take(item)
    model = found.model()
    expected = _sum_of(items) if _is_sum(tip.witness) else digest(canonical(model.to_json()))
    if expected != tip.witness:
        raise JournalCorruptError("the witness of the present base is not the one that was written")
    return model


def _declared(texts: Iterable[str]) -> Signature:
    """The signature of some declarations by themselves."""
    return infer(map(declaration, texts), ())


def _declarations(connection: Connection, at: int) -> dict[str, None]:
    table = schema.declaration
    query = select(table.c.text).where(holding(table)).order_by(table.c.position)
    return dict.fromkeys(row.text for row in read(connection, query, at))


def _marks(connection: Connection, at: int) -> list[Mark]:
    return [_mark(row) for row in read(connection, select(schema.mark).where(holding(schema.mark)), at)]


def _mark(row: Row[Any]) -> Mark:
    return Mark(row.kind, row.subject, row.key, row.value)


def index_faults(connection: Connection, base: BeliefBase) -> Iterator[str]:
    """Yield where the index and the signature that are stored of the present base are not those of its beliefs.

    Cost: linear in the base.
    """
    filed: dict[str, set[str]] = {}
    for row in read(connection, _FILES, _ALWAYS):
        filed.setdefault(row.name, set()).add(row.key)
    for belief in base:
        if filed.pop(belief.name, set()) != set(filed_under(belief.formula)):
            yield f"the index of belief {belief.name!r} is not that of what it says"
    for name in sorted(filed):
        yield f"the index has a belief {name!r}, which is not in the base"
    stored = {Symbol._make(row) for row in read(connection, ALL_SYMBOLS, _ALWAYS)}
    for name in sorted({symbol.name for symbol in stored ^ set(symbol_items(base.signature))}):
        yield f"the stored sorts of {name!r} are not those that it has in the base"


# Writing


def write_step(connection: Connection, step: Step, number: int) -> None:
    """Bring the tables from the state after the entry before a number to that after the entry of that number.

    Cost: a few rows for each belief, symbol and item of the witness that changes.
    """
    does = step.effects
    _end(connection, schema.belief, "name", [record.name for record in does.removed], number)
    _end(connection, schema.declaration, "text", does.undeclared, number)
    for each in does.unmarked:
        gone = update(schema.mark).where(_at_place(each[:3])).values(until=number)
        connection.execute(gone)
    _insert(connection, schema.mark, ({**each._asdict(), "since": number} for each in does.marked))
    last = _last(connection, schema.declaration.c.position)
    _insert(
        connection,
        schema.declaration,
        (
            {"position": position, "text": text, "since": number}
            for position, text in zip(count(last + 1), does.declared)
        ),
    )
    first = _last(connection, schema.belief.c.number) + 1
    _insert(
        connection,
        schema.belief,
        (
            {"number": place, **record._asdict(), "since": number}
            for place, record in zip(count(first), does.added)
        ),
    )
    _insert(
        connection,
        schema.mention,
        (
            {"key": key, "belief": place}
            for key, place in sorted(
                (key, place) for place, filed in zip(count(first), step.filed) for key in filed
            )
        ),
    )
    gone_symbols = [each.name for each in step.symbols_gone]
    _end(connection, schema.symbol, "name", gone_symbols, number)
    _insert(
        connection, schema.symbol, ({**each._asdict(), "since": number} for each in sorted(step.symbols_come))
    )
    _write_witness(connection, step.replacement, number)


def _write_witness(connection: Connection, replacement: Replacement, number: int) -> None:
    table = schema.witness
    if replacement.gone is None:
        connection.execute(update(table).where(_now(table)).values(until=number))
    else:
        by_kind: dict[str, list[str]] = {}
        for item in replacement.gone:
            by_kind.setdefault(item.kind, []).append(item.key)
        for kind, keys_gone in by_kind.items():
            for batch in _batches(keys_gone):
                condition = and_(_now(table), table.c.kind == kind, table.c.key.in_(batch))
                connection.execute(update(table).where(condition).values(until=number))
    _insert(connection, table, ({**item._asdict(), "since": number} for item in sorted(replacement.come)))


def _end(connection: Connection, table: Table, column: str, values: Iterable[str], number: int) -> None:
    """Let the rows that hold now, and have one of these values in a column, hold no longer."""
    for batch in _batches(values):
        condition = and_(_now(table), table.c[column].in_(batch))
        connection.execute(update(table).where(condition).values(until=number))


def _insert(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    for batch in _batches(rows, _ROWS):
        connection.execute(insert(table), batch)


def _last(connection: Connection, column: ColumnElement[int]) -> int:
    return int(connection.execute(select(func.max(column))).scalar() or 0)


def _now(table: Table) -> ColumnElement[bool]:
    """The condition that a row holds still."""
    return table.c.until.is_(None)


def _at_place(place: Place) -> ColumnElement[bool]:
    """The condition that a row of the track record stands at a place, and holds still."""
    kind, subject, key = place
    columns = schema.mark.c
    return and_(columns.kind == kind, columns.subject == subject, columns.key == key, _now(schema.mark))


def _batches(items: Iterable[T], size: int = _BATCH) -> Iterator[list[T]]:
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch


def _is_sum(witness: str | None) -> bool:
    return witness is not None and witness.startswith(_SUM)


def _sum_of(items: Iterable[Item]) -> str:
    return _SUM + shifted(EMPTY, (), items)
