"""Verbs on the database that keeps a memory."""

from __future__ import annotations

from typing import Annotated

import typer

from memos.apps import progress, render, views_house
from memos.apps.cli_shared import Json, Plain, mode

store = typer.Typer(help="The database that keeps the memory.", no_args_is_help=True)


def store_copy(
    source: Annotated[str, typer.Argument(metavar="FROM_URL", help="The store to copy: a URL as in store.url.")],
    target: Annotated[str, typer.Argument(metavar="TO_URL", help="An empty or new one, of either engine.")],
    json: Json = False,
    plain: Plain = False,
) -> None:
    """Copy a whole store into another database, SQLite or PostgreSQL: every row as it is, or nothing.

    Example: memos store copy sqlite:///memory/memos.db postgresql+psycopg://me@localhost/memory
    """
    shown = mode(json=json, plain=plain)
    from memos.stores.copying import copy_store

    with progress.bar("copying") as report:
        done = copy_store(source, target, report)
    render.show(views_house.copied(done), shown)
    render.say("next: memos config set store.url TO_URL; files of the ledger stay in the home folder")
