"""Links of records that were kept before links were: grown by doctor as they would have been then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from memos.types import Source
from tests.unit.fakes import Memory

SAID = ("Marta lives in Porto.", "I met Marta at the market.", "it was raining", "Tom and Marta play chess.", "Tom has a cat.")


def kept(memory: Memory) -> tuple[list[Any], list[Any]]:
    with memory.parts.database.read() as connection:
        links = connection.exec_driver_sql("SELECT from_key, to_key, kind, namespace, weight, reason FROM links ORDER BY 1, 2, 3")
        names = connection.exec_driver_sql("SELECT namespace, name, record_key FROM mentions ORDER BY 1, 2, 3")
        return [tuple(row) for row in links], [tuple(row) for row in names]


def without_links(memory: Memory) -> None:
    with memory.parts.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM links")
        connection.exec_driver_sql("DELETE FROM mentions")


def test_doctor_grows_what_an_older_store_lacks_and_grows_it_once(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "home")
    for turn, text in enumerate(SAID):
        memory.manager.observe(text, source=Source(session="monday", turn=turn, actor="ana"))
    before = kept(memory)
    assert {row[2] for row in before[0]} >= {"continues", "same-entity"} and before[1]
    without_links(memory)
    assert all(check.ok for check in memory.manager.doctor()) and kept(memory) == ([], [])
    (line,) = [check for check in memory.manager.doctor(rebuild=True) if check.name == "links"]
    assert line.ok and "5 records" in line.detail
    assert kept(memory) == before
    memory.manager.doctor(rebuild=True)
    assert kept(memory) == before
    memory.close()


def test_another_namespace_is_left_alone(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "home")
    memory.manager.observe(SAID[0])
    memory.manager.observe(SAID[1])
    without_links(memory)
    other = Memory(tmp_path / "home", namespace="bob")
    other.manager.doctor(rebuild=True)
    assert kept(memory) == ([], [])
    other.close()
    memory.close()
