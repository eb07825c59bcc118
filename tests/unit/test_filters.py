"""Filters mean in SQL what they mean in Python, and never become SQL text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from memos.errors import InputError
from memos.stores.database import Database
from memos.stores.filters import (
    And,
    Contains,
    Eq,
    Filter,
    Ge,
    Gt,
    In,
    Le,
    Lt,
    Ne,
    Not,
    Or,
    compiled,
    parse_filter,
)
from memos.stores.token import SqlTokenStore
from tests.contracts.values import START, record, turn
from tests.servers import ENGINES, store_url

VALUES: list[dict[str, Any]] = [
    {}, {"n": 1}, {"n": 2.5}, {"n": "1"}, {"n": True}, {"n": None}, {"n": [1, "a", True]}, {"tags": ["a", "b%"]},
    {"tags": "a_b"}, {"deep": {"n": 3}}, {"n": "É"}, {"tags": []}, {"n": -1}, {"n": 0}, {"n": False},
]


@pytest.fixture(scope="module", params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlTokenStore]:
    folder = tmp_path_factory.mktemp("filters")
    with store_url(request.param, folder) as url:
        database = Database(url)
        made = SqlTokenStore(database, Path(folder) / "index")
        with database.begin():
            for number, metadata in enumerate(VALUES):
                made.add(record(
                    f"Note {number} of É%_", id=f"m:{number:012x}", metadata=metadata, at=START + timedelta(days=number),
                    source=turn(number, actor=["Ann", "Bob", None][number % 3]),
                ), None)
        yield made
        database.close()


def value_of(position: int, field: str) -> Any:
    if field == "turn":
        return position
    if field == "actor":
        return ["Ann", "Bob", None][position % 3]
    if field == "occurred_at":
        return START + timedelta(days=position)
    value: Any = VALUES[position]
    for name in field.split(".")[1:]:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def alike(left: Any, right: Any) -> bool:
    """Whether JSON would call them one kind: numbers with numbers, and True is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return isinstance(left, bool) and isinstance(right, bool)
    if isinstance(left, int | float):
        return isinstance(right, int | float)
    return type(left) is type(right)


def meant(expression: Filter, position: int) -> bool:
    match expression:
        case And(parts):
            return all(meant(part, position) for part in parts)
        case Or(parts):
            return any(meant(part, position) for part in parts)
        case Not(part):
            return not meant(part, position)
        case Eq(field, value):
            mine = value_of(position, field)
            return mine is None if value is None else alike(mine, value) and mine == value
        case Ne(field, value):
            return not meant(Eq(field, value), position)
        case In(field, values):
            return any(meant(Eq(field, value), position) for value in values)
        case Contains(field, value):
            mine = value_of(position, field)
            if isinstance(mine, list):
                return any(alike(one, value) and one == value for one in mine)
            return isinstance(mine, str) and isinstance(value, str) and value in mine
    mine = value_of(position, expression.field)
    if mine is None or not alike(mine, expression.value):
        return False
    return {Lt: mine < expression.value, Le: mine <= expression.value, Gt: mine > expression.value,
            Ge: mine >= expression.value}[type(expression)]


scalars = st.one_of(
    st.sampled_from(["a", "b%", "1", "É", "a_b", "%", "_", "x' OR 1=1 --", ""]), st.integers(-2, 3),
    st.sampled_from([2.5, 0.5]), st.booleans(),
)
metadata_fields = st.sampled_from(["metadata.n", "metadata.tags", "metadata.deep.n", "metadata.none"])
leaves = st.one_of(
    st.builds(Eq, metadata_fields, st.none() | scalars), st.builds(Ne, metadata_fields, st.none() | scalars),
    st.builds(Contains, metadata_fields, scalars),
    st.builds(In, metadata_fields, st.lists(scalars, max_size=3).map(tuple)),
    *(st.builds(kind, st.just("turn"), st.integers(-1, 16)) for kind in (Lt, Le, Gt, Ge, Eq, Ne)),
    *(st.builds(kind, st.just("metadata.n"), st.sampled_from([-1, 0, 1, 2.5])) for kind in (Lt, Le, Gt, Ge)),
    *(st.builds(kind, st.just("actor"), st.sampled_from(["Ann", "Bob", "ann"])) for kind in (Eq, Ne, Lt, Contains)),
    *(st.builds(kind, st.just("occurred_at"), st.integers(0, 16).map(lambda day: START + timedelta(days=day)))
      for kind in (Lt, Ge, Eq)),
)
filters = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner), st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)


@given(expression=filters)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_and_python_agree(store: SqlTokenStore, expression: Filter) -> None:
    expected = [f"m:{position:012x}" for position in range(len(VALUES)) if meant(expression, position)]
    assert [kept.id for kept in store.list("ana", where=expression, newest_first=False)] == expected


@pytest.mark.parametrize("expression", [
    Eq("nonsense", 1), Eq("records.text", "x"), Eq("metadata.a' OR 1=1 --", "x"), Eq('metadata.a"]', "x"),
    Eq("metadata.", "x"), Eq("metadata", "x"), Eq("turn", "one"), Eq("turn", True), Lt("occurred_at", "2026"),
    Eq("approved", 1), Contains("turn", "1"), Eq("text", "half \ud800"), Eq("metadata.n", "\x00"), "not a filter",
    In("turn", tuple(range(5000))),
])
def test_what_is_no_filter_is_an_input_error(expression: Any) -> None:
    with pytest.raises(InputError) as caught:
        compiled(expression)
    assert caught.value.hint


def test_too_deep_is_an_input_error_and_not_a_crash() -> None:
    expression: Filter = Eq("turn", 1)
    for _ in range(200):
        expression = Not(expression)
    with pytest.raises(InputError):
        compiled(expression)


def test_the_json_form() -> None:
    form = {"and": [{"eq": ["actor", "Ann"]}, {"not": {"in": ["turn", [1, 2]]}}, {"ge": ["occurred_at", "2026-05-07"]},
                    {"or": [{"contains": ["metadata.tags", "x"]}]}]}
    assert parse_filter(form) == And((
        Eq("actor", "Ann"), Not(In("turn", (1, 2))), Ge("occurred_at", datetime(2026, 5, 7)),
        Or((Contains("metadata.tags", "x"),)),
    ))


@pytest.mark.parametrize("form", [
    None, [], {}, {"eq": "x"}, {"eq": ["a"]}, {"like": ["text", "x"]}, {"eq": ["a", 1], "ne": ["a", 1]}, {"and": "xy"},
    {"in": ["turn", "12"]}, {"ge": ["occurred_at", "yesterday"]}, {"not": [1]},
])
def test_json_that_is_no_filter(form: Any) -> None:
    with pytest.raises(InputError):
        parse_filter(form)


def test_naive_times_are_utc() -> None:
    assert str(compiled(Eq("occurred_at", datetime(2026, 1, 1)))) == str(
        compiled(Eq("occurred_at", datetime(2026, 1, 1, tzinfo=UTC))))
