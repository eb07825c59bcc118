"""The verbs that open a screen: `tui`, and `serve --tui`, which shows the same in a browser."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from memos.apps.actions import resolve_settings
from memos.apps.cli_shared import choice, memory
from memos.errors import InputError


def tui(
    readonly: Annotated[bool, typer.Option("--readonly", help="Look at everything, change nothing.")] = False,
) -> None:
    """Look into all tiers, and act on what you see: records, decisions, runs, slots, events.

    Keys are in the footer and under F1; `memos config set tui.keys.NAME KEY` changes one.

    Example: memos tui --readonly
    """
    in_browser = "TEXTUAL_DRIVER" in os.environ  # as `memos serve` starts it
    if not in_browser and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError(
            "memos tui needs a terminal", hint="memos status, ls, runs and log say the same to scripts", code="input.terminal"
        )
    from memos.apps.tui.app import InspectorApp

    if in_browser:
        from memos.apps.tui.web import end_with_the_server

        end_with_the_server()
    with memory() as manager:
        manager.status()  # a store that cannot be read says so in the terminal's own words
        InspectorApp(manager, readonly=readonly).run()


def serve(
    as_tui: Annotated[bool, typer.Option("--tui", help="The full-screen inspector, in a browser.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8765,
    readonly: Annotated[bool, typer.Option("--readonly", help="Look at everything, change nothing.")] = False,
) -> None:
    """Show the inspector in a browser on this machine, at 127.0.0.1 only. Needs the extra `web`.

    Whoever may open a page on this machine may then read this memory; Ctrl-C ends it.

    Example: memos serve --tui --readonly
    """
    if not as_tui:
        raise InputError("nothing to serve was named", hint="memos serve --tui", code="input.flags")
    from memos.apps.tui.web import serve_inspector

    settings = resolve_settings(choice()).settings
    with memory() as manager:
        manager.status()
    serve_inspector(settings, port=port, readonly=readonly)
