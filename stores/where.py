"""Filters as people type them: `actor = "Ana" and occurred_at > 2024-01-01 and not text contains draft`.

    condition   FIELD = VALUE   != < <= > >=   FIELD in (VALUE, ...)   FIELD contains VALUE   FIELD is [not] empty
    combined    and, or, not, parentheses; `and` binds closer than `or`

A value is quoted, a number, true or false, a date, or one bare word. The result is a typed filter whose values are bound:
no text becomes SQL. Knows the grammar; which fields there are, and of which kind, is for `filters` to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NoReturn

import sqlalchemy as sa

from memos.errors import InputError
from memos.stores.filters import (
    FIELDS,
    MAX_DEPTH,
    And,
    Contains,
    Eq,
    Filter,
    Ge,
    Gt,
    Le,
    Lt,
    Ne,
    Not,
    Or,
    compiled,
    parse_filter,
)

LONGEST = 10_000
HINT = "for example: actor = \"Ana\" and occurred_at >= 2024-01-01"

_TOKEN = re.compile(
    r"""\s*(?:(?P<mark>[(),]|<=|>=|!=|<>|==|=|<|>)
        |(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
        |(?P<word>[^\s()<>=!,"']+))""",
    re.VERBOSE,
)
_COMPARISONS = {"=": Eq, "==": Eq, "!=": Ne, "<>": Ne, "<": Lt, "<=": Le, ">": Gt, ">=": Ge}
_NAMES = {Eq: "eq", Ne: "ne", Lt: "lt", Le: "le", Gt: "gt", Ge: "ge", Contains: "contains"}
_RESERVED = ("and", "or", "not", "in", "contains", "is")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")


def parse_where(text: str) -> Filter:
    """The filter. Raises InputError that names the place, or the field that does not exist."""
    if len(text) > LONGEST:
        raise InputError(f"a filter of {len(text):,} characters", hint=f"at most {LONGEST:,}", code="input.where")
    found = _Reader(text).whole()
    compiled(found)  # an unknown field, or a value of another kind, is an error before anything is opened
    return found


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


class _Reader:
    """One pass over the tokens of a filter, by recursive descent."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[_Token] = []
        at = 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None:
                at += len(text[at:]) - len(text[at:].lstrip())
                self._fail("an unfinished quotation" if text[at] in "\"'" else f"{text[at]!r} is not understood", at)
            kind = str(match.lastgroup)
            self._tokens.append(_Token(kind, match[kind], match.start(kind)))
            at = match.end()
        self._next = 0
        self._depth = 0

    def whole(self) -> Filter:
        found = self._any_of()
        if token := self._peek():
            self._fail(f"expected and, or, or the end, not {token.text!r}", token.at)
        return found

    def _any_of(self) -> Filter:
        parts = [self._all_of()]
        while self._take("or"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all_of(self) -> Filter:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self) -> Filter:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._fail(f"a filter may nest {MAX_DEPTH} deep")
        try:
            if self._take("not"):
                return Not(self._one())
            if self._take("("):
                inside = self._any_of()
                self._expect(")")
                return inside
            return self._condition()
        finally:
            self._depth -= 1

    def _condition(self) -> Filter:
        token = self._advance("a field")
        if token.kind != "word" or token.text.casefold() in _RESERVED:
            self._fail(f"expected a field, not {token.text!r}", token.at)
        field = token.text
        if self._take("is"):
            absent = not self._take("not")
            if not (self._take("empty") or self._take("null")):
                self._fail("expected empty after is")
            return Eq(field, None) if absent else Ne(field, None)
        if self._take("not"):
            if self._take("in"):
                return Not(self._member(field))
            self._expect("contains")
            return Not(self._typed(Contains, field, self._advance("a value")))
        if self._take("in"):
            return self._member(field)
        if self._take("contains"):
            return self._typed(Contains, field, self._advance("a value"))
        operator = self._advance("=, !=, <, <=, >, >=, in, contains or is")
        if operator.text not in _COMPARISONS:
            self._fail(f"expected a comparison after {field}, not {operator.text!r}", operator.at)
        return self._typed(_COMPARISONS[operator.text], field, self._advance("a value"))

    def _member(self, field: str) -> Filter:
        self._expect("(")
        values = [self._value(field, self._advance("a value"))]
        while self._take(","):
            values.append(self._value(field, self._advance("a value")))
        self._expect(")")
        return parse_filter({"in": [field, values]})

    def _typed(self, kind: type[Any], field: str, token: _Token) -> Filter:
        return parse_filter({_NAMES[kind]: [field, self._value(field, token)]})

    def _value(self, field: str, token: _Token) -> Any:
        if token.kind == "mark" or (token.kind == "word" and token.text.casefold() in _RESERVED):
            self._fail(f"expected a value, not {token.text!r}", token.at)
        if token.kind == "quoted":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
        column = FIELDS.get(field)
        if column is not None and isinstance(column.type, sa.Text):
            return token.text
        if token.text.casefold() in ("true", "false"):
            return token.text.casefold() == "true"
        if _NUMBER.fullmatch(token.text):
            return float(token.text) if set(token.text) & set(".eE") else int(token.text)
        return token.text

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, word: str) -> bool:
        token = self._peek()
        if token is None or token.kind == "quoted" or token.text.casefold() != word:
            return False
        self._next += 1
        return True

    def _expect(self, word: str) -> None:
        if not self._take(word):
            token = self._peek()
            self._fail(f"expected {word!r}" + (f", not {token.text!r}" if token else ""), token.at if token else None)

    def _advance(self, wanted: str) -> _Token:
        token = self._peek()
        if token is None:
            self._fail(f"expected {wanted} at the end")
        self._next += 1
        return token

    def _fail(self, why: str, at: int | None = None) -> NoReturn:
        place = len(self._text) if at is None else at
        raise InputError(f"the filter, character {place + 1}: {why}", hint=HINT, code="input.where")
