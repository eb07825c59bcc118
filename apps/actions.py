"""What a verb does, apart from showing it: open the memory, read ids and times, list a tier, import a file.

Returns values and prints nothing, so that any face (command line, chat, full screen) can share it. One manager call
needs no action here: the face makes it.
"""

from __future__ import annotations

import math
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import memos
from memos.acceptance import Verdict
from memos.config import LoadedSettings, Settings, load_settings
from memos.errors import InputError, NotFoundError
from memos.types import Draft, Experience, ImportReport, MemoryRecord, Origin, RecordState, Tier

if TYPE_CHECKING:
    from memos.acceptance import AdaptationReport
    from memos.adaptation import AdaptRequest
    from memos.apps import contract
    from memos.apps.progress import Progress, StopRequest
    from memos.manager import MemoryManager

DEFAULT_NAMESPACE = "default"
EVERYTHING = 1_000_000
SHIPPED_MODEL = "assistant"
MODELS = Path(memos.__file__).parent / "models"


@dataclass(frozen=True)
class Choice:
    """What the global options say. None leaves it to the environment, the files and the defaults."""

    home: Path | None = None
    namespace: str | None = None
    model: str | None = None
    chat_model: str | None = None
    embedder: str | None = None

    def flags(self) -> dict[str, Any]:
        """The options as dotted settings."""
        return {
            "home": None if self.home is None else str(self.home),
            "namespace": self.namespace,
            "model.name": self.model,
            "model.chat": self.chat_model,
            "embedder.name": self.embedder,
        }


# --- opening ---------------------------------------------------------------------------------------------------------


def resolve_settings(choice: Choice) -> LoadedSettings:
    """Every source merged. Where none names a namespace, the command line's own default does, and its origin says so."""
    loaded = load_settings(choice.flags())
    if loaded.settings.namespace is not None:
        return loaded
    settings = loaded.settings.model_copy(update={"namespace": DEFAULT_NAMESPACE})
    return LoadedSettings(settings, {**loaded.origins, "namespace": "the command line's default"})


@contextmanager
def opened(choice: Choice, *, existing: bool = False) -> Iterator[MemoryManager]:
    """The memory the options name, closed at the end.

    With `existing`, a namespace that someone named and that holds nothing raises NotFoundError: reading it is more
    likely a slip of the pen than a wish.
    """
    from memos.build import open_memory

    loaded = resolve_settings(choice)
    with open_memory(loaded.settings) as memory:
        if existing and memory.namespace != DEFAULT_NAMESPACE:
            require_namespace(memory)
        yield memory


def require_namespace(memory: MemoryManager) -> None:
    """Raise NotFoundError when nothing was ever stored under the manager's namespace."""
    known = memory.status().namespaces
    if memory.namespace not in known:
        raise NotFoundError(
            f"no namespace {memory.namespace!r} in {memory.settings.home}",
            hint=f"known: {', '.join(known)}" if known else "memos observe TEXT makes one",
            code="not_found.namespace",
        )


# --- reading arguments -----------------------------------------------------------------------------------------------


def record_id(memory: MemoryManager, text: str) -> str:
    """The id that a typed prefix means, with or without its "m:"."""
    given = text.strip()
    return memory.resolve(given if given.startswith("m:") else f"m:{given}")


def record_ids(memory: MemoryManager, texts: Sequence[str]) -> list[str]:
    """Each prefix resolved, in order, without repeats."""
    return list(dict.fromkeys(record_id(memory, text) for text in texts))


_RUN = re.compile(r"^(?:run[ :]?)?(\d+)$", re.IGNORECASE)


def run_number(text: str) -> int | None:
    """The run that "8", "run 8" or "run:8" means; None when it reads as something else."""
    match = _RUN.match(text.strip())
    return int(match[1]) if match else None


