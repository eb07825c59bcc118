"""The verb `plot`: pictures of a memory, for those who would rather look than read."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memos.apps import render, views_house
from memos.apps.cli_shared import Json, memory, mode
from memos.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from memos.manager import MemoryManager


def plot(
    what: Annotated[str, typer.Argument(metavar="growth|recall|forgetting|slots", help="Which picture.")] = "growth",
    out: Annotated[
        Path | None, typer.Option(help="The file, ending in .png, .svg or .pdf; memos-WHAT.png by default.")
    ] = None,
    run: Annotated[int | None, typer.Option(help="With slots: the run whose changes are shown; the newest by default.")] = None,
    json: Json = False,
) -> None:
    """Draw growth, recall use, what runs cost, or the slot table into a picture. No text of a memory is in it.

    growth: records and bytes by day and state. recall: how often records were recalled and cited. forgetting: the gate's
    figures run by run. slots: a heat map of slots used, owned, and changed by a run. Needs matplotlib, which the extra
    "plot" of the package brings.

    Example: memos plot slots --run 2 --out slots.png
    """
    from memos.apps import contract, pictures

    shown = mode(json=json)
    if what not in _PICTURES:
        near = difflib.get_close_matches(what, _PICTURES, n=1)
        raise InputError(
            f"no picture is called {what!r}",
            hint=f"memos plot {near[0]}" if near else f"one of {', '.join(_PICTURES)}", code="input.plot",
        )  # fmt: skip
    if run is not None and what != "slots":
        raise InputError("--run goes with slots", hint=f"memos plot slots --run {run}", code="input.flags")
    target = pictures.check_target(out or Path(f"memos-{what}.png"))
    pictures.require_matplotlib()
    with memory(existing=True) as manager:
        figure = _PICTURES[what](manager, run)
        done = contract.Picture.model_validate(
            {"plot": what, "file": str(target), "bytes": pictures.save(figure, target), "namespace": manager.namespace}
        )
    render.show(views_house.sentence(done, f"{what} of {done.namespace!r} in {target}"), shown)


def _growth(manager: MemoryManager, _run: int | None) -> Figure:
    from memos.apps import pictures

    days = manager.figures.growth()
    if not days:
        raise _nothing("no record is kept yet", "memos observe TEXT")
    return pictures.growth(days, manager.namespace)


def _recall(manager: MemoryManager, _run: int | None) -> Figure:
    from memos.apps import pictures

    use = manager.figures.use()
    if not use.records:
        raise _nothing("no active record is kept yet", "memos observe TEXT")
    return pictures.recall(use, manager.namespace)


def _forgetting(manager: MemoryManager, _run: int | None) -> Figure:
    from memos.apps import pictures

    runs = manager.figures.runs()
    if not runs:
        raise _nothing("no run was measured yet", "memos consolidate")
    return pictures.forgetting(runs, manager.namespace)


def _slots(manager: MemoryManager, run: int | None) -> Figure:
    from memos.apps import pictures

    use = manager.figures.slots(run)
    if use is None:
        raise _nothing("nothing was written into the parameters yet", "memos consolidate")
    if use.erased:
        render.say(f"note: what {use.erased} ledger entries moved was erased by forget, and is not in the picture")
    return pictures.slots(use, manager.namespace)


_PICTURES: dict[str, Callable[[MemoryManager, int | None], Figure]] = {
    "growth": _growth, "recall": _recall, "forgetting": _forgetting, "slots": _slots,
}  # fmt: skip


def _nothing(what: str, then: str) -> NotFoundError:
    return NotFoundError(f"there is nothing to draw: {what}", hint=then, code="not_found.figures")
