"""JSON that is read piece by piece: the same values and places as `json` gives, in memory that does not follow the file."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from memos.errors import InputError
from memos.interchange import detect_format, read_drafts, sources

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=8,
)  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("streams") / "a.json"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(VALUES, max_size=6), chunk=st.integers(1, 40), indent=st.sampled_from([None, 1]), ascii=st.booleans())
def test_a_list_read_in_any_pieces_is_the_list(
    file: Path, items: list[object], chunk: int, indent: int | None, ascii: bool
) -> None:
    file.write_text(json.dumps(items, indent=indent, ensure_ascii=ascii), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "_CHUNK", chunk)
        assert list(sources.elements(file)) == items
        assert sources.outline(file) == items[:1]
        file.write_text(json.dumps({"id": 7, "messages": items, "b": [1, 2]}, indent=indent, ensure_ascii=ascii), "utf-8")
        assert list(sources.elements(file, "messages")) == items
        assert sources.outline(file) == {"id": 7, "messages": items[:1], "b": [1]}


@pytest.mark.parametrize("chunk", [1, 7, 1 << 16])
@pytest.mark.parametrize(
    "text",
    [
        '[\n{"a": 1},\n{"a": }\n]', '[{"a": 1}\n {"b": 2}]', '[{"a": "open\n"}]', '[1, 2', '[1, 2] x', '[1, nul]',
        '[{"a": 1}, {"a" 1}]', '[1,\n\n 2,\n "\\q"]',
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_the_line_and_column_that_json_tells(
    file: Path, text: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_CHUNK", chunk)
    file.write_text(text, "utf-8")
    with pytest.raises(json.JSONDecodeError) as wanted:
        json.loads(text)
    with pytest.raises(InputError) as caught:
        list(sources.elements(file))
    assert f"line {wanted.value.lineno}, column {wanted.value.colno}:" in caught.value.message


def test_an_element_beyond_any_use_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LONGEST", 1_000)
    monkeypatch.setattr(sources, "_CHUNK", 100)
    file.write_text('[{"role": "user", "content": "' + "a" * 5_000 + '"}]', "utf-8")
    with pytest.raises(InputError) as caught:
        list(sources.elements(file))
    assert caught.value.code == "input.too_long"
    with pytest.raises(InputError):
        list(sources.lines(file))


def _rows(count: int) -> Iterator[str]:
    yield from (json.dumps({"role": "user", "content": f"{number} " + "word " * 400}) for number in range(count))


@pytest.mark.parametrize("wrapping", ["list", "object", "lines"])
def test_reading_takes_memory_that_does_not_follow_the_file(tmp_path: Path, wrapping: str) -> None:
    count = 12_000  # 24 MB
    before, between, after = {"list": ("[", ",", "]"), "object": ('{"id": "talk", "messages": [', ",", "]}"), "lines": ("", "\n", "")}[wrapping]
    path = tmp_path / "chat.json"
    with path.open("w", encoding="utf-8") as out:
        out.write(before)
        for number, row in enumerate(_rows(count)):
            out.write((between if number else "") + row)
        out.write(after)
    assert path.stat().st_size > 20 << 20
    tracemalloc.start()
    try:
        assert detect_format(path) == "messages"
        assert sum(1 for _ in read_drafts(path)) == count
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 << 20
