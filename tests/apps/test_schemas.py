"""JSON Schemas: one for every verb with --json, over all its fields; nothing is printed that was not declared."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from memos.apps import cli, render, schemas
from memos.errors import MemosError
from tests.apps.conftest import Cli

VERBS = {name: verb for _, verbs in cli.VERBS for name, verb in verbs} | {
    f"{group} {name}": verb for group, _, verbs in cli.GROUPS for name, verb in verbs
}


def test_every_verb_with_json_has_a_schema_and_no_other() -> None:
    with_json = {name for name, verb in VERBS.items() if "json" in inspect.signature(verb).parameters}
    assert with_json == set(schemas.SHAPES) - {schemas.FAILURE}


@pytest.mark.parametrize("verb", schemas.SHAPES)
def test_a_schema_requires_every_field_forbids_none_and_refers_only_to_what_it_holds(verb: str) -> None:
    made = schemas.schema_of(verb)
    shapes = made.get("anyOf", [made])
    assert len(shapes) == len(schemas.SHAPES[verb])
    for shape, value in zip(shapes, schemas.SHAPES[verb], strict=True):
        fields = ["version", *value.model_fields, *value.model_computed_fields]
        assert sorted(shape["properties"]) == sorted(set(fields)) and set(shape["required"]) == set(fields)
        assert shape["properties"]["version"]["const"] == 1
    text = str(made)
    assert "'additionalProperties': False" not in text
    assert set(re.findall(r"#/\$defs/(\w+)", text)) == set(made["$defs"])


def test_a_failure_has_the_fields_of_its_schema() -> None:
    error = MemosError("it broke", hint="mend it", code="broken")
    assert set(error.as_dict()) == set(schemas.SHAPES[schemas.FAILURE][0].model_fields)


def test_the_verb_prints_one_schema_or_all(cli_run: Cli) -> None:
    assert cli_run("schema", "ledger", "export").data == schemas.schema_of("ledger export")
    assert cli_run("schema").data == schemas.book()
    unknown = cli_run("schema", "recal")
    assert unknown.code == 2 and "hint: memos schema recall" in unknown.err


def test_the_committed_schemas_are_those_of_the_code() -> None:
    committed = (Path(__file__).parents[2] / "docs" / "schema.json").read_text("utf-8")
    assert committed == render.as_json(schemas.book()) + "\n", "make docs"
