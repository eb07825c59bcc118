"""Whose vectors a store holds: written with the first vector, checked before any other is read or written.

Knows the one row of `meta` that names the embedder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from memos.errors import EmbedderMismatch, InputError
from memos.stores.schema import meta

if TYPE_CHECKING:
    from memos.protocols import Embedder, Vector

_STORED = "SELECT value FROM meta WHERE key = 'embedder'"


class EmbedderIdentity:
    """The part of a vector arm that knows its embedder by name."""

    def __init__(self, embedder: Embedder | None) -> None:
        self._embedder = embedder

    def packed(self, connection: Connection, vector: Vector) -> bytes:
        """The blob for a vector, after checking that it is one of this store's embedder's. Writes on first use."""
        self.check_embedder(connection, writing=True)
        return self.checked(vector)

    def checked(self, vector: Vector) -> bytes:
        """The blob for a vector of this embedder, whoever's vectors the store holds."""
        import numpy as np

        assert self._embedder is not None
        if vector.shape != (self._embedder.dimension,):
            raise InputError(f"a vector of shape {vector.shape}; the embedder makes {self._embedder.dimension} numbers")
        norm = float(np.linalg.norm(vector))
        if not 0.99 < norm < 1.01:  # NaN and infinity fail too
            raise InputError(f"a vector of norm {norm:.3g}; it must be 1", hint="check the embedder")
        return vector.astype("<f4").tobytes()

    def check_embedder(self, connection: Connection, *, writing: bool = False) -> None:
        """Raises EmbedderMismatch unless the store's vectors, if it has any, are of this embedder."""
        if self._embedder is None:
            raise InputError("a vector was given to a store that was opened without an embedder")
        mine = self._embedder.identity
        # Asked every time, at a few microseconds: another process may have moved the store to another embedder.
        stored = connection.exec_driver_sql(_STORED).scalar()
        if stored is None and writing:
            connection.execute(sa.insert(meta).values(key="embedder", value=mine))
        if stored is not None and stored != mine:
            raise EmbedderMismatch(f"the vectors of this store were made by {stored}, not by {mine}",
                                   hint="set embedder.name back, or embed every text again: memos reindex")

    def is_anothers(self, connection: Connection) -> bool:
        """Whether the store's vectors are of another embedder than this one."""
        stored = connection.exec_driver_sql(_STORED).scalar()
        return self._embedder is not None and stored not in (None, self._embedder.identity)
