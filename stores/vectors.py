"""The vector index of one namespace and arm: keys, a table of vectors, and the file they are saved in.

Derived: knows vectors and integer keys, not texts; any doubt about a saved file is IndexStale, and the owner rebuilds it
from SQL. A file holds a header (sequence number, change token, embedder identity, structure, checksum), the keys, which
of them are alive, and FAISS's own bytes; it is replaced whole. A large one is mapped, not read: its structure and keys
are checked at opening, all of its bytes by `memos doctor`. faiss loads on first use: this module may be imported to
open a store.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from memos.config import VectorSettings
from memos.errors import IndexStale, InputError, StoreUnwritable

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from memos.protocols import Vector

    Keys = npt.NDArray[np.int64]

MAGIC = b"MEMOSVX2"
_LENGTH = struct.Struct("<Q")
MAPPED_FROM = 256 << 20
"""Bytes from which a file is mapped, and checked as a whole only when that is asked for."""
EDGE = 1 << 20
"""Bytes at the start and the end of FAISS's part that are checked at every opening: what says how the rest is to be read."""
REBUILD_HINT = "memos doctor --rebuild"


@dataclass(frozen=True)
class IndexHeader:
    """What a saved index says of itself. `token` is that of the SQL change numbered `sequence`."""

    identity: str
    dimension: int
    count: int
    sequence: int
    token: str
    kind: str
    quantized: bool
    trained_for: int
    size: int
    keys_digest: str
    edges_digest: str
    body_digest: str


