"""The dense arm: per namespace, two vector indexes kept in step with SQL (texts alone, texts in their context).

Writers touch SQL only; an index catches up by change number when it is next asked, so changes made by another process
appear the same way as one's own. What it took in from a transaction that then rolled back is thrown away.

Knows the tables `embeddings` and `vector_changes`. Knows no text and no fusion.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from memos.config import VectorSettings
from memos.errors import IndexStale, MemosError, StoreError
from memos.stores.database import Database
from memos.stores.embedder_identity import EmbedderIdentity
from memos.stores.schema import embeddings, vector_changes
from memos.stores.vector_arm import ARMS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from memos.protocols import Embedder, Progress, Vector
    from memos.stores.vectors import FaissIndex

    Keys = npt.NDArray[np.int64]

SAVE_AFTER = 256
SAVE_SHARE = 0.1
CLOSE_SHARE = 0.01
"""Of an index's vectors, how many must have changed for its file to be written, in passing and at the end."""
PAGE = 5_000


@dataclass
class _Partition:
    """The indexes of one namespace. `unsaved` counts changes since the files were written."""

    indexes: dict[str, FaissIndex]
    unsaved: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)


class DenseArm(EmbedderIdentity):
    """Nearest neighbours in one namespace, always as of the caller's own view of SQL."""

    def __init__(
        self, database: Database, folder: Path, embedder: Embedder | None, settings: VectorSettings | None = None
    ) -> None:
        super().__init__(embedder)
        self._database = database
        self._settings = settings or VectorSettings()
        self._folder = folder
        self._partitions: dict[str, _Partition] = {}
        self._lock = threading.Lock()
        self._tentative: set[str] = set()
        self._purged: set[str] = set()
        database.on_end(self._transaction_ended)

    # --- search ------------------------------------------------------------------------------------------------------

    def asked(self, connection: Connection, namespace: str, query: Vector) -> _Question:
        """A question to what SQL holds in the caller's view; the view stands still, so it is caught up with once."""
        with self._current(connection, namespace) as partition:
            return _Question(partition, query)

    # --- upkeep ------------------------------------------------------------------------------------------------------

    def purged(self, namespace: str) -> None:
        """Note that vectors of this namespace were erased: its files are written anew when that is committed."""
        self._purged.add(namespace)

    def rebuild(self, namespaces: Iterable[str], progress: Progress | None = None) -> int:
        """Make every index anew from SQL and save it. Returns the number of vectors."""
        total = 0
        names = list(namespaces)
        for done, namespace in enumerate(names):
            if progress:
                progress(done, len(names), namespace)
            with self._lock:
                self._partitions.pop(namespace, None)
            for name in ARMS:
                self._path(namespace, name).unlink(missing_ok=True)
            total += self._save(namespace)
        if progress:
            progress(len(names), len(names), "vector index")
        return total

    def sweep(self, namespaces: Iterable[str]) -> None:
        """Remove index files of namespaces that are gone, and what a crash left half written."""
        wanted = {self._path(namespace, name).name for namespace in namespaces for name in ARMS}
        for file in self._folder.glob("*.vectors*"):
            if file.name not in wanted:
                file.unlink(missing_ok=True)

    def check(self, connection: Connection, namespace: str) -> int:
        """Number of vectors of a namespace. Raises IndexStale for a saved file that cannot be trusted."""
        from memos.stores.vectors import FaissIndex

        self.check_embedder(connection)
        assert self._embedder is not None
        for name in ARMS:
            path = self._path(namespace, name)
            if path.exists():
                index = FaissIndex.load(path, dimension=self._embedder.dimension, identity=self._embedder.identity,
                                        settings=self._settings, every_byte=True)
                if not _agrees(connection, namespace, index):
                    raise IndexStale(f"{path} belongs to another history of this store", hint="memos doctor --rebuild")
        with self._current(connection, namespace) as partition:
            return len(partition.indexes["dense"])

    def forget_memory(self) -> None:
        """Drop every index from memory; the next question loads or rebuilds them."""
        with self._lock:
            self._partitions.clear()

    # --- in step with SQL --------------------------------------------------------------------------------------------

    def _current(self, connection: Connection, namespace: str) -> _Held:
        self.check_embedder(connection)
        with self._lock:
            partition = self._partitions.get(namespace)
        if partition is None:
            loaded = self._loaded(connection, namespace)
            with self._lock:
                partition = self._partitions.setdefault(namespace, loaded)
        partition.lock.acquire()
        try:
            self._catch_up(connection, namespace, partition)
        except BaseException:
            partition.lock.release()
            raise
        return _Held(partition)

    def _loaded(self, connection: Connection, namespace: str) -> _Partition:
        """Indexes from their files where those agree with SQL, else empty ones, to be filled by catching up."""
        from memos.stores.vectors import FaissIndex

        assert self._embedder is not None
        identity, dimension = self._embedder.identity, self._embedder.dimension
        indexes = {}
        for name in ARMS:
            path = self._path(namespace, name)
            try:
                index = FaissIndex.load(path, dimension=dimension, identity=identity, settings=self._settings)
                if not _agrees(connection, namespace, index):
                    raise IndexStale(f"{path} belongs to another history of this store")
            except IndexStale:
                index = FaissIndex(path, dimension=dimension, identity=identity, settings=self._settings)
            indexes[name] = index
        partition = _Partition(indexes)
        self._catch_up(connection, namespace, partition)
        if any(len(index) != _count(connection, namespace, name) for name, index in indexes.items()):
            for index in indexes.values():
                index.clear()
            self._catch_up(connection, namespace, partition)
        return partition

    def _catch_up(self, connection: Connection, namespace: str, partition: _Partition) -> None:
        latest = connection.execute(_LATEST, {"namespace": namespace}).first()
        # A reader whose view of SQL is older than the index leaves it alone: its own query hides what it cannot see.
        if latest is None or all(index.sequence >= latest.seq for index in partition.indexes.values()):
            return
        if self._database.writing:
            self._tentative.add(namespace)
        partition.unsaved += max(
            _apply(connection, namespace, name, index)
            for name, index in partition.indexes.items() if index.sequence < latest.seq
        )
        for index in partition.indexes.values():
            index.seen(latest.seq, latest.token.hex())

    def _transaction_ended(self, committed: bool) -> None:
        tentative, purged = self._tentative, self._purged
        self._tentative, self._purged = set(), set()
        if not committed:
            with self._lock:
                for namespace in tentative:
                    self._partitions.pop(namespace, None)
            return
        for namespace in purged:
            files = [self._path(namespace, name) for name in ARMS]
            if any(file.exists() for file in files):
                try:
                    self._save(namespace)
                except MemosError:  # the purge is committed; a file that still holds erased vectors must not stay
                    for file in files:
                        file.unlink(missing_ok=True)

    def save_if_due(self, *, closing: bool = False) -> None:
        """Write the files of indexes that have taken in many changes since; cheap otherwise."""
        share = CLOSE_SHARE if closing else SAVE_SHARE
        with self._lock:
            partitions = dict(self._partitions)
        for namespace, partition in partitions.items():
            if partition.unsaved >= max(SAVE_AFTER, share * len(partition.indexes["dense"])):
                with suppress(StoreError):  # a derived file: the search that called for it was answered all the same
                    self._save(namespace)

    def _save(self, namespace: str) -> int:
        # The write lock: else a purge could commit between catching up and saving, and the erased vector would return.
        with self._database.write() as connection, self._current(connection, namespace) as partition:
            for index in partition.indexes.values():
                if len(index):
                    index.save(index.sequence)
                else:
                    index.path.unlink(missing_ok=True)
            partition.unsaved = 0
            return sum(len(index) for index in partition.indexes.values())

    def _path(self, namespace: str, arm: str) -> Path:
        # A namespace may hold characters that a file name may not.
        return self._folder / f"{hashlib.sha256(namespace.encode()).hexdigest()[:24]}.{arm}.vectors"


