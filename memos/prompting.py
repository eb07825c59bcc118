"""One rendering of notes, history and question to chat messages, in which stored text is always data.

    system     Notes:
               - [2026-05-03] My dog is called Rex
               - I live in Oslo
    user       ...                    the turns before, oldest first
    assistant  ...
    user       the question

A note is one line: its line breaks become spaces and what a chat template could take for the start or end of a turn
is defused, so that no stored text can open a turn, close the notes or pose as a date. Knows no model and no tokenizer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

Message = dict[str, str]
"""{"role": "system" | "user" | "assistant", "content": text}."""


@dataclass(frozen=True)
class Note:
    """A text to be read by the model, and when it was said, if that is known."""

    text: str
    said_at: datetime | None = None


def chat_messages(
    question: str, notes: Sequence[Note] = (), history: Sequence[Mapping[str, str]] = ()
) -> list[Message]:
    """The messages of one exchange. System messages of `history` (pinned blocks) join the notes in the first message.

    A tool's turn is shown as the user's, labelled: chat templates agree on no other role.
    """
    pinned = [turn["content"] for turn in history if turn["role"] == "system"]
    system = "\n\n".join([*(one_block(text) for text in pinned), *([notes_block(notes)] if notes else [])])
    messages = [{"role": "system", "content": system}] if system else []
    for turn in history:
        if turn["role"] != "system":
            messages.append(_turn(turn["role"], turn["content"]))
    messages.append(_turn("user", question))
    return messages


def notes_block(notes: Iterable[Note]) -> str:
    """The notes under their heading, in the order given: whoever calls puts the newest last."""
    return "\n".join(["Notes:", *(f"- {note_line(note)}" for note in notes)])


def note_line(note: Note) -> str:
    """A note as one line, behind its date when it is known."""
    text = one_line(note.text)
    if note.said_at is None:
        # An undated text must not bring a date of its own: the newest note is believed.
        return re.sub(r"^\[(\d{4}-\d{2}-\d{2})\]", r"(\1)", text)
    return f"[{note.said_at:%Y-%m-%d}] {text}"


def one_line(text: str) -> str:
    """The text as data on one line: no line break, no control character, nothing that opens or closes a turn."""
    return " ".join(one_block(text).split())


def one_block(text: str) -> str:
    """The text as data that may have lines: nothing in it opens or closes a turn."""
    visible = "".join("\n" if c in _LINE_BREAKS else c for c in text if _is_visible(c))
    return _ROLE.sub(r"\1\2 -", _INSTRUCT.sub(r"(\1)", _TAG.sub(_defuse, visible)))


def _is_visible(character: str) -> bool:
    """Not a control, tag or direction mark, in which text can hide. Joiners stay: some scripts are spelled with them."""
    if character in _LINE_BREAKS or character in "\t\u200c\u200d":
        return True
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs")


_LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
# <|im_start|>, <｜User｜>, <s>, </s>, <<SYS>>, <start_of_turn>, </notes>: angle brackets around a bare word.
_TAG = re.compile(r"[<＜]{1,3}[|｜/]?[^<>＜＞\s][^<>＜＞\n]{0,60}[>＞]{1,3}|<[|｜]|[|｜]>")
_INSTRUCT = re.compile(r"\[(/?INST|/?SYS|/?AVAILABLE_TOOLS|/?TOOL_[A-Z]+)\]", re.IGNORECASE)
_ROLE = re.compile(
    r"(?mi)^([ \t>#*_-]*)(system|user|assistant|human|ai|bot|model|developer|tool|question|answer|notes)[ \t*_]*[:：]"
)


def _defuse(match: re.Match[str]) -> str:
    return match[0].translate(_BRACKETS)


_BRACKETS = str.maketrans({"<": "‹", "＜": "‹", ">": "›", "＞": "›", "|": "¦", "｜": "¦"})


def _turn(role: str, content: str) -> Message:
    if role == "tool":
        return {"role": "user", "content": f"[tool result] {one_block(content)}"}
    return {"role": "assistant" if role == "assistant" else "user", "content": one_block(content)}
