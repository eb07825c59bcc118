"""Documents about learning: plans, runs, stories, reverts, forgets. Pure functions, like `views`."""

from __future__ import annotations

from collections.abc import Sequence

from memos.apps.render import Document, Table
from memos.apps.views import memory_line, moment, plural, scores, short_id
from memos.types import (
    Answer,
    AnswerStory,
    Attribution,
    Candidate,
    ConsolidationPlan,
    ConsolidationRun,
    ForgetReport,
    GateReport,
    JsonDict,
    MemoryRecord,
    Observed,
    RecordStory,
    RevertReport,
    RunStatus,
    RunStory,
    WriteStory,
)


def record_story(story: RecordStory) -> Document:
    """A record from the turn it came from to the writes it took part in."""
    from memos.apps import contract

    record = story.record
    facts: list[tuple[str, ...]] = [
        ("id", record.id),
        ("text", record.text),
        ("state", _state(record)),
        ("said", f"{moment(record.occurred_at)}, learned of {moment(record.observed_at)}"),
        (
            "holds",
            f"from {moment(record.valid_from)}"
            + (f" to {moment(record.valid_to)}" if record.valid_to else ""),
        ),
        ("origin", record.origin.value + ("" if record.approved else ", not approved for the parameters")),
        ("source", _source(record)),
    ]
    if record.fact is not None:
        facts.append(("states", f"{record.fact.subject} / {record.fact.attribute} = {record.fact.value}"))
    facts.append(
        (
            "used",
            f"{record.access_count} times recalled, {record.cite_count} cited, {record.merged} more sightings",
        )
    )
    if record.learned_by is not None:
        facts.append(("learned", f"by run {record.learned_by}"))
    blocks: list[Table | str] = [Table(("", "text"), facts, header=False)]
    blocks.append(
        Table(
            ("action", "policy", "reason"),
            [(one.action.value, one.policy, one.reason) for one in story.decisions],
            title="decisions",
            wide="reason",
        )
    )
    blocks.append(
        Table(
            ("revision", "at", "action", "reason", "text"),
            [(str(one.revision), moment(one.at), one.action, one.reason, one.text) for one in story.history],
            title="history",
        )
    )
    if story.links:
        blocks.append(
            Table(
                ("link", "record", "weight", "reason"),
                [
                    (
                        link.kind.value if link.outgoing else f"{link.kind.value} (from)",
                        short_id(link.target),
                        f"{link.weight:.2f}",
                        link.reason,
                    )
                    for link in story.links
                ],
                title="links",
                wide="reason",
            )
        )
    blocks.append(_writes(story.writes))
    return Document(contract.WhyRecord(kind="record", **dict(story)), tuple(blocks))


def _state(record: MemoryRecord) -> str:
    if record.superseded_by:
        return f"{record.state.value}, by {short_id(record.superseded_by)}"
    if record.supersedes:
        return f"{record.state.value}, supersedes {short_id(record.supersedes)}"
    return record.state.value


def _source(record: MemoryRecord) -> str:
    source = record.source
    parts = [
        f"session {source.session}" if source.session else "",
        f"turn {source.turn}" if source.turn is not None else "",
        source.actor or "",
        f"experience {record.experience_id}" if record.experience_id else "",
    ]
    return ", ".join(part for part in parts if part)


def _writes(writes: Sequence[WriteStory]) -> Table:
    rows = [
        (
            f"{write.seq}",
            f"run {write.run_id}",
            write.kind.value + ("" if write.live else " (undone)"),
            short_id(write.record_id) if write.record_id else "",
            f"{write.rows}",
            " ".join(str(slot.slot) for slot in write.slots[:4]),
            f"{write.wordings} + {write.held_out}" if write.wordings else "",
            write.text,
        )
        for write in writes
    ]
    return Table(
        ("entry", "run", "kind", "record", "rows", "moved most", "wordings + held out", "text"),
        rows,
        title="writes",
    )


