"""Figures drawn by matplotlib: growth, recall use, forgetting, slots. Values in, a picture out; no memory text in any.

The only module of the apps that knows matplotlib, which loads when a picture is drawn. Colours are Okabe and Ito's, which
colour-blind people tell apart; marks and hatching say the same once more. Knows no manager.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memos.errors import ConfigError, InputError, StoreUnwritable
from memos.figures import SlotUse, Use, stands, table_side
from memos.protocols import DayCount
from memos.types import ConsolidationRun

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STATES = {"active": "#0072B2", "paused": "#E69F00", "superseded": "#999999"}
CURVES = (
    ("learned", "learned: wordings in the write", "#0072B2", "o-"),
    ("held_out", "held out: wordings kept from it", "#E69F00", "s-"),
    ("old_after", "old knowledge", "#009E73", "^-"),
    ("honest", "honest about what was never taught", "#CC79A7", "D-"),
)
TIMES = ((0, 0), (1, 1), (2, 3), (4, 7), (8, 15), (16, 31), (32, None))
"""Least and most of each bar of times used."""
UNITS = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "bytes"))
KINDS = ("png", "svg", "pdf")


def growth(days: Sequence[DayCount], namespace: str) -> Figure:
    """Records and bytes held, by the day they were learned, stacked by the state they are in now."""
    figure = _figure(10, 6.2)
    above, below = figure.subplots(2, 1, sharex=True)
    along, records = cumulated(days, "records")
    _, sizes = cumulated(days, "bytes")
    unit, name = next((size, name) for size, name in UNITS if sum(one[-1] for one in sizes.values()) >= size or size == 1)
    for axes, values in (
        (above, records), (below, {state: [one / unit for one in each] for state, each in sizes.items()})
    ):  # fmt: skip
        states = [state for state in STATES if state in values]
        stacked = axes.stackplot(
            along, [values[state] for state in states], step="post", labels=states,
            colors=[STATES[state] for state in states], alpha=0.85,
        )  # fmt: skip
        for area, hatch in zip(stacked, ("", "//", ".."), strict=False):
            area.set(hatch=hatch, edgecolor="white", linewidth=0.3)
        axes.set_ylim(bottom=0)
        _light(axes)
    above.set_title(f"What {_plain(namespace)} keeps, by the day it was learned and its state now", loc="left")
    above.set_ylabel("records")
    below.set_ylabel(f"text, {name}")
    below.set_xlabel("day (UTC); erased records are in no figure")
    above.legend(loc="upper left", frameon=False, ncols=3)
    _dated(below)
    return figure


def recall(use: Use, namespace: str) -> Figure:
    """How often active records were recalled and cited, and of each day's records, the share that ever was."""
    figure = _figure(11, 4.8)
    left, right = figure.subplots(1, 2)
    names, recalled, cited = times_used(use)
    for values, shift, label, colour, hatch in (
        (recalled, -0.2, "recalled", "#0072B2", ""), (cited, 0.2, "cited in an answer", "#E69F00", "//"),
    ):  # fmt: skip
        bars = left.bar(
            [at + shift for at in range(len(names))], values, 0.38, label=label, color=colour, hatch=hatch,
            edgecolor="white",
        )  # fmt: skip
        left.bar_label(bars, [f"{value:,}" if value else "" for value in values], fontsize=8)
    left.set_xticks(range(len(names)), names)
    left.set_xlabel("times")
    left.set_ylabel("active records")
    left.set_title(f"How often the {use.records:,} active records of {_plain(namespace)} were used", loc="left", fontsize=11)
    left.legend(frameon=False)
    span = span_of(use.days)
    along, recalled_share, cited_share = shares_used(use, span)
    for shares, label, colour, mark in (
        (recalled_share, f"recalled: {use.recalled:.0%} of all", "#0072B2", "o-"),
        (cited_share, f"cited: {use.cited:.0%} of all", "#E69F00", "s-"),
    ):  # fmt: skip
        right.plot(along, shares, mark, color=colour, label=label, markersize=4)
    right.set_ylim(-0.02, 1.2)
    right.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    right.set_ylabel("share ever used")
    period = "day" if span == 1 else f"first of the {span} days"
    right.set_xlabel(f"{period} on which the records were learned (UTC)")
    right.set_title("Of what was learned then, how much was ever used", loc="left", fontsize=11)
    right.legend(frameon=False, loc="upper left", ncols=2)
    for axes in (left, right):
        _light(axes)
    _dated(right)
    return figure


