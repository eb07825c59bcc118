"""What each verb prints and returns: tables, plain lines, JSON, errors with hints, exit statuses."""

from __future__ import annotations

import json
import os
import sqlite3
import zipfile
from pathlib import Path

import pytest

from memos.apps import cli, progress, render
from tests.apps.conftest import Cli

FACTS = ("I live in Lyon.", "My dog is called Biscuit.", "I am allergic to walnuts.")


def told(run: Cli, *texts: str) -> list[str]:
    """Ids of the records that now hold the texts."""
    return [run("observe", text, "--json").data["id"] for text in texts or FACTS]


# --- observe, recall, ask --------------------------------------------------------------------------------------------


def test_observe_says_what_was_kept_and_why(cli_run: Cli) -> None:
    kept = cli_run("observe", "I live in Lyon.")
    assert kept.code == 0 and kept.out.startswith("ADD m:") and kept.err == ""
    dropped = cli_run("observe", "hello", "--json").data
    assert (dropped["action"], dropped["id"]) == ("DROP", None) and dropped["reason"]
    repeated = cli_run("observe", "I  live in lyon", "--json").data
    assert repeated["action"] == "NOOP"


def test_observe_keeps_origin_session_speaker_and_time(cli_run: Cli) -> None:
    said = (
        "observe",
        "I live in Nice.",
        "--origin",
        "tool",
        "--session",
        "s1",
        "--actor",
        "Ben",
        "--at",
        "2024-05-01T12:00+02:00",
    )
    assert cli_run(*said).code == 0
    record = cli_run("ls", "--json").data["records"][0]
    assert record["origin"] == "tool" and record["approved"] is False
    assert record["source"] == {"session": "s1", "turn": 1, "actor": "Ben"}
    assert record["occurred_at"] == "2024-05-01T10:00:00Z"


def test_a_dash_reads_standard_input(cli_run: Cli) -> None:
    assert cli_run("observe", "-", stdin="I live in Turin.\n").code == 0
    assert cli_run("recall", "-", "--json", stdin="Turin").data["hits"][0]["text"] == "I live in Turin."


def test_recall_in_three_forms(cli_run: Cli) -> None:
    told(cli_run)
    data = cli_run("recall", "allergic", "-k", "2", "--json").data
    assert data["version"] == 1 and data["query"] == "allergic" and len(data["hits"]) <= 2
    first = data["hits"][0]
    assert (
        first["text"] == "I am allergic to walnuts."
        and first["score"] > 0
        and first["parts"]
        and first["tier"] == "token"
    )
    plain = cli_run("recall", "allergic", "--plain").out.splitlines()
    assert plain[0].split("\t")[-1] == "I am allergic to walnuts."
    table = cli_run("recall", "allergic", "--explain").out
    assert "lexical" in table and "walnuts" in table


def test_nothing_found_teaches_the_next_step_on_stderr(cli_run: Cli) -> None:
    done = cli_run("recall", "anything")
    assert (done.code, done.out) == (0, "") and "memos" in done.err
    assert cli_run("recall", "anything", "--json").data["hits"] == []


def test_ask_answers_and_says_from_where(cli_run: Cli) -> None:
    told(cli_run)
    done = cli_run("ask", "Where do I live?")
    assert done.out == "Lyon.\n" and done.err.startswith("memory: ")
    data = cli_run("ask", "Where do I live?", "--json").data
    assert (
        data["answer"] == "Lyon." and data["known"] is True and data["tier"] == "token" and data["runs"] == []
    )
    assert set(data["injected"]) <= set(data["recalled"])


# --- records ---------------------------------------------------------------------------------------------------------


def test_ls_show_and_the_states(cli_run: Cli) -> None:
    ids = told(cli_run)
    assert len(cli_run("ls", "--plain").out.splitlines()) == 3
    assert len(cli_run("ls", "--limit", "1", "--offset", "1", "--json").data["records"]) == 1
    assert cli_run("pause", ids[0]).out.startswith("paused ")
    assert len(cli_run("ls", "--json").data["records"]) == 2
    assert len(cli_run("ls", "--all", "--json").data["records"]) == 3
    assert (
        cli_run("recall", "Lyon", "--json").data["hits"] == [] or "Lyon" not in cli_run("recall", "Lyon").out
    )
    assert cli_run("resume", ids[0]).code == 0
    shown = cli_run("show", ids[0].removeprefix("m:")[:8])
    assert "I live in Lyon." in shown.out and "decisions" in shown.out and "history" in shown.out
    story = cli_run("show", ids[0], "--json").data
    assert (story["kind"] == "record" and {one["action"] for one in story["history"]} >= {"pause"}) or story[
        "history"
    ]


