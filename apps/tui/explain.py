"""F1: what has the focus, what the screen is for, and the keys that work here."""

from __future__ import annotations

from typing import Any

from memos.apps.stories import Line, gap, head
from memos.apps.tui.panes import ListPane, Pane
from memos.apps.tui.registry import ACTIONS, shown_keys
from memos.apps.tui.rows import Rows
from memos.apps.tui.story import Story
from memos.config import KeySettings


def explained(focused: Any, pane: Pane, keys: KeySettings, readonly: bool) -> list[Line]:
    """Help for the widget that has the focus, then every key."""
    lines = [head("This screen"), Line(_first(type(pane)))]
    if isinstance(pane, ListPane):
        lines.append(Line(f"filter by {pane.filters}", tone="dim"))
    lines += [gap(), head("What has the focus")]
    if isinstance(focused, Rows):
        lines += [Line("A list. Arrows or j and k move, g and G go to its ends, Enter opens what the line tells.")]
    elif isinstance(focused, Story):
        lines += [Line("A story. Arrows go from one line that leads somewhere to the next, Enter follows it, Esc comes back.")]
    else:
        lines += [Line("A field. Enter keeps what it says, Esc leaves it.")]
    lines += [gap(), head("Keys")]
    for action in ACTIONS:
        if not (action.changes and readonly):
            lines.append(Line(f"{action.label}: {action.help}", shown_keys(getattr(keys, action.name))))
    lines.append(Line("Palette: every action by its name", "^p"))
    if readonly:
        lines += [gap(), Line("Opened with --readonly: what changes anything is not offered.", tone="dim")]
    return lines


def _first(kind: type) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]
