"""LoCoMo: a list of `{sample_id, conversation: {session_N: [{speaker, dia_id, text}], session_N_date_time}}`, or one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from memos.errors import InputError
from memos.interchange import sources
from memos.interchange.messages import require_conversation
from memos.types import Draft, JsonDict, Origin, Source

_SESSION = re.compile(r"^session_(\d+)$")


def matches(sample: JsonDict) -> bool:
    return "conversation" in sample


def read(path: Path, origin: Origin, conversation: str | None) -> Iterator[Draft]:
    """Turns in the order of their sessions, with the time of each session; what a picture shows is kept as metadata."""
    names: list[str] = []
    found = False
    for position, sample in enumerate(sources.elements(path), start=1):
        talk = sample.get("conversation") if isinstance(sample, dict) else None
        if not isinstance(talk, dict):
            raise InputError(
                f"{path.name}, conversation {position}: no 'conversation' object",
                hint="is this LoCoMo JSON?",
                code="input.locomo",
            )
        name = str(sample.get("sample_id") or f"conversation-{position}")
        names.append(name)
        if conversation is not None and name != conversation:
            continue
        found = True
        numbers = sorted(int(match[1]) for key in talk if (match := _SESSION.match(key)))
        for number in numbers:
            when = sources.parse_time(talk.get(f"session_{number}_date_time"))
            for turn, entry in enumerate(talk[f"session_{number}"] or [], start=1):
                if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
                    raise InputError(
                        f"{path.name}, {name}, session {number}, turn {turn}: no text",
                        hint="is this LoCoMo JSON?",
                        code="input.locomo",
                    )
                if not entry["text"].strip():
                    continue
                metadata: JsonDict = {}
                if entry.get("dia_id"):
                    metadata["dia_id"] = entry["dia_id"]
                if entry.get("blip_caption"):
                    metadata["image"] = entry["blip_caption"]
                yield Draft(
                    text=entry["text"],
                    origin=origin,
                    source=Source(session=f"{name}/session_{number}", turn=turn, actor=entry.get("speaker")),
                    occurred_at=when,
                    metadata=metadata,
                )
    require_conversation(path, conversation, found, names)