def test_ls_of_each_tier(cli_run: Cli) -> None:
    cli_run("observe", "I live in Lyon.", "--session", "s")
    assert cli_run("ls", "--tier", "parametric", "--json").data == {
        "version": 1,
        "tier": "parametric",
        "records": [],
    }
    window = cli_run("ls", "--tier", "context", "--json").data
    assert [turn["text"] for turn in window["turns"]] == ["I live in Lyon."] and window["blocks"] == {}


def test_edit_keeps_the_old_text_in_its_history(cli_run: Cli) -> None:
    (one,) = told(cli_run, "I live in Lyon.")
    assert "I live in Nice." in cli_run("edit", one, "I live in Nice.").out
    assert [step["text"] for step in cli_run("show", one, "--json").data["history"]].count(
        "I live in Lyon."
    ) >= 1


def test_approve_vouches_for_what_others_brought(cli_run: Cli) -> None:
    cli_run("observe", "I live in Lyon.", "--origin", "import")
    one = cli_run("ls", "--json").data["records"][0]["id"]
    assert cli_run("approve", one, "--json").data["records"][0]["approved"] is True


def test_forget_shows_its_plan_and_proves_what_it_did(cli_run: Cli, tmp_path: Path) -> None:
    ids = told(cli_run)
    planned = cli_run("forget", ids[1], "--dry-run", "--json").data
    assert planned["dry_run"] is True and planned["proven"] is False
    assert len(cli_run("ls", "--json").data["records"]) == 3
    done = cli_run("forget", ids[1], "--yes", "--json")
    assert done.code == 0 and done.data["proven"] is True and done.data["residue"] == []
    assert b"Biscuit" not in b"".join(
        path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file()
    )
    assert cli_run("show", ids[1]).code == 3


# --- learning, without a model to write into -------------------------------------------------------------------------


def test_consolidate_shows_its_plan(cli_run: Cli) -> None:
    told(cli_run, "I live in Lyon.")
    data = cli_run("consolidate", "--dry-run", "--all", "--json").data
    assert data["status"] == "planned" and data["run"] is None and len(data["records"]) == 1
    left = cli_run("consolidate", "--dry-run")
    assert left.code == 0 and "leave" in left.out


def test_a_chat_model_says_at_once_that_it_cannot_learn(cli_run: Cli) -> None:
    told(cli_run, "I live in Lyon.")
    done = cli_run("consolidate", "--all")
    assert done.code == 2 and "store alone" in done.err and "hint: " in done.err
    noted = cli_run("ask", "Where do I live?", "--chat-model", os.environ["MEMOS_MODEL__CHAT"])
    assert "answers from the store alone" in noted.err


@pytest.mark.parametrize(
    "verb",
    [("status",), ("status", "--json"), ("model", "show"), ("config", "show", "--json"), ("consolidate", "--all"),
     ("ask", "Where do I live?"), ("doctor",), ("config", "set", "model.chat", "x:Y?api_key=SECRET"), ("ls",)],
    ids=" ".join,
)  # fmt: skip
def test_the_key_of_a_chat_model_is_never_printed(cli_run: Cli, verb: tuple[str, ...]) -> None:
    told(cli_run, "I live in Lyon.")
    done = cli_run(*verb, "--chat-model", f"{os.environ['MEMOS_MODEL__CHAT']}&api_key=SECRET")
    assert "SECRET" not in done.out + done.err


def test_runs_is_empty_at_first(cli_run: Cli) -> None:
    assert cli_run("runs", "--json").data == {"version": 1, "runs": []}
    assert "consolidate" in cli_run("runs").err


# --- the house -------------------------------------------------------------------------------------------------------


def test_init_status_log_verify_doctor(cli_run: Cli, tmp_path: Path) -> None:
    made = cli_run("init", "--json")
    assert made.data["home"] == str(tmp_path / "home") and made.code == 0
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0
    assert cli_run("init").code == 0
    told(cli_run)
    status = cli_run("status", "--json").data
    assert status["namespace"] == "default" and "default" in status["namespace_origin"]
    assert [tier["tier"] for tier in status["tiers"]] == ["context", "token", "parametric"]
    assert "the command line's default" in cli_run("status").out
    events = cli_run("log", "-l", "2", "--json").data["events"]
    assert [event["seq"] for event in events] == [3, 2] and events[0]["prev_hash"] == events[1]["hash"]
    assert cli_run("verify", "--json").data["ok"] is True
    assert cli_run("doctor", "--rebuild", "--json").data["ok"] is True


