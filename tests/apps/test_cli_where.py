"""--where on the command line: the same filter for listing and for recall."""

from __future__ import annotations

from tests.apps.conftest import Cli


def test_where_filters_lists_and_recalls_and_says_where_it_is_wrong(cli_run: Cli) -> None:
    for who, text in (("Ana", "I live in Lyon."), ("Ben", "I live in Turin.")):
        cli_run("observe", text, "--actor", who, "--at", "2024-05-01")
    by_ana = 'actor = "Ana" and occurred_at > 2024-01-01'
    assert [one["text"] for one in cli_run("ls", "--where", by_ana, "--json").data["records"]] == ["I live in Lyon."]
    assert cli_run("ls", "--where", "occurred_at > 2024-06-01", "--json").data["records"] == []
    hits = cli_run("recall", "where do I live", "--where", "actor != Ana", "--json").data["hits"]
    assert [one["text"] for one in hits] == ["I live in Turin."]
    wrong = cli_run("ls", "--where", "actor Ana")
    assert wrong.code == 2 and "character 7" in wrong.err and "for example" in wrong.err
    assert cli_run("ls", "--where", "actor = Ana", "--tier", "parametric", "--json").data["records"] == []
    assert cli_run("ls", "--where", "actor = Ana", "--tier", "context").code == 2