def forgetting(runs: Sequence[ConsolidationRun], namespace: str) -> Figure:
    """The gate's figures of each run: what was learned, what was kept of old knowledge, and honesty."""
    figure = _figure(10, 5)
    axes = figure.subplots()
    standing = [run for run in runs if stands(run)]
    at = {run.id: place for place, run in enumerate(runs)}
    gone = [run for run in runs if not stands(run)]
    for number, (key, label, colour, mark) in enumerate(CURVES):
        shift = 0.06 * (number - 1.5)  # marks of equal shares stay apart
        axes.plot(
            [at[run.id] + shift for run in standing], [getattr(run.gate, key) for run in standing], mark, color=colour,
            label=label, markersize=6,
        )  # fmt: skip
        axes.plot(
            [at[run.id] + shift for run in gone], [getattr(run.gate, key) for run in gone], mark[0], color=colour,
            markerfacecolor="none", markersize=6,
        )  # fmt: skip
    # as many numbers as can be read
    step = max(1, len(runs) // 20)
    axes.set_xticks(range(0, len(runs), step), [_tick(run) for run in runs[::step]], fontsize=8)
    axes.set_xlim(-0.5, len(runs) - 0.5)
    lowest = min(getattr(run.gate, key) for run in runs for key, *_ in CURVES)
    axes.set_ylim(max(0.0, lowest - 0.1), 1.02)
    axes.set_xlabel("run (records written); open marks: rejected, or reverted since")
    axes.set_ylabel("share answered exactly, after the run")
    axes.set_title(f"What the runs of {_plain(namespace)} taught, and what they cost", loc="left")
    figure.legend(loc="outside lower center", frameon=False, ncols=2)
    _light(axes)
    return figure


def slots(use: SlotUse, namespace: str) -> Figure:
    """The slot table as three squares: slots ever written, live writes that hold them, and what one run moved."""
    import numpy as np
    from matplotlib import colormaps
    from matplotlib.ticker import MaxNLocator

    figure = _figure(13, 4.3)
    side = table_side(len(use.owners))

    def square(values: Any) -> Any:
        """(slots,) -> (side, side); what is beyond the table is blank."""
        padded = np.full(side * side, np.nan)
        padded[: len(values)] = values
        return np.ma.masked_invalid(padded.reshape(side, side))

    touched, owned, moved = int((use.touched > 0).sum()), int((use.owners > 0).sum()), int((use.moved > 0).sum())
    total = len(use.owners)
    run = "no run" if use.run is None else f"run {use.run}"
    panels = (
        (f"used: {touched:,} of {total:,} slots", use.touched, "writes and sleeps that ever moved the slot"),
        (f"owned: {owned:,} slots", use.owners, "live writes that hold the slot"),
        (f"changed by {run}: {moved:,} slots", use.moved, "norm of the change"),
    )
    colours = colormaps["cividis_r"].with_extremes(under="#F2F2F2", bad="white")
    for axes, (title, values, unit) in zip(figure.subplots(1, 3), panels, strict=True):
        counted = values.dtype.kind == "i"
        most = max(float(values.max(initial=0)), 1.0 if counted else 1e-9)
        # a slot that was not touched is grey: the scale begins above zero
        image = axes.imshow(
            square(values), cmap=colours, vmin=0.5 if counted else most * 1e-3, vmax=most + 0.5 * counted,
            interpolation="nearest",
        )  # fmt: skip
        axes.set_title(title, fontsize=11, loc="left")
        axes.set_xlabel(f"slot modulo {side}")
        axes.set_ylabel(f"slot // {side}")
        figure.colorbar(image, ax=axes, label=unit, shrink=0.8, ticks=MaxNLocator(6, integer=counted))
    figure.suptitle(f"The slot table of {_plain(namespace)}; grey slots are untouched", x=0.01, ha="left")
    return figure


# --- values behind a drawing -----------------------------------------------------------------------------------------


def cumulated(days: Sequence[DayCount], key: str) -> tuple[list[date], dict[str, list[int]]]:
    """Every day from the first to one after the last, and for each state the running total of `records` or `bytes`."""
    first, last = min(day.day for day in days), max(day.day for day in days)
    along = [first + timedelta(days=step) for step in range((last - first).days + 2)]
    totals: dict[str, list[int]] = {}
    for state in sorted({day.state for day in days}):
        of_day = {day.day: getattr(day, key) for day in days if day.state == state}
        totals[state] = list(accumulate(of_day.get(day, 0) for day in along))
    return along, totals


def times_used(use: Use) -> tuple[list[str], list[int], list[int]]:
    """Names of the bars, and how many records were recalled, and cited, that often."""

    def within(times: int, least: int, most: int | None) -> bool:
        return least <= times and (most is None or times <= most)

    names = [str(least) if least == most else f"{least}+" if most is None else f"{least}–{most}" for least, most in TIMES]
    recalled = [sum(one.records for one in use.counts if within(one.recalled, *bar)) for bar in TIMES]
    cited = [sum(one.records for one in use.counts if within(one.cited, *bar)) for bar in TIMES]
    return names, recalled, cited


def span_of(days: Sequence[DayCount]) -> int:
    """Days in one mark: one, or as many weeks as keep the curve readable."""
    length = (max(day.day for day in days) - min(day.day for day in days)).days
    return 1 if length < 21 else 7 * (1 + length // (7 * 30))


def shares_used(use: Use, span: int) -> tuple[list[date], list[float], list[float]]:
    """First days of the periods that brought records, and the shares of these that were ever recalled, and cited."""
    first = min(day.day for day in use.days)
    periods: dict[date, list[DayCount]] = {}
    for day in use.days:
        start = first + timedelta(days=(day.day - first).days // span * span)
        periods.setdefault(start, []).append(day)

    def share(key: str) -> list[float]:
        return [
            sum(getattr(day, key) for day in days) / sum(day.records for day in days) for days in periods.values()
        ]

    return [*periods], share("recalled"), share("cited")


# --- the file --------------------------------------------------------------------------------------------------------


def require_matplotlib() -> None:
    """Raise ConfigError where it is not installed."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            "pictures need matplotlib, which is not installed", hint='pip install "memos-memory[plot]"',
            code="config.no_matplotlib",
        ) from error  # fmt: skip


def check_target(path: Path) -> Path:
    """The path, if a picture can be written there by its ending. Raises InputError."""
    if path.suffix.lower().removeprefix(".") not in KINDS:
        raise InputError(
            f"{path.name!r} is not the name of a picture", hint=f"end it in .{', .'.join(KINDS)}", code="input.picture"
        )
    return path


def save(figure: Figure, path: Path) -> int:
    """Write the picture beside its place and move it there; returns its bytes. Raises StoreUnwritable."""
    half_made = path.with_name(f".{path.name}.{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(half_made, dpi=130)
        half_made.replace(path)
        return path.stat().st_size
    except OSError as error:
        raise StoreUnwritable(
            f"cannot write {path}: {error.strerror or error}", hint="check the folder and its permissions"
        ) from error
    finally:
        with suppress(OSError):  # where nothing could be written there is nothing to take away
            half_made.unlink(missing_ok=True)


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def _plain(name: str) -> str:
    """A name in which no dollar begins a formula."""
    return name.replace("$", r"\$")


def _light(axes: Axes) -> None:
    axes.grid(alpha=0.25, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _dated(axes: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    places = AutoDateLocator(minticks=2, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(places)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(places))  # type: ignore[no-untyped-call]


def _tick(run: ConsolidationRun) -> str:
    return f"{run.id}\n({len(run.record_ids)})"
