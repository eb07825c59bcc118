"""Verbs on what the parameters know: consolidate, runs, revert, why, model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from memos.apps import actions, completion, progress, render, views, views_house, views_learning
from memos.apps.cli_shared import (
    DryRun,
    Json,
    Limit,
    Plain,
    Yes,
    choice,
    confirm,
    memory,
    mode,
    warn_of_model_limits,
)
from memos.errors import ExitCode, InputError
from memos.types import RunStatus


def consolidate(
    records: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RECORD...]",
            help="Learn these; the policy chooses when none is named.",
            autocompletion=completion.records,
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every record that may be learned, whatever its score.")
    ] = False,
    dry_run: DryRun = False,
    json: Json = False,
    plain: Plain = False,
) -> None:
    """Learn records into the parameters: write, sleep, gate, then commit or refuse.

    Nothing is committed unless wordings that were never trained on are answered, old knowledge holds, and the model
    still says when it does not know. A refused run exits with status 4 and leaves everything as it was.

    Example: memos consolidate --dry-run
    """
    shown = mode(json=json, plain=plain)
    warn_of_model_limits()
    with memory(existing=True) as manager:
        ids = actions.record_ids(manager, records or [])
        plan = manager.plan_consolidation(ids or None, everything=every)
        if dry_run:
            render.show(views_learning.plan(plan), shown)
            return
        with progress.safe_stop("this step") as stop, progress.bar("learning", stop=stop) as report:
            run = manager.consolidate(plan, progress=report)
    render.show(views_learning.consolidation(run), shown)
    if run.status is RunStatus.REJECTED:
        render.say(f"refused: the records stay in the token store; memos why {run.id} shows the figures")
        raise typer.Exit(ExitCode.GATE_REFUSED)
    render.say(f"memos why {run.id} shows what was written; memos revert {run.id} takes it back")


def runs(
    limit: Limit = 50,
    json: Json = False,
    plain: Plain = False,
) -> None:
    """List consolidation runs, newest first.

    Example: memos runs --json
    """
    shown = mode(json=json, plain=plain)
    with memory(existing=True) as manager:
        listed = manager.runs(limit)
    render.show(views_learning.runs(listed), shown)


def revert(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="The run's number.", autocompletion=completion.runs)
    ],
    record: Annotated[
        str | None,
        typer.Option(help="Take out only this record of the run.", autocompletion=completion.records),
    ] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Take a run, or one record of it, out of the parameters. The records stay in the token store.

    Example: memos revert 3 --record 4f2a
    """
    shown = mode(json=json)
    number = _run_number(run)
    with memory(existing=True) as manager:
        target = manager.run(number)
        one = None if record is None else actions.record_id(manager, record)
        ids = list(target.record_ids) if one is None else [one]
        if dry_run:
            render.show(views_learning.revert_plan(number, ids), shown)
            return
        for record_id in ids if not yes else ():
            render.say(f"{views.short_id(record_id)}  {manager.get(record_id).text}")
        confirm(f"Take {views.plural(len(ids), 'record')} of run {number} out of the parameters?", yes=yes)
        with progress.bar("reverting") as report:
            done = manager.revert(number, record_id=one, progress=report)
    render.show(views_learning.revert(done), shown)
    render.say("memos consolidate learns them again")


def why(
    subject: Annotated[
        str | None,
        typer.Argument(
            metavar="[RECORD|RUN|QUESTION]",
            help="A record id, the number of a run, or a question of several words.",
            autocompletion=completion.records_or_runs,
        ),
    ] = None,
    question: Annotated[
        str | None, typer.Option("--ask", metavar="QUESTION", help="A question of one word, too.")
    ] = None,
    json: Json = False,
    plain: Plain = False,
) -> None:
    """Explain a record, a run or an answer: from which turn, by which decision, into which slots.

    Example: memos why "Where do I live?"
    """
    shown = mode(json=json, plain=plain)
    if question is None and subject is not None and actions.run_number(subject) is None and " " in subject.strip():
        subject, question = None, subject
    if (subject is None) == (question is None):
        raise InputError(
            "name a record, a run or a question",
            hint='memos why 3, memos why m:1a2b3c, or memos why "Where do I live?"',
            code="input.why",
        )
    with memory(existing=True) as manager:
        if question is not None:
            document = views_learning.answer_story(manager.why_question(question))
        elif (number := actions.run_number(subject or "")) is not None:
            document = views_learning.run_story(manager.why_run(number))
        else:
            document = views_learning.record_story(
                manager.why_record(actions.record_id(manager, subject or ""))
            )
    render.show(document, shown)


