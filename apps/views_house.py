"""Documents about the house: status, log, checks, settings, models, files in and out. Pure functions, like `views`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from memos.acceptance import figure_rows, trial_row
from memos.apps.render import Document, Table, escape
from memos.apps.views import SHORT, moment, plural, short_id, size
from memos.types import (
    AuditEvent,
    Check,
    ImportReport,
    Status,
    StoreCopy,
    Value,
)

if TYPE_CHECKING:
    from memos.acceptance import AdaptationReport, Verdict
    from memos.apps import contract
    from memos.apps.actions import ImportSurvey, ModelChoice
    from memos.config import Settings
    from memos.interchange import ArchiveReport


def import_report(report: ImportReport, *, source: str, stopped: bool) -> Document:
    """How many experiences came in and what became of them."""
    from memos.apps import contract

    data = contract.Imported(**dict(report), source=source, stopped=stopped)
    parts = ", ".join(f"{count} {action}" for action, count in sorted(report.by_action.items()))
    line = f"{plural(report.observed, 'experience')} from {source}" + (f": {parts}" if parts else "")
    return Document(data, (line + (" (stopped early; these are kept)" if stopped else ""),))


def import_survey(found: ImportSurvey, *, source: str) -> Document:
    """What a file would bring in, with --dry-run."""
    from memos.apps import contract

    data = contract.Surveyed(source=source, **asdict(found))
    whose = ", ".join(f"{count:,} of {origin}" for origin, count in sorted(found.by_origin.items()))
    lines = [f"{plural(found.experiences, 'experience')} in {source} ({found.format}): {whose}"]
    if found.earliest and found.latest:
        lines.append(f"said from {found.earliest:%Y-%m-%d} to {found.latest:%Y-%m-%d}")
    return Document(data, (*lines, "nothing was stored; what is known or says nothing will be left out"))


def status(state: Status, *, namespace_origin: str) -> Document:
    """The state of the three tiers."""
    from memos.apps import contract

    tiers = [(tier.tier.value, f"{tier.count:,}", size(tier.bytes), tier.detail) for tier in state.tiers]
    last = state.last_run
    facts = [
        ("home", state.home),
        ("namespace", f"{state.namespace} ({namespace_origin})"),
        ("others", ", ".join(name for name in state.namespaces if name != state.namespace) or "none"),
        (
            "model",
            state.model + (f", answers by {state.chat_model} from the store" if state.chat_model else ""),
        ),
        ("writes", f"{state.writes}: {state.writes_reason}"),
        ("embedder", state.embedder),
        ("put aside", f"{state.superseded} superseded, {state.paused} paused"),
        ("last run", f"{last.id} {last.status.value}, {moment(last.created_at)}" if last else "none"),
        ("audit log", f"{plural(state.audit_events, 'event')}, head {state.chain_head[:12] or 'none'}"),
    ]
    data = contract.HomeStatus(**dict(state), namespace_origin=namespace_origin)
    return Document(
        data,
        (
            Table(("", "text"), facts, header=False),
            Table(("tier", "count", "size", "holds"), tiers, title="tiers", wide="holds"),
        ),
    )


def checks(done: Sequence[Check]) -> Document:
    """Lines of `verify` and `doctor`."""
    from memos.apps import contract

    data = contract.Checks(ok=all(check.ok for check in done), checks=tuple(done))
    rows = [("ok" if check.ok else "FAILED", check.name, check.detail, check.hint) for check in done]
    return Document(data, (Table(("", "check", "found", "hint"), rows, wide="found"),))


def log(events: Sequence[AuditEvent]) -> Document:
    """Audit events, newest first."""
    from memos.apps import contract

    rows = [
        (
            str(event.seq),
            moment(event.at),
            event.actor,
            event.kind,
            event.subject[: SHORT * 2],
            _payload(event),
            event.hash[:12],
        )
        for event in events
    ]
    return Document(
        contract.EventList(events=tuple(events)),
        (Table(("seq", "at", "actor", "event", "subject", "what", "hash"), rows, wide="what"),),
        empty="nothing has happened yet; memos observe TEXT is a start",
    )


def _payload(event: AuditEvent) -> str:
    shown = [
        f"{key} {_brief(value)}"
        for key, value in event.payload.items()
        if value not in (None, "", [], {}) and not isinstance(value, dict | list)
    ]
    return ", ".join(shown)


def _brief(value: object) -> str:
    """Ids and digests by their beginning; `--json` has them whole."""
    text = str(value)
    if text[1:2] == ":":
        return short_id(text)
    return text[:12] if len(text) == 64 else text


def settings(rows: Sequence[tuple[str, str, str]]) -> Document:
    """Each setting with the place its value came from."""
    from memos.apps import contract

    data = contract.SettingList(
        settings=tuple(contract.Setting(key=key, value=value, origin=origin) for key, value, origin in rows)
    )
    return Document(data, (Table(("key", "value", "from"), rows, wide="value"),))


def pairs(data: Value) -> Document:
    """A flat value, as JSON and as two columns."""
    rows = [(key, escape(_shown(value))) for key, value in data]
    return Document(data, (Table(("", "text"), rows, header=False),))


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


def sentence(data: Value, line: str) -> Document:
    """A change of state, said in one line."""
    return Document(data, (line,))


def copied(report: StoreCopy) -> Document:
    """What was copied, table by table."""
    rows = [(name, str(count), report.digests[name][:SHORT]) for name, count in report.rows.items() if count]
    return Document(report, (
        f"copied {plural(sum(report.rows.values()), 'row')} from {report.source} to {report.target}; "
        "each table read back and equal",
        Table(("table", "rows", "sha256"), rows),
    ))


def archive(report: ArchiveReport) -> Document:
    """What an export wrote."""
    members = ", ".join(f"{count} {name.removesuffix('.jsonl')}" for name, count in report.members.items())
    lines = (f"{report.path}: {members} ({size(report.bytes)})", f"sha256 {report.sha256}")
    return Document(report, lines)


def model_choice(choice: ModelChoice, settings: Settings, verdict: Verdict) -> Document:
    """Which model is configured, what it can do and what it cannot, and whether it may be written into."""
    from memos.apps import contract

    return pairs(
        contract.ModelShown(
            model=choice.name,
            kind=choice.kind,
            can=choice.can,
            cannot=choice.cannot,
            writes=verdict.state,
            writes_reason=verdict.reason,
            device=settings.model.device,
            threads=settings.model.threads,
            network=settings.model.allow_network,
        )
    )


def adaptation(report: AdaptationReport) -> Document:
    """The verdict on a model, with the figures behind it."""
    from memos.apps import contract

    shares = [] if report.figures is None else figure_rows(report.figures, report.bar)
    probes = [trial_row(trial) for trial in (*report.layers, *report.rates)]
    return Document(
        contract.Adaptation(**dict(report)),
        (
            f"{report.model}: {report.verdict}",
            f"layer {report.layer}, {report.rate_of} {report.rate:g}, {report.documents} texts measured, "
            f"{report.seconds:.0f} s",
            Table(("share of", "right", "prompts", "asked for"), shares, title="generated facts", wide="share of"),
            Table(
                ("layer", "rate", "held-out", "honest", "leaked", "kept", "s", "note"), probes, title="probes",
                wide="note",
            ),
        ),
    )  # fmt: skip


def figures(measured: Sequence[contract.Figure]) -> Document:
    """A model's evaluation, a row a class of questions."""
    from memos.apps import contract

    rows = [
        (one.name, f"{one.value:.3f}", "" if one.wanted is None else f"{one.wanted:.2f}", str(one.items))
        for one in measured
    ]
    return Document(
        contract.Figures(rows=tuple(measured)),
        (Table(("held-out questions", "right", "wanted", "items"), rows, wide="held-out questions"),),
    )
