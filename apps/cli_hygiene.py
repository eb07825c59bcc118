"""The verb `audit`: what is wrong with what is kept, one key for each remedy."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from memos.apps import progress, render, views_hygiene
from memos.apps.cli_shared import Json, Plain, Yes, memory, mode
from memos.errors import InputError
from memos.types import Finding, FindingKind, Hygiene, Remedy

if TYPE_CHECKING:
    from memos.manager import MemoryManager

_KEYS = {"m": Remedy.MERGE, "p": Remedy.PAUSE, "f": Remedy.FORGET, "u": Remedy.UNLINK}


def audit(
    kind: Annotated[
        list[FindingKind] | None, typer.Option("--kind", help="Look for this only; may be given several times.")
    ] = None,
    fix: Annotated[
        FindingKind | None,
        typer.Option(help="Mend findings of this kind, one key each; with --yes all of them by their remedy."),
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Examine this many of the newest records.")] = 5_000,
    yes: Yes = False,
    json: Json = False,
    plain: Plain = False,
) -> None:
    """Find duplicates, recall loops, secrets, junk, contradictions and what has passed, each with its evidence and remedy.

    Example: memos audit --fix exact-duplicate
    """
    shown = mode(json=json, plain=plain)
    if yes and fix is None:
        raise InputError("--yes without --fix", hint="memos audit --fix KIND --yes", code="input.flags")
    if fix is not None and not yes and not sys.stdin.isatty():
        raise InputError("nobody is there to be asked", hint="add --yes", code="input.confirm")
    with memory(existing=True) as manager:
        with progress.bar("examining") as report:
            found = manager.examine([fix] if fix else kind or (), most=most, progress=report)
        if fix is None:
            render.show(views_hygiene.hygiene(found), shown)
            return
        mended = _mend_all(manager, found) if yes else _ask_each(manager, found)
    render.show(views_hygiene.mended(found, mended), shown)


def _mend_all(manager: MemoryManager, found: Hygiene) -> list[tuple[Finding, Remedy]]:
    done: list[tuple[Finding, Remedy]] = []
    with progress.safe_stop("this finding") as stop, progress.bar("mending", total=len(found.findings)) as report:
        for finding in found.findings:
            if stop.requested:
                break
            manager.mend(finding)
            done.append((finding, finding.remedy))
            report(len(done), len(found.findings), "mended")
    return done


def _ask_each(manager: MemoryManager, found: Hygiene) -> list[tuple[Finding, Remedy]]:
    done: list[tuple[Finding, Remedy]] = []
    for place, finding in enumerate(found.findings, start=1):
        render.say(f"{place} of {len(found.findings)}")
        for line in views_hygiene.question(finding):
            render.say(line)
        offered = _offered(finding)
        answer = _key(offered)
        if answer == "q":
            break
        remedy = offered.get(answer)
        if remedy is not None:
            manager.mend(finding, remedy)
            done.append((finding, remedy))
    return done


def _key(offered: dict[str, Remedy]) -> str:
    """The key that was chosen; one that means nothing here is asked for again, never taken for a skip."""
    keys = ", ".join(f"[{key}] {remedy.value}" for key, remedy in offered.items())
    while True:
        answer = str(typer.prompt(f"{keys}, [s] skip, [q] quit", default="s", err=True)).strip().casefold()[:1]
        if answer in offered or answer in ("s", "q"):
            return answer
        render.say(f"{answer!r} is none of these keys")


def _offered(finding: Finding) -> dict[str, Remedy]:
    if finding.remedy is Remedy.UNLINK:
        return {"u": Remedy.UNLINK}
    return {key: remedy for key, remedy in _KEYS.items()
            if remedy is not Remedy.UNLINK and (remedy is not Remedy.MERGE or finding.beside is not None)}

