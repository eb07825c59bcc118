"""Real processes with the real embedder and the shipped model: what a script or a person at a terminal meets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

ROOT = Path(__file__).parents[2]
MEMOS = [sys.executable, "-m", "memos"]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MEMOS_", "COVERAGE"))}
    own = {"MEMOS_HOME": str(home), "XDG_CONFIG_HOME": str(home.parent / "config"), "PYTHONPATH": str(ROOT)}
    return {**kept, **own, "HF_HUB_OFFLINE": "1", **more}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A home in which two facts were told, shared by the tests that only read it."""
    home = tmp_path_factory.mktemp("told") / "home"

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*MEMOS, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env=environment(home),
            cwd=home.parent,
            check=False,
        )

    said = run("chat", "--session", "monday", stdin="I live in Lyon.\nMy dog is called Biscuit.\n")
    assert said.returncode == 0, said.stderr
    yield run


def test_the_next_process_answers_from_the_store(told: Run) -> None:
    done = told("ask", "Where do I live?", "--json")
    data = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert data["answer"] == "Lyon." and data["tier"] == "token" and len(data["cited"]) == 1


def test_the_real_embedder_finds_what_shares_no_word(told: Run) -> None:
    data = json.loads(told("recall", "pet name", "-k", "1", "--json").stdout)
    assert data["hits"][0]["text"] == "My dog is called Biscuit." and data["hits"][0]["parts"]


def test_stdout_is_data_and_stderr_narration(told: Run) -> None:
    done = told("ask", "Where do I live?")
    assert done.stdout == "Lyon.\n"
    assert done.stderr.splitlines()[-1].startswith("memory: ")


def test_a_reader_that_goes_away_is_no_error(told: Run, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*MEMOS, "config", "show", "--plain"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path / "home"),
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 0


def test_a_missing_model_is_said_with_a_hint(told: Run) -> None:
    done = told("--model", "./nowhere", "ask", "Where do I live?", "--from", "parameters")
    assert done.returncode == 1, done.stdout
    assert "error: " in done.stderr and "hint: " in done.stderr and "Traceback" not in done.stderr


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    files = []
    for name in ("a", "b"):
        path = tmp_path / f"{name}.txt"
        path.write_text(
            "\n\n".join(f"Note {name}{n} is about subject {name}{n * 7}." for n in range(100)), "utf-8"
        )
        files.append(path)
    running = [
        subprocess.Popen(
            [*MEMOS, "import", str(path), "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(home, MEMOS_EMBEDDER__NAME="hash"),
        )
        for path in files
    ]
    ends = [process.communicate() for process in running]
    assert [process.returncode for process in running] == [0, 0], ends
    counted = subprocess.run(
        [*MEMOS, "ls", "--limit", "500", "--json"],
        capture_output=True,
        text=True,
        env=environment(home, MEMOS_EMBEDDER__NAME="hash"),
        check=True,
    )
    handled = [json.loads(out)["by_action"] for out, _ in ends]
    assert sum(actions.get("ADD", 0) for actions in handled) == len(json.loads(counted.stdout)["records"])
    verified = subprocess.run([*MEMOS, "verify"], capture_output=True, env=environment(home), check=False)
    assert verified.returncode == 0


def test_ctrl_c_in_an_import_keeps_whole_batches(tmp_path: Path) -> None:
    home = tmp_path / "home"
    source = tmp_path / "long.txt"
    source.write_text(
        "\n\n".join(f"Entry {n} says something about topic {n * 13}." for n in range(20_000)), "utf-8"
    )
    process = subprocess.Popen(
        [*MEMOS, "import", str(source), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home, MEMOS_EMBEDDER__NAME="hash"),
    )
    stopper = threading.Thread(target=_interrupt_once_something_is_stored, args=(process, home / "memos.db"))
    stopper.start()
    out, err = process.communicate()
    stopper.join()
    assert process.returncode == 130, err
    assert "stopping after this batch" in err and "Traceback" not in err
    stored = json.loads(out)["observed"]
    assert 0 < stored < 20_000
    status = subprocess.run(
        [*MEMOS, "status", "--json"], capture_output=True, text=True, env=environment(home), check=True
    )
    assert json.loads(status.stdout)["audit_events"] == stored


def _interrupt_once_something_is_stored(process: subprocess.Popen[str], database: Path) -> None:
    import sqlite3

    while process.poll() is None:
        if database.exists():
            try:
                connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
                count = connection.execute("SELECT COUNT(*) FROM records").fetchone()[0]
                connection.close()
            except sqlite3.Error:
                count = 0
            if count:
                process.send_signal(signal.SIGINT)
                return


def test_a_chat_on_a_terminal(tmp_path: Path) -> None:
    """Through a pseudo-terminal: prompt, answer, memory line, an interrupted line, a confirmation, the end."""
    spawned = {"env": {**environment(tmp_path / "home"), "TERM": "dumb"}, "encoding": "utf-8", "timeout": 120}
    child = pexpect.spawn(MEMOS[0], [*MEMOS[1:], "chat"], **spawned)
    child.expect("> ")
    child.sendline("I live in Lyon.")
    child.expect("memory: stored 1")
    child.expect("> ")
    child.sendline("Where do I live?")
    child.expect("Lyon\\.\r\n")
    child.expect(r"1 recalled, 1 injected, 1 cited \[m:")
    child.expect("> ")
    child.send("half a thought")
    child.expect("half a thought")
    for _ in range(
        10
    ):  # a signal between two reads of the line editor waits for the next key: press again, as people do
        child.sendintr()
        if child.expect(["Ctrl-D or /quit leaves", pexpect.TIMEOUT], timeout=5) == 0:
            break
    else:
        pytest.fail("Ctrl-C at the prompt was not heard")
    child.expect("> ")
    child.sendeof()
    child.expect(r"Learn 1 record now\? \[y/N\] ")
    child.sendline("no")
    child.expect("left in the store")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0

    listing = subprocess.run(
        [*MEMOS, "ls", "--json"],
        capture_output=True,
        text=True,
        env=environment(tmp_path / "home"),
        check=True,
    )
    (record,) = json.loads(listing.stdout)["records"]
    child = pexpect.spawn(MEMOS[0], [*MEMOS[1:], "forget", record["id"]], **spawned)
    child.expect("for good\\? \\[y/N\\] ")
    child.sendline("no")
    child.expect("nothing was changed")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_demo_proves_its_claims(tmp_path: Path) -> None:
    """Told, answered from the store, learned, answered from the weights, reverted bit for bit, forgotten with proof."""
    done = subprocess.run(
        [sys.executable, "-m", "memos.apps.demo"],
        capture_output=True,
        text=True,
        env=environment(tmp_path / "unused"),
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "NOT TRUE" not in done.stdout and " 0 did not" in done.stdout
