"""Importers: every format in, in order, with its times and speakers; bad files refused with the place."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memos.errors import InputError, NotFoundError
from memos.interchange import detect_format, read_drafts, verify_archive
from memos.types import Draft, Origin

LOCOMO = [
    {
        "sample_id": "conv-1",
        "qa": [],
        "conversation": {
            "speaker_a": "Ana",
            "speaker_b": "Ben",
            "session_10_date_time": "9:05 am on 2 June, 2023",
            "session_10": [{"speaker": "Ana", "dia_id": "D10:1", "text": "Later."}],
            "session_2_date_time": "1:56 pm on 8 May, 2023",
            "session_2": [
                {"speaker": "Ana", "dia_id": "D2:1", "text": "I got a dog."},
                {
                    "speaker": "Ben",
                    "dia_id": "D2:2",
                    "text": "What is it called?",
                    "blip_caption": "a brown dog",
                },
                {"speaker": "Ana", "dia_id": "D2:3", "text": "  "},
            ],
        },
    },
    {"sample_id": "conv-2", "conversation": {"session_1": [{"speaker": "Eve", "text": "Hello."}]}},
]


def write(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def texts(drafts: list[Draft]) -> list[str]:
    return [draft.text for draft in drafts]


# --- LoCoMo ----------------------------------------------------------------------------------------------------------


def test_locomo_comes_in_by_session_and_turn(tmp_path: Path) -> None:
    drafts = list(read_drafts(write(tmp_path / "talk.json", LOCOMO)))
    assert texts(drafts) == ["I got a dog.", "What is it called?", "Later.", "Hello."]
    first, second = drafts[:2]
    assert (
        first.source.session == "conv-1/session_2" and first.source.turn == 1 and first.source.actor == "Ana"
    )
    assert first.occurred_at == datetime(2023, 5, 8, 13, 56, tzinfo=UTC)
    assert first.origin is Origin.IMPORT
    assert second.metadata == {"dia_id": "D2:2", "image": "a brown dog"}


def test_one_conversation_of_several(tmp_path: Path) -> None:
    path = write(tmp_path / "talk.json", LOCOMO)
    assert texts(list(read_drafts(path, conversation="conv-2"))) == ["Hello."]
    with pytest.raises(NotFoundError) as caught:
        list(read_drafts(path, conversation="conv-3"))
    assert "conv-1, conv-2" in caught.value.hint


# --- chat messages ---------------------------------------------------------------------------------------------------

MESSAGES = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "I live in Lyon.", "timestamp": 1700000000},
    {"role": "assistant", "content": [{"type": "text", "text": "Noted."}]},
    {"role": "assistant", "content": None, "tool_calls": []},
    {"role": "tool", "content": "22 degrees"},
]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("chat.json", json.dumps(MESSAGES)),
        ("chat.json", json.dumps({"messages": MESSAGES})),
        ("chat.jsonl", "\n".join(map(json.dumps, MESSAGES))),
        ("chat.json", "\n".join(map(json.dumps, MESSAGES))),
        ("chat.jsonl", json.dumps({"messages": MESSAGES}) + "\n\n"),
        ("chat.json", "\ufeff" + json.dumps(MESSAGES)),
    ],
)
def test_messages_in_every_wrapping(tmp_path: Path, name: str, content: str) -> None:
    drafts = list(read_drafts(write(tmp_path / name, content)))
    assert texts(drafts) == ["I live in Lyon.", "Noted.", "22 degrees"]
    assert [draft.origin for draft in drafts] == [Origin.IMPORT, Origin.ASSISTANT, Origin.TOOL]
    assert drafts[0].occurred_at == datetime.fromtimestamp(1700000000, UTC)
    assert [draft.source.actor for draft in drafts] == ["user", "assistant", "tool"]


def test_vouching_makes_the_persons_turns_the_users_own_and_no_others(tmp_path: Path) -> None:
    drafts = list(read_drafts(write(tmp_path / "chat.json", MESSAGES), origin=Origin.USER))
    assert [draft.origin for draft in drafts] == [Origin.USER, Origin.ASSISTANT, Origin.TOOL]


def test_several_conversations_keep_their_names(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "messages": [{"role": "user", "content": "One."}]},
        {"messages": [{"role": "user", "content": "Two."}]},
    ]
    path = write(tmp_path / "chats.jsonl", "\n".join(map(json.dumps, rows)))
    assert [(draft.source.session, draft.text) for draft in read_drafts(path)] == [
        ("a", "One."),
        ("chats-2", "Two."),
    ]
    assert texts(list(read_drafts(path, conversation="a"))) == ["One."]


# --- other formats ---------------------------------------------------------------------------------------------------


def test_mem0_export(tmp_path: Path) -> None:
    export = {"results": [{"memory": "Likes tea", "created_at": "2024-01-02T03:04:05+01:00"}, {"memory": ""}]}
    drafts = list(read_drafts(write(tmp_path / "mem0.json", export)))
    assert texts(drafts) == ["Likes tea"]
    assert drafts[0].occurred_at == datetime(2024, 1, 2, 2, 4, 5, tzinfo=UTC)


def test_longmemeval_comes_in_by_session_each_once(tmp_path: Path) -> None:
    def question(name: str, sessions: list[str]) -> dict[str, object]:
        return {
            "question_id": name, "question": "Which?", "answer": "That.", "haystack_session_ids": sessions,
            "haystack_dates": ["2023/05/20 (Sat) 02:21"] * len(sessions),
            "haystack_sessions": [[{"role": "user", "content": f"I am in {one}.", "has_answer": True},
                                   {"role": "assistant", "content": "Fine."}] for one in sessions],
        }  # fmt: skip

    path = write(tmp_path / "long.json", [question("q1", ["s1", "s2"]), question("q2", ["s2", "s3"])])
    drafts = list(read_drafts(path))
    assert texts(drafts) == ["I am in s1.", "Fine.", "I am in s2.", "Fine.", "I am in s3.", "Fine."]
    assert drafts[0].occurred_at == datetime(2023, 5, 20, 2, 21, tzinfo=UTC)
    assert [(d.source.session, d.source.turn, d.origin) for d in drafts[:2]] == [
        ("s1", 1, Origin.IMPORT), ("s1", 2, Origin.ASSISTANT)]  # fmt: skip
    assert texts(list(read_drafts(path, conversation="q2"))) == ["I am in s2.", "Fine.", "I am in s3.", "Fine."]


def test_langchain_messages(tmp_path: Path) -> None:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage, messages_to_dict

    written = messages_to_dict([
        SystemMessage("Be kind."), HumanMessage("I live in Lyon.", name="Ana"), AIMessage("", tool_calls=[]),
        AIMessage([{"type": "text", "text": "Noted."}]), ToolMessage("22 degrees", tool_call_id="1"),
    ])  # fmt: skip
    for content in (written, {"messages": written}):
        drafts = list(read_drafts(write(tmp_path / "history.json", content)))
        assert texts(drafts) == ["I live in Lyon.", "Noted.", "22 degrees"]
        assert [(d.origin, d.source.actor) for d in drafts] == [
            (Origin.IMPORT, "Ana"), (Origin.ASSISTANT, "assistant"), (Origin.TOOL, "tool")]  # fmt: skip


def test_text_is_read_by_paragraph(tmp_path: Path) -> None:
    drafts = list(read_drafts(write(tmp_path / "notes.txt", "\n\nOne\nstill one.\n\n\nTwo.")))
    assert [(draft.text, draft.metadata["line"]) for draft in drafts] == [("One\nstill one.", 3), ("Two.", 7)]


def test_markdown_is_read_by_block_under_its_headings(tmp_path: Path) -> None:
    page = """---
