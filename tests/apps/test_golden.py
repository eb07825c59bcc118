"""What every verb prints, in every form: two weeks of a memory, told three times over, as tables, as lines and as JSON.

Each verb has a file in `golden/`: its command lines with stdout, stderr and exit status. Ids count up and the clock stands
still; paths, digests and milliseconds are left out. `pytest tests/apps/test_golden.py --snapshot-update` writes the files
anew: read the difference before you commit it. JSON is also held against the schema of its verb.
"""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from memos import build, types
from memos.acceptance import AdaptationReport, Bar, Figures, Trial
from memos.apps import actions, cli, contract, schemas
from tests.apps.conftest import Cli, Done
from tests.apps.inspected import NOW, stand_still
from tests.unit.fakes import FakeModels

DOG, CITY, JOB, LEFT = "m:000002", "m:000004", "m:000006", "m:00000a"

STORY = f"""
    init
    status
    ls
    runs
    log
    why "What is my dog called?"
    recall dog
    observe "My dog is called Rex."
    observe "I live in Oslo."
    observe "I work as a nurse."
    observe "hello"
    observe "My flight to Oslo leaves on Friday at nine."
    observe "My dog is called Rex."
    recall "what is my dog called" -k 2
    recall flight --where 'actor = "nobody"'
    recall flight --where 'actor === "nobody"'
    ask "What is my dog called?"
    ask "What is my sister called?"
    ls
    ls --tier context
    ls --tier parametric
    show {DOG}
    show m:9999
    consolidate --all --dry-run
    consolidate {DOG} {CITY}
    consolidate --all
    consolidate --all
    runs
    ls --tier parametric
    ask "What is my dog called?" --from parameters
    why 1
    why {DOG}
    why "What is my dog called?"
    diff
    diff 1
    blame 5
    blame 63
    certificate 1 "What is my dog called?"
    ledger export rows.ledger
    ledger merge other
    ledger compact
    undo --dry-run
    undo --yes
    rollback 0 --dry-run
    revert 1 --dry-run
    revert 1 --yes
    rollback 0 --yes
    ledger import rows.ledger --yes
    edit {JOB} "I work as a teacher."
    pause {LEFT}
    resume {LEFT}
    approve {LEFT}
    audit
    export memory.zip
    import notes.txt
    import notes.txt --dry-run
    import nothing.txt
    forget {CITY} --dry-run
    forget {CITY}
    forget {CITY} --yes
    status
    log --limit 5
    verify
    doctor
    reindex
    store copy home copied.db
    store copy sqlite:///../home/memos.db sqlite:///copied.db
    plot growth --out growth.png
    config path
    config show
    config set recall.k 12 --project
    config set recall.k many
    config set recall.kk 12
    model show
    model adapt
    model evaluate
    model pretrain --out trained --steps 0
    schema observe
    schema obsrve
    help recall
    help ledger
    help nonsense
    recal dog
    recall dog --lmit 3
    recall
    runs --limit none
    runs 1
    ledger
    tui
    serve
    chat
"""
NOTES = "My cat is called Tom.\n\nI play the violin.\n"
SAID = "My sister is called Marta.\n/memory\n/nonsense\n/quit\n"
VERBS: dict[str, Callable[..., Any]] = {name: verb for _, verbs in cli.VERBS for name, verb in verbs} | {
    f"{group} {name}": verb for group, _, verbs in cli.GROUPS for name, verb in verbs
}
MEASURED = Figures(
    facts=50, failed=1, learned=0.98, held_out=0.5, kept=0.97, kept_asked=80, kept_sure=True, honest=0.95, honest_asked=290,
    honest_sure=False, leaked=0.02, leaked_asked=294,
)  # fmt: skip
LONG_WORK: dict[str, Any] = {
    "adapt": AdaptationReport(
        model="assistant", accepted=False, fingerprint="f" * 64, layer=2, rate=30.0, rate_of="rate", figures=MEASURED,
        bar=Bar(held_out=0.6, old=0.95, honest=0.9), reasons=("0.50 of held-out wordings were answered (at least 0.60)",),
        background="generated", documents=640, layers=(),
        rates=(Trial(layer=2, rate=30.0, figures=MEASURED, seconds=2.0, note=""), Trial(
            layer=2, rate=60.0, figures=None, seconds=1.0, note="the loss diverged")),
        settings={}, seed=0, seconds=61.0, memos="0.1.0", made_at=NOW,
    ),
    "pretrain": contract.Pretrained(folder="trained", seed=0, steps=20, seconds=3.0, loss=1.25),
    "evaluate": [contract.Figure(name="old facts", value=1.0, wanted=0.99, items=100),
                 contract.Figure(name="small talk", value=0.98, wanted=None, items=100)],
}  # fmt: skip
"""What takes minutes is done elsewhere (tests/end_to_end, tests/unit); here is how it is told."""
GOLDEN = Path(__file__).parent / "golden"
Transcript = Callable[[str], list[tuple[str, list[str], Done]]]
FORMS = ("", "--plain", "--json")


