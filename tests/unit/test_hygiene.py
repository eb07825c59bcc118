"""memos audit: each kind of fault is found with its evidence, its remedy does what it says, and sound records stay."""

from __future__ import annotations

from datetime import timedelta

import pytest

from memos.errors import NotFoundError
from memos.policies.hygiene import RuleHygiene
from memos.protocols import KeptView, Neighbour
from memos.types import Finding, FindingKind, MemoryRecord, Origin, RecordState, Remedy, Source, utc_now
from tests.contracts.values import START, record
from tests.unit.fakes import Memory

NOW = START + timedelta(days=365)


def faults(one: MemoryRecord, *, same: tuple[MemoryRecord, ...] = (), near: tuple[tuple[MemoryRecord, float], ...] = (),
           rivals: tuple[MemoryRecord, ...] = ()) -> dict[str, Finding]:
    view = KeptView(record=one, same=same, near=[Neighbour(*pair) for pair in near], same_fact=rivals, now=NOW)
    found = RuleHygiene().examine(view)
    return {finding.kind.value: finding for finding in found}


def used(text: str, **fields: object) -> MemoryRecord:
    return record(text, access_count=fields.pop("access_count", 1), **fields)


def test_a_sound_record_has_no_fault() -> None:
    assert faults(used("I live in Oslo")) == {}
    assert faults(record("I live in Oslo", at=NOW - timedelta(days=89))) == {}


def test_of_exact_duplicates_the_used_one_stays() -> None:
    one, other = used("I like tea", access_count=5), used("I like tea.")
    assert faults(one, same=(other,)) == {}
    found = faults(other, same=(one,))["exact-duplicate"]
    assert (found.beside, found.remedy, found.record_ids) == (one.id, Remedy.MERGE, (other.id,))
    assert faults(used("I like tea", source=Source(actor="Bob")), same=(used("I like tea", source=Source(actor="Ana"),
                                                                             access_count=9),)) == {}


@pytest.mark.parametrize(("one", "other", "same"), [
    ("I really love green tea", "I love green tea", True),
    ("I have 2 cats", "I have 3 cats", False),
    ("I met Lena there", "I met Tom there", False),
    ("I do not eat fish", "I eat fish", False),
    ("Dinner tomorrow at the club", "Dinner tomorrow at the club!", True),
])
def test_near_duplicates_differ_in_no_number_name_or_negation(one: str, other: str, same: bool) -> None:
    kept = used(other, access_count=3)
    assert ("near-duplicate" in faults(used(one), near=((kept, 0.96),))) is same
    assert "near-duplicate" not in faults(used(one), near=((kept, 0.9),))


def test_recall_loops_are_an_agents_repetitions_and_pasted_notes() -> None:
    old = used("My dog Biscuit is afraid of thunder", at=START - timedelta(days=9))
    said = used("Your dog Biscuit is afraid of thunder.", origin=Origin.ASSISTANT)
    assert faults(said, near=((old, 0.9),))["recall-loop"].scores["repeated"] == 1.0
    pasted = used("- [2026-01-01] My dog Biscuit is afraid of thunder")
    assert faults(pasted, near=((old, 0.9),))["recall-loop"].beside == old.id
    assert "recall-loop" not in faults(used("My dog Biscuit is afraid of thunder"), near=((old, 0.9),))
    late = used("My dog Biscuit is afraid of thunder", at=START + timedelta(days=9))
    assert "recall-loop" not in faults(said, near=((late, 0.9),))


def test_secrets_junk_and_what_has_passed() -> None:
    secret = faults(used("my password is hunter22"))["secret"]
    assert secret.remedy is Remedy.FORGET and "hunter22" not in secret.text + secret.evidence
    assert faults(used("thanks a lot!"))["junk"].evidence == "a greeting or acknowledgement"
    assert "tomorrow" in faults(used("Lunch with Tom tomorrow"))["expired"].evidence
    assert "expired" in faults(used("I live in Rome", valid_to=START + timedelta(days=2)))
    assert "expired" not in faults(used("Lunch with Tom tomorrow", at=NOW - timedelta(days=2)))
    assert faults(record("I live in Oslo"))["never-used"].scores == {"days": 365}


def test_the_older_of_two_current_facts_contradicts() -> None:
    from memos.types import FactKey

    old = used("I live in Rome", fact=FactKey(subject="user", attribute="city", value="Rome"))
    new = used("I live in Oslo", fact=FactKey(subject="user", attribute="city", value="Oslo"), at=START + timedelta(days=1))
    found = faults(old, rivals=(new,))["contradiction"]
    assert found.beside == new.id and "Rome (2026-01-01) against Oslo (2026-01-02" in found.evidence
    assert faults(new, rivals=(old,)) == {}


def imported(memory: Memory, text: str, **fields: object) -> str:
    """A record that came past the rules of the door, as from an older store."""
    kept = record(text, memory.manager.namespace, **fields)
    memory.parts.store.add(kept, memory.parts.embedder.embed([text])[0])
    return kept.id


def test_an_audit_of_a_store_finds_each_and_mends_it(memory: Memory) -> None:
    manager = memory.manager
    keeper = manager.observe("I like green tea").record
    assert keeper is not None
    twin = imported(memory, "I like green tea!", at=utc_now())
    secret = imported(memory, "the wifi password is Sommer2024", at=utc_now())
    junk = imported(memory, "ok thanks", at=utc_now())
    orphan = imported(memory, "I live in Oslo", at=utc_now(), supersedes="m:gone")
    found = {one.kind: one for one in manager.examine().findings}
    assert {kind: one.record_ids[0] for kind, one in found.items()} == {
        FindingKind.EXACT_DUPLICATE: twin, FindingKind.SECRET: secret, FindingKind.JUNK: junk,
        FindingKind.ORPHANED_LINK: orphan,
    }
    assert found[FindingKind.JUNK].command == f"memos pause {junk}"
    assert manager.examine([FindingKind.JUNK]).counts == {"junk": 1}
    assert manager.examine(most=1).examined == 1
    before = manager.log(limit=None)
    for one in found.values():
        manager.mend(one)
    assert manager.get(twin).state is manager.get(junk).state is RecordState.PAUSED
    assert manager.get(orphan).supersedes is None
    with pytest.raises(NotFoundError):
        manager.get(secret)
    assert manager.examine().findings == ()
    assert [event.kind for event in manager.log(limit=None)][: -len(before)].count("mend") == 3
    manager.resume(twin)
    assert manager.examine().counts == {"exact-duplicate": 1}


def test_a_merge_counts_the_sighting(memory: Memory) -> None:
    first = memory.manager.observe("My sister Lena lives in Bergen", source=Source(session="a")).record
    assert first is not None
    other = memory.manager.observe("We saw the fjord", source=Source(session="b")).record
    assert other is not None
    finding = Finding(kind=FindingKind.NEAR_DUPLICATE, record_ids=(other.id,), beside=first.id, evidence="", remedy=Remedy.MERGE)
    memory.manager.mend(finding)
    assert memory.manager.get(first.id).merged == 1 and memory.manager.get(other.id).state is RecordState.PAUSED
