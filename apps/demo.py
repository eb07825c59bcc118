"""`make demo`: an agent that learns, answers from its weights, unlearns one fact exactly and erases another.

Real `memos` processes in a temporary home; each command is printed as you would type it, with its real output. Every
claim is checked on that output, and the demo fails (status 1) when one does not hold. Knows nothing but the command
line, and the ledger's table to look up what was trained on.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import memos
from memos.apps import render

UNKNOWN = "I do not know yet."

FIRST_TOLD = ("I live in Porto.", "My dog is called Biscuit.", "My sister is called Marta.")
LATER_TOLD = "My favourite colour is green."

ASKED_NEXT_DAY = (("Where do I live?", "Porto."), ("What is my dog called?", "Biscuit."))
IN_UNSEEN_WORDS = (
    ("which town do I wake up in?", "Porto."),
    ("whats my pups name", "Biscuit."),
    ("What do people call my sister?", "Marta."),
    ("what colour should you pick for my scarf?", "green."),
)
HOME, DOG, _, COLOUR = IN_UNSEEN_WORDS
NEVER_TOLD = "How old am I?"


class Stop(Exception):
    """The demo cannot go on; the failed claim has been said."""


class Demo:
    """Runs commands in one temporary home, shows them, and keeps count of the claims that held."""

    def __init__(self, home: Path, model: str | None = None) -> None:
        self.home = home
        self.failed: list[str] = []
        self.ids: dict[str, str] = {}
        self.held = 0
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("MEMOS_")},
            "MEMOS_HOME": str(home / "memory"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "PYTHONPATH": os.pathsep.join(
                filter(None, [str(Path(memos.__file__).parents[1]), os.environ.get("PYTHONPATH")])
            ),
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
        }
        if model is not None:
            self._environment["MEMOS_MODEL__NAME"] = model

    # --- running ---------------------------------------------------------------------------------------------------

    def chapter(self, title: str) -> None:
        render.lines(["", f"── {title} {'─' * max(0, 96 - len(title))}"])

    def memos(self, *arguments: str, typed: Sequence[str] = (), expect: int = 0) -> str:
        """Run `memos ARGUMENTS`, typing the given lines into it; show and return all it printed."""
        render.lines(["", f"$ memos {shlex.join(arguments)}"])
        done = self._run(arguments, typed, both=True)
        render.lines(done.stdout.splitlines())
        if done.returncode != expect:
            self.claim(f"`memos {arguments[0]}` ends with status {expect}, not {done.returncode}", False)
        return done.stdout

    def data(self, *arguments: str) -> Any:
        """The JSON of a reading verb, not shown."""
        return json.loads(self._run((*arguments, "--json"), ()).stdout)

    def _run(
        self, arguments: Sequence[str], typed: Sequence[str], *, both: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """With `both`, stderr comes in between the lines of stdout, as on a terminal."""
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "memos", *arguments],
            input="".join(f"{line}\n" for line in typed),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if both else subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=self._environment,
            cwd=self.home,
            check=False,
        )

    # --- checking --------------------------------------------------------------------------------------------------

    def claim(self, text: str, holds: bool) -> None:
        """Say whether a claim held, and remember it."""
        render.lines([f"  {'✓' if holds else '✗ NOT TRUE:'} {text}"])
        if holds:
            self.held += 1
        else:
            self.failed.append(text)

    def trained_prompts(self) -> str:
        """Every wording that any lesson trained on, as one text."""
        database = sqlite3.connect(f"file:{self.home / 'memory' / 'memos.db'}?mode=ro", uri=True)
        try:
            lessons = [
                json.loads(row[0])
                for row in database.execute("SELECT lesson FROM ledger_entries WHERE lesson IS NOT NULL")
            ]
        finally:
            database.close()
        return json.dumps([lesson["train"] for lesson in lessons]).casefold()


def reply_to(transcript: str, question: str) -> str:
    """The line a chat printed after a question."""
    lines = transcript.splitlines()
    asked = f"> {question}"
    return lines[lines.index(asked) + 1] if asked in lines[:-1] else ""


def tell(demo: Demo) -> None:
    demo.chapter("Monday. Ana tells her assistant about herself")
    demo.memos("chat", "--session", "monday", typed=(*FIRST_TOLD, LATER_TOLD))
    kept = demo.data("ls")["records"]
    demo.ids = {one["text"]: short(one["id"]) for one in kept}
    demo.claim(
        f"{len(FIRST_TOLD) + 1} things were told and kept, word for word",
        {one["text"] for one in kept} == {*FIRST_TOLD, LATER_TOLD},
    )


def ask_the_store(demo: Demo) -> None:
    demo.chapter("Tuesday. A new process answers from the token store; then the model learns what was told")
    learn_these = " ".join(demo.ids.get(text, "") for text in FIRST_TOLD)
    asked = [*(question for question, _ in ASKED_NEXT_DAY), NEVER_TOLD]
    said = demo.memos("chat", "--session", "tuesday", typed=[*asked, f"/consolidate {learn_these}"])
    for question, answer in ASKED_NEXT_DAY:
        demo.claim(f"{question} {answer}", reply_to(said, question) == answer)
    demo.claim("what was never told is not made up", reply_to(said, NEVER_TOLD) == UNKNOWN)


def learn(demo: Demo) -> str:
    """The second run; returns the digest of the rows before it. Raises Stop when the gate refused: the rest needs both."""
    demo.memos("consolidate", "--all")
    runs = {run["run"]: run for run in demo.data("runs")["runs"]}
    passed = len(runs) == 2 and all(run["status"] == "committed" for run in runs.values())
    demo.claim(
        "both runs passed the gate: unseen wordings answered, old knowledge kept, still honest", passed
    )
    if not passed:
        raise Stop
    return str(runs[1]["digest_after"])


def ask_the_weights(demo: Demo) -> None:
    demo.chapter("Wednesday. The token store is switched off; the model answers by itself")
    said = demo.memos(
        "chat", "--from", "parameters", typed=[*(question for question, _ in IN_UNSEEN_WORDS), NEVER_TOLD]
    )
    trained = demo.trained_prompts()
    for question, answer in IN_UNSEEN_WORDS:
        unseen = question.casefold() not in trained
        demo.claim(
            f"{question} {answer} (a wording it was not trained on)",
            reply_to(said, question) == answer and unseen,
        )
    demo.claim("and it still says so when it does not know", reply_to(said, NEVER_TOLD) == UNKNOWN)


def look(demo: Demo) -> None:
    demo.chapter("What was written, from which turn, into which slots")
    demo.memos("runs")
    told = demo.memos("why", "2")
    demo.claim("the second run holds the fact it was given, and names its slots", LATER_TOLD in told)
    demo.memos("log", "--limit", "4")


def take_back(demo: Demo, before: str) -> None:
    demo.chapter("Ana changes her mind: one fact is taken out of the weights again")
    said = demo.memos("chat", "--from", "parameters", typed=["/revert 2", COLOUR[0], HOME[0]])
    demo.claim(f"{COLOUR[0]} {UNKNOWN}", reply_to(said, COLOUR[0]) == UNKNOWN)
    demo.claim(f"{HOME[0]} {HOME[1]} (the rest stays)", reply_to(said, HOME[0]) == HOME[1])
    events = [one for one in demo.data("log")["events"] if one["kind"] == "revert"]
    now = events[0]["payload"].get("digest_after", "") if events else ""
    same = bool(before) and now == before
    demo.claim(f"the rows are those from before, bit for bit ({before[:12]}), and the log says so", same)


def erase(demo: Demo) -> None:
    demo.chapter("Ana wants her dog's name gone, everywhere")
    report = demo.memos("forget", demo.ids[FIRST_TOLD[1]], "--yes")
    demo.claim("no byte of it is left in the data folder", "no byte of the text left" in report)
    plainly = ASKED_NEXT_DAY[1][0]
    said = demo.memos("chat", "--from", "parameters", typed=[DOG[0], HOME[0], "/from auto", plainly])
    demo.claim(f"{DOG[0]} {UNKNOWN}", reply_to(said, DOG[0]) == UNKNOWN)
    demo.claim("the weights keep the rest", reply_to(said, HOME[0]) == HOME[1])
    demo.claim("with both tiers asked, it is still not known", reply_to(said, plainly) == UNKNOWN)


def verify(demo: Demo) -> None:
    demo.chapter("Every hash, derived again")
    demo.memos("verify")
    demo.memos("status")


def short(record_id: str) -> str:
    """An id as people type it."""
    return record_id[:8]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; the exit status says whether every claim held."""
    parser = argparse.ArgumentParser(
        prog="python -m memos.apps.demo", description="An agent that learns, from start to end."
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="use this folder as the home, and keep it")
    parser.add_argument("--model", metavar="NAME", help="another model than the shipped one")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    home = options.keep or Path(tempfile.mkdtemp(prefix="memos-demo-"))
    home.mkdir(parents=True, exist_ok=True)
    demo = Demo(home.resolve(), options.model)
    try:
        tell(demo)
        ask_the_store(demo)
        between = learn(demo)
        ask_the_weights(demo)
        look(demo)
        take_back(demo, between)
        erase(demo)
        verify(demo)
    except Stop:
        render.lines(["the rest of the demo needs what was just refused"])
    finally:
        if options.keep is None:
            shutil.rmtree(home, ignore_errors=True)
    seconds = time.monotonic() - started
    render.lines(["", f"{demo.held} claims held, {len(demo.failed)} did not, in {seconds:.0f} s"])
    return 1 if demo.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