def test_a_changed_event_breaks_the_chain_with_status_5(cli_run: Cli, tmp_path: Path) -> None:
    told(cli_run)
    database = sqlite3.connect(tmp_path / "home" / "memos.db")
    for (name,) in database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events'"
    ).fetchall():
        database.execute(f"DROP TRIGGER {name}")
    database.execute("UPDATE audit_events SET subject = 'x:forged' WHERE seq = 2")
    database.commit()
    database.close()
    done = cli_run("verify", "--json")
    assert done.code == 5 and done.data["ok"] is False


def test_config_show_set_and_path(cli_run: Cli) -> None:
    rows = {row["key"]: row for row in cli_run("config", "show", "--json").data["settings"]}
    assert rows["recall.k"]["origin"] == "default" and rows["embedder.name"] == {
        "key": "embedder.name",
        "value": "hash",
        "origin": "environment",
    }
    assert cli_run("config", "set", "recall.k", "3", "--project").code == 0
    assert Path("memos.toml").read_text("utf-8") == "[recall]\nk = 3\n"
    rows = {row["key"]: row for row in cli_run("config", "show", "--json").data["settings"]}
    assert rows["recall.k"]["value"] == "3" and rows["recall.k"]["origin"].startswith("project file")
    assert cli_run("config", "set", "recall.k", "many").code == 2
    assert cli_run("config", "path", "--json").data["project"].endswith("memos.toml")


