"""The command line: its verbs, its global options, its entry point.

    memos [--home DIR] [--namespace NAME] [--model NAME] VERB ...

The table below is the whole surface; each verb is one function in cli_memory, cli_learning, cli_ledger, cli_hygiene,
cli_plot, cli_screen, cli_store or cli_house.
Global options may also follow the verb. No heavy library is imported here or by them: tests/unit/test_imports.py holds
that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
from typer.core import TyperGroup

from memos.apps import (
    cli_house,
    cli_hygiene,
    cli_learning,
    cli_ledger,
    cli_memory,
    cli_plot,
    cli_screen,
    cli_store,
    completion,
)
from memos.apps.actions import Choice
from memos.apps.cli_shared import guarded, memory, set_choice, warn_of_model_limits
from memos.errors import ExitCode, InputError

Verb = tuple[str, Callable[..., None]]


def chat(
    session: Annotated[
        str | None, typer.Option(help="Start or continue this conversation; a new one by default.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the latest conversation.")] = False,
    memory_mode: Annotated[
        Literal["on", "read-only", "off"],
        typer.Option("--mode", help="on: recall and store; read-only: recall only; off: neither."),
    ] = "on",
    tier: Annotated[
        Literal["auto", "store", "parameters", "context"],
        typer.Option("--from", help="Which tier may answer; with anything but auto, nothing said is stored."),
    ] = "auto",
    full_screen: Annotated[
        bool, typer.Option("--full-screen", help="Use the whole terminal, not the lines below the prompt.")
    ] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Line by line, without a screen.")] = False,
) -> None:
    """Talk. What you say is remembered by policy; /help lists the commands.

    Reads a terminal, or lines from a pipe.

    Example: memos chat --session monday
    """
    from memos.apps.chat import Conversation, sessions, talk

    if resume and session is not None:
        raise InputError(
            "--resume and --session exclude each other", hint="--session NAME also continues", code="input.flags"
        )
    warn_of_model_limits()
    with memory() as manager:
        name = sessions.latest(manager) if resume else session or ""
        talk(Conversation(manager, name, memory_mode, tier), plain=plain, full_screen=full_screen)


def help_(
    verb: Annotated[list[str] | None, typer.Argument(metavar="[VERB]", help='The verb, as in "ledger export".')] = None,
) -> None:
    """Explain a verb with its options and an example; without a verb, list them all.

    Example: memos help ledger export
    """
    app([*(verb or ()), "--help"], prog_name="memos", standalone_mode=False)


VERBS: tuple[tuple[str, tuple[Verb, ...]], ...] = (
    (
        "Remember and ask",
        (
            ("observe", cli_memory.observe),
            ("recall", cli_memory.recall),
            ("ask", cli_memory.ask),
            ("chat", chat),
            ("import", cli_memory.import_),
            ("export", cli_memory.export),
        ),
    ),
    (
        "Look after records",
        (
            ("ls", cli_memory.ls),
            ("show", cli_memory.show),
            ("edit", cli_memory.edit),
            ("pause", cli_memory.pause),
            ("resume", cli_memory.resume),
            ("approve", cli_memory.approve),
            ("forget", cli_memory.forget),
        ),
    ),
    (
        "Learn into the parameters, and take back",
        (
            ("consolidate", cli_learning.consolidate),
            ("runs", cli_learning.runs),
            ("revert", cli_learning.revert),
            ("undo", cli_ledger.undo),
            ("rollback", cli_ledger.rollback),
            ("why", cli_learning.why),
            ("diff", cli_ledger.diff),
            ("blame", cli_ledger.blame),
            ("certificate", cli_ledger.certificate),
        ),
    ),
    (
        "The house",
        (
            ("init", cli_house.init),
            ("status", cli_house.status),
            ("log", cli_house.log),
            ("plot", cli_plot.plot),
            ("verify", cli_house.verify),
            ("audit", cli_hygiene.audit),
            ("doctor", cli_house.doctor),
            ("tui", cli_screen.tui),
            ("serve", cli_screen.serve),
            ("reindex", cli_house.reindex),
            ("schema", cli_house.schema),
            ("help", help_),
        ),
    ),
)

GROUPS: tuple[tuple[str, typer.Typer, tuple[Verb, ...]], ...] = (
    (
        "ledger",
        cli_ledger.ledger,
        (
            ("export", cli_ledger.ledger_export),
            ("import", cli_ledger.ledger_import),
            ("merge", cli_ledger.ledger_merge),
            ("compact", cli_ledger.ledger_compact),
        ),
    ),
    ("store", cli_store.store, (("copy", cli_store.store_copy),)),
    ("config", cli_house.config, (("show", cli_house.config_show), ("set", cli_house.config_set), ("path", cli_house.config_path))),
    (
        "model",
        cli_learning.model,
        (
            ("show", cli_learning.model_show),
            ("adapt", cli_learning.model_adapt),
            ("pretrain", cli_learning.model_pretrain),
            ("evaluate", cli_learning.model_evaluate),
        ),
    ),
)  # fmt: skip

class Program(TyperGroup):
    """The group of all verbs. Here global options are moved, so that a shell that completes a line moves them too."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> Any:
        return super().make_context(info_name, globals_first(args), *rest, **extra)


