"""Values of runs to documents: the JSON fields that scripts rely on, and the lines that people read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from memos.apps import schemas, views, views_house, views_learning
from memos.apps.render import Document, Table
from memos.types import (
    Answer,
    AnswerStory,
    Attribution,
    Candidate,
    ConsolidationPlan,
    ConsolidationRun,
    EntryKind,
    ForgetReport,
    GateReport,
    MemoryRecord,
    RevertReport,
    RunStatus,
    RunStory,
    SlotWrite,
    Tier,
    WriteStory,
)

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
RECORD = MemoryRecord(
    id="m:4f2a91c0ffee", namespace="ana", text="I live in Lyon.", occurred_at=NOW, observed_at=NOW, valid_from=NOW, learned_by=8
)  # fmt: skip
GATE = GateReport(
    learned=1.0, held_out=0.9, old_before=0.99, old_after=0.98, honest=0.97, per_record={RECORD.id: 0.9},
    failed=("m:deadbeef0000",), passed=True, reason="",
)  # fmt: skip
RUN = ConsolidationRun(
    id=8, namespace="ana", status=RunStatus.COMMITTED, created_at=NOW, fingerprint="f" * 64, seed=3, record_ids=(RECORD.id,),
    rejected_ids=("m:deadbeef0000",), gate=GATE, rows=64, seconds=2.5, digest_before="a" * 64, digest_after="b" * 64,
)  # fmt: skip
WRITE = WriteStory(
    seq=4, run_id=8, kind=EntryKind.WRITE, record_id=RECORD.id, text=RECORD.text, layer=1, rows=64, wordings=24, held_out=6,
    slots=(SlotWrite(run_id=8, layer=1, slot=9001, score=2.0, delta_norm=0.3),),
)  # fmt: skip
REVERT = RevertReport(
    run_id=8, record_ids=(RECORD.id,), method="replay", replayed=1, digest_before="b" * 64, digest_after="a" * 64, exact=True
)  # fmt: skip
FROM_WEIGHTS = Answer(
    text="Lyon.", known=True, tier=Tier.PARAMETRIC, confidence=0.98, runs=(8,),
    attributions=(Attribution(run_id=8, record_id=RECORD.id, share=0.8),), reason="confident",
)  # fmt: skip


def printed(document: Document) -> Any:
    """What `--json` prints of it."""
    assert document.data is not None
    return document.data.model_dump(mode="json")


def text_of(document: Document) -> str:
    parts = [
        block if isinstance(block, str) else "\n".join(" ".join(row) for row in block.rows)
        for block in document.blocks
    ]
    return "\n".join(parts)


@pytest.mark.parametrize(
    ("verb", "document"),
    [
        ("consolidate", views_learning.consolidation(RUN)),
        ("revert", views_learning.revert(REVERT)),
        (
            "forget",
            views_learning.forget(ForgetReport(namespace="ana", record_ids=(RECORD.id,)), dry_run=False),
        ),
        ("ask", views.answer(FROM_WEIGHTS)),
    ],
)
def test_what_is_shown_is_of_a_shape_that_the_verb_declares(verb: str, document: Document) -> None:
    assert type(document.data) in schemas.SHAPES[verb]


def test_a_run_in_the_list_has_the_fields_of_a_run() -> None:
    data = printed(views_learning.runs([RUN]))
    assert data["runs"] == [printed(views_learning.consolidation(RUN))]
    assert data["runs"][0]["status"] == "committed" and data["runs"][0]["gate"]["held_out"] == 0.9
    assert data["runs"][0]["created_at"] == "2026-03-01T12:30:00Z"


def test_a_committed_run_is_said_with_its_gate_and_what_was_left_out() -> None:
    said = text_of(views_learning.consolidation(RUN))
    assert "run 8 COMMITTED: 1 record learned, 64 rows changed" in said
    assert (
        "held-out wordings 0.90" in said
        and "left out m:deadbe" in said
        and "aaaaaaaaaaaa -> bbbbbbbbbbbb" in said
    )


def test_a_refused_run_says_its_reason_once() -> None:
    refused = RUN.model_copy(
        update={"status": RunStatus.REJECTED, "reason": "old knowledge fell by 0.30", "rows": 0}
    )
    said = text_of(views_learning.consolidation(refused))
    assert (
        "left in the store" in said
        and "reason: old knowledge fell by 0.30" in said
        and "left out" not in said
    )


def test_a_plan_names_what_is_written_and_what_is_left() -> None:
    plan = ConsolidationPlan(
        namespace="ana", policy="threshold@1",
        chosen=(Candidate(record_id=RECORD.id, text=RECORD.text, score=0.8, reason="stable"),),
        skipped=(Candidate(record_id="m:000000000001", text="Hi", score=0.1, reason="states nothing"),),
    )  # fmt: skip
    said = text_of(views_learning.plan(plan))
    assert "write m:4f2a91 0.80 stable" in said and "leave m:000000 0.10 states nothing" in said


def test_the_story_of_a_run_names_its_slots() -> None:
    document = views_learning.run_story(RunStory(run=RUN, writes=(WRITE,)))
    assert "9001" in text_of(document) and "24 + 6" in text_of(document)
    data = printed(document)
    assert data["kind"] == "run" and data["writes"][0]["slots"][0]["slot"] == 9001


def test_the_story_of_an_answer_names_whose_slots_were_read() -> None:
    story = AnswerStory(
        question="Where?", answer=FROM_WEIGHTS, slots_read=32, owned_share=0.75, attributions=FROM_WEIGHTS.attributions,
        records=(RECORD,),
    )  # fmt: skip
    said = text_of(views_learning.answer_story(story))
    assert (
        "run 8 m:4f2a91 0.80 I live in Lyon." in said
        and "32 slots read, 75%" in said
        and "decided: confident" in said
    )


def test_the_memory_line_names_the_tier() -> None:
    assert views.memory_line(FROM_WEIGHTS) == "memory: from parameters: run 8"
    unknown = Answer(text="I do not know yet.", known=False, tier=None, confidence=0.0)
    assert views.memory_line(unknown) == "memory: not known"


def test_a_forget_without_proof_says_where_the_text_still_is() -> None:
    report = ForgetReport(
        namespace="ana",
        record_ids=(RECORD.id,),
        copies={"records": 1},
        files_checked=3,
        residue=("memos.db",),
    )
    document = views_learning.forget(report, dry_run=False)
    assert printed(document)["proven"] is False and "text still in memos.db" in text_of(document)


def test_empty_lists_teach_the_next_step() -> None:
    for document in (
        views_learning.runs([]),
        views_house.log([]),
        views.records([], tier=Tier.TOKEN, empty="memos observe TEXT"),
    ):
        assert "memos " in document.empty
        assert all(isinstance(block, Table) and not block.rows for block in document.blocks)


def test_sizes_and_counts_read_well() -> None:
    assert [views.size(n) for n in (0, 999, 1500, 2_500_000)] == ["0 B", "999 B", "1.5 KB", "2.5 MB"]
    assert [views.plural(n, "row") for n in (0, 1, 1200)] == ["0 rows", "1 row", "1,200 rows"]
