"""FAISS index over the vectors of one namespace. Derived: knows vectors and integer keys, not texts; any doubt about a
saved file is IndexStale, and the owner rebuilds it from SQL.

A file holds a header (sequence number, change token, embedder identity, count, checksums), the keys and FAISS's own
bytes, and is replaced whole. faiss loads on first use: this module may be imported to open a store.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memos.errors import IndexStale, InputError, StoreUnwritable

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from memos.protocols import Vector

    Keys = npt.NDArray[np.int64]

MAGIC = b"MEMOSVX1"
_LENGTH = struct.Struct("<Q")
REBUILD_HINT = "memos doctor --rebuild"


@dataclass(frozen=True)
class IndexHeader:
    """What a saved index says of itself. `token` is that of the SQL change numbered `sequence`."""

    identity: str
    dimension: int
    count: int
    sequence: int
    token: str
    digest: str


class FaissIndex:
    """Inner-product search over float32 vectors keyed by integers.

    Position p of the FAISS index holds the vector of `keys[p]`; a filter becomes a bitmap over positions that FAISS
    consults while it scans. Not safe for concurrent use: its owner holds a lock.
    """

    def __init__(self, path: Path, *, dimension: int, identity: str) -> None:
        import numpy as np

        self.path = path
        self.dimension = dimension
        self.identity = identity
        self.token = ""
        self._sequence = 0
        self._index: Any = _flat(dimension)
        self._keys: Keys = np.empty(0, np.int64)
        self._count = 0
        self._ascending = True  # as long as keys only grow, which they do but for updates, they need no sorting
        self._sorted: tuple[Keys, Keys] | None = None  # else: keys in order, and the position of each

    @property
    def sequence(self) -> int:
        """Number of the last change of the SQL store that this index has seen."""
        return self._sequence

    @property
    def keys(self) -> Keys:
        """int64 [n], by position."""
        return self._keys[: self._count]

    def __len__(self) -> int:
        return self._count

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
        growing = bool((np.diff(added) > 0).all()) and (
            not self._count or not len(added) or bool(added[0] > self._keys[self._count - 1])
        )
        appended = self._ascending and growing
        if not appended and (len(np.unique(added)) != len(added) or np.isin(added, self.keys).any()):
            raise InputError("a key is in the index already", hint="remove it first")
        end = self._count + len(added)
        if end > len(self._keys):  # grow by half, so that adding one by one stays linear
            grown = np.empty(max(end, len(self._keys) * 3 // 2, 64), np.int64)
            grown[: self._count] = self.keys
            self._keys = grown
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        self._keys[self._count:end] = added
        self._count, self._ascending, self._sorted = end, appended, None

    def remove(self, keys: Sequence[int] | Keys) -> None:
        """Take vectors out; keys that are not there are no error."""
        import numpy as np

        positions = self._positions(np.asarray(keys, dtype=np.int64))
        if not len(positions):
            return
        import faiss

        self._index.remove_ids(faiss.IDSelectorBatch(positions))
        self._keys = np.delete(self.keys, positions)
        self._count, self._sorted = len(self._keys), None

    def search(
        self, query: Vector, k: int, allowed: Keys | None = None, *, excluded: Keys | None = None
    ) -> list[tuple[int, float]]:
        """(key, inner product), best first, among `allowed` keys less the `excluded`; None allows all, excludes none."""
        import faiss
        import numpy as np

        if query.shape != (self.dimension,):
            raise InputError(f"a query vector of shape {query.shape} for {self.dimension} dimensions")
        parameters = None
        room = self._count
        if allowed is not None or (excluded is not None and len(excluded)):
            mask = np.ones(self._count, bool) if allowed is None else np.zeros(self._count, bool)
            if allowed is not None:
                mask[self._positions(allowed)] = True
            if excluded is not None:
                mask[self._positions(excluded)] = False
            room = int(np.count_nonzero(mask))
            bitmap = np.packbits(mask, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bitmap))  # type: ignore[call-arg,arg-type]
        if room == 0 or k <= 0:
            return []
        scores, positions = self._index.search(
            np.ascontiguousarray(query, dtype=np.float32)[None, :], min(k, room), params=parameters
        )  # (1, k), (1, k)
        return [
            (int(self._keys[position]), float(score))
            for position, score in zip(positions[0], scores[0], strict=True)
            if position >= 0
        ]

    def scores(self, query: Vector, keys: Keys) -> dict[int, float]:
        """Inner product of the query with the vectors of these keys; keys without one are left out."""
        import numpy as np

        positions, known = self._positions(keys, with_keys=True)
        if not len(positions):
            return {}
        vectors = self._index.reconstruct_batch(positions)  # (n, dimension)
        products = vectors @ np.asarray(query, dtype=np.float32)
        return dict(zip(known.tolist(), products.tolist(), strict=True))

    def clear(self) -> None:
        """Forget every vector and the sequence number."""
        import numpy as np

        self._index = _flat(self.dimension)
        self._keys, self._count, self._ascending, self._sorted = np.empty(0, np.int64), 0, True, None
        self.seen(0)

    # --- on disk -----------------------------------------------------------------------------------------------------

    def save(self, sequence: int) -> None:
        """Write the file whole or not at all: temporary file, fsync, rename, fsync of the folder."""
        import faiss

        self._sequence = sequence
        body = self.keys.astype("<i8").tobytes() + faiss.serialize_index(self._index).tobytes()
        header = IndexHeader(self.identity, self.dimension, self._count, sequence, self.token,
                             hashlib.sha256(body).hexdigest())
        head = json.dumps(asdict(header)).encode()
        temporary = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(MAGIC + _LENGTH.pack(len(head)) + head + hashlib.sha256(head).digest() + body)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
            sync_folder(self.path.parent)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            raise StoreUnwritable(f"cannot save the vector index {self.path}: {error.strerror}",
                                  hint="check the folder's permissions and the free space on its disk") from None

    @classmethod
    def load(cls, path: Path, *, dimension: int, identity: str) -> FaissIndex:
        """The saved index. Raises IndexStale for a file that is absent, cut, changed or of another embedder."""
        import faiss
        import numpy as np

        header, body = _read(path)
        if (header.identity, header.dimension) != (identity, dimension):
            raise IndexStale(f"{path} was made by the embedder {header.identity}", hint=REBUILD_HINT)
        split = header.count * 8
        index = cls(path, dimension=dimension, identity=identity)
        try:
            index._index = faiss.deserialize_index(np.frombuffer(body, np.uint8, offset=split))
        except (RuntimeError, ValueError) as error:
            raise IndexStale(f"{path} cannot be read by this faiss: {error}", hint=REBUILD_HINT) from None
        if index._index.ntotal != header.count or index._index.d != dimension:
            raise IndexStale(f"{path} holds {index._index.ntotal} vectors, not {header.count}", hint=REBUILD_HINT)
        index._keys = np.frombuffer(body, "<i8", count=header.count).astype(np.int64)
        index._count = header.count
        index._ascending = bool((np.diff(index._keys) > 0).all())
        index.seen(header.sequence, header.token)
        return index

    # --- positions ---------------------------------------------------------------------------------------------------

    def _positions(self, keys: Keys, *, with_keys: bool = False) -> Any:
        """Positions of those keys that are present; with `with_keys`, the keys beside them."""
        import numpy as np

        present = self.keys
        if not len(present) or not len(keys):
            none = np.empty(0, np.int64)
            return (none, none) if with_keys else none
        if not self._ascending and self._sorted is None:
            order = np.argsort(present, kind="stable")
            self._sorted = present[order], order
        ordered = present if self._sorted is None else self._sorted[0]
        places = np.searchsorted(ordered, keys)
        places[places == len(ordered)] = 0
        found = ordered[places] == keys
        positions = places[found] if self._sorted is None else self._sorted[1][places[found]]
        return (positions, keys[found]) if with_keys else positions


def _flat(dimension: int) -> Any:
    """Exact search: up to about 100,000 vectors it costs milliseconds and no training."""
    import faiss

    return faiss.IndexFlatIP(dimension)


def _read(path: Path) -> tuple[IndexHeader, bytes]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise IndexStale(f"no index at {path}", hint=REBUILD_HINT) from None
    except OSError as error:
        raise IndexStale(f"{path} cannot be read: {error.strerror}", hint=REBUILD_HINT) from None
    start = len(MAGIC) + _LENGTH.size
    try:
        if not content.startswith(MAGIC):
            raise ValueError("not an index of this version")
        (length,) = _LENGTH.unpack_from(content, len(MAGIC))
        head = content[start:start + length]
        if hashlib.sha256(head).digest() != content[start + length:start + length + 32]:
            raise ValueError("its header is damaged")
        header = IndexHeader(**json.loads(head))
        body = content[start + length + 32:]
        if hashlib.sha256(body).hexdigest() != header.digest:
            raise ValueError("its checksum is wrong")
    except (ValueError, TypeError, struct.error) as error:
        raise IndexStale(f"{path} is damaged: {error}", hint=REBUILD_HINT) from None
    return header, body


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
