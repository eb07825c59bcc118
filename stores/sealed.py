"""Safetensors files that are written whole or not at all, and sealed ones that prove every byte of themselves.

A sealed file names its format and version in the header and carries a seal there: sha256 of the whole file, taken with
the 64 digits of the seal as zeros. So no bit of header or tensors can change unnoticed, and one key is in the header:
safetensors does not promise an order for more. A hash is no signature: it tells damage, not who made the file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memos.errors import CorruptStore, InputError, StoreUnwritable
from memos.stores.vectors import sync_folder
from memos.types import JsonDict

if TYPE_CHECKING:
    import numpy.typing as npt

SUFFIX = ".safetensors"
BLANK = "0" * 64
MARK = b'\\"seal\\":\\"'
KEY = "memos"


def seal(tensors: Mapping[str, npt.NDArray[Any]], about: JsonDict) -> bytes:
    """The bytes of a sealed file. `about` holds "format" and "version" and whatever else describes the tensors."""
    from safetensors.numpy import save

    header = json.dumps({**about, "seal": BLANK}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    content = bytearray(save(dict(tensors), {KEY: header}))
    at = content.index(MARK) + len(MARK)
    content[at : at + len(BLANK)] = hashlib.sha256(content).hexdigest().encode()
    return bytes(content)


def unseal(content: bytes, format: str, version: int, name: str) -> tuple[JsonDict, dict[str, npt.NDArray[Any]]]:
    """(about, tensors) of what `seal` made; "seal" is in about.

    Raises InputError for a file of another format or a newer version, CorruptStore for a changed or missing byte.
    """
    from safetensors.numpy import load

    about = _about(content)
    if about is None or about.get("format") != format:
        raise InputError(f"{name} is not a file of the format {format}, or its beginning is damaged",
                         hint="give a file that memos wrote", code="input.format")
    if not isinstance(about.get("version"), int) or about["version"] > version:
        raise InputError(f"{name} has version {about.get('version')} of {format}; this memos reads up to {version}",
                         hint="pip install --upgrade memos-memory", code="input.newer_format")
    at = content.find(MARK) + len(MARK)
    blank = bytearray(content)
    blank[at : at + len(BLANK)] = BLANK.encode()
    if hashlib.sha256(blank).hexdigest().encode() != content[at : at + len(BLANK)]:
        raise CorruptStore(f"{name} is truncated or was changed: its seal does not match its bytes",
                           hint="fetch it, or write it, again", code="file.changed")
    return about, load(content)


def _about(content: bytes) -> JsonDict | None:
    length = int.from_bytes(content[:8], "little")
    try:
        header = json.loads(content[8 : 8 + length])
        about = json.loads(header["__metadata__"][KEY])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return about if isinstance(about, dict) else None


def write_whole(path: Path, content: bytes) -> None:
    """Put a file at `path` so that a crash leaves the whole of it or nothing but a ".tmp".

    Only the user can read it. Raises StoreUnwritable.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise StoreUnwritable(
            f"{path.parent.name}/ cannot be written: {error.strerror}",
            hint="free space or mend its permissions; nothing was changed",
            code="ledger.unwritable",
        ) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
