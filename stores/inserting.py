"""Inserts compiled once, for the rows that every observation writes.

SQLAlchemy's own execution of an insert takes longer than SQLite's. Here it compiles the statement and gives the
conversion of each column's values, once; after that a row goes to the driver as it is. Knows no table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Convert = Callable[[Any], Any]


class RowInsert:
    """`insert(connection, row)`: the row's key as the database gave it. The row must hold every named column."""

    def __init__(self, table: sa.Table, columns: tuple[str, ...] | None = None) -> None:
        self._table = table
        self._columns = columns or tuple(
            column.name for column in table.columns if column is not table.autoincrement_column
        )
        self._sql = ""
        self._values: list[tuple[str, Convert | None]] = []

    def __call__(self, connection: Connection, row: Mapping[str, Any]) -> int:
        if not self._sql:
            self._compile(connection)
        values = tuple(
            row[name] if convert is None or row[name] is None else convert(row[name]) for name, convert in self._values
        )
        return int(connection.exec_driver_sql(self._sql, values).lastrowid)

    def _compile(self, connection: Connection) -> None:
        dialect = connection.dialect
        compiled = sa.insert(self._table).compile(dialect=dialect, column_keys=list(self._columns))
        order = compiled.positiontup or list(self._columns)
        self._values = [
            (name, self._table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in order
        ]
        self._sql = str(compiled)
