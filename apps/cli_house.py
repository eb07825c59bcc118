"""Verbs on the house itself: init, status, doctor, log, verify, config."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from memos.apps import actions, progress, render, views_house
from memos.apps.cli_shared import Json, Limit, Plain, choice, memory, mode
from memos.config import PROJECT_FILE, public_url, public_value, user_file, write_setting
from memos.errors import ExitCode


def init(json: Json = False) -> None:
    """Create the home folder and its database; harmless where they exist.

    Example: memos --home ./memory init
    """
    from memos.apps import contract

    shown = mode(json=json)
    with memory() as manager:
        elsewhere = public_url(manager.settings.store.url)
        document = views_house.sentence(
            contract.Home(home=str(manager.settings.home), namespace=manager.namespace, store=elsewhere),
            f"memory of {manager.namespace!r} in {manager.settings.home}" + (f", its records in {elsewhere}" if elsewhere else ""),
        )
    render.show(document, shown)
    render.say('next: memos observe "I live in Lyon."')


def status(json: Json = False, plain: Plain = False) -> None:
    """Show the three tiers, the model, the last run and the head of the audit log.

    Example: memos status
    """
    shown = mode(json=json, plain=plain)
    loaded = actions.resolve_settings(choice())
    with memory(existing=True) as manager:
        state = manager.status()
    render.show(views_house.status(state, namespace_origin=loaded.origins.get("namespace", "default")), shown)


def doctor(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make everything derived anew from SQL and the ledger, close files to others, sweep.")
    ] = False,
    json: Json = False,
    plain: Plain = False,
) -> None:
    """Look for what is wrong: database, who may read it, disk, leftover files, index, model, runs, hashes.

    Example: memos doctor --rebuild
    """
    shown = mode(json=json, plain=plain)
    with memory() as manager, progress.bar("checking") as report:
        done = manager.doctor(rebuild=rebuild, progress=report)
    render.show(views_house.checks(done), shown)
    if not all(check.ok for check in done):
        raise typer.Exit(ExitCode.RUNTIME)


def reindex(
    embedder: Annotated[
        str | None, typer.Option("--embedder", help="The embedder to move to; without it, that of the settings.")
    ] = None,
    json: Json = False,
) -> None:
    """Embed every text again with another embedder; searches go on with the old vectors until all new ones are there.

    Cut short, it goes on where it stopped when it is run again.

    Example: memos reindex --embedder sentence-transformers/all-mpnet-base-v2
    """
    from memos.apps import contract

    shown = mode(json=json)
    used = choice() if embedder is None else replace(choice(), embedder=embedder)
    with actions.opened(used, existing=True) as manager, progress.bar("embedding") as report:
        embedded = manager.reindex(progress=report)
        name = manager.settings.embedder.name
    line = f"{embedded} texts embedded; the vectors are those of {name}"
    render.show(views_house.sentence(contract.Reindexed(embedder=name, embedded=embedded), line), shown)
    if actions.resolve_settings(choice()).settings.embedder.name != name:
        render.say(f"next: memos config set embedder.name {name}")


def log(limit: Limit = 50, json: Json = False, plain: Plain = False) -> None:
    """List audit events, newest first.

    Example: memos log -l 10
    """
    shown = mode(json=json, plain=plain)
    with memory(existing=True) as manager:
        events = manager.log(limit)
    render.show(views_house.log(events), shown)


def verify(json: Json = False, plain: Plain = False) -> None:
    """Re-derive the audit chain and every ledger hash; status 5 when one does not hold.

    Example: memos verify
    """
    shown = mode(json=json, plain=plain)
    with memory() as manager:
        done = manager.verify()
    render.show(views_house.checks(done), shown)
    if not all(check.ok for check in done):
        raise typer.Exit(ExitCode.AUDIT_BROKEN)


def schema(
    verb: Annotated[
        list[str] | None,
        typer.Argument(metavar="[VERB]", help='The verb, as in "ledger export"; "error" for what a failure prints.'),
    ] = None,
) -> None:
    """Print the JSON Schema of what a verb prints with --json; without a verb, those of all.

    Example: memos schema recall
    """
    from memos.apps import schemas

    render.lines([render.as_json(schemas.schema_of(" ".join(verb)) if verb else schemas.book())])


config = typer.Typer(help="Show or change settings.", no_args_is_help=True)


def config_show(json: Json = False, plain: Plain = False) -> None:
    """Show every setting and where its value came from.

    Example: memos config show --plain
    """
    shown = mode(json=json, plain=plain)
    render.show(views_house.settings(actions.resolve_settings(choice()).rows()), shown)


def config_set(
    key: Annotated[str, typer.Argument(help="A dotted setting, such as recall.k.")],
    value: Annotated[str, typer.Argument(help="Its value.")],
    project: Annotated[
        bool, typer.Option("--project", help=f"Write to {PROJECT_FILE} in this folder, not to your own file.")
    ] = False,
    json: Json = False,
) -> None:
    """Set one value in a settings file, keeping its comments and order.

    Example: memos config set recall.k 12 --project
    """
    from memos.apps import contract

    shown = mode(json=json)
    path = Path.cwd() / PROJECT_FILE if project else user_file()
    write_setting(path, key, value)
    printed = public_value(key, value)
    render.show(
        views_house.sentence(
            contract.SettingWritten(key=key, value=printed, file=str(path)), f"{key} = {printed} in {path}"
        ),
        shown,
    )
    if key in {"model.name", "model.chat"}:
        render.say(f"note: {actions.describe_model(actions.resolve_settings(choice()).settings).cannot}")


def config_path(json: Json = False) -> None:
    """Show which files settings are read from.

    Example: memos config path
    """
    from memos.apps import contract

    shown = mode(json=json)
    paths = contract.SettingsFiles(project=str(Path.cwd() / PROJECT_FILE), user=str(user_file()))
    render.show(views_house.pairs(paths), shown)
