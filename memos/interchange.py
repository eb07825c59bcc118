"""Files in and out: importers for other people's formats, and the portable archive of one namespace.

- Readers yield `Draft`s one by one. JSON Lines, text and Markdown stream; a JSON document is read whole.
- Nothing is stored here: the manager observes what a reader yields, through the same policies as everything else.
- Imported text keeps the origin `import` until someone vouches for it, so it does not reach the parameters unasked.
- An archive is a zip of JSON Lines with a sha256 for each member. It holds what was said, decided and done; weights
  are not in it, since consolidating again teaches the same facts.

Knows no SQL, no model and no terminal.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from memos.errors import InputError, NotFoundError, StoreUnwritable
from memos.types import Draft, JsonDict, MemoryRecord, Origin, RecordState, Source, Value, utc_now

if TYPE_CHECKING:
    from memos.manager import MemoryManager
    from memos.protocols import Progress
    from memos.types import ImportReport

FORMATS = ("auto", "archive", "locomo", "markdown", "mem0", "messages", "text")

ARCHIVE_FORMAT = "memos-archive"
ARCHIVE_VERSION = 1
MANIFEST = "manifest.json"
_PAGE = 500
_EPOCH_OF_ZIP = (1980, 1, 1, 0, 0, 0)  # a fixed time, so that equal content gives equal members


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
        return _archive_drafts(path)
    readers: dict[str, Callable[[], Iterator[Draft]]] = {
        "locomo": lambda: _locomo(path, spoken, conversation),
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
        if "memory" in sample or "results" in sample or "memories" in sample:
            return "mem0"
        if "role" in sample or "messages" in sample:
            return "messages"
    if document == []:
        return "messages"
    raise InputError(
        f"{path.name} is JSON of an unknown shape",
        hint="expected LoCoMo, chat messages or a mem0 export; see docs/cli.md",
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


_TIME_FORMATS = ("%I:%M %p on %d %B, %Y", "%d %B, %Y", "%Y-%m-%d %H:%M:%S")


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


# --- the portable archive --------------------------------------------------------------------------------------------


class ArchiveReport(Value):
    """What an export wrote: rows by member, and the sha256 of the whole file."""

    path: str
    namespace: str
    members: dict[str, int]
    bytes: int
    sha256: str


@dataclass(frozen=True)
class _Member:
    name: str
    rows: Callable[[], Iterator[JsonDict]]


def export_archive(memory: MemoryManager, path: Path, *, progress: Progress | None = None) -> ArchiveReport:
    """Write the namespace to `path`, whole or not at all. Raises StoreUnwritable when the file cannot be written."""
    members = (
        _Member("records.jsonl", lambda: (record.model_dump(mode="json") for record in all_records(memory))),
        _Member("history.jsonl", lambda: _history(memory)),
        _Member(
            "decisions.jsonl",
            lambda: (item.model_dump(mode="json") for item in memory.decisions(limit=10**9)),
        ),
        _Member("runs.jsonl", lambda: (run.model_dump(mode="json") for run in memory.runs())),
        _Member("events.jsonl", lambda: (event.model_dump(mode="json") for event in memory.log(limit=10**9))),
    )
    temporary = path.with_name(path.name + ".part")
    counts: dict[str, int] = {}
    manifest: JsonDict = {
        "format": ARCHIVE_FORMAT,
        "version": ARCHIVE_VERSION,
        "namespace": memory.namespace,
        "created_at": utc_now().isoformat(),
        "members": {},
    }
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for done, member in enumerate(members):
                if progress is not None:
                    progress(done, len(members), member.name)
                counts[member.name], digest = _write_member(archive, member)
                manifest["members"][member.name] = {"rows": counts[member.name], "sha256": digest}
            archive.writestr(_zip_info(MANIFEST), json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StoreUnwritable(
            f"{path} cannot be written: {error.strerror}", hint="choose another folder"
        ) from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if progress is not None:
        progress(len(members), len(members), "done")
    return ArchiveReport(
        path=str(path),
        namespace=memory.namespace,
        members=counts,
        bytes=path.stat().st_size,
        sha256=_file_digest(path),
    )


def all_records(memory: MemoryManager) -> Iterator[MemoryRecord]:
    """Every record of the namespace that still has its text, page by page."""
    states = (RecordState.ACTIVE, RecordState.PAUSED, RecordState.SUPERSEDED)
    offset = 0
    while page := memory.list(states=states, limit=_PAGE, offset=offset):
        yield from page
        offset += len(page)


def _history(memory: MemoryManager) -> Iterator[JsonDict]:
    for record in all_records(memory):
        for revision in memory.history(record.id):
            yield revision.model_dump(mode="json")


def _write_member(archive: zipfile.ZipFile, member: _Member) -> tuple[int, str]:
    digest = hashlib.sha256()
    rows = 0
    with archive.open(_zip_info(member.name), "w") as out:
        for row in member.rows():
            line = (json.dumps(row, ensure_ascii=True, sort_keys=True) + "\n").encode("ascii")
            out.write(line)
            digest.update(line)
            rows += 1
    return rows, digest.hexdigest()


def _zip_info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH_OF_ZIP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify_archive(path: Path) -> JsonDict:
    """The manifest of an archive whose every member has the sha256 it claims. Raises InputError otherwise."""
    damaged = "the archive is damaged or was changed; export it again"
    try:
        with zipfile.ZipFile(path) as archive:
            manifest: JsonDict = _parse(archive.read(MANIFEST).decode("utf-8"), f"{path.name}, {MANIFEST}")
            if manifest.get("format") != ARCHIVE_FORMAT:
                raise InputError(
                    f"{path.name} is not a memos archive",
                    hint="memos export FILE writes one",
                    code="input.archive",
                )
            if manifest.get("version") != ARCHIVE_VERSION:
                raise InputError(
                    f"{path.name} is an archive of version {manifest.get('version')}; this memos reads {ARCHIVE_VERSION}",
                    hint="upgrade memos",
                    code="input.archive_version",
                )
            for name, claim in manifest["members"].items():
                with archive.open(name) as member:
                    if _stream_digest(member) != claim["sha256"]:
                        raise InputError(
                            f"{path.name}: {name} does not have its checksum",
                            hint=damaged,
                            code="input.archive",
                        )
    except (
        zipfile.BadZipFile,
        EOFError,
        KeyError,
        UnicodeDecodeError,
        OSError,
        TypeError,
        AttributeError,
    ) as error:
        raise InputError(
            f"{path.name} cannot be read as an archive: {error}", hint=damaged, code="input.archive"
        ) from None
    except NotImplementedError as error:
        raise InputError(f"{path.name}: {error}", hint=damaged, code="input.archive") from None
    return manifest


def _stream_digest(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def _archived_records(path: Path) -> list[MemoryRecord]:
    """Oldest first, so that what superseded what comes out the same."""
    with zipfile.ZipFile(path) as archive, archive.open("records.jsonl") as lines:
        records = [MemoryRecord.model_validate_json(line) for line in lines]
    return sorted(records, key=lambda record: (record.occurred_at, record.observed_at, record.id))


def _archive_drafts(path: Path) -> Iterator[Draft]:
    verify_archive(path)
    for record in _archived_records(path):
        yield Draft(
            text=record.text,
            origin=record.origin,
            source=record.source,
            occurred_at=record.occurred_at,
            metadata={**record.metadata, "archive_id": record.id},
        )


def import_archive(memory: MemoryManager, path: Path, *, progress: Progress | None = None) -> ImportReport:
    """Observe every record of an archive again, oldest first, and put aside what was not active in it.

    Ids are new. Approvals are not carried over: whoever imports vouches for the text with `memos approve`.
    """
    report = memory.observe_many(_archive_drafts(path), progress=progress)
    inactive = {record.id for record in _archived_records(path) if record.state is not RecordState.ACTIVE}
    for record in list(all_records(memory)):
        if record.state is RecordState.ACTIVE and record.metadata.get("archive_id") in inactive:
            memory.pause(record.id)
    return report
