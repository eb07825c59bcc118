"""Readers for other people's formats: each yields `Draft`s one by one, in the order of the file.

- JSON Lines, text and Markdown stream; a JSON document is read whole.
- Nothing is stored here: the manager observes what a reader yields, through the same policies as everything else.
- Imported text keeps the origin `import` until someone vouches for it, so it does not reach the parameters unasked.

Knows no SQL, no model and no terminal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from memos.errors import InputError, NotFoundError
from memos.interchange.archive import archive_drafts
from memos.types import Draft, JsonDict, Origin, Source

FORMATS = ("auto", "archive", "langchain", "locomo", "longmemeval", "markdown", "mem0", "messages", "text")


# --- reading other formats -------------------------------------------------------------------------------------------


def detect_format(path: Path) -> str:
    """The format of a file by its name, then by its first bytes. Raises InputError when neither tells."""
    suffix = path.suffix.casefold()
    if suffix == ".zip" or _head(path).startswith(b"PK"):
        return "archive"
    if suffix in {".md", ".markdown"}:
        return "markdown"
    if suffix in {".txt", ".text", ""} and not _looks_like_json(path):
        return "text"
    if suffix in {".jsonl", ".ndjson"}:
        return "messages"
    if suffix == ".json" or _looks_like_json(path):
        return _detect_json(path)
    raise InputError(
        f"cannot tell the format of {path.name}",
        hint=f"--format {'|'.join(FORMATS[1:])}",
        code="input.format",
    )


def read_drafts(
    path: Path, *, format: str = "auto", origin: Origin | None = None, conversation: str | None = None
) -> Iterator[Draft]:
    """Every experience in a file, in order. `origin` replaces `import` for what people said in it.

    `conversation` keeps one conversation of a file that holds several. Raises NotFoundError for a missing file and
    InputError, with the line where that is known, for one that cannot be understood.
    """
    if format not in FORMATS:
        raise InputError(
            f"unknown format {format!r}", hint=f"one of {', '.join(FORMATS)}", code="input.format"
        )
    if not path.is_file():
        raise NotFoundError(f"no file {path}", hint="check the path", code="not_found.file")
    chosen = detect_format(path) if format == "auto" else format
    spoken = origin or Origin.IMPORT
    if chosen == "archive":
        return archive_drafts(path)
    readers: dict[str, Callable[[], Iterator[Draft]]] = {
        "langchain": lambda: _langchain(path, spoken),
        "locomo": lambda: _locomo(path, spoken, conversation),
        "longmemeval": lambda: _longmemeval(path, spoken, conversation),
        "markdown": lambda: _markdown(path, spoken),
        "mem0": lambda: _mem0(path, spoken),
        "messages": lambda: _messages(path, spoken, conversation),
        "text": lambda: _text(path, spoken),
    }
    return readers[chosen]()


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from file
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name} is not UTF-8 text (byte {error.start})",
            hint="convert it: iconv -t UTF-8",
            code="input.encoding",
        ) from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", hint="check its permissions", code="input.unreadable"
        ) from None


def _looks_like_json(path: Path) -> bool:
    return _head(path).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError:
        return b""


def _parse(text: str, where: str, first_line: int = 1) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        line = first_line + error.lineno - 1
        raise InputError(
            f"{where}, line {line}, column {error.colno}: not valid JSON ({error.msg})",
            hint="mend that line, or name another --format",
            code="input.json",
        ) from None
    except RecursionError:
        raise InputError(f"{where}: JSON nested too deeply", hint="flatten it", code="input.json") from None


def _document(path: Path) -> Any:
    return _parse("".join(_lines(path)), path.name)


def _detect_json(path: Path) -> str:
    try:
        document = _document(path)
    except InputError:
        if _is_json_lines(path):
            return "messages"
        raise
    sample = document[0] if isinstance(document, list) and document else document
    if isinstance(sample, dict):
        if "conversation" in sample:
            return "locomo"
        if "haystack_sessions" in sample:
            return "longmemeval"
        if _is_langchain(sample):
            return "langchain"
        if "memory" in sample or "results" in sample or "memories" in sample:
            return "mem0"
        if "role" in sample or "messages" in sample:
            return "messages"
    if document == []:
        return "messages"
    raise InputError(
        f"{path.name} is JSON of an unknown shape",
        hint="expected LoCoMo, LongMemEval, chat messages, LangChain messages or a mem0 export; see docs/cli.md",
        code="input.format",
    )


def _is_json_lines(path: Path) -> bool:
    """Whether the first filled line alone is an object: several of them in a .json file are JSON Lines."""
    for line in _lines(path):
        if line.strip():
            try:
                return isinstance(json.loads(line), dict)
            except (json.JSONDecodeError, RecursionError):
                return False
    return False


# LoCoMo: a list of {sample_id, conversation: {session_N: [{speaker, dia_id, text}], session_N_date_time}}.

_SESSION = re.compile(r"^session_(\d+)$")


def _locomo(path: Path, origin: Origin, conversation: str | None) -> Iterator[Draft]:
    document = _document(path)
    samples = document if isinstance(document, list) else [document]
    names: list[str] = []
    found = False
    for position, sample in enumerate(samples, start=1):
        talk = sample.get("conversation") if isinstance(sample, dict) else None
        if not isinstance(talk, dict):
            raise InputError(
                f"{path.name}, conversation {position}: no 'conversation' object",
                hint="is this LoCoMo JSON?",
                code="input.locomo",
            )
        name = str(sample.get("sample_id") or f"conversation-{position}")
        names.append(name)
        if conversation is not None and name != conversation:
            continue
        found = True
        numbers = sorted(int(match[1]) for key in talk if (match := _SESSION.match(key)))
        for number in numbers:
            when = _parse_time(talk.get(f"session_{number}_date_time"))
            for turn, entry in enumerate(talk[f"session_{number}"] or [], start=1):
                if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
                    raise InputError(
                        f"{path.name}, {name}, session {number}, turn {turn}: no text",
                        hint="is this LoCoMo JSON?",
                        code="input.locomo",
                    )
                if not entry["text"].strip():
                    continue
                metadata: JsonDict = {}
                if entry.get("dia_id"):
                    metadata["dia_id"] = entry["dia_id"]
                if entry.get("blip_caption"):
                    metadata["image"] = entry["blip_caption"]
                yield Draft(
                    text=entry["text"],
                    origin=origin,
                    source=Source(session=f"{name}/session_{number}", turn=turn, actor=entry.get("speaker")),
                    occurred_at=when,
                    metadata=metadata,
                )
    _require_conversation(path, conversation, found, names)


def _require_conversation(path: Path, wanted: str | None, found: bool, names: Iterable[str]) -> None:
    if wanted is not None and not found:
        listed = ", ".join(sorted(set(names))) or "none"
        raise NotFoundError(
            f"no conversation {wanted!r} in {path.name}",
            hint=f"it holds: {listed}",
            code="not_found.conversation",
        )


_TIME_FORMATS = ("%I:%M %p on %d %B, %Y", "%d %B, %Y", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d (%a) %H:%M", "%Y/%m/%d")


def _parse_time(value: Any) -> datetime | None:
    """ISO 8601, seconds since 1970, or LoCoMo's "1:56 pm on 8 May, 2023"; None when it is none of them."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (OverflowError, ValueError, OSError):
            return None
    text = str(value).strip()
    try:
        return _utc(datetime.fromisoformat(text))
    except ValueError:
        pass
    for form in _TIME_FORMATS:
        try:
            return _utc(datetime.strptime(text, form))
        except ValueError:
            continue
    return None


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


