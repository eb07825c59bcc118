"""Time expressions of queries to intervals. No database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from memos.stores.when import Around, Interval, asked_time

NOW = datetime(2026, 11, 26, 15, 30, tzinfo=UTC)
"""A Thursday."""


def day(text: str) -> datetime | None:
    return None if text == "…" else datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("query", "start", "end"), [
    ("What happened on 8 May 2023?", "2023-05-08", "2023-05-09"),
    ("what did she say on the 8th of May, 2023", "2023-05-08", "2023-05-09"),
    ("on May 8th, 2023", "2023-05-08", "2023-05-09"),
    ("anything on 2023-05-08?", "2023-05-08", "2023-05-09"),
    ("our dinner of 13 October", "2026-10-13", "2026-10-14"),
    ("our dinner of 13 December", "2025-12-13", "2025-12-14"),
    ("plans of May 2023", "2023-05-01", "2023-06-01"),
    ("in Sept. 2023", "2023-09-01", "2023-10-01"),
    ("What did Ben do in May?", "2026-05-01", "2026-06-01"),
    ("What did Ben do last May?", "2026-05-01", "2026-06-01"),
    ("the trip in December", "2025-12-01", "2026-01-01"),
    ("the trip last November", "2025-11-01", "2025-12-01"),
    ("the trip this November", "2026-11-01", "2026-12-01"),
    ("Where were we last summer?", "2026-06-01", "2026-09-01"),
    ("Where were we in the summer of 2022?", "2022-06-01", "2022-09-01"),
    ("skiing last winter", "2025-12-01", "2026-03-01"),
    ("in 2023", "2023-01-01", "2024-01-01"),
    ("two days ago", "2026-11-24", "2026-11-25"),
    ("a week ago", "2026-11-16", "2026-11-23"),
    ("a couple of months ago", "2026-09-12", "2026-10-11"),
    ("3 years ago", "2023-01-01", "2024-01-01"),
    ("What did I say yesterday?", "2026-11-25", "2026-11-26"),
    ("the day before yesterday", "2026-11-24", "2026-11-25"),
    ("this morning", "2026-11-26", "2026-11-27"),
    ("last week", "2026-11-16", "2026-11-23"),
    ("this week", "2026-11-23", "2026-11-30"),
    ("last weekend", "2026-11-21", "2026-11-23"),
    ("last month", "2026-10-01", "2026-11-01"),
    ("last year", "2025-01-01", "2026-01-01"),
    ("last Monday", "2026-11-23", "2026-11-24"),
    ("on Thursday", "2026-11-19", "2026-11-20"),
    ("in the past ten days", "2026-11-16", "…"),
    ("before May 2023", "…", "2023-05-01"),
    ("since last May", "2026-05-01", "…"),
    ("after May 2023", "2023-06-01", "…"),
    ("How many had Nate won by July 10, 2022?", "…", "2022-07-11"),
    ("in the week before 16 November 2023", "2023-11-09", "2023-11-16"),
    ("two days after May 3, 2023", "2023-05-05", "2023-05-06"),
    ("two weeks before May 30, 2023", "2023-05-13", "2023-05-20"),
    ("last weekend before April 10, 2023", "2023-04-08", "2023-04-10"),
    ("the weekend after April 10, 2023", "2023-04-15", "2023-04-17"),
])
def test_expressions_are_resolved(query: str, start: str, end: str) -> None:
    assert asked_time(query, NOW) == Interval(day(start), day(end))


@pytest.mark.parametrize("query", [
    "", "What may I do?", "We march in step", "next week", "in May 2031", "31 February 2023", "room 2023", "the last one",
    "the day after", "a week", "Who won the 2024 cup?", "in the fall he fell, 900 years ago he would have died in year 1",
])
def test_what_is_not_understood_or_lies_ahead_is_no_expression(query: str) -> None:
    found = asked_time(query, NOW)
    assert found is None or (isinstance(found, Interval) and found.start is not None and found.start < NOW)
    if "years ago" not in query:
        assert found is None


@pytest.mark.parametrize(("query", "event", "start", "end"), [
    ("What did I buy two weeks before the wedding?", "the wedding", "2026-05-24", "2026-05-31"),
    ("Where were we the day after Ana's party?", "Ana's party", "2026-06-11", "2026-06-12"),
    ("the weekend following the move, please", "the move", "2026-06-13", "2026-06-15"),
    ("the week before my exam", "my exam", "2026-06-03", "2026-06-10"),
])
def test_an_event_makes_its_time_when_its_moment_is_known(query: str, event: str, start: str, end: str) -> None:
    found = asked_time(query, NOW)
    assert isinstance(found, Around) and found.event == event
    assert found.of(datetime(2026, 6, 10, 18, tzinfo=UTC)) == Interval(day(start), day(end))


def test_what_was_said_soon_after_is_closer_than_what_was_said_before() -> None:
    may = Interval(day("2023-05-01"), day("2023-06-01"))
    assert may.closeness(datetime(2023, 5, 1, tzinfo=UTC)) == may.closeness(datetime(2023, 5, 31, 23, tzinfo=UTC)) == 1.0
    after, before = may.closeness(datetime(2023, 6, 5, tzinfo=UTC)), may.closeness(datetime(2023, 4, 27, tzinfo=UTC))
    assert 0.5 < after < 1.0 and before == pytest.approx(after / 2, rel=0.01)
    assert may.closeness(datetime(2020, 1, 1, tzinfo=UTC)) < 1e-6
    assert Interval(None, day("2023-05-01")).closeness(datetime(1999, 1, 1, tzinfo=UTC)) == 1.0


@given(st.text(max_size=80), st.datetimes(timezones=st.just(UTC), min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))
def test_any_text_at_any_moment_is_read_without_an_error(text: str, now: datetime) -> None:
    asked_time(text, now)


@given(
    st.sampled_from(["two weeks ago", "last winter", "last month", "on 29 February", "in May", "99 years ago", "last weekend"]),
    st.datetimes(timezones=st.just(UTC)),
)
def test_an_interval_begins_before_it_ends_and_not_in_the_future(query: str, now: datetime) -> None:
    found = asked_time(query, now)
    if isinstance(found, Interval):
        assert found.start is not None and found.end is not None
        assert found.start < found.end <= found.start + timedelta(days=366) and found.start <= now
