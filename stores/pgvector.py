"""The dense arm inside PostgreSQL: pgvector columns and an HNSW index, so that every server process sees one index.

A small namespace is compared vector by vector: exact, and quicker than to look for its few rows in an index over
everybody's. A large one goes through HNSW with pgvector's iterative scan, which walks on until enough rows have passed
the conditions; should it stop short all the same, the exact scan answers. The index is made once a namespace is large,
by `rebuild` (memos doctor --rebuild): to build it on a store of a few thousand texts would make each write slower and no
search quicker.

Vectors have norm 1, so the inner product is the cosine. Knows the table `embeddings`. Knows no text and no fusion.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection

from memos.stores.database import Database
from memos.stores.embedder_identity import EmbedderIdentity

if TYPE_CHECKING:
    from memos.protocols import Embedder, Progress, Vector

COLUMNS = {"dense": "vector", "context": "context_vector"}
EXACT_UP_TO = 20_000
"""Vectors of a namespace up to which every one is compared."""
EF_SEARCH = 200
MAX_SCAN_TUPLES = 200_000
MOST_DIMENSIONS = 2_000
"""pgvector indexes no longer vectors; they are compared one by one."""

_COUNT = sa.text(
    "SELECT count(*) FROM (SELECT 1 FROM embeddings WHERE namespace = :namespace LIMIT :most) AS mine"
)
_INDEXES = sa.text(
    "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'embeddings'"
    " AND indexname IN ('embeddings_hnsw_vector', 'embeddings_hnsw_context_vector')"
)
_ITERATE = (
    "SELECT set_config('hnsw.iterative_scan', 'strict_order', true), set_config('hnsw.ef_search', '{ef}', true),"
    " set_config('hnsw.max_scan_tuples', '{tuples}', true)"
)


class _Question:
    """The `Question` of `vector_arm.py`, answered by the server."""

    def __init__(self, connection: Connection, namespace: str, query: Vector) -> None:
        self._connection, self._width = connection, len(query)
        self._values: dict[str, Any] = {"namespace": namespace, "query": _text(query)}
        self._indexed: set[str] | None = None

    def nearest(
        self, arm: str, k: int, *, allowed: Iterable[int] | None = None, excluded: Iterable[int] = ()
    ) -> dict[int, float]:
        values: dict[str, Any] = {**self._values, "most": k, "drop": list(excluded)}
        if allowed is not None:
            values["keep"] = list(allowed)
        column = COLUMNS[arm]
        rows: list[Any] = []
        if f"embeddings_hnsw_{column}" in self._indexes():
            self._connection.exec_driver_sql(_ITERATE.format(ef=min(max(EF_SEARCH, k), 1000), tuples=MAX_SCAN_TUPLES))
            rows = list(self._connection.execute(_nearest(column, self._width, "keep" in values), values))
        if len(rows) < k:  # no index, or one that gave up before enough rows had passed
            rows = list(self._connection.execute(_nearest(column, None, "keep" in values), values))
        return {row[0]: float(row[1]) for row in rows}

    def _indexes(self) -> set[str]:
        """The indexes that serve this namespace: none where it is small."""
        if self._indexed is None:
            counted = self._connection.execute(
                _COUNT, {"namespace": self._values["namespace"], "most": EXACT_UP_TO + 1}).scalar_one()
            self._indexed = set(self._connection.execute(_INDEXES).scalars()) if counted > EXACT_UP_TO else set()
        return self._indexed

    def scores(self, keys: Iterable[int]) -> dict[str, dict[int, float]]:
        rows = self._connection.execute(_SCORES, {**self._values, "keep": list(keys)}).all()
        return {
            arm: {row[0]: float(row[place]) for row in rows if row[place] is not None}
            for place, arm in enumerate(COLUMNS, start=1)
        }


class PgvectorArm(EmbedderIdentity):
    """The VectorArm over pgvector."""

    def __init__(self, database: Database, embedder: Embedder | None) -> None:
        super().__init__(embedder)
        self._database = database

    # --- search ------------------------------------------------------------------------------------------------------

    def asked(self, connection: Connection, namespace: str, query: Vector) -> _Question:
        self.check_embedder(connection)
        return _Question(connection, namespace, query)

    # --- upkeep ------------------------------------------------------------------------------------------------------

    def purged(self, namespace: str) -> None:
        """The index is the server's, and follows the rows."""

    def rebuild(self, namespaces: Iterable[str], progress: Progress | None = None) -> int:
        """Make the HNSW indexes anew where a namespace is large enough to use one."""
        names = list(namespaces)
        with self._database.write() as connection:
            largest = connection.exec_driver_sql(
                "SELECT coalesce(max(many), 0) FROM (SELECT count(*) AS many FROM embeddings GROUP BY namespace) AS each"
            ).scalar_one()
            widths = {
                column: connection.exec_driver_sql(
                    f"SELECT vector_dims({column}) FROM embeddings WHERE {column} IS NOT NULL LIMIT 1").scalar()
                for column in COLUMNS.values()
            }
            for done, (column, width) in enumerate(widths.items()):
                if progress:
                    progress(done, len(widths), "vector index")
                connection.exec_driver_sql(f"DROP INDEX IF EXISTS embeddings_hnsw_{column}")
                if width is not None and width <= MOST_DIMENSIONS and largest > EXACT_UP_TO:
                    connection.exec_driver_sql(
                        f"CREATE INDEX embeddings_hnsw_{column} ON embeddings"
                        f" USING hnsw (({column}::vector({width})) vector_ip_ops)"
                    )
            total = connection.exec_driver_sql("SELECT count(vector) + count(context_vector) FROM embeddings").scalar_one()
        if progress:
            progress(len(widths), len(widths), "vector index")
        return int(total) if names else 0

    def sweep(self, namespaces: Iterable[str]) -> None:
        """Nothing lies outside the rows."""

    def check(self, connection: Connection, namespace: str) -> int:
        self.check_embedder(connection)
        return int(connection.execute(
            sa.text("SELECT count(*) FROM embeddings WHERE namespace = :namespace"), {"namespace": namespace}
        ).scalar_one())

    def forget_memory(self) -> None:
        """Nothing is held here."""

    def save_if_due(self, *, closing: bool = False) -> None:
        """The server keeps its index."""


def _text(vector: Vector) -> str:
    return "[" + ",".join(map(repr, vector.tolist())) + "]"


def _nearest(column: str, width: int | None, only_some: bool) -> sa.TextClause:
    """`width`: through the index, which is on vectors of that width; None: by comparing every one."""
    compared = f"{column}::vector({width})" if width is not None else column
    keep = "AND key = ANY(:keep)" if only_some else ""
    return sa.text(
        f"SELECT key, -(({compared}) <#> CAST(:query AS vector)) FROM embeddings"
        f" WHERE namespace = :namespace AND {column} IS NOT NULL AND key <> ALL(:drop) {keep}"
        f" ORDER BY ({compared}) <#> CAST(:query AS vector) LIMIT :most"
    ).bindparams(*_LISTS[: 2 if only_some else 1])


_LISTS = (
    sa.bindparam("drop", type_=postgresql.ARRAY(sa.BigInteger)), sa.bindparam("keep", type_=postgresql.ARRAY(sa.BigInteger))
)
_SCORES = sa.text(
    "SELECT key, -(vector <#> CAST(:query AS vector)), -(context_vector <#> CAST(:query AS vector)) FROM embeddings"
    " WHERE namespace = :namespace AND key = ANY(:keep)"
).bindparams(_LISTS[1])
