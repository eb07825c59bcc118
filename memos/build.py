"""open_memory: the only place that picks concrete classes, and the only one that knows them all.

Everything heavy is wrapped so that it loads at its first use: opening a memory costs one database connection.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memos.acceptance import Acceptance, stored_memory
from memos.config import LoadedSettings, Settings, check_namespace, load_settings
from memos.embedding import make_embedder
from memos.errors import ConfigError, ModelUnavailable
from memos.manager import MemoryManager, Parts
from memos.policies.registry import (
    check_policies,
    consolidation_policy,
    recall_policy,
    retention_policy,
    routing_policy,
)
from memos.prompting import Note
from memos.protocols import (
    AuditLog,
    GeneratedText,
    Generator,
    HygienePolicy,
    ParametricReader,
    ParametricReading,
    SlotLedger,
    TokenStore,
    UnitOfWork,
)
from memos.reranking import make_reranker
from memos.stores.audit import SqlAuditLog
from memos.stores.browsing import SqlBrowser
from memos.stores.context import SqlContextBuffer
from memos.stores.database import Database
from memos.stores.parametric import SqlSlotLedger
from memos.stores.token import SqlTokenStore

if TYPE_CHECKING:
    from memos.answering import Answerer
    from memos.augmentation import Augmenter
    from memos.consolidation import Consolidator
    from memos.intake import Intake
    from memos.parametric.layer import MemoryConfig
    from memos.parametric.model import MemoryModel
    from memos.restoring import Restorer

SHIPPED_MODEL = "assistant"
MODELS_FOLDER = Path(__file__).parent / "models"


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
    if loaded is None:
        flags: dict[str, Any] = {"home": str(home) if home is not None else None, "namespace": namespace}
        loaded = load_settings(flags).settings
    elif home is not None:
        loaded = loaded.model_copy(update={"home": Path(home).expanduser()})
    if namespace is not None:
        check_namespace(namespace)
        loaded = loaded.model_copy(update={"namespace": namespace})
    if loaded.namespace is None:
        raise ConfigError(
            "no namespace was given, and the library has no default: it would mix users' memories",
            hint='open_memory(namespace="ana"), or set MEMOS_NAMESPACE', code="config.no_namespace",
        )  # fmt: skip
    return MemoryManager(_parts(loaded), loaded.namespace, actor)


def _parts(settings: Settings) -> Parts:
    check_policies(settings)
    database = Database(settings.database_url, busy_timeout_ms=settings.store.busy_timeout_ms,
                        pool_size=settings.store.pool_size)
    embedder = make_embedder(settings.embedder, allow_network=settings.model.allow_network)
    store = SqlTokenStore(database, settings.home / "index", embedder, vectors=settings.vectors,
                          weights=settings.recall.weights)
    reranker = make_reranker(settings.recall, allow_network=settings.model.allow_network)
    audit = SqlAuditLog(database)
    ledger = SqlSlotLedger(database, settings.home / "ledger")
    models = Models(settings, unit=database, store=store, ledger=ledger, audit=audit)
    generator = LazyGenerator(models.generator)
    context = SqlContextBuffer(database, count_tokens=generator.count_tokens, settings=settings.context)

    def intake(namespace: str, actor: str) -> Intake:
        from memos.intake import Intake

        return Intake(
            namespace=namespace, unit=database, store=store, context=context, audit=audit, embedder=embedder,
            policy=routing_policy(settings.routing), settings=settings, actor=actor,
        )  # fmt: skip

    def restorer(namespace: str, actor: str) -> Restorer:
        from memos.restoring import Restorer

        return Restorer(
            namespace=namespace, unit=database, store=store, context=context, audit=audit, embedder=embedder,
            policy=routing_policy(settings.routing), settings=settings, actor=actor,
        )  # fmt: skip

    def answerer(namespace: str) -> Answerer:
        from memos.answering import Answerer

        return Answerer(
            namespace=namespace, store=store, context=context, embedder=embedder, generator=generator,
            policy=recall_policy(settings.recall), settings=settings,
            parametric=LazyReader(models.reader) if models.learns else None,
            live_writes=lambda: ledger.live_count(namespace), sees_turns=models.sees_turns,
            reranker=reranker,
        )  # fmt: skip

    def hygiene_policy() -> HygienePolicy:
        from memos.policies.hygiene import RuleHygiene

        return RuleHygiene(settings.routing)

    def close() -> None:
        store.close()
        database.close()

    return Parts(
        settings=settings, database=database, unit=database, store=store, context=context, audit=audit, ledger=ledger,
        embedder=embedder, intake=intake, restorer=restorer, answerer=answerer, browser=lambda namespace: SqlBrowser(database, namespace), consolidator=models.consolidator, reader=models.reader,
        acceptance=acceptance(settings),
        consolidation_policy=lambda: consolidation_policy(settings.consolidation),
        retention_policy=retention_policy(settings.retention), hygiene_policy=hygiene_policy,
        table_slots=lambda: table_slots(settings), close=close,
    )  # fmt: skip


class Models:
    """The language model and what hangs on it, each made at its first use and kept."""

    def __init__(
        self, settings: Settings, *, unit: UnitOfWork, store: TokenStore, ledger: SlotLedger, audit: AuditLog
    ) -> None:
        self._settings = settings
        self._unit, self._store, self._ledger, self._audit = unit, store, ledger, audit
        self._lock = threading.RLock()

    @property
    def learns(self) -> bool:
        """Whether the configured model has parameters that memos can write."""
        return not self._settings.model.chat

    @property
    def sees_turns(self) -> bool:
        """Whether earlier turns go into the prompt. The shipped model was trained on one exchange at a time."""
        return not self.learns or self._settings.model.name != SHIPPED_MODEL

    # The lock: a model that is being loaded in the background is waited for, not loaded a second time.

    def generator(self) -> Generator:
        with self._lock:
            return self._own_generator if self.learns else self._chat_generator

    def consolidator(self) -> Consolidator | None:
        with self._lock:
            return self._consolidator if self.learns else None

    def reader(self) -> ParametricReader | None:
        with self._lock:
            return self._reader if self.learns else None

    @cached_property
    def _chat_generator(self) -> Generator:
        from memos.generation import LangChainGenerator

        return LangChainGenerator.from_spec(self._settings.model.chat)

    @cached_property
    def _own_generator(self) -> Generator:
        from memos.generation import AssistantGenerator

        return AssistantGenerator(
            self._model, identity=self._settings.model.name, max_new_tokens=self._settings.model.max_new_tokens
        )

    @cached_property
    def _model(self) -> MemoryModel:
        return load_model(self._settings)

    @cached_property
    def _consolidator(self) -> Consolidator:
        from memos.consolidation import Consolidator
        from memos.parametric.recipe import WriteSettings
        from memos.parametric.trainer import ParametricTrainer

        accepted = acceptance(self._settings)
        assert accepted is not None
        write = WriteSettings.configured(adapted(self._settings, accepted).consolidation)
        model = self._model

        return Consolidator(
            unit=self._unit, store=self._store, ledger=self._ledger, audit=self._audit,
            trainer=ParametricTrainer(model, write), augmenter=make_augmenter(self._settings, model),
            settings=self._settings.consolidation, permit=lambda: accepted.require_for(model.fingerprint),
        )  # fmt: skip

    @cached_property
    def _reader(self) -> ParametricReader:
        from memos.parametric.plain import PlainWords
        from memos.parametric.trainer import ParametricAnswers

        return ParametricAnswers(
            self._model, self._consolidator.knowledge, self._own_generator.is_answer,
            self._settings.model.max_new_tokens, PlainWords(self._model),
        )  # fmt: skip


def make_augmenter(settings: Settings, model: MemoryModel) -> Augmenter:
    """Templates for what the grammar recognises, and for the rest what `consolidation.augmenter` names."""
    from memos import augmentation
    from memos.generation import open_chat_model
    from memos.parametric.plain import PlainWords

    section = settings.consolidation
    shape = augmentation.LessonShape(
        colloquial=section.colloquial, statements=section.statements, reversals=section.reversals
    )
    templates = augmentation.TemplateAugmenter(model.chat_prompt, shape, PlainWords(model))
    if section.augmenter == "template":
        return templates
    writer: augmentation.QuestionWriter
    if section.augmenter == "cloze":
        writer = augmentation.ClozeWriter()
    elif section.augmenter == "model":
        writer = augmentation.ModelAugmenter(model)
    else:
        chat = open_chat_model(section.augmenter, "consolidation.augmenter")
        writer = augmentation.LangChainAugmenter(chat, model.chat_prompt)
    return augmentation.DocumentAugmenter(templates, writer)


def load_model(settings: Settings) -> MemoryModel:
    """The configured causal LM with its memory layer; addresses measured at first use are kept in the home folder.

    Raises ModelUnavailable for a name that is neither shipped, nor a folder, nor allowed from a hub.
    """
    from memos.parametric.model import MemoryModel

    path, kept = model_path(settings), kept_folder(settings)
    return MemoryModel.from_pretrained(path, memory_dir=kept, config=memory_config(settings),
                            device=settings.model.device, threads=settings.model.threads or None)  # fmt: skip


def memory_config(settings: Settings) -> MemoryConfig:
    """The shape of the memory: what the user set, then what was kept or shipped with the model, then the defaults."""
    from memos.parametric.layer import MemoryConfig

    section, path = settings.memory, model_path(settings)
    stored = next((found for folder in memory_folders(settings) if (found := stored_memory(folder))), None)
    values: dict[str, Any] = {"n_keys": section.n_keys, "heads": section.heads, "k": section.top_k, "layer": section.layer,
                              "seed": section.key_seed}  # fmt: skip
    if stored is None:
        return MemoryConfig(d_model=_hidden_size(path), **values)
    names = {"k": "top_k", "seed": "key_seed"}
    chosen: dict[str, Any] = {
        name: value for name, value in values.items() if names.get(name, name) in section.model_fields_set
    }
    if "layer" in chosen:
        chosen["layers"] = ()
    return replace(MemoryConfig.from_json(json.dumps(stored)), d_model=_hidden_size(path), **chosen)


def kept_folder(settings: Settings) -> Path:
    """Where in the home folder the memory files of the configured model are kept; one folder however it is spelled."""
    name = settings.model.name
    if name != SHIPPED_MODEL and Path(name).expanduser().is_dir():
        resolved = Path(name).expanduser().resolve()
        name = f"{resolved.name}-{hashlib.sha256(str(resolved).encode()).hexdigest()[:8]}"
    return settings.home / "models" / re.sub(r"[^A-Za-z0-9_.-]+", "--", name).strip("-")


def slot_readings(settings: Settings) -> tuple[int, frozenset[int]]:
    """Slots of the configured model's table, and those that more background texts read than the average slot. Loads no model."""
    import numpy as np
    from safetensors.numpy import load_file

    try:
        for folder in [] if settings.model.chat else memory_folders(settings):
            if (path := folder / "slot_stats.safetensors").exists():
                reads = load_file(path)["df"]
                return len(reads), frozenset(np.flatnonzero(reads > reads.mean()).tolist())
        return table_slots(settings), frozenset()
    except ModelUnavailable:  # an inspector shows the other tiers of a memory whose model is gone
        return settings.memory.n_keys**2, frozenset()


