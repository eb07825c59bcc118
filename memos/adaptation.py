"""`memos model adapt`: from settings to the memory files and the report beside them.

Knows where models and their files lie, and which of them a ledger depends on. What is measured is in
`memos.parametric.adapting`. Nothing is written before the last figure is there: an interruption leaves all as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from memos.acceptance import (
    MEMORY_FILE,
    REPORT_FILE,
    AdaptationReport,
    require_writable,
    write_report,
)
from memos.build import kept_folder, learned_into, memory_config, memory_folders, model_path
from memos.config import Settings
from memos.errors import FingerprintMismatch, InputError
from memos.protocols import Progress
from memos.types import utc_now

if TYPE_CHECKING:
    from memos.parametric.model import MemoryModel

GENERATED = "generated questions, statements and notes"


@dataclass(frozen=True)
class AdaptRequest:
    """layer, rate: None chooses by probe. texts: files; none takes generated text. facts: of the gate.

    beside_model: keep the files in the model's own folder, so that they travel with it, and not in the home folder.
    """

    layer: int | None = None
    rate: float | None = None
    texts: Sequence[Path] = ()
    facts: int = 50
    seed: int = 0
    beside_model: bool = False


def adapt_model(settings: Settings, request: AdaptRequest, progress: Progress | None = None) -> AdaptationReport:
    """Measure the configured model, judge it, and keep memory files and report.

    Raises InputError for a chat model, unreadable text, or other addresses for a model that something was learned into;
    ModelUnavailable and ModelError for a model that cannot be loaded or attached to, or a folder that cannot be written.
    """
    if settings.model.chat:
        raise InputError(
            "a chat model has no parameters that memos can write", hint="leave model.chat empty", code="input.adapt"
        )
    path = Path(model_path(settings))
    folder = path / "memory" if request.beside_model else kept_folder(settings)
    if request.beside_model and not path.is_dir():
        raise InputError(
            f"{path} is no folder to keep files in", hint="leave --beside-model out", code="input.adapt"
        )
    require_writable(folder)
    texts = [_read(one) for one in request.texts] or None
    in_use = _in_use(settings, request)

    from memos import __version__
    from memos.parametric.adapting import AdaptPlan, adapt, adapt_attached, bar_of, rate_name, rate_of
    from memos.parametric.base import load_base
    from memos.parametric.recipe import WriteSettings

    bar, write = bar_of(settings.consolidation), WriteSettings.configured(settings.consolidation)
    layer = request.layer
    if layer is None and "layer" in settings.memory.model_fields_set:
        layer = settings.memory.layer
    plan = AdaptPlan(
        memory=memory_config(settings) if in_use is None else in_use.config, write=write, bar=bar, layer=layer,
        rate=request.rate, texts=texts, facts=request.facts, seed=request.seed,
    )  # fmt: skip
    done = adapt_attached(in_use, plan, progress) if in_use is not None else adapt(*load_base(path), plan, progress)
    report = AdaptationReport(
        model=path.name if path.is_dir() else settings.model.name, accepted=not done.reasons, reasons=done.reasons,
        fingerprint=done.model.fingerprint, layer=done.model.config.layer, rate=rate_of(done.write),
        rate_of=rate_name(done.write), figures=done.figures, bar=bar,
        background=", ".join(one.name for one in request.texts) or (GENERATED if in_use is None else "as before"),
        documents=done.documents, layers=done.layers, rates=done.rates, settings=done.settings, seed=request.seed,
        seconds=done.seconds, memos=__version__, made_at=utc_now(),
    )  # fmt: skip
    # the verdict last: between the two, files without their verdict are files that nothing is written with
    (folder / REPORT_FILE).unlink(missing_ok=True)
    done.model.save_pretrained(folder)
    write_report(folder, report)
    if request.beside_model:
        for name in (REPORT_FILE, MEMORY_FILE):  # what the home folder keeps comes first, and would hide these
            (kept_folder(settings) / name).unlink(missing_ok=True)
    return report


def _in_use(settings: Settings, request: AdaptRequest) -> MemoryModel | None:
    """The model with the addresses that something was learned with, None where nothing depends on any.

    Raises InputError when the request would move them.
    """
    learned = learned_into(settings)
    kept = next((one for one in memory_folders(settings) if (one / MEMORY_FILE).is_file()), None)
    if not learned or kept is None:
        return None
    from memos.parametric.model import MemoryModel

    try:
        model = MemoryModel.from_pretrained(model_path(settings), memory_dir=kept)
    except FingerprintMismatch:  # made for other weights: what was learned with them does not depend on these
        return None
    namespace = learned.get(model.fingerprint)
    if namespace is None:
        return None
    moves = request.texts or request.layer not in (None, model.config.layer)
    if moves or memory_config(settings) != model.config:
        raise InputError(
            f"namespace {namespace!r} has learned into this model at layer {model.config.layer}: with other addresses "
            "that would be lost",
            hint="keep layer, text and memory settings as they were, or take it back first: memos rollback 0",
            code="input.model_in_use",
        )
    return model


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(f"{path} cannot be read: {reason}", hint="give text files", code="input.text") from None
