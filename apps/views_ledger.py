"""Documents about the ledger: what was taken back, differences, owners of slots, files, merges. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from memos.apps.render import Document, Table
from memos.apps.views import moment, plural, short_id
from memos.ledger_reports import (
    Blame,
    Certificate,
    CompactReport,
    LedgerDiff,
    LedgerFile,
    MergeReport,
    TaughtFact,
)
from memos.types import ConsolidationRun, RevertReport

MOST_SHOWN = 12
"""Slots or records named in one line."""


def undo_plan(runs: Sequence[ConsolidationRun]) -> Document:
    """Which runs would be taken back, the last first."""
    from memos.apps import contract

    data = contract.UndoPlan(runs=tuple(run.id for run in runs), dry_run=True)
    rows = [(str(run.id), moment(run.created_at), plural(len(run.record_ids), "record"), run.reason) for run in runs]
    return Document(data, (Table(("would take back", "when", "records", "reason"), rows, wide="reason"),))


def taken_back(report: RevertReport, what: str) -> Document:
    """What an undo or a rollback put back."""
    lines = (
        f"{what}: {plural(len(report.record_ids), 'record')} taken out of the parameters, rows restored, "
        + ("exact" if report.exact else "NOT exact"),
        f"rows {report.digest_before[:12]} -> {report.digest_after[:12]}",
    )
    return Document(report, lines)


def diff(found: LedgerDiff) -> Document:
    """Facts, rows and norms between two points."""
    blocks: list[Table | str] = [
        f"{found.before} -> {found.after}: {found.entries:+d} entries, {plural(found.rows, 'row')} differ by {found.moved:g} "
        f"in all (norm {found.norm_before:g} -> {found.norm_after:g})",
        f"rows {found.digest_before[:12]} -> {found.digest_after[:12]}",
    ]
    facts = [*(("-", *_fact(one)) for one in found.gone), *(("+", *_fact(one)) for one in found.learned)]
    if facts:
        blocks.append(Table(("", "about", "relation", "value", "record"), facts, title="facts", wide="value"))
    rows = [(str(one.slot), f"{one.moved:g}", f"{one.norm_before:g}", f"{one.norm_after:g}") for one in found.most]
    if rows:
        blocks.append(Table(("slot", "moved", "norm before", "norm after"), rows, title="moved most", wide="slot"))
    return Document(found, tuple(blocks))


def _fact(fact: TaughtFact) -> tuple[str, ...]:
    return fact.subject, fact.relation, fact.value, short_id(fact.record_id)


def blame(found: Blame) -> Document:
    """Who owns a slot."""
    rows = [
        (str(one.entry), f"run {one.run_id}", moment(one.at), f"{one.moved:g}", short_id(one.record_id), one.text)
        for one in found.owners
    ]
    line = f"slot {found.slot}: norm {found.norm:g}, refined in {plural(found.refined, 'sleep')} since it was first written"
    blocks: tuple[Table | str, ...] = ()
    if rows:
        blocks = (line, Table(("entry", "run", "when", "moved", "record", "text"), rows))
    return Document(
        found, blocks, empty=f"no live write owns slot {found.slot}; it is the base's own"
    )


def certificate(found: Certificate) -> Document:
    """Whether an answer can depend on a write."""
    what = f"run {found.run_id}" + (f", {short_id(found.record_id)}" if found.record_id else "")
    lines = [found.answer]
    if found.untouched:
        lines.append(f"untouched by {what}: none of the {found.slots_read} slots read is among its {plural(found.rows, 'row')}")
    else:
        named = " ".join(str(slot) for slot in found.meeting[:MOST_SHOWN])
        more = "" if len(found.meeting) <= MOST_SHOWN else f" and {len(found.meeting) - MOST_SHOWN} more"
        lines.append(
            f"may depend on {what}: {len(found.meeting)} of the {found.slots_read} slots read are among its "
            f"{plural(found.rows, 'row')}: {named}{more}"
        )
    return Document(found, tuple(lines))


def exported(written: LedgerFile) -> Document:
    """A ledger file that was written."""
    lines = (
        f"{written.path}: {plural(written.records, 'record')} in {written.entries} entries, {plural(written.rows, 'row')}, "
        f"{written.bytes:,} bytes",
        f"rows {written.digest[:12]}, seal {written.seal[:12]}",
    )
    return Document(written, lines)


def merged(report: MergeReport, *, dry_run: bool) -> Document:
    """What came in, or would, and where the two ledgers meet."""
    from memos.apps import contract

    found = report.conflicts
    verbs = {
        "exact": "bit for bit", "trained": "trained again on top", "over": "put over the rows here", "refused": "refused"
    }  # fmt: skip
    status = "" if report.run is None else f"run {report.run.id} {report.run.status.value}: "
    blocks: list[Table | str] = [
        f"{'would take in ' if dry_run else status}{plural(report.records, 'record')} of {report.source} in {report.entries} "
        f"entries: {verbs[report.method]}"
    ]
    if report.run is not None and report.run.reason:
        blocks.append(f"reason: {report.run.reason}")
    if found.shared_rows:
        here = " ".join(map(short_id, found.records_here[:MOST_SHOWN]))
        blocks.append(
            f"{plural(len(found.shared_rows), 'row')} written in both: {len(found.records_here)} of the records here ({here}), "
            f"{len(found.records_there)} of those that come in"
        )
    if found.contradictions:
        rows = [(one.subject, one.relation, one.here, one.there, short_id(one.record_here)) for one in found.contradictions]
        blocks.append(Table(("about", "relation", "here", "there", "record here"), rows, title="contradictions", wide="there"))
    return Document(contract.Merged(**dict(report), dry_run=dry_run), tuple(blocks))


def compacted(report: CompactReport) -> Document:
    """Checkpoints after a compaction."""
    places = ", ".join(map(str, report.checkpoints))
    kept = f"checkpoints after entry {places}" if places else "too few to need a checkpoint"
    return Document(
        report,
        (f"{report.entries} live entries, {report.bytes:,} bytes; {kept}",),
    )
