"""The seam between the token store and whatever finds near vectors: FAISS beside SQLite, pgvector inside PostgreSQL.

Both answer as of the caller's own view of SQL, and both filter by namespace and condition inside the search. A text has a
vector in two arms: "dense", the text alone, and "context", the text after the one before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.engine import Connection

from memos.stores.database import Database

if TYPE_CHECKING:
    from memos.config import VectorSettings
    from memos.protocols import Embedder, Progress, Vector

ARMS = ("dense", "context")


class Question(Protocol):
    """One vector, and what is near it, as key to cosine."""

    def nearest(
        self, arm: str, k: int, *, allowed: Iterable[int] | None = None, excluded: Iterable[int] = ()
    ) -> dict[int, float]:
        """The best k of an arm. Conditions act inside the search, before anything is cut."""
        ...

    def scores(self, keys: Iterable[int]) -> dict[str, dict[int, float]]:
        """For each arm, those of `keys` that have a vector there. Exact."""
        ...


class VectorArm(Protocol):
    """Nearest neighbours in one namespace."""

    def packed(self, connection: Connection, vector: Vector) -> bytes:
        """The form in which a row keeps a vector, after checking that it is of this store's embedder."""
        ...

    def checked(self, vector: Vector) -> bytes:
        """The same, whoever's vectors the store holds now."""
        ...

    def is_anothers(self, connection: Connection) -> bool:
        """Whether the store's vectors are of another embedder than this one."""
        ...

    def asked(self, connection: Connection, namespace: str, query: Vector) -> Question:
        """A question to one namespace in the caller's view of SQL, good for as long as that view."""
        ...

    def purged(self, namespace: str) -> None:
        """Note, within the transaction, that vectors of this namespace were erased."""
        ...

    def rebuild(self, namespaces: Iterable[str], progress: Progress | None = None) -> int:
        """Make every index anew from SQL. Returns the number of vectors."""
        ...

    def sweep(self, namespaces: Iterable[str]) -> None:
        """Remove what is left of namespaces that are gone."""
        ...

    def check(self, connection: Connection, namespace: str) -> int:
        """Number of vectors of a namespace. Raises IndexStale for an index that cannot be trusted."""
        ...

    def forget_memory(self) -> None:
        """Drop what is held in this process; the next question loads it again."""
        ...

    def save_if_due(self, *, closing: bool = False) -> None:
        """Keep on disk what took long to make; cheap when there is little of it."""
        ...


def vector_arm(
    database: Database, folder: Path, embedder: Embedder | None, settings: VectorSettings | None = None
) -> VectorArm:
    """The arm of the engine that keeps the store. `folder` is for index files, where there are any."""
    if database.dialect == "postgresql":
        from memos.stores.pgvector import PgvectorArm

        return PgvectorArm(database, embedder)
    from memos.stores.dense import DenseArm

    return DenseArm(database, folder, embedder, settings)