class _Question:
    """The `Question` of `vector_arm.py`. Others may bring the indexes further meanwhile; SQL hides what is not in view."""

    def __init__(self, partition: _Partition, query: Vector) -> None:
        self._partition, self._query = partition, query

    def nearest(
        self, arm: str, k: int, *, allowed: Iterable[int] | None = None, excluded: Iterable[int] = ()
    ) -> dict[int, float]:
        keep, drop = None if allowed is None else _keys(allowed), _keys(excluded)
        with self._partition.lock:
            return dict(self._partition.indexes[arm].search(self._query, k, keep, excluded=drop))

    def scores(self, keys: Iterable[int]) -> dict[str, dict[int, float]]:
        wanted = _keys(keys)
        with self._partition.lock:
            return {name: index.scores(self._query, wanted) for name, index in self._partition.indexes.items()}


class _Held:
    """A partition whose lock is held until the block ends."""

    def __init__(self, partition: _Partition) -> None:
        self._partition = partition

    def __enter__(self) -> _Partition:
        return self._partition

    def __exit__(self, *_exception: object) -> None:
        self._partition.lock.release()


def _keys(keys: Iterable[int]) -> Keys:
    import numpy as np

    return np.fromiter(keys, np.int64)


def _count(connection: Connection, namespace: str, arm: str) -> int:
    """How many vectors SQL holds for this arm."""
    present = sa.select(sa.func.count()).select_from(embeddings).where(embeddings.c.namespace == namespace)
    if arm == "context":
        present = present.where(embeddings.c.context_vector.is_not(None))
    return connection.execute(present).scalar_one()


