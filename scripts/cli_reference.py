"""Writes docs/cli.md and docs/schema.json from the command line's own code. `--check` only says whether they are up to date.

Verbs, options and help come from the functions; the fields of each `--json` object from the values that are printed.
"""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from memos.apps import chat, cli, render, schemas

DOCS = Path(__file__).parent.parent / "docs"
PAGE, SCHEMA = DOCS / "cli.md", DOCS / "schema.json"

INTRODUCTION = """# The command line

Written by `make docs` from the code; change the code, not this page.

    memos [GLOBAL OPTIONS] VERB [ARGUMENTS]

- stdout carries data, stderr narration and progress: `memos recall QUERY --json | jq` sees only JSON.
- Reading verbs print a table; `--plain` prints tab-separated lines without a header, in which `\\n` and `\\t` stand for
  newlines and tabs of the text; `--json` prints one object with `"version": 1`. Fields are added, never renamed or
  removed, without a new version. `memos schema VERB` prints the JSON Schema of a verb's object;
  [schema.json](schema.json) has all of them, and [the values](#values-in-json) within them are listed below.
- A record is named by its id or the beginning of it, with or without `m:`.
- `-` as a text or a file reads standard input.
- Verbs that cannot be undone ask; `--yes` answers, and is required where nobody can be asked.
- Control characters in memories are shown as `\\x1b` and the like, never obeyed. `NO_COLOR` is honoured.
- Settings: flags > environment (`MEMOS_HOME`, `MEMOS_NAMESPACE`, `MEMOS_RECALL__K`, ...) > `memos.toml` in the working
  folder > your own file > defaults. `memos config show` prints each value and where it came from.

| exit status | meaning |
|---|---|
| 0 | done |
| 1 | it failed while running: store, model, disk |
| 2 | usage or configuration |
| 3 | no such namespace, record, run or file |
| 4 | the gate refused a consolidation; nothing was written |
| 5 | the audit chain or a ledger hash does not hold |
| 130 | interrupted |

An error is one line and a hint on stderr. With `--json` it is also an object on stdout: `error`, `hint`, `code` (`memos schema error`).
"""

def page() -> str:
    """The whole page."""
    parts = [
        INTRODUCTION,
        "## Global options\n",
        "They may also follow the verb.\n",
        _options(cli.global_options),
    ]
    for panel, verbs in cli.VERBS:
        parts.append(f"## {panel}\n")
        parts.extend(_section(name, verb) for name, verb in verbs)
    for group, _, commands in cli.GROUPS:
        parts.append(f"## memos {group}\n")
        parts.extend(_section(f"{group} {name}", verb) for name, verb in commands)
    parts.append("## In the chat\n")
    parts.append("| command | takes | what it does |\n|---|---|---|")
    parts.extend(
        f"| `{one.name}` | {_cell(one.takes)} | {_cell(one.help)} |" for one in chat.COMMANDS
    )
    parts.append("\n## Values in JSON\n")
    parts.append("What the objects above hold, by name. Times are UTC, as in `2026-03-14T09:30:00Z`; ids are texts.\n")
    parts.extend(_value(name, made) for name, made in _BOOK["$defs"].items())
    return "\n".join(parts).rstrip() + "\n"


_BOOK = schemas.book()


def schema() -> str:
    """The whole of docs/schema.json."""
    return render.as_json(_BOOK) + "\n"


def _value(name: str, made: dict[str, Any]) -> str:
    about = " ".join(made.get("description", "").split("\n\n")[0].split())
    fields = _fields(made) if "properties" in made else f"One of {', '.join(f'`{one}`' for one in made['enum'])}.\n"
    return "\n".join([f"### {name} (value)\n", *([about + "\n"] if about else []), fields])


def _printed(verb: str) -> str:
    """The objects that a verb prints, field by field."""
    made = _BOOK["verbs"][verb]
    parts = []
    for number, shape in enumerate(made.get("anyOf", [made])):
        about = " ".join(shape["description"].split("\n\n")[0].split())
        parts.append(f"{'or' if number else 'With `--json`'}: {about}\n\n{_fields(shape)}")
    return "\n".join(parts)


