"""Agent memory in three tiers behind one manager. `open_memory(home=..., namespace=...)` is the way in.

Public names load on first use, so `import memos` costs nothing: no torch, no database, no pydantic until asked for.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

# A checkout without links keeps stores/, policies/ and apps/ beside this folder; an installed package holds them inside.
if not os.path.isdir(os.path.join(__path__[0], "stores")):
    __path__.append(os.path.dirname(__path__[0]))

__version__ = "0.1.0"

if TYPE_CHECKING:
    from memos.build import open_memory as open_memory
    from memos.config import Settings as Settings, load_settings as load_settings
    from memos.errors import (
        AuditError as AuditError,
        ChainBroken as ChainBroken,
        ConfigError as ConfigError,
        ConsolidationError as ConsolidationError,
        CorruptStore as CorruptStore,
        EmbedderMismatch as EmbedderMismatch,
        FingerprintMismatch as FingerprintMismatch,
        GateRejected as GateRejected,
        IndexStale as IndexStale,
        InputError as InputError,
        MemosError as MemosError,
        ModelError as ModelError,
        ModelUnavailable as ModelUnavailable,
        NotFoundError as NotFoundError,
        NotRevertible as NotRevertible,
        SchemaTooNew as SchemaTooNew,
        StoreBusy as StoreBusy,
        StoreError as StoreError,
        StoreUnwritable as StoreUnwritable,
    )
    from memos.manager import MemoryManager as MemoryManager
    from memos.types import (
        Action as Action,
        Answer as Answer,
        AuditEvent as AuditEvent,
        ConsolidationPlan as ConsolidationPlan,
        ConsolidationRun as ConsolidationRun,
        Draft as Draft,
        Experience as Experience,
        ForgetReport as ForgetReport,
        GateReport as GateReport,
        MemoryRecord as MemoryRecord,
        Observed as Observed,
        Origin as Origin,
        Recall as Recall,
        RecallHit as RecallHit,
        RecordState as RecordState,
        RevertReport as RevertReport,
        RoutingDecision as RoutingDecision,
        RunStatus as RunStatus,
        Source as Source,
        Tier as Tier,
    )

# Where each public name lives. tests/unit/test_docs.py pins the list.
_HOMES = {
    "memos.build": ("open_memory",),
    "memos.config": ("Settings", "load_settings"),
    "memos.errors": (
        "AuditError",
        "ChainBroken",
        "ConfigError",
        "ConsolidationError",
        "CorruptStore",
        "EmbedderMismatch",
        "FingerprintMismatch",
        "GateRejected",
        "IndexStale",
        "InputError",
        "MemosError",
        "ModelError",
        "ModelUnavailable",
        "NotFoundError",
        "NotRevertible",
        "SchemaTooNew",
        "StoreBusy",
        "StoreError",
        "StoreUnwritable",
    ),
    "memos.manager": ("MemoryManager",),
    "memos.types": (
        "Action",
        "Answer",
        "AuditEvent",
        "ConsolidationPlan",
        "ConsolidationRun",
        "Draft",
        "Experience",
        "ForgetReport",
        "GateReport",
        "MemoryRecord",
        "Observed",
        "Origin",
        "Recall",
        "RecallHit",
        "RecordState",
        "RevertReport",
        "RoutingDecision",
        "RunStatus",
        "Source",
        "Tier",
    ),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted([*_HOME_OF, "__version__"])


def __getattr__(name: str) -> Any:
    try:
        module = _HOME_OF[name]
    except KeyError:
        raise AttributeError(f"module 'memos' has no attribute {name!r}") from None
    value = getattr(import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
