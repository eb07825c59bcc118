"""JSON Schemas of what each verb prints with `--json`, generated from the values that are printed.

A verb with several shapes prints one of them. Fields are always all there; new ones may come, so a schema forbids none.
Every object on stdout has `version` besides the fields of its shape. Knows no manager and no terminal.
"""

from __future__ import annotations

import difflib
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from memos.apps import contract
from memos.apps.render import JSON_VERSION
from memos.errors import InputError
from memos.interchange.archive import ArchiveReport
from memos.ledger_reports import Blame, Certificate, CompactReport, LedgerDiff, LedgerFile
from memos.types import JsonDict, RevertReport, StoreCopy

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FAILURE = "error"
"""Stands in the place of a verb for what any of them prints when it fails."""

SHAPES: dict[str, tuple[type[BaseModel], ...]] = {
    "observe": (contract.Decided,),
    "recall": (contract.Found,),
    "ask": (contract.Answered,),
    "import": (contract.Imported, contract.Surveyed),
    "export": (ArchiveReport,),
    "ls": (contract.RecordList, contract.ContextList),
    "show": (contract.WhyRecord,),
    "edit": (contract.ChangedRecords,),
    "pause": (contract.ChangedRecords,),
    "resume": (contract.ChangedRecords,),
    "approve": (contract.ChangedRecords,),
    "forget": (contract.Forgotten,),
    "consolidate": (contract.RunSummary, contract.RunPlan),
    "runs": (contract.RunList,),
    "revert": (RevertReport, contract.RevertPlan),
    "undo": (RevertReport, contract.UndoPlan),
    "rollback": (RevertReport, contract.UndoPlan),
    "why": (contract.WhyRecord, contract.WhyRun, contract.WhyAnswer),
    "diff": (LedgerDiff,),
    "blame": (Blame,),
    "certificate": (Certificate,),
    "init": (contract.Home,),
    "status": (contract.HomeStatus,),
    "log": (contract.EventList,),
    "plot": (contract.Picture,),
    "verify": (contract.Checks,),
    "audit": (contract.Examined, contract.Mended),
    "doctor": (contract.Checks,),
    "reindex": (contract.Reindexed,),
    "ledger export": (LedgerFile,),
    "ledger import": (contract.Merged,),
    "ledger merge": (contract.Merged,),
    "ledger compact": (CompactReport,),
    "store copy": (StoreCopy,),
    "config show": (contract.SettingList,),
    "config set": (contract.SettingWritten,),
    "config path": (contract.SettingsFiles,),
    "model show": (contract.ModelShown,),
    "model adapt": (contract.Adaptation,),
    "model pretrain": (contract.Pretrained,),
    "model evaluate": (contract.Figures,),
    FAILURE: (contract.Failure,),
}


class _Printed(GenerateJsonSchema):
    """Schemas of objects as they are printed: defaults are written out, so every field is there."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        return True

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: Any) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def model_schema(self, schema: Any) -> dict[str, Any]:
        made = super().model_schema(schema)
        if made.get("additionalProperties") is False:
            del made["additionalProperties"]
        return made


def schema_of(verb: str) -> JsonDict:
    """The schema of one verb's output, complete in itself. Raises InputError for a verb without one."""
    if verb not in SHAPES:
        near = difflib.get_close_matches(verb, SHAPES, n=1)
        raise InputError(
            f"no schema for {verb!r}",
            hint=f"memos schema {near[0]}" if near else "memos schema lists those there are",
            code="input.schema",
        )
    definitions: JsonDict = {}
    shape = _either(verb, definitions)
    title = "a failure with --json" if verb == FAILURE else f"memos {verb} --json"
    return {"$schema": DIALECT, **shape, "title": title, "$defs": definitions}


def book() -> JsonDict:
    """Every schema in one document: `verbs` by name, over shared definitions."""
    definitions: JsonDict = {}
    verbs = {verb: _either(verb, definitions) for verb in SHAPES}
    return {
        "$schema": DIALECT,
        "title": f"memos --json, version {JSON_VERSION}",
        "verbs": verbs,
        "$defs": dict(sorted(definitions.items())),
    }


def _either(verb: str, definitions: JsonDict) -> JsonDict:
    """The schema of a verb, with what it refers to put into `definitions`."""
    shapes = [_printed(shape, definitions) for shape in SHAPES[verb]]
    return shapes[0] if len(shapes) == 1 else {"anyOf": shapes}


def _printed(shape: type[BaseModel], definitions: JsonDict) -> JsonDict:
    made = shape.model_json_schema(mode="serialization", schema_generator=_Printed)
    for name, definition in made.pop("$defs", {}).items():
        assert definitions.setdefault(name, definition) == definition, f"two values are called {name}"
    made["properties"] = {"version": {"const": JSON_VERSION, "type": "integer"}, **made["properties"]}
    made["required"] = list(made["properties"])
    return made
