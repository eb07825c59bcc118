"""The plain chat: turns, the memory line, modes, slash commands."""

from __future__ import annotations

import pytest

from memos.apps.chat import COMMANDS
from tests.apps.conftest import Cli


def talk(run: Cli, *lines: str, options: tuple[str, ...] = ()) -> tuple[str, str]:
    done = run("chat", *options, stdin="".join(f"{line}\n" for line in lines))
    assert done.code == 0, done.err
    return done.out, done.err


def texts(run: Cli) -> set[str]:
    return {record["text"] for record in run("ls", "--json").data["records"]}


def test_what_is_said_is_kept_and_known_in_the_next_session(cli_run: Cli) -> None:
    talk(cli_run, "I live in Lyon.")
    assert texts(cli_run) == {"I live in Lyon."}
    out, err = talk(cli_run, "Where do I live?")
    assert out == "> Where do I live?\nLyon.\n"
    assert "1 recalled, 1 injected" in err and "stored 0" in err and "/why" in err
    assert texts(cli_run) == {"I live in Lyon."}


def test_off_stores_nothing_and_injects_nothing(cli_run: Cli) -> None:
    talk(cli_run, "I live in Lyon.")
    _, err = talk(cli_run, "My dog is called Rex.", "Where do I live?", options=("--mode", "off"))
    assert "recalled" not in err
    assert texts(cli_run) == {"I live in Lyon."}


def test_read_only_recalls_and_stores_nothing(cli_run: Cli) -> None:
    talk(cli_run, "I live in Lyon.")
    _, err = talk(
        cli_run, "/mode read-only", "My dog is called Rex.", "Where do I live?", "/remember I own a boat."
    )
    assert "recalled" in err and "nothing is stored" in err
    assert texts(cli_run) == {"I live in Lyon."}


def test_every_command_is_listed_and_runs(cli_run: Cli) -> None:
    out, _ = talk(cli_run, "/help")
    assert all(name in out for name in COMMANDS)
    out, err = talk(
        cli_run, "/remember I live in Lyon.", "/memory", "/recall Lyon", "Where do I live?", "/why", "/context", "/runs",
        "/model", "/mode", "/from", "/new two", "/why", "/quit", "I am never read.",
    )  # fmt: skip
    assert "ADD m:" in out and "injected" in out and "I am never read" not in out
    assert "a new conversation: two" in err and "nothing was answered yet" in err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/memroy", "did you mean /memory?"),
        ("/zzz", "/help lists them"),
        ("/recall", "/recall QUERY"),
        ("/forget ffffffffffff", "error: "),
        ("/mode loud", "/mode on|read-only|off"),
        ("/from nowhere", "auto|store|parameters|context"),
        ("/revert x", "/runs"),
        ("/consolidate all", "store alone"),
        ("/why ffff", "error: "),
    ],
)
def test_a_wrong_command_explains_itself_and_the_chat_goes_on(cli_run: Cli, line: str, said: str) -> None:
    out, err = talk(cli_run, "I live in Lyon.", line, "/memory")
    assert said in err and "I live in Lyon." in out


def test_pause_and_forget_from_the_chat(cli_run: Cli) -> None:
    talk(cli_run, "I live in Lyon.", "My dog is called Rex.")
    ids = {record["text"]: record["id"] for record in cli_run("ls", "--json").data["records"]}
    out, _ = talk(cli_run, f"/pause {ids['I live in Lyon.']}", f"/forget {ids['My dog is called Rex.']}")
    assert "paused" in out and "no byte of the text left" in out
    assert texts(cli_run) == set()


def test_asking_one_tier_stores_nothing(cli_run: Cli) -> None:
    talk(cli_run, "I live in Lyon.")
    talk(cli_run, "My dog is called Rex.", "Where do I live?", options=("--from", "store"))
    assert texts(cli_run) == {"I live in Lyon."}
