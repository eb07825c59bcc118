"""The plain chat: turns, the memory line, modes, slash commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from memos.apps.chat import COMMANDS
from tests.apps.conftest import CHAT_MODEL, Cli


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


@pytest.mark.parametrize("tier", ["store", "context", "auto"])
def test_off_injects_nothing_whatever_tier_is_asked(cli_run: Cli, tier: str) -> None:
    talk(cli_run, "I live in Lyon.", options=("--session", "s1"))
    _, err = talk(cli_run, f"/from {tier}", "/mode off", "Where do I live?", "/why", options=("--session", "s1"))
    assert "recalled" not in err and "from the" not in err


def test_read_only_recalls_and_stores_nothing(cli_run: Cli) -> None:
    talk(cli_run, "I live in Lyon.")
    _, err = talk(
        cli_run, "/mode read-only", "My dog is called Rex.", "Where do I live?", "/remember I own a boat."
    )
    assert "recalled" in err and "nothing is stored" in err
    assert texts(cli_run) == {"I live in Lyon."}


def test_every_command_is_listed_and_runs(cli_run: Cli) -> None:
    out, _ = talk(cli_run, "/help")
    assert all(command.name in out for command in COMMANDS)
    out, err = talk(
        cli_run, "/remember I live in Lyon.", "/memory", "/recall Lyon", "Where do I live?", "/why", "/context", "/runs",
        "/model", "/mode", "/from", "/sessions", "/new two", "/why", "/quit", "I am never read.",
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
        ("/memory abc", "/memory 20"),
        ("/memory 0", "/memory 20"),
        ("/undo", "/revert RUN"),
        ("/copy", "ask something first"),
        ("/resume nobody", "/sessions lists them"),
        ("/save", "say something first"),
        ("/help zzz", "/help lists them"),
        ("/consolidate all", "no record qualifies"),
        ("/why ffff", "error: "),
    ],
)
def test_a_wrong_command_explains_itself_and_the_chat_goes_on(cli_run: Cli, line: str, said: str) -> None:
    out, err = talk(cli_run, line, "I live in Lyon.", "/memory")
    assert said in err and "I live in Lyon." in out


def test_a_model_that_is_not_ours_to_write_says_so(cli_run: Cli) -> None:
    _, err = talk(cli_run, "I live in Lyon.", "/consolidate all")
    assert "store alone" in err


def test_a_model_that_fails_half_way_leaves_what_was_seen_and_the_chat(
    cli_run: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk(cli_run, "I live in Lyon.")
    monkeypatch.setenv("MEMOS_MODEL__CHAT", f"{CHAT_MODEL}&error_on_chunk_number=3")
    out, err = talk(cli_run, "Where do I live?", "/why", "/memory")
    assert "> Where do I live?\nLyo\n> /why\nLyo\n" in out and "it failed half-way" in out
    assert " · failed · /why\nerror: " in err and "hint: check the keys" in err
    assert "I live in Lyon." in out.partition("> /memory")[2]


def test_why_explains_the_turn_that_failed_and_no_other(
    cli_run: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMOS_MODEL__CHAT", "langchain_core.language_models:NoSuchModel")
    out, err = talk(cli_run, "Where do I live?", "/why")
    assert "it failed before anything was said" in out and err.count("cannot be loaded") == 1


def test_what_is_said_to_a_model_that_is_not_there_is_kept(
    cli_run: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMOS_MODEL__CHAT", "langchain_nowhere:ChatNowhere")
    _, err = talk(cli_run, "I live in Lyon.")
    assert "stored 1, dropped 0 · failed" in err and "pip install langchain-nowhere" in err
    assert texts(cli_run) == {"I live in Lyon."}


def test_a_turn_too_long_to_keep_is_refused_before_it_is_searched(cli_run: Cli) -> None:
    _, err = talk(cli_run, "a" * 1_000_000, "/memory")
    assert "1,000,000 characters" in err and "memos import" in err
    assert texts(cli_run) == set()


def test_pause_and_forget_from_the_chat(cli_run: Cli) -> None:
    talk(cli_run, "I live in Lyon.", "My dog is called Rex.")
    ids = {record["text"]: record["id"] for record in cli_run("ls", "--json").data["records"]}
    _, err = talk(cli_run, f"/forget {ids['My dog is called Rex.']}")
    assert "nobody is there to be asked" in err and "--yes" in err
    assert len(texts(cli_run)) == 2
    out, _ = talk(cli_run, f"/pause {ids['I live in Lyon.']}", f"/forget {ids['My dog is called Rex.']} --yes")
    assert "paused" in out and "no byte of the text left" in out
    assert texts(cli_run) == set()


def test_asking_one_tier_stores_nothing(cli_run: Cli) -> None:
    talk(cli_run, "I live in Lyon.")
    talk(cli_run, "My dog is called Rex.", "Where do I live?", options=("--from", "store"))
    assert texts(cli_run) == {"I live in Lyon."}


def test_a_conversation_is_gone_on_with_by_name_or_as_the_latest(cli_run: Cli) -> None:
    talk(cli_run, "I live in Lyon.", options=("--session", "monday"))
    talk(cli_run, "My dog is called Rex.", options=("--session", "tuesday"))
    out, _ = talk(cli_run, "/sessions", "/context", options=("--resume",))
    assert "tuesday" in out and "monday" in out and "My dog is called Rex." in out
    out, err = talk(cli_run, "/resume mon", "/context")
    assert "conversation monday: 1 turn" in err and "I live in Lyon." in out
    _, err = talk(cli_run, "/resume mondya")
    assert "did you mean monday?" in err
    done = cli_run("chat", "--resume", "--session", "monday")
    assert done.code == 2 and "exclude" in done.err


def test_resuming_where_nothing_was_said_explains_itself(cli_run: Cli) -> None:
    done = cli_run("chat", "--resume")
    assert done.code == 3 and "no other conversation" in done.err


def test_what_was_said_is_saved_once_and_only_for_its_owner(cli_run: Cli, tmp_path: Path) -> None:
    file = tmp_path / "said.md"
    _, err = talk(cli_run, "I live in Lyon.", "Where do I live?", f"/save {file}", f"/save {file}")
    said = file.read_text("utf-8")
    assert "> Where do I live?" in said and "Lyon." in said and "from the store" in said
    assert file.stat().st_mode & 0o077 == 0
    assert "saved 2 exchanges" in err and "cannot be written" in err


def test_undo_takes_back_what_was_kept_and_what_was_paused(cli_run: Cli) -> None:
    talk(cli_run, "I live in Lyon.")
    (id_,) = (record["id"] for record in cli_run("ls", "--json").data["records"])
    out, err = talk(cli_run, f"/pause {id_}", "/undo", "My dog is called Rex.", "/undo", "/undo")
    assert "resumed" in out and texts(cli_run) == {"I live in Lyon.", "My dog is called Rex."}
    assert err.count("nobody is there to be asked") == 2  # erasing is asked about, on a pipe refused


def test_after_forgetting_nothing_of_the_chat_quotes_it(cli_run: Cli) -> None:
    talk(cli_run, "My dog is called Rex.")
    (id_,) = (record["id"] for record in cli_run("ls", "--json").data["records"])
    out, err = talk(cli_run, "What is my dog called?", f"/forget {id_} --yes", "/why", "/copy", "/save")
    assert err.count("error: ") == 3 and "nothing was answered yet" in err
    assert "Rex" not in out.partition("erased 1 record")[2]
