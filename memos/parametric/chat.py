"""Prompts as the language model wants them, and answers as tokens.

Knows the tokenizer and its chat template. Does not know weights or memory.
Training, scoring and generation all tokenise through this module, so an answer is the same tokens everywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from memos.errors import InputError

_PROBE_ANSWER = "Yes."


class ChatFormat:
    """Rendering and tokenising for one tokenizer. `window` is the longest sequence in tokens the model takes."""

    def __init__(self, tokenizer: Any, window: int) -> None:
        self.tokenizer = tokenizer
        self.window = window
        self._ids: dict[str, tuple[int, ...]] = {}
        self._lead, tail = self._answer_frame()
        ends = self._encode(tail)[:1] if tail else ()
        if not ends and tokenizer.eos_token_id is not None:
            ends = (int(tokenizer.eos_token_id),)
        if not ends:  # an answer must end somewhere: in the plain frame the line does
            ends = self._encode("\n")[:1]
        self.end_ids: tuple[int, ...] = ends
        self._begin = "" if tokenizer.chat_template else self._opening()
        stops = set(ends)
        if tokenizer.eos_token_id is not None:
            stops.add(int(tokenizer.eos_token_id))
        self.stop_ids = frozenset(stops)

    def _answer_frame(self) -> tuple[str, str]:
        """What the template puts between prompt and answer, and after the answer."""
        if not self.tokenizer.chat_template:
            return " ", ""
        question = [{"role": "user", "content": "Is it?"}]
        prompt = self._template(question, prompt=True)
        whole = self._template([*question, {"role": "assistant", "content": _PROBE_ANSWER}], prompt=False)
        if whole.startswith(prompt) and _PROBE_ANSWER in whole[len(prompt) :]:
            lead, _, tail = whole[len(prompt) :].partition(_PROBE_ANSWER)
            return lead, tail
        return "", ""

    def _opening(self) -> str:
        """The token that starts a text, where the tokenizer puts one before every text: the base never saw one without."""
        begin = self.tokenizer.bos_token_id
        ids = self.tokenizer("a")["input_ids"]
        return str(self.tokenizer.bos_token) if begin is not None and ids and ids[0] == begin else ""

    def _template(self, messages: list[dict[str, str]], *, prompt: bool) -> str:
        return str(self.tokenizer.apply_chat_template(messages, add_generation_prompt=prompt, tokenize=False))

    def prompt(
        self, question: str, notes: Sequence[str] = (), history: Sequence[Mapping[str, str]] = ()
    ) -> str:
        """The text up to where the answer begins. `notes` become one system message, `history` the turns before.

        history: {"role": "user" | "assistant", "content": text} in order. Without a chat template a plain
        Question/Answer frame is used, which completion models follow best.
        """
        if not question.strip():
            raise InputError("the question is empty", hint="ask something", code="input.empty_question")
        if self.tokenizer.chat_template:
            messages = [{"role": "system", "content": "Notes:\n" + "\n".join(f"- {n}" for n in notes)}] if notes else []
            messages += [{"role": turn["role"], "content": turn["content"]} for turn in history]
            return self._template([*messages, {"role": "user", "content": question}], prompt=True)
        lines = ["Notes:", *(f"- {note}" for note in notes), ""] if notes else []
        for turn in history:
            lines.append(("Question: " if turn["role"] == "user" else "Answer: ") + turn["content"])
        return self._begin + "\n".join([*lines, f"Question: {question}", "Answer:"])

    def statement(self, text: str) -> str:
        """A text as the model sees it when it is told something: for background counts."""
        return self.prompt(text)

    def prompt_ids(self, prompt: str, room: int = 0) -> tuple[int, ...]:
        """Tokens of a rendered prompt. Raises InputError when it and `room` more exceed the model's window."""
        ids = self._encode(prompt)
        if not ids:
            raise InputError("the prompt has no tokens", hint="ask something", code="input.empty_prompt")
        if len(ids) + room > self.window:
            raise InputError(
                f"the prompt has {len(ids)} tokens and {room} more are wanted; the model's window is {self.window}",
                hint="recall fewer notes or shorten the text",
                code="input.too_long",
            )
        return ids

    def target_ids(self, answer: str) -> tuple[int, ...]:
        """Tokens of an answer with the end of turn. Raises InputError for an empty answer."""
        ids = self._encode(self._lead + answer)
        if not answer.strip() or not ids:
            raise InputError("the answer is empty", hint="give the answer's text", code="input.empty_answer")
        return ids + self.end_ids

    def splits_alike(self, prompt: str, answer: str) -> bool:
        """Whether prompt and answer are the same tokens in one text as apart, so that what is read is what is said."""
        apart = self._encode(prompt) + self._encode(self._lead + answer)
        return self._encode(prompt + self._lead + answer) == apart

    def decode(self, ids: Sequence[int]) -> str:
        """Answer text of generated tokens, without end of turn."""
        kept = [i for i in ids if i not in self.stop_ids]
        return str(self.tokenizer.decode(kept, skip_special_tokens=True)).strip()

    def tokenizer_hash(self) -> str:
        """sha256 over vocabulary, merges and chat template."""
        backend = getattr(self.tokenizer, "backend_tokenizer", None)
        body = backend.to_str() if backend is not None else repr(sorted(self.tokenizer.get_vocab().items()))
        return hashlib.sha256(f"{body}\0{self.tokenizer.chat_template}".encode()).hexdigest()

    def _encode(self, text: str) -> tuple[int, ...]:
        known = self._ids.get(text)
        if known is None:
            if len(self._ids) > 50_000:
                self._ids.clear()
            known = tuple(int(i) for i in self.tokenizer(text, add_special_tokens=False)["input_ids"])
            self._ids[text] = known
        return known
