"""mem0: `{"results": [{memory, created_at, metadata, ...}]}` as `get_all()` returns it, or the list itself.

What mem0 knew of a memory (whose it was, its categories, its own metadata) becomes the record's metadata, so that it can
be filtered by: `memos ls --where 'metadata.user_id = ana'`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from memos.errors import InputError
from memos.interchange import sources
from memos.types import Draft, Experience, JsonDict, MemoryRecord, Origin, Source

_LISTS = ("results", "memories")
_KEPT = ("user_id", "agent_id", "run_id", "app_id", "role", "categories", "created_at", "updated_at")
# Names that mean something else in a record.
_RESERVED = frozenset({*MemoryRecord.model_fields, *Experience.model_fields, *Source.model_fields, "key", "scope"})


def matches(sample: JsonDict) -> bool:
    return "memory" in sample or any(name in sample for name in _LISTS)


def read(path: Path, origin: Origin, conversation: str | None) -> Iterator[Draft]:
    """A memory an experience, said when it was last changed. mem0 keeps no turns, so there is no conversation to choose."""
    for position, entry in enumerate(sources.elements(path, *_LISTS), start=1):
        text = entry.get("memory", entry.get("text")) if isinstance(entry, dict) else None
        if not isinstance(text, str):
            raise InputError(f"{path.name}, memory {position}: no text", hint="export with get_all()", code="input.mem0")
        if text.strip():
            yield Draft(
                text=text, origin=origin, source=Source(session="mem0", turn=position, actor=_name(entry.get("actor_id"))),
                occurred_at=sources.parse_time(entry.get("updated_at") or entry.get("created_at")), metadata=_known_of(entry),
            )  # fmt: skip


def _known_of(entry: JsonDict) -> JsonDict:
    """mem0's own fields, then the memory's metadata; a key that is taken is kept as `mem0_KEY`."""
    known: JsonDict = {name: entry[name] for name in _KEPT if entry.get(name) not in (None, "", [])}
    if entry.get("id") is not None:
        known["mem0_id"] = str(entry["id"])
    own = entry.get("metadata")
    for name, value in own.items() if isinstance(own, dict) else ():
        known[f"mem0_{name}" if name in _RESERVED or name in known else name] = value
    return known


def _name(actor: Any) -> str | None:
    return str(actor) if actor else None
