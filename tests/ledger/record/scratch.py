"""A table of notes on people, for tests of what holds for every such table."""

from sqlalchemy import Column, MetaData, String, Table, insert, select

from ledger.record.schema import id_column, lookup, of_person, sealed

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}
scratch = MetaData(naming_convention=NAMES)
notes = Table(
    "test_notes",
    scratch,
    id_column(),
    id_column("person_id", nullable=False),
    sealed("name"),
    lookup("number", index=True),
    of_person(Column("village", String(64)), "person_id"),
)
OFFICER_SCOPE = ("500000", "500101")
FIELDS = ("name",)


class Officer:
    """Whoever writes in these tests."""

    id, role, scope = "officer", "unit", OFFICER_SCOPE


OFFICER = Officer()


def write_note(store, note, person, name, village="Lianhua"):
    """Put a note on record, name sealed, number to be looked up."""
    with store.writing(OFFICER, "note") as book:
        book.connection.execute(
            insert(notes),
            {
                "id": note,
                "person_id": person,
                "name": book.vault.seal(person, "name", name),
                "number": book.vault.lookup("number", name),
                "village": village,
            },
        )


def read_name(store, note):
    """Open the sealed name of a note."""
    with store.reading(OFFICER, "read") as book:
        row = book.connection.execute(select(notes).where(notes.c.id == note)).one()
        return book.vault.unseal(row.person_id, "name", row.name)


def note_ids(store):
    """List the notes on record."""
    with store.engine.connect() as connection:
        return [row.id for row in connection.execute(select(notes.c.id).order_by(notes.c.id))]


def all_rows(store):
    """Give every row of every table, to compare two databases."""
    from ledger.record.row_text import lines_of, tables_of

    with store.engine.connect() as connection:
        return {
            table.name: sorted(map(str, lines_of(connection, table)))
            for table in tables_of(connection)
        }
