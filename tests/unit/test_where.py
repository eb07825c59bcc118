"""Filters as people type them: what is meant, and where they go wrong."""

from __future__ import annotations

import contextlib
from datetime import datetime

import pytest
from hypothesis import given, strategies as st

from memos.errors import InputError
from memos.stores.filters import And, Contains, Eq, Filter, Ge, Gt, In, Lt, Ne, Not, Or
from memos.stores.where import parse_where


@pytest.mark.parametrize(("text", "meant"), [
    ('actor = "Ana"', Eq("actor", "Ana")),
    ("actor = Ana AND turn<3", And((Eq("actor", "Ana"), Lt("turn", 3)))),
    ("occurred_at >= 2024-01-01", Ge("occurred_at", datetime(2024, 1, 1))),
    ("occurred_at > 2024-01-01T10:30:00+02:00", Gt("occurred_at", datetime.fromisoformat("2024-01-01T10:30:00+02:00"))),
    ("a_ctor_x = 1 or b = 2", None),
    ("turn = 1 or turn = 2 and approved = true", Or((Eq("turn", 1), And((Eq("turn", 2), Eq("approved", True)))))),
    ("(turn = 1 or turn = 2) and not approved = false",
     And((Or((Eq("turn", 1), Eq("turn", 2))), Not(Eq("approved", False))))),
    ("session in (a, 'b c', 7)", In("session", ("a", "b c", "7"))),
    ("session not in (a)", Not(In("session", ("a",)))),
    ("text contains 'it\\'s'", Contains("text", "it's")),
    ("text not contains draft", Not(Contains("text", "draft"))),
    ("valid_to is empty and session is not empty", And((Eq("valid_to", None), Ne("session", None)))),
    ("metadata.tags contains pet and metadata.n > 1.5", And((Contains("metadata.tags", "pet"), Gt("metadata.n", 1.5)))),
    ("importance >= .5", Ge("importance", 0.5)),
    ("actor = \"x' OR 1=1; DROP TABLE records --\"", Eq("actor", "x' OR 1=1; DROP TABLE records --")),
])
def test_what_is_meant(text: str, meant: Filter | None) -> None:
    if meant is None:
        with pytest.raises(InputError):
            parse_where(text)
    else:
        assert parse_where(text) == meant


@pytest.mark.parametrize(("text", "said"), [
    ("", "expected a field at the end"),
    ("actor", "expected =, !="),
    ("actor =", "expected a value at the end"),
    ("actor Ana", "character 7: expected a comparison after actor, not 'Ana'"),
    ("actor = Ana actor = Bob", "character 13: expected and, or, or the end"),
    ("(actor = Ana", "expected ')'"),
    ('actor = "Ana', "character 9: an unfinished quotation"),
    ("and = 1", "expected a field, not 'and'"),
    ("actor = and", "expected a value, not 'and'"),
    ("wrong = 1", "unknown field 'wrong'"),
    ("turn = many", "turn cannot be compared with 'many'"),
    ("occurred_at > soon", "'soon' is not a date"),
    ("text ; drop", "expected a comparison"),
    ("session in ()", "expected a value, not ')'"),
    ("actor is nice", "expected empty"),
    ("not " * 100 + "turn = 1", "nest 32 deep"),
    ("(" * 100 + "turn = 1", "nest 32 deep"),
    ("turn = 1 or " * 1_000 + "turn = 1", "characters"),
])
def test_where_it_goes_wrong(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_where(text)
    assert said in caught.value.message and caught.value.hint


@given(st.text(alphabet="actor=<>!()\"'\\, and or not in 12.is\n", max_size=60))
def test_any_text_is_a_filter_or_an_error(text: str) -> None:
    with contextlib.suppress(InputError):
        parse_where(text)