def test_model_show_says_what_a_choice_can_and_cannot(cli_run: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli_run("model", "show", "--json").data["kind"] == "langchain chat model"
    monkeypatch.delenv("MEMOS_MODEL__CHAT")
    assert cli_run("model", "show", "--json").data["kind"] == "shipped"
    assert cli_run("--model", "some/llama", "model", "show", "--json").data["kind"] == "hub id"
    assert "memory layer" in cli_run("--model", ".", "model", "show").out


# --- global options --------------------------------------------------------------------------------------------------


def test_namespaces_keep_people_apart(cli_run: Cli) -> None:
    cli_run("-n", "ana", "observe", "I live in Lyon.")
    cli_run("observe", "I live in Oslo.", "--namespace", "ben")
    assert "Lyon" in cli_run("ls", "-n", "ana").out and "Oslo" not in cli_run("ls", "-n", "ana").out
    one = cli_run("ls", "-n", "ana", "--json").data["records"][0]["id"]
    assert cli_run("show", one, "-n", "ben").code == 3
    unknown = cli_run("ls", "-n", "eve")
    assert unknown.code == 3 and "ana, ben" in unknown.err


def test_global_options_may_follow_the_verb_but_not_a_double_dash() -> None:
    assert cli.globals_first(["ls", "-n", "a", "--home=/x", "--json"]) == [
        "-n",
        "a",
        "--home=/x",
        "ls",
        "--json",
    ]
    assert cli.globals_first(["observe", "--", "--home", "x"]) == ["observe", "--", "--home", "x"]
    assert cli.globals_first(["ls", "--home"]) == ["ls", "--home"]


# --- import and export -----------------------------------------------------------------------------------------------


def test_import_a_file_and_again(cli_run: Cli) -> None:
    Path("notes.md").write_text("# Me\n- I live in Lyon.\n- My dog is called Biscuit.\n", "utf-8")
    first = cli_run("import", "notes.md", "--json").data
    assert first["observed"] == 2 and first["by_action"] == {"ADD": 2} and first["stopped"] is False
    assert cli_run("import", "notes.md", "--json").data["by_action"] == {"NOOP": 2}
    records = cli_run("ls", "--json").data["records"]
    assert {record["origin"] for record in records} == {"import"} and records[0]["metadata"][
        "heading"
    ] == "Me"
    assert cli_run("consolidate", "--dry-run", "--all", "--json").data["chosen"] == []


def test_a_dry_run_tells_what_would_come_in_and_stores_nothing(cli_run: Cli) -> None:
    Path("notes").mkdir()
    Path("notes/a.md").write_text("---\ndate: 2024-05-01\n---\nAna lives in Lyon.\n\nBen lives in Nice.\n", "utf-8")
    found = cli_run("import", "notes", "--dry-run", "--json").data
    assert found["format"] == "markdown" and found["experiences"] == 2 and found["by_origin"] == {"import": 2}
    assert found["earliest"].startswith("2024-05-01") and found["latest"].startswith("2024-05-01")
    assert not [*Path(os.environ["MEMOS_HOME"]).rglob("*.db")]
    said = cli_run("import", "notes", "--dry-run")
    assert "2 experiences in notes (markdown): 2 of import" in said.out and "nothing was stored" in said.out
    assert cli_run("import", "notes", "--json").data["by_action"] == {"ADD": 2}


def test_import_from_a_pipe_and_vouched_for(cli_run: Cli) -> None:
    piped = cli_run(
        "import",
        "-",
        "--origin",
        "user",
        "--format",
        "text",
        "--json",
        stdin="I live in Lyon.\n\nMy dog is called Rex.\n",
    )
    assert piped.data["observed"] == 2 and piped.data["source"] == "standard input"
    assert len(cli_run("consolidate", "--dry-run", "--all", "--json").data["chosen"]) == 2


def test_an_archive_may_come_through_a_pipe(cli_run: Cli) -> None:
    told(cli_run)
    cli_run("export", "memory.zip")
    back = cli_run("-n", "copy", "import", "-", "--json", stdin=Path("memory.zip").read_bytes())
    assert back.data["observed"] == 3 and back.data["by_action"] == {"ADD": 3}


def test_a_bad_line_stores_nothing(cli_run: Cli) -> None:
    Path("chat.jsonl").write_text('{"role": "user", "content": "I live in Lyon."}\n{"role": oops}\n', "utf-8")
    done = cli_run("import", "chat.jsonl")
    assert done.code == 2 and "line 2" in done.err and "Traceback" not in done.err
    assert cli_run("ls", "--json").data["records"] == []


def test_a_stop_keeps_what_was_stored(cli_run: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("notes.txt").write_text("\n\n".join(f"I own bicycle number {n}." for n in range(200)), "utf-8")
    real_bar = progress.bar

    def stops_after_the_first_batch(description: str, **kwargs: object) -> object:
        return real_bar(description)

    def requested_soon(self: progress.StopRequest) -> bool:
        seen["asked"] += 1
        return seen["asked"] > 64

    seen = {"asked": 0}
    monkeypatch.setattr(progress, "bar", stops_after_the_first_batch)
    monkeypatch.setattr(
        progress.StopRequest, "requested", property(requested_soon, lambda self, value: None), raising=False
    )
    done = cli_run("import", "notes.txt", "--json")
    assert done.code == 130 and done.data["stopped"] is True and 0 < done.data["observed"] < 200
    assert "importing again" in done.err
    assert len(cli_run("ls", "--limit", "500", "--json").data["records"]) == done.data["observed"]


def test_an_archive_goes_out_and_in(cli_run: Cli) -> None:
    ids = told(cli_run)
    cli_run("observe", "I moved to Nice.")
    cli_run("pause", ids[2])
    written = cli_run("export", "memory.zip", "--json").data
    assert written["members"]["records.jsonl"] == 4 and written["members"]["events.jsonl"] >= 5
    assert cli_run("export", "memory.zip").code == 2
    assert cli_run("export", "memory.zip", "--force").code == 0
    back = cli_run("-n", "copy", "import", "memory.zip", "--json").data
    assert back["observed"] == 4

    def states(*which: str) -> dict[str, str]:
        return {one["text"]: one["state"] for one in cli_run(*which, "ls", "--all", "--json").data["records"]}

    assert states("-n", "copy").keys() == states().keys()
    assert {text for text, state in states("-n", "copy").items() if state == "active"} == {
        text for text, state in states().items() if state == "active"
    }
    assert cli_run("-n", "copy", "import", "memory.zip", "--json").data["by_action"] == {"NOOP": 4}
    assert {text for text, state in states("-n", "copy").items() if state == "active"} == {
        text for text, state in states().items() if state == "active"
    }


def test_a_tampered_archive_is_refused(cli_run: Cli) -> None:
    told(cli_run)
    cli_run("export", "memory.zip")
    with zipfile.ZipFile("memory.zip") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["records.jsonl"] = members["records.jsonl"].replace(b"Lyon", b"Nice")
    with zipfile.ZipFile("forged.zip", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    done = cli_run("-n", "copy", "import", "forged.zip")
    assert done.code == 2 and "checksum" in done.err


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["observe", ""], 2),
        (["observe", "   "], 2),
        (["observe", "x" * 200_001], 2),
        (["observe", "nul\x00byte"], 2),
        (["observe", "I live in Lyon.", "--at", "yesterday"], 2),
        (["observe", "I live in Lyon.", "--origin", "martian"], 2),
        (["recall", ""], 2),
        (["recall", "x", "--json", "--plain"], 2),
        (["ask", ""], 2),
        (["show", "ffffffffffff"], 3),
        (["show", ""], 2),
        (["forget", "ffffffffffff", "--yes"], 3),
        (["why"], 2),
        (["why", "999"], 3),
        (["why", "ffff"], 3),
        (["revert", "999", "--yes"], 3),
        (["revert", "first", "--yes"], 2),
        (["import", "nowhere.txt"], 3),
        (["-n", "../up", "ls"], 2),
        (["--chat-model", "nowhere:Model", "ask", "Where?"], 2),
        (["frobnicate"], 2),
        (["recall"], 2),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else str(value),
)
def test_bad_input_gets_a_message_a_hint_and_a_status(cli_run: Cli, arguments: list[str], code: int) -> None:
    told(cli_run, "I live in Lyon.")
    done = cli_run(*arguments)
    assert done.code == code, done.err
    assert "Traceback" not in done.err and done.err.strip()
    if "frobnicate" not in arguments and arguments != ["recall"] and "martian" not in arguments:
        assert "error: " in done.err and "hint: " in done.err


def test_an_error_in_json_is_an_object_with_a_stable_code(cli_run: Cli) -> None:
    done = cli_run("show", "ffffffffffff", "--json")
    assert done.code == 3
    assert done.data.keys() == {"version", "error", "hint", "code"} and done.data["code"].startswith(
        "not_found"
    )


def test_without_a_terminal_a_verb_that_asks_says_yes_is_needed(cli_run: Cli) -> None:
    (one,) = told(cli_run, "I live in Lyon.")
    done = cli_run("forget", one)
    assert done.code == 2 and "--yes" in done.err
    assert len(cli_run("ls", "--json").data["records"]) == 1


def test_a_corrupt_database_is_a_loud_error(cli_run: Cli, tmp_path: Path) -> None:
    told(cli_run)
    (tmp_path / "home" / "memos.db").write_bytes(b"this is no database" * 500)
    for leftover in (tmp_path / "home").glob("memos.db-*"):
        leftover.unlink()
    done = cli_run("ls")
    assert done.code == 1 and "hint: " in done.err and "Traceback" not in done.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(cli_run: Cli, tmp_path: Path) -> None:
    told(cli_run)
    (tmp_path / "home").chmod(0o500)
    try:
        assert cli_run("observe", "I live in Oslo.").code == 1
    finally:
        (tmp_path / "home").chmod(0o700)


def test_a_home_that_cannot_be_made(cli_run: Cli) -> None:
    done = cli_run("--home", "/proc/memos", "observe", "I live in Oslo.")
    assert done.code == 1 and "hint: " in done.err and "Traceback" not in done.err


def test_a_home_that_is_a_file(cli_run: Cli, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("in the way", "utf-8")
    done = cli_run("status")
    assert done.code == 1 and "error: " in done.err and "Traceback" not in done.err


# --- what a terminal would obey --------------------------------------------------------------------------------------

HOSTILE = "I live in \x1b[31mLyon\x1b[0m\x07 [bold]now[/bold] \u202eevil \x9b2J\ttab"


def test_control_characters_in_memories_are_shown_never_obeyed(cli_run: Cli) -> None:
    told(cli_run, HOSTILE)
    for form in ("--json", "--plain", None):
        out = cli_run("ls", *([form] if form else [])).out
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(out), form
        assert "[bold]" in out
    assert json.loads(cli_run("ls", "--json").out)["records"][0]["text"] == HOSTILE
    assert "\\x1b[31mLyon" in cli_run("ls", "--plain").out


def test_escape_is_for_what_is_obeyed_only() -> None:
    text = "naïve 日本語 👩‍👧 line\nnext\tcell"
    assert render.escape(text) == text
    assert render.escape("\r\n\r\x00\ud800") == "\n\\x0d\\x00\\ud800"
    assert render.one_line("a\nb\tc") == "a\\nb\\tc"


def test_no_colour_reaches_a_pipe(cli_run: Cli) -> None:
    told(cli_run)
    done = cli_run("ask", "Where do I live?")
    assert "\x1b" not in done.out + done.err
