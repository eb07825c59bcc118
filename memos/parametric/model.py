"""A causal language model with memory layers, one read-only base and one overlay of rows per namespace.

READ FIRST of this folder. Knows how to load, measure, save, answer and say where it looked. Does not know the ledger:
whoever calls `set_overlay` says what a namespace has learned.

Files beside a model: `memory_config.json`, `memory.safetensors` (whitening; the keys come back from their seed),
`slot_stats.safetensors`; `memory_values.safetensors` where the base table was trained.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from memos.errors import FingerprintMismatch, InputError, ModelError
from memos.parametric import decode
from memos.parametric.addressing import Address
from memos.parametric.attach import Attachment, Reader, freeze
from memos.parametric.base import check_head, cpu_threads, load_base, weights_hash
from memos.parametric.batch import Batch, Example, by_length
from memos.parametric.chat import ChatFormat
from memos.parametric.decode import Generation
from memos.parametric.files import MemoryFiles, read_memory_files, write_memory_files
from memos.parametric.layer import MemoryConfig, MemoryLayer, MemoryLayers
from memos.parametric.measuring import measure_inputs
from memos.parametric.overlay import RowOverlay
from memos.parametric.slots import SlotStats
from memos.parametric.tables import RowTable

Reading = str | RowOverlay | None
"""What a prompt reads: a namespace by name, an overlay that is not installed, or None for the base alone."""

_BASE_ANSWER_TOKENS = 24
_SCORE_BATCH = 32


@dataclass(frozen=True)
class SlotReads:
    """Slots read at P positions of prompt and answer: slots int64 (P, R), weights float32 (P, R), R = layers·H·k.

    `positions` int64 (P,): token index in prompt + answer; the answer's first token is predicted at index
    `answer_from`, the prompt's last.
    """

    slots: Tensor
    weights: Tensor
    positions: Tensor
    answer_from: int

    def at_answer(self) -> Address:
        """The reads at the positions that predict the answer."""
        keep = self.positions >= self.answer_from
        return Address(self.slots[keep], self.weights[keep])


class MemoryModel:
    """Base model, memory layers, slot statistics and the overlays in use. The base is never written.

    The names follow PEFT: `from_pretrained` and `save_pretrained` for folders, `attach` for a language model that is
    already in memory, `disable()` for a while without memory, `detach()` for the base as it was. `lm` itself can be
    called too: inside `reading(namespace)` it reads that namespace's rows.
    """

    def __init__(self, lm: Any, tokenizer: Any, layers: MemoryLayers, stats: SlotStats | None) -> None:
        """Use `from_pretrained` or `attach`; this takes parts that are ready."""
        freeze([lm, layers])
        self.lm, self.tokenizer, self.layers = lm, tokenizer, layers
        self.config = layers.config
        self.memory = layers[0]
        self.attachment = Attachment(lm, self.config.blocks, replace_ffn=self.config.mode == "replace")
        window = int(getattr(lm.config, "max_position_embeddings", None) or 2048)
        self.chat = ChatFormat(tokenizer, window)
        self.threads = 1
        self.base_hash = weights_hash(lm)
        self.tokenizer_hash = self.chat.tokenizer_hash()
        self._stats = stats
        self._residual_rms: float | None = None
        self._trained_hash: str | None = None
        self._disabled = False
        self._overlays: dict[str, RowOverlay] = {}
        self._tables: dict[tuple[str, ...], RowTable] = {}
        self._base_answers: dict[str, Generation] = {}
        check_head(self.lm, self.attachment)

    # --- loading and saving -------------------------------------------------------------------------------------

    @classmethod
    def from_pretrained(
        cls,
        path_or_id: str | Path,
        *,
        memory_dir: Path | None = None,
        config: MemoryConfig | None = None,
        background: Sequence[str] | None = None,
        device: str = "cpu",
        threads: int | None = None,
    ) -> MemoryModel:
        """Load a Hugging Face causal LM and its memory layers.

        path_or_id: a local folder or a hub id. memory_dir: where the measured addresses are kept; they are taken from
        there, else from `<path>/memory`, else measured on `background` (plain statements; generated when None) and
        saved to `memory_dir`. config: the layer's shape for a first measurement; stored files win unless it differs,
        which is an error. threads: CPU threads for answering; None is one, where batches and single prompts agree to the
        bit. More is quicker for large models. Writes always take one.
        Raises ModelUnavailable, FingerprintMismatch (files measured on another base or tokenizer), ModelError.
        """
        if device != "cpu":
            raise ModelError(
                f"memory writes are deterministic on the CPU only, not on {device!r}",
                hint="use device='cpu'",
                code="model.device",
            )
        lm, tokenizer = load_base(path_or_id)
        model = cls.attach(
            lm,
            tokenizer,
            memory_dir=memory_dir,
            shipped_dir=Path(path_or_id) / "memory",
            config=config,
            background=background,
        )
        model.threads = threads or 1
        return model

    load = from_pretrained
    """Another name for `from_pretrained`."""

    @classmethod
    def attach(
        cls,
        lm: Any,
        tokenizer: Any,
        *,
        memory_dir: Path | None = None,
        shipped_dir: Path | None = None,
        config: MemoryConfig | None = None,
        background: Sequence[str] | None = None,
    ) -> MemoryModel:
        """Memory beside a language model that is already in memory; its weights stay where and what they are.

        lm: a transformers causal LM; tokenizer: its tokenizer; the rest as for `from_pretrained`, with `shipped_dir`
        for files that may be used but are never written.
        """
        own = read_memory_files(memory_dir) if memory_dir is not None else None
        shipped = read_memory_files(shipped_dir) if own is None and shipped_dir is not None else None
        # shipped files only save the first measurement; nothing was learned on them here, so others do no harm
        if shipped is not None and (shipped.base_hash != weights_hash(lm) or config not in (None, shipped.config)):
            shipped = None
        files = own or shipped
        if files is not None:
            if config is not None and config != files.config:
                raise FingerprintMismatch(
                    f"{memory_dir} was measured with another memory configuration",
                    hint="leave the configuration out, or use another folder",
                    code="model.config_mismatch",
                )
            return cls._from_files(lm, tokenizer, files)
        shape = config or MemoryConfig(d_model=int(lm.config.hidden_size))
        if shape.d_model != int(lm.config.hidden_size):
            raise ModelError(
                f"d_model is {shape.d_model}, the model's hidden size is {lm.config.hidden_size}",
                hint="set MemoryConfig.d_model to the hidden size",
                code="model.memory_config",
            )
        model = cls(lm, tokenizer, MemoryLayers(shape), None)
        model.measure(background)
        if memory_dir is not None:
            model.save_pretrained(memory_dir)
        return model

    @classmethod
    def _from_files(cls, lm: Any, tokenizer: Any, files: MemoryFiles) -> MemoryModel:
        layers = MemoryLayers(files.config, files.tables)
        layers.restore(files.state)
        model = cls(lm, tokenizer, layers, files.stats)
        if (files.base_hash, files.tokenizer_hash) != (model.base_hash, model.tokenizer_hash):
            raise FingerprintMismatch(
                "the memory files beside this model were measured on other weights or another tokenizer",
                hint="point at the model they belong to; memos model adapt measures this one anew",
                code="model.base_mismatch",
            )
        files.stats.require(layers.address_hash(), model.tokenizer_hash)
        model._residual_rms = files.residual_rms
        model._trained_hash = files.trained_hash or None  # a mapped table is not read whole to hash it again
        return model

    def save_pretrained(self, folder: Path) -> None:
        """Write the memory's files, without the base and without what namespaces learned.

        Raises ModelError when the folder cannot be written.
        """
        files = MemoryFiles(
            config=self.config,
            base_hash=self.base_hash,
            tokenizer_hash=self.tokenizer_hash,
            residual_rms=self.residual_rms,
            state=self.layers.state_for_file(),
            stats=self.stats,
            tables=self.layers.tables(),
            trained_hash=self.trained_hash,
        )
        write_memory_files(folder, files)

    def detach(self) -> Any:
        """Take the memory off and give the language model back as the object it was."""
        self.attachment.detach()
        return self.lm

    @contextmanager
    def disable(self) -> Iterator[None]:
        """Inside, every prompt is answered by the base alone, whatever its namespace knows."""
        before, self._disabled = self._disabled, True
        try:
            yield
        finally:
            self._disabled = before

    @contextmanager
    def reading(self, namespace: Reading) -> Iterator[Any]:
        """Inside, calls of `lm`, `lm.generate` among them, read what `namespace` knows. Gives `lm`."""
        with self.attachment.reading(self.readers([self._resolve(namespace)])):
            yield self.lm

    @property
    def fingerprint(self) -> str:
        """sha256 of base weights, tokenizer, address parameters and trained tables: a ledger belongs to exactly one."""
        parts = f"{self.base_hash}{self.tokenizer_hash}{self.layers.address_hash()}{self.config.to_json()}"
        return hashlib.sha256(f"{parts}{self.trained_hash}".encode()).hexdigest()

    @property
    def trained_hash(self) -> str:
        """`MemoryLayers.trained_hash`, taken once."""
        if self._trained_hash is None:
            self._trained_hash = self.layers.trained_hash()
        return self._trained_hash

    @property
    def stats(self) -> SlotStats:
        """Background access counts."""
        if self._stats is None:
            raise ModelError("the memory has not been measured", hint="call measure()", code="model.unmeasured")
        return self._stats

    @property
    def residual_rms(self) -> float:
        """Root mean square of the first memory block's output on background text; row steps are relative to it."""
        if self._residual_rms is None:
            raise ModelError("the memory has not been measured", hint="call measure()", code="model.unmeasured")
        return self._residual_rms

    @torch.no_grad()
    def measure(self, background: Sequence[str] | None = None) -> None:
        """Whiten the addresses and count slot accesses on background text, one string a document.

        None takes generated chat text (see `background.py`). Replaces earlier measurements.
        """
        from memos.parametric.background import default_background

        texts = list(background) if background is not None else default_background(self.chat)
        reads: list[Tensor] = [torch.zeros(0)] * len(texts)
        with cpu_threads():
            for index, layer in enumerate(self.layers):
                # layers before it read the base table: zeros beside a trained block, values where they replace it
                with self.attachment.reading(self.readers([None])):
                    whitened = measure_inputs(self.attachment, self.chat, texts, index)
                layer.fit_whitening(whitened.mean, whitened.covariance)
                if index == 0:
                    self._residual_rms = whitened.residual_rms
                    order = [text for text, _ in whitened.inputs]
                    reads = [layer.address(z).slots for _, z in whitened.inputs]
                else:
                    more = [layer.address(z).slots for _, z in whitened.inputs]
                    reads = [torch.cat([one, two], dim=1) for one, two in zip(reads, more, strict=True)]
            stats = SlotStats.empty(self.config.slots, self.layers.address_hash(), self.tokenizer_hash)
            for text, slots in zip(order, reads, strict=True):
                stats = stats.observed(slots, text)
            self._stats = stats

    # --- namespaces ---------------------------------------------------------------------------------------------

    def set_overlay(self, namespace: str, overlay: RowOverlay) -> None:
        """From now on `namespace` knows what `overlay` holds."""
        if (overlay.d_value, overlay.values.dtype) != (self.config.d_value, self.config.dtype):
            raise FingerprintMismatch(
                f"the rows are {overlay.d_value} wide in {overlay.values.dtype}, this model's are "
                f"{self.config.d_value} wide in {self.config.dtype}",
                hint="these rows belong to another model",
                code="model.overlay_mismatch",
            )
        if len(overlay) and int(overlay.rows[-1]) >= self.config.slots:
            raise FingerprintMismatch(
                f"row {int(overlay.rows[-1])} is outside the table of {self.config.slots}",
                hint="these rows belong to another model",
                code="model.overlay_mismatch",
            )
        self._overlays[namespace] = overlay

    def overlay(self, namespace: str) -> RowOverlay:
        """What `namespace` has learned; empty for a name not seen before."""
        return self._overlays.get(namespace, self.empty_overlay())

    def empty_overlay(self) -> RowOverlay:
        """Nothing learned, in the width and type of this model's rows."""
        return RowOverlay.empty(self.config.d_value, self.config.dtype)

    def _resolve(self, reading: Reading) -> RowOverlay:
        if reading is None or self._disabled:
            return self.empty_overlay()
        return self.overlay(reading) if isinstance(reading, str) else reading

    def table(self, parts: list[tuple[Tensor, Tensor]]) -> RowTable:
        """Rows by (namespace, slot). parts: per namespace (rows int64 (R,), sorted; values (R, d_value))."""
        return RowTable(self.config.slots, self.config.d_value, parts, neurons=self.config.slot == "neuron")

    def _cached_table(self, overlays: Sequence[RowOverlay]) -> RowTable:
        key = tuple(overlay.digest() for overlay in overlays)
        if key not in self._tables:
            while len(self._tables) >= 8:
                self._tables.pop(next(iter(self._tables)))
            self._tables[key] = self.table([(overlay.rows, overlay.values) for overlay in overlays])
        return self._tables[key]

    def readers(self, overlays: Sequence[RowOverlay | None]) -> list[Reader] | None:
        """What each memory layer adds when batch row i reads overlays[i]; None when none adds anything to any row.

        A single overlay is read by every row of the batch.
        """
        given = [self.empty_overlay() if overlay is None else overlay for overlay in overlays]
        if self.config.mode == "residual" and not any(len(overlay) for overlay in given):
            return None
        distinct = list({overlay.digest(): overlay for overlay in given}.values())
        table = self._cached_table(distinct)
        place = {overlay.digest(): i for i, overlay in enumerate(distinct)}
        named = [place[overlay.digest()] for overlay in given]
        which = torch.tensor([named[i] for i in decode.filled_rows(len(named))])

        def reader(layer: MemoryLayer) -> Reader:
            def read(z: Tensor) -> Tensor:
                flat = z.reshape(-1, z.shape[-1])  # (B·T, d); B is the number of prompts, or that filled up
                address = layer.address(flat)
                owner = None
                if len(distinct) > 1:
                    owner = which[: len(z)].repeat_interleave(len(flat) // len(z))
                return layer.read(flat, address, table.places(address.slots, owner)).view_as(z)

            return read

        return [reader(layer) for layer in self.layers]

    # --- answering ----------------------------------------------------------------------------------------------

    def chat_prompt(
        self, question: str, notes: Sequence[str] = (), history: Sequence[Mapping[str, str]] = ()
    ) -> str:
        """The rendered text that `generate` takes; see `ChatFormat.prompt`."""
        return self.chat.prompt(question, notes, history)

    def _readings(self, count: int, namespace: Reading | Sequence[Reading]) -> list[RowOverlay]:
        if namespace is None or isinstance(namespace, str | RowOverlay):
            return [self._resolve(namespace)] * count
        if len(namespace) != count:
            raise InputError(
                f"{count} prompts and {len(namespace)} namespaces",
                hint="give one namespace, or one for each prompt",
                code="input.namespaces",
            )
        return [self._resolve(reading) for reading in namespace]

    @torch.no_grad()
    def generate(
        self, prompts: Sequence[str], *, namespace: Reading | Sequence[Reading], max_new_tokens: int = 32
    ) -> list[Generation]:
        """Greedy answers to rendered prompts, in order.

        Each prompt reads its own namespace; None reads the base alone. An answer is the same bits whoever else is in
        the call. Raises InputError when a prompt and `max_new_tokens` exceed the window.
        """
        overlays = self._readings(len(prompts), namespace)
        ids = [self.chat.prompt_ids(prompt, max_new_tokens) for prompt in prompts]
        answers: dict[int, Generation] = {}
        for group in decode.groups([len(i) for i in ids]):
            readers = self.readers([overlays[i] for i in group])
            with cpu_threads(self.threads), self.attachment.reading(readers):
                made = self._generate_group([ids[i] for i in group], max_new_tokens)
            answers.update(zip(group, made, strict=True))
        return [answers[i] for i in range(len(prompts))]

    def _generate_group(self, prompts: Sequence[Sequence[int]], limit: int) -> list[Generation]:
        columns: list[list[tuple[int, float, float]]] = [[] for _ in prompts]
        done = [False] * len(prompts)
        for step in decode.greedy_steps(self.lm.base_model, self.attachment.logits, prompts, limit):
            rows = zip(step.ids.tolist(), step.logprob.tolist(), step.margin.tolist(), strict=True)
            for i, column in zip(range(len(prompts)), rows, strict=False):
                if not done[i]:
                    columns[i].append(column)
                    done[i] = column[0] in self.chat.stop_ids
            if all(done):
                break
        return [self._generation(column, finished) for column, finished in zip(columns, done, strict=True)]

    def _generation(self, column: Sequence[tuple[int, float, float]], finished: bool) -> Generation:
        ids = tuple(token for token, _, _ in column if token not in self.chat.stop_ids)
        logprobs = [logprob for _, logprob, _ in column] or [0.0]
        return Generation(
            text=self.chat.decode(ids),
            token_ids=ids,
            mean_logprob=sum(logprobs) / len(logprobs),
            min_logprob=min(logprobs),
            margin=min((margin for _, _, margin in column), default=0.0),
            finished=finished,
        )

    def stream(self, prompt: str, *, namespace: Reading, max_new_tokens: int = 32) -> Iterator[str]:
        """The same answer as `generate`, piece by piece; the pieces joined are its text, but for outer spaces."""
        ids = self.chat.prompt_ids(prompt, max_new_tokens)
        overlays = [self._resolve(namespace)]
        steps = decode.greedy_steps(self.lm.base_model, self.attachment.logits, [ids], max_new_tokens)
        said: list[int] = []
        shown = ""
        while True:
            with cpu_threads(self.threads), self.attachment.reading(self.readers(overlays)):
                step = next(steps, None)
            token = None if step is None else int(step.ids[0])
            if token is None or token in self.chat.stop_ids:
                return
            said.append(token)
            text = self.chat.decode(said)
            if not text.endswith("\ufffd") and len(text) > len(shown):  # half a character waits for its rest
                yield text[len(shown) :]
                shown = text

    def base_answers(self, prompts: Sequence[str]) -> list[Generation]:
        """What the base says with the memory off. Remembered: the base never changes."""
        if len(self._base_answers) > 50_000:
            self._base_answers.clear()
        missing = list(dict.fromkeys(p for p in prompts if p not in self._base_answers))
        made = self.generate(missing, namespace=None, max_new_tokens=_BASE_ANSWER_TOKENS)
        self._base_answers.update(zip(missing, made, strict=True))
        return [self._base_answers[p] for p in prompts]

    # --- scoring and looking inside -----------------------------------------------------------------------------

    def example(self, prompt: str, answer: str) -> Example:
        """Tokens of a prompt and the answer wanted."""
        target = self.chat.target_ids(answer)
        return Example(self.chat.prompt_ids(prompt, len(target)), target)

    @torch.no_grad()
    def answer_logprob(
        self, prompts: Sequence[str], answers: Sequence[str], *, namespace: Reading | Sequence[Reading]
    ) -> Tensor:
        """Log-probability of each whole answer with its end of turn, float32 (P,), natural logarithm."""
        examples = [self.example(p, a) for p, a in zip(prompts, answers, strict=True)]
        overlays = self._readings(len(prompts), namespace)
        out = torch.zeros(len(examples))
        for overlay in {o.digest(): o for o in overlays}.values():
            mine = [i for i, o in enumerate(overlays) if o.digest() == overlay.digest()]
            for group in by_length([examples[i].length for i in mine], _SCORE_BATCH):
                chosen = [mine[i] for i in group]
                with cpu_threads(self.threads):
                    batch = Batch(self, [examples[i] for i in chosen])
                    logits = torch.log_softmax(batch.target_logits(overlay=overlay), dim=-1)
                each = logits.gather(1, batch.target.unsqueeze(1)).squeeze(1)
                out[torch.tensor(chosen)] = torch.zeros(len(chosen)).index_add(0, batch.target_of, each)
        return out

    @torch.no_grad()
    def slots_read(self, prompt: str, answer: str = "", *, namespace: Reading = None) -> SlotReads:
        """Slots that a prompt, and an answer after it, read when asked with what `namespace` knows.

        With one memory layer they are the same for every namespace: addresses never move. With several, what an
        earlier layer answers decides where later ones look.
        """
        ids = self.chat.prompt_ids(prompt)
        answer_from = len(ids) - 1
        if answer.strip():
            ids = ids + self.chat.target_ids(answer)[: -len(self.chat.end_ids) or None]
        batch, mask, positions = decode.pad_left([ids])
        found = []
        with cpu_threads(self.threads), self.attachment.reading(self.readers([self._resolve(namespace)])):
            for index, layer in enumerate(self.layers):
                prefix = self.attachment.prefix(batch, mask, positions, memory=index)
                found.append(layer.address(prefix.z.reshape(-1, self.config.d_model)))
        address = Address.joined(found)
        first, width = batch.shape[1] - len(ids), batch.shape[1]
        return SlotReads(address.slots[first:width], address.weights[first:width], torch.arange(len(ids)), answer_from)

    def certificate(self, prompt: str, rows: Tensor, answer: str = "", *, namespace: Reading = None) -> bool:
        """True: no position of prompt and answer reads any of `rows` (int64), so a write to them, on top of what
        `namespace` knows, changes no bit of what the model computes here. False says only that it may."""
        return not bool(torch.isin(self.slots_read(prompt, answer, namespace=namespace).slots, rows).any())

    def familiarity(self, prompt: str, answer: str = "", *, namespace: Reading) -> float:
        """Share of slot weight, at the positions that predict the answer, that falls into learned rows: 0 to 1."""
        address = self.slots_read(prompt, answer, namespace=namespace).at_answer()
        live = torch.isin(address.slots, self._resolve(namespace).rows)
        return float((address.weights * live).sum() / address.weights.sum())
