"""RuleRouting, rule by rule: what is dropped, what is merged, what supersedes, and what must never be confused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from memos.config import RoutingSettings
from memos.grammar import RELATIONS
from memos.policies import wording
from memos.policies.routing import MULTI_VALUED, RuleRouting
from memos.policies.wording import Talk
from memos.protocols import Neighbour, RoutingView
from memos.types import (
    Action,
    Experience,
    FactKey,
    MemoryRecord,
    Origin,
    RoutingDecision,
    Source,
    normalise_text,
)

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def said(text: str, *, origin: Origin = Origin.USER, at: datetime = NOW, actor: str | None = None) -> Experience:
    return Experience(id="x:1", namespace="n", text=text, origin=origin, source=Source(session="s", actor=actor),
                      occurred_at=at, observed_at=NOW)


def stored(
    text: str, *, id: str = "m:1", fact: FactKey | None = None, at: datetime = NOW - DAY, origin: Origin = Origin.USER,
    actor: str | None = None,
) -> MemoryRecord:
    return MemoryRecord(id=id, namespace="n", text=text, fact=fact, occurred_at=at, observed_at=at, valid_from=at,
                        origin=origin, source=Source(actor=actor))


def key(value: str, attribute: str = "dog_name", subject: str = "user") -> FactKey:
    return FactKey(subject=subject, attribute=attribute, value=value)


def view(
    *, fact: FactKey | None = None, exact: MemoryRecord | None = None, same: Sequence[MemoryRecord] = (),
    near: Sequence[tuple[MemoryRecord, float]] = (), injected: Sequence[str] = (),
) -> RoutingView:
    neighbours = [Neighbour(record, cosine) for record, cosine in near]
    return RoutingView(fact=fact, exact=exact, same_fact=same, neighbours=neighbours, injected=injected, now=NOW)


def route(
    experience: Experience | str, seen: RoutingView | None = None, settings: RoutingSettings | None = None
) -> RoutingDecision:
    experience = said(experience) if isinstance(experience, str) else experience
    decision = RuleRouting(settings).route(experience, seen or view())
    assert decision.policy == "rules@1" and decision.reason and decision.experience_id == experience.id
    return decision


# --- what is worth keeping ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Hi!", "hello there", "Good morning", "ok", "OK, thanks!", "Thank you so much", "yes please", "sounds good",
     "lol", "Hmm...", "great, thanks a lot", "Bye!", "no problem", "Got it.", "I understand", "that's right"],
)  # fmt: skip
def test_greetings_and_acknowledgements_are_dropped(text: str) -> None:
    assert route(text).action is Action.DROP
    assert "greeting or acknowledgement" in route(text).reason


@pytest.mark.parametrize(
    "text",
    ["What is my dog's name?", "what is my dog called", "Do you know my dog's name?", "do you remember my favourite drink",
     "how old am I", "Where do I live?", "in which city do I live", "I live in which city", "Is my dog called Rex?",
     "My dog is Rex, right?", "You remember my dog?", "what's the weather like today?", "name of my dog",
     "of all drinks, which one do I like best", "Can you help me with something?", "who pays my salary",
     "¿Cómo se llama mi perro?", "我的狗叫什么？"],
)  # fmt: skip
def test_questions_state_nothing_and_are_dropped(text: str) -> None:
    assert route(text).action is Action.DROP
    assert "question" in route(text).reason


@pytest.mark.parametrize("text", ["Tell me my dog's name", "Please remind me what my dog is called", "list all my notes"])
def test_requests_for_recall_are_dropped(text: str) -> None:
    assert route(text).action is Action.DROP
    assert "request" in route(text).reason


@pytest.mark.parametrize("text", ["", "   ", "...", "!!!", "🙂🙂", "—", "?"])
def test_noise_is_dropped(text: str) -> None:
    assert route(text).action is Action.DROP


@pytest.mark.parametrize(
    "text",
    ["My dog is Biscuit, what should I feed him?", "Hi, my name is Ana.", "Thanks! I live in Oslo now.",
     "Did I tell you that I moved to Oslo?", "Do you know my sister is a nurse?", "As a vegetarian, what can I eat?",
     "Since I moved to Oslo, where can I ski?", "My favourite colour? Blue.", "Remind me to call Tom on Friday",
     "Please remember that my locker is number 12", "What a day I had at the lake", "When I was young I lived in Rome.",
     "Will lives in Rome", "Paris", "我住在奥斯陆", "Ich wohne in Oslo", "I know.. it hurts, my knee is broken",
     "Tell my mother that I am late", "Do not forget the milk"],
)  # fmt: skip
def test_what_states_something_is_kept(text: str) -> None:
    assert route(text).action is Action.ADD


def test_a_fact_beside_a_question_is_kept_but_not_one_inside_it() -> None:
    fact = view(fact=key("Biscuit"))
    assert route("For my dog Biscuit, what food is best?", fact).action is Action.ADD
    assert route("Is my dog called Biscuit?", fact).action is Action.DROP


def test_every_statement_of_the_grammar_is_heard_and_its_value_believed() -> None:
    for relation in RELATIONS.values():
        for core in (*relation.statement_cores, *relation.unseen_statement_cores, *relation.update_cores):
            text = core.removeprefix("1:").replace("*", "").replace("{x}", "Zorblax").replace("{a}", "a")
            text = text.replace("{I}", "I")
            assert wording.talk(text) is Talk.STATES, text
            assert wording.claims(text, "Zorblax", relation.name) is None, text


def test_most_questions_of_the_grammar_are_heard_as_questions() -> None:
    asked = 0
    missed: list[str] = []
    for relation in RELATIONS.values():
        for core in (*relation.question_cores, *relation.unseen_question_cores):
            text = core.removeprefix("1:").split("|")[0].strip().lstrip("!").replace("*", "").replace("{I}", "I")
            if text.startswith("="):
                text = "what is " + text[1:].removeprefix("who:")
            text = text.replace("[", "").replace("]", "")
            for question in (text, f"{text}?"):
                asked += 1
                if wording.talk(question) is Talk.STATES and "I have a" not in question:
                    missed.append(question)
    assert len(missed) <= 0.02 * asked, missed
    assert not [question for question in missed if question.endswith("?")]


# --- secrets -------------------------------------------------------------------------------------------------------------


def test_secrets_are_redacted_before_anything_sees_them() -> None:
    policy = RuleRouting()
    text, found = policy.prepare(said("my wifi password is hunter2"))
    assert found == ("password",) and "hunter2" not in text
    decision = policy.route(said(text), view(fact=key("[redacted:password]", "password")))
    assert decision.action is Action.ADD
    assert decision.reason.endswith("redacted: password") and decision.scores["redacted"] == 1
    assert decision.fact is None


def test_a_text_that_is_nothing_but_a_secret_is_dropped() -> None:
    policy = RuleRouting()
    text, _ = policy.prepare(said("4111 1111 1111 1111"))
    assert policy.route(said(text), view()).action is Action.DROP


def test_a_secret_that_was_not_prepared_is_never_stored() -> None:
    decision = route("my password is hunter2")
    assert decision.action is Action.DROP and "hunter2" not in decision.reason


def test_secrets_by_setting() -> None:
    drop = route("my password is hunter2", settings=RoutingSettings(secrets="drop"))
    assert drop.action is Action.DROP and "holds a secret (password)" in drop.reason
    assert route("my password is hunter2", settings=RoutingSettings(secrets="keep")).action is Action.ADD


# --- invariant 4: recalled text never becomes a new experience ------------------------------------------------------------

NOTE = "My dog Biscuit is a four year old beagle and afraid of thunder"


@pytest.mark.parametrize("origin", [Origin.ASSISTANT, Origin.TOOL])
@pytest.mark.parametrize(
    "text",
    [
        NOTE,
        "Your dog Biscuit is a four year old beagle and afraid of thunder.",
        "You told me that Biscuit, your dog, is a four-year-old beagle who is afraid of thunder!",
        "- [2026-05-03] My dog Biscuit is a four year old beagle and afraid of thunder",
        "Biscuit is a beagle.",
        "Biscuit is afraid of thunder, and he is four years old.",
        "Biscit is a beagel, four years old, afraid of thunder",
        "your DOG biscuit = beagle (four years), fears thunder",
    ],
)
def test_an_agent_that_quotes_what_was_recalled_says_nothing_new(text: str, origin: Origin) -> None:
    decision = route(said(text, origin=origin), view(injected=[NOTE, "I live in Oslo"]))
    assert decision.action is Action.DROP
    assert "recalled" in decision.reason and decision.scores["repeated"] >= 0.6


def test_quotes_from_several_notes_count_together() -> None:
    text = "Biscuit is a beagle and you live in Oslo."
    assert route(said(text, origin=Origin.ASSISTANT), view(injected=[NOTE, "I live in Oslo"])).action is Action.DROP


@given(st.permutations(NOTE.split()), st.sets(st.integers(0, len(NOTE.split()) - 1), max_size=3))
def test_no_shuffling_or_leaving_out_makes_a_recall_new(order: list[str], left_out: set[int]) -> None:
    text = " ".join(word for i, word in enumerate(order) if i not in left_out)
    for origin in (Origin.ASSISTANT, Origin.TOOL):
        assert route(said(text, origin=origin), view(injected=[NOTE])).action is Action.DROP


def test_a_tool_that_brings_news_is_kept() -> None:
    decision = route(said("The flight to Lisbon leaves at 9:40 from gate 12", origin=Origin.TOOL), view(injected=[NOTE]))
    assert decision.action is Action.ADD and decision.scores["repeated"] < 0.6


def test_a_user_who_pastes_the_notes_adds_nothing_but_what_stands_beside_them() -> None:
    injected = view(injected=[NOTE, "I live in Oslo"])
    pasted = f"Notes:\n- [2026-05-03] {NOTE}\n- I live in Oslo\n\nWhat is my dog called?"
    assert route(pasted, injected).action is Action.DROP
    assert route(f"{pasted}\nMy cat is called Tom.", injected).action is Action.ADD


@pytest.mark.parametrize("text", ["My dog Biscuit is a five year old beagle", "My dog is not Biscuit", "Thunder bit my dog"])
def test_a_user_may_contradict_what_was_recalled(text: str) -> None:
    assert route(text, view(injected=[NOTE])).action is Action.ADD


# --- the assistant's own words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Noted.", "Got it, I will remember that!", "I do not know yet.", "You're welcome!", "How can I help you?",
     "Biscuit.", "I'm sorry, I don't know that."],
)  # fmt: skip
def test_service_talk_of_the_assistant_is_dropped(text: str) -> None:
    assert route(said(text, origin=Origin.ASSISTANT)).action is Action.DROP


def test_an_assistant_that_echoes_the_user_is_dropped_without_any_recall() -> None:
    seen = view(near=[(stored("My dog is called Biscuit"), 0.8)])
    assert route(said("Got it. Your dog is called Biscuit.", origin=Origin.ASSISTANT), seen).action is Action.DROP


def test_what_only_the_assistant_knows_is_kept() -> None:
    text = "I booked the 9:40 train to Bergen, coach 3, seat 41."
    assert route(said(text, origin=Origin.ASSISTANT)).action is Action.ADD


def test_an_assistant_never_overrules_what_is_stored() -> None:
    rex = stored("My dog is called Rex", fact=key("Rex"))
    decision = route(said("Your dog is called Max.", origin=Origin.ASSISTANT), view(fact=key("Max"), same=[rex]))
    assert decision.action is Action.DROP and "no source" in decision.reason


# --- duplicates ------------------------------------------------------------------------------------------------------------


def test_an_exact_duplicate_is_a_noop_that_names_its_target() -> None:
    decision = route("my dog is REX", view(exact=stored("My dog is Rex.")))
    assert (decision.action, decision.target) == (Action.NOOP, "m:1")
    assert "m:1" in decision.reason


def test_the_same_words_of_two_speakers_are_two_facts() -> None:
    first = stored("I live in Rome", actor="Ana")
    assert route(said("I live in Rome", actor="Bob"), view(exact=first, near=[(first, 1.0)])).action is Action.ADD
    assert route(said("I live in Rome", actor="ana"), view(exact=first)).action is Action.NOOP
    paris = stored("Paris is in France", actor="Ana")
    assert route(said("Paris is in France", actor="Bob"), view(exact=paris)).action is Action.NOOP


def test_the_same_words_about_another_day_are_another_event() -> None:
    dinner = stored("Dinner with Tom tomorrow", at=NOW - 7 * DAY)
    assert route("Dinner with Tom tomorrow", view(exact=dinner, near=[(dinner, 1.0)])).action is Action.ADD
    today = stored("Dinner with Tom tomorrow", at=NOW)
    assert route("Dinner with Tom tomorrow", view(exact=today)).action is Action.NOOP


@pytest.mark.parametrize(
    ("one", "other"),
    [("My dog is Rex", "My dog is really Rex!"), ("The meeting room is B12", "Meeting room is B12"),
     ("I'm a nurse at the hospital", "I am a nurse at hospital"), ("A dog named Rex bit me", "a dog called Rex bit me")],
)  # fmt: skip
def test_near_duplicates_merge(one: str, other: str) -> None:
    decision = route(other, view(near=[(stored("something else", id="m:0"), 0.99), (stored(one), 0.98)]))
    assert (decision.action, decision.target) == (Action.MERGE, "m:1")
    assert decision.scores["cosine"] == 0.98


DIFFERENT = [
    ("my dog is Rex", "my dog is Max"),
    ("I have 2 cats", "I have 3 cats"),
    ("the rent is $500", "the rent is €500"),
    ("it was -5 degrees", "it was 5 degrees"),
    ("I like olives", "I do not like olives"),
    ("I like olives", "I don't like olives"),
    ("the party is on 2026-05-03", "the party is on 2026-05-04"),
    ("the party is on 3 May", "the party is on 3 June"),
    ("Tom called Ann", "Ann called Tom"),
    ("I fly to Rome", "I fly from Rome"),
    ("I live in Rome", "he lives in Rome"),
    ("my code is in C", "my code is in C++"),
    ("my sister's dog is Rex", "my dog is Rex"),
    ("I met her before lunch", "I met her after lunch"),
    ("I was in Rome", "I am in Rome"),
    ("version 1.10 works", "version 1.1 works"),
]


@pytest.mark.parametrize(("one", "other"), [*DIFFERENT, *[(b, a) for a, b in DIFFERENT]])
def test_what_differs_in_one_word_never_merges_however_close(one: str, other: str) -> None:
    decision = route(other, view(near=[(stored(one), 0.999)]))
    assert decision.action is Action.ADD
    assert decision.scores["cosine"] == 0.999


def test_the_cosine_bar_is_the_setting() -> None:
    seen = view(near=[(stored("My dog is Rex"), 0.95)])
    assert route("My dog is really Rex", seen).action is Action.ADD
    assert route("My dog is really Rex", seen, RoutingSettings(near_duplicate=0.9)).action is Action.MERGE


VOCABULARY = sorted(wording.word_set("my dog cat is not Rex Max 4 5 the from to Oslo and was"))
words = st.lists(st.sampled_from(VOCABULARY), min_size=3, max_size=7)


@given(words, words)
def test_two_texts_merge_only_if_all_that_carries_meaning_agrees(one: list[str], other: list[str]) -> None:
    first, second = " ".join(one), " ".join(other)
    decision = route(second, view(near=[(stored(first), 1.0)]))
    if decision.action is Action.MERGE:
        articles = {"the"}
        assert [w.casefold() for w in one if w not in articles] == [w.casefold() for w in other if w not in articles]


# --- the same fact ----------------------------------------------------------------------------------------------------------

REX = stored("My dog is called Rex", fact=key("Rex"))


@pytest.mark.parametrize(
    "text", ["My dog is called Max", "Actually, my dog is called Max", "My dog is not called Rex, but Max",
             "I said Rex, but my dog is Max"],
)  # fmt: skip
def test_a_new_value_supersedes(text: str) -> None:
    decision = route(text, view(fact=key("Max"), same=[REX], near=[(REX, 0.99)]))
    assert (decision.action, decision.target) == (Action.SUPERSEDE, "m:1")
    assert decision.reason == "user's dog name was Rex (m:1), now Max"
    assert decision.fact == key("Max")


@pytest.mark.parametrize("text", ["I have a dog named Rex", "My dog is Rex", "Rex is the name of my dog"])
def test_the_same_value_in_other_words_merges(text: str) -> None:
    record = stored("My dog's name is Rex", fact=key("Rex"))
    decision = route(text, view(fact=key("rex"), same=[record]))
    assert (decision.action, decision.target) == (Action.MERGE, "m:1")


@pytest.mark.parametrize("text", ["My dog Rex is afraid of thunder", "My dog Rex is 4"])
def test_the_same_value_with_more_around_it_is_kept_beside(text: str) -> None:
    decision = route(text, view(fact=key("Rex"), same=[REX]))
    assert decision.action is Action.ADD and decision.target is None and "says more" in decision.reason


def test_an_older_statement_that_arrives_late_does_not_supersede() -> None:
    decision = route(said("My dog is called Max", at=NOW - 30 * DAY), view(fact=key("Max"), same=[REX]))
    assert (decision.action, decision.target) == (Action.ADD, "m:1")
    assert "is newer and stays" in decision.reason


def test_a_statement_of_the_same_moment_supersedes_in_the_order_of_arrival() -> None:
    decision = route(said("My dog is called Max", at=REX.valid_from), view(fact=key("Max"), same=[REX]))
    assert decision.action is Action.SUPERSEDE


@pytest.mark.parametrize(
    ("text", "several"),
    [("I'm Ana and my dog is called Rex.", True), ("My dog is Rex. I work at Acme.", True),
     ("I live in Oslo; my dog is Rex", True), ("My dog is Rex and I have 2 cats", True),
     ("My dog is called Rex", False), ("Hi! My dog is called Rex.", False), ("My dog is Rex. He is 4 years old.", False),
     ("Actually, I was wrong. My dog is Rex.", False), ("My dog is Rex and afraid of thunder", False),
     ("My dog is Rex, what should I feed him?", False)],
)  # fmt: skip
def test_a_record_that_says_more_is_not_closed_for_one_of_its_statements(text: str, several: bool) -> None:
    record = stored(text, fact=key("Rex"))
    decision = route("My dog is called Max", view(fact=key("Max"), same=[record]))
    assert decision.action is (Action.ADD if several else Action.SUPERSEDE)
    assert decision.target == (None if several else "m:1")
    assert ("says more" in decision.reason) is several


def test_the_newest_of_several_values_is_the_one_superseded() -> None:
    older = stored("My dog is called Bo", id="m:0", fact=key("Bo"), at=NOW - 9 * DAY)
    assert route("My dog is called Max", view(fact=key("Max"), same=[older, REX])).target == "m:1"


@pytest.mark.parametrize("attribute", sorted(MULTI_VALUED & set(RELATIONS)))
def test_attributes_of_several_values_add(attribute: str) -> None:
    chess = stored("My hobby is chess", fact=key("chess", attribute))
    decision = route("My hobby is sailing", view(fact=key("sailing", attribute), same=[chess]))
    assert decision.action is Action.ADD and decision.target is None
    assert "beside chess" in decision.reason


def test_attributes_of_several_values_give_up_what_the_text_takes_back() -> None:
    chess = stored("My hobby is chess", fact=key("chess", "hobby"))
    golf = stored("My hobby is golf", id="m:2", fact=key("golf", "hobby"), at=NOW - DAY / 2)
    fact = key("sailing", "hobby")
    decision = route("Actually my hobby is sailing, not chess", view(fact=fact, same=[golf, chess]))
    assert (decision.action, decision.target) == (Action.SUPERSEDE, "m:1")
    assert route("Actually my hobby is sailing", view(fact=fact, same=[golf, chess])).action is Action.ADD
    assert route("Sorry, I meant that my hobby is sailing", view(fact=fact, same=[chess])).action is Action.SUPERSEDE


@pytest.mark.parametrize("text", ["I also have a dog called Max", "I have another dog, Max", "My second dog is Max"])
def test_one_more_of_a_kind_adds(text: str) -> None:
    assert route(text, view(fact=key("Max"), same=[REX])).action is Action.ADD


@pytest.mark.parametrize(
    ("text", "why"),
    [("My dog is not called Max", "denies"), ("My dog isn't Max", "denies"),
     ("My dog was previously called Max", "past"), ("I used to have a dog called Max", "past"),
     ("Maybe I will call my dog Max", "not sure"), ("If my dog were called Max I would laugh", "not sure"),
     ("I want to call my dog Max", "not sure"), ("I wish my dog was called Max", "not sure")],
)  # fmt: skip
def test_what_is_denied_doubted_or_past_supersedes_nothing(text: str, why: str) -> None:
    decision = route(text, view(fact=key("Max"), same=[REX]))
    assert decision.action is Action.ADD and decision.target is None and decision.fact is None
    assert why in decision.reason


def test_only_the_clause_with_the_value_counts() -> None:
    assert wording.claims("I no longer live in Rome, I live in Oslo", "Oslo") is None
    assert wording.claims("I no longer live in Rome but in Oslo", "Oslo") is None
    assert wording.claims("I no longer live in Rome, I live in Oslo", "Rome") is not None


@pytest.mark.parametrize("origin", [Origin.IMPORT, Origin.TOOL])
def test_a_less_trusted_origin_stands_beside_the_users_word(origin: Origin) -> None:
    decision = route(said("The dog of the user is called Max", origin=origin), view(fact=key("Max"), same=[REX]))
    assert decision.action is Action.ADD and decision.target is None
    assert "does not supersede" in decision.reason


def test_the_user_overrules_every_origin_and_imports_overrule_imports() -> None:
    imported = stored("My dog is called Rex", fact=key("Rex"), origin=Origin.IMPORT)
    seen = view(fact=key("Max"), same=[imported])
    assert route("My dog is called Max", seen).action is Action.SUPERSEDE
    assert route(said("My dog is called Max", origin=Origin.IMPORT), seen).action is Action.SUPERSEDE


def test_two_speakers_do_not_supersede_each_other() -> None:
    rex = stored("My dog is called Rex", fact=key("Rex"), actor="Ana")
    assert route(said("My dog is called Max", actor="Bob"), view(fact=key("Max"), same=[rex])).action is Action.ADD


# --- any text ----------------------------------------------------------------------------------------------------------------


@given(st.text(max_size=200), st.sampled_from(list(Origin)), st.lists(st.text(max_size=40), max_size=3))
def test_every_text_gets_the_same_reasoned_decision_twice(text: str, origin: Origin, injected: list[str]) -> None:
    policy = RuleRouting()
    experience = said(policy.prepare(said(text, origin=origin)).text, origin=origin)
    seen = view(fact=key("Rex"), same=[REX], near=[(REX, 0.99)], injected=injected)
    first, second = policy.route(experience, seen), policy.route(experience, seen)
    assert first == second and first.reason
    if not normalise_text(text):
        assert first.action is Action.DROP
    if first.action in (Action.NOOP, Action.MERGE, Action.SUPERSEDE):
        assert first.target == "m:1"


def test_a_huge_text_is_decided_in_a_moment() -> None:
    huge = "The quick brown fox 12 jumps over the lazy dog. " * 4000
    assert route(said(huge, origin=Origin.ASSISTANT), view(injected=[NOTE])).action is Action.ADD
    assert route(huge, view(injected=[huge])).action is Action.DROP


@pytest.mark.parametrize(("text", "kind"), [
    ("Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\n    main()\nKeyError: 'x'", Talk.NOISE),
    ("TypeError: x is undefined\n    at foo (a.js:1:2)\n    at bar (b.js:3:4)", Talk.NOISE),
    ("The billing service broke:\nTraceback (most recent call last):\n  File \"a.py\", line 3, in f\n    g()\nKeyError: 'x'",
     Talk.STATES),
    ("data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAA" * 8, Talk.NOISE),
    ("9f86d081884c7d65" * 5, Talk.NOISE),
    ("Here is my avatar, I drew it myself: " + "iVBORw0KGgoAAAANSUhEUgAA" * 8, Talk.STATES),
    ("My sister is a vet, did you know?", Talk.STATES),
    ("I met him at noon (see a.go:12) and we talked", Talk.STATES),
])
def test_encoded_data_and_stack_traces_state_nothing(text: str, kind: Talk) -> None:
    assert wording.talk(text) is kind
