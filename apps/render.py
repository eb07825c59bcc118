"""Documents to the terminal: tables for people, tab-separated lines for `--plain`, JSON for `--json`.

The only module of the apps that prints. stdout carries data, stderr narration. Text from memories and models is shown,
never interpreted: control characters and direction overrides come out as visible escapes. Knows no manager.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TextIO

from memos.errors import InputError, MemosError

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table as RichTable

JSON_VERSION = 1
PIPE_WIDTH = 400  # a table that goes into a pipe is not cut to a screen nobody looks at
LEAST_WIDE = 24  # cells that the folded column of a table needs to be readable

# C0 and C1 controls but tab and newline, line separators, direction overrides, lone surrogates. Joiners stay: emoji and
# several scripts need them, and no terminal obeys them.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Mode(Enum):
    """How a verb shows its result."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"


@dataclass(frozen=True)
class Table:
    """Rows under columns. `wide` names the column that takes the remaining width; it is folded, never cut."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    title: str = ""
    wide: str = "text"
    header: bool = True


@dataclass(frozen=True)
class Document:
    """One result, in every form: `data` is the JSON, `blocks` what people read. `empty` teaches what to do next.

    `data` is a declared shape, so that its schema is known (`contract`); None for what only people are shown.
    """

    data: BaseModel | None
    blocks: tuple[Table | str, ...] = ()
    empty: str = ""


def escape(text: str) -> str:
    """The text with every character that a terminal would obey, or hide, made visible. Newlines and tabs stay."""
    return _UNSAFE.sub(_visible, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """`escape`, on one line: for table cells and tab-separated output."""
    return escape(text).replace("\n", "\\n").replace("\t", "\\t")


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def to_json(data: dict[str, Any]) -> str:
    """One JSON object with the version of its shape."""
    return as_json({"version": JSON_VERSION, **data})


def as_json(data: Any) -> str:
    """JSON in which characters that a terminal would obey are escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def show(document: Document, mode: Mode = Mode.TABLE) -> None:
    """Print a result on stdout; the hint of an empty one goes to stderr."""
    if mode is Mode.JSON:
        assert document.data is not None, "only people are shown this"
        _write(sys.stdout, to_json(document.data.model_dump(mode="json")) + "\n")
        return
    for position, block in enumerate(document.blocks):
        if isinstance(block, str):
            _write(sys.stdout, escape(block) + "\n")
        elif mode is Mode.PLAIN:
            _write(
                sys.stdout, "".join("\t".join(one_line(cell) for cell in row) + "\n" for row in block.rows)
            )
        elif block.rows:
            if position and block.title:
                _write(sys.stdout, "\n")
            _print_table(block)
    if document.empty and not any(isinstance(block, str) or block.rows for block in document.blocks):
        say(document.empty)


def _print_table(table: Table) -> None:
    from rich.text import Text

    console = _console(sys.stdout)
    if table.title:
        console.print(Text(escape(table.title), style="bold"))
    with console.capture() as captured:
        console.print(Fitted(table) if sys.stdout.isatty() else grid(table))
    # the padding of the last column would make every line of a pipe as long as the longest
    _write(sys.stdout, "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def grid(table: Table) -> RichTable:
    """The rows as something that rich lays out in the width there is."""
    from rich.table import Table as RichTable
    from rich.text import Text

    laid_out = RichTable(
        box=None, show_header=table.header, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0)
    )
    for column in table.columns:
        if column == table.wide:
            laid_out.add_column(column, overflow="fold", ratio=None)
        else:
            laid_out.add_column(column, no_wrap=True)
    for row in table.rows:
        # Text objects, not strings: brackets in a memory are no markup.
        laid_out.add_row(*(Text(one_line(cell)) for cell in row))
    return laid_out


class Fitted:
    """A table where there is room for it; else each row as running text, so that nothing is cut on a narrow screen."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.padding import Padding
        from rich.text import Text

        if _narrow_columns(self._table) + LEAST_WIDE <= options.max_width:
            yield grid(self._table)
            return
        for row in self._table.rows:
            line = Text()
            for at, (name, cell) in enumerate(zip(self._table.columns, row, strict=True)):
                if cell and name != self._table.wide:
                    line.append("  " if line else "")
                    line.append(f"{name} " if at and name else "", style="dim")
                    line.append(one_line(cell), style="" if at else "bold")
            yield line
            wide = [cell for name, cell in zip(self._table.columns, row, strict=True) if name == self._table.wide]
            yield from (Padding(Text(one_line(cell)), (0, 0, 0, 2)) for cell in wide if cell)


def _narrow_columns(table: Table) -> int:
    """Cells that the columns take which are never folded."""
    from rich.cells import cell_len

    rows = (table.columns, *table.rows) if table.header else table.rows
    narrow = [at for at, column in enumerate(table.columns) if column != table.wide]
    return sum(2 + max((cell_len(one_line(row[at])) for row in rows), default=0) for at in narrow)


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    on_terminal = stream.isatty()
    return Console(
        file=stream, highlight=False, emoji=False, width=None if on_terminal else PIPE_WIDTH, soft_wrap=False
    )


def say(text: str) -> None:
    """Narration: one line on stderr."""
    _write(sys.stderr, escape(text) + "\n")


def dim(text: str) -> None:
    """A line beside the data, on stderr, grey where the terminal has colours."""
    plain = escape(text)
    _write(sys.stderr, (f"\x1b[2m{plain}\x1b[0m" if has_colour(sys.stderr) else plain) + "\n")


def has_colour(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def piece(text: str) -> None:
    """A part of a streamed answer, at once."""
    _write(sys.stdout, escape(text))
    sys.stdout.flush()


def fail(error: MemosError, mode: Mode = Mode.TABLE) -> None:
    """What happened and what mends it, on stderr; with `--json` also as an object on stdout."""
    if mode is Mode.JSON:
        _write(sys.stdout, to_json(dict(error.as_dict())) + "\n")
    say(f"error: {error.message}")
    if error.hint:
        say(f"hint: {error.hint}")


def ask(question: str) -> bool:
    """A yes or no on the terminal; anything but yes is no."""
    _write(sys.stderr, f"{escape(question)} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}


def to_clipboard(text: str) -> None:
    """Hand a text to the terminal's clipboard (OSC 52). Raises InputError where stdout is no terminal."""
    if not sys.stdout.isatty():
        raise InputError("there is no terminal, so no clipboard", hint="/save FILE", code="input.copy")
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    _write(sys.stdout, f"\x1b]52;c;{encoded}\a")
    sys.stdout.flush()


def lines(texts: Iterable[str]) -> None:
    """Several lines on stdout."""
    for text in texts:
        _write(sys.stdout, escape(text) + "\n")


def settle_streams() -> None:
    """Make the standard streams fit for data: UTF-8 where no terminal says otherwise, and there even if closed by the caller."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed before this process began, as by `>&-`
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115 - it stays open as the stream did
        elif name != "stdin" and isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            stream.reconfigure(encoding="utf-8", errors="strict" if name == "stdout" else "backslashreplace")


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:  # a terminal of another encoding: show what it can, escape the rest
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