def _fields(shape: dict[str, Any]) -> str:
    rows = [f"| `{name}` | {_cell(_type(made))} |" for name, made in shape["properties"].items() if name != "version"]
    return "\n".join(["| field | type |", "|---|---|", *rows]) + "\n"


def _type(made: dict[str, Any]) -> str:
    """A field's type in words."""
    if "$ref" in made:
        name = made["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.casefold()}-value)"
    if "anyOf" in made:
        return " or ".join(map(_type, made["anyOf"]))
    if "const" in made or "enum" in made:
        return " or ".join(f"`{render.as_json(one)}`" for one in made.get("enum", [made.get("const")]))
    if made.get("type") == "array":
        return f"list of {_type(made['items'])}"
    if made.get("type") == "object":
        inner = made.get("additionalProperties")
        return f"object of {_type(inner)} by name" if isinstance(inner, dict) else "object"
    if made.get("format") == "date-time":
        return "time"
    return {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}.get(
        made["type"], made["type"]
    )


def _section(name: str, verb: Callable[..., None]) -> str:
    text, _, example = inspect.getdoc(verb).partition("Example: ")  # type: ignore[union-attr]
    arguments = [
        _metavar(one, info, kind)
        for one, info, kind, _ in _parameters(verb)
        if isinstance(info, ArgumentInfo)
    ]
    usage = " ".join([f"memos {name}", *arguments, "[OPTIONS]"])
    parts = [f"### {name}\n", f"`{usage}`\n", text.strip() + "\n"]
    if example:
        parts.append(f"    {example.strip()}\n")
    parts.append(_options(verb))
    if name in schemas.SHAPES:
        parts.append(_printed(name))
    return "\n".join(parts)


def _options(verb: Callable[..., Any]) -> str:
    rows = []
    for name, info, kind, default in _parameters(verb):
        if isinstance(info, ArgumentInfo):
            shown = f"`{_metavar(name, info, kind)}`"
        else:
            # inside Annotated, Typer takes the first flag for the place of the default until the command is built
            flags = [one for one in (info.default, *(info.param_decls or ())) if str(one).startswith("-")]
            flags = flags or [f"--{name.replace('_', '-')}"]
            value = "" if kind is bool else f" {_metavar(name, info, kind)}"
            shown = ", ".join(f"`{flag}{value}`" for flag in flags)
        suffix = (
            f" Default: {_default(default)}." if default not in (None, False, inspect.Parameter.empty) else ""
        )
        rows.append(f"| {_cell(shown)} | {_cell((info.help or '') + suffix)} |")
    return "\n".join(["| | |", "|---|---|", *rows]) + "\n"


def _parameters(verb: Callable[..., Any]) -> Iterator[tuple[str, ArgumentInfo | OptionInfo, Any, Any]]:
    """(name, what Typer was told, type without None, default) of every parameter."""
    hints = get_type_hints(verb, include_extras=True)
    for name, parameter in inspect.signature(verb).parameters.items():
        annotation = hints[name]
        assert get_origin(annotation) is Annotated, f"{verb.__name__}({name}) is not annotated"
        kind, info = get_args(annotation)[:2]
        alternatives = [one for one in get_args(kind) if one is not type(None)]
        if get_origin(kind) is not Literal and get_origin(kind) is not list and alternatives:
            kind = alternatives[0]
        yield name, info, kind, parameter.default


def _metavar(name: str, info: ArgumentInfo | OptionInfo, kind: Any) -> str:
    if info.metavar:
        return info.metavar
    if get_origin(kind) is Literal:
        return "|".join(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(one.value for one in kind)
    if isinstance(info, ArgumentInfo):
        return name.upper()
    return {int: "N", Path: "PATH"}.get(kind, "TEXT")


def _default(value: Any) -> str:
    return str(value.value if isinstance(value, Enum) else value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> int:
    """Write both files, or check them; the exit status says whether they were up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail when a file is out of date"
    )
    check = parser.parse_args().check
    status = 0
    for path, wanted in ((PAGE, page()), (SCHEMA, schema())):
        if not check:
            path.write_text(wanted, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != wanted:
            print(f"docs/{path.name} is out of date: make docs", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    raise SystemExit(main())