def plan(planned: ConsolidationPlan) -> Document:
    """What a consolidation would write, what it would not, and why."""
    from memos.apps import contract

    data = contract.RunPlan(
        run=None, status="planned", gate=None, records=tuple(one.record_id for one in planned.chosen),
        policy=planned.policy, chosen=planned.chosen, skipped=planned.skipped,
    )  # fmt: skip
    rows = [_candidate("write", one) for one in planned.chosen] + [
        _candidate("leave", one) for one in planned.skipped
    ]
    return Document(
        data,
        (Table(("", "id", "score", "reason", "text"), rows),),
        empty="nothing to consolidate; memos observe TEXT stores something to learn",
    )


def _candidate(verb: str, candidate: Candidate) -> tuple[str, ...]:
    return verb, short_id(candidate.record_id), f"{candidate.score:.2f}", candidate.reason, candidate.text


def consolidation(run: ConsolidationRun) -> Document:
    """One attempt to write records into the parameters."""
    from memos.apps import contract

    return Document(contract.RunSummary(**_summary(run)), tuple(_run_lines(run)))


def _summary(run: ConsolidationRun) -> JsonDict:
    """The fields of `contract.RunSummary`."""
    return {
        "run": run.id,
        "status": run.status.value.casefold(),
        "gate": run.gate,
        "records": run.record_ids,
        "rejected_records": run.rejected_ids,
        "created_at": run.created_at,
        "rows": run.rows,
        "seconds": run.seconds,
        "seed": run.seed,
        "fingerprint": run.fingerprint,
        "digest_before": run.digest_before,
        "digest_after": run.digest_after,
        "reason": run.reason,
    }


def _run_lines(run: ConsolidationRun) -> list[str]:
    verb = "learned" if run.status is not RunStatus.REJECTED else "left in the store"
    lines = [
        f"run {run.id} {run.status.value}: {plural(len(run.record_ids), 'record')} {verb}, "
        f"{plural(run.rows, 'row')} changed, {run.seconds:.1f} s"
    ]
    if run.gate is not None:
        lines.append(f"gate: {gate_line(run.gate)}")
        if run.status is not RunStatus.REJECTED:
            lines.extend(
                f"left out {short_id(one)}: memos why {run.id} shows what it came to" for one in run.gate.failed
            )
    if run.reason:
        lines.append(f"reason: {run.reason}")
    if run.digest_after:
        lines.append(f"rows {run.digest_before[:12] or 'none'} -> {run.digest_after[:12]}")
    return lines


def gate_line(gate: GateReport) -> str:
    """A gate report in one line."""
    verdict = "passed" if gate.passed else "refused"
    raw = "" if gate.as_they_stand is None else f" ({gate.as_they_stand:.2f} as they stand)"
    return (
        f"{verdict}; learned {gate.learned:.2f}, held-out wordings {gate.held_out:.2f}{raw}, "
        f"old knowledge {gate.old_before:.2f} -> {gate.old_after:.2f}, honest {gate.honest:.2f}"
    )


def runs(listed: Sequence[ConsolidationRun]) -> Document:
    """Consolidation runs, newest first."""
    from memos.apps import contract

    rows = [
        (
            str(run.id),
            run.status.value,
            moment(run.created_at),
            str(len(run.record_ids)),
            str(run.rows),
            f"{run.gate.held_out:.2f}" if run.gate else "",
            f"{run.gate.old_after:.2f}" if run.gate else "",
            f"{run.gate.honest:.2f}" if run.gate else "",
            run.digest_after[:12],
            run.reason,
        )
        for run in listed
    ]
    columns = ("run", "status", "when", "records", "rows", "held out", "old", "honest", "digest", "reason")
    return Document(
        contract.RunList(runs=tuple(contract.RunSummary(**_summary(run)) for run in listed)),
        (Table(columns, rows, wide="reason"),),
        empty="no run yet; memos consolidate --dry-run shows what one would learn",
    )


def run_story(story: RunStory) -> Document:
    """A run with every write it made."""
    from memos.apps import contract

    data = contract.WhyRun(kind="run", **_summary(story.run), writes=story.writes)
    return Document(data, (*_run_lines(story.run), _writes(story.writes)))


def answer_story(story: AnswerStory) -> Document:
    """Why a question was answered as it was."""
    from memos.apps import contract

    texts = {record.id: record.text for record in story.records}
    blocks = [*_answer_blocks(story.answer), *_slot_blocks(story.attributions, texts)]
    if story.attributions:
        blocks.append(
            f"{plural(story.slots_read, 'slot')} read, {story.owned_share:.0%} of their weight in rows that live writes own"
        )
    return Document(contract.WhyAnswer(kind="answer", **dict(story)), tuple(blocks))


