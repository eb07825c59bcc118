"""The tables of the comparison, as Markdown and as JSON. Knows rows and choices; measures nothing."""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.harness import circumstances

from . import measures
from .arms import ARMS
from .measures import COLUMNS, KEPT, LEARNED, RAW_COLUMNS, Column, figure

if TYPE_CHECKING:
    from .run import Choice

LEARNING = ("known", "novel", "unseen frame", "unseen core", "hand-written", "behind notes", "update new")
KEEPING = ("old kept", "honest untaught", "honest others", "honest crossing", "note wins", "reading loss", "update old")
TITLES = {
    "15": "15 facts about the user",
    "40": "40 mixed facts",
    "100": "100 mixed facts",
    "1000": "1,000 mixed facts in 65,536 slots",
}
_MADE = re.compile(r"(<!-- made -->\n).*(<!-- /made -->)", re.DOTALL)
_FRAME = "# Parametric memory against its alternatives\n\n<!-- made -->\n<!-- /made -->\n"


@dataclass(frozen=True)
class Measured:
    """Everything a report is made of. rows: as `run.measure_all` gives them."""

    model: str
    choices: Mapping[str, Choice]
    rows: Sequence[dict[str, Any]]

    def worlds(self) -> list[str]:
        return [name for name in TITLES if any(row["config"]["world"] == name for row in self.rows)]

    def runs(self, world: str, arm: str, role: str) -> list[tuple[measures.Cells, measures.Cells]]:
        """(base, after) of each seed."""
        base = {r["config"]["seed"]: r["cells"] for r in self.of(world, "base", "base")}
        return [(base[r["config"]["seed"]], r["cells"]) for r in self.of(world, arm, role)]

    def of(self, world: str, arm: str, role: str) -> list[dict[str, Any]]:
        return [
            r for r in self.rows
            if (r["config"]["world"], r["config"]["arm"], r["role"]) == (world, arm, role)
        ]  # fmt: skip


def write(out: Path, markdown: Path, measured: Measured) -> None:
    """JSON at `out`, the plot beside it, and the tables between the marks of `markdown`."""
    from .plot import pareto

    out.parent.mkdir(parents=True, exist_ok=True)
    around = circumstances(0)
    record = {
        "benchmark": "parametric",
        **{k: around[k] for k in ("commit", "date", "machine", "load")},
        "model": measured.model,
        "seeds": sorted({row["config"]["seed"] for row in measured.rows}),
        "choices": {
            arm: {"best": str(c.best), "matched": str(c.matched), "swept": c.swept} for arm, c in measured.choices.items()
        },
        "figures": _figures(measured),
        "rows": list(measured.rows),
    }
    out.write_text(json.dumps(record, sort_keys=True) + "\n", encoding="utf-8")
    picture = out.with_suffix(".png")
    pareto(picture, measured)
    text = "\n".join(lines(measured, record, picture.name, markdown))
    frame = markdown.read_text(encoding="utf-8") if markdown.exists() else _FRAME
    markdown.parent.mkdir(parents=True, exist_ok=True)
    markdown.write_text(_MADE.sub(lambda marks: f"{marks[1]}{text}\n{marks[2]}", frame), encoding="utf-8")
    print(text)


def lines(measured: Measured, record: Mapping[str, Any], picture: str, markdown: Path) -> Iterator[str]:
    """The made part, line by line."""
    place = picture if markdown.parent.name == "results" else f"../results/{picture}"
    yield (
        f"Model {measured.model[:12]}, commit {record['commit']}, {record['date']}, {record['machine']}, one thread, "
        f"seeds {record['seeds']}. Shares of exact, freely generated answers: mean over seeds, 95 % bootstrap interval "
        "over seeds and facts. `old kept`, `reading loss` are against the same questions asked of the model before. "
        "Seconds are processor seconds of one thread for a fact, sleep included."
    )
    for world in measured.worlds():
        yield from ["", f"## {TITLES[world]}", "", *_table(measured, world, LEARNING)]
        yield from ["", *_table(measured, world, KEEPING, seconds=True)]
        yield from ["", f"### {TITLES[world]}: the same questions, put as they stand", ""]
        yield from _table(measured, world, (*LEARNING[:6], *KEEPING[:5]), RAW_COLUMNS)
        if any(row["role"] == "matched" for row in measured.rows if row["config"]["world"] == world):
            yield from ["", f"### {TITLES[world]}: at equal learning", "", *_matched(measured, world)]
    yield from ["", "## Learned against kept", "", f"![learned against old knowledge kept]({place})", ""]
    yield from _sweep(measured)