title: hidden
---
# Trip
Intro line one
line two.

## Day 1
- [ ] See the *bridge*
- Eat
1. Third

```python
# not a heading

x = 1
```
# End
Bye.
"""
    drafts = list(read_drafts(write(tmp_path / "trip.md", page)))
    assert [(draft.text, draft.metadata.get("heading")) for draft in drafts] == [
        ("Intro line one\nline two.", "Trip"),
        ("See the *bridge*", "Trip > Day 1"),
        ("Eat", "Trip > Day 1"),
        ("Third", "Trip > Day 1"),
        ("```python\n# not a heading\n\nx = 1\n```", "Trip > Day 1"),
        ("Bye.", "End"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.md", "x", "markdown"),
        ("a.txt", "x", "text"),
        ("a.txt", "[]", "messages"),
        ("notes", "x", "text"),
        ("a.json", json.dumps(LOCOMO), "locomo"),
        ("a.json", json.dumps(LOCOMO[0]), "locomo"),
        ("a.json", json.dumps(MESSAGES), "messages"),
        ("a.json", '[{"memory": "x"}]', "mem0"),
        ("a.jsonl", "{}", "messages"),
        ("a.json", '[{"question_id": "q", "haystack_sessions": []}]', "longmemeval"),
        ("a.json", '[{"type": "human", "data": {"content": "x"}}]', "langchain"),
        ("a.json", '{"messages": [{"type": "ai", "data": {"content": "x"}}]}', "langchain"),
        ("a.zip", "", "archive"),
    ],
)
def test_the_format_is_told_by_name_and_beginning(
    tmp_path: Path, name: str, content: str, expected: str
) -> None:
    assert detect_format(write(tmp_path / name, content)) == expected


# --- bad files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", '[\n{"role": "user",\n "content": }\n]', "line 3"),
        ("a.jsonl", '{"role": "user", "content": "x"}\n\n{oops}\n', "line 3"),
        ("a.json", '{"strange": 1}', "unknown shape"),
        ("a.json", '[{"role": "user", "content": 7}]', "message 1"),
        ("a.json", '[{"role": "user", "content": "x"}, {"text": "no role"}]', "message 2"),
        ("a.json", '{"messages": "text"}', "not a list"),
        ("a.json", '[{"conversation": {"session_1": [{"speaker": "A"}]}}]', "turn 1"),
        ("a.json", "[" * 100_000, ""),
        ("a.json", '[{"haystack_sessions": 1}]', "question 1"),
        ("a.json", '[{"haystack_sessions": [[]], "haystack_dates": ["a", "b"]}]', "1 sessions"),
        ("a.json", '[{"type": "human", "data": {"content": "x"}}, {"type": "odd", "data": {}}]', "message 2"),
        ("a.bin", "x", "cannot tell the format"),
    ],
)
def test_a_bad_file_is_refused_with_the_place(tmp_path: Path, name: str, content: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        list(read_drafts(write(tmp_path / name, content)))
    assert said in caught.value.message
    assert caught.value.hint


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"caf\xe9")
    with pytest.raises(InputError, match="not UTF-8"):
        list(read_drafts(path))


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(NotFoundError):
            list(read_drafts(path))


def test_an_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="pickle"):
        read_drafts(write(tmp_path / "a.txt", "x"), format="pickle")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 truncated"])
def test_a_damaged_archive(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(InputError):
        verify_archive(path)


def test_an_archive_of_something_else_or_from_the_future(tmp_path: Path) -> None:
    for manifest, said in (
        ({"format": "other"}, "not a memos archive"),
        ({"format": "memos-archive", "version": 9}, "version 9"),
    ):
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("manifest.json", json.dumps(manifest))
        with pytest.raises(InputError, match=said):
            verify_archive(path)
