"""forget: every copy goes, the parameters are as if it had never been learned, the bytes prove it, and nothing else goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from memos.errors import InputError, NotFoundError, StoreBusy
from memos.forgetting import CHUNK, search_bytes
from memos.types import RecordState, RunStatus, Source
from tests.unit.fakes import Memory, StoreOnly


def holding(home: Path, *needles: str) -> list[str]:
    """Files of the home folder with one of the needles in them, in any case and as JSON writes it."""
    wanted = [form.lower().encode() for needle in needles for form in (needle, json.dumps(needle)[1:-1])]
    return [
        path.name for path in sorted(home.rglob("*"))
        if path.is_file() and any(one in path.read_bytes().lower() for one in wanted)
    ]  # fmt: skip


def test_a_forgotten_record_leaves_no_bytes_and_the_rest_is_untouched(memory: Memory) -> None:
    kept, gone = memory.say("I live in Oslo.", "My dog is called Zanzirex.")
    assert holding(memory.home, "zanzirex")
    report = memory.manager.forget([gone])
    assert report.proven
    assert report.files_checked >= 1
    assert report.copies["records"] == report.copies["experiences"] == report.copies["vectors"] == 1
    assert holding(memory.home, "zanzirex") == []
    assert [record.id for record in memory.manager.list(states=())] == [kept]
    assert memory.manager.recall("dog").hits[0].record.id == kept
    with pytest.raises(NotFoundError):
        memory.manager.get(gone)
    assert memory.kinds()[-1] == "forget"


def test_every_wording_in_which_it_was_told_goes(memory: Memory) -> None:
    (gone,) = memory.say("My dog is called Zanzirex.")
    memory.manager.observe("my dog is called ZANZIREX!", source=Source(session="s1"))
    memory.manager.observe("I have a dog called Zanzirex.", source=Source(session="s1"))
    memory.manager.edit(gone, "My dog, whom I call Zanzirexie, barks.")
    memory.manager.edit(gone, "My dog is called Zanzirexander.")
    report = memory.manager.forget([gone])
    assert (report.copies["experiences"], report.copies["revisions"], report.copies["context_turns"]) == (3, 2, 2)
    assert report.proven
    assert holding(memory.home, "zanzirex") == []
    assert memory.manager.turns("s1") == []


def test_what_superseded_it_stays_and_what_it_superseded_does_not_come_back(memory: Memory) -> None:
    first, second, third = memory.say(*(f"My dog is called {name}." for name in ("Aarex", "Bbrex", "Ccrex")))
    assert memory.manager.forget([second]).proven
    assert holding(memory.home, "bbrex") == []
    old, new = memory.manager.get(first), memory.manager.get(third)
    assert (old.state, old.superseded_by) == (RecordState.SUPERSEDED, None)
    assert (new.state, new.supersedes) == (RecordState.ACTIVE, None)


def test_a_value_that_reasons_of_other_records_quote_goes_with_it(memory: Memory) -> None:
    memory.say("I like chess.", "My hobby is falconry.")
    old, new = memory.say("My dog is called Zanzirex.", "My dog is called Maximus.")
    assert "Maximus" in memory.manager.history(old)[-1].reason
    memory.manager.forget([new])
    assert holding(memory.home, "maximus") == []
    assert memory.manager.history(old)[-1].reason == "erased"


def test_what_was_learned_of_it_goes_from_the_parameters_by_replay(memory: Memory, tmp_path: Path) -> None:
    never = Memory(tmp_path / "never")
    city, dog, job = memory.say("I live in Oslo.", "My dog is called Zanzirex.", "I work as a nurse.")
    memory.learn(city, dog)
    memory.learn(job)
    (city,) = never.say("I live in Oslo.")
    never.learn(city)
    (job,) = never.say("I work as a nurse.")
    never.learn(job)
    report = memory.manager.forget([dog])
    assert report.parametric is not None
    assert (report.parametric.method, report.parametric.exact) == ("replay", True)
    assert memory.digest() == never.digest()
    assert not memory.manager.answer("What is my dog called?").known
    assert memory.manager.answer("Where do I live?").text == "Oslo"
    assert holding(memory.home, "zanzirex") == []
    assert all(check.ok for check in memory.manager.verify())
    never.close()


def test_lessons_of_a_run_that_was_reverted_before_go_too(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Zanzirex.")
    run = memory.learn()
    memory.manager.revert(run.id)
    assert holding(memory.home, "zanzirex")
    report = memory.manager.forget([dog])
    assert (report.parametric, report.copies["lessons"]) == (None, 1)
    assert holding(memory.home, "zanzirex") == []
    assert list((memory.home / "ledger").iterdir()) == []


def test_forgetting_all_that_a_run_taught_closes_the_run(memory: Memory) -> None:
    memory.say("My dog is called Zanzirex.", "I live in Oslo.")
    run = memory.learn()
    memory.manager.forget(list(run.record_ids))
    assert memory.manager.run(run.id).status is RunStatus.REVERTED
    assert memory.parts.ledger.entries("ana") == []


def test_the_conversation_that_is_still_open_does_not_bring_it_back(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "home", models=StoreOnly)
    (gone,) = memory.say("My dog is called Zanzirex.")
    for text in ("What is my dog called?", "Is Zanzirex my dog?"):
        turn = memory.manager.chat_turn(text, session="s1")
        assert list(turn)
        assert turn.answer.text
    memory.manager.forget([gone])
    turn = memory.manager.chat_turn("What is my dog called?", session="s1")
    assert list(turn)
    assert not turn.answer.known
    shown = memory.generator.shown[-1]
    assert "Zanzirex" not in str((shown.notes, shown.history))
    assert any("Zanzirex" in str(one.history) for one in memory.generator.shown)
    memory.close()


def test_a_text_that_another_record_rightly_holds_is_no_leftover(memory: Memory) -> None:
    (gone,) = memory.say("My dog is called Zanzirex.")
    memory.manager.pin("pets", "My dog is called Zanzirex.")
    other = memory.manager.for_namespace("bob").observe("My dog is called Zanzirex.").record
    assert other is not None
    assert memory.manager.forget([gone]).proven
    assert memory.manager.blocks() == {"pets": "My dog is called Zanzirex."}
    assert memory.manager.for_namespace("bob").get(other.id).text == "My dog is called Zanzirex."


def test_a_leftover_is_reported_by_the_name_of_its_file(memory: Memory) -> None:
    (gone,) = memory.say("My dog is called Zanzirex.")
    (memory.home / "copies").mkdir()
    (memory.home / "copies" / "notes.bak").write_text("backup: My dog is called Zanzirex. Really.")
    report = memory.manager.forget([gone])
    assert not report.proven
    assert report.residue == ("copies/notes.bak",)


def test_text_that_json_escapes_is_searched_for_as_json_writes_it(memory: Memory) -> None:
    text = 'Mein Hund heißt "Jürgen Zanzibär".'
    (gone,) = memory.say(text)
    (memory.home / "left.json").write_text(json.dumps({"text": text}))
    assert memory.manager.forget([gone]).residue == ("left.json",)


def test_a_dry_run_counts_and_changes_nothing(memory: Memory) -> None:
    (gone,) = memory.say("My dog is called Rex.")
    memory.learn()
    report = memory.manager.forget([gone[:6]], dry_run=True)
    assert report.record_ids == (gone,)
    assert report.copies == {"records": 1, "ledger entries": 1}
    assert memory.manager.get(gone).text == "My dog is called Rex."
    assert memory.kinds() == ["observe", "consolidate"]


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_unknown_id_forgets_nothing_at_all(memory: Memory, dry_run: bool) -> None:
    (kept,) = memory.say("My dog is called Rex.")
    observed = memory.manager.get(kept).experience_id
    for wrong in ("m:ffffffffffff", str(observed)):
        with pytest.raises(NotFoundError):
            memory.manager.forget([kept, wrong], dry_run=dry_run)
    with pytest.raises(InputError):
        memory.manager.forget([], dry_run=dry_run)
    assert memory.manager.get(kept).text == "My dog is called Rex."
    assert memory.kinds() == ["observe"]


def test_another_namespaces_record_cannot_be_forgotten(memory: Memory) -> None:
    (kept,) = memory.say("My dog is called Rex.")
    with pytest.raises(NotFoundError):
        memory.manager.for_namespace("bob").forget([kept])
    assert memory.manager.get(kept).state is RecordState.ACTIVE


def test_forgetting_what_was_learned_needs_the_model_that_learned_it(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    memory.learn()
    memory.close()
    other = Memory(memory.home, models=StoreOnly)
    with pytest.raises(InputError, match="no parameters"):
        other.manager.forget([dog])
    assert other.manager.get(dog).text == "My dog is called Rex."
    other.close()


# --- interrupted ------------------------------------------------------------------------------------------------------


def test_a_forget_cut_after_unlearning_is_finished_by_running_it_again(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    (dog,) = memory.say("My dog is called Zanzirex.")
    memory.learn()
    with monkeypatch.context() as patch:
        patch.setattr(memory.parts.store, "purge", interrupt)
        with pytest.raises(KeyboardInterrupt):
            memory.manager.forget([dog])
    assert memory.manager.get(dog).learned_by is None
    assert memory.manager.forget([dog]).proven
    assert holding(memory.home, "zanzirex") == []


@pytest.mark.parametrize("step", ["sweep", "compact"])
def test_a_forget_cut_after_the_purge_is_finished_by_running_it_again(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    (dog,) = memory.say("My dog is called Zanzirex.")
    memory.learn()
    with monkeypatch.context() as patch:
        patch.setattr(memory.parts.ledger if step == "sweep" else memory.parts.store, step, interrupt)
        with pytest.raises(KeyboardInterrupt):
            memory.manager.forget([dog])
    assert holding(memory.home, "zanzirex")
    report = memory.manager.forget([dog[:8]])
    assert (report.record_ids, report.copies["records"]) == ((dog,), 0)
    assert holding(memory.home, "zanzirex") == []
    assert list((memory.home / "ledger").iterdir()) == []


def test_a_reader_that_keeps_the_log_open_is_told_and_the_cleaning_can_be_repeated(
    tmp_path: Path,
) -> None:
    memory = Memory(tmp_path / "home", store={"busy_timeout_ms": 1})
    other = Memory(memory.home)
    (dog,) = memory.say("My dog is called Zanzirex.")
    with other.parts.database.read() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM records").scalar()
        with pytest.raises(StoreBusy) as told:
            memory.manager.forget([dog])
    assert told.value.hint
    memory.manager.forget([dog])
    assert holding(memory.home, "zanzirex") == []
    other.close()
    memory.close()


def interrupt(*_: Any, **__: Any) -> Any:
    raise KeyboardInterrupt


# --- the search -------------------------------------------------------------------------------------------------------


def test_the_search_sees_across_the_edges_of_its_chunks(tmp_path: Path) -> None:
    needle = b"My dog is called Rex."
    for name, offset in (("before", CHUNK - 5), ("edge", CHUNK), ("twice", 2 * CHUNK - len(needle) + 1)):
        (tmp_path / name).write_bytes(b"." * offset + needle + b"." * 7)
    (tmp_path / "clean").write_bytes(b"." * CHUNK + needle[:-1])
    assert search_bytes(tmp_path, [needle, b"longer than the other needle"]) == (4, ("before", "edge", "twice"))


def test_the_search_follows_no_links_and_needs_no_needles(tmp_path: Path) -> None:
    (tmp_path / "home" / "sub").mkdir(parents=True)
    (tmp_path / "outside").write_bytes(b"needle")
    (tmp_path / "home" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "home" / "sub" / "file").write_bytes(b"needle")
    assert search_bytes(tmp_path / "home", [b"needle"]) == (1, ("sub/file",))
    assert search_bytes(tmp_path / "home", []) == (1, ())


def test_nothing_that_came_with_a_record_is_left_either(memory: Memory) -> None:
    """Its speaker, its session's title, its metadata, the names it links by, and what an audit said of it."""
    manager = memory.manager
    told = manager.observe(
        "My cousin Zanzibert collects stamps from Quuxland.", source=Source(session="about zorblax", actor="Flimwick"),
        metadata={"note": "Grimbletonian", "deep": {"list": ["Wozzlebury"]}},
    ).record  # fmt: skip
    other = manager.observe("We met Zanzibert at the lake.", source=Source(session="b")).record
    assert told is not None and other is not None and manager.links(told.id)
    manager.edit(other.id, "I like the sea.")
    twin = manager.observe("My cousin Zanzibert has collected stamps from Quuxland since 1990.").record
    assert twin is not None
    for finding in manager.examine().findings:
        manager.mend(finding)
    everything = ("zanzibert", "quuxland", "zorblax", "flimwick", "grimbletonian", "wozzlebury", "stamps")
    assert all(holding(memory.home, word) for word in everything)
    report = manager.forget([told.id, other.id, twin.id])
    assert report.proven and report.copies["links"] >= 1
    assert {word: holding(memory.home, word) for word in everything} == {word: [] for word in everything}
