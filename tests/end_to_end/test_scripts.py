"""What a script relies on, in real processes: plain bytes, no question nobody can answer, no trace of a terminal."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.test_cli import MEMOS, environment

LONG = "My flight to Oslo leaves on Friday at nine, from the old terminal, " * 8 + "with Zoë from 東京."
Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One home with a record in it; `script("ls", LC_ALL="C")` runs a verb with nobody at the other end."""
    home = tmp_path_factory.mktemp("scripts") / "home"

    def run(*arguments: str, stdin: bytes | None = None, **more: str) -> subprocess.CompletedProcess[bytes]:
        settings = {"MEMOS_EMBEDDER__NAME": "hash", "TERM": "xterm-256color", "COLUMNS": "40", **more}
        given: dict[str, object] = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
        return subprocess.run(
            [*MEMOS, *arguments], capture_output=True, check=False, cwd=home.parent, env=environment(home, **settings), **given
        )  # type: ignore[call-overload, no-any-return]

    assert run("observe", "-", stdin=LONG.encode()).returncode == 0
    return run


@pytest.mark.parametrize("arguments", [("ls",), ("status",), ("show", "m:"), ("recall", "flight"), ("log",), ("nonsense",)])
def test_there_is_no_colour_where_there_is_no_terminal(script: Run, arguments: tuple[str, ...]) -> None:
    done = script(*arguments)
    assert b"\x1b" not in done.stdout + done.stderr and b"Traceback" not in done.stderr


def test_lines_for_scripts_are_whole_whatever_the_width(script: Run) -> None:
    (line,) = script("ls", "--plain").stdout.decode().splitlines()
    assert line.endswith(LONG) and line.count("\t") == 5


def test_text_is_utf8_under_any_locale(script: Run) -> None:
    done = script("ls", "--json", LC_ALL="C", LANG="C", PYTHONUTF8="0", PYTHONIOENCODING="")
    assert json.loads(done.stdout.decode("utf-8"))["records"][0]["text"] == LONG


def test_what_cannot_be_undone_is_not_done_unasked(script: Run) -> None:
    (record,) = json.loads(script("ls", "--json").stdout)["records"]
    for answer in (None, b"", b"y\n"):  # a pipe is nobody, whatever it says
        refused = script("forget", record["id"], stdin=answer)
        assert refused.returncode == 2 and b"--yes" in refused.stderr
    assert len(json.loads(script("ls", "--json").stdout)["records"]) == 1


def test_an_import_shows_no_bar_on_a_pipe(script: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("One.\n\nTwo.\n")
    done = script("import", str(tmp_path / "notes.txt"), "--json", MEMOS_NAMESPACE="imported")
    assert b"\r" not in done.stderr and b"\x1b" not in done.stderr
    assert json.loads(done.stdout)["observed"] == 2


def test_help_into_a_reader_that_goes_away_is_quiet(script: Run, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*MEMOS, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(tmp_path / "home")
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.wait()


def test_a_closed_stdout_is_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *MEMOS, "config", "path"], capture_output=True, check=False,
        env=environment(tmp_path / "home"), text=True,
    )
    assert "Traceback" not in done.stderr


def test_every_failure_as_json_is_one_object_with_a_code(script: Run) -> None:
    for arguments, code in ((("show", "m:ffff"), 3), (("runs", "--limit", "none"), 2), (("recall",), 2), (("revert", "9", "-y"), 3)):
        done = script(*arguments, "--json")
        data = json.loads(done.stdout)
        assert done.returncode == code and data["code"] and data["error"] and data["version"] == 1, arguments


def test_what_a_shell_function_needs_fits_in_a_pipe(script: Run) -> None:
    """ls into show, as a script would."""
    first = script("ls", "--plain").stdout.split(b"\t")[0].decode()
    assert LONG.encode() in script("show", first, "--json").stdout
