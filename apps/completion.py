"""What a shell offers for a half-typed record id, run number or namespace, read from the store that the line names.

A wrong home, a damaged store or a setting that cannot be read offers nothing: a completion has no place to complain.
It creates no home and loads no model. Nothing that someone said is offered, not even as a description: the shells'
scripts evaluate what they are handed, and a text that came from a tool must not reach an `eval`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import typer

from memos.apps.actions import Choice, opened, resolve_settings
from memos.errors import MemosError

if TYPE_CHECKING:
    from memos.manager import MemoryManager

Offer = TypeVar("Offer")

OFFERED = 100
"""More than a screenful is no help; another letter narrows it down."""


def records(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Ids that begin so, each with its state and time. Without the "m:" unless it was typed: bash splits words at it."""
    from memos.apps.views import moment, short_id

    def offered(memory: MemoryManager) -> list[tuple[str, str]]:
        found = [memory.get(one) for one in memory.ids(incomplete, limit=OFFERED)]
        short = len({short_id(one.id) for one in found}) == len(found)
        return [
            (
                (short_id(one.id) if short and short_id(one.id).startswith(typed) else one.id).removeprefix(
                    unsaid
                ),
                f"{one.state.value}, {moment(one.occurred_at)}",
            )
            for one in found
        ]

    unsaid = "" if incomplete.startswith("m:") else "m:"
    typed = unsaid + incomplete
    return _read(ctx, offered)


def runs(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Numbers of runs that begin so, the newest first."""
    from memos.apps.views import moment, plural

    def offered(memory: MemoryManager) -> list[tuple[str, str]]:
        return [
            (
                str(run.id),
                f"{run.status.value}, {plural(len(run.record_ids), 'record')}, {moment(run.created_at)}",
            )
            for run in memory.runs()
            if str(run.id).startswith(incomplete)
        ][:OFFERED]

    return _read(ctx, offered)


def records_or_runs(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """For verbs that take either."""
    return [*runs(ctx, incomplete), *records(ctx, incomplete)]


def namespaces(ctx: typer.Context, incomplete: str) -> list[str]:
    """Namespaces of the store that begin so."""
    return _read(
        ctx, lambda memory: [one for one in memory.status().namespaces if one.startswith(incomplete)]
    )


def _read(ctx: typer.Context, offered: Callable[[MemoryManager], list[Offer]]) -> list[Offer]:
    """What the memory that the line so far names has to offer."""
    typed = ctx.find_root().params
    chosen = Choice(home=typed.get("home"), namespace=typed.get("namespace"))
    try:
        if not resolve_settings(chosen).settings.home.is_dir():
            return []
        with opened(chosen) as memory:
            return offered(memory)
    except (MemosError, OSError):
        return []
