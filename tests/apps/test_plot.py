"""memos plot: the values that are drawn, and what the verb says. Pixels are for people."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from memos.apps import pictures
from memos.figures import Use
from memos.protocols import DayCount, UseCount
from memos.stores.schema import records
from memos.types import RunStatus
from tests.apps.conftest import Cli
from tests.unit.fakes import Memory

PNG = b"\x89PNG\r\n\x1a\n"


def days(*rows: tuple[int, str, int, int]) -> list[DayCount]:
    return [DayCount(date(2026, 3, day), state, count, size, 0, 0) for day, state, count, size in rows]


def texts(figure: pictures.Figure) -> str:
    from matplotlib.text import Text

    return "\n".join(text.get_text() for text in figure.findobj(Text))


def test_growth_adds_up_by_state_and_leaves_no_day_out() -> None:
    along, totals = pictures.cumulated(days((1, "active", 2, 20), (1, "paused", 1, 5), (3, "active", 4, 40)), "records")
    assert [one.day for one in along] == [1, 2, 3, 4]
    assert totals == {"active": [2, 2, 6, 6], "paused": [1, 1, 1, 1]}


def test_growth_is_drawn_in_the_unit_that_fits() -> None:
    figure = pictures.growth(days((1, "active", 2, 3 << 20)), "ana")
    above, below = figure.axes
    assert "text, MiB" in below.get_ylabel() and "ana" in above.get_title(loc="left")
    assert below.collections[0].get_paths()[0].get_extents().ymax == 3.0
    assert above.collections[0].get_paths()[0].get_extents().ymax == 2.0


def test_use_is_counted_in_bars() -> None:
    counts = (UseCount(0, 0, 5), UseCount(1, 0, 2), UseCount(3, 1, 4), UseCount(99, 40, 1))
    use = Use(counts, (DayCount(date(2026, 3, 1), "active", 12, 1, 7, 5),))
    names, recalled, cited = pictures.times_used(use)
    assert dict(zip(names, recalled, strict=True)) == {"0": 5, "1": 2, "2–3": 4, "4–7": 0, "8–15": 0, "16–31": 0, "32+": 1}
    assert cited == [7, 4, 0, 0, 0, 0, 1]
    assert (use.records, use.recalled, use.cited) == (12, 7 / 12, 5 / 12)
    left, right = pictures.recall(use, "ana").axes
    assert [round(bar.get_height()) for bar in left.patches] == [*recalled, *cited]
    assert right.lines[0].get_ydata()[0] == pytest.approx(7 / 12)


def test_long_histories_are_drawn_by_weeks() -> None:
    start = date(2026, 1, 1)
    use = Use(
        (UseCount(0, 0, 80),), tuple(DayCount(start + timedelta(days=at), "active", 2, 9, at % 2, 0) for at in range(40))
    )
    assert pictures.span_of(use.days) == 7
    along, recalled, cited = pictures.shares_used(use, 7)
    assert along == [start + timedelta(days=7 * week) for week in range(6)]
    assert recalled[0] == 3 / 14 and cited == [0] * 6


def test_a_namespace_is_text_to_the_picture_too(tmp_path: Path) -> None:
    pictures.save(pictures.growth(days((1, "active", 1, 1)), "a$b_{$"), tmp_path / "odd.png")
    assert (tmp_path / "odd.png").read_bytes().startswith(PNG)


def test_runs_are_drawn_as_the_gate_measured_them(memory: Memory) -> None:
    first = memory.learn(*memory.say("I live in Oslo."))
    memory.trainer.old_after, memory.trainer.honest = 0.98, 0.97
    second = memory.learn(*memory.say("My dog is called Rex."))
    memory.trainer.old_after = 0.5
    third = memory.learn(*memory.say("My cat is called Tom."))
    memory.manager.revert(second.id)
    runs = memory.manager.figures.runs()
    assert [(run.id, run.status) for run in runs] == [
        (first.id, RunStatus.COMMITTED), (second.id, RunStatus.REVERTED), (third.id, RunStatus.REJECTED),
    ]  # fmt: skip
    lines = pictures.forgetting(runs, "ana").axes[0].lines
    old, old_gone, honest_gone = lines[4], lines[5], lines[7]
    assert list(old.get_ydata()) == [1.0] and list(old_gone.get_ydata()) == [0.98, 0.5]
    assert list(honest_gone.get_ydata()) == [0.97, 0.97]
    assert old_gone.get_markerfacecolor() == "none"


def test_slots_show_what_is_owned_and_what_a_run_moved(memory: Memory) -> None:
    assert memory.manager.figures.slots() is None
    first = memory.learn(*memory.say("I live in Oslo."))
    second = memory.learn(*memory.say("My dog is called Rex."))
    entries = memory.parts.ledger.entries("ana")
    of_run = {
        run.id: np.unique(np.concatenate([memory.parts.ledger.change(one).rows for one in entries if one.run_id == run.id]))
        for run in (first, second)
    }
    use = memory.manager.figures.slots(first.id)
    assert use is not None and use.run == first.id
    assert np.flatnonzero(use.moved).tolist() == of_run[first.id].tolist()
    newest = memory.manager.figures.slots()
    assert newest is not None and newest.run == second.id
    assert np.flatnonzero(newest.moved).tolist() == of_run[second.id].tolist()

    memory.manager.revert(second.id)
    after = memory.manager.figures.slots()
    assert after is not None and after.run == first.id
    written = [memory.parts.ledger.change(one).rows for one in entries if one.run_id == first.id and one.record_id]
    assert np.flatnonzero(after.owners).tolist() == np.unique(np.concatenate(written)).tolist()
    assert (after.touched >= use.touched).all(), "what was taken back has still been used"

    image = pictures.slots(after, "ana").axes[1].images[0]
    shown = image.get_array().filled(0).ravel()[: len(after.owners)]
    assert shown.tolist() == after.owners.tolist()


def test_rows_that_forget_erased_are_counted_as_missing(memory: Memory) -> None:
    ids = memory.say("I live in Oslo.", "My dog is called Rex.")
    memory.learn(*ids)
    memory.manager.forget(ids[:1])
    use = memory.manager.figures.slots()
    assert use is not None and use.erased > 0


def test_figures_are_of_one_namespace(memory: Memory) -> None:
    memory.learn(*memory.say("I live in Oslo."))
    other = memory.manager.for_namespace("ben").figures
    assert other.growth() == [] and other.use().records == 0 and other.runs() == [] and other.slots() is None


def test_days_and_use_count_each_record_once(memory: Memory) -> None:
    first, second = memory.say("I live in Oslo.", "My dog is called Rex.")
    memory.manager.pause(second)
    day = datetime(2026, 3, 4, 23, 59, 59, tzinfo=UTC)
    with memory.parts.database.write() as connection:
        connection.execute(sa.update(records).where(records.c.id == first).values(observed_at=day, access_count=3))
        connection.execute(sa.update(records).where(records.c.id == second).values(observed_at=day + timedelta(seconds=1)))
    assert memory.manager.figures.growth() == [
        DayCount(date(2026, 3, 4), "active", 1, len("I live in Oslo."), 1, 0),
        DayCount(date(2026, 3, 5), "paused", 1, len("My dog is called Rex."), 0, 0),
    ]
    assert memory.manager.figures.use().counts == (UseCount(3, 0, 1),)


@pytest.mark.parametrize("what", ["growth", "recall"])
def test_the_verb_writes_a_picture_without_the_text_of_a_memory(cli_run: Cli, what: str, tmp_path: Path) -> None:
    cli_run("observe", "I live in Zanzibar.")
    target = tmp_path / "pictures" / f"{what}.svg"
    done = cli_run("plot", what, "--out", str(target), "--json")
    assert done.code == 0 and done.data["plot"] == what and done.data["bytes"] == target.stat().st_size
    assert "Zanzibar" not in target.read_text("utf-8")


def test_the_default_is_a_png_here(cli_run: Cli) -> None:
    cli_run("observe", "I live in Oslo.")
    done = cli_run("plot")
    assert "memos-growth.png" in done.out
    assert Path("memos-growth.png").read_bytes().startswith(PNG)
    assert [path.name for path in Path.cwd().iterdir()] == ["memos-growth.png"]


@pytest.mark.parametrize("what", ["growth", "recall", "forgetting", "slots"])
def test_an_empty_memory_says_that_there_is_nothing_to_draw(cli_run: Cli, what: str) -> None:
    done = cli_run("plot", what, "--json")
    assert done.code == 3 and done.data["code"] == "not_found.figures" and "nothing to draw" in done.err
    assert not Path(f"memos-{what}.png").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("grwth",), "memos plot growth"),
        (("zzz",), "one of growth, recall, forgetting, slots"),
        (("growth", "--out", "growth.txt"), "end it in .png"),
        (("growth", "--run", "3"), "memos plot slots --run 3"),
    ],
)
def test_a_wrong_request_is_a_usage_error(cli_run: Cli, arguments: tuple[str, ...], says: str) -> None:
    done = cli_run("plot", *arguments)
    assert done.code == 2 and says in done.err


def test_a_run_that_is_not_there(cli_run: Cli) -> None:
    cli_run("observe", "I live in Oslo.")
    assert cli_run("plot", "slots", "--run", "9").code == 3


def test_without_matplotlib_the_way_to_it_is_said(cli_run: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = cli_run("plot", "growth")
    assert done.code == 2 and 'pip install "memos-memory[plot]"' in done.err


def test_a_folder_that_cannot_be_written(cli_run: Cli, tmp_path: Path) -> None:
    cli_run("observe", "I live in Oslo.")
    (tmp_path / "file").write_text("in the way", "utf-8")
    done = cli_run("plot", "--out", str(tmp_path / "file" / "growth.png"))
    assert done.code == 1 and "cannot write" in done.err
