"""LongMemEval: `[{question_id, haystack_session_ids, haystack_dates, haystack_sessions: [[{role, content}]]}]`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from memos.errors import InputError
from memos.interchange import messages, sources
from memos.types import Draft, JsonDict, Origin


def matches(sample: JsonDict) -> bool:
    return "haystack_sessions" in sample


def read(path: Path, origin: Origin, conversation: str | None) -> Iterator[Draft]:
    """The sessions of every question, each session once: questions share most of their haystack."""
    names: list[str] = []
    seen: set[str] = set()
    found = False
    for position, item in enumerate(sources.elements(path), start=1):
        where = f"{path.name}, question {position}"
        sessions = item.get("haystack_sessions") if isinstance(item, dict) else None
        if not isinstance(sessions, list):
            raise InputError(f"{where}: no 'haystack_sessions'", hint="is this LongMemEval JSON?", code="input.longmemeval")
        name = str(item.get("question_id") or f"question-{position}")
        names.append(name)
        if conversation is not None and name != conversation:
            continue
        found = True
        ids, dates = item.get("haystack_session_ids") or [], item.get("haystack_dates") or []
        if (ids and len(ids) != len(sessions)) or (dates and len(dates) != len(sessions)):
            raise InputError(f"{where}: {len(sessions)} sessions, {len(ids)} ids, {len(dates)} dates",
                             hint="each session has its id and its date", code="input.longmemeval")  # fmt: skip
        for number, said in enumerate(sessions):
            session = str(ids[number]) if ids else f"{name}/session_{number + 1}"
            if session in seen:
                continue
            seen.add(session)
            when = sources.parse_time(dates[number]) if dates else None
            for draft in messages.drafts(messages.numbered(said, path, f"{where}, {session}"), session, origin):
                yield draft if draft.occurred_at else draft.model_copy(update={"occurred_at": when})
    messages.require_conversation(path, conversation, found, names)