def memory_folders(settings: Settings) -> list[Path]:
    """Where memory files of the configured model may lie, the first that has any counts. Raises ModelUnavailable."""
    return [kept_folder(settings), Path(model_path(settings)) / "memory"]


def table_slots(settings: Settings) -> int:
    """Slots of the configured model's value table, from files alone; 0 for a chat model, which has none."""
    if settings.model.chat:
        return 0
    stored = next((found for folder in memory_folders(settings) if (found := stored_memory(folder))), None) or {}
    keys = int(stored.get("n_keys", settings.memory.n_keys))
    return keys if stored.get("keys") == "dense" else keys * keys


def acceptance(settings: Settings) -> Acceptance | None:
    """The rule on writes into the configured model; None for a chat model, which has no parameters to write."""
    if settings.model.chat:
        return None
    allowed = "consolidation.allow_unaccepted is on" if settings.consolidation.allow_unaccepted else ""
    return Acceptance(settings.model.name, lambda: memory_folders(settings), allowed=allowed)


def adapted(settings: Settings, accepted: Acceptance | None) -> Settings:
    """The settings with the rate that was found for this model, unless the user set one."""
    report = None if accepted is None else accepted.report()
    section = settings.consolidation
    if report is None or report.rate_of in section.model_fields_set:
        return settings
    return settings.model_copy(update={"consolidation": section.model_copy(update={report.rate_of: report.rate})})


