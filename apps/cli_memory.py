"""Verbs on memories: observe, recall, ask, ls, show, edit, pause, resume, approve, forget, import, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from memos.apps import actions, completion, progress, render, views, views_house, views_learning
from memos.apps.cli_shared import (
    DryRun,
    Json,
    Limit,
    Plain,
    Yes,
    confirm,
    memory,
    mode,
    text_argument,
    warn_of_model_limits,
)
from memos.errors import ExitCode, InputError, MemosError
from memos.types import Origin, RecordState, Source, Tier

Records = Annotated[
    list[str],
    typer.Argument(metavar="RECORD...", help="Record ids; a prefix is enough.", autocompletion=completion.records),
]
Where = Annotated[
    str | None,
    typer.Option(metavar="FILTER", help='Only records for which this holds, as actor = "Ana" and turn > 3.'),
]
RecordArgument = Annotated[
    str, typer.Argument(metavar="RECORD", help="A record id; a prefix is enough.", autocompletion=completion.records)
]


def observe(
    text: Annotated[str, typer.Argument(help="What was said; - reads standard input.")],
    origin: Annotated[
        Origin, typer.Option(help="Who brought the text; only the user's own reaches the parameters unasked.")
    ] = Origin.USER,
    session: Annotated[str | None, typer.Option(help="The conversation it belongs to.")] = None,
    actor: Annotated[str | None, typer.Option(help="Who said it.")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it was said (ISO 8601); now by default.")
    ] = None,
    json: Json = False,
) -> None:
    """Hand in one experience; say what was kept of it, and why.

    Example: memos observe "I live in Lyon."
    """
    shown = mode(json=json)
    when = actions.parse_time(at)
    with memory() as manager:
        result = manager.observe(
            text_argument(text), origin=origin, source=Source(session=session, actor=actor), occurred_at=when
        )
    render.show(views.observed(result), shown)
    if result.experience.metadata.get("redacted"):
        render.say("a secret was taken out before anything was stored")


def recall(
    query: Annotated[str, typer.Argument(help="What to look for; - reads standard input.")],
    k: Annotated[int | None, typer.Option("-k", min=1, max=1000, help="How many hits.")] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="TIME", help="What held at that time (ISO 8601).")
    ] = None,
    where: Where = None,
    explain: Annotated[
        bool, typer.Option("--explain", "-e", help="Show every score that was fused.")
    ] = False,
    json: Json = False,
    plain: Plain = False,
) -> None:
    """Search the token store.

    Example: memos recall "where do I live" -k 5 --explain
    """
    shown = mode(json=json, plain=plain)
    moment = actions.parse_time(as_of)
    condition = actions.parse_filter(where)
    with memory(existing=True) as manager:
        found = manager.recall(text_argument(query), k=k, where=condition, as_of=moment)
    render.show(views.recall(found, explain=explain), shown)


def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads standard input.")],
    tier: Annotated[
        Literal["auto", "store", "parameters", "context"],
        typer.Option("--from", help="Which tier may answer; auto leaves it to the recall policy."),
    ] = "auto",
    session: Annotated[str | None, typer.Option(help="The conversation it belongs to.")] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="TIME", help="What held at that time (ISO 8601).")
    ] = None,
    json: Json = False,
    plain: Plain = False,
) -> None:
    """Answer a question from memory, and say which tier knew. The question is not stored.

    Example: memos ask "Where do I live?" --from parameters
    """
    shown = mode(json=json, plain=plain)
    moment = actions.parse_time(as_of)
    warn_of_model_limits()
    with memory(existing=True) as manager:
        result = manager.answer(text_argument(question), tier=tier, session=session, as_of=moment)
    render.show(views.answer(result), shown)
    if shown is render.Mode.TABLE:
        render.dim(views.memory_line(result))


def ls(
    tier: Annotated[Tier, typer.Option(help="Which tier to list.")] = Tier.TOKEN,
    where: Where = None,
    every: Annotated[bool, typer.Option("--all", "-a", help="Paused and superseded records too.")] = False,
    limit: Limit = 50,
    offset: Annotated[int, typer.Option(min=0, help="Skip this many.")] = 0,
    json: Json = False,
    plain: Plain = False,
) -> None:
    """List what a tier holds, newest first.

    Example: memos ls --tier parametric
    """
    shown = mode(json=json, plain=plain)
    states = () if every else (RecordState.ACTIVE,)
    condition = actions.parse_filter(where)
    if condition is not None and tier is Tier.CONTEXT:
        raise InputError("--where filters records, and the context holds turns", hint="--tier token", code="input.flags")
    with memory(existing=True) as manager:
        if tier is Tier.CONTEXT:
            window = actions.window(manager)
            document = views.context(window.blocks, window.turns[offset : offset + limit])
        else:
            listed = actions.list_records(manager, tier, states=states, where=condition, limit=limit, offset=offset)
            empty = (
                "nothing learned yet; memos consolidate"
                if tier is Tier.PARAMETRIC
                else "nothing stored yet; memos observe TEXT"
            )
            document = views.records(listed, tier=tier, empty=empty)
    render.show(document, shown)


def show(record: RecordArgument, json: Json = False, plain: Plain = False) -> None:
    """Show one record: text, times, source, decisions, history, writes.

    Example: memos show 4f2a
    """
    shown = mode(json=json, plain=plain)
    with memory(existing=True) as manager:
        story = manager.why_record(actions.record_id(manager, record))
    render.show(views_learning.record_story(story), shown)


def edit(
    record: RecordArgument,
    text: Annotated[str, typer.Argument(help="The new text; - reads standard input.")],
    json: Json = False,
) -> None:
    """Replace a record's text. The old text stays in its history until it is forgotten.

    Example: memos edit 4f2a "I live in Nice."
    """
    shown = mode(json=json)
    with memory(existing=True) as manager:
        edited = manager.edit(actions.record_id(manager, record), text_argument(text))
    render.show(views.changed("edited", [edited]), shown)
    if edited.learned_by is not None:
        render.say(f"the parameters still hold the old text; memos revert {edited.learned_by} takes it out")


def pause(records: Records, json: Json = False) -> None:
    """Take records out of recall until they are resumed.

    Example: memos pause 4f2a
    """
    shown = mode(json=json)
    with memory(existing=True) as manager:
        paused = [manager.pause(one) for one in actions.record_ids(manager, records)]
    render.show(views.changed("paused", paused), shown)
    render.say("memos resume brings them back")


def resume(records: Records, json: Json = False) -> None:
    """Bring paused records back into recall.

    Example: memos resume 4f2a
    """
    shown = mode(json=json)
    with memory(existing=True) as manager:
        resumed = [manager.resume(one) for one in actions.record_ids(manager, records)]
    render.show(views.changed("resumed", resumed), shown)


def approve(records: Records, json: Json = False) -> None:
    """Vouch for records that did not come from you: they may be learned into the parameters from now on.

    Example: memos approve 4f2a
    """
    shown = mode(json=json)
    with memory(existing=True) as manager:
        approved = manager.approve(actions.record_ids(manager, records))
    render.show(views.changed("approved", approved), shown)
    render.say("memos consolidate --dry-run shows what would be learned now")


def forget(records: Records, yes: Yes = False, dry_run: DryRun = False, json: Json = False) -> None:
    """Erase records from every tier, and prove it on the bytes on disk. There is no way back.

    Example: memos forget 4f2a --dry-run
    """
    shown = mode(json=json)
    with memory(existing=True) as manager:
        ids = actions.record_ids(manager, records)
        planned = manager.forget(ids, dry_run=True)
        if dry_run:
            render.show(views_learning.forget(planned, dry_run=True), shown)
            return
        if not yes:
            for one in ids:
                render.say(f"{views.short_id(one)}  {manager.get(one).text}")
        confirm(f"Erase {views.plural(len(ids), 'record')} from every tier, for good?", yes=yes)
        with progress.bar("forgetting") as report:
            done = manager.forget(ids, progress=report)
    render.show(views_learning.forget(done, dry_run=False), shown)
    if not done.proven:
        raise MemosError(
            f"bytes of a forgotten text are still in {', '.join(done.residue)}",
            hint="close other programs that use this folder, then memos doctor --rebuild",
            code="forget.residue",
        )


def import_(
    file: Annotated[str, typer.Argument(help="The file, or a folder of Markdown; - reads standard input.")],
    format: Annotated[
        Literal["auto", "archive", "langchain", "locomo", "longmemeval", "markdown", "mem0", "messages", "text"],
        typer.Option(help="What the file is; auto looks at its name and its beginning."),
    ] = "auto",
    origin: Annotated[
        Literal["import", "user"],
        typer.Option(
            help="user: you vouch for what people say in it, so it may be learned into the parameters."
        ),
    ] = "import",
    conversation: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this one of several conversations in the file.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the file, say what would come in, store nothing.")] = False,
    json: Json = False,
) -> None:
    """Observe every experience in a file. All of it is checked before any of it is stored.

    Reads LoCoMo and LongMemEval JSON, chat messages (JSON or JSON Lines, OpenAI style), LangChain messages, mem0 exports,
    Markdown (a file or a folder), plain text, and the archives that `memos export` writes.

    Example: memos -n travels import diary.md
    """
    shown = mode(json=json)
    path = None if file == "-" else Path(file)
    request = actions.ImportRequest(path, format, Origin(origin), conversation)
    with actions.readable(request, sys.stdin.buffer) as source:
        with progress.bar("reading") as report:
            found = actions.survey(source, report)
        if not found.experiences:
            raise InputError(
                f"{request.name} holds no experience",
                hint="--format names another format",
                code="input.empty",
            )
        if dry_run:
            render.show(views_house.import_survey(found, source=request.name), shown)
            return
        total = found.experiences
        with memory() as manager, progress.safe_stop("this batch") as stop, progress.bar("importing", total=total) as report:
            done = actions.import_file(manager, source, progress=report, stop=stop, total=total)
    render.show(views_house.import_report(done, source=request.name, stopped=stop.requested), shown)
    if stop.requested:
        render.say(f"{done.observed} of {total} were stored; importing again skips what is there")
        raise typer.Exit(ExitCode.INTERRUPTED)
    render.say("memos recall QUERY searches them")


def export(
    file: Annotated[Path, typer.Argument(help="The archive to write (.zip).")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    json: Json = False,
) -> None:
    """Write everything a namespace holds to one portable archive with checksums.

    Example: memos export memory.zip
    """
    from memos import interchange

    shown = mode(json=json)
    if file.exists() and not force:
        raise InputError(f"{file} exists", hint="--force replaces it", code="input.exists")
    with memory(existing=True) as manager, progress.bar("exporting") as report:
        written = interchange.export_archive(manager, file, progress=report)
    render.show(views_house.archive(written), shown)
