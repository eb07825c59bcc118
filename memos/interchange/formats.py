"""The registry of formats that can be read: what a file is, and who reads it. A module a format, each yielding `Draft`s.

- Everything streams: a reader holds one line, or one element of a JSON list, at a time (`sources`).
- Nothing is stored here: the manager observes what a reader yields, through the same policies as everything else.
- Imported text keeps the origin `import` until someone vouches for it, so it does not reach the parameters unasked.

Knows no SQL, no model and no terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from memos.errors import InputError, NotFoundError
from memos.interchange import langchain, locomo, longmemeval, mem0, messages, prose, sources
from memos.interchange.archive import archive_drafts
from memos.types import Draft, JsonDict, Origin

Reader = Callable[[Path, Origin, str | None], Iterator[Draft]]

_READERS: dict[str, Reader] = {
    "archive": lambda path, origin, conversation: archive_drafts(path),
    "langchain": langchain.read,
    "locomo": locomo.read,
    "longmemeval": longmemeval.read,
    "markdown": prose.read_markdown,
    "mem0": mem0.read,
    "messages": messages.read,
    "text": prose.read_text,
}
FORMATS = ("auto", *_READERS)

# Asked in this order of the first element of a JSON document; the first that knows it reads it.
_SHAPES: tuple[tuple[str, Callable[[JsonDict], bool]], ...] = (
    ("locomo", locomo.matches), ("longmemeval", longmemeval.matches), ("langchain", langchain.matches),
    ("mem0", mem0.matches), ("messages", messages.matches),
)  # fmt: skip


def detect_format(path: Path) -> str:
    """The format of a file by its name, then by its beginning. Raises InputError when neither tells."""
    suffix = path.suffix.casefold()
    if path.is_dir() or suffix in prose.PAGES:
        return "markdown"
    if suffix == ".zip" or sources.head(path).startswith(b"PK"):
        return "archive"
    if suffix in {".txt", ".text", ""} and not sources.looks_like_json(path):
        return "text"
    if suffix in {".jsonl", ".ndjson"}:
        return "messages"
    if suffix == ".json" or sources.looks_like_json(path):
        return _detect_json(path)
    raise InputError(
        f"cannot tell the format of {path.name}",
        hint=f"--format {'|'.join(FORMATS[1:])}",
        code="input.format",
    )


def read_drafts(
    path: Path, *, format: str = "auto", origin: Origin | None = None, conversation: str | None = None
) -> Iterator[Draft]:
    """Every experience in a file or a folder of Markdown, in order. `origin` replaces `import` for what people said in it.

    `conversation` keeps one conversation of a file that holds several. Raises NotFoundError for a missing file and
    InputError, with the line where that is known, for one that cannot be understood.
    """
    if format not in FORMATS:
        raise InputError(
            f"unknown format {format!r}", hint=f"one of {', '.join(FORMATS)}", code="input.format"
        )
    if not (path.is_file() or (path.is_dir() and format in ("auto", "markdown"))):
        raise NotFoundError(f"no file {path}", hint="check the path", code="not_found.file")
    chosen = detect_format(path) if format == "auto" else format
    return _READERS[chosen](path, origin or Origin.IMPORT, conversation)


def _detect_json(path: Path) -> str:
    if sources.is_json_lines(path):
        return "messages"
    shape = sources.outline(path)
    sample = shape[0] if isinstance(shape, list) and shape else shape
    if isinstance(sample, dict):
        for name, matches in _SHAPES:
            if matches(sample):
                return name
    if shape == []:
        return "messages"
    raise InputError(
        f"{path.name} is JSON of an unknown shape",
        hint="expected LoCoMo, LongMemEval, chat messages, LangChain messages or a mem0 export; see docs/apps.md",
        code="input.format",
    )
