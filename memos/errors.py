"""Every error memos raises on purpose, and the exit status each one maps to.

    MemosError                      what happened (message) · what to do (hint) · stable code
    ├── ConfigError                 a setting is missing, malformed or contradicts another          exit 2
    ├── InputError                  an argument or an experience cannot be accepted                 exit 2
    ├── NotFoundError               no such namespace, record, run or file                          exit 3
    ├── StoreError                  the database or a file beside it cannot be used                 exit 1
    │   ├── SchemaTooNew            written by a newer memos
    │   ├── IndexStale              a derived index disagrees with SQL; rebuild it
    │   ├── CorruptStore            bytes on disk do not mean what they should
    │   ├── StoreBusy               another process holds the write lock for too long
    │   └── StoreUnwritable         read-only folder, full disk, missing permission
    ├── EmbedderMismatch            vectors were made by another embedder                           exit 1
    ├── ModelError                  a language model cannot do what is asked                        exit 1
    │   ├── FingerprintMismatch     base weights, tokenizer or addresses are not those of the ledger
    │   └── ModelUnavailable        the model cannot be found or loaded
    ├── ConsolidationError          a write to the parameters did not happen                        exit 1
    │   ├── GateRejected            held-out wordings, old knowledge or honesty fell short          exit 4
    │   ├── MergeConflict           two ledgers wrote the same rows, and the merge was to refuse that
    │   └── NotRevertible           the run is not live, or its files do not verify
    └── AuditError                  the event log cannot be trusted                                 exit 5
        └── ChainBroken             a hash does not follow from its predecessor

Knows no other module. A bug is not a MemosError: it propagates with its traceback.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Process exit statuses scripts may rely on."""

    OK = 0
    RUNTIME = 1
    USAGE = 2
    NOT_FOUND = 3
    GATE_REFUSED = 4
    AUDIT_BROKEN = 5
    INTERRUPTED = 130


class MemosError(Exception):
    """Base of the tree. `message` says what happened, `hint` the command or change that mends it.

    `code` is stable across releases and appears in `--json`; `exit_code` is what the CLI returns.
    """

    default_code = "memos"
    exit_code = ExitCode.RUNTIME

    def __init__(self, message: str, *, hint: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.default_code

    def as_dict(self) -> dict[str, str]:
        """The form used by `--json`."""
        return {"error": self.message, "hint": self.hint, "code": self.code}


class ConfigError(MemosError):
    default_code = "config"
    exit_code = ExitCode.USAGE


class InputError(MemosError):
    default_code = "input"
    exit_code = ExitCode.USAGE


class NotFoundError(MemosError):
    default_code = "not_found"
    exit_code = ExitCode.NOT_FOUND


class StoreError(MemosError):
    default_code = "store"


class SchemaTooNew(StoreError):
    default_code = "store.schema_too_new"


class IndexStale(StoreError):
    default_code = "store.index_stale"


class CorruptStore(StoreError):
    default_code = "store.corrupt"


class StoreBusy(StoreError):
    default_code = "store.busy"


class StoreUnwritable(StoreError):
    default_code = "store.unwritable"


class EmbedderMismatch(MemosError):
    default_code = "embedder_mismatch"


class ModelError(MemosError):
    default_code = "model"


class FingerprintMismatch(ModelError):
    default_code = "model.fingerprint_mismatch"


class ModelUnavailable(ModelError):
    default_code = "model.unavailable"


class ConsolidationError(MemosError):
    default_code = "consolidation"


class GateRejected(ConsolidationError):
    default_code = "consolidation.gate_rejected"
    exit_code = ExitCode.GATE_REFUSED


class MergeConflict(ConsolidationError):
    default_code = "ledger.merge_conflict"


class NotRevertible(ConsolidationError):
    default_code = "consolidation.not_revertible"


class AuditError(MemosError):
    default_code = "audit"
    exit_code = ExitCode.AUDIT_BROKEN


class ChainBroken(AuditError):
    default_code = "audit.chain_broken"