def verb_of(arguments: list[str]) -> str:
    """Of words that are no verb, "help"."""
    return next((name for words in (2, 1) if (name := " ".join(arguments[:words])) in VERBS), "help")


def told() -> Iterator[tuple[str, list[str]]]:
    for line in STORY.strip().splitlines():
        arguments = shlex.split(line)
        yield verb_of(arguments), arguments


class StandingStill(datetime):
    """A clock for whoever asks `types.utc_now`, defaults that were bound long ago among them."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return NOW


@pytest.fixture
def transcript(cli_run: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Transcript:
    """Tell the story in one form: (verb, arguments, how it ended) of every line."""

    def tell(form: str) -> list[tuple[str, list[str], Done]]:
        stand_still(monkeypatch)
        monkeypatch.setattr(types, "datetime", StandingStill)
        monkeypatch.setattr(build, "Models", FakeModels)
        for name, result in LONG_WORK.items():
            monkeypatch.setattr(actions, name, lambda *_given, _result=result, **_options: _result)
        monkeypatch.delenv("MEMOS_MODEL__CHAT", raising=False)
        (Path.cwd() / "notes.txt").write_text(NOTES)
        done = []
        for verb, arguments in told():
            flag = form.removeprefix("--")
            taken = inspect.signature(VERBS[verb]).parameters if verb in VERBS else {}
            given = [*arguments, form] if flag and flag in taken else arguments
            done.append((verb, given, cli_run(*given, stdin=SAID if verb == "chat" else "")))
        return done

    return tell


def steady(text: str, folder: Path) -> str:
    """Without what another machine or another day would print."""
    text = text.replace(str(folder), "/home/ana")
    text = re.sub(r"(?<![:0-9a-z])(?=[0-9a-f]*[0-9])[0-9a-f]{12,64}(?![0-9a-z])", "<digest>", text)
    text = re.sub(r'("(?:elapsed_ms|bytes|files_checked)": )[\d.]+', r"\1<number>", text)
    text = re.sub(r"\b[\d.,]+( (?:B|kB|MB|GB|bytes|ms|s)\b)", r"<number>\1", text)
    text = re.sub(r"-?\b\d+\.\d{5,}", lambda found: f"{float(found[0]):.3f}", text)
    return "\n".join(re.sub(r" {2,}", "  ", line).rstrip() for line in text.splitlines())


def shown(arguments: list[str], done: Done, folder: Path) -> str:
    parts = [f"$ memos {shlex.join(arguments)}", steady(done.out, folder)]
    parts += [f"! {line}" for line in steady(done.err, folder).splitlines()]
    if done.code:
        parts.append(f"= {done.code}")
    return "\n".join(part for part in parts if part)


def test_every_verb_is_told_of() -> None:
    assert {verb for verb, _ in told()} == set(VERBS)


@pytest.mark.parametrize("form", FORMS)
def test_what_the_verbs_print(form: str, transcript: Transcript, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    pages: dict[str, list[str]] = {}
    for verb, arguments, done in transcript(form):
        assert "Traceback" not in done.err
        if not form or form in arguments:
            pages.setdefault(verb, []).append(shown(arguments, done, tmp_path))
        if form == "--json" and form in arguments:
            conforms(verb, done)
    made = {f"{verb.replace(' ', '-')}{form.replace('--', '.')}.txt": "\n\n".join(page) + "\n" for verb, page in pages.items()}
    if request.config.getoption("update_snapshots"):
        GOLDEN.mkdir(exist_ok=True)
        for name, text in made.items():
            (GOLDEN / name).write_text(text, "utf-8")
    kept = {name: (GOLDEN / name).read_text("utf-8") for name in made if (GOLDEN / name).exists()}
    assert made == kept


def conforms(verb: str, done: Done) -> None:
    """Whether what was printed is one object of the verb's schema, or of a failure's."""
    failed = schemas.FAILURE if set(done.data) >= {"error", "hint", "code"} else verb
    jsonschema.Draft202012Validator(schemas.schema_of(failed), format_checker=jsonschema.FormatChecker()).validate(done.data)
