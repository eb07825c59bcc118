"""Whether a model may be written into: the report that `memos model adapt` leaves beside its memory files, and the rule.

A memory layer that was bolted to a trained model may learn a wording and not the fact, or leak. So writes are refused
until generated facts were learned into this very model, at this very layer, and its answers held. Knows files and
figures; no model and no tensor: reading the verdict loads nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from memos.errors import ConsolidationError, FingerprintMismatch, ModelError
from memos.types import JsonDict, Utc, Value

REPORT_FILE, REPORT_PAGE = "adaptation.json", "adaptation.md"
MEMORY_FILE = "memory_config.json"
ADAPT = "memos model adapt"


class Figures(Value):
    """What probe facts came to, as shares in [0, 1]; `*_asked` say of how many prompts.

    learned: trained wordings answered; held_out: wordings that were never trained. kept: generated prompts that still
    get the base's own answer. honest: the same of questions about what was not taught. leaked: of these, how many got
    a value that was taught about something else, and that the base did not say. sure: whether only prompts count of
    whose answer the base is sure; where there are too few, every prompt counts, and an unsure answer tips over easily.
    """

    facts: int
    failed: int
    learned: float
    held_out: float
    kept: float
    kept_asked: int
    kept_sure: bool
    honest: float
    honest_asked: int
    honest_sure: bool
    leaked: float
    leaked_asked: int


class Bar(Value):
    """What was asked for: least held-out and honest shares, and the largest share of old answers that may go."""

    held_out: float
    old: float
    honest: float


class Trial(Value):
    """A few facts at one layer and one rate. `figures` is None where the writes did not go through; `note` says why."""

    layer: int
    rate: float
    figures: Figures | None
    note: str
    seconds: float


class AdaptationReport(Value):
    """What `memos model adapt` measured and decided. `reasons` is empty for an accepted model.

    fingerprint: the `MemoryModel.fingerprint` that it speaks of, and of no other. rate_of: the setting that `rate` is a
    value of. background: where the text of whitening and slot statistics came from.
    """

    version: Literal[1] = 1
    model: str
    accepted: bool
    reasons: tuple[str, ...]
    fingerprint: str
    layer: int
    rate: float
    rate_of: Literal["rate", "adam_rate"]
    figures: Figures | None
    bar: Bar
    background: str
    documents: int
    layers: tuple[Trial, ...]
    rates: tuple[Trial, ...]
    settings: JsonDict
    seed: int
    seconds: float
    memos: str
    made_at: Utc

    @property
    def verdict(self) -> str:
        """One sentence."""
        if self.accepted and self.figures is not None:
            return (
                f"accepted: {self.figures.held_out:.2f} of held-out wordings of {self.figures.facts} generated facts, "
                f"{self.figures.kept:.2f} of old answers kept, honest on {self.figures.honest:.2f}"
            )
        return "refused: " + "; ".join(self.reasons)


class Verdict(Value):
    """Whether writes are accepted, in one sentence why. Read from files; the fingerprint is checked when a write comes."""

    state: Literal["accepted", "refused", "not measured", "none"]
    reason: str


class Acceptance:
    """The rule for one model. `allowed` says why it may be written into without acceptance; "" where it may not."""

    def __init__(self, name: str, folders: Callable[[], Sequence[Path]], *, allowed: str = "") -> None:
        """folders: where reports of this model may lie, the first first. It may raise ModelUnavailable."""
        self._name = name
        self._folders = folders
        self._allowed = allowed

    def report(self) -> AdaptationReport | None:
        """The report that counts, None where the model was never measured. Raises ModelError for a damaged one."""
        return next(iter(self._reports()), None)

    def _reports(self) -> list[AdaptationReport]:
        found = (read_report(folder) for folder in self._folders())
        return [report for report in found if report is not None]

    def verdict(self) -> Verdict:
        """For people. Never raises: a model that is not there, or a damaged report, is a reason too."""
        try:
            report = self.report()
        except ModelError as error:
            return Verdict(state="not measured", reason=error.message)
        override = f"; written all the same: {self._allowed}" if self._allowed else ""
        if report is None:
            return Verdict(state="not measured", reason=f"never measured with {ADAPT}{override}")
        return Verdict(
            state="accepted" if report.accepted else "refused",
            reason=report.verdict.partition(": ")[2] + ("" if report.accepted else override),
        )

    def require(self) -> None:
        """Before the model is loaded. Raises ConsolidationError unless a report accepts it; ModelError for a damaged one."""
        reports = self._reports()
        if not self._allowed and not any(report.accepted for report in reports):
            raise self._refusal(reports)

    def require_for(self, fingerprint: str) -> None:
        """Before a write, with the model that is loaded.

        Raises FingerprintMismatch where every acceptance speaks of other weights or addresses.
        """
        self.require()
        reports = [] if self._allowed else self._reports()
        own = [report for report in reports if report.fingerprint == fingerprint]
        if self._allowed or any(report.accepted for report in own):
            return
        if own:
            raise self._refusal(own)
        raise FingerprintMismatch(
            f"{self._name} was accepted with other weights, another tokenizer or other addresses than it has now, "
            "so nothing is written into its parameters",
            hint=f"{ADAPT} measures it anew; until then facts stay in the token store",
            code="model.adaptation_mismatch",
        )

    def _refusal(self, reports: Sequence[AdaptationReport]) -> ConsolidationError:
        stays = "facts stay in the token store"
        if not reports:
            return ConsolidationError(
                f"nothing is written into the parameters of {self._name}: it was never measured whether it learns",
                hint=f"{ADAPT} measures it; until then {stays}",
                code="consolidation.not_accepted",
            )
        return ConsolidationError(
            f"nothing is written into the parameters of {self._name}: {ADAPT} {reports[0].verdict}",
            hint=f"{stays}; {ADAPT} with another layer or text measures again, consolidation.allow_unaccepted overrides",
            code="consolidation.not_accepted",
        )


def read_report(folder: Path) -> AdaptationReport | None:
    """What `write_report` wrote, None where nothing was. Raises ModelError for a damaged one."""
    path = folder / REPORT_FILE
    try:
        return AdaptationReport.model_validate_json(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise ModelError(
            f"the report {path} cannot be read: {str(error).splitlines()[0]}",
            hint=f"{ADAPT} writes it anew",
            code="model.adaptation_unreadable",
        ) from None


def write_report(folder: Path, report: AdaptationReport) -> None:
    """JSON and a page for people, each whole or not at all. Raises ModelError when the folder cannot be written."""
    texts = {REPORT_PAGE: as_markdown(report), REPORT_FILE: report.model_dump_json(indent=1) + "\n"}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            draft = folder / f"{name}.{os.getpid()}.tmp"
            draft.write_text(text, "utf-8")
            draft.replace(folder / name)
    except OSError as error:
        raise unwritable(folder, error) from None


def require_writable(folder: Path) -> None:
    """Raise ModelError now rather than after minutes of work."""
    draft = folder / f"probe.{os.getpid()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.touch()
        draft.unlink()
    except OSError as error:
        raise unwritable(folder, error) from None


def unwritable(folder: Path, error: OSError) -> ModelError:
    return ModelError(
        f"the memory files cannot be written to {folder}: {error.strerror or error}",
        hint="choose a folder you may write, with space left",
        code="model.memory_unwritable",
    )


def stored_memory(folder: Path) -> JsonDict | None:
    """The memory configuration kept in a folder, without loading anything; None where there is none to be read.

    Damage is for the loader of these files to report.
    """
    try:
        found = json.loads((folder / MEMORY_FILE).read_text("utf-8"))["memory"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, dict) else None


def as_markdown(report: AdaptationReport) -> str:
    """The report as a page."""
    lines = [
        f"# Adaptation of {report.model}", "", f"**{report.verdict}**", "",
        f"Made by `{ADAPT}` of memos {report.memos} on {report.made_at:%Y-%m-%d %H:%M} UTC in {report.seconds:.0f} s, "
        f"seed {report.seed}. Layer {report.layer}, {report.rate_of} {report.rate:g}; addresses measured on "
        f"{report.documents} texts ({report.background}). Model fingerprint {report.fingerprint[:16]}.", "",
    ]  # fmt: skip
    if report.figures is not None:
        lines += ["| | share | of prompts | asked for |", "|---|---:|---:|---|"]
        lines += [f"| {' | '.join(row)} |" for row in figure_rows(report.figures, report.bar)]
        lines.append("")
    for title, trials in (("Layers probed", report.layers), ("Rates probed", report.rates)):
        if trials:
            lines += [f"## {title}", "", "| layer | rate | held-out | honest | leaked | kept | s | |"]
            lines.append("|---:|---:|---:|---:|---:|---:|---:|---|")
            lines += [f"| {' | '.join(trial_row(trial))} |" for trial in trials]
            lines.append("")
    return "\n".join(lines)


def figure_rows(figures: Figures, bar: Bar) -> list[tuple[str, str, str, str]]:
    """(what, share, of how many prompts, what was asked for), for a table."""
    unsure = ", unsure answers too"
    return [
        ("trained wordings", f"{figures.learned:.3f}", "", ""),
        ("held-out wordings", f"{figures.held_out:.3f}", "", f"at least {bar.held_out:.2f}"),
        ("old answers kept", f"{figures.kept:.3f}", str(figures.kept_asked) + ("" if figures.kept_sure else unsure),
         f"at least {1 - bar.old:.2f}"),
        ("untaught questions answered as before", f"{figures.honest:.3f}",
         str(figures.honest_asked) + ("" if figures.honest_sure else unsure),
         f"at least {bar.honest:.2f}" if figures.honest_sure else "not judged: the base is sure of too few"),
        ("of all untaught, a value taught elsewhere", f"{figures.leaked:.3f}", str(figures.leaked_asked),
         f"at most {1 - bar.honest:.2f}"),
        ("facts that could not be written", str(figures.failed), f"of {figures.facts} facts", ""),
    ]  # fmt: skip


def trial_row(trial: Trial) -> tuple[str, ...]:
    """One probe as cells: layer, rate, held-out, honest, leaked, kept, seconds, note."""
    made = trial.figures
    shares = ("–",) * 4 if made is None else tuple(
        f"{share:.2f}" for share in (made.held_out, made.honest, made.leaked, made.kept)
    )  # fmt: skip
    return (str(trial.layer), f"{trial.rate:g}", *shares, f"{trial.seconds:.1f}", trial.note)
