"""The Pareto plot: learned against old knowledge kept, one point for each setting of each arm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .measures import KEPT, LEARNED, figure

if TYPE_CHECKING:
    from .report import Measured

_MARKS = "os^vD<>Pph*X"


def pareto(path: Path, measured: Measured) -> None:
    """Left: every swept setting on the validation world. Right: chosen settings on reported seeds, with intervals."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    picture, (left, right) = pyplot.subplots(1, 2, figsize=(12, 5.2), sharex=True, sharey=True, layout="constrained")
    worlds = measured.worlds()
    for number, (arm, choice) in enumerate(measured.choices.items()):
        colour, mark = pyplot.colormaps["tab20"](number % 20), _MARKS[number % len(_MARKS)]
        along = [(f["learned"], f["kept"]) for f in choice.swept.values()]
        left.plot(*zip(*along, strict=True), color=colour, marker=mark, label=arm, linewidth=1)
        for world in worlds:
            runs = measured.runs(world, arm, "best")
            learned, kept = figure(LEARNED, runs), figure(KEPT, runs)
            if learned is None or kept is None:
                continue
            spread = [[[max(0, f.mean - f.low)], [max(0, f.high - f.mean)]] for f in (learned, kept)]
            right.errorbar(
                learned.mean, kept.mean, xerr=spread[0], yerr=spread[1], color=colour, marker=mark, capsize=2,
                markerfacecolor=colour if world == worlds[0] else "none", linewidth=1,
            )  # fmt: skip
    filled = f"filled: {worlds[0]} facts; open: {', '.join(worlds[1:])}" if len(worlds) > 1 else ""
    left.set_title("every setting, validation world")
    right.set_title(f"chosen setting, reported seeds ({filled})" if filled else "chosen setting, reported seeds")
    for axes in (left, right):
        axes.set_xlabel("new facts, known wordings")
        axes.grid(alpha=0.3)
    left.set_ylabel("old facts kept")
    left.legend(fontsize=8)
    picture.savefig(path, dpi=110)
    pyplot.close(picture)
