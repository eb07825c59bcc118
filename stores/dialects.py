"""What SQLite and PostgreSQL spell differently: substrings, sizes, and values inside a JSON column.

Each is one SQL element that compiles itself for the engine it runs on, so that a query is written once. Knows no table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    import numpy as np


class Packed(TypeDecorator[bytes]):
    """float32 numbers, little end first, as bytes; in PostgreSQL a pgvector column, which holds the same bits."""

    impl = sa.LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "postgresql":
            return dialect.type_descriptor(sa.LargeBinary())
        from pgvector.sqlalchemy import VECTOR

        return dialect.type_descriptor(VECTOR())

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "postgresql":
            return value
        import numpy as np

        numbers: np.ndarray[Any, Any] = np.frombuffer(value, "<f4")
        return numbers

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None or dialect.name != "postgresql":
            return value  # type: ignore[no-any-return]
        import numpy as np

        return np.asarray(value, "<f4").tobytes()


class _Element(FunctionElement[Any]):
    """A function of columns and values, compiled by name below."""


class holds(_Element):
    """`holds(text, part)`: whether a text, or the text of a JSON column, contains a part, case and all."""

    type = sa.Boolean()
    inherit_cache = True
    name = "holds"


class byte_length(_Element):
    """Bytes of a text in UTF-8."""

    type = sa.BigInteger()
    inherit_cache = True
    name = "byte_length"


class json_kind(_Element):
    """`json_kind(column, path)`: "text", "number", "boolean", "array", "object"; NULL for null and for nothing there."""

    type = sa.Text()
    inherit_cache = True
    name = "json_kind"


class json_text(_Element):
    type = sa.Text()
    inherit_cache = True
    name = "json_text"


class json_number(_Element):
    type = sa.Double()
    inherit_cache = True
    name = "json_number"


class json_boolean(_Element):
    type = sa.Boolean()
    inherit_cache = True
    name = "json_boolean"


class json_member(_Element):
    """`json_member(column, path, value, kind)`: whether the list there has that member, of that kind and no other."""

    type = sa.Boolean()
    inherit_cache = True
    name = "json_member"


def json_value(column: ColumnElement[Any], path: str, kind: str) -> ColumnElement[Any]:
    """The value at a path such as `$."a"."b"`; NULL where nothing, or something of another kind, is there."""
    element: type[_Element] = {"text": json_text, "number": json_number, "boolean": json_boolean}[kind]
    return element(column, path)


# --- SQLite --------------------------------------------------------------------------------------------------------------

_KIND_IN_SQLITE = (
    "CASE json_type({0}, {1}) WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' WHEN 'true' THEN 'boolean'"
    " WHEN 'false' THEN 'boolean' WHEN 'null' THEN NULL ELSE json_type({0}, {1}) END"
)


def _parts(element: _Element, compiler: Any, **options: Any) -> Sequence[str]:
    return [compiler.process(clause, **options) for clause in element.clauses]


@compiles(holds)
def _holds_sqlite(element: holds, compiler: Any, **options: Any) -> str:
    return "(instr({}, {}) > 0)".format(*_parts(element, compiler, **options))


@compiles(byte_length)
def _byte_length_sqlite(element: byte_length, compiler: Any, **options: Any) -> str:
    return "length(CAST({} AS BLOB))".format(*_parts(element, compiler, **options))


@compiles(json_kind)
def _json_kind_sqlite(element: json_kind, compiler: Any, **options: Any) -> str:
    return "(" + _by_place(_KIND_IN_SQLITE, element, compiler, options) + ")"


@compiles(json_text)
@compiles(json_number)
@compiles(json_boolean)
def _json_value_sqlite(element: _Element, compiler: Any, **options: Any) -> str:
    kind = element.name.removeprefix("json_")
    template = f"(CASE WHEN ({_KIND_IN_SQLITE}) = '{kind}' THEN json_extract({{0}}, {{1}}) END)"
    return _by_place(template, element, compiler, options)


@compiles(json_member)
def _json_member_sqlite(element: json_member, compiler: Any, **options: Any) -> str:
    column, path, value, kind = _parts(element, compiler, **options)
    return (
        f"EXISTS (SELECT 1 FROM json_each({column}, {path}) AS member WHERE member.value = {value}"
        f" AND CASE member.type WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' WHEN 'true' THEN 'boolean'"
        f" WHEN 'false' THEN 'boolean' ELSE member.type END = {kind})"
    )


def _by_place(template: str, element: _Element, compiler: Any, options: Any) -> str:
    """Fill a template that names an argument more than once: a positional driver wants its value each time."""
    clauses = list(element.clauses)
    pieces, rest = [], template
    while (start := rest.find("{")) >= 0:
        end = rest.index("}", start)
        pieces += [rest[:start], compiler.process(clauses[int(rest[start + 1:end])], **options)]
        rest = rest[end + 1:]
    return "".join([*pieces, rest])


# --- PostgreSQL ----------------------------------------------------------------------------------------------------------

# Strict, so that a path never looks into the members of a list; silent, so that a missing step is NULL and no error.
_AT = "jsonb_path_query_first(CAST({0} AS jsonb), CAST('strict ' || CAST({1} AS text) AS jsonpath), '{{}}', true)"


@compiles(holds, "postgresql")
def _holds_postgresql(element: holds, compiler: Any, **options: Any) -> str:
    return "(strpos(CAST({} AS text), CAST({} AS text)) > 0)".format(*_parts(element, compiler, **options))


@compiles(byte_length, "postgresql")
def _byte_length_postgresql(element: byte_length, compiler: Any, **options: Any) -> str:
    return "octet_length({})".format(*_parts(element, compiler, **options))


def _at(element: _Element, compiler: Any, options: Any) -> str:
    clauses = list(element.clauses)[:2]
    return _AT.format(*(compiler.process(clause, **options) for clause in clauses))


@compiles(json_kind, "postgresql")
def _json_kind_postgresql(element: json_kind, compiler: Any, **options: Any) -> str:
    kind = f"jsonb_typeof({_at(element, compiler, options)})"
    return f"(CASE {kind} WHEN 'string' THEN 'text' WHEN 'null' THEN NULL ELSE {kind} END)"


@compiles(json_text, "postgresql")
@compiles(json_number, "postgresql")
@compiles(json_boolean, "postgresql")
def _json_value_postgresql(element: _Element, compiler: Any, **options: Any) -> str:
    at = _at(element, compiler, options)
    kind, sql_type = {
        "json_text": ("string", 'text) COLLATE "C"'), "json_number": ("number", "numeric)"),
        "json_boolean": ("boolean", "boolean)"),
    }[element.name]  # fmt: skip
    return f"(CASE WHEN jsonb_typeof({at}) = '{kind}' THEN CAST({at} #>> '{{}}' AS {sql_type} END)"


@compiles(json_member, "postgresql")
def _json_member_postgresql(element: json_member, compiler: Any, **options: Any) -> str:
    # Containment compares kinds as well; the fourth argument has nothing to add here.
    value = compiler.process(list(element.clauses)[2], **options)
    at = _at(element, compiler, options)
    return f"(jsonb_typeof({at}) = 'array' AND {at} @> to_jsonb({value}))"