app = typer.Typer(
    name="memos",
    cls=Program,
    help="Agent memory in three tiers: the conversation, a searchable store, and the model's own parameters. "
    "Every decision and every write is on record, and every write can be taken back.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from memos import __version__
        from memos.apps import render

        render.lines([f"memos {__version__}"])
        raise typer.Exit


@app.callback()
def global_options(
    home: Annotated[Path | None, typer.Option(help="The folder that holds the memory.")] = None,
    namespace: Annotated[
        str | None,
        typer.Option(
            "--namespace",
            "-n",
            help="Whose memory; status shows the default.",
            autocompletion=completion.namespaces,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="assistant (shipped), or a local folder or hub id of a Hugging Face causal LM."),
    ] = None,
    chat_model: Annotated[
        str | None,
        typer.Option(
            metavar="module:Class?key=value", help="A LangChain chat model; it answers from the store alone."
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    set_choice(Choice(home=home, namespace=namespace, model=model, chat_model=chat_model))


for panel, verbs in VERBS:
    for name, verb in verbs:
        app.command(name, rich_help_panel=panel)(guarded(verb))
for group_name, group, commands in GROUPS:
    for name, verb in commands:
        group.command(name)(guarded(verb))
    app.add_typer(group, name=group_name, rich_help_panel="The house")


_GLOBAL_OPTIONS = ("--home", "--namespace", "-n", "--model", "--chat-model")


def globals_first(arguments: Sequence[str]) -> list[str]:
    """The same arguments with global options moved before the verb, so that they may stand anywhere before a "--"."""
    moved: list[str] = []
    rest: list[str] = []
    position = 0
    while position < len(arguments):
        argument = arguments[position]
        if argument == "--":
            rest.extend(arguments[position:])
            break
        if argument in _GLOBAL_OPTIONS and position + 1 < len(arguments):
            moved.extend(arguments[position : position + 2])
            position += 2
            continue
        if argument.startswith(tuple(f"{option}=" for option in _GLOBAL_OPTIONS if option.startswith("--"))):
            moved.append(argument)
        else:
            rest.append(argument)
        position += 1
    return moved + rest


_UsageError: Any = typer.BadParameter.__base__
"""What Typer raises for words it does not understand; it has no public name for it."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The `memos` program."""
    from memos.apps.render import settle_streams

    settle_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = app(given, prog_name="memos", standalone_mode=False)
    except _UsageError as error:
        status = _misused(error, as_json="--json" in given)
    except typer.Abort:
        status = ExitCode.INTERRUPTED
    sys.exit(status if isinstance(status, int) else ExitCode.OK)


def _misused(error: Any, *, as_json: bool) -> int:
    """Say which word was not understood, and where to look."""
    from memos.apps import render

    if not error.format_message():  # a group without a verb: what was asked for is its help
        error.show()
    else:
        path = error.ctx.command_path.removeprefix("memos").strip() if error.ctx is not None else ""
        told = InputError(error.format_message(), hint=f"memos help {path}".strip(), code="input.usage")
        render.fail(told, render.Mode.JSON if as_json else render.Mode.TABLE)
    return ExitCode.USAGE


if __name__ == "__main__":
    main()
