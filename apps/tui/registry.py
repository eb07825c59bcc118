"""Every action of the full-screen inspector, once: keys, footer, palette and help are made from this list.

Keys come from the settings (`tui.keys.NAME`); a test holds the two together. Knows names, no widgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from memos.config import KeySettings

Needs = Literal["", "record", "run", "list"]


@dataclass(frozen=True)
class Action:
    """`needs` is what must be under the cursor; `changes` says that it is not offered with --readonly."""

    name: str
    label: str
    help: str
    needs: Needs = ""
    changes: bool = False
    footer: bool = False


ACTIONS: tuple[Action, ...] = (
    Action("overview", "Overview", "Tiers, use, decisions, the last run."),
    Action("context", "Context", "The conversation window and its sessions."),
    Action("store", "Store", "Every record; filter, sort, open."),
    Action("parameters", "Parameters", "Runs, their gates, and the slot table."),
    Action("decisions", "Decisions", "What became of everything that was said, and why."),
    Action("log", "Log", "The audit events, newest first."),
    Action("filter", "Filter", "Words, and on Store state: origin: session: learned:, on Decisions action:.", needs="list", footer=True),
    Action("sort", "Sort", "Newest, oldest, most recalled, most important.", needs="list", footer=True),
    Action("recall", "Recall", "What a question would find in the store, with the parts of every score."),
    Action("pause", "Pause", "Out of recall until resumed; the same key resumes.", needs="record", changes=True),
    Action("approve", "Approve", "Let text that is not the user's own reach the parameters.", needs="record", changes=True),
    Action("edit", "Edit", "Another text for the record; the old one stays in its history.", needs="record", changes=True),
    Action("forget", "Forget", "Erase the record from every tier, and prove it.", needs="record", changes=True),
    Action("learn", "Learn", "Write this one record into the parameters.", needs="record", changes=True),
    Action("consolidate", "Consolidate", "What the policy would write into the parameters; then write it.", changes=True, footer=True),
    Action("revert", "Revert", "Take a run out of the parameters; its records stay in the store.", needs="run", changes=True),
    Action("undo", "Undo", "Take back your last change, or the last run.", changes=True, footer=True),
    Action("verify", "Verify", "Check that every audit event follows from the one before."),
    Action("reload", "Reload", "Read the store again."),
    Action("help", "Help", "Explain what has the focus, and list the keys.", footer=True),
    Action("back", "Back", "Back to where you were; out of anything."),
    Action("quit", "Quit", "Leave.", footer=True),
)  # fmt: skip

BY_NAME = {action.name: action for action in ACTIONS}
SCREENS = ("overview", "context", "store", "parameters", "decisions", "log")


def default_keys(name: str) -> str:
    """The keys of an action where the settings name no others."""
    return str(KeySettings.model_fields[name].default)


def shown_keys(keys: str) -> str:
    """Key names as people read them."""
    names = {"slash": "/", "question_mark": "?", "escape": "Esc", "backspace": "⌫", "delete": "Del"}
    return " ".join(names.get(one, one.replace("ctrl+", "^").upper() if one[0] == "f" and one[1:].isdigit() else one)
                    for one in keys.split(","))  # fmt: skip
