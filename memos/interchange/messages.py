"""Chat messages: `[{role, content}]`, `{"messages": [...]}`, several of these, or either of them a line.

Also what a message of any chat format becomes: its text, and beside it what it asked of tools. A call and its result are
text of the origin `tool`: data, which no vouching for the file makes the user's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from memos.errors import InputError, NotFoundError
from memos.interchange import sources
from memos.types import Draft, JsonDict, Origin, Source

_ROLES_SKIPPED = {"system", "developer"}  # instructions to a model, not something an agent experienced
_ROLE_ORIGINS = {
    "assistant": Origin.ASSISTANT,
    "model": Origin.ASSISTANT,
    "tool": Origin.TOOL,
    "function": Origin.TOOL,
}
_HINT = "see docs/apps.md, Importing"
_MOST_CALLS = 1_000
"""Calls of a conversation whose names are remembered until their results come."""


def matches(sample: JsonDict) -> bool:
    return "role" in sample or "messages" in sample


def read(path: Path, origin: Origin, conversation: str | None) -> Iterator[Draft]:
    """Every conversation of the file, or the one that is named."""
    names: list[str] = []
    found = False
    for name, messages in _conversations(path):
        if name not in names:
            names.append(name)
        if conversation is not None and name != conversation:
            continue
        found = True
        yield from drafts(messages, name, origin)
    require_conversation(path, conversation, found, names)


def drafts(messages: Iterable[tuple[str, int, Any]], session: str, origin: Origin) -> Iterator[Draft]:
    """What was said and done in one conversation; `messages`: where each stands in the file, its number, itself."""
    calls: dict[str, str] = {}
    for where, turn, message in messages:
        yield from _message(message, where, Source(session=session, turn=turn), origin, calls)


def numbered(messages: Any, path: Path, where: str) -> Iterator[tuple[str, int, Any]]:
    """The messages of a list with their places. Raises InputError where it is no list."""
    if not isinstance(messages, list):
        raise InputError(f"{path.name}: 'messages' is not a list", hint=_HINT, code="input.messages")
    for turn, message in enumerate(messages, start=1):
        yield f"{where}, message {turn}", turn, message


def require_conversation(path: Path, wanted: str | None, found: bool, names: Iterable[str]) -> None:
    """Raises NotFoundError, with the names there are, when the one that is wanted was not among them."""
    if wanted is not None and not found:
        listed = ", ".join(sorted(set(names))) or "none"
        raise NotFoundError(
            f"no conversation {wanted!r} in {path.name}",
            hint=f"it holds: {listed}",
            code="not_found.conversation",
        )


def _conversations(path: Path) -> Iterator[tuple[str, Iterator[tuple[str, int, Any]]]]:
    """(name, its messages) of every conversation."""
    if path.suffix.casefold() in {".jsonl", ".ndjson"} or sources.is_json_lines(path):
        yield from _conversations_by_line(path)
        return
    shape = sources.outline(path)
    if isinstance(shape, dict) and "messages" in shape:
        if not isinstance(shape["messages"], list):
            yield _named(shape, path, 1), numbered(shape["messages"], path, path.name)
            return
        said = enumerate(sources.elements(path, "messages"), start=1)
        yield _named(shape, path, 1), ((f"{path.name}, message {turn}", turn, one) for turn, one in said)
    elif isinstance(shape, list) and shape and isinstance(shape[0], dict) and "messages" in shape[0]:
        for position, item in enumerate(sources.elements(path), start=1):
            where = f"{path.name}, conversation {position}"
            if not isinstance(item, dict) or "messages" not in item:
                raise InputError(f"{where}: no 'messages'", hint=_HINT, code="input.messages")
            yield _named(item, path, position), numbered(item["messages"], path, where)
    else:
        said = enumerate(sources.elements(path), start=1)
        yield path.stem, ((f"{path.name}, message {turn}", turn, one) for turn, one in said)


def _conversations_by_line(path: Path) -> Iterator[tuple[str, Iterator[tuple[str, int, Any]]]]:
    """Lines of messages are one conversation; a line with `messages` is one of its own."""
    lines = _items_by_line(path)
    following = next(lines, None)

    def loose() -> Iterator[tuple[str, int, Any]]:
        nonlocal following
        turn = 0
        while following is not None and not _is_conversation(following[1]):
            turn += 1
            yield f"{path.name}, line {following[0]}, message {turn}", turn, following[1]
            following = next(lines, None)

    while following is not None:
        number, item = following
        if _is_conversation(item):
            yield _named(item, path, number), numbered(item["messages"], path, f"{path.name}, line {number}")
            following = next(lines, None)
        else:
            said = loose()
            yield path.stem, said
            for _ in said:  # a conversation that nobody wanted is passed over
                pass


def _items_by_line(path: Path) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(sources.lines(path), start=1):
        if line.strip():
            yield number, sources.parse(line, path.name, number)


def _is_conversation(item: Any) -> bool:
    return isinstance(item, dict) and "messages" in item


def _named(item: JsonDict, path: Path, position: int) -> str:
    return str(item.get("id") or item.get("conversation_id") or item.get("title") or f"{path.stem}-{position}")


# --- one message ---


def _message(message: Any, where: str, source: Source, origin: Origin, calls: dict[str, str]) -> Iterator[Draft]:
    """The text of a message, then its calls. `calls`: the tools called so far, by the id of the call."""
    if isinstance(message, dict) and "role" not in message and message.get("type") in ("function_call", "function_call_output"):
        message = {"role": "tool", "content": [message]}
    if not isinstance(message, dict) or "role" not in message:
        raise InputError(
            f"{where}: no 'role'", hint='each message is {"role": ..., "content": ...}', code="input.messages"
        )
    role = str(message["role"]).casefold()
    if role in _ROLES_SKIPPED:
        return
    when = next(
        (sources.parse_time(message[key]) for key in ("timestamp", "created_at", "create_time") if key in message),
        None,
    )
    text, beside = _content(message.get("content"), where)
    spoken = _ROLE_ORIGINS.get(role, origin)
    if text.strip():
        call = message.get("tool_call_id")
        actor = message.get("name") or (calls.get(str(call)) if call else None) or role
        yield Draft(
            text=text, origin=spoken, source=source.model_copy(update={"actor": str(actor)}), occurred_at=when,
            metadata={"tool_call": str(call)} if call else {},
        )  # fmt: skip
    for one in (*_calls_beside(message), *beside):
        yield from _tool_draft(one, where, source, when, calls)


def _content(content: Any, where: str) -> tuple[str, list[JsonDict]]:
    """The text of a message's content (a string, None beside tool calls, or typed parts) and its parts about tools."""
    if content is None:
        return "", []
    if isinstance(content, str):
        return content, []
    if not isinstance(content, list):
        raise InputError(f"{where}: 'content' is neither text nor a list of parts", hint=_HINT, code="input.messages")
    said = [part if isinstance(part, str) else part.get("text", "") for part in content if isinstance(part, str | dict)]
    tools = [part for part in content if isinstance(part, dict) and part.get("type") in _TOOL_PARTS]
    return "\n".join(part for part in said if isinstance(part, str) and part), tools


