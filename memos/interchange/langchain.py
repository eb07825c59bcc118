"""LangChain: what `messages_to_dict` writes, `[{"type": "human", "data": {"content": ...}}]`, or `{"messages": [...]}` of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from memos.errors import InputError
from memos.interchange import messages, sources
from memos.types import Draft, JsonDict, Origin

_ROLES = {"human": "user", "ai": "assistant", "system": "system", "tool": "tool", "function": "function",
          "chat": "user", "HumanMessageChunk": "user", "AIMessageChunk": "assistant"}  # fmt: skip


def matches(sample: JsonDict) -> bool:
    listed = sample.get("messages")
    first = listed[0] if isinstance(listed, list) and listed else sample
    return isinstance(first, dict) and "type" in first and isinstance(first.get("data"), dict) and "content" in first["data"]


def read(path: Path, origin: Origin, conversation: str | None) -> Iterator[Draft]:
    """One conversation, named after the file."""
    said = ((f"{path.name}, message {turn}", turn, one)
            for turn, one in enumerate(sources.elements(path, "messages"), start=1))  # fmt: skip
    yield from messages.drafts(((where, turn, _plain(one, where)) for where, turn, one in said), path.stem, origin)
    messages.require_conversation(path, conversation, conversation == path.stem, [path.stem])


def _plain(message: Any, where: str) -> JsonDict:
    data = message.get("data") if isinstance(message, dict) else None
    kind = message.get("type") if isinstance(message, dict) else None
    if not isinstance(data, dict) or kind not in _ROLES:
        raise InputError(f"{where}: no message of messages_to_dict", hint='each is {"type": "human", "data": {"content": ...}}',
                         code="input.langchain")  # fmt: skip
    return {**data, "role": str(data["role"]) if kind == "chat" and data.get("role") else _ROLES[kind]}
