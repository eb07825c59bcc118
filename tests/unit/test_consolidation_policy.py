"""What graduates into the parameters, what does not yet, and what never does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from memos.config import ConsolidationSettings
from memos.policies.consolidation import ThresholdConsolidation, score
from memos.types import Candidate, FactKey, MemoryRecord, Origin, RecordState, Source

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def record(
    text: str = "My dog is called Rex", *, id: str = "m:1", fact: tuple[str, str] | None = ("dog_name", "Rex"),
    age: timedelta = DAY, session: str | None = None, **fields: Any,
) -> MemoryRecord:
    at = NOW - age
    given_fields = {"occurred_at": at, "observed_at": at, "valid_from": at} | fields
    key = FactKey(subject="user", attribute=fact[0], value=fact[1]) if fact else None
    return MemoryRecord(id=id, namespace="n", text=text, fact=key, source=Source(session=session), **given_fields)


def choose(
    records: Sequence[MemoryRecord], *, min_score: float | None = None, **settings: Any
) -> tuple[list[Candidate], list[Candidate]]:
    policy = ThresholdConsolidation(ConsolidationSettings(**settings))
    chosen, skipped = policy.choose(records, NOW, min_score=min_score)
    assert sorted(c.record_id for c in (*chosen, *skipped)) == sorted(r.id for r in records)
    assert all(c.reason for c in (*chosen, *skipped))
    return chosen, skipped


def refusal(one: MemoryRecord, *others: MemoryRecord) -> str:
    """The reason why a record is never taken, whatever the threshold."""
    chosen, skipped = choose([one, *others], min_score=0)
    assert one.id not in [c.record_id for c in chosen]
    refused = next(c for c in skipped if c.record_id == one.id)
    assert refused.reason.startswith("never: ") and refused.score == 0
    return refused.reason.removeprefix("never: ")


def test_a_stated_fact_graduates_once_it_was_used() -> None:
    fresh = record(age=timedelta())
    assert choose([fresh])[0] == []
    assert "score 0.38 is below 0.50: states a fact, use 0.00" in choose([fresh])[1][0].reason
    used = fresh.model_copy(update={"access_count": 1, "cite_count": 1})
    assert [c.record_id for c in choose([used])[0]] == ["m:1"]
    assert "use 0.63" in choose([used])[0][0].reason


def test_a_fact_graduates_by_age_alone_when_nothing_contradicted_it() -> None:
    assert choose([record(age=7 * DAY)])[0] == []
    assert choose([record(age=60 * DAY)])[0]


@pytest.mark.parametrize(
    "better",
    [{"access_count": 3}, {"cite_count": 1}, {"merged": 1}, {"importance": 0.9}, {"valid_from": NOW - 90 * DAY}],
)
def test_each_share_lifts_the_score(better: dict[str, Any]) -> None:
    plain = record()
    assert score(plain.model_copy(update=better), [], NOW).total > score(plain, [], NOW).total


def test_sessions_in_which_the_fact_was_stated_count() -> None:
    twice = [record(session="a"), record(id="m:2", session="b")]
    assert score(twice[0], twice, NOW).sessions == 0.5
    assert score(twice[0], [twice[0], record(id="m:3", fact=("dog_name", "Max"), session="b")], NOW).sessions == 0


def test_no_recognised_fact_scores_low_and_may_still_be_chosen() -> None:
    loose = record("The cabin smells of pine", fact=None, access_count=9, cite_count=9, age=300 * DAY)
    chosen, skipped = choose([loose])
    assert chosen == [] and skipped[0].score < 0.5 and "no recognised fact" in skipped[0].reason
    assert [c.record_id for c in choose([loose], min_score=0)[0]] == ["m:1"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"state": RecordState.SUPERSEDED, "superseded_by": "m:9"}, "superseded by m:9"),
        ({"state": RecordState.PAUSED}, "paused"),
        ({"state": RecordState.FORGOTTEN}, "forgotten"),
        ({"valid_to": NOW - DAY}, "expired"),
        ({"valid_to": NOW + DAY}, "holds only until 2026-05-04"),
        ({"valid_from": NOW + DAY}, "holds only from 2026-05-04"),
        ({"learned_by": 3}, "already learned, by run 3"),
        ({"approved": False}, "nobody approved"),
        ({"approved": False, "origin": Origin.IMPORT}, "import text that nobody approved"),
    ],
)
def test_what_no_threshold_lets_through(fields: dict[str, Any], why: str) -> None:
    assert why in refusal(record(access_count=9, cite_count=9, **fields))


def test_approved_text_of_another_origin_may_be_learned() -> None:
    assert choose([record(origin=Origin.IMPORT, approved=True)], min_score=0)[0]


@pytest.mark.parametrize(
    "text",
    ["My password is hunter2", "My password is [redacted:password]", "My card is 4111 1111 1111 1111"],
)
def test_secrets_are_never_learned(text: str) -> None:
    assert "secret" in refusal(record(text, fact=None))


@pytest.mark.parametrize(
    "text",
    ["The dentist is tomorrow", "I have a dentist appointment", "Dinner on Friday at eight", "Milk costs 2 euros",
     "The bike was $120", "It is raining today", "I leave in 3 days", "The exam is on 2026-05-09",
     "The exam is on 9 May", "The exam is on May 9th", "We meet next week", "I saw her yesterday",
     "The match is on 1 June 2026"],
)  # fmt: skip
def test_what_passes_is_never_learned(text: str) -> None:
    assert "volatile" in refusal(record(text, fact=None))


@pytest.mark.parametrize(
    "text",
    ["I play tennis on Fridays", "I swim every Tuesday at seven", "My birthday is on 9 May", "I was born on 2026-05-01",
     "I moved here on 3 March 2019", "I may like it", "My marchioness is tall"],
)  # fmt: skip
def test_habits_birthdays_and_past_dates_last(text: str) -> None:
    assert choose([record(text, fact=None)], min_score=0)[0]


def test_a_lasting_attribute_outlives_the_story_around_it() -> None:
    assert choose([record("My dog Rex is here today")], min_score=0)[0]
    assert "volatile" in refusal(record("This week I live in Rome", fact=("city", "Rome")))
    assert "volatile" in refusal(record("I am travelling to Rome soon", fact=("destination", "Rome")))


def test_a_fact_stated_twice_is_written_once() -> None:
    first, second = record(age=3 * DAY), record("Rex is my dog", id="m:2", fact=("dog_name", "rex"))
    assert refusal(second, first) == "says the same of user's dog name as m:1"
    assert [c.record_id for c in choose([second, first], min_score=0)[0]] == ["m:1"]
    learned = first.model_copy(update={"learned_by": 4})
    assert "as m:1" in refusal(second, learned)


def test_of_two_values_the_newest_is_written() -> None:
    rex, max_ = record(age=3 * DAY), record("My dog is Max", id="m:2", fact=("dog_name", "Max"))
    assert refusal(rex, max_) == "contradicted by m:2, which is newer"
    assert [c.record_id for c in choose([rex, max_], min_score=0)[0]] == ["m:2"]


def test_a_question_with_several_answers_is_left_to_the_store() -> None:
    chess = record("I play chess", fact=("hobby", "chess"))
    golf = record("I play golf", id="m:2", fact=("hobby", "golf"))
    assert "several values at once" in refusal(chess, golf)
    assert "several values at once" in refusal(golf, chess)


def test_superseded_and_expired_values_contradict_nothing() -> None:
    rex = record(age=9 * DAY)
    gone = record("My dog is Max", id="m:2", fact=("dog_name", "Max"), state=RecordState.SUPERSEDED)
    over = record("My dog is Bo", id="m:3", fact=("dog_name", "Bo"), valid_to=NOW - DAY / 2)
    assert [c.record_id for c in choose([rex, gone, over], min_score=0)[0]] == ["m:1"]


def test_best_first_and_no_more_than_one_run_takes() -> None:
    attributes = ["city", "job", "car", "age"]
    records = [
        record(id=f"m:{i}", fact=(attribute, "x"), access_count=i) for i, attribute in enumerate(attributes)
    ]
    chosen, skipped = choose(records, min_score=0, max_records=2)
    assert [c.record_id for c in chosen] == ["m:3", "m:2"]
    assert [c.record_id for c in skipped] == ["m:1", "m:0"]
    assert "beyond the 2 records" in skipped[0].reason


def test_nothing_to_choose_from() -> None:
    assert choose([]) == ([], [])


counts = st.integers(min_value=0, max_value=10**9)


@given(counts, counts, counts, st.floats(0, 1), st.integers(0, 10**5), st.booleans())
def test_every_score_is_a_share(
    recalled: int, cited: int, merged: int, importance: float, days: int, stated: bool
) -> None:
    one = record(fact=("city", "Rome") if stated else None, access_count=recalled, cite_count=cited, merged=merged,
                 importance=importance, age=timedelta(days=days))
    total = score(one, [one], NOW).total
    assert 0 <= total <= (1 if stated else 0.5)