# LongMemEval: [{question_id, question, answer, haystack_session_ids, haystack_dates, haystack_sessions: [[{role, content}]]}].


def _longmemeval(path: Path, origin: Origin, conversation: str | None) -> Iterator[Draft]:
    """The sessions of every question, each session once: questions share most of their haystack."""
    document = _document(path)
    names: list[str] = []
    seen: set[str] = set()
    found = False
    for position, item in enumerate(document if isinstance(document, list) else [document], start=1):
        where = f"{path.name}, question {position}"
        sessions = item.get("haystack_sessions") if isinstance(item, dict) else None
        if not isinstance(sessions, list):
            raise InputError(f"{where}: no 'haystack_sessions'", hint="is this LongMemEval JSON?", code="input.longmemeval")
        name = str(item.get("question_id") or f"question-{position}")
        names.append(name)
        if conversation is not None and name != conversation:
            continue
        found = True
        ids, dates = item.get("haystack_session_ids") or [], item.get("haystack_dates") or []
        if (ids and len(ids) != len(sessions)) or (dates and len(dates) != len(sessions)):
            raise InputError(f"{where}: {len(sessions)} sessions, {len(ids)} ids, {len(dates)} dates",
                             hint="each session has its id and its date", code="input.longmemeval")  # fmt: skip
        for number, messages in enumerate(sessions):
            session = str(ids[number]) if ids else f"{name}/session_{number + 1}"
            if session in seen:
                continue
            seen.add(session)
            when = _parse_time(dates[number]) if dates else None
            for turn, message in _numbered(messages, path):
                draft = _message_draft(message, f"{where}, {session}, message {turn}", session, turn, origin)
                if draft is not None:
                    yield draft if draft.occurred_at else draft.model_copy(update={"occurred_at": when})
    _require_conversation(path, conversation, found, names)