def _table(
    measured: Measured, world: str, names: Sequence[str], of: Sequence[Column] = COLUMNS, *, seconds: bool = False
) -> Iterator[str]:
    columns = [column for column in of if column.name in names]
    columns = [c for c in columns if any(figure(c, measured.runs(world, arm, "best")) for arm in measured.choices)]
    yield "| arm | setting | seeds | " + " | ".join(c.name for c in columns) + (" | s a fact |" if seconds else " |")
    yield "|---|---|---" + "|---" * (len(columns) + seconds) + "|"
    targets = [_target(column, world) for column in columns]
    if any(targets):
        yield "| target | | | " + " | ".join(targets) + (" | |" if seconds else " |")
    for arm, choice in measured.choices.items():
        rows, runs = measured.of(world, arm, "best"), measured.runs(world, arm, "best")
        if not rows:
            continue
        cells = [str(figure(column, runs) or "–") for column in columns]
        if seconds:
            cells.append(f"{statistics.mean(row['seconds_a_fact'] for row in rows):.2f}")
        yield f"| {arm} | {choice.best} | {len(rows)} | " + " | ".join(cells) + " |"


def _target(column: Column, world: str) -> str:
    wanted = (column.targets or {}).get(world)
    return "" if wanted is None else f"{'≥' if column.higher else '≤'} {wanted:g}"


def _matched(measured: Measured, world: str) -> Iterator[str]:
    yield (
        "Each arm at the setting that, on the validation world, learned as much as memos (within "
        f"{measures.MATCHED:g}) and kept most; where none learned as much, at the one that learned most."
    )
    yield from ["", "| arm | setting | seeds | known | old lost | honest untaught | honest others |", "|---|---|---|---|---|---|---|"]
    honest = [column for column in COLUMNS if column.name in ("honest untaught", "honest others")]
    for arm, choice in measured.choices.items():
        runs = measured.runs(world, arm, "matched")
        kept = figure(KEPT, runs)
        if kept is None:
            continue
        lost = f"{1 - kept.mean:.3f} [{1 - kept.high:.2f}, {1 - kept.low:.2f}]"
        cells = [str(figure(LEARNED, runs)), lost, *(str(figure(column, runs) or "–") for column in honest)]
        yield f"| {arm} | {choice.matched} | {len(runs)} | " + " | ".join(cells) + " |"


def _sweep(measured: Measured) -> Iterator[str]:
    yield (
        "Settings were swept on a world of their own (eight mixed facts, a seed that is not reported), the same number "
        "for each arm, and the best mean of known wordings, old facts kept and both kinds of honesty was taken."
    )
    yield from ["", "| arm | what it is | settings: learned / old kept / balance | chosen |", "|---|---|---|---|"]
    for arm, choice in measured.choices.items():
        swept = "; ".join(
            f"{name}: {f['learned']:.2f} / {f['kept']:.2f} / {f['balance']:.2f}" for name, f in choice.swept.items()
        )
        yield f"| {arm} | {ARMS[arm].about} | {swept} | {choice.best} |"


def _figures(measured: Measured) -> list[dict[str, Any]]:
    """Every figure of every table, for readers that are programs."""
    found = []
    for world in measured.worlds():
        for arm in measured.choices:
            for role in ("best", "matched"):
                runs = measured.runs(world, arm, role)
                made = {column.name: figure(column, runs) for column in COLUMNS} if runs else {}
                shown = {name: asdict(one) for name, one in made.items() if one is not None}
                if shown:
                    found.append({"world": world, "arm": arm, "role": role, "seeds": len(runs), "figures": shown})
    return found
