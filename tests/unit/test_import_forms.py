"""What an import makes of tool calls, of what mem0 knew, and of folders of Markdown."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memos.errors import NotFoundError
from memos.interchange import read_drafts
from memos.types import Origin
from tests.unit.fakes import Memory

CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Lyon"}'}}


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


OPENAI = [
    {"role": "user", "content": "How warm is it?"},
    {"role": "assistant", "content": "I look.", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": "22 degrees in Lyon"},
]
PARTS = [
    {"role": "user", "content": "How warm is it?"},
    {"role": "assistant", "content": [{"type": "text", "text": "I look."},
                                      {"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Lyon"}}]},
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1",
                                  "content": [{"type": "text", "text": "22 degrees in Lyon"}]}]},
]
RESPONSES = [
    {"role": "user", "content": "How warm is it?"},
    {"role": "assistant", "content": [{"type": "output_text", "text": "I look."}]},
    {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": '{"city": "Lyon"}'},
    {"type": "function_call_output", "call_id": "c1", "output": "22 degrees in Lyon"},
]


def langchain() -> list[dict[str, object]]:
    from langchain_core.messages import AIMessage, HumanMessage, ToolMessage, messages_to_dict

    return messages_to_dict([
        HumanMessage("How warm is it?"),
        AIMessage([{"type": "text", "text": "I look."},
                   {"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Lyon"}}],
                  tool_calls=[{"name": "weather", "args": {"city": "Lyon"}, "id": "c1"}]),
        ToolMessage("22 degrees in Lyon", tool_call_id="c1"),
    ])  # fmt: skip


@pytest.mark.parametrize("form", ["openai", "parts", "responses", "langchain"])
def test_calls_and_results_are_tool_text_that_no_vouching_changes(tmp_path: Path, form: str) -> None:
    content = {"openai": OPENAI, "parts": PARTS, "responses": RESPONSES}.get(form) or langchain()
    drafts = list(read_drafts(write(tmp_path / "chat.json", content), origin=Origin.USER))
    assert [(d.text, d.origin, d.source.actor, d.metadata.get("tool_call")) for d in drafts] == [
        ("How warm is it?", Origin.USER, "user", None),
        ("I look.", Origin.ASSISTANT, "assistant", None),
        ('weather({"city": "Lyon"})', Origin.TOOL, "weather", "c1"),
        ("22 degrees in Lyon", Origin.TOOL, "weather", "c1"),
    ]


def test_tool_text_is_kept_and_waits_for_approval(memory: Memory, tmp_path: Path) -> None:
    path = write(tmp_path / "chat.json", OPENAI)
    memory.manager.observe_many(read_drafts(path, origin=Origin.USER))
    kept = {one.text: one for one in memory.manager.list()}
    assert not kept["22 degrees in Lyon"].approved


MEM0 = {"results": [{
    "id": "u-1", "memory": "Likes tea", "user_id": "ana", "agent_id": None, "run_id": "r1", "categories": ["food"],
    "created_at": "2024-01-02T03:04:05Z", "updated_at": None, "metadata": {"tier": "gold", "text": "taken", "mood": "good"},
}]}  # fmt: skip


def test_what_mem0_knew_is_kept_and_can_be_filtered_by(memory: Memory, tmp_path: Path) -> None:
    from memos.stores.where import parse_where

    path = write(tmp_path / "mem0.json", MEM0)
    memory.manager.observe_many(read_drafts(path))
    (record,) = memory.manager.list(where=parse_where('metadata.user_id = ana and metadata.categories contains food'))
    assert record.metadata == {
        "user_id": "ana", "run_id": "r1", "categories": ["food"], "created_at": "2024-01-02T03:04:05Z", "mem0_id": "u-1",
        "mem0_tier": "gold", "mem0_text": "taken", "mood": "good",
    }
    assert record.occurred_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_folder_of_markdown(memory: Memory, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    write(folder / "b.md", "---\ntitle: Trip\ndate: 2024-05-01\ntags:\n  - sea\n  - boats\n---\n# Day 1\nAna saw the sea.\n")
    write(folder / "a" / "c.markdown", "---\ntags: [x, 'y']\n---\nBen paints boats.\n")
    write(folder / ".git" / "d.md", "Hidden.")
    write(folder / "e.txt", "Not a page.")
    (folder / "out.md").symlink_to(write(tmp_path / "outside.md", "Outside."))
    os.utime(folder / "a" / "c.markdown", (1_700_000_000, 1_700_000_000))
    drafts = list(read_drafts(folder))
    assert [(d.text, d.source.session, d.metadata) for d in drafts] == [
        ("Ana saw the sea.", "b.md", {"title": "Trip", "tags": ["sea", "boats"], "file": "b.md", "line": 9, "heading": "Day 1"}),
        ("Ben paints boats.", "a/c.markdown", {"tags": ["x", "y"], "file": "a/c.markdown", "line": 4}),
    ]
    assert [d.occurred_at for d in drafts] == [datetime(2024, 5, 1, tzinfo=UTC), datetime.fromtimestamp(1_700_000_000, UTC)]
    assert [d.text for d in read_drafts(folder, conversation="a/c.markdown")] == ["Ben paints boats."]
    with pytest.raises(NotFoundError):
        list(read_drafts(folder, conversation="none.md"))

    assert memory.manager.observe_many(read_drafts(folder)).by_action == {"ADD": 2}
    write(folder / "b.md", (folder / "b.md").read_text("utf-8") + "\nThe boat was blue.\n")
    assert memory.manager.observe_many(read_drafts(folder)).by_action == {"NOOP": 2, "ADD": 1}


@pytest.mark.parametrize("page", ["---\nnever closed\n", "---\n---\nText.", "---\ndate: not one\n: x\n- y\n---\nText.", "--- \nText."])
def test_front_matter_that_is_none_stops_nothing(tmp_path: Path, page: str) -> None:
    for draft in read_drafts(write(tmp_path / "a.md", page)):
        assert draft.occurred_at is not None