# LangChain: what `messages_to_dict` writes, [{"type": "human", "data": {"content": ...}}], or {"messages": [...]} of it.

_LANGCHAIN_ROLES = {"human": "user", "ai": "assistant", "system": "system", "tool": "tool", "function": "function",
                    "chat": "user", "HumanMessageChunk": "user", "AIMessageChunk": "assistant"}  # fmt: skip


def _is_langchain(sample: JsonDict) -> bool:
    messages = sample.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else sample
    return isinstance(first, dict) and "type" in first and isinstance(first.get("data"), dict) and "content" in first["data"]


def _langchain(path: Path, origin: Origin) -> Iterator[Draft]:
    document = _document(path)
    messages = document.get("messages") if isinstance(document, dict) and "messages" in document else document
    for turn, message in _numbered(messages if isinstance(messages, list) else [messages], path):
        where = f"{path.name}, message {turn}"
        data = message.get("data") if isinstance(message, dict) else None
        kind = message.get("type") if isinstance(message, dict) else None
        if not isinstance(data, dict) or kind not in _LANGCHAIN_ROLES:
            raise InputError(f"{where}: no message of messages_to_dict", hint='each is {"type": "human", "data": {"content": ...}}',
                             code="input.langchain")  # fmt: skip
        role = str(data["role"]) if kind == "chat" and data.get("role") else _LANGCHAIN_ROLES[kind]
        draft = _message_draft({**data, "role": role}, where, path.stem, turn, origin)
        if draft is not None:
            yield draft


# Chat messages: [{role, content}], {"messages": [...]}, or either of them a line.

_ROLES_SKIPPED = {"system", "developer"}  # instructions to a model, not something an agent experienced
_ROLE_ORIGINS = {
    "assistant": Origin.ASSISTANT,
    "model": Origin.ASSISTANT,
    "tool": Origin.TOOL,
    "function": Origin.TOOL,
}


def _messages(path: Path, origin: Origin, conversation: str | None) -> Iterator[Draft]:
    names: list[str] = []
    found = False
    for name, where, messages in _conversations(path):
        names.append(name)
        if conversation is not None and name != conversation:
            continue
        found = True
        for turn, message in messages:
            draft = _message_draft(message, f"{where}, message {turn}", name, turn, origin)
            if draft is not None:
                yield draft
    _require_conversation(path, conversation, found, names)


def _conversations(path: Path) -> Iterator[tuple[str, str, Iterator[tuple[int, Any]]]]:
    """(name, where it is in the file, its numbered messages) of every conversation."""
    if path.suffix.casefold() in {".jsonl", ".ndjson"} or _is_json_lines_only(path):
        yield from _conversations_by_line(path)
        return
    document = _document(path)
    items = document if isinstance(document, list) else [document]
    if items and all(isinstance(item, dict) and "messages" in item for item in items):
        for position, item in enumerate(items, start=1):
            yield (
                _named(item, path, position),
                f"{path.name}, conversation {position}",
                _numbered(item["messages"], path),
            )
        return
    yield path.stem, path.name, _numbered(items, path)


def _is_json_lines_only(path: Path) -> bool:
    """Several JSON objects in a row, whatever the file is called."""
    try:
        json.loads("".join(_lines(path)))
    except (json.JSONDecodeError, RecursionError):
        return _is_json_lines(path)
    return False


def _conversations_by_line(path: Path) -> Iterator[tuple[str, str, Iterator[tuple[int, Any]]]]:
    turn = 0
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        item = _parse(line, path.name, number)
        if isinstance(item, dict) and "messages" in item:
            yield _named(item, path, number), f"{path.name}, line {number}", _numbered(item["messages"], path)
        else:
            turn += 1
            yield path.stem, f"{path.name}, line {number}", iter([(turn, item)])


def _named(item: JsonDict, path: Path, position: int) -> str:
    return str(
        item.get("id") or item.get("conversation_id") or item.get("title") or f"{path.stem}-{position}"
    )


def _numbered(messages: Any, path: Path) -> Iterator[tuple[int, Any]]:
    if not isinstance(messages, list):
        raise InputError(
            f"{path.name}: 'messages' is not a list", hint="see docs/cli.md, import", code="input.messages"
        )
    return enumerate(messages, start=1)


