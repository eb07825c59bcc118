"""Inserts compiled once, for the rows that every observation writes.

SQLAlchemy's own execution of an insert takes longer than SQLite's. Here it compiles the statement and gives the
conversion of each column's values, once; after that a row goes to the driver as it is. The driver's errors are its own
then; `Database` maps those too. Knows no table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Compiled:
    """One insert in one dialect. `named`: whether the driver takes values by name; then it also has no last row id."""

    sql: str
    values: tuple[tuple[str, Convert | None], ...]
    named: bool


class RowInsert:
    """`insert(connection, row)`: the row's key as the database gave it. The row must hold every named column."""

    def __init__(self, table: sa.Table, columns: tuple[str, ...] | None = None) -> None:
        self._table = table
        self._columns = columns or tuple(
            column.name for column in table.columns if column is not table.autoincrement_column
        )
        self._compiled: dict[str, _Compiled] = {}

    def __call__(self, connection: Connection, row: Mapping[str, Any]) -> int:
        insert = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
        values = [
            row[name] if convert is None or row[name] is None else convert(row[name]) for name, convert in insert.values
        ]
        if insert.named:
            named = {name: value for (name, _), value in zip(insert.values, values, strict=True)}
            return int(connection.exec_driver_sql(insert.sql, named).scalar_one())
        # SQLite: straight to the driver, since SQLAlchemy's bookkeeping of a result takes longer than the insert.
        driver: Any = connection.connection.driver_connection
        return int(driver.execute(insert.sql, values).lastrowid)

    def _compile(self, dialect: sa.Dialect) -> _Compiled:
        statement = sa.insert(self._table)
        named = not dialect.positional
        if named:
            statement = statement.returning(*self._table.primary_key)
        compiled = statement.compile(dialect=dialect, column_keys=list(self._columns))
        order = compiled.positiontup or list(self._columns)
        values = tuple(
            (name, self._table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in order
        )
        made = self._compiled[dialect.name] = _Compiled(str(compiled), values, named)
        return made