def _agrees(connection: Connection, namespace: str, index: FaissIndex) -> bool:
    """Whether the change the file was saved at is part of this store's history."""
    token = connection.execute(
        sa.select(vector_changes.c.token)
        .where(vector_changes.c.seq == index.sequence, vector_changes.c.namespace == namespace)
    ).scalar()
    return token is not None and token.hex() == index.token


def _apply(connection: Connection, namespace: str, arm: str, index: FaissIndex) -> int:
    """Bring an index from the change it has seen to what SQL now holds. Returns the number of changed keys.

    Each arm by itself: that one has no vector in a namespace, and so no file, must not make the other be read anew.
    """
    import numpy as np

    changes, since = 0, index.sequence
    if since:
        changed = _keys(set(connection.execute(_CHANGED, {"namespace": namespace, "since": since}).scalars()))
        changes = len(changed)
        index.remove(changed)
        present = connection.execute(_PRESENT_SINCE[arm], {"namespace": namespace, "since": since})
    else:
        index.clear()
        present = connection.execute(_PRESENT[arm], {"namespace": namespace})
    for rows in present.partitions(PAGE):
        changes += 0 if since else len(rows)
        vectors = np.frombuffer(b"".join(row[1] for row in rows), "<f4").reshape(len(rows), -1)
        index.add([row[0] for row in rows], vectors)
    index.settle()
    return changes


# Built once: they run at every question.

_HERE = vector_changes.c.namespace == sa.bindparam("namespace")
_SINCE = vector_changes.c.seq > sa.bindparam("since")
_LATEST = (
    sa.select(vector_changes.c.seq, vector_changes.c.token).where(_HERE).order_by(vector_changes.c.seq.desc()).limit(1)
)
_CHANGED = sa.select(vector_changes.c.record_key).where(_HERE, _SINCE)
_COLUMNS = {"dense": embeddings.c.vector, "context": embeddings.c.context_vector}
_PRESENT = {
    arm: sa.select(embeddings.c.key, column)
    .where(embeddings.c.namespace == sa.bindparam("namespace"), column.is_not(None)).order_by(embeddings.c.key)
    for arm, column in _COLUMNS.items()
}
_PRESENT_SINCE = {arm: query.where(embeddings.c.key.in_(_CHANGED)) for arm, query in _PRESENT.items()}
