"""Documents about hygiene: what an audit of the records found, and what was mended. Pure functions, like `views`."""

from __future__ import annotations

from collections.abc import Sequence

from memos.apps.render import Document, Table
from memos.apps.views import plural, short_id
from memos.types import Finding, Hygiene, Remedy


def hygiene(found: Hygiene) -> Document:
    """Every finding, with its evidence and the command that mends it."""
    from memos.apps import contract

    blocks: list[Table | str] = [_examined(found)]
    if found.findings:
        blocks.append(
            Table(
                ("finding", "record", "evidence", "text", "remedy"),
                [
                    (one.kind.value, _ids(one), one.evidence, one.text, one.command)
                    for one in found.findings
                ],
                wide="text",
            )
        )
        counts = ", ".join(f"{count} {kind}" for kind, count in found.counts.items())
        blocks.append(f"{counts}. memos audit --fix KIND goes through them, one key each.")
    return Document(contract.Examined(kind="hygiene", **dict(found)), tuple(blocks))


def mended(found: Hygiene, done: Sequence[tuple[Finding, Remedy]]) -> Document:
    """What was done about which finding."""
    from memos.apps import contract

    line = f"mended {len(done)} of {plural(len(found.findings), 'finding')}"
    if any(remedy in (Remedy.PAUSE, Remedy.MERGE) for _, remedy in done):
        line += "; memos resume brings a paused record back"
    return Document(
        contract.Mended(
            kind="mended",
            findings=len(found.findings),
            mended=tuple(one.model_copy(update={"remedy": remedy}) for one, remedy in done),
        ),
        (line,),
    )


def question(finding: Finding) -> list[str]:
    """One finding, as it is put to a person."""
    return [f"{finding.kind.value}  {_ids(finding)}  {finding.text}", f"  {finding.evidence}"]


def _examined(found: Hygiene) -> str:
    of = "" if found.examined == found.records else f" of {found.records:,}; --most reads more"
    clean = "" if found.findings else ", nothing wrong with them"
    return f"examined {plural(found.examined, 'record')}{of}{clean}"


def _ids(finding: Finding) -> str:
    return " ".join(short_id(one) for one in finding.record_ids)
