"""Values of the manager to lines that can be followed: a record to its turn, decision, links and runs, and back.

Pure functions over the same values as `views`; the full-screen inspector shows them, line by line. Knows no terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from memos.apps.render import escape
from memos.apps.views import moment, plural, scores, short_id, size
from memos.types import (
    Activity,
    AuditEvent,
    ConsolidationPlan,
    ConsolidationRun,
    DecisionSeen,
    Experience,
    ForgetReport,
    GateReport,
    LinkKind,
    Recall,
    RecordState,
    RecordStory,
    RunStory,
    Status,
    WindowUse,
    WriteStory,
)

Kind = Literal["record", "run", "experience", "session", "screen"]
Tone = Literal["text", "head", "dim", "good", "bad"]
BARS = "▁▂▃▄▅▆▇█"
LABEL = 13
BESIDE = " "
"""The label of a line that belongs to the one above it."""


@dataclass(frozen=True)
class Target:
    """Where a line leads."""

    kind: Kind
    name: str


@dataclass(frozen=True)
class Line:
    """One line of a story; `label` stands in a column of its own."""

    text: str
    label: str = ""
    tone: Tone = "text"
    target: Target | None = None


def head(title: str) -> Line:
    return Line(title, tone="head")


def gap() -> Line:
    return Line("")


def _to_record(record_id: str, text: str = "", label: str = "") -> Line:
    return Line(f"{short_id(record_id)}  {escape(text)}".rstrip(), label, target=Target("record", record_id))


def _to_run(number: int, text: str = "", label: str = "") -> Line:
    return Line(f"run {number}  {text}".rstrip(), label, target=Target("run", str(number)))


# --- a record ---------------------------------------------------------------------------------------------------------


def record(story: RecordStory) -> list[Line]:
    """Everything known about one record, from the turn it came from to the rows it was written into."""
    one = story.record
    tone: Tone = "text" if one.state is RecordState.ACTIVE else "dim"
    lines = [
        Line(escape(one.text)),
        gap(),
        Line(one.state.value, "state", tone),
        Line(f"{moment(one.occurred_at)}, learned of {moment(one.observed_at)}", "said"),
        Line(f"from {moment(one.valid_from)}" + (f" to {moment(one.valid_to)}" if one.valid_to else ""), "holds"),
        Line(one.origin.value + ("" if one.approved else ", not approved for the parameters"), "origin"),
    ]
    if one.fact is not None:
        lines.append(Line(escape(f"{one.fact.subject} / {one.fact.attribute} = {one.fact.value}"), "states"))
    used = f"{plural(one.access_count, 'recall')}, {plural(one.cite_count, 'citation')}"
    lines.append(Line(used + (f", {plural(one.merged, 'more sighting')}" if one.merged else ""), "used"))
    lines.append(Line(f"{one.importance:.2f}", "importance"))
    lines += [gap(), head("Where it came from"), *_provenance(story)]
    lines += [gap(), head("Decisions")]
    lines += [
        Line(f"{each.reason}" + (f"  {scores(each.scores)}" if each.scores else ""), each.action.value,
             target=Target("experience", each.experience_id))
        for each in story.decisions
    ] or [Line("none on record", tone="dim")]  # fmt: skip
    lines += [gap(), head("History")]
    lines += [
        Line(f"{moment(each.at)}  {each.action}, {each.state.value}: {escape(each.text)}", f"revision {each.revision}")
        for each in reversed(story.history)
    ]
    lines += [gap(), head("In the parameters"), *_writes(story.writes, "not learned; l learns it")]
    return lines


def _provenance(story: RecordStory) -> list[Line]:
    one = story.record
    lines = []
    if story.experience is not None:
        who = story.experience.source.actor or story.experience.origin.value
        lines.append(Line(f"{escape(who)}: {escape(story.experience.text)}", "turn",
                          target=Target("experience", story.experience.id)))  # fmt: skip
    if one.source.session:
        turn = "" if one.source.turn is None else f", turn {one.source.turn}"
        lines.append(Line(escape(one.source.session) + turn, "session", target=Target("session", one.source.session)))
    if one.supersedes:
        lines.append(_to_record(one.supersedes, label="supersedes"))
    if one.superseded_by:
        lines.append(_to_record(one.superseded_by, label="superseded"))
    lines += [_to_record(each, label="made from") for each in one.derived_from]
    lines += [
        Line(f"{short_id(link.target)}  {escape(link.reason)}".rstrip(), link.kind.value, target=Target("record", link.target))
        for link in story.links if link.kind not in (LinkKind.SUPERSEDES, LinkKind.DERIVED_FROM)
    ]  # fmt: skip
    if one.learned_by is not None:
        lines.append(_to_run(one.learned_by, label="learned by"))
    return lines or [Line("its turn was not kept", tone="dim")]


def _writes(writes: Sequence[WriteStory], empty: str) -> list[Line]:
    lines = []
    for write in writes:
        slots = ", ".join(f"{slot.slot} (Δ{slot.delta_norm:.2f})" for slot in write.slots[:4])
        undone = "" if write.live else ", undone"
        what = f"{write.kind.value} {write.seq}{undone}: {plural(write.rows, 'row')} of layer {write.layer}"
        asked = f", {write.wordings} wordings and {write.held_out} held out" if write.wordings else ""
        target = Target("run", str(write.run_id))
        lines.append(Line(what + asked, f"run {write.run_id}", "text" if write.live else "dim", target))
        if slots:
            lines.append(Line(f"moved most: {slots}", BESIDE, "dim"))
    return lines or [Line(empty, tone="dim")]


def experience(said: Experience, decisions: Sequence[DecisionSeen]) -> list[Line]:
    """A turn, and what became of it."""
    lines = [
        Line(escape(said.text)),
        gap(),
        Line(escape(said.source.actor or said.origin.value), "who"),
        Line(moment(said.occurred_at), "said"),
    ]
    if said.source.session:
        lines.append(Line(escape(said.source.session), "session", target=Target("session", said.source.session)))
    return [*lines, *(line for each in decisions for line in decision(each)[1:])]


def decision(seen: DecisionSeen) -> list[Line]:
    """One routing decision with its scores, and ways to the records it made or met."""
    one = seen.decision
    lines = [
        Line(escape(seen.text) if seen.text is not None else "the text was dropped, and is not kept",
             tone="text" if seen.text is not None else "dim"),
        gap(),
        head(f"Decision: {one.action.value}"),
        Line(escape(one.reason), "reason"),
        Line(one.policy, "policy"),
        Line(one.tier.value, "tier"),
    ]  # fmt: skip
    lines += [Line(f"{value:.3f}", name) for name, value in one.scores.items()]
    if one.fact is not None:
        lines.append(Line(escape(f"{one.fact.subject} / {one.fact.attribute} = {one.fact.value}"), "states"))
    if seen.record_id:
        lines.append(_to_record(seen.record_id, label="kept as"))
    if one.target:
        lines.append(_to_record(one.target, label="met"))
    if seen.text is not None:
        lines.append(Line(one.experience_id, "turn", target=Target("experience", one.experience_id)))
    return lines


def event(one: AuditEvent) -> list[Line]:
    """One audit event whole, and ways to what it is about."""
    lines = [
        head(f"Event {one.seq}: {one.kind}"),
        Line(moment(one.at), "at"),
        Line(escape(one.actor), "actor"),
        Line(escape(one.subject), "subject", target=_about(one.subject)),
        gap(),
        head("Payload"),
    ]
    for key, value in one.payload.items():
        many = value if isinstance(value, list) else [value]
        lines += [Line(escape(str(each)), escape(key) if not at else BESIDE, target=_about(str(each), key))
                  for at, each in enumerate(many)]  # fmt: skip
    return [*lines, gap(), head("Chain"), Line(one.prev_hash or "none", "follows"), Line(one.hash, "hash")]


def _about(name: str, key: str = "") -> Target | None:
    if name.startswith("m:"):
        return Target("record", name)
    if name.startswith("x:"):
        return Target("experience", name)
    kind, _, number = name.rpartition(":" if ":" in name else " ")
    if number.isdecimal() and (kind == "run" or key in {"run", "run_id"}):
        return Target("run", number)
    return None


# --- runs -------------------------------------------------------------------------------------------------------------


def gate(report: GateReport) -> list[Line]:
    """What the gate measured, before and after."""
    lines = [
        Line(escape(report.reason), "passed" if report.passed else "refused", "good" if report.passed else "bad"),
        Line(f"{share(report.learned)}", "learned"),
        Line(f"{share(report.held_out)}  wordings the write never saw", "held out"),
        Line(f"{share(report.old_after)}  was {report.old_before:.2f} before", "old"),
        Line(f"{share(report.honest)}  untaught questions answered as before", "honest"),
    ]
    if report.as_they_stand is not None:
        lines.append(Line(share(report.as_they_stand), "as typed"))
    return lines


def share(value: float) -> str:
    """A share of one as a bar of ten and two digits."""
    filled = round(max(0.0, min(1.0, value)) * 10)
    return f"{'━' * filled}{'╌' * (10 - filled)} {value:.2f}"


def run(story: RunStory, texts: dict[str, str]) -> list[Line]:
    """A run: its gate, its records and the rows it moved. A slot is no sentence: none is read out of the weights."""
    one = story.run
    tone: Tone = {"COMMITTED": "good", "REJECTED": "bad"}.get(one.status.value, "dim")  # type: ignore[assignment]
    lines = [
        Line(one.status.value.casefold(), f"run {one.id}", tone),
        Line(f"{moment(one.created_at)}, {one.seconds:.1f} s, seed {one.seed}", "when"),
        Line(f"{plural(one.rows, 'row')} changed, {one.digest_before[:12] or 'none'} → {one.digest_after[:12] or 'none'}", "rows"),
    ]
    if one.reason and one.gate is None:
        lines.append(Line(escape(one.reason), "reason"))
    lines += [gap(), head("Gate"), *(gate(one.gate) if one.gate else [Line("it was not reached", tone="dim")])]
    lines += [gap(), head("Records")]
    per_record = one.gate.per_record if one.gate else {}
    lines += [
        _to_record(each, texts.get(each, ""), f"{per_record[each]:.2f}" if each in per_record else "")
        for each in one.record_ids
    ]
    lines += [_to_record(each, texts.get(each, ""), "left out") for each in one.rejected_ids]
    return [*lines, gap(), head("Writes"), *_writes(story.writes, "no row was written")]


def plan(planned: ConsolidationPlan) -> list[Line]:
    """What a consolidation would write, and what it would not and why."""
    lines = [head(f"Would write {plural(len(planned.chosen), 'record')}")]
    lines += [_to_record(one.record_id, one.text, f"{one.score:.2f}") for one in planned.chosen]
    if planned.skipped:
        lines += [gap(), head(f"Would leave {plural(len(planned.skipped), 'record')}")]
        for one in planned.skipped[:200]:
            lines += [_to_record(one.record_id, one.text, f"{one.score:.2f}"), Line(escape(one.reason), BESIDE, "dim")]
    return lines


def forgotten(report: ForgetReport) -> list[Line]:
    """Every copy that was erased, and the proof."""
    lines = [head(f"Erased {plural(len(report.record_ids), 'record')}")]
    lines += [Line(str(count), kind) for kind, count in report.copies.items() if count]
    if report.parametric is not None:
        exact = "exact" if report.parametric.exact else "NOT exact"
        lines.append(Line(f"{report.parametric.method}, {exact}", "parameters"))
    proof = "no byte of the text left" if report.proven else f"text still in {', '.join(report.residue)}"
    return [*lines, gap(), Line(f"{plural(report.files_checked, 'file')} searched: {proof}", "proof",
                                "good" if report.proven else "bad")]  # fmt: skip


def recalled(result: Recall) -> list[Line]:
    """What a search found, each with the parts of its score, and what was cut."""
    lines = [head(f"{plural(len(result.hits), 'record')} for “{escape(result.query)}”, {result.elapsed_ms:.0f} ms")]
    cut = {one.record_id: one.reason for one in result.cut}
    for hit in result.hits:
        lines.append(_to_record(hit.record.id, hit.record.text, f"{hit.rank}. {hit.score:.3f}"))
        fate = f"; not put before the model: {cut[hit.record.id]}" if hit.record.id in cut else ""
        lines.append(Line(scores(hit.parts) + fate, BESIDE, "dim"))
    return lines if result.hits else [*lines, Line("nothing; other words may find more", tone="dim")]


# --- the whole --------------------------------------------------------------------------------------------------------


def overview(state: Status, activity: Activity, chain: str) -> list[Line]:
    """The three tiers, what went on, and the last run."""
    names = {"context": "context", "token": "store", "parametric": "parameters"}
    lines = [head("Tiers")]
    for tier in state.tiers:
        figures = f"{tier.count:<9,} {size(tier.bytes):<9} {tier.detail}"
        lines.append(Line(figures, tier.tier.value, target=Target("screen", names[tier.tier.value])))
    aside = f"{state.superseded:,} superseded, {state.paused:,} paused, {activity.unapproved:,} not approved"
    lines += [Line(aside, "put aside"), gap(), head("Activity")]
    today = activity.days[-1] if activity.days else 0
    lines.append(Line(f"{spark(activity.days)}  {today:,} today, {sum(activity.days):,} in {len(activity.days)} days", "kept a day"))
    lines += _became(activity)
    kept = next((tier.count for tier in state.tiers if tier.tier.value == "token"), 0)
    reach = f", {min(1.0, activity.records_used / kept):.0%} of the records were ever found" if kept else ""
    lines.append(Line(f"{plural(activity.recalled, 'recall')}, {plural(activity.cited, 'citation')}{reach}", "use"))
    lines += [gap(), head("Learning")]
    last = state.last_run
    if last is None:
        lines.append(Line("none yet; c shows what one would learn", "last run", "dim"))
    else:
        lines.append(_to_run(last.id, f"{last.status.value.casefold()}, {moment(last.created_at)}", "last run"))
        if last.gate is not None:
            held = f"held out {last.gate.held_out:.2f}, old {last.gate.old_before:.2f} → {last.gate.old_after:.2f}"
            lines.append(Line(f"{held}, honest {last.gate.honest:.2f}", "gate"))
    answers = f", answers by {state.chat_model}" if state.chat_model else ""
    lines.append(Line(escape(f"{state.model}{answers}; writes {state.writes}"), "model"))
    lines += [gap(), head("Record")]
    lines.append(Line(f"{state.audit_events:,}, head {state.chain_head[:12] or 'none'}; {chain}", "events",
                      target=Target("screen", "log")))  # fmt: skip
    lines.append(Line(escape(state.home), "home"))
    others = [name for name in state.namespaces if name != state.namespace]
    lines.append(Line(escape(", ".join(others)) or "none", "others"))
    return lines


def _became(activity: Activity) -> Iterable[Line]:
    """Decisions by action: what was not worth keeping is the junk that was found."""
    total = sum(activity.actions.values())
    if not total:
        return
    parts = [f"{name.casefold()} {count:,}" for name, count in sorted(activity.actions.items(), key=lambda one: -one[1])]
    yield Line(" · ".join(parts), "decisions", target=Target("screen", "decisions"))
    junk = activity.actions.get("DROP", 0) + activity.actions.get("NOOP", 0)
    yield Line(f"{junk:,} of {total:,} turns were not worth keeping ({junk / total:.0%})", "junk")


def spark(values: Sequence[float], most: float | None = None) -> str:
    """A line of bars; nothing is a dot, so that it differs from little."""
    top = most or max(values, default=0) or 1
    return "".join("·" if not value else BARS[min(7, int(value / top * 7.999))] for value in values)


def window(use: WindowUse, width: int = 20) -> list[Line]:
    """One session's window, by share of its budget."""
    parts = (("pinned", use.pinned, "█"), ("turns", use.spoken, "▓"), ("output", use.reserved, "▒"), ("free", use.free, "░"))
    bar = "".join(mark * round(tokens / use.budget * width) for _, tokens, mark in parts)
    shares = "  ".join(f"{mark} {name} {tokens:,}" for name, tokens, mark in parts)
    return [
        Line(f"{bar}  {use.budget:,} tokens", "window"),
        Line(shares, BESIDE),
        Line(f"{use.seen} of {plural(use.turns, 'turn')} in view; the rest is in the store", "seen"),
    ]


