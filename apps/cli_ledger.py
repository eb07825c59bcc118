"""Verbs on the ledger of what was learned: undo, rollback, diff, blame, certificate, and its files and checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memos.apps import actions, completion, progress, render, views, views_ledger
from memos.apps.cli_shared import DryRun, Json, Plain, Yes, confirm, memory, mode
from memos.errors import ExitCode, InputError
from memos.ledger_reports import MergeReport, OnConflict
from memos.types import RunStatus

if TYPE_CHECKING:
    from memos.manager import MemoryManager

AGAIN = "memos consolidate learns them again"
POINT_HELP = "The number of a run (the state after it), e and that of an entry, 0 for the base, or now."

Conflict = Annotated[
    OnConflict,
    typer.Option(
        help="Where both wrote the same rows: refuse; replay trains what comes in on top; last puts it over."
    ),
]


def undo(yes: Yes = False, dry_run: DryRun = False, json: Json = False) -> None:
    """Take back the run that wrote last. Its rows' former bits are put back; nothing is trained.

    Example: memos undo
    """
    shown = mode(json=json)
    with memory(existing=True) as manager:
        last = manager.ledger.last_run()
        if dry_run:
            render.show(views_ledger.undo_plan([last]), shown)
            return
        confirm(f"Take back run {last.id} ({views.plural(len(last.record_ids), 'record')})?", yes=yes)
        done = manager.undo()
    render.show(views_ledger.taken_back(done, f"run {done.run_id} undone"), shown)
    render.say(AGAIN)


def rollback(
    point: Annotated[str, typer.Argument(metavar="RUN", help=POINT_HELP, autocompletion=completion.runs)],
    yes: Yes = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Go back to the state after a run: every later one is taken back, bit for bit. Nothing is trained.

    Example: memos rollback 3 --dry-run
    """
    shown = mode(json=json)
    with memory(existing=True) as manager:
        later = manager.ledger.runs_after(point)
        if dry_run:
            render.show(views_ledger.undo_plan(later), shown)
            return
        confirm(f"Take back what {views.plural(len(later), 'run')} wrote after that?", yes=yes)
        done = manager.rollback(point)
    render.show(views_ledger.taken_back(done, f"back to {point}"), shown)
    render.say(AGAIN)


def diff(
    before: Annotated[
        str, typer.Argument(metavar="[RUN]", help=f"From here. {POINT_HELP}", autocompletion=completion.runs)
    ] = "0",
    after: Annotated[
        str, typer.Argument(metavar="[RUN]", help="To here; now by default.", autocompletion=completion.runs)
    ] = "now",
    json: Json = False,
    plain: Plain = False,
) -> None:
    """Show what changed in the parameters between two points: facts, rows, norms.

    Without a run: all that was ever learned and still holds, over the base.

    Example: memos diff 3
    """
    shown = mode(json=json, plain=plain)
    with memory(existing=True) as manager:
        found = manager.ledger.diff(before, after)
    render.show(views_ledger.diff(found), shown)


def blame(
    slot: Annotated[int, typer.Argument(help="The slot's number, as memos why and memos diff show it.")],
    json: Json = False,
    plain: Plain = False,
) -> None:
    """Show which live writes own a slot, and since when.

    Example: memos blame 4711
    """
    shown = mode(json=json, plain=plain)
    with memory(existing=True) as manager:
        found = manager.ledger.blame(slot)
    render.show(views_ledger.blame(found), shown)


def certificate(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="The run's number.", autocompletion=completion.runs)
    ],
    question: Annotated[str, typer.Argument(help="The question that is asked.")],
    record: Annotated[
        str | None,
        typer.Option(help="Only the write of this record of the run.", autocompletion=completion.records),
    ] = None,
    json: Json = False,
) -> None:
    """Say whether the answer to a question can depend on a run at all, and in which slots they meet.

    "untouched" is a proof: prompt and answer read none of the rows that the run changed, so they are computed from the
    same bits with it and without it.

    Example: memos certificate 3 "What is the capital of France?"
    """
    shown = mode(json=json)
    number = actions.run_number(run)
    if number is None:
        raise InputError(f"{run!r} is not the number of a run", hint="memos runs", code="input.run")
    with memory(existing=True) as manager:
        one = None if record is None else actions.record_id(manager, record)
        found = manager.ledger.certificate(number, question, one)
    render.show(views_ledger.certificate(found), shown)


