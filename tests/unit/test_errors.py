"""The error tree: drawn as it is, mapped to exit statuses, printable as JSON."""

from __future__ import annotations

import inspect
import re

import pytest

from memos import errors
from memos.errors import ExitCode, MemosError


def _tree() -> list[type[MemosError]]:
    return [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, MemosError)]


def test_the_docstring_draws_every_error_under_its_parent() -> None:
    drawn: dict[str, str] = {}
    above: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"^([\s│├└─]*)([A-Z]\w+)\s{2,}", line)
        if match:
            depth = len(match[1])
            above = {at: name for at, name in above.items() if at < depth}
            drawn[match[2]] = above[max(above)] if above else ""
            above[depth] = match[2]
    actual = {one.__name__: one.__mro__[1].__name__ if one is not MemosError else "" for one in _tree()}
    assert drawn == actual


def test_codes_are_distinct_and_stable_in_form() -> None:
    codes = [one.default_code for one in _tree()]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", code) for code in codes)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ConfigError", 2),
        ("InputError", 2),
        ("NotFoundError", 3),
        ("StoreError", 1),
        ("StoreBusy", 1),
        ("EmbedderMismatch", 1),
        ("ModelUnavailable", 1),
        ("GateRejected", 4),
        ("NotRevertible", 1),
        ("ChainBroken", 5),
    ],
)
def test_exit_statuses_that_scripts_rely_on(name: str, status: int) -> None:
    assert getattr(errors, name).exit_code == status


def test_the_table_of_statuses() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "OK": 0,
        "RUNTIME": 1,
        "USAGE": 2,
        "NOT_FOUND": 3,
        "GATE_REFUSED": 4,
        "AUDIT_BROKEN": 5,
        "INTERRUPTED": 130,
    }


def test_an_error_carries_message_hint_and_code() -> None:
    error = errors.NotFoundError("no run 12", hint="memos runs")
    assert str(error) == "no run 12"
    assert error.as_dict() == {"error": "no run 12", "hint": "memos runs", "code": "not_found"}
    assert errors.NotFoundError("x", code="not_found.run").code == "not_found.run"
