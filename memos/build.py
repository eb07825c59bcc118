"""open_memory: the only place that picks concrete classes, and the only one that knows them all.

Everything heavy is wrapped so that it loads at its first use: opening a memory costs one database connection.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from memos.answering import Answerer
from memos.config import LoadedSettings, Settings, load_settings
from memos.consolidation import Consolidator
from memos.errors import ConfigError, ModelUnavailable
from memos.intake import Intake
from memos.manager import MemoryManager, Parts
from memos.policies.registry import (
    consolidation_policy,
    recall_policy,
    routing_policy,
)
from memos.policies.secrets import prepare
from memos.protocols import Generator, ParametricReader
from memos.stores.audit import SqlAuditLog
from memos.stores.context import SqlContextBuffer
from memos.stores.database import Database
from memos.stores.parametric import SqlSlotLedger
from memos.stores.token import SqlTokenStore

if TYPE_CHECKING:
    from memos.parametric.model import MemoryModel
    from memos.protocols import Embedder, Vector

SHIPPED_MODEL = "assistant"
T = TypeVar("T")


def open_memory(
    settings: Settings | LoadedSettings | None = None,
    *,
    home: str | Path | None = None,
    namespace: str | None = None,
    actor: str = "user",
) -> MemoryManager:
    """Open, or create, the memory of one namespace.

    Without `settings` they are loaded from environment and files. `home` and `namespace` override them; a namespace is
    required and has no default. Raises ConfigError without one, StoreError when the database cannot be used.
    """
    loaded = settings.settings if isinstance(settings, LoadedSettings) else settings
    flags: dict[str, Any] = {"home": str(home) if home is not None else None, "namespace": namespace}
    if loaded is None:
        loaded = load_settings(flags).settings
    else:
        changed = {key: value for key, value in flags.items() if value is not None}
        loaded = Settings.model_validate({**loaded.model_dump(), **changed})
    if loaded.namespace is None:
        raise ConfigError(
            "no namespace was given, and the library has no default: it would mix users' memories",
            hint='open_memory(namespace="ana"), or set MEMOS_NAMESPACE', code="config.no_namespace",
        )  # fmt: skip
    return MemoryManager(_parts(loaded), loaded.namespace, actor)


def _parts(settings: Settings) -> Parts:
    database = Database(settings.database_url, busy_timeout_ms=settings.store.busy_timeout_ms)
    embedder = LazyEmbedder(settings)
    store = SqlTokenStore(database, settings.home / "index", embedder)
    audit = SqlAuditLog(database)
    ledger = SqlSlotLedger(database, settings.home / "ledger")
    models = Models(settings)

    def context(namespace: str) -> SqlContextBuffer:
        return SqlContextBuffer(
            database, store, namespace, count_tokens=lambda text: models.generator().count_tokens(text),
            settings=settings.context,
        )  # fmt: skip

    @cache
    def consolidator() -> Consolidator | None:
        if settings.model.chat:
            return None
        return models.consolidator(database=database, store=store, ledger=ledger, audit=audit)

    @cache
    def reader() -> ParametricReader | None:
        worker = consolidator()
        return None if worker is None else models.reader(worker)

    def intake(namespace: str, actor: str) -> Intake:
        return Intake(
            namespace=namespace, unit=database, store=store, context=context(namespace), audit=audit,
            embedder=embedder, policy=routing_policy(settings.routing), settings=settings, actor=actor,
            redact=lambda experience: prepare(experience, settings.routing.secrets),
        )  # fmt: skip

    def answerer(namespace: str) -> Answerer:
        return Answerer(
            namespace=namespace, store=store, context=context(namespace), embedder=embedder,
            policy=recall_policy(settings.recall), generator=models.lazy_generator(), settings=settings,
            parametric=None if settings.model.chat else LazyReader(reader),
            live_lessons=lambda: len(ledger.entries(namespace)),
        )  # fmt: skip

    def close() -> None:
        store.close()
        database.close()

    return Parts(
        settings=settings, database=database, unit=database, store=store, context=context, audit=audit, ledger=ledger,
        embedder=embedder, intake=intake, answerer=answerer, consolidator=consolidator, reader=reader,
        consolidation_policy=consolidation_policy(settings.consolidation), close=close,
    )  # fmt: skip


class LazyEmbedder:
    """Embedder that loads its model when the first text comes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._loaded: Embedder | None = None

    def _embedder(self) -> Embedder:
        with self._lock:
            if self._loaded is None:
                from memos.embedding import open_embedder

                self._loaded = open_embedder(self._settings.embedder, self._settings.model.allow_network)
            return self._loaded

    @property
    def identity(self) -> str:
        return self._embedder().identity

    @property
    def dimension(self) -> int:
        return self._embedder().dimension

    def embed(self, texts: Sequence[str]) -> Vector:
        return self._embedder().embed(texts)