ledger = typer.Typer(
    help="What was learned, as a file, joined to another, or with fewer steps to open.", no_args_is_help=True
)


def ledger_export(
    file: Annotated[Path, typer.Argument(help="The file to write (.safetensors).")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    json: Json = False,
) -> None:
    """Write what a namespace learned to one sealed file. It holds the texts of the learned records.

    Example: memos ledger export learned.safetensors
    """
    shown = mode(json=json)
    if file.exists() and not force:
        raise InputError(f"{file} exists", hint="--force replaces it", code="input.exists")
    with memory(existing=True) as manager:
        written = manager.ledger.export(file)
    render.show(views_ledger.exported(written), shown)
    render.say(f"memos -n OTHER ledger import {file} learns it there, over the same model")


def ledger_import(
    file: Annotated[Path, typer.Argument(help="A file that memos ledger export wrote.")],
    on_conflict: Conflict = OnConflict.REFUSE,
    yes: Yes = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Take in what another ledger learned over the same model, from a file, as one run.

    Rows that nobody here wrote come in bit for bit. Its records become records here, of the origin import.

    Example: memos ledger import learned.safetensors --dry-run
    """
    shown = mode(json=json)
    with memory() as manager:
        take = partial(manager.ledger.import_, file, on_conflict=on_conflict)
        done = _taken_in(manager, take, shown, yes=yes, dry_run=dry_run)
    if done is not None:
        _show_merge(done, shown)


def ledger_merge(
    other: Annotated[str, typer.Argument(metavar="NAMESPACE", help="The namespace whose learning comes in.")],
    on_conflict: Conflict = OnConflict.REFUSE,
    yes: Yes = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Take in what another namespace of this home learned, as one run; it keeps its own.

    Example: memos ledger merge work --dry-run
    """
    shown = mode(json=json)
    with memory() as manager:
        take = partial(manager.ledger.merge, other, on_conflict=on_conflict)
        done = _taken_in(manager, take, shown, yes=yes, dry_run=dry_run)
    if done is not None:
        _show_merge(done, shown)


def ledger_compact(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make every checkpoint anew from the entries.")
    ] = False,
    json: Json = False,
) -> None:
    """Bring the checkpoints in order, so that opening a long ledger takes little. Nothing that was learned changes.

    Example: memos ledger compact
    """
    shown = mode(json=json)
    with memory(existing=True) as manager:
        done = manager.ledger.compact(rebuild=rebuild)
    render.show(views_ledger.compacted(done), shown)


def _taken_in(
    manager: MemoryManager, take: Callable[..., MergeReport], shown: render.Mode, *, yes: bool, dry_run: bool
) -> MergeReport | None:
    """What came in, once it was planned and agreed to; None for a dry run, which is shown and done with."""
    planned = take(dry_run=True)
    if dry_run:
        render.show(views_ledger.merged(planned, dry_run=True), shown)
        return None
    what = f"{views.plural(planned.records, 'record')} of {planned.source}"
    confirm(f"Let {manager.namespace!r} learn {what} ({planned.method})?", yes=yes)
    with progress.bar("taking in") as report:
        return take(progress=report)


def _show_merge(done: MergeReport, shown: render.Mode) -> None:
    render.show(views_ledger.merged(done, dry_run=False), shown)
    assert done.run is not None
    if done.run.status is RunStatus.REJECTED:
        render.say(f"refused: nothing came in; memos why {done.run.id} shows the figures")
        raise typer.Exit(ExitCode.GATE_REFUSED)
    render.say(f"memos revert {done.run.id} takes it back")