class FaissIndex:
    """Inner-product search over float32 vectors keyed by integers.

    Position p of the table holds the vector of `keys[p]`; what is removed is dead from then on, left out inside the
    search, and gone from the file at the next `save`. Not safe for concurrent use: its owner holds a lock.
    """

    def __init__(
        self, path: Path, *, dimension: int, identity: str, settings: VectorSettings | None = None
    ) -> None:
        self.path = path
        self.dimension = dimension
        self.identity = identity
        self.settings = settings or VectorSettings()
        self.token = ""
        self._sequence = 0
        self._start_empty()

    def _start_empty(self) -> None:
        from memos.stores.index_kinds import VectorTable
        from memos.stores.key_positions import KeyPositions

        self._table = VectorTable(self.dimension, self.settings)
        self._at = KeyPositions()

    @property
    def sequence(self) -> int:
        """Number of the last change of the SQL store that this index has seen."""
        return self._sequence

    @property
    def structure(self) -> str:
        """`flat`, `ivf` or `hnsw`, with `/sq8` where numbers are kept in one byte."""
        return self._table.kind + ("/sq8" if self._table.quantized else "")

    def __len__(self) -> int:
        return self._at.alive

    def seen(self, sequence: int, token: str = "") -> None:
        """Note the SQL change up to which this index is complete."""
        self._sequence, self.token = sequence, token

    def add(self, keys: Sequence[int] | Keys, vectors: Vector) -> None:
        """Append vectors float32 [n, dimension] under new keys. Raises InputError for another shape, NaN or a known key."""
        import numpy as np

        added = np.asarray(keys, dtype=np.int64)
        if vectors.ndim != 2 or vectors.shape != (len(added), self.dimension):
            raise InputError(f"vectors of shape {vectors.shape} for {len(added)} keys of {self.dimension} dimensions")
        if not np.isfinite(vectors).all():
            raise InputError("a vector holds NaN or infinity", hint="check the embedder")
        if len(np.unique(added)) != len(added) or (self._at.find(added) >= 0).any():
            raise InputError("a key is in the index already", hint="remove it first")
        if not len(added):
            return
        self._table.append(vectors)
        self._at.append(added)

    def remove(self, keys: Sequence[int] | Keys) -> None:
        """Take vectors out; keys that are not there are no error."""
        import numpy as np

        positions = self._at.find(np.unique(np.asarray(keys, dtype=np.int64)))
        self._at.bury(positions[positions >= 0])

    def search(
        self, query: Vector, k: int, allowed: Keys | None = None, *, excluded: Keys | None = None
    ) -> list[tuple[int, float]]:
        """(key, inner product), best first, among `allowed` keys less the `excluded`; None allows all, excludes none."""
        import numpy as np

        if query.shape != (self.dimension,):
            raise InputError(f"a query vector of shape {query.shape} for {self.dimension} dimensions")
        mask, room = None, self._at.alive
        if allowed is not None:
            mask = np.zeros(len(self._at), bool)
            mask[self._present(allowed)] = True
        elif room < len(self._at) or (excluded is not None and len(excluded)):
            mask = self._at.living.copy()
        if mask is not None:
            if excluded is not None and len(excluded):
                mask[self._present(excluded)] = False
            room = int(np.count_nonzero(mask))
        if room == 0 or k <= 0:
            return []
        scores, positions = self._table.search(query, k, mask, room)
        return list(zip(self._at.keys[positions].tolist(), scores.tolist(), strict=True))

    def scores(self, query: Vector, keys: Keys) -> dict[int, float]:
        """Inner product of the query with the vectors of these keys; keys without one are left out."""
        import numpy as np

        positions = self._at.find(keys)
        known = positions >= 0
        if not known.any():
            return {}
        products = self._table.vectors(positions[known]) @ np.asarray(query, dtype=np.float32)
        return dict(zip(keys[known].tolist(), products.tolist(), strict=True))

    def clear(self) -> None:
        """Forget every vector and the sequence number."""
        self._start_empty()
        self.seen(0)

    def settle(self) -> None:
        """After a batch of changes: give the vectors another structure where their number asks for one, without the dead."""
        if not self._table.outgrown(self._at.alive):
            return
        import numpy as np

        from memos.stores.key_positions import KeyPositions

        living = np.flatnonzero(self._at.living)
        living = living[np.argsort(self._at.keys[living], kind="stable")]
        keys = self._at.keys[living]
        self._table, self._at = self._table.reshaped(living), KeyPositions(keys)

    def _present(self, keys: Keys) -> Keys:
        positions = self._at.find(keys)
        return positions[positions >= 0]

    # --- on disk -----------------------------------------------------------------------------------------------------

    def save(self, sequence: int) -> None:
        """Write the file whole or not at all: temporary file, fsync, rename, fsync of the folder. No dead vector is in it."""
        import numpy as np

        self._sequence = sequence
        self._table.blank(np.flatnonzero(~self._at.living))
        keys = self._at.keys.astype("<i8").tobytes() + np.packbits(self._at.living).tobytes()
        temporary = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(temporary, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w+b") as file:
                self._write(file, keys)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
            sync_folder(self.path.parent)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            raise StoreUnwritable(f"cannot save the vector index {self.path}: {error.strerror}",
                                  hint="check the folder's permissions and the free space on its disk") from None

    def _write(self, file: BinaryIO, keys: bytes) -> None:
        """The header comes first but knows the size and digest of what follows: its place is kept, and filled last."""
        body = hashlib.sha256()
        size = 0
        failure: OSError | None = None

        def put(piece: bytes) -> int:
            # FAISS calls this from C++, through which no exception passes: it is kept, and raised afterwards.
            nonlocal size, failure
            if failure is None:
                try:
                    file.write(piece)
                    body.update(piece)
                    size += len(piece)
                except OSError as error:
                    failure = error
            return len(piece)

        head = self._header(keys, size=0, edges="0" * 64, body="0" * 64)
        start = len(MAGIC) + _LENGTH.size + len(head) + 32 + len(keys)
        file.seek(start)
        self._table.write(put)
        if failure is not None:
            raise failure
        file.flush()
        edges = hashlib.sha256()
        for begin, end in _edges(size):
            file.seek(start + begin)
            edges.update(file.read(end - begin))
        head = self._header(keys, size=size, edges=edges.hexdigest(), body=body.hexdigest()).ljust(len(head))
        file.seek(0)
        file.write(MAGIC + _LENGTH.pack(len(head)) + head + hashlib.sha256(head).digest() + keys)

    def _header(self, keys: bytes, *, size: int, edges: str, body: str) -> bytes:
        header = IndexHeader(
            self.identity, self.dimension, len(self._at), self._sequence, self.token, self._table.kind,
            self._table.quantized, self._table.trained_for, size, hashlib.sha256(keys).hexdigest(), edges, body,
        )  # fmt: skip
        # Padded: the size is known only when all is written, and must not move what follows.
        return json.dumps(asdict(header)).encode() + b" " * (20 if size == 0 else 0)

    @classmethod
    def load(
        cls, path: Path, *, dimension: int, identity: str, settings: VectorSettings | None = None, every_byte: bool = False
    ) -> FaissIndex:
        """The saved index. Raises IndexStale for a file that is absent, cut, changed or of another embedder.

        `every_byte` checks a large file as a whole too, which takes a second for two gigabytes.
        """
        import numpy as np

        from memos.stores.key_positions import KeyPositions

        header, keys, body, mapped = _read(path, every_byte)
        if (header.identity, header.dimension) != (identity, dimension):
            raise IndexStale(f"{path} was made by the embedder {header.identity}", hint=REBUILD_HINT)
        index = cls(path, dimension=dimension, identity=identity, settings=settings)
        try:
            index._table.read(body, mapped=mapped)
        except (RuntimeError, ValueError, MemoryError) as error:
            raise IndexStale(f"{path} cannot be read by this faiss: {error}", hint=REBUILD_HINT) from None
        if len(index._table) != header.count or index._table.width != dimension:
            raise IndexStale(f"{path} holds {len(index._table)} vectors, not {header.count}", hint=REBUILD_HINT)
        index._table.kind, index._table.quantized = header.kind, header.quantized
        index._table.trained_for = header.trained_for
        split = header.count * 8
        living = np.unpackbits(np.frombuffer(keys[split:], np.uint8), count=header.count).astype(bool)
        index._at = KeyPositions(np.frombuffer(keys[:split], "<i8").astype(np.int64), living)
        index.seen(header.sequence, header.token)
        return index


def _edges(size: int) -> list[tuple[int, int]]:
    """(start, end) of the two parts of FAISS's bytes that say how the others are laid out."""
    return [(0, min(EDGE, size)), (max(0, size - EDGE), size)]


def _read(path: Path, every_byte: bool) -> tuple[IndexHeader, bytes, Any, bool]:
    """Header, keys, FAISS's bytes, and whether those are a mapping of the file."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            mapped = size >= MAPPED_FROM
            content: Any = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) if mapped else file.read()
    except FileNotFoundError:
        raise IndexStale(f"no index at {path}", hint=REBUILD_HINT) from None
    except OSError as error:
        raise IndexStale(f"{path} cannot be read: {error.strerror}", hint=REBUILD_HINT) from None
    start = len(MAGIC) + _LENGTH.size
    try:
        if bytes(content[: len(MAGIC)]) != MAGIC:
            raise ValueError("not an index of this version")
        (length,) = _LENGTH.unpack_from(content, len(MAGIC))
        if length > len(content):
            raise ValueError("its header is damaged")
        head = bytes(content[start : start + length])
        if hashlib.sha256(head).digest() != bytes(content[start + length : start + length + 32]):
            raise ValueError("its header is damaged")
        header = IndexHeader(**json.loads(head))
        begin = start + length + 32
        end = begin + header.count * 8 + (header.count + 7) // 8
        keys, body = bytes(content[begin:end]), content[end:]
        if hashlib.sha256(keys).hexdigest() != header.keys_digest or len(body) != header.size:
            raise ValueError("its keys are damaged, or it was cut")
        edges = hashlib.sha256()
        for first, last in _edges(header.size):
            edges.update(body[first:last])
        if edges.hexdigest() != header.edges_digest:
            raise ValueError("its checksum is wrong")
        if (every_byte or not mapped) and hashlib.sha256(body).hexdigest() != header.body_digest:
            raise ValueError("its checksum is wrong")
    except (ValueError, TypeError, struct.error) as error:
        raise IndexStale(f"{path} is damaged: {error}", hint=REBUILD_HINT) from None
    return header, keys, body, mapped


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
