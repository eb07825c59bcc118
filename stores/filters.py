"""A small typed filter expression and its compilation to SQL with bound parameters.

    And((Eq("actor", "Ann"), Ge("occurred_at", start), Not(Contains("metadata.tags", "draft"))))

Fields are the columns of a record a caller may ask about, or `metadata.NAME`. No value and no metadata name ever
becomes SQL text: values are bound, names are looked up or checked against a pattern and bound as a path.

Knows the columns of `records`. Runs no query.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from memos.errors import InputError
from memos.stores.dialects import holds, json_kind, json_member, json_value
from memos.stores.rows import check_text
from memos.stores.schema import UtcTime, records

Part = TypeVar("Part")
Scalar = str | int | float | bool | datetime

FIELDS: Mapping[str, sa.Column[Any]] = {
    name: records.c[name]
    for name in (
        "id", "text", "state", "origin", "approved", "session", "turn", "actor", "experience_id", "occurred_at",
        "observed_at", "valid_from", "valid_to", "importance", "merged", "access_count", "cite_count", "last_access",
        "learned_by", "revision",
    )
} | {
    "subject": records.c.fact_subject,
    "attribute": records.c.fact_attribute,
    "value": records.c.fact_value,
}

METADATA_NAME = re.compile(r"^[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,7}$")
MAX_DEPTH = 32
MAX_MEMBERS = 1000


@dataclass(frozen=True)
class Eq:
    """`None` asks for an absent value."""

    field: str
    value: Scalar | None


@dataclass(frozen=True)
class Ne:
    """Everything `Eq` does not match, absent values included."""

    field: str
    value: Scalar | None


@dataclass(frozen=True)
class Lt:
    field: str
    value: Scalar


@dataclass(frozen=True)
class Le:
    field: str
    value: Scalar


@dataclass(frozen=True)
class Gt:
    field: str
    value: Scalar


@dataclass(frozen=True)
class Ge:
    field: str
    value: Scalar


@dataclass(frozen=True)
class In:
    field: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True)
class Contains:
    """A substring of a text, case and all; or a member of a list in the metadata."""

    field: str
    value: Scalar


@dataclass(frozen=True)
class And:
    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class Or:
    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class Not:
    part: Filter


Comparison = Lt | Le | Gt | Ge
Filter = Eq | Ne | Lt | Le | Gt | Ge | In | Contains | And | Or | Not

_COMPARE: Mapping[type[Comparison], Callable[[Any, Any], Any]] = {
    Lt: operator.lt, Le: operator.le, Gt: operator.gt, Ge: operator.ge,
}


def compiled(expression: Filter, _depth: int = 0) -> ColumnElement[bool]:
    """The SQL condition. It is never NULL: `Not` of a condition on an absent value is true.

    Raises InputError for an unknown field, a value of the wrong kind, or an expression too deep or too wide.
    """
    if _depth > MAX_DEPTH:
        raise InputError(f"a filter may nest {MAX_DEPTH} deep", hint="use In for many values of one field")
    match expression:
        case And(parts):
            return sa.and_(sa.true(), *(compiled(part, _depth + 1) for part in _few(parts)))
        case Or(parts):
            return sa.or_(sa.false(), *(compiled(part, _depth + 1) for part in _few(parts)))
        case Not(part):
            return sa.not_(compiled(part, _depth + 1))
        case Eq(field, None):
            return _absent(field)
        case Ne(field, None):
            return sa.not_(_absent(field))
        case Eq(field, value) if value is not None:
            return _compared(field, value, operator.eq)
        case Ne(field, value) if value is not None:
            return sa.not_(_compared(field, value, operator.eq))
        case In(field, values):
            return sa.or_(sa.false(), *(compiled(Eq(field, value)) for value in _few(values)))
        case Contains(field, value):
            return _contains(field, value)
        case Lt(field, value) | Le(field, value) | Gt(field, value) | Ge(field, value):
            return _compared(field, value, _COMPARE[type(expression)])
    raise InputError(f"{expression!r} is not a filter", hint="build it from memos.stores.filters")


def parse_filter(form: Any) -> Filter:
    """A filter from its JSON form: `{"and": [{"eq": ["actor", "Ann"]}, {"not": {"in": ["turn", [1, 2]]}}]}`."""
    if not isinstance(form, Mapping) or len(form) != 1:
        raise InputError("a filter is an object with one key, its operator", hint='{"eq": ["actor", "Ann"]}')
    verb, operands = next(iter(form.items()))
    simple: Mapping[str, type[Eq | Ne | Lt | Le | Gt | Ge | Contains]] = {
        "eq": Eq, "ne": Ne, "lt": Lt, "le": Le, "gt": Gt, "ge": Ge, "contains": Contains,
    }
    if verb == "not":
        return Not(parse_filter(operands))
    if verb in ("and", "or") and isinstance(operands, Sequence) and not isinstance(operands, str):
        parts = tuple(parse_filter(part) for part in operands)
        return And(parts) if verb == "and" else Or(parts)
    if isinstance(operands, Sequence) and len(operands) == 2 and isinstance(operands[0], str):
        field, value = operands
        if verb in simple:
            return simple[verb](field, _from_json(field, value))
        if verb == "in" and isinstance(value, Sequence) and not isinstance(value, str):
            return In(field, tuple(_from_json(field, member) for member in value))
    raise InputError(f"cannot read the filter {json.dumps(form, default=str)[:200]}",
                     hint="operators: eq ne lt le gt ge in contains and or not")


def _from_json(field: str, value: Any) -> Any:
    if isinstance(value, str) and isinstance(getattr(FIELDS.get(field), "type", None), UtcTime):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise InputError(f"{value!r} is not a date", hint="2026-05-07 or 2026-05-07T14:30:00+00:00") from None
    return value


def _few(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    if len(parts) > MAX_MEMBERS:
        raise InputError(f"a filter may list {MAX_MEMBERS} members", hint="ask in several queries")
    return parts


def _absent(field: str) -> ColumnElement[bool]:
    if field in FIELDS:
        return FIELDS[field].is_(None)
    return json_kind(records.c.metadata, _metadata_path(field)).is_(None)


def _compared(field: str, value: Scalar, compare: Callable[[Any, Any], Any]) -> ColumnElement[bool]:
    """NULL counts as false, so that `Not` and `Ne` mean what they say."""
    bound = _bound(field, value)
    if field in FIELDS:
        return sa.func.coalesce(compare(FIELDS[field], bound), sa.false())
    # Of the value's own kind: a database may compare a text with a number, and true with 1.
    mine = json_value(records.c.metadata, _metadata_path(field), _kind(bound))
    return sa.func.coalesce(compare(mine, _literal(bound)), sa.false())


def _contains(field: str, value: Scalar) -> ColumnElement[bool]:
    bound = _bound(field, value)
    if field in FIELDS:
        if not isinstance(value, str) or not isinstance(FIELDS[field].type, sa.Text):
            raise InputError(f"{field} is not a text to search in", hint="contains asks texts and metadata lists")
        return sa.func.coalesce(holds(FIELDS[field], bound), sa.false())
    path = _metadata_path(field)
    kind = json_kind(records.c.metadata, path)
    found: ColumnElement[bool] = sa.and_(
        kind == "array", json_member(records.c.metadata, path, _literal(bound), _kind(bound)))
    if isinstance(bound, str):
        found = sa.or_(found, holds(json_value(records.c.metadata, path, "text"), bound))
    return sa.func.coalesce(found, sa.false())


def _literal(value: Scalar) -> ColumnElement[Any]:
    """A bound value that PostgreSQL is told the type of: a parameter alone has none there."""
    if isinstance(value, bool):
        return sa.cast(sa.literal(value), sa.Boolean)
    if isinstance(value, str):
        return sa.cast(sa.literal(value), sa.Text)
    return sa.cast(sa.literal(value), sa.BigInteger if isinstance(value, int) else sa.Double)


def _metadata_path(field: str) -> str:
    """The JSON path of a metadata name, itself bound as a value."""
    root, _, name = field.partition(".")
    if root != "metadata" or not METADATA_NAME.match(name):
        raise InputError(f"unknown field {field!r} in a filter", hint=f"metadata.NAME, or one of {', '.join(FIELDS)}")
    return "$" + "".join(f'."{part}"' for part in name.split("."))


def _kind(value: Scalar) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "text"


def _bound(field: str, value: Scalar) -> Scalar:
    """The value as the field's own kind; a mismatch is an error, not an empty result."""
    if isinstance(value, str):
        check_text(value, "a filter's value")
    column = FIELDS.get(field)
    if column is None:
        return value.isoformat() if isinstance(value, datetime) else value
    expected: tuple[type, ...] = (str,)
    if isinstance(column.type, UtcTime):
        expected = (datetime,)
    elif isinstance(column.type, sa.Boolean):
        expected = (bool,)
    elif isinstance(column.type, sa.Integer | sa.Float):
        expected = (int, float)
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        raise InputError(f"{field} cannot be compared with {value!r}", hint=f"give a {expected[0].__name__}")
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value
