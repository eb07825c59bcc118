"""A chat over days, through a pseudo-terminal: real processes, the real screen, the shipped model.

Monday: told. Tuesday: another process knows it from the store, and learns it when it is left. Wednesday: known from the
parameters; one fact is forgotten. Thursday: gone, the rest still known. Each day is one `memos chat`, typed by a user.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

ROOT = Path(__file__).parents[2]
CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[()][A-Z0-9]|[=>])")
PATIENCE = 60
"""Seconds a word may take to appear on a busy machine."""


class Day:
    """One process of `memos chat` on a terminal of its own; its text is read as it is drawn."""

    def __init__(self, home: Path, *options: str, command: tuple[str, ...] = ("chat",)) -> None:
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("MEMOS_", "COVERAGE", "NO_COLOR"))
        }
        own = {
            "MEMOS_HOME": str(home), "XDG_CONFIG_HOME": str(home.parent / "config"), "PYTHONPATH": str(ROOT),
            "TERM": "xterm-256color", "HF_HUB_OFFLINE": "1",
        }  # fmt: skip
        self._seen = ""
        self.child = pexpect.spawn(
            sys.executable, ["-m", "memos", *command, *options], env={**kept, **own}, encoding="utf-8",
            timeout=PATIENCE, dimensions=(30, 110), codec_errors="replace",
        )  # fmt: skip

    def sees(self, text: str) -> None:
        """Wait until a text was drawn since the last time."""
        while text not in self._seen:
            self._read(repr(text))
        self._seen = self._seen.partition(text)[2]

    def says(self, text: str) -> None:
        self.child.send(text + "\r")

    def hears(self, said: str) -> str:
        """Say something, and wait until it is dealt with: what was drawn meanwhile."""
        self.says(said)
        # Frames are drawn from the transcript down to the status line, some of them again and again.
        over = re.compile(
            rf"█ {re.escape(said)}(?:(?!assistant (?:ready|works|loading)).)*assistant ready", re.DOTALL
        )
        while (found := list(over.finditer(self._seen))) == []:
            self._read(f"the end of {said!r}")
        drawn, self._seen = self._seen[: found[-1].end()], self._seen[found[-1].end() :]
        return drawn

    def _read(self, wanted: str) -> None:
        try:
            piece = self.child.read_nonblocking(8192, PATIENCE)
        except (pexpect.EOF, pexpect.TIMEOUT) as error:
            raise AssertionError(
                f"{wanted} was never drawn; the last of what was: {self._seen[-1500:]}"
            ) from error
        self._seen = CONTROL.sub("", (self._seen + piece)[-100_000:])

    def leaves(self, key: str = "\x04") -> None:
        self.child.send(key)

    def ends(self) -> str:
        """The rest of what was printed, once the process is over."""
        rest = self.child.read()
        self.child.close()
        assert self.child.exitstatus == 0, rest[-2000:]
        return CONTROL.sub("", self._seen + rest)


def records(home: Path) -> str:
    return subprocess.run(
        [sys.executable, "-m", "memos", "--home", str(home), "ls", "--plain"],
        capture_output=True, text=True, check=True, cwd=home.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(home.parent / "config")},
    ).stdout  # fmt: skip


@pytest.mark.slow
def test_a_chat_over_days(tmp_path: Path) -> None:
    home = tmp_path / "home"

    monday = Day(home, "--session", "monday")
    monday.sees("a new conversation: monday")
    assert "stored 1, dropped 1" in monday.hears(
        "I live in Porto."
    )  # sent before the model is loaded: it waits
    monday.hears("My dog is called Biscuit.")
    monday.leaves()
    assert "memos chat --session monday goes on with this" in monday.ends()

    tuesday = Day(home, "--session", "tuesday", "--full-screen")
    tuesday.sees("ready")
    assert "● from the store" in tuesday.hears("Where do I live?")
    answer = tuesday.hears("What is my dog called?")
    assert "Biscuit." in answer and "● from the store" in answer
    tuesday.child.setwinsize(24, 80)
    tuesday.leaves()
    tuesday.sees("[y/N]")
    tuesday.child.send("y")
    assert "goes on with this" not in tuesday.ends()  # questions pass by: nothing of tuesday was kept

    wednesday = Day(home, "--resume")
    wednesday.sees("conversation monday: 2 turns")
    wednesday.sees("ready")
    answer = wednesday.hears("whats my pups name")
    assert "Biscuit." in answer and "◆ from parameters: run 1" in answer
    assert "whose slots were read" in wednesday.hears("/why")
    dog = next(line.split("\t")[0] for line in records(home).splitlines() if "Biscuit" in line)
    wednesday.says(f"/forget {dog}")
    wednesday.sees("for good? [y/N]")
    wednesday.child.send("y")
    wednesday.sees("no byte of the text left")
    wednesday.sees("ready")
    wednesday.leaves("\x03")
    wednesday.sees("Ctrl+D or /quit leaves")
    wednesday.leaves()
    wednesday.ends()

    thursday = Day(home)
    thursday.sees("ready")
    assert "○ not known" in thursday.hears("What is my dog called?")
    thursday.hears("/from parameters")
    answer = thursday.hears("which town do I wake up in?")
    assert "Porto." in answer and "◆ from parameters: run 1" in answer
    thursday.says("/quit")
    assert "Biscuit" not in thursday.ends()
    assert "Porto" in records(home) and "Biscuit" not in records(home)


def test_the_screen_gives_the_terminal_back_as_it_was(tmp_path: Path) -> None:
    day = Day(tmp_path / "home")
    day.sees("a new conversation")
    day.leaves("\x11")  # Ctrl+Q, while the model is still being loaded
    rest = day.child.read()
    day.child.close()
    assert day.child.exitstatus == 0
    assert "\x1b[?25h" in rest and "\x1b[?2004l" in rest  # the cursor is back, paste is plain again
