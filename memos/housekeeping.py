"""What can be wrong with the folder itself: who may read it, whether it can grow, and what dead processes left in it.

Knows files. Does not know what is in them.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from memos.errors import StoreError, StoreUnwritable

LEAST_FREE = 64 * 2**20
"""Bytes that must be free: a few thousand records, or one run with its tensors."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_DRAFT = re.compile(r"\.(\d+)\.tmp$")


def access(home: Path, *, mend: bool) -> str:
    """Who may read what is kept: nobody but its owner should. `mend` takes the rest away.

    Raises StoreError for files that others may read or write. In a folder that only its owner may enter it does not matter
    what the files say.
    """
    if os.name != "posix" or not home.exists():
        return "left to the system"
    if not stat.S_IMODE(home.stat().st_mode) & _OTHERS:
        return "only its owner may enter"
    exposed = [path for path in sorted(home.rglob("*")) if _is_open(path)]
    if exposed and not mend:
        raise StoreError(
            f"other users may read {len(exposed)} files in {home}: {', '.join(path.name for path in exposed[:3])}",
            hint="memos doctor --rebuild, or chmod -R go= on it", code="store.open_to_others",
        )
    for path in exposed:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
    if mend:
        home.chmod(stat.S_IMODE(home.stat().st_mode) & ~_OTHERS)
        return f"closed to other users, with {len(exposed)} files in it"
    return "others may enter and read nothing"


def _is_open(path: Path) -> bool:
    try:
        found = path.lstat()
    except FileNotFoundError:  # gone since it was listed
        return False
    return stat.S_ISREG(found.st_mode) and bool(stat.S_IMODE(found.st_mode) & _OTHERS)


def room(home: Path) -> str:
    """Free space. Raises StoreUnwritable where it is about to run out."""
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    if free < LEAST_FREE:
        raise StoreUnwritable(f"{free / 2**20:.0f} MB are free where {home} lies", hint="make room; nothing is lost yet")
    return f"{free / 2**30:.1f} GB free"


def leftovers(home: Path, *, mend: bool) -> str:
    """Files that a process began and did not finish; `mend` removes those whose process is gone."""
    dead = [path for path, process in _drafts(home) if not _runs(process)]
    if mend:
        for path in dead:
            path.unlink(missing_ok=True)
        return f"{len(dead)} removed"
    return f"{len(dead)} half-written by processes that ended; memos doctor --rebuild removes them" if dead else "none"


def _drafts(home: Path) -> Iterator[tuple[Path, int]]:
    for path in sorted(home.rglob("*.tmp")) if home.exists() else ():
        if (named := _DRAFT.search(path.name)) is not None and path.is_file() and not path.is_symlink():
            yield path, int(named[1])


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # somebody else's
        return True
    return True
