"""What a shell is offered: ids, runs and namespaces of the store that the line names, and nothing that was said."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from memos.apps import cli
from tests.apps.conftest import Cli

Completed = Callable[[str], list[str]]


@pytest.fixture
def completed(cli_run: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Completed:
    """`completed("memos show ")`: what bash is handed for the last word of the line."""

    def ask(line: str, shell: str = "bash") -> list[str]:
        words = shlex.split(line) + ([""] if line.endswith(" ") else [])
        monkeypatch.setenv("_MEMOS_COMPLETE", f"complete_{shell}")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
        monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
        capsys.readouterr()
        with pytest.raises(SystemExit):
            cli.main()
        monkeypatch.delenv("_MEMOS_COMPLETE")
        return capsys.readouterr().out.split()

    return ask


def test_record_ids_by_their_beginning(cli_run: Cli, completed: Completed) -> None:
    for text in ("I live in Lyon.", "My dog is called Rex."):
        cli_run("observe", text)
    ids = sorted(one["id"] for one in cli_run("ls", "--json").data["records"])
    offered = completed("memos show ")
    assert len(offered) == 2 and all(
        whole.startswith(f"m:{one}") for whole, one in zip(ids, offered, strict=True)
    )
    for one in offered:
        assert cli_run("show", one).code == 0
    first = offered[0]
    assert completed(f"memos forget {first[:5]}") == [first]
    assert completed(f"memos revert 1 --record {first[:5]}") == [first]
    assert completed(f"memos why {first[:5]}") == [first]
    assert completed(f"memos pause m:{first[:5]}") == [f"m:{first}"]
    assert completed(f"memos pause {ids[0][2:]}") == [ids[0][2:]]
    assert completed("memos show zz") == []


def test_the_store_is_the_one_that_the_line_names(cli_run: Cli, completed: Completed, tmp_path: Path) -> None:
    cli_run("observe", "I live in Lyon.", "-n", "ana")
    cli_run("observe", "I live in Oslo.", "-n", "ben")
    cli_run("observe", "I live in Nice.", "--home", str(tmp_path / "other"), "-n", "cleo")
    assert completed("memos -n ") == ["ana", "ben"] and completed("memos --namespace b") == ["ben"]
    assert completed(f"memos --home {tmp_path / 'other'} -n ") == ["cleo"]
    of_ana, of_ben = completed("memos -n ana show "), completed("memos show -n ben ")
    assert len(of_ana) == len(of_ben) == 1 and of_ana != of_ben
    assert completed("memos show ") == []


def test_nothing_that_was_said_reaches_a_shell(
    cli_run: Cli, completed: Callable[[str, str], list[str]]
) -> None:
    assert cli_run("observe", "I live in Lyon, $(touch gone) and `touch` are what I type.").code == 0
    assert "touch" in cli_run("ls").out
    for shell in ("zsh", "fish"):
        offered = " ".join(completed("memos show ", shell))
        assert "active" in offered, shell
        assert "Lyon" not in offered and "touch" not in offered


@pytest.mark.parametrize("line", ["memos show ", "memos -n ", "memos revert ", "memos diff "])
def test_where_nothing_can_be_read_nothing_is_offered_or_made(
    cli_run: Cli, completed: Completed, tmp_path: Path, line: str
) -> None:
    assert completed(line) == [] and not (tmp_path / "home").exists()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "memos.db").write_text("no database")
    assert completed(line) == []
