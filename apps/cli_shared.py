"""What every verb of the command line shares: global options, output modes, confirmation, errors to exit statuses."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

import typer

from memos.apps import render
from memos.apps.actions import Choice, describe_model, opened, resolve_settings
from memos.errors import ExitCode, InputError, MemosError, StoreUnwritable

if TYPE_CHECKING:
    from memos.manager import MemoryManager

P = ParamSpec("P")
R = TypeVar("R")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object (memos schema VERB).")]
Plain = Annotated[bool, typer.Option("--plain", help="Print tab-separated lines without a header.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")]
Limit = Annotated[int, typer.Option("--limit", "-l", min=1, help="At most this many.")]

_choice = Choice()


def set_choice(choice: Choice) -> None:
    """Remember the global options of this process."""
    global _choice
    _choice = choice


def choice() -> Choice:
    """The global options of this process."""
    return _choice


def mode(*, json: bool = False, plain: bool = False) -> render.Mode:
    """The output mode of a verb; both flags at once are a usage error."""
    if json and plain:
        raise InputError("--json and --plain exclude each other", hint="choose one", code="input.flags")
    return render.Mode.JSON if json else render.Mode.PLAIN if plain else render.Mode.TABLE


@contextmanager
def memory(*, existing: bool = False) -> Iterator[MemoryManager]:
    """The memory that the global options name. `existing` as in `actions.opened`."""
    with opened(choice(), existing=existing) as manager:
        yield manager


def warn_of_model_limits() -> None:
    """A model named on this command line says at once, in one sentence, what it cannot do."""
    if choice().model is not None or choice().chat_model is not None:
        limits = describe_model(resolve_settings(choice()).settings)
        if limits.kind != "shipped":
            render.say(f"note: {limits.cannot}")


def confirm(question: str, *, yes: bool) -> None:
    """Return when the user agrees. Raises InputError where nobody can be asked, and ends the process at a no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise InputError(
            "this cannot be undone and nobody is there to be asked", hint="add --yes", code="input.confirm"
        )
    if not render.ask(question):
        render.say("nothing was changed")
        raise typer.Exit(ExitCode.OK)


def text_argument(text: str) -> str:
    """The text itself, or standard input for "-"."""
    if text != "-":
        return text
    return sys.stdin.buffer.read().decode("utf-8", "surrogateescape").strip()


def guarded(verb: Callable[P, R]) -> Callable[P, R]:
    """The verb with every expected failure turned into a message, a hint and an exit status. A bug keeps its traceback."""

    @functools.wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        shown = render.Mode.JSON if kwargs.get("json") else render.Mode.TABLE
        try:
            return verb(*args, **kwargs)
        except MemosError as error:
            render.fail(error, shown)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            render.say("\ninterrupted; nothing half-done was kept")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except BrokenPipeError:
            # The reader went away, as `| head` does. Point stdout elsewhere, so that closing it says nothing either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.OK) from None
        except OSError as error:
            about = f"{error.filename}: " if error.filename else ""
            unwritable = StoreUnwritable(
                f"{about}{error.strerror or error}",
                hint="check the path, its permissions and the space left on the disk",
            )
            render.fail(unwritable, shown)
            raise typer.Exit(unwritable.exit_code) from None

    return run
