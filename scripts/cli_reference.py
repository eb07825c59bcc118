"""Writes docs/cli.md from the command line's own code. `--check` only says whether the page is up to date.

Verbs, options and help come from the functions; the fields of each `--json` object are listed here, and
tests/end_to_end/test_cli.py holds every verb to its list.
"""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from memos.apps import chat, cli

PAGE = Path(__file__).parent.parent / "docs" / "cli.md"

INTRODUCTION = """# The command line

Written by `make docs` from the code; change the code, not this page.

    memos [GLOBAL OPTIONS] VERB [ARGUMENTS]

- stdout carries data, stderr narration and progress: `memos recall QUERY --json | jq` sees only JSON.
- Reading verbs print a table; `--plain` prints tab-separated lines without a header, in which `\\n` and `\\t` stand for
  newlines and tabs of the text; `--json` prints one object with `"version": 1`. Fields are added, never renamed or
  removed, without a new version.
- A record is named by its id or the beginning of it, with or without `m:`.
- `-` as a text or a file reads standard input.
- Verbs that cannot be undone ask; `--yes` answers, and is required where nobody can be asked.
- Control characters in memories are shown as `\\x1b` and the like, never obeyed. `NO_COLOR` is honoured.
- Settings: flags > environment (`MEMOS_HOME`, `MEMOS_NAMESPACE`, `MEMOS_RECALL__K`, ...) > `memos.toml` in the working
  folder > your own file > defaults. `memos config show` prints each value and where it came from.

| exit status | meaning |
|---|---|
| 0 | done |
| 1 | it failed while running: store, model, disk |
| 2 | usage or configuration |
| 3 | no such namespace, record, run or file |
| 4 | the gate refused a consolidation; nothing was written |
| 5 | the audit chain or a ledger hash does not hold |
| 130 | interrupted |

An error is one line and a hint on stderr. With `--json` it is also an object on stdout: `error`, `hint`, `code`.
"""

RUN_FIELDS = (
    "run, status (committed or rejected; runs also list planned, trained, reverted), gate (learned, held_out, "
    "old_before, old_after, honest, per_record, failed, passed, reason), records, rejected_records, created_at, rows, "
    "seconds, seed, fingerprint, digest_before, digest_after, reason"
)
RECORD_FIELDS = "records: every field of MemoryRecord (memos/types.py)"

JSON_FIELDS: dict[str, str] = {
    "observe": "action, id (null when dropped), experience, target, reason, scores, policy, text, redacted",
    "recall": "query, namespace, hits (id, text, score, parts, tier, rank, origin, state, occurred_at, source), cut, elapsed_ms",
    "ask": "answer, known, tier (null when not known), confidence, cited, runs, injected, recalled, attributions, reason, stale",
    "import": "observed, by_action, source, stopped",
    "export": "path, namespace, members, bytes, sha256",
    "ls": "tier, records; for --tier context: tier, blocks, turns",
    "show": "kind, record, experience, decisions, history, writes",
    "edit": f"action, {RECORD_FIELDS}",
    "pause": f"action, {RECORD_FIELDS}",
    "resume": f"action, {RECORD_FIELDS}",
    "approve": f"action, {RECORD_FIELDS}",
    "forget": "namespace, record_ids, copies, parametric, files_checked, residue, limits, proven, dry_run",
    "consolidate": f"{RUN_FIELDS}; with --dry-run: run, status, gate, records, policy, chosen, skipped",
    "runs": f"runs: each with {RUN_FIELDS}",
    "revert": "run_id, record_ids, method, replayed, digest_before, digest_after, exact; with --dry-run: run_id, record_ids, dry_run",
    "undo": "run_id, record_ids, method, replayed, digest_before, digest_after, exact; with --dry-run: runs, dry_run",
    "rollback": "run_id, record_ids, method, replayed, digest_before, digest_after, exact; with --dry-run: runs, dry_run",
    "diff": "before, after, entries, rows, moved, norm_before, norm_after, digest_before, digest_after, most, learned, gone",
    "blame": "slot, norm, owners (entry, run_id, record_id, text, at, moved), refined",
    "certificate": "run_id, record_id, question, answer, untouched, slots_read, rows, meeting",
    "ledger export": "path, namespace, fingerprint, entries, records, rows, bytes, digest, seal",
    "ledger import": "source, on_conflict, method, conflicts, entries, records, run, dry_run",
    "ledger merge": "source, on_conflict, method, conflicts, entries, records, run, dry_run",
    "ledger compact": "namespace, entries, checkpoints, bytes",
    "store copy": "source, target, rows (of each table), digests (sha256 of each table)",
    "why": "kind (record, run or answer), then the fields of RecordStory, of a run with its writes, or of AnswerStory",
    "init": "home, namespace, store (empty: in the home folder)",
    "status": "home, namespace, namespaces, tiers, superseded, paused, model, chat_model, embedder, last_run, audit_events, "
    "chain_head, writes, writes_reason, namespace_origin",
    "log": "events: each with seq, at, actor, namespace, kind, subject, payload, prev_hash, hash",
    "plot": "plot, file, bytes, namespace",
    "verify": "ok, checks: each with name, ok, detail, hint",
    "doctor": "ok, checks: each with name, ok, detail, hint",
    "config show": "settings: each with key, value, origin",
    "config set": "key, value, file",
    "config path": "project, user",
    "model show": "model, kind, can, cannot, writes, writes_reason, device, threads, network",
    "model adapt": "model, accepted, verdict, reasons, fingerprint, layer, rate, rate_of, figures, bar, background, documents, "
    "layers, rates, settings, seed, seconds, memos, made_at",
    "model pretrain": "folder, seed, steps, seconds, loss",
    "model evaluate": "rows: each with name, value, wanted, items",
}  # fmt: skip


