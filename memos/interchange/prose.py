"""Plain text: a paragraph an experience. Markdown: a block an experience, under its headings; one file or a folder of them.

The session is the file's path, the turn the number of the block, so neighbours in a file are neighbours at recall. A page is
dated by its front matter (`date`, `created`), else by when the file was last changed. Knows no YAML: of front matter, lines
of `key: value` are read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from memos.errors import NotFoundError
from memos.interchange import sources
from memos.types import Draft, JsonDict, Origin, Source

PAGES = (".md", ".markdown")
_DATED = ("date", "created", "created_at")
_LONGEST_FRONT_MATTER = 200


def read_text(path: Path, origin: Origin, conversation: str | None) -> Iterator[Draft]:
    """The paragraphs of one file."""
    for turn, (text, line) in enumerate(_paragraphs(sources.lines(path)), start=1):
        yield Draft(
            text=text,
            origin=origin,
            source=Source(session=path.name, turn=turn),
            occurred_at=None,
            metadata={"line": line},
        )


def read_markdown(path: Path, origin: Origin, conversation: str | None) -> Iterator[Draft]:
    """The blocks of one page, or of every page in a folder and the folders in it. `conversation` names one page of several."""
    if not path.is_dir():
        yield from _page(path, path.name, origin)
        return
    names: list[str] = []
    for page in _pages(path):
        name = page.relative_to(path).as_posix()
        names.append(name)
        if conversation in (None, name):
            yield from _page(page, name, origin)
    if not names or conversation not in (None, *names):
        raise NotFoundError(
            f"no Markdown file {conversation or ''}".rstrip() + f" in {path}",
            hint=f"{', '.join(PAGES)} files are read, hidden ones and links are not", code="not_found.file",
        )  # fmt: skip


def _pages(folder: Path) -> Iterator[Path]:
    """In the order of their paths. Nothing hidden, and no link: it may lead out of the folder."""
    for inside, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(files):
            page = Path(inside, name)
            if page.suffix.casefold() in PAGES and not name.startswith(".") and not page.is_symlink():
                yield page


def _page(path: Path, name: str, origin: Origin) -> Iterator[Draft]:
    about = _front_matter(path)
    said = next((when for key in _DATED if (when := sources.parse_time(about.get(key)))), None)
    when = said or datetime.fromtimestamp(path.stat().st_mtime, UTC)
    page: JsonDict = {key: about[key] for key in ("title", "tags") if about.get(key)}
    for turn, (text, line, headings) in enumerate(_markdown_blocks(sources.lines(path)), start=1):
        metadata: JsonDict = {**page, "file": name, "line": line}
        if headings:
            metadata["heading"] = " > ".join(headings)
        yield Draft(text=text, origin=origin, source=Source(session=name, turn=turn), occurred_at=when, metadata=metadata)


def _front_matter(path: Path) -> JsonDict:
    """The `key: value` lines between `---` at the top of a page; `[a, b]` and the `- a` below a key are lists."""
    found: JsonDict = {}
    key = ""
    for number, raw in enumerate(sources.lines(path)):
        line = raw.rstrip()
        if (number == 0) != (line == "---") or number > _LONGEST_FRONT_MATTER:
            return found if line == "---" else {}
        name, colon, value = line.partition(":")
        if line.startswith(("- ", "  - ")):
            if isinstance(found.get(key), list) or found.get(key) == "":
                found[key] = [*(found[key] or []), line.strip()[2:].strip().strip("'\"")]
        elif colon and not line.startswith((" ", "#")):
            key, value = name.strip().casefold(), value.strip()
            listed = value.startswith("[") and value.endswith("]")
            found[key] = ([one.strip().strip("'\"") for one in value[1:-1].split(",") if one.strip()]
                          if listed else value.strip("'\""))  # fmt: skip
    return {}


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