def run_row(one: ConsolidationRun) -> tuple[str, ...]:
    """A run on one line of a list."""
    figures = (one.gate.held_out, one.gate.old_after, one.gate.honest) if one.gate else ()
    shown = tuple(f"{value:.2f}" for value in figures) or ("", "", "")
    return (str(one.id), one.status.value.casefold(), moment(one.created_at), str(len(one.record_ids)), str(one.rows), *shown, one.reason)


def session(name: str, use: WindowUse, blocks: dict[str, str], turns: Sequence[Experience]) -> list[Line]:
    """One conversation: how it spends its window, what is pinned, and what was said, latest first."""
    lines = [head(f"Session {escape(name)}"), *window(use), gap(), head("Pinned")]
    lines += [Line(escape(text), escape(label)) for label, text in blocks.items()] or [Line("nothing", tone="dim")]
    lines += [gap(), head("Turns")]
    for at, turn in enumerate(reversed(turns)):
        seen = at < use.seen
        lines.append(
            Line(escape(turn.text), escape(turn.source.actor or turn.origin.value), "text" if seen else "dim",
                 Target("experience", turn.id))
        )  # fmt: skip
    return lines


def retention(runs: Sequence[ConsolidationRun]) -> str:
    """What committed runs measured, oldest first: held-out wordings, old knowledge kept, honesty; a bar a run."""
    gates = [run.gate for run in reversed(runs) if run.gate is not None and run.gate.passed][-40:]
    if not gates:
        return ""
    rows = (
        ("held out", [gate.held_out for gate in gates]),
        ("old kept", [gate.old_after for gate in gates]),
        ("honest", [gate.honest for gate in gates]),
    )
    return "\n".join(f"{name:<9}{spark(values, 1.0)}  {values[-1]:.2f}" for name, values in rows)
