"""The archive: what goes out comes in the same, once; memory stays bounded; what is forged or too large is refused."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from memos.errors import InputError
from memos.interchange import archive as archive_module, export_archive, import_archive, verify_archive
from memos.interchange.archive import _records
from memos.types import MemoryRecord, Origin, RecordState, Source
from tests.unit.fakes import Memory


@pytest.fixture
def told(memory: Memory) -> Memory:
    manager = memory.manager
    manager.observe("I live in Lyon.", source=Source(session="s", actor="Ana"))
    manager.observe("I live in Nice now.", source=Source(session="s", actor="Ana"))
    manager.observe("My sister Lena bakes bread.", source=Source(session="s"))
    tool = manager.observe("Lena sold the bakery.", origin=Origin.TOOL).record
    paused = manager.observe("The boat is green.").record
    assert tool and paused
    manager.approve([tool.id])
    manager.edit(paused.id, "The boat is blue.")
    manager.pause(paused.id)
    manager.pin("style", "Be brief.")
    return memory


def everything(manager: object) -> dict[str, MemoryRecord]:
    return {one.text: one for one in manager.list(states=())}  # type: ignore[attr-defined]


SAME = ("state", "origin", "source", "fact", "occurred_at", "observed_at", "valid_from", "valid_to", "merged", "revision")


def test_records_come_back_with_times_states_history_links_and_pins(told: Memory, tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    export_archive(told.manager, archive)
    before = everything(told.manager)
    other = told.manager.for_namespace("copy")
    assert import_archive(other, archive).by_action == {"ADD": 5}
    after = everything(other)
    assert after.keys() == before.keys()
    ids = {before[text].id: after[text].id for text in before}
    for text, record in before.items():
        twin = after[text]
        assert {name: getattr(twin, name) for name in SAME} == {name: getattr(record, name) for name in SAME}
        assert twin.id != record.id and twin.superseded_by == (ids[record.superseded_by] if record.superseded_by else None)
        assert [past.model_copy(update={"record_id": ""}) for past in other.history(twin.id)] == [
            past.model_copy(update={"record_id": ""}) for past in told.manager.history(record.id)]
        assert {(link.kind, link.target, link.outgoing) for link in other.links(twin.id)} == {
            (link.kind, ids[link.target], link.outgoing) for link in told.manager.links(record.id)}
    assert any(told.manager.links(record.id) for record in before.values())
    assert after["I live in Lyon."].state is RecordState.SUPERSEDED
    assert not after["Lena sold the bakery."].approved and after["I live in Nice now."].approved
    assert other.blocks() == {"style": "Be brief."}
    assert [turn.text for turn in other.turns("s")] == [turn.text for turn in told.manager.turns("s")]
    assert other.recall("who bakes").hits[0].record.text == "My sister Lena bakes bread."


def test_the_second_import_adds_nothing_anywhere(told: Memory, tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    export_archive(told.manager, archive)
    before = everything(told.manager)
    assert import_archive(told.manager, archive).by_action == {"NOOP": 5}
    other = told.manager.for_namespace("copy")
    import_archive(other, archive)
    assert import_archive(other, archive).by_action == {"NOOP": 5}
    assert everything(told.manager) == before and len(everything(other)) == 5


def test_an_empty_store_takes_the_ids_as_they_are(told: Memory, tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    export_archive(told.manager, archive)
    fresh = Memory(tmp_path / "fresh")
    try:
        import_archive(fresh.manager, archive)
        assert {one.id for one in everything(fresh.manager).values()} == {one.id for one in everything(told.manager).values()}
        assert fresh.manager.verify()[0].ok
    finally:
        fresh.close()


def rewritten(source: Path, target: Path, change: dict[str, bytes | None], claims: bool = True) -> Path:
    """The archive with members replaced, removed (None) or added, and, with `claims`, a manifest to match."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members = {name: content for name, content in {**members, **change}.items() if content is not None}
    manifest = json.loads(members["manifest.json"])
    if claims:
        manifest["members"] = {
            name: {"rows": content.count(b"\n"), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in members.items() if name != "manifest.json"
        }
        members["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target


@pytest.mark.parametrize(("change", "claims", "said"), [
    ({"records.jsonl": None}, True, "not those its manifest lists"),
    ({"records.jsonl": None}, False, "not those its manifest lists"),
    ({"../../evil": b"x"}, False, "not those its manifest lists"),
    ({"records.jsonl": b"{}\n"}, True, "line 1"),
    ({"records.jsonl": b"not json\n"}, True, "cannot be read"),
    ({"records.jsonl": b"{}\n"}, False, "checksum"),
    ({"records.jsonl": b" " * (40 << 20)}, True, "far more than it weighs"),
])
def test_a_forged_archive_stores_nothing(
    told: Memory, tmp_path: Path, change: dict[str, bytes | None], claims: bool, said: str
) -> None:
    export_archive(told.manager, tmp_path / "a.zip")
    forged = rewritten(tmp_path / "a.zip", tmp_path / "b.zip", change, claims)
    other = told.manager.for_namespace("copy")
    with pytest.raises(InputError, match=said):
        import_archive(other, forged)
    assert everything(other) == {}


def test_a_flipped_byte_is_refused_wherever_it_stands(told: Memory, tmp_path: Path) -> None:
    export_archive(told.manager, tmp_path / "a.zip")
    whole = (tmp_path / "a.zip").read_bytes()
    for place in range(40, len(whole) // 2, 97):
        (tmp_path / "b.zip").write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            verify_archive(tmp_path / "b.zip")
        except InputError:
            continue
        # Only what carries no content may differ: the names and times of local headers.
        with zipfile.ZipFile(tmp_path / "b.zip") as one, zipfile.ZipFile(tmp_path / "a.zip") as other:
            assert one.read("records.jsonl") == other.read("records.jsonl")


def test_secrets_in_an_archive_are_taken_out(told: Memory, tmp_path: Path) -> None:
    export_archive(told.manager, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        lines = archive.read("records.jsonl").replace(b"The boat is", b"my password is hunter22 and it is")
    forged = rewritten(tmp_path / "a.zip", tmp_path / "b.zip", {"records.jsonl": lines})
    other = told.manager.for_namespace("copy")
    import_archive(other, forged)
    assert not any("hunter22" in past.text for one in everything(other).values() for past in other.history(one.id))
    assert any("[redacted:password]" in text for text in everything(other))


def test_decisions_and_events_go_out_page_by_page_newest_first_and_all(
    told: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "_PAGE", 2)
    manager, pages = told.manager, []
    events = manager.browser.events
    monkeypatch.setattr(manager.browser, "events", lambda keys: pages.append(len(keys)) or events(keys))
    export_archive(manager, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        out = {name: [json.loads(line) for line in archive.read(f"{name}.jsonl").splitlines()] for name in ("decisions", "events")}
    assert out["decisions"] == [one.model_dump(mode="json") for one in manager.decisions(limit=100)]
    assert out["events"] == [one.model_dump(mode="json") for one in manager.log(limit=100)] and len(out["events"]) > 4
    assert max(pages) == 2 and len(pages) > 2


def test_reading_an_archive_takes_constant_memory(told: Memory, tmp_path: Path) -> None:
    export_archive(told.manager, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        first = archive.read("records.jsonl").splitlines(keepends=True)[0]
    line = json.loads(first)
    line["record"]["text"] = "x" * 2_000
    big = rewritten(tmp_path / "a.zip", tmp_path / "b.zip", {"records.jsonl": (json.dumps(line) + "\n").encode() * 10_000})
    tracemalloc.start()
    try:
        count = sum(1 for _ in _records(big))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 10_000 and peak < 4 << 20, f"{peak >> 20} MB for a file of 30"