def _message_draft(message: Any, where: str, session: str, turn: int, origin: Origin) -> Draft | None:
    if not isinstance(message, dict) or "role" not in message:
        raise InputError(
            f"{where}: no 'role'", hint='each message is {"role": ..., "content": ...}', code="input.messages"
        )
    role = str(message["role"]).casefold()
    text = _content_text(message.get("content"), where)
    if role in _ROLES_SKIPPED or not text.strip():
        return None
    when = next(
        (_parse_time(message[key]) for key in ("timestamp", "created_at", "create_time") if key in message),
        None,
    )
    actor = str(message.get("name") or role)
    return Draft(
        text=text,
        origin=_ROLE_ORIGINS.get(role, origin),
        source=Source(session=session, turn=turn, actor=actor),
        occurred_at=when,
        metadata={},
    )


def _content_text(content: Any, where: str) -> str:
    """The text of a message's content: a string, None beside tool calls, or a list of typed parts."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [
            part if isinstance(part, str) else part.get("text", "")
            for part in content
            if isinstance(part, str | dict)
        ]
        return "\n".join(part for part in parts if isinstance(part, str) and part)
    raise InputError(
        f"{where}: 'content' is neither text nor a list of parts",
        hint="see docs/cli.md, import",
        code="input.messages",
    )


# mem0: {"results": [{memory, created_at, metadata}]} or the list itself.


def _mem0(path: Path, origin: Origin) -> Iterator[Draft]:
    document = _document(path)
    entries = document
    if isinstance(document, dict):
        entries = document.get("results", document.get("memories"))
    if not isinstance(entries, list):
        raise InputError(f"{path.name}: no list of memories", hint="export with get_all()", code="input.mem0")
    for position, entry in enumerate(entries, start=1):
        text = entry.get("memory", entry.get("text")) if isinstance(entry, dict) else None
        if not isinstance(text, str):
            raise InputError(
                f"{path.name}, memory {position}: no text", hint="export with get_all()", code="input.mem0"
            )
        if text.strip():
            when = _parse_time(entry.get("updated_at") or entry.get("created_at"))
            yield Draft(
                text=text,
                origin=origin,
                source=Source(session="mem0", turn=position),
                occurred_at=when,
                metadata={},
            )


# Plain text: a paragraph an experience. Markdown: a block an experience, under its headings.


def _text(path: Path, origin: Origin) -> Iterator[Draft]:
    for turn, (text, line) in enumerate(_paragraphs(_lines(path)), start=1):
        yield Draft(
            text=text,
            origin=origin,
            source=Source(session=path.name, turn=turn),
            occurred_at=None,
            metadata={"line": line},
        )


def _paragraphs(lines: Iterable[str]) -> Iterator[tuple[str, int]]:
    """(text, first line) of every run of filled lines."""
    block: list[str] = []
    start = 0
    for number, line in enumerate(lines, start=1):
        if line.strip():
            start = start or number
            block.append(line.rstrip())
        elif block:
            yield "\n".join(block).strip(), start
            block, start = [], 0
    if block:
        yield "\n".join(block).strip(), start


_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?")
_FENCE = re.compile(r"^\s*(```+|~~~+)")


def _markdown(path: Path, origin: Origin) -> Iterator[Draft]:
    for turn, (text, line, headings) in enumerate(_markdown_blocks(_lines(path)), start=1):
        metadata: JsonDict = {"line": line}
        if headings:
            metadata["heading"] = " > ".join(headings)
        yield Draft(
            text=text,
            origin=origin,
            source=Source(session=path.name, turn=turn),
            occurred_at=None,
            metadata=metadata,
        )


def _markdown_blocks(lines: Iterable[str]) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """(text, first line, headings above) of every paragraph, list item and fenced block; front matter is skipped."""
    headings: dict[int, str] = {}
    block: list[str] = []
    start = 0
    fence = ""
    in_front_matter = False
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip()
        if number == 1 and line == "---":
            in_front_matter = True
            continue
        if in_front_matter:
            in_front_matter = line != "---"
            continue
        above = tuple(headings[level] for level in sorted(headings))
        opening = _FENCE.match(line)
        if fence:
            block.append(line)
            if opening and opening[1].startswith(fence) and line.strip() == opening[1]:
                yield "\n".join(block), start, above
                block, start, fence = [], 0, ""
            continue
        heading = _HEADING.match(line)
        begins_block = bool(opening or heading or _ITEM.match(line) or not line.strip())
        if begins_block and block:
            yield "\n".join(block), start, above
            block, start = [], 0
        if opening:
            fence, block, start = opening[1], [line], number
        elif heading:
            level = len(heading[1])
            headings = {depth: title for depth, title in headings.items() if depth < level}
            headings[level] = heading[2]
        elif line.strip():
            start = start or number
            block.append(_ITEM.sub("", line, count=1).strip())
    if block:
        yield "\n".join(block), start, tuple(headings[level] for level in sorted(headings))
