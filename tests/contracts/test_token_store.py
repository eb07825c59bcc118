"""What every token store must do, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from memos.errors import InputError, NotFoundError
from memos.protocols import DayCount, Neighbour, TokenStore, UseCount
from memos.stores.database import Database
from memos.stores.filters import And, Contains, Eq, Ge, In, Not
from memos.stores.token import SqlTokenStore
from memos.types import Action, FactKey, LinkKind, RecordState, text_hash
from tests.contracts.values import EMBEDDER, START, Clock, decision, experience, record, turn, vector
from tests.servers import ENGINES, store_url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[TokenStore]:
    with store_url(request.param, tmp_path / "home") as url:
        database = Database(url)
        yield SqlTokenStore(database, tmp_path / "home" / "index", EMBEDDER, clock=clock)
        database.close()


def put(store: TokenStore, text: str, namespace: str = "ana", **fields: object) -> str:
    kept = record(text, namespace, **fields)
    store.add(kept, vector(text))
    return kept.id


def found(store: TokenStore, query: str, namespace: str = "ana", k: int = 10, **more: object) -> list[str]:
    return [hit.record.text for hit in store.search(namespace, query, vector(query), k, **more)]


def test_a_record_comes_back_as_it_was_given(store: TokenStore) -> None:
    kept = record(
        "Ana's cat is called Miso 🐈 — שלום", source=turn(3, actor="Ana"), experience_id="x:1",
        fact=FactKey(subject="Ana's cat", attribute="name", value="Miso"), valid_to=START + timedelta(days=900),
        derived_from=("m:other",), importance=0.7,
        metadata={"tags": ["pet"], "n": 1.5, "deep": {"a": None}},
    )
    store.add(kept, vector(kept.text))
    assert store.get("ana", kept.id) == kept


def test_what_is_foreign_looks_like_what_is_not_there(store: TokenStore) -> None:
    mine = put(store, "the code of the safe is 4711")
    store.add_experience(one := experience("the code of the safe is 4711"), decision(one))
    for ask in (
        lambda: store.get("bob", mine), lambda: store.history("bob", mine), lambda: store.resolve("bob", mine[:6]),
        lambda: store.update("bob", mine, text="x", vector=None, reason=""),
        lambda: store.set_state("bob", mine, RecordState.PAUSED, ""), lambda: store.purge("bob", [mine]),
        lambda: store.approve("bob", [mine]), lambda: store.mark_learned("bob", [mine], 1),
        lambda: store.merge("bob", mine, experience("x", "bob"), ""), lambda: store.experience("bob", one.id),
        lambda: store.supersede("bob", mine, record("x", "bob"), START, ""),
        lambda: store.decisions("bob", record_id=mine),
    ):
        with pytest.raises(NotFoundError):
            ask()
    store.touch("bob", [mine], [mine], START)
    assert store.get("ana", mine).access_count == 0
    assert store.list("bob") == [] and store.experiences("bob") == [] and store.decisions("bob") == []
    assert found(store, "code of the safe", "bob") == []
    assert store.neighbours("bob", vector("the code of the safe is 4711"), 3) == []
    assert store.find_exact("bob", text_hash("the code of the safe is 4711")) is None


def test_a_small_namespace_beside_a_large_one_gets_all_its_hits(store: TokenStore) -> None:
    for number in range(300):
        put(store, f"the red kite number {number}", "large")
    for number in range(5):
        put(store, f"a red kite of mine, {number}", "small")
    assert len(found(store, "red kite", "small", k=5)) == 5
    assert len(store.neighbours("small", vector("red kite"), 5)) == 5


def test_the_best_words_come_first_and_every_part_is_told(store: TokenStore) -> None:
    put(store, "Ana adopted a cat named Miso")
    put(store, "Ana plays the cello on Sundays")
    hits = store.search("ana", "What is the name of the cat?", vector("What is the name of the cat?"), 2)
    assert hits[0].record.text == "Ana adopted a cat named Miso"
    assert [hit.rank for hit in hits] == [1, 2]
    assert {"lexical", "dense", "context"} <= hits[0].parts.keys()
    assert hits[0].score == pytest.approx(sum(hits[0].parts.values()))


def test_without_vectors_it_works_by_words(store: TokenStore) -> None:
    plain = record("Ana adopted a cat named Miso")
    store.add(plain, None)
    put(store, "Ana plays the cello")
    assert [hit.record.id for hit in store.search("ana", "cat", None, 5)] == [plain.id]
    assert found(store, "adopted cat Miso")[0] == plain.text


def test_neighbours_help_the_turn_beside_the_words(store: TokenStore) -> None:
    for number, text in enumerate(["Where did you go last summer?", "Lisbon, with my sister.", "Nice weather."]):
        put(store, text, source=turn(number))
    put(store, "Lisbon is far.", source=turn(1, "another session"))
    hits = {hit.record.text: hit for hit in store.search("ana", "where did you go last summer", None, 4)}
    assert hits["Lisbon, with my sister."].parts["neighbour"] > 0
    assert "Lisbon is far." not in hits
    # Two turns away is lent less than one turn away.
    assert 0 < hits["Nice weather."].parts["neighbour"] < hits["Lisbon, with my sister."].parts["neighbour"]


def test_the_speaker_who_is_named_comes_first(store: TokenStore) -> None:
    said = {actor: put(store, "I adopted a kitten in spring", source=turn(1, f"of {actor}", actor=actor)) for actor in ("Ana", "Ben")}
    put(store, "I adopted a kitten in spring", "bob", source=turn(1, actor="Cleo"))
    for actor, kept in said.items():
        hits = store.search("ana", f"When did {actor} adopt a kitten?", vector("adopt a kitten"), 5)
        assert hits[0].record.id == kept and hits[0].parts["speaker"] > 0 and "speaker" not in hits[1].parts
        for hit in hits:
            assert hit.score == pytest.approx(sum(hit.parts.values()))


def test_what_was_said_at_the_time_that_is_asked_about_comes_first(store: TokenStore, clock: Clock) -> None:
    clock.now = datetime(2023, 11, 1, tzinfo=UTC)
    put(store, "We painted the kitchen, Ana and me", at=datetime(2023, 3, 4, tzinfo=UTC))
    cooked = put(store, "Ramen for everybody", at=datetime(2023, 5, 8, 20, tzinfo=UTC))
    put(store, "Ramen for nobody", "bob", at=datetime(2023, 5, 8, 20, tzinfo=UTC))
    soon = put(store, "We painted the kitchen, Ben and me", at=datetime(2023, 5, 9, 9, tzinfo=UTC))
    for question, first in (
        ("Who painted the kitchen on 8 May 2023?", soon), ("Who painted the kitchen last May?", soon),
        ("What was there on 8 May 2023?", cooked),  # not a word of it, and no vector: by the time alone
    ):
        hits = store.search("ana", question, None, 5)
        assert hits[0].record.id == first and hits[0].parts["time"] > 0
        assert all(hit.record.namespace == "ana" for hit in hits)
        for hit in hits:
            assert hit.score == pytest.approx(sum(hit.parts.values()))
    # Seen from the moment asked about, "last May" is the May before that.
    assert "time" not in store.search("ana", "Who painted the kitchen?", None, 1)[0].parts
    earlier = store.search("ana", "kitchen in March", None, 5, as_of=datetime(2023, 4, 1, tzinfo=UTC))
    assert [hit.record.text for hit in earlier] == ["We painted the kitchen, Ana and me"]


def test_a_time_can_be_told_by_an_event(store: TokenStore, clock: Clock) -> None:
    clock.now = datetime(2023, 11, 1, tzinfo=UTC)
    put(store, "The wedding was wonderful", at=datetime(2023, 6, 10, tzinfo=UTC))
    bought = put(store, "I bought shoes in Porto", at=datetime(2023, 5, 27, tzinfo=UTC))
    put(store, "I bought shoes in Faro", at=datetime(2023, 8, 1, tzinfo=UTC))
    put(store, "The wedding of a stranger", "bob", at=datetime(2023, 8, 15, tzinfo=UTC))
    assert store.search("ana", "Where were the shoes bought two weeks before the wedding?", None, 3)[0].record.id == bought
    hits = store.search("ana", "Where were the shoes bought two weeks before the funeral?", None, 3)
    assert all("time" not in hit.parts for hit in hits)


def test_the_rest_of_the_best_session_is_lent_some_of_its_score(store: TokenStore) -> None:
    for number in range(0, 60, 10):
        put(store, "We talked of the marathon" if number == 0 else f"Kilometre {number}, kitchen", source=turn(number, "run"))
        put(store, f"Plate {number}, kitchen", source=turn(number, "dinner"))
    hits = store.search("ana", "kitchen after the marathon", None, 12)
    places = [hit.record.source.session for hit in hits]
    assert places == ["run"] * 6 + ["dinner"] * 6
    assert hits[5].parts["session"] > hits[6].parts["session"] > 0


def test_a_record_that_names_the_same_is_found_along_the_link(store: TokenStore) -> None:
    first = put(store, "Zanzirex chewed the harness")
    second = put(store, "We gave the puppy a name: Zanzirex")
    foreign = put(store, "Zanzirex belongs to a stranger", "bob")
    for namespace, one in (("ana", first), ("ana", second), ("bob", foreign)):
        store.connect(namespace, one, ["zanzirex"])
    hits = {hit.record.id: hit for hit in store.search("ana", "who chewed the harness", None, 5)}
    assert hits.keys() == {first, second} and hits[second].parts.keys() <= {"link", "recency"} and hits[second].parts["link"] > 0


def test_the_speakers_of_a_namespace_are_its_own(store: TokenStore) -> None:
    put(store, "Hello there", source=turn(1, actor="Ana"))
    put(store, "Hello to you", source=turn(2, actor="Ben"))
    put(store, "A note by nobody")
    put(store, "Hello from afar", "bob", source=turn(1, actor="Cleo"))
    assert store.speakers("ana") == {"Ana", "Ben"} and store.speakers("nobody here") == frozenset()


def test_only_what_holds_now_unless_asked_for_the_past(store: TokenStore, clock: Clock) -> None:
    old = put(store, "Ana lives in Porto")
    clock.forward(days=10)
    store.supersede("ana", old, record("Ana lives in Lisbon", at=clock.now), clock.now, "newer", vector("Ana lives in Lisbon"))
    passing = record("Ana lives in a hotel this week", at=clock.now, valid_to=clock.now + timedelta(days=7))
    store.add(passing, vector(passing.text))
    clock.forward(days=30)
    assert found(store, "where does Ana live, lives") == ["Ana lives in Lisbon"]
    assert [near.record.text for near in store.neighbours("ana", vector("Ana lives in Porto"), 5)] == ["Ana lives in Lisbon"]
    assert found(store, "Ana lives", as_of=START + timedelta(days=1)) == ["Ana lives in Porto"]
    assert set(found(store, "Ana lives", as_of=START + timedelta(days=12))) == {"Ana lives in Lisbon", passing.text}
    assert found(store, "Ana lives", as_of=START - timedelta(days=1)) == []


def test_supersede_closes_and_keeps_both(store: TokenStore, clock: Clock) -> None:
    old = put(store, "My phone is a Nokia")
    newer = record("My phone is a Fairphone", at=START + timedelta(days=2))
    store.supersede("ana", old, newer, START + timedelta(days=2), "same subject and attribute", vector(newer.text))
    closed, opened = store.get("ana", old), store.get("ana", newer.id)
    assert (closed.state, closed.superseded_by, closed.valid_to) == (
        RecordState.SUPERSEDED, newer.id, START + timedelta(days=2))
    assert (opened.state, opened.supersedes) == (RecordState.ACTIVE, old)
    assert [(line.revision, line.action) for line in store.history("ana", old)] == [(1, "ADD"), (2, "SUPERSEDE")]
    again = store.set_state("ana", old, RecordState.ACTIVE, "reverted")
    assert (again.state, again.valid_to, again.superseded_by) == (RecordState.ACTIVE, None, None)


def test_a_clock_that_went_backwards_makes_no_negative_validity(store: TokenStore) -> None:
    old = put(store, "My phone is a Nokia")
    store.supersede("ana", old, record("My phone is a Fairphone"), START - timedelta(days=5), "earlier", None)
    assert store.get("ana", old).valid_to == START


def test_update_is_a_new_revision_and_replaces_what_is_found(store: TokenStore) -> None:
    one = put(store, "the meeting is on Monday")
    changed = store.update("ana", one, text="the meeting is on Friday", vector=vector("the meeting is on Friday"), reason="moved")
    assert (changed.revision, changed.text) == (2, "the meeting is on Friday")
    assert [line.text for line in store.history("ana", one)] == ["the meeting is on Monday", "the meeting is on Friday"]
    assert found(store, "Monday") == [] or found(store, "Monday")[0] == "the meeting is on Friday"
    assert store.neighbours("ana", vector("the meeting is on Friday"), 1)[0].cosine == pytest.approx(1.0)
    assert store.find_exact("ana", text_hash("The meeting is on Monday.")) is None


def test_paused_is_out_of_recall_and_restorable(store: TokenStore) -> None:
    one = put(store, "the old recipe for bread")
    store.set_state("ana", one, RecordState.PAUSED, "faded")
    assert found(store, "recipe bread") == [] and store.neighbours("ana", vector("recipe"), 3) == []
    assert [kept.id for kept in store.list("ana", states=[RecordState.PAUSED])] == [one]
    store.set_state("ana", one, RecordState.ACTIVE, "wanted")
    assert found(store, "recipe bread") == ["the old recipe for bread"]


def test_merging_counts_and_changes_nothing_else(store: TokenStore) -> None:
    one = put(store, "Ana likes tea")
    merged = store.merge("ana", one, experience("Ana likes tea!", observed_at=START + timedelta(days=1)), "near duplicate")
    assert (merged.merged, merged.revision, merged.text) == (1, 1, "Ana likes tea")


def test_exact_and_fact_look_ups_see_what_holds(store: TokenStore, clock: Clock) -> None:
    key = FactKey(subject="ana", attribute="city", value="Porto")
    one = put(store, "Ana lives in Porto", fact=key)
    two = put(store, "Ana lives in Faro", fact=key.model_copy(update={"value": "Faro"}), at=START + timedelta(days=1))
    put(store, "Ana's job is cooking", fact=FactKey(subject="ana", attribute="job", value="cook"))
    exact = store.find_exact("ana", text_hash("ana lives in  PORTO!"))
    assert exact is not None and exact.id == one
    assert [kept.id for kept in store.find_fact("ana", "ana", "city")] == [two, one]
    store.set_state("ana", one, RecordState.PAUSED, "")
    assert store.find_exact("ana", text_hash("Ana lives in Porto")) is None


def test_filters_narrow_before_anything_is_cut(store: TokenStore) -> None:
    for number in range(40):
        put(store, f"note {number} about the garden", source=turn(number, actor="Ana" if number % 8 else "Bob"),
            metadata={"tags": ["odd"] if number % 2 else ["even"], "n": number})
    bobs = And((Eq("actor", "Bob"), Not(In("turn", (0, 8)))))
    assert {hit.record.source.turn for hit in store.search("ana", "garden note", vector("garden note"), 3, where=bobs)} == {16, 24, 32}
    assert len(store.list("ana", where=And((Contains("metadata.tags", "odd"), Ge("metadata.n", 30))))) == 5


def test_listing_pages_in_order(store: TokenStore) -> None:
    ids = [put(store, f"note {number}") for number in range(5)]
    assert [one.id for one in store.list("ana", limit=2)] == [ids[4], ids[3]]
    assert [one.id for one in store.list("ana", limit=2, offset=1, newest_first=False)] == [ids[1], ids[2]]


def test_ids_by_unique_prefix(store: TokenStore) -> None:
    store.add(record("one", id="m:abc100000000"), None)
    store.add(record("two", id="m:abd200000000"), None)
    assert store.resolve("ana", "m:abc") == store.resolve("ana", "abc1") == "m:abc100000000"
    with pytest.raises(InputError, match="m:abc"):
        store.resolve("ana", "ab")
    for nothing in ("m:ffff", "zz%", "_bc"):
        with pytest.raises(NotFoundError):
            store.resolve("ana", nothing)
    with pytest.raises(InputError):
        store.resolve("ana", "")


def test_decisions_and_experiences_are_kept_and_a_drop_keeps_no_text(store: TokenStore) -> None:
    kept, dropped = experience("I moved to Porto", source=turn(1)), experience("ok", source=turn(2))
    one = record("I moved to Porto", experience_id=kept.id)
    store.add_experience(kept, decision(kept))
    store.add(one, None)
    store.add_experience(dropped, decision(dropped, Action.DROP, reason="acknowledgement"))
    assert store.experience("ana", kept.id) == kept
    with pytest.raises(NotFoundError):
        store.experience("ana", dropped.id)
    assert [made.action for made in store.decisions("ana")] == [Action.DROP, Action.ADD]
    assert [made.experience_id for made in store.decisions("ana", record_id=one.id)] == [kept.id]
    assert store.experiences("ana", session="s1") == [kept]


def test_counting_and_uses(store: TokenStore) -> None:
    one, two = put(store, "tea"), put(store, "coffee")
    kept = experience("tea")
    store.add_experience(kept, decision(kept))
    store.touch("ana", [one, two, "m:gone"], [one], START)
    store.set_state("ana", two, RecordState.PAUSED, "")
    store.approve("ana", [one])
    store.mark_learned("ana", [one], 7)
    seen = store.get("ana", one)
    assert (seen.access_count, seen.cite_count, seen.last_access, seen.learned_by) == (1, 1, START, 7)
    counts = store.counts("ana")
    assert (counts.records, counts.active, counts.paused, counts.superseded, counts.experiences) == (2, 1, 1, 0, 1)
    assert counts.bytes == 3
    assert store.namespaces() == ["ana"]


def test_days_and_use_count_every_record_once_in_its_namespace(store: TokenStore) -> None:
    late = START.replace(hour=23, minute=59, second=59, microsecond=999_999)
    one, two = put(store, "tea é", observed_at=late), put(store, "cake", observed_at=late + timedelta(microseconds=1))
    put(store, "rum", "ben", observed_at=late)
    store.set_state("ana", two, RecordState.PAUSED, "for a while")
    store.touch("ana", [one], [one], START)
    store.touch("ana", [one], [], START)
    assert store.days("ana") == [
        DayCount(late.date(), "active", 1, 6, 1, 1), DayCount(late.date() + timedelta(days=1), "paused", 1, 4, 0, 0),
    ]  # fmt: skip
    assert store.use("ana") == [UseCount(2, 1, 1)]
    assert store.days("nobody") == [] and store.use("nobody") == []


def test_purge_takes_everything_that_quotes_the_record(store: TokenStore) -> None:
    said, again = experience("my badge number is 90210"), experience("my badge number is 90210!")
    one = record("my badge number is 90210", experience_id=said.id)
    store.add_experience(said, decision(said))
    store.add(one, vector(one.text))
    store.add_experience(again, decision(again, Action.NOOP, target=one.id, reason="repeats 90210"))
    other = record("I like tea", derived_from=(one.id, "m:x"))
    store.add(other, vector(other.text))
    store.update("ana", one.id, text="my badge is 90211", vector=vector("my badge is 90211"), reason="")
    erased = store.purge("ana", [one.id])
    assert erased["records"] == 1 and erased["experiences"] == 2 and erased["revisions"] == 1
    assert erased["vectors"] == 1 and erased["decisions"] == 2
    assert found(store, "badge number 90210") == ["I like tea"] or found(store, "badge number 90210") == []
    assert all("90210" not in made.reason for made in store.decisions("ana"))
    left = store.get("ana", other.id)
    assert store.links("ana", other.id) == () and left.derived_from == ("m:x",)
    for gone in (said.id, again.id):
        with pytest.raises(NotFoundError):
            store.experience("ana", gone)
    with pytest.raises(NotFoundError):
        store.purge("ana", [other.id, one.id])
    assert store.get("ana", other.id)


@pytest.mark.parametrize("text", ["half \ud800 a pair", "a NUL \x00 here"])
def test_text_no_database_can_hold_is_refused(store: TokenStore, text: str) -> None:
    with pytest.raises(InputError):
        store.add(record(text), None)
    with pytest.raises(InputError):
        store.add_experience(one := experience(text), decision(one))
    with pytest.raises(InputError):
        store.search("ana", text, None, 3)
    assert store.list("ana") == []


@pytest.mark.parametrize("metadata", [{"namespace": "bob"}, {"text": "x"}, {"a": float("nan")}, {"a": object()}, {"a": "\ud800"}, {"a": "\x00"}])
def test_metadata_that_is_not_plain_or_poses_as_a_field_is_refused(store: TokenStore, metadata: dict[str, object]) -> None:
    with pytest.raises(InputError):
        store.add(record("x").model_copy(update={"metadata": metadata}), None)


def test_vectors_of_the_wrong_kind_are_refused(store: TokenStore) -> None:
    good = vector("x")
    for bad in (good[:10], good * 2, good * float("nan")):
        with pytest.raises(InputError):
            store.add(record("x"), bad)
    with pytest.raises(InputError):
        store.add(record("x"), None, good)
    assert store.list("ana") == []


def test_a_rebuilt_index_answers_the_same(store: TokenStore) -> None:
    for number in range(30):
        put(store, f"fact number {number} about topic {number % 5}", source=turn(number))
    before = store.search("ana", "topic 3 fact", vector("topic 3 fact"), 5)
    assert store.rebuild_index() == 30
    assert store.search("ana", "topic 3 fact", vector("topic 3 fact"), 5) == before


def linked(store: TokenStore, record_id: str) -> set[tuple[str, str, bool]]:
    return {(link.kind.value, link.target, link.outgoing) for link in store.links("ana", record_id)}


def test_records_without_a_noted_name_are_paged_oldest_first_in_one_namespace(store: TokenStore) -> None:
    plain = [put(store, f"it rained on day {number}") for number in range(3)]
    named = put(store, "Lena lives in Bergen")
    store.connect("ana", named, ["lena"])
    foreign = put(store, "Lena sings", namespace="bob")
    assert [one.id for one in store.nameless("ana", 2)] == plain[:2]
    assert [one.id for one in store.nameless("ana", 2, plain[1])] == plain[2:]
    assert store.nameless("ana", 2, plain[2]) == [] and [one.id for one in store.nameless("bob", 9)] == [foreign]
    with pytest.raises(NotFoundError):
        store.nameless("ana", 2, foreign)


def test_records_that_name_the_same_are_linked_both_ways_and_in_one_namespace(store: TokenStore) -> None:
    old = put(store, "Lena lives in Bergen")
    store.connect("ana", old, ["lena", "bergen"])
    foreign = put(store, "Lena sings", namespace="bob")
    store.connect("bob", foreign, ["lena"])
    new = put(store, "Lena plays chess")
    store.connect("ana", new, ["lena", "chess"])
    store.connect("ana", new, ["lena", "chess"])
    assert linked(store, new) == {("same-entity", old, True)}
    assert linked(store, old) == {("same-entity", new, False)}
    assert store.links("bob", foreign) == ()
    with pytest.raises(NotFoundError):
        store.links("bob", new)
    with pytest.raises(NotFoundError):
        store.connect("bob", new, ["lena"])


def test_a_name_that_many_bear_links_nothing_and_no_record_begins_many_links(store: TokenStore) -> None:
    for number in range(40):
        one = put(store, f"Ana says {number}")
        store.connect("ana", one, ["ana"])
    assert len(store.links("ana", one)) == 0
    ids = []
    for number in range(12):
        ids.append(put(store, f"Rare {number}"))
        store.connect("ana", ids[-1], ["ana", "rare"])
    begun = [link for link in store.links("ana", ids[-1]) if link.outgoing]
    assert {link.target for link in begun} == {*ids[-2:-10:-1]} and len(begun) == 8


def test_links_of_turns_of_similar_texts_of_corrections_and_of_what_was_made_of_them(store: TokenStore) -> None:
    first = put(store, "I live in Rome", source=turn(1))
    third = record("I bake bread", source=turn(3))
    store.add(third, vector(third.text))
    kin = Neighbour(store.get("ana", first), 0.8)
    store.connect("ana", third.id, [], [kin])
    newer = record("I live in Oslo", source=turn(9, session="other"))
    store.supersede("ana", first, newer, START, "moved", vector(newer.text))
    made = put(store, "lived in Rome, lives in Oslo", derived_from=(first, newer.id))
    assert linked(store, third.id) == {("continues", first, True), ("similar", first, True)}
    assert linked(store, first) == {
        ("continues", third.id, False), ("similar", third.id, False), ("supersedes", newer.id, False),
        ("derived-from", made, False),
    }
    assert linked(store, newer.id) == {("supersedes", first, True), ("derived-from", made, False)}
    assert {link.weight for link in store.links("ana", third.id) if link.kind is LinkKind.SIMILAR} == {0.8}
    store.purge("ana", [first])
    assert linked(store, third.id) == set() and linked(store, newer.id) == {("derived-from", made, False)}


def test_another_text_ends_the_links_that_were_read_from_the_old_one(store: TokenStore) -> None:
    one, other = put(store, "Lena sings", source=turn(1)), put(store, "Lena paints", source=turn(2))
    store.connect("ana", one, ["lena"])
    store.connect("ana", other, ["lena"])
    assert linked(store, other) == {("same-entity", one, True), ("continues", one, True)}
    store.update("ana", one, text="Tom sings", vector=None, reason="")
    assert linked(store, other) == {("continues", one, True)}
    later = put(store, "Lena swims")
    store.connect("ana", later, ["lena"])
    assert linked(store, later) == {("same-entity", other, True)}


def test_a_value_goes_from_the_reasons_given_for_others_in_any_case_and_however_short(store: TokenStore) -> None:
    said = {}
    for value, reason, attribute in (
        ("Rex", "another value of user's pet, beside Bo", "pet"), ("Max", "beside BOB", "pet"), ("7", "was Bo once", "age"),
        ("Tom", "new: the Boat is his", "pet"), ("Ida", "user's city was BERGEN", "city"),
    ):  # fmt: skip
        one = experience(value)
        made = decision(one, reason=reason).model_copy(
            update={"fact": FactKey(subject="user", attribute=attribute, value=value)})
        store.add_experience(one, made)
        said[one.id] = reason
    for attribute, value in (("pet", "Bo"), ("city", "Bergen")):
        store.purge("ana", [put(store, value, fact=FactKey(subject="user", attribute=attribute, value=value))])
    left = {made.reason for made in store.decisions("ana")}
    assert left == {"erased", "beside BOB", "was Bo once", "new: the Boat is his"}
