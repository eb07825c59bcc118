"""Values of the manager to documents: what each verb shows, as data for scripts and as rows for people.

Pure functions. The JSON shapes here are the contract that scripts rely on (docs/cli.md); a field may be added, never
renamed or removed, without a new `render.JSON_VERSION`. Knows the values in `memos.types` and nothing of how they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from memos.apps.render import Document, Table, escape
from memos.types import (
    Action,
    Answer,
    AnswerStory,
    Attribution,
    AuditEvent,
    Candidate,
    Check,
    ConsolidationPlan,
    ConsolidationRun,
    Experience,
    ForgetReport,
    GateReport,
    ImportReport,
    JsonDict,
    MemoryRecord,
    Observed,
    Recall,
    RecallHit,
    RecordStory,
    RevertReport,
    RunStatus,
    RunStory,
    Status,
    Tier,
    WriteStory,
)

if TYPE_CHECKING:
    from memos.apps.actions import Figure, ModelChoice
    from memos.config import Settings
    from memos.interchange import ArchiveReport

SHORT = 8  # "m:" and six digits: enough to type, and `resolve` says when it is not


def short_id(record_id: str) -> str:
    """The part of an id that people read and type."""
    return record_id[:SHORT]


def moment(when: datetime | None) -> str:
    """UTC, to the minute; to the second it would be noise in a table."""
    return "" if when is None else when.strftime("%Y-%m-%d %H:%M")


def size(count: int) -> str:
    """Bytes for people."""
    value = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("unreachable")


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


# --- observing -------------------------------------------------------------------------------------------------------


def observed(result: Observed) -> Document:
    """One observation: the decision, its reason, and the record that now holds the text."""
    decision, record = result.decision, result.record
    data: JsonDict = {
        "action": decision.action.value,
        "id": record.id if record else None,
        "experience": result.experience.id,
        "target": decision.target,
        "reason": decision.reason,
        "scores": decision.scores,
        "policy": decision.policy,
        "text": result.experience.text,
        "redacted": list(result.experience.metadata.get("redacted", [])),
    }
    subject = short_id(record.id) if record else "-"
    return Document(data, (f"{decision.action.value} {subject}  {decision.reason}",))


def import_report(report: ImportReport, *, source: str, stopped: bool) -> Document:
    """How many experiences came in and what became of them."""
    data: JsonDict = {
        "observed": report.observed,
        "by_action": report.by_action,
        "source": source,
        "stopped": stopped,
    }
    parts = ", ".join(f"{count} {action}" for action, count in sorted(report.by_action.items()))
    line = f"{plural(report.observed, 'experience')} from {source}" + (f": {parts}" if parts else "")
    return Document(data, (line + (" (stopped early; these are kept)" if stopped else ""),))


# --- recall and answers ----------------------------------------------------------------------------------------------


def _hit(hit: RecallHit) -> JsonDict:
    record = hit.record
    return {
        "id": record.id,
        "text": record.text,
        "score": hit.score,
        "parts": hit.parts,
        "tier": hit.tier.value,
        "rank": hit.rank,
        "origin": record.origin.value,
        "state": record.state.value,
        "occurred_at": record.occurred_at.isoformat(),
        "source": record.source.model_dump(mode="json"),
    }


def recall(found: Recall, *, explain: bool) -> Document:
    """Hits, best first; with `explain` every score that was fused."""
    data: JsonDict = {
        "query": found.query,
        "namespace": found.namespace,
        "hits": [_hit(hit) for hit in found.hits],
        "cut": [cut.model_dump(mode="json") for cut in found.cut],
        "elapsed_ms": found.elapsed_ms,
    }
    rows = [
        (
            short_id(hit.record.id),
            f"{hit.score:.3f}",
            moment(hit.record.occurred_at),
            hit.record.source.actor or hit.record.origin.value,
            *((_scores(hit.parts),) if explain else ()),
            hit.record.text,
        )
        for hit in found.hits
    ]
    columns = ("id", "score", "when", "who", *(("parts",) if explain else ()), "text")
    return Document(data, (Table(columns, rows),), empty="nothing found; memos ls shows what is stored")


def _scores(parts: dict[str, float]) -> str:
    return " ".join(f"{name} {value:.2f}" for name, value in parts.items())


def answer(result: Answer) -> Document:
    """An answer with where it came from; the line about memory is `memory_line`."""
    data: JsonDict = {
        "answer": result.text,
        "known": result.known,
        "tier": result.tier.value if result.tier else None,
        "confidence": result.confidence,
        "cited": list(result.cited),
        "runs": list(result.runs),
        "injected": list(result.injected),
        "recalled": [hit.record.id for hit in result.recall.hits] if result.recall else [],
        "attributions": [one.model_dump(mode="json") for one in result.attributions],
        "reason": result.reason,
        "stale": result.stale,
    }
    return Document(data, (result.text,))


def memory_line(result: Answer, stored: Iterable[Observed] | None = None) -> str:
    """What memory did for one answer. Retrieved, injected and cited are three different facts."""
    parts: list[str] = []
    if result.recall is not None:
        cited = f" [{' '.join(short_id(one) for one in result.cited)}]" if result.cited else ""
        parts.append(
            f"{len(result.recall.hits)} recalled, {len(result.injected)} injected, {len(result.cited)} cited{cited}"
        )
    if result.tier is Tier.PARAMETRIC:
        runs = f"run {', '.join(map(str, result.runs))}" if result.runs else "pretraining"
        parts.append(f"from parameters: {runs}" + (" (stale)" if result.stale else ""))
    elif result.tier is Tier.CONTEXT:
        parts.append("from the conversation")
    elif not result.known:
        parts.append("not known")
    if stored is not None:
        decisions = [one.decision.action for one in stored]
        dropped = sum(action in {Action.DROP, Action.NOOP} for action in decisions)
        parts.append(f"stored {len(decisions) - dropped}, dropped {dropped}")
    return "memory: " + " · ".join(parts or ["not used"])


# --- records ---------------------------------------------------------------------------------------------------------


def records(listed: Sequence[MemoryRecord], *, tier: str, empty: str) -> Document:
    """A list of records, one a row."""
    rows = [
        (
            short_id(record.id),
            moment(record.occurred_at),
            record.state.value,
            record.origin.value + ("" if record.approved else " (unapproved)"),
            f"run {record.learned_by}" if record.learned_by is not None else "",
            record.text,
        )
        for record in listed
    ]
    data: JsonDict = {"tier": tier, "records": [record.model_dump(mode="json") for record in listed]}
    return Document(data, (Table(("id", "when", "state", "origin", "learned", "text"), rows),), empty=empty)


def context(blocks: dict[str, str], turns: Sequence[Experience]) -> Document:
    """The conversation window: pinned blocks, then turns."""
    rows = [("pinned", label, "", text) for label, text in blocks.items()]
    rows += [
        ("turn", turn.source.session or "", turn.source.actor or turn.origin.value, turn.text)
        for turn in turns
    ]
    data: JsonDict = {
        "tier": Tier.CONTEXT.value,
        "blocks": blocks,
        "turns": [turn.model_dump(mode="json") for turn in turns],
    }
    return Document(
        data,
        (Table(("kind", "session", "who", "text"), rows),),
        empty="no open conversation; memos chat starts one",
    )


def record_story(story: RecordStory) -> Document:
    """A record from the turn it came from to the writes it took part in."""
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
    blocks.append(_writes(story.writes))
    return Document({"kind": "record", **story.model_dump(mode="json")}, tuple(blocks))


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


# --- learning --------------------------------------------------------------------------------------------------------


def plan(planned: ConsolidationPlan) -> Document:
    """What a consolidation would write, what it would not, and why."""
    data: JsonDict = {
        "run": None, "status": "planned", "gate": None, "records": [one.record_id for one in planned.chosen],
        "policy": planned.policy,
        "chosen": [one.model_dump(mode="json") for one in planned.chosen],
        "skipped": [one.model_dump(mode="json") for one in planned.skipped],
    }  # fmt: skip
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
    return Document(_run_data(run), tuple(_run_lines(run)))


def _run_data(run: ConsolidationRun) -> JsonDict:
    return {
        "run": run.id,
        "status": run.status.value.casefold(),
        "gate": run.gate.model_dump(mode="json") if run.gate else None,
        "records": list(run.record_ids),
        "rejected_records": list(run.rejected_ids),
        "created_at": run.created_at.isoformat(),
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
                f"left out {short_id(one)}: its held-out wordings fell short" for one in run.gate.failed
            )
    if run.reason:
        lines.append(f"reason: {run.reason}")
    if run.digest_after:
        lines.append(f"rows {run.digest_before[:12] or 'none'} -> {run.digest_after[:12]}")
    return lines


def gate_line(gate: GateReport) -> str:
    """A gate report in one line."""
    verdict = "passed" if gate.passed else "refused"
    return (
        f"{verdict}; learned {gate.learned:.2f}, held-out wordings {gate.held_out:.2f}, "
        f"old knowledge {gate.old_before:.2f} -> {gate.old_after:.2f}, honest {gate.honest:.2f}"
    )


def runs(listed: Sequence[ConsolidationRun]) -> Document:
    """Consolidation runs, newest first."""
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
        {"runs": [_run_data(run) for run in listed]},
        (Table(columns, rows, wide="reason"),),
        empty="no run yet; memos consolidate --dry-run shows what one would learn",
    )


def run_story(story: RunStory) -> Document:
    """A run with every write it made."""
    data: JsonDict = {
        "kind": "run",
        **_run_data(story.run),
        "writes": [one.model_dump(mode="json") for one in story.writes],
    }
    return Document(data, (*_run_lines(story.run), _writes(story.writes)))


def answer_story(story: AnswerStory) -> Document:
    """Why a question was answered as it was."""
    texts = {record.id: record.text for record in story.records}
    blocks = [*_answer_blocks(story.answer), *_slot_blocks(story.attributions, texts)]
    if story.attributions:
        blocks.append(
            f"{plural(story.slots_read, 'slot')} read, {story.owned_share:.0%} of their weight in rows that live writes own"
        )
    return Document({"kind": "answer", **story.model_dump(mode="json")}, tuple(blocks))


def last_answer(result: Answer, injected: dict[str, str], stored: Sequence[Observed]) -> Document:
    """Why the last answer of a chat was as it was: scores, the exact injected text, slots, and what was kept."""
    blocks = _answer_blocks(result)
    blocks.append(
        Table(("id", "text"), [(short_id(one), text) for one, text in injected.items()], title="injected")
    )
    blocks.extend(_slot_blocks(result.attributions, {}))
    kept = [(one.decision.action.value, one.decision.reason, one.experience.text) for one in stored]
    blocks.append(Table(("action", "reason", "text"), kept, title="stored of this turn"))
    return Document({"kind": "answer", **answer(result).data}, tuple(blocks))


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
                (short_id(hit.record.id), f"{hit.score:.3f}", _scores(hit.parts), fate, hit.record.text)
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
    return Document(report.model_dump(mode="json"), lines)


def forget(report: ForgetReport, *, dry_run: bool) -> Document:
    """Every copy that was found and erased, and the proof on the bytes on disk."""
    data: JsonDict = {
        **report.model_dump(mode="json"),
        "proven": report.proven and not dry_run,
        "dry_run": dry_run,
    }
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
    return Document(data, tuple(lines))


# --- the house -------------------------------------------------------------------------------------------------------


def status(state: Status, *, namespace_origin: str) -> Document:
    """The state of the three tiers."""
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
        ("embedder", state.embedder),
        ("put aside", f"{state.superseded} superseded, {state.paused} paused"),
        ("last run", f"{last.id} {last.status.value}, {moment(last.created_at)}" if last else "none"),
        ("audit log", f"{plural(state.audit_events, 'event')}, head {state.chain_head[:12] or 'none'}"),
    ]
    data: JsonDict = {**state.model_dump(mode="json"), "namespace_origin": namespace_origin}
    return Document(
        data,
        (
            Table(("", "text"), facts, header=False),
            Table(("tier", "count", "size", "holds"), tiers, title="tiers", wide="holds"),
        ),
    )


def checks(done: Sequence[Check]) -> Document:
    """Lines of `verify` and `doctor`."""
    data: JsonDict = {
        "ok": all(check.ok for check in done),
        "checks": [check.model_dump(mode="json") for check in done],
    }
    rows = [("ok" if check.ok else "FAILED", check.name, check.detail, check.hint) for check in done]
    return Document(data, (Table(("", "check", "found", "hint"), rows, wide="found"),))


def log(events: Sequence[AuditEvent]) -> Document:
    """Audit events, newest first."""
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
        {"events": [event.model_dump(mode="json") for event in events]},
        (Table(("seq", "at", "actor", "event", "subject", "what", "hash"), rows, wide="what"),),
        empty="nothing has happened yet; memos observe TEXT is a start",
    )


def _payload(event: AuditEvent) -> str:
    shown = [
        f"{key} {short_id(value) if isinstance(value, str) and value[1:2] == ':' else value}"
        for key, value in event.payload.items()
        if value not in (None, "", [], {}) and not isinstance(value, dict | list)
    ]
    return ", ".join(shown)


def settings(rows: Sequence[tuple[str, str, str]]) -> Document:
    """Each setting with the place its value came from."""
    data: JsonDict = {
        "settings": [{"key": key, "value": value, "origin": origin} for key, value, origin in rows]
    }
    return Document(data, (Table(("key", "value", "from"), rows, wide="value"),))


def pairs(data: JsonDict) -> Document:
    """A flat object, as JSON and as two columns."""
    rows = [(key, escape(_shown(value))) for key, value in data.items()]
    return Document(data, (Table(("", "text"), rows, header=False),))


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


def sentence(data: JsonDict, line: str) -> Document:
    """A change of state, said in one line."""
    return Document(data, (line,))


def changed(verb: str, touched: Sequence[MemoryRecord]) -> Document:
    """Records whose state or text changed, one line each."""
    data: JsonDict = {"action": verb, "records": [record.model_dump(mode="json") for record in touched]}
    return Document(data, tuple(f"{verb} {short_id(record.id)}  {record.text}" for record in touched))


def revert_plan(run_id: int, ids: Sequence[str]) -> Document:
    """What a revert would take out."""
    data: JsonDict = {"run_id": run_id, "record_ids": list(ids), "dry_run": True}
    return Document(
        data,
        (f"would take {plural(len(ids), 'record')} of run {run_id} out: {' '.join(map(short_id, ids))}",),
    )


def archive(report: ArchiveReport) -> Document:
    """What an export wrote."""
    members = ", ".join(f"{count} {name.removesuffix('.jsonl')}" for name, count in report.members.items())
    lines = (f"{report.path}: {members} ({size(report.bytes)})", f"sha256 {report.sha256}")
    return Document(report.model_dump(mode="json"), lines)


def model_choice(choice: ModelChoice, settings: Settings) -> Document:
    """Which model is configured, what it can do and what it cannot."""
    data: JsonDict = {
        "model": choice.name,
        "kind": choice.kind,
        "can": choice.can,
        "cannot": choice.cannot,
        "device": settings.model.device,
        "threads": settings.model.threads,
        "network": settings.model.allow_network,
    }
    return pairs(data)


def figures(measured: Sequence[Figure]) -> Document:
    """A model's evaluation, a row a class of questions."""
    rows = [
        (one.name, f"{one.value:.3f}", "" if one.wanted is None else f"{one.wanted:.2f}", str(one.items))
        for one in measured
    ]
    return Document(
        {"rows": [asdict(one) for one in measured]},
        (Table(("held-out questions", "right", "wanted", "items"), rows, wide="held-out questions"),),
    )
