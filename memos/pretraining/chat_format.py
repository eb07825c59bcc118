"""The chat format of the shipped model: turns as special tokens, notes as one system message.

Every turn's text begins with a space, so a value tokenises the same in a statement and as an answer. Pure strings;
knows no tokenizer object.
"""

from __future__ import annotations

from collections.abc import Sequence

PAD, END, SYSTEM, USER_TURN, ASSISTANT = "<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"
SPECIAL_TOKENS = (PAD, END, SYSTEM, USER_TURN, ASSISTANT)
NOTES_HEADING = "Notes:"

CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{%- if message['role'] == 'system' -%}<|system|> {{ message['content'] | trim }}<|end|>"
    "{%- elif message['role'] == 'user' -%}<|user|> {{ message['content'] | trim }}<|end|>"
    "{%- elif message['role'] == 'assistant' -%}<|assistant|> {{ message['content'] | trim }}<|end|>"
    "{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}<|assistant|>{%- endif -%}"
)


def note_line(text: str, day: str | None) -> str:
    """One recalled note: "- [2026-05-03] text", without the bracket where there is no day."""
    return f"- [{day}] {text}" if day else f"- {text}"


def notes_message(lines: Sequence[str]) -> str:
    """The content of the system message that carries the notes."""
    return "\n".join((NOTES_HEADING, *lines))
