"""Files that are read: lines of text, values of JSON, moments. Every reader of a format is built on these.

A JSON document is read one element of its list at a time, so memory follows the largest element and not the file. `json`
decodes; what is here only finds where the next element begins, and says line and column of what cannot be read.
Knows no format.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any, NoReturn

from memos.errors import InputError
from memos.types import JsonDict

LONGEST = 64 << 20
"""Characters of one line or one element; what is longer is refused before memory runs out."""
_CHUNK = 1 << 16
_UNDECIDED = 12
"""Characters at the end of what was read that may be the beginning of something else: `1.`, `nul`, half an escape."""
_SPACE = " \t\r\n"


def lines(path: Path) -> Iterator[str]:
    """The lines of a UTF-8 file. Raises InputError where it is none, cannot be read or holds too long a line."""
    with _opened(path) as file:
        while line := file.readline(LONGEST + 1):
            if len(line) > LONGEST:
                raise _too_long(path)
            yield line


def head(path: Path) -> bytes:
    """The first bytes of a file; none of one that cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError:
        return b""


def looks_like_json(path: Path) -> bool:
    return head(path).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def parse(text: str, where: str, first_line: int = 1) -> Any:
    """One JSON value. Raises InputError with its line and column."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _not_json(where, first_line + error.lineno - 1, error.colno, error.msg) from None
    except RecursionError:
        raise _too_deep(where) from None


def elements(path: Path, *under: str) -> Iterator[Any]:
    """The elements of the file's list, one at a time; of the lists under the keys `under` where it is an object; the
    object itself where it has none of them."""
    with _opened(path) as file:
        document = _Document(file, path)
        if document.peek() == "[":
            yield from document.elements()
        elif document.peek() == "{" and under:
            found: JsonDict = {}
            listed = False
            for key in document.members():
                if key in under and document.peek() == "[":
                    listed = True
                    yield from document.elements()
                else:
                    found[key] = document.value()
            if not listed:
                yield found
        else:
            yield document.value()
        document.end()


def outline(path: Path) -> Any:
    """The shape of a document: a list with its first element alone, or an object whose lists are cut to their first."""
    with _opened(path) as file:
        document = _Document(file, path)
        if document.peek() == "[":
            return list(islice(document.elements(), 1))
        if document.peek() != "{":
            return document.value()
        return _cut(document)


def is_json_lines(path: Path) -> bool:
    """Whether an object is followed by more on a later line, whatever the file is called."""
    with _opened(path) as file:
        document = _Document(file, path)
        if document.peek() != "{":
            return False
        try:
            _cut(document)
        except InputError:
            return False
        begun = document.line
        return document.peek() != "" and document.line > begun


def _cut(document: _Document) -> JsonDict:
    shape: JsonDict = {}
    for key in document.members():
        if document.peek() == "[":
            shape[key] = []
            for element in document.elements():
                shape[key] = shape[key] or [element]
        else:
            shape[key] = document.value()
    return shape


class _Document:
    """One JSON text, decoded piece by piece. `line` is where the next piece stands."""

    def __init__(self, file: IO[str], path: Path) -> None:
        self._file = file
        self._path = path
        self._text = ""
        self._at = 0
        self._line_start = 0  # of what is in `_text`; negative when the line began before it
        self._whole = False
        self._decoder = json.JSONDecoder()
        self.line = 1

    def peek(self) -> str:
        """The next character that is no space, "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                if self._text[self._at] == "\n":
                    self.line, self._line_start = self.line + 1, self._at + 1
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def elements(self) -> Iterator[Any]:
        """The elements of the list that begins here."""
        yield from (self.value() for _ in self._items("[", "]"))

    def members(self) -> Iterator[str]:
        """The keys of the object that begins here; whoever takes one reads its value before the next."""
        for _ in self._items("{", "}"):
            if self.peek() != '"':
                self._wrong("Expecting property name enclosed in double quotes")
            key = self.value()
            self._expect(":", "Expecting ':' delimiter")
            yield key

    def value(self) -> Any:
        """The value that begins here, whole."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise _too_deep(self._path.name) from None
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated string") or error.pos >= len(self._text) - _UNDECIDED
                if cut and self._more():
                    continue
                raise _not_json(self._path.name, self.line + error.lineno - 1 - self._text.count("\n", 0, self._at),
                                self._column(error.pos), error.msg) from None  # fmt: skip
            if end > len(self._text) - _UNDECIDED and self._more():
                continue
            self._advance(end)
            return value

    def end(self) -> None:
        """Refuses whatever stands behind the document."""
        if self.peek():
            self._wrong("Extra data")

    def _items(self, opening: str, closing: str) -> Iterator[None]:
        self._expect(opening, f"Expecting '{opening}'")
        if self.peek() == closing:
            self._at += 1
            return
        while True:
            yield
            if self.peek() == closing:
                self._at += 1
                return
            self._expect(",", "Expecting ',' delimiter")

    def _expect(self, mark: str, message: str) -> None:
        if self.peek() != mark:
            self._wrong(message)
        self._at += 1

    def _advance(self, end: int) -> None:
        newlines = self._text.count("\n", self._at, end)
        if newlines:
            self.line += newlines
            self._line_start = self._text.rindex("\n", self._at, end) + 1
        self._at = end

    def _more(self) -> bool:
        """Read on, twice as far each time an element does not fit: each character is decoded a few times at most."""
        kept = len(self._text) - self._at
        if self._whole:
            return False
        if kept > LONGEST:
            raise _too_long(self._path)
        read = self._file.read(max(_CHUNK, kept))
        if not read:
            self._whole = True
            return False
        self._text = self._text[self._at :] + read
        self._line_start -= self._at
        self._at = 0
        return True

    def _column(self, position: int) -> int:
        newline = self._text.rfind("\n", 0, position)
        return position - (newline if newline >= self._at else self._line_start - 1)

    def _wrong(self, message: str) -> NoReturn:
        raise _not_json(self._path.name, self.line, self._column(self._at), message)


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield file
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is not UTF-8 text", hint="convert it: iconv -t UTF-8", code="input.encoding") from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", hint="check its permissions", code="input.unreadable"
        ) from None


def _not_json(where: str, line: int, column: int, message: str) -> InputError:
    return InputError(f"{where}, line {line}, column {column}: not valid JSON ({message})",
                      hint="mend that line, or name another --format", code="input.json")  # fmt: skip


def _too_deep(where: str) -> InputError:
    return InputError(f"{where}: JSON nested too deeply", hint="flatten it", code="input.json")


def _too_long(path: Path) -> InputError:
    return InputError(f"{path.name} holds a line or an element of more than {LONGEST >> 20} MB", hint="split it",
                      code="input.too_long")  # fmt: skip


_TIME_FORMATS = ("%I:%M %p on %d %B, %Y", "%d %B, %Y", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d (%a) %H:%M", "%Y/%m/%d")


def parse_time(value: Any) -> datetime | None:
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
