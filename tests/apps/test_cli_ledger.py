"""The ledger's verbs on the command line, over a trainer that is arithmetic: what they print, return and change."""

from __future__ import annotations

from pathlib import Path

import pytest

from memos import build
from tests.apps.conftest import Cli
from tests.unit.fakes import FakeModels


@pytest.fixture
def cli(cli_run: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """`cli_run` with parameters to learn into: three facts in two runs."""
    monkeypatch.delenv("MEMOS_MODEL__CHAT")
    monkeypatch.setattr(build, "Models", FakeModels)
    cli_run("observe", "My dog is called Rex.")
    cli_run("observe", "I live in Oslo.")
    assert cli_run("consolidate", "--all").code == 0
    cli_run("observe", "I work as a nurse.")
    assert cli_run("consolidate", "--all").code == 0
    return cli_run


def test_undo_takes_back_the_last_run_and_says_how_to_learn_it_again(cli: Cli) -> None:
    planned = cli("undo", "--dry-run", "--json").data
    assert (planned["runs"], planned["dry_run"]) == ([2], True)
    assert "--yes" in cli("undo").err
    done = cli("undo", "--yes")
    assert "run 2 undone" in done.out and "exact" in done.out and "consolidate" in done.err
    report = cli("undo", "-y", "--json").data
    assert (report["run_id"], report["method"], report["exact"]) == (1, "restore", True)
    empty = cli("undo", "-y")
    assert empty.code == 1 and "nothing in the parameters" in empty.err and "Traceback" not in empty.err


def test_rollback_goes_back_to_a_run(cli: Cli) -> None:
    assert cli("rollback", "0", "--dry-run", "--json").data["runs"] == [2, 1]
    assert "would take back" in cli("rollback", "1", "--dry-run").out
    done = cli("rollback", "1", "--yes", "--json").data
    assert done["digest_after"] == cli("runs", "--json").data["runs"][1]["digest_after"]
    assert cli("rollback", "1", "--yes").code == 1
    assert cli("rollback", "7", "--yes").code == 3
    assert cli("rollback", "last", "--yes").code == 2


def test_diff_shows_facts_rows_and_norms(cli: Cli) -> None:
    whole = cli("diff", "--json").data
    assert {fact["value"] for fact in whole["learned"]} == {"Rex", "Oslo", "nurse"}
    since = cli("diff", "1", "--json").data
    assert [fact["value"] for fact in since["learned"]] == ["nurse"] and since["rows"] > 0
    back = cli("diff", "2", "1")
    assert "run 2 -> run 1" in back.out and "nurse" in back.out and "moved most" in back.out
    assert cli("diff", "1", "--plain").out
    assert cli("diff", "9").code == 3 and cli("diff", "x").code == 2


def test_blame_names_the_writes_of_a_slot(cli: Cli) -> None:
    slot = cli("diff", "--json").data["most"][0]["slot"]
    owners = cli("blame", str(slot), "--json").data["owners"]
    assert owners and owners[0]["text"] in cli("blame", str(slot)).out
    nobody = cli("blame", "100000")
    assert nobody.code == 0 and "no live write owns slot 100000" in nobody.err
    assert cli("blame", "-1").code == 2


def test_certificate_says_yes_or_no_with_the_slots(cli: Cli) -> None:
    met = cli("certificate", "1", "What is my dog called?", "--json").data
    assert met["untouched"] is False and met["meeting"]
    assert "may depend on run 1" in cli("certificate", "1", "What is my dog called?").out
    free = cli("certificate", "run 1", "What is my hobby?")
    assert "untouched by run 1" in free.out
    (dog,) = [one["id"] for one in cli("ls", "--json").data["records"] if "dog" in one["text"]]
    assert cli("certificate", "1", "What is my dog called?", "--record", dog, "--json").data["record_id"] == dog
    assert cli("certificate", "first", "?").code == 2
    assert cli("certificate", "9", "What is my dog called?").code == 3


def test_a_ledger_goes_into_a_file_and_into_another_namespace(cli: Cli) -> None:
    written = cli("ledger", "export", "x.safetensors", "--json").data
    assert (written["records"], written["entries"], Path("x.safetensors").stat().st_size) == (3, 5, written["bytes"])
    assert cli("ledger", "export", "x.safetensors").code == 2
    assert "ledger import" in cli("ledger", "export", "x.safetensors", "--force").err
    planned = cli("-n", "eve", "ledger", "import", "x.safetensors", "--dry-run", "--json").data
    assert (planned["method"], planned["dry_run"], planned["run"]) == ("exact", True, None)
    assert "--yes" in cli("-n", "eve", "ledger", "import", "x.safetensors").err
    done = cli("-n", "eve", "ledger", "import", "x.safetensors", "--yes")
    assert "bit for bit" in done.out and "memos revert" in done.err
    assert {one["origin"] for one in cli("-n", "eve", "ls", "--json").data["records"]} == {"import"}
    assert cli("-n", "eve", "diff", "--json").data["digest_after"] == written["digest"]
    again = cli("-n", "eve", "ledger", "import", "x.safetensors", "--yes")
    assert again.code == 1 and "--on-conflict" in again.err
    shown = cli("-n", "eve", "ledger", "import", "x.safetensors", "--dry-run")
    assert shown.code == 0 and "written in both" in shown.out


def test_namespaces_are_merged(cli: Cli) -> None:
    cli("-n", "eve", "observe", "My dog is called Max.")
    cli("-n", "eve", "consolidate", "--all")
    assert cli("-n", "eve", "ledger", "merge", "default", "--yes").code == 1
    planned = cli("-n", "eve", "ledger", "merge", "default", "--dry-run")
    assert "contradictions" in planned.out and "Max" in planned.out and "Rex" in planned.out
    done = cli("-n", "eve", "ledger", "merge", "default", "--on-conflict", "replay", "--yes", "--json").data
    assert (done["method"], done["run"]["status"]) == ("trained", "COMMITTED")
    assert {fact["value"] for fact in cli("-n", "eve", "diff", "--json").data["learned"]} == {"Rex", "Oslo", "nurse"}
    assert cli("-n", "eve", "ledger", "merge", "eve", "--yes").code == 2
    assert cli("-n", "eve", "ledger", "merge", "nobody", "--yes").code == 1


def test_compact_changes_nothing_that_was_learned(cli: Cli) -> None:
    before = cli("diff", "--json").data["digest_after"]
    assert cli("ledger", "compact", "--json").data["checkpoints"] == []
    assert "5 live entries" in cli("ledger", "compact", "--rebuild").out
    assert cli("diff", "--json").data["digest_after"] == before
    assert cli("verify").code == 0


@pytest.mark.parametrize("damage", ["missing", "truncated", "changed", "another file"])
def test_a_bad_ledger_file_is_refused(cli: Cli, damage: str) -> None:
    cli("ledger", "export", "x.safetensors")
    whole = Path("x.safetensors").read_bytes()
    if damage == "missing":
        Path("x.safetensors").unlink()
    else:
        content = {"truncated": whole[:-5], "changed": whole[:-1] + bytes([whole[-1] ^ 1]), "another file": b"hello"}
        Path("x.safetensors").write_bytes(content[damage])
    done = cli("-n", "eve", "ledger", "import", "x.safetensors", "--yes")
    assert done.code == {"missing": 3, "another file": 2}.get(damage, 1)
    assert "hint: " in done.err and "Traceback" not in done.err
    assert cli("-n", "eve", "runs", "--json").code == 3  # nothing was ever stored there


def test_with_a_chat_model_there_is_no_ledger_to_look_into(cli_run: Cli) -> None:
    done = cli_run("diff")
    assert done.code == 2 and "no parameters" in done.err