def _run_number(text: str) -> int:
    number = actions.run_number(text)
    if number is None:
        raise InputError(f"{text!r} is not the number of a run", hint="memos runs", code="input.run")
    return number


model = typer.Typer(
    help="Show the model in use, fit the memory to another, train the shipped one anew, or evaluate one.",
    no_args_is_help=True
)


def model_show(json: Json = False, plain: Plain = False) -> None:
    """Show which model is configured, what it can do and what it cannot.

    Example: memos --model ./my-llama model show
    """
    shown = mode(json=json, plain=plain)
    settings = actions.resolve_settings(choice()).settings
    verdict = actions.verdict(settings)
    render.show(views_house.model_choice(actions.describe_model(settings), settings, verdict), shown)


def model_pretrain(
    out: Annotated[Path, typer.Option(help="The folder to write the model into.")],
    seed: Annotated[int, typer.Option(help="Seed of text and training.")] = 0,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Training steps; the recipe's own number by default.")
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads for the arithmetic.")] = 1,
    json: Json = False,
) -> None:
    """Train a model like the shipped one from its own generated text.

    Example: memos model pretrain --out my-assistant --seed 1
    """
    shown = mode(json=json)
    with progress.safe_stop("this step") as stop, progress.bar("pretraining") as report:
        result = actions.pretrain(out, seed=seed, steps=steps, threads=threads, progress=report, stop=stop)
    render.show(views_house.pairs(result), shown)
    render.say(f"memos --model {out} ask QUESTION uses it")


def model_evaluate(
    items: Annotated[int, typer.Option(min=1, help="Questions of each class.")] = 100,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the questions; the recipe's own by default.")
    ] = None,
    json: Json = False,
    plain: Plain = False,
) -> None:
    """Measure a model on held-out items: old facts, reading notes, honesty.

    Example: memos model evaluate --items 20
    """
    shown = mode(json=json, plain=plain)
    render.say("asking held-out questions; this takes a minute or two")
    figures = actions.evaluate(actions.resolve_settings(choice()).settings, items=items, seed=seed)
    render.show(views_house.figures(figures), shown)


def model_adapt(
    model: Annotated[
        str | None,
        typer.Argument(metavar="[MODEL]", help="assistant, a folder or a hub id; the configured one by default."),
    ] = None,
    text: Annotated[
        list[Path] | None,
        typer.Option("--text", metavar="FILE", help="Measure addresses on this text; may be repeated."),
    ] = None,
    layer: Annotated[str, typer.Option(help="The block beside which the memory sits; auto probes a few.")] = "auto",
    rate: Annotated[str, typer.Option(help="The step of a write; auto probes a few.")] = "auto",
    facts: Annotated[
        int, typer.Option("--probe-facts", min=1, help="Generated facts that acceptance is judged by.")
    ] = 50,
    seed: Annotated[int, typer.Option(help="Seed of the generated facts.")] = 0,
    beside_model: Annotated[
        bool, typer.Option("--beside-model", help="Keep the files in MODEL/memory, not in the home folder.")
    ] = False,
    json: Json = False,
) -> None:
    """Fit the memory to a model, and find out whether facts can be learned into it.

    Generated facts about people who do not exist are written into a copy; wordings that were never trained, old
    answers and untaught questions decide. Until a model is accepted nothing is written into it: facts stay in the
    token store. A refused model exits with status 4; a report lies beside the memory files either way.

    Example: memos model adapt ./my-llama --text notes.txt
    """
    shown = mode(json=json)
    request = actions.adapt_request(text or [], layer, rate, facts, seed, beside_model)
    settings = actions.resolve_settings(replace(choice(), model=model or choice().model)).settings
    with progress.safe_stop("this fact") as stop, progress.bar("adapting", stop=stop) as report:
        done = actions.adapt(settings, request, report)
    render.show(views_house.adaptation(done), shown)
    if not done.accepted:
        render.say("facts stay in the token store; consolidation.allow_unaccepted would write all the same")
        raise typer.Exit(ExitCode.GATE_REFUSED)