def _hidden_size(path: str) -> int:
    from transformers import AutoConfig

    try:
        return int(AutoConfig.from_pretrained(path).hidden_size)
    except (OSError, ValueError, AttributeError) as error:
        raise ModelUnavailable(
            f"{path} holds no causal language model that transformers can read: {error}",
            hint="give a folder with config.json, weights and tokenizer",
        ) from None


def model_path(settings: Settings) -> str:
    """Folder of the shipped model, a local folder, or a hub id where the network is allowed."""
    name = settings.model.name
    if name == SHIPPED_MODEL:
        return str(MODELS_FOLDER / SHIPPED_MODEL)
    if Path(name).expanduser().is_dir():
        return str(Path(name).expanduser())
    if not settings.model.allow_network:
        raise ModelUnavailable(
            f"there is no folder {name!r}, and fetching models from a hub is off",
            hint="give a local folder, or memos config set model.allow_network true",
            code="model.unavailable",
        )
    return name


def learned_into(settings: Settings) -> dict[str, str]:
    """Model fingerprint -> a namespace of this home that has learned into that model and still holds it."""
    if not settings.store.url and not (settings.home / "memos.db").exists():
        return {}
    parts = _parts(settings)
    try:
        return {
            fingerprint: namespace
            for namespace in parts.store.namespaces() for fingerprint in parts.ledger.fingerprints(namespace)
        }  # fmt: skip
    finally:
        parts.close()


class LazyGenerator:
    """Generator that loads its model when the first prompt comes."""

    def __init__(self, load: Callable[[], Generator]) -> None:
        self._load = load

    @property
    def identity(self) -> str:
        return self._load().identity

    def answer(
        self, question: str, notes: Sequence[Note], history: Sequence[Mapping[str, str]] = (), *,
        namespace: str | None = None,
    ) -> GeneratedText:  # fmt: skip
        return self._load().answer(question, notes, history, namespace=namespace)

    def stream(
        self, question: str, notes: Sequence[Note], history: Sequence[Mapping[str, str]] = (), *,
        namespace: str | None = None,
    ) -> Iterator[str]:  # fmt: skip
        return self._load().stream(question, notes, history, namespace=namespace)

    def is_answer(self, text: str) -> bool:
        return self._load().is_answer(text)

    def count_tokens(self, text: str) -> int:
        return self._load().count_tokens(text)


class LazyReader:
    """ParametricReader that loads the model when the first question comes."""

    def __init__(self, load: Callable[[], ParametricReader | None]) -> None:
        self._load = load

    def read(self, namespace: str, question: str) -> ParametricReading:
        reader = self._load()
        assert reader is not None
        return reader.read(namespace, question)