_RESULTS = {"tool_result", "function_call_output"}
_TOOL_PARTS = {"tool_use", "function_call", *_RESULTS}


def _calls_beside(message: JsonDict) -> list[JsonDict]:
    """Calls that stand in a message of OpenAI's or LangChain's, new or old form."""
    listed = message.get("tool_calls")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    if isinstance(message.get("function_call"), dict):
        found.append(message["function_call"])
    return [{**one["function"], "id": one.get("id")} if isinstance(one.get("function"), dict) else one for one in found]


def _tool_draft(one: JsonDict, where: str, source: Source, when: Any, calls: dict[str, str]) -> Iterator[Draft]:
    """`name(arguments)` for a call, its text for a result."""
    call = one.get("tool_use_id") or one.get("call_id") or one.get("id")
    known = calls.get(str(call)) if call else None
    if one.get("type") in _RESULTS:
        result = one.get("content", one.get("output"))
        text = _content(result, where)[0] if result is None or isinstance(result, str | list) else _compact(result)
        actor = known or "tool"
    else:
        if not isinstance(one.get("name"), str):
            raise InputError(f"{where}: a tool call without a name", hint=_HINT, code="input.messages")
        if known == one["name"]:
            return  # LangChain writes a call of a typed part a second time beside it
        given: Any = next((one[key] for key in ("arguments", "args", "input") if one.get(key) is not None), {})
        actor = one["name"]
        text = f"{actor}({given if isinstance(given, str) else _compact(given)})"
        if call:
            calls[str(call)] = actor
            if len(calls) > _MOST_CALLS:
                del calls[next(iter(calls))]
    if text.strip():
        yield Draft(
            text=text, origin=Origin.TOOL, source=source.model_copy(update={"actor": actor}), occurred_at=when,
            metadata={"tool_call": str(call)} if call else {},
        )  # fmt: skip


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
