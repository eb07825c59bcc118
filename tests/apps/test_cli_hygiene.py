"""memos audit on the command line: findings with commands, one key each, and --yes for all of a kind."""

from __future__ import annotations

from tests.apps.conftest import Cli


def test_audit_names_the_command_that_mends_and_fix_mends_all(cli_run: Cli) -> None:
    assert "nothing wrong" in cli_run("audit").out
    first = cli_run("observe", "I live in Lyon.", "--json").data["id"]
    kept = cli_run("observe", "My dog is called Biscuit.", "--json").data["id"]
    # An edit is a person's own word, and passes no rule against small talk.
    cli_run("edit", first, "ok thanks")
    found = cli_run("audit", "--json").data
    assert found["kind"] == "hygiene" and found["counts"] == {"junk": 1} and found["examined"] == 2
    assert found["findings"][0]["record_ids"] == [first] and found["findings"][0]["command"] == f"memos pause {first}"
    assert f"memos pause {first}" in cli_run("audit", "--plain").out
    asked = cli_run("audit", "--fix", "junk")
    assert asked.code == 2 and "--yes" in asked.err
    assert cli_run("audit", "--yes").code == 2
    assert cli_run("audit", "--fix", "junk", "--yes", "--json").data["mended"][0]["remedy"] == "pause"
    assert [one["id"] for one in cli_run("ls", "--json").data["records"]] == [kept]
    assert cli_run("audit", "--kind", "junk", "--json").data["findings"] == []