def page() -> str:
    """The whole page."""
    parts = [
        INTRODUCTION,
        "## Global options\n",
        "They may also follow the verb.\n",
        _options(cli.global_options),
    ]
    for panel, verbs in cli.VERBS:
        parts.append(f"## {panel}\n")
        parts.extend(_section(name, verb) for name, verb in verbs)
    for group, _, commands in cli.GROUPS:
        parts.append(f"## memos {group}\n")
        parts.extend(_section(f"{group} {name}", verb) for name, verb in commands)
    parts.append("## In the chat\n")
    parts.append("| command | takes | what it does |\n|---|---|---|")
    parts.extend(
        f"| `{one.name}` | {_cell(one.takes)} | {_cell(one.help)} |" for one in chat.COMMANDS
    )
    return "\n".join(parts).rstrip() + "\n"


def _section(name: str, verb: Callable[..., None]) -> str:
    text, _, example = inspect.getdoc(verb).partition("Example: ")  # type: ignore[union-attr]
    arguments = [
        _metavar(one, info, kind)
        for one, info, kind, _ in _parameters(verb)
        if isinstance(info, ArgumentInfo)
    ]
    usage = " ".join([f"memos {name}", *arguments, "[OPTIONS]"])
    parts = [f"### {name}\n", f"`{usage}`\n", text.strip() + "\n"]
    if example:
        parts.append(f"    {example.strip()}\n")
    parts.append(_options(verb))
    if name in JSON_FIELDS:
        parts.append(f"`--json`: {JSON_FIELDS[name]}.\n")
    return "\n".join(parts)


def _options(verb: Callable[..., Any]) -> str:
    rows = []
    for name, info, kind, default in _parameters(verb):
        if isinstance(info, ArgumentInfo):
            shown = f"`{_metavar(name, info, kind)}`"
        else:
            # inside Annotated, Typer takes the first flag for the place of the default until the command is built
            flags = [one for one in (info.default, *(info.param_decls or ())) if str(one).startswith("-")]
            flags = flags or [f"--{name.replace('_', '-')}"]
            value = "" if kind is bool else f" {_metavar(name, info, kind)}"
            shown = ", ".join(f"`{flag}{value}`" for flag in flags)
        suffix = (
            f" Default: {_default(default)}." if default not in (None, False, inspect.Parameter.empty) else ""
        )
        rows.append(f"| {_cell(shown)} | {_cell((info.help or '') + suffix)} |")
    return "\n".join(["| | |", "|---|---|", *rows]) + "\n"


def _parameters(verb: Callable[..., Any]) -> Iterator[tuple[str, ArgumentInfo | OptionInfo, Any, Any]]:
    """(name, what Typer was told, type without None, default) of every parameter."""
    hints = get_type_hints(verb, include_extras=True)
    for name, parameter in inspect.signature(verb).parameters.items():
        annotation = hints[name]
        assert get_origin(annotation) is Annotated, f"{verb.__name__}({name}) is not annotated"
        kind, info = get_args(annotation)[:2]
        alternatives = [one for one in get_args(kind) if one is not type(None)]
        if get_origin(kind) is not Literal and get_origin(kind) is not list and alternatives:
            kind = alternatives[0]
        yield name, info, kind, parameter.default


def _metavar(name: str, info: ArgumentInfo | OptionInfo, kind: Any) -> str:
    if info.metavar:
        return info.metavar
    if get_origin(kind) is Literal:
        return "|".join(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(one.value for one in kind)
    if isinstance(info, ArgumentInfo):
        return name.upper()
    return {int: "N", Path: "PATH"}.get(kind, "TEXT")


def _default(value: Any) -> str:
    return str(value.value if isinstance(value, Enum) else value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> int:
    """Write the page, or check it; the exit status says whether it was up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail when the page is out of date"
    )
    wanted = page()
    if parser.parse_args().check:
        current = PAGE.read_text("utf-8") if PAGE.exists() else ""
        if current != wanted:
            print("docs/cli.md is out of date: make docs", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(wanted, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