def parse_time(text: str | None) -> datetime | None:
    """ISO 8601, taken as UTC without an offset. Raises InputError."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{text!r} is not a time",
            hint="ISO 8601, for example 2026-03-01 or 2026-03-01T14:30+01:00",
            code="input.time",
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def parse_filter(text: str | None) -> Any | None:
    """What --where says, as a typed filter. Raises InputError that names the place."""
    if text is None:
        return None
    from memos.stores.where import parse_where

    return parse_where(text)


# --- listing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """The context tier of a namespace: pinned blocks and the turns still in it."""

    blocks: dict[str, str]
    turns: tuple[Experience, ...]


def window(memory: MemoryManager) -> Window:
    """What is before the model in every open session."""
    turns = [turn for session in memory.sessions() for turn in memory.turns(session)]
    return Window(memory.blocks(), tuple(turns))


def list_records(
    memory: MemoryManager, tier: Tier, *, states: Sequence[RecordState], limit: int, offset: int, where: Any | None = None
) -> list[MemoryRecord]:
    """Records of the token store, or those among them that the parameters hold."""
    if tier is Tier.PARAMETRIC:
        learned = memory.learned_records()
        if where is not None:
            met = {one.id for one in memory.list(where=where, states=(), limit=EVERYTHING)}
            learned = [one for one in learned if one.id in met]
        return learned[offset : offset + limit]
    return memory.list(where=where, states=states, limit=limit, offset=offset)


# --- models ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ModelChoice:
    """Which model answers, and in one sentence each what it can and cannot do."""

    name: str
    kind: str
    can: str
    cannot: str


def describe_model(settings: Settings) -> ModelChoice:
    """What the configured model can do, known without loading it."""
    name, chat = settings.model.name, settings.model.chat_shown
    if chat:
        return ModelChoice(
            chat,
            "langchain chat model",
            "answers questions from what the token store holds",
            f"{chat} answers from the store alone: its weights are not ours to write, so `consolidate` and "
            "`--from parameters` are not available with it.",
        )
    if name == SHIPPED_MODEL:
        return ModelChoice(
            name,
            "shipped",
            "answers from the store and from its parameters, and learns facts into them, offline on two cores",
            "assistant is a small model that talks about the facts of a person's life in short sentences: other text is "
            "stored and found, but not understood.",
        )
    return ModelChoice(
        name,
        "local folder" if Path(name).expanduser().is_dir() else "hub id",
        "answers from the store and from its parameters, and learns facts into them",
        f"{name} gets a memory layer that was not trained with it: nothing is written into it before "
        "`memos model adapt` has accepted it, and many models are not.",
    )


def verdict(settings: Settings) -> Verdict:
    """Whether the configured model may be written into, known without loading it."""
    from memos.build import acceptance

    rule = acceptance(settings)
    if rule is None:
        return Verdict(state="none", reason="its weights are not ours to write")
    return rule.verdict()


def adapt_request(
    texts: Sequence[Path], layer: str, rate: str, facts: int, seed: int, beside_model: bool
) -> AdaptRequest:
    """What was typed, as values: "auto" chooses by probe. Raises InputError."""
    from memos.adaptation import AdaptRequest

    def wrong(name: str, text: str) -> InputError:
        return InputError(f"{name} is {text!r}", hint=f"a number, or --{name} auto", code="input.adapt")

    if layer != "auto" and not layer.isdecimal():
        raise wrong("layer", layer)
    try:
        step = None if rate == "auto" else float(rate)
    except ValueError:
        raise wrong("rate", rate) from None
    if step is not None and not (0 < step < math.inf):
        raise wrong("rate", rate)
    return AdaptRequest(
        layer=None if layer == "auto" else int(layer), rate=step, texts=texts, facts=facts, seed=seed,
        beside_model=beside_model,
    )  # fmt: skip


def adapt(settings: Settings, request: AdaptRequest, progress: Progress) -> AdaptationReport:
    """Fit the memory to the configured model and judge it."""
    from memos.adaptation import adapt_model

    return adapt_model(settings, request, progress)


def pretrain(
    out: Path, *, seed: int, steps: int | None, threads: int, progress: Progress, stop: StopRequest
) -> contract.Pretrained:
    """Train a model like the shipped one into `out`. A stopped training resumes from its checkpoint."""
    from memos.apps import contract
    from memos.pretraining.train import PretrainConfig, PretrainProgress, pretrain as train

    defaults = PretrainConfig()
    config = PretrainConfig(seed=seed, steps=steps or defaults.steps, threads=threads)
    lines: list[PretrainProgress] = []

    def report(line: PretrainProgress) -> None:
        lines.append(line)
        progress(line.step, line.steps, f"loss {line.loss:.3f}")
        stop.check()

    folder = train(config, out, report)
    last = lines[-1] if lines else None
    return contract.Pretrained(
        folder=str(folder),
        seed=seed,
        steps=config.steps,
        seconds=last.seconds if last else 0.0,
        loss=last.loss if last else None,
    )


def evaluate(settings: Settings, *, items: int, seed: int | None) -> list[contract.Figure]:
    """Ask a model held-out items of every class. Raises InputError for a chat model, which is not ours to measure."""
    from memos.apps import contract

    if settings.model.chat:
        raise InputError(
            "a chat model cannot be evaluated", hint="leave model.chat empty", code="input.evaluate"
        )
    from memos.pretraining.evaluate import EVALUATION_SEED, evaluate as measure, load as load_model

    name = settings.model.name
    folder = MODELS / name if name == SHIPPED_MODEL else Path(name).expanduser()
    model, tokenizer = load_model(folder)
    rows = measure(model, tokenizer, items, EVALUATION_SEED if seed is None else seed)
    return [contract.Figure(name=row.name, value=row.right, wanted=row.target, items=row.items) for row in rows]


# --- importing -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ImportRequest:
    """A file to import: `path` None reads standard input."""

    path: Path | None
    format: str = "auto"
    origin: Origin | None = None
    conversation: str | None = None

    @property
    def name(self) -> str:
        return "standard input" if self.path is None else self.path.name or str(self.path)


@contextmanager
def readable(request: ImportRequest, stdin: IO[bytes]) -> Iterator[ImportRequest]:
    """The request with a path that can be read twice: standard input is spooled to a temporary file."""
    if request.path is not None:
        yield request
        return
    with tempfile.TemporaryDirectory(prefix="memos-import-") as folder:
        spool = Path(folder) / "standard-input"  # its name becomes the session of what is in it
        with spool.open("wb") as file:
            shutil.copyfileobj(stdin, file)
        yield replace(request, path=spool)


@dataclass(frozen=True)
class ImportSurvey:
    """What a file holds: experiences, whose they would be, and from when the dated ones are."""

    format: str
    experiences: int
    by_origin: dict[str, int]
    earliest: datetime | None
    latest: datetime | None


_TOLD_EVERY = 256


def survey(request: ImportRequest, progress: Progress) -> ImportSurvey:
    """Read a file whole and store nothing. Doing so before an import means that a bad line stores nothing."""
    origins: Counter[str] = Counter()
    earliest: datetime | None = None
    latest: datetime | None = None
    for draft in _drafts(request):
        origins[draft.origin.value] += 1
        if origins.total() % _TOLD_EVERY == 0:
            progress(origins.total(), 0, "read")
        if draft.occurred_at is not None:
            earliest = min(earliest or draft.occurred_at, draft.occurred_at)
            latest = max(latest or draft.occurred_at, draft.occurred_at)
    return ImportSurvey(_format(request), origins.total(), dict(origins), earliest, latest)


def import_file(
    memory: MemoryManager, request: ImportRequest, *, progress: Progress, stop: StopRequest, total: int
) -> ImportReport:
    """Observe every experience of a file; a requested stop keeps what was stored so far."""
    from memos import interchange

    assert request.path is not None
    if _format(request) == "archive":
        return interchange.import_archive(memory, request.path, progress=progress, stopped=lambda: stop.requested)

    def until_stopped() -> Iterator[Draft]:
        for draft in _drafts(request):
            if stop.requested:
                return
            yield draft

    return memory.observe_many(until_stopped(), progress=progress, total=total)


def _format(request: ImportRequest) -> str:
    from memos import interchange

    assert request.path is not None
    if request.format == "auto":
        return interchange.detect_format(request.path)
    return request.format


def _drafts(request: ImportRequest) -> Iterator[Draft]:
    from memos import interchange

    assert request.path is not None
    return interchange.read_drafts(
        request.path, format=request.format, origin=request.origin, conversation=request.conversation
    )