def last_answer(result: Answer, injected: dict[str, str], stored: Sequence[Observed]) -> Document:
    """Why the last answer of a chat was as it was: scores, the exact injected text, slots, and what was kept."""
    blocks = _answer_blocks(result)
    blocks.append(
        Table(("id", "text"), [(short_id(one), text) for one, text in injected.items()], title="injected")
    )
    blocks.extend(_slot_blocks(result.attributions, {}))
    kept = [(one.decision.action.value, one.decision.reason, one.experience.text) for one in stored]
    blocks.append(Table(("action", "reason", "text"), kept, title="stored of this turn"))
    return Document(None, tuple(blocks))


def _answer_blocks(result: Answer) -> list[Table | str]:
    blocks: list[Table | str] = [result.text, memory_line(result)]
    if result.reason:
        blocks.append(f"decided: {result.reason}")
    if result.recall is not None:
        why_cut = {cut.record_id: cut.reason for cut in result.recall.cut}
        rows = []
        for hit in result.recall.hits:
            fate = (
                "injected" if hit.record.id in result.injected else why_cut.get(hit.record.id, "not injected")
            )
            if hit.record.id in result.cited:
                fate += ", cited"
            rows.append(
                (short_id(hit.record.id), f"{hit.score:.3f}", scores(hit.parts), fate, hit.record.text)
            )
        blocks.append(Table(("id", "score", "parts", "fate", "text"), rows, title="from the store"))
    return blocks


def _slot_blocks(attributions: Sequence[Attribution], texts: dict[str, str]) -> list[Table | str]:
    rows = [
        (f"run {one.run_id}", short_id(one.record_id), f"{one.share:.2f}", texts.get(one.record_id, ""))
        for one in attributions
    ]
    return [Table(("run", "record", "share", "text"), rows, title="whose slots were read")]


def revert(report: RevertReport) -> Document:
    """What a revert put back."""
    how = (
        "rows restored"
        if report.method == "restore"
        else f"{plural(report.replayed, 'later entry')} replayed without it"
    )
    exact = "exact" if report.exact else "NOT exact"
    lines = (
        f"run {report.run_id} reverted: {plural(len(report.record_ids), 'record')} taken out of the parameters, "
        f"{how.replace('entrys', 'entries')}, {exact}",
        f"rows {report.digest_before[:12] or 'none'} -> {report.digest_after[:12] or 'none'}",
    )
    return Document(report, lines)


def forget(report: ForgetReport, *, dry_run: bool) -> Document:
    """Every copy that was found and erased, and the proof on the bytes on disk."""
    from memos.apps import contract

    data = contract.Forgotten(**dict(report), dry_run=dry_run)
    verb = "would erase" if dry_run else "erased"
    lines: list[Table | str] = [
        f"{verb} {plural(len(report.record_ids), 'record')}: {' '.join(map(short_id, report.record_ids))}"
    ]
    lines.append(
        Table(("copies", "text"), [(str(n), kind) for kind, n in report.copies.items() if n], header=False)
    )
    if report.parametric is not None:
        lines.append(
            f"parameters: {report.parametric.method}, rows {report.parametric.digest_before[:12]} -> "
            f"{report.parametric.digest_after[:12]}, {'exact' if report.parametric.exact else 'NOT exact'}"
        )
    if not dry_run:
        lines.append(
            f"proof: {plural(report.files_checked, 'file')} of the data folder searched, "
            + ("no byte of the text left" if report.proven else f"text still in {', '.join(report.residue)}")
        )
        lines += [f"not reached: {limit}" for limit in report.limits]
    return Document(data, tuple(lines))


def revert_plan(run_id: int, ids: Sequence[str]) -> Document:
    """What a revert would take out."""
    from memos.apps import contract

    data = contract.RevertPlan(run_id=run_id, record_ids=tuple(ids), dry_run=True)
    return Document(
        data,
        (f"would take {plural(len(ids), 'record')} of run {run_id} out: {' '.join(map(short_id, ids))}",),
    )
