"""The portable archive of one namespace: out, checked, and in again.

- A zip of JSON Lines with a sha256 for each member. It holds what was said, kept, decided and done; weights are not in it,
  since consolidating again teaches the same facts.
- In again, records keep their times, states, supersession, links, pins and history. Into a namespace of the same name
  they keep their ids; under another name each id follows from the old one. So the second import of an archive adds nothing.
- Both ways stream: one record is in memory at a time, however large the archive.
- An archive is data from outside: secrets in it meet the same policy as at the door, approvals are not carried over, and
  what unpacks to far more than it weighs is refused. No member's name is ever used as a path.

Knows no SQL, no model and no terminal.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from memos.errors import InputError, StoreUnwritable
from memos.types import (
    ArchivedRecord,
    Draft,
    ImportReport,
    JsonDict,
    MemoryRecord,
    RecordState,
    Value,
    utc_now,
)

if TYPE_CHECKING:
    from memos.manager import MemoryManager
    from memos.protocols import Progress

FORMAT = "memos-archive"
VERSION = 2
MANIFEST = "manifest.json"
RECORDS = "records.jsonl"
BLOCKS = "blocks.jsonl"
MOST_UNPACKED = 200
"""Times its own size an archive may unpack to, beyond `FREE` bytes; JSON Lines reach thirty."""
FREE = 16 << 20
LONGEST_LINE = 64 << 20
_PAGE = 500
_EPOCH_OF_ZIP = (1980, 1, 1, 0, 0, 0)  # a fixed time, so that equal content gives equal members
_DAMAGED = "the archive is damaged or was changed; export it again"


class ArchiveReport(Value):
    """What an export wrote: rows by member, and the sha256 of the whole file."""

    path: str
    namespace: str
    members: dict[str, int]
    bytes: int
    sha256: str


@dataclass(frozen=True)
class _Member:
    name: str
    rows: Callable[[], Iterator[JsonDict]]


def export_archive(memory: MemoryManager, path: Path, *, progress: Progress | None = None) -> ArchiveReport:
    """Write the namespace to `path`, whole or not at all. Raises StoreUnwritable when the file cannot be written."""
    members = (
        _Member(RECORDS, lambda: _archived(memory)),
        _Member(BLOCKS, lambda: ({"label": label, "text": text} for label, text in memory.blocks().items())),
        _Member("decisions.jsonl", lambda: _decisions(memory)),
        _Member("runs.jsonl", lambda: (run.model_dump(mode="json") for run in memory.runs())),
        _Member("events.jsonl", lambda: _events(memory)),
    )
    temporary = path.with_name(path.name + ".part")
    counts: dict[str, int] = {}
    manifest: JsonDict = {
        "format": FORMAT,
        "version": VERSION,
        "namespace": memory.namespace,
        "created_at": utc_now().isoformat(),
        "members": {},
    }
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for done, member in enumerate(members):
                if progress is not None:
                    progress(done, len(members), member.name)
                counts[member.name], digest = _write_member(archive, member)
                manifest["members"][member.name] = {"rows": counts[member.name], "sha256": digest}
            archive.writestr(_zip_info(MANIFEST), json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StoreUnwritable(
            f"{path} cannot be written: {error.strerror}", hint="choose another folder"
        ) from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if progress is not None:
        progress(len(members), len(members), "done")
    return ArchiveReport(
        path=str(path),
        namespace=memory.namespace,
        members=counts,
        bytes=path.stat().st_size,
        sha256=_file_digest(path),
    )


def all_records(memory: MemoryManager) -> Iterator[MemoryRecord]:
    """Every record of the namespace that still has its text, page by page, in the order they were learned."""
    states = (RecordState.ACTIVE, RecordState.PAUSED, RecordState.SUPERSEDED)
    offset = 0
    while page := memory.list(states=states, limit=_PAGE, offset=offset, newest_first=False):
        yield from page
        offset += len(page)


def _archived(memory: MemoryManager) -> Iterator[JsonDict]:
    for record in all_records(memory):
        yield ArchivedRecord(
            record=record, history=tuple(memory.history(record.id)),
            links=tuple(link for link in memory.links(record.id) if link.outgoing),
        ).model_dump(mode="json")  # fmt: skip


def _decisions(memory: MemoryManager) -> Iterator[JsonDict]:
    """Newest first. What holds the order is one number a decision, not the decisions."""
    for page in _pages(memory.browser.decision_keys()):
        found = memory.browser.decisions(page)
        yield from (found[key].decision.model_dump(mode="json") for key in page if key in found)


def _events(memory: MemoryManager) -> Iterator[JsonDict]:
    for page in _pages(memory.browser.event_keys()):
        found = memory.browser.events(page)
        yield from (found[key].model_dump(mode="json") for key in page if key in found)


def _pages(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + _PAGE] for start in range(0, len(keys), _PAGE))


def _write_member(archive: zipfile.ZipFile, member: _Member) -> tuple[int, str]:
    digest = hashlib.sha256()
    rows = 0
    with archive.open(_zip_info(member.name), "w") as out:
        for row in member.rows():
            line = (json.dumps(row, ensure_ascii=True, sort_keys=True) + "\n").encode("ascii")
            out.write(line)
            digest.update(line)
            rows += 1
    return rows, digest.hexdigest()


def _zip_info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH_OF_ZIP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify_archive(path: Path) -> JsonDict:
    """The manifest of an archive whose every member has the sha256 it claims. Raises InputError otherwise."""
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
        members: JsonDict = manifest["members"]
        inside = archive.namelist()
        if sorted(inside) != sorted([*members, MANIFEST]) or RECORDS not in members:
            raise _refused(path, "its members are not those its manifest lists")
        left = FREE + MOST_UNPACKED * path.stat().st_size
        for name, claim in members.items():
            digest = hashlib.sha256()
            with archive.open(name) as member:
                while chunk := member.read(1 << 20):
                    digest.update(chunk)
                    left -= len(chunk)
                    if left < 0:
                        raise _refused(path, "it unpacks to far more than it weighs")
            if digest.hexdigest() != claim["sha256"]:
                raise _refused(path, f"{name} does not have its checksum")
    return manifest


def archive_drafts(path: Path) -> Iterator[Draft]:
    """The records of an archive as experiences, for whoever wants to observe them anew."""
    verify_archive(path)
    for one in _records(path):
        record = one.record
        yield Draft(text=record.text, origin=record.origin, source=record.source, occurred_at=record.occurred_at,
                    metadata={**record.metadata, "archive_id": record.id})  # fmt: skip


def import_archive(
    memory: MemoryManager, path: Path, *, progress: Progress | None = None, stopped: Callable[[], bool] = lambda: False
) -> ImportReport:
    """Restore every record that is not here yet: ADD; what is here already counts as NOOP, what holds a secret as DROP.

    Approvals are not carried over: whoever imports vouches for text of other origins with `memos approve`.
    """
    manifest = verify_archive(path)
    source = str(manifest["namespace"])
    total = int(manifest["members"][RECORDS]["rows"])

    def until_stopped() -> Iterator[ArchivedRecord]:
        for one in _records(path):
            if stopped():
                return
            yield one

    report = memory.restore(until_stopped(), source=source, progress=progress, total=total)
    if not stopped():
        memory.restore_links(_records(path), source=source)
        for block in _lines(path, BLOCKS) if BLOCKS in manifest["members"] else ():
            label, text = str(block["label"]), str(block["text"])
            if label not in memory.blocks():
                memory.pin(label, text)
    return report


def _records(path: Path) -> Iterator[ArchivedRecord]:
    for number, line in enumerate(_lines(path, RECORDS), start=1):
        try:
            yield ArchivedRecord.model_validate(line)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise _refused(path, f"{RECORDS}, line {number}: {field}: {first['msg']}") from None


def _lines(path: Path, name: str) -> Iterator[JsonDict]:
    with _opened(path) as archive, archive.open(name) as lines:
        while line := lines.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise _refused(path, f"{name} holds a line of more than {LONGEST_LINE >> 20} MB")
            yield json.loads(line)


def _manifest(archive: zipfile.ZipFile, path: Path) -> JsonDict:
    if archive.getinfo(MANIFEST).file_size > 1 << 20:
        raise _refused(path, "its manifest is too long to be one")
    manifest = json.loads(archive.read(MANIFEST))
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError(f"{path.name} is not a memos archive", hint="memos export FILE writes one", code="input.archive")
    if manifest.get("version") != VERSION:
        raise InputError(
            f"{path.name} is an archive of version {manifest.get('version')}; this memos reads {VERSION}",
            hint="import it with the memos that wrote it, and export it again", code="input.archive_version",
        )  # fmt: skip
    return manifest


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The zip; whatever is wrong with its bytes is an InputError."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, RecursionError, OSError, TypeError,
            AttributeError, NotImplementedError, RuntimeError) as error:  # fmt: skip
        raise InputError(f"{path.name} cannot be read as an archive: {error}", hint=_DAMAGED, code="input.archive") from None


def _refused(path: Path, why: str) -> InputError:
    return InputError(f"{path.name}: {why}", hint=_DAMAGED, code="input.archive")
