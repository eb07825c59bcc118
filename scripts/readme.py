"""Fills the parts of README.md that are made of other things: the example, the file tree, the demo's transcript.

    python scripts/readme.py                     the example and the tree
    python scripts/readme.py --demo TRANSCRIPT   also the transcript, and docs/demo.svg from it
    python scripts/readme.py --check             write nothing; fail when the example or the tree is out of date

The line beside a file in the tree is the first sentence of its own docstring.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
FOLDERS = ("memos", "stores", "policies", "apps", "benchmarks", "examples", "scripts")
LINKS = {"memos/stores", "memos/policies", "memos/apps"}
WIDTH = 120


def section(page: str, name: str, content: str) -> str:
    """The page with what stands between the markers of `name` replaced."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(page):
        raise SystemExit(f"README.md has no markers for {name!r}")
    return pattern.sub(lambda found: f"{found[1]}{content}\n{found[2]}", page)


def example() -> str:
    """The quickstart without its docstring."""
    code = (ROOT / "examples" / "quickstart.py").read_text("utf-8")
    return f"```python\n{code.split(chr(34) * 3, 2)[2].strip()}\n```"


def tree() -> str:
    """Folders with a line for every Python file."""
    lines = []
    for folder in FOLDERS:
        lines.append(f"{folder}/")
        lines.extend(_branch(ROOT / folder, 1))
    lines += ["docs/", "  architecture.md, apps.md, cli.md, a page for each part, adr/ for decisions"]
    lines += [
        "tests/",
        "  unit/, contracts/ (one suite every implementation of a seam passes), apps/, end_to_end/",
    ]
    return "```\n" + "\n".join(lines) + "\n```"


def _branch(folder: Path, depth: int) -> list[str]:
    lines = []
    indent = "  " * depth
    for path in sorted(folder.iterdir(), key=lambda one: (one.is_dir(), one.name)):
        name = path.relative_to(ROOT).as_posix()
        if path.name.startswith((".", "__pycache__")) or name in LINKS:
            continue
        if path.is_dir():
            inside = _branch(path, depth + 1)
            if any(path.rglob("*.py")):
                lines.append(
                    f"{indent}{path.name}/{_summary(path / '__init__.py', depth, len(path.name) + 1)}"
                )
                lines.extend(inside)
            elif path.name == "models":
                lines.append(
                    f"{indent}{path.name}/  the shipped model: weights, tokenizer, training log, evaluation"
                )
        elif path.suffix == ".py" and path.name != "__init__.py":
            lines.append(f"{indent}{path.name}{_summary(path, depth, len(path.name))}")
    return lines


def _summary(path: Path, depth: int, taken: int) -> str:
    if not path.exists():
        return ""
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    paragraph = " ".join(docstring.partition("\n\n")[0].split())
    sentences = re.split(r"(?<=\.) ", paragraph)
    while len(sentences) > 1 and len(sentences[0]) < 14:
        sentences[:2] = [" ".join(sentences[:2])]
    sentence = sentences[0].rstrip(".:")
    room = WIDTH - 2 * depth - max(taken, 22) - 2
    if len(sentence) > room:
        sentence = sentence[: room - 1].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return " " * max(2, 24 - taken) + sentence if sentence else ""


def svg(transcript: str) -> str:
    """The transcript as a picture of a terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=112, file=io.StringIO(), color_system="truecolor")
    for line in transcript.splitlines():
        style = ""
        if line.startswith("$ "):
            style = "bold cyan"
        elif line.startswith("> "):
            style = "green"
        elif line.startswith(("memory:", "hint:")):
            style = "bright_black"
        elif line.startswith("──"):
            style = "bold yellow"
        elif line.lstrip().startswith("✓"):
            style = "bold green"
        elif line.lstrip().startswith("✗"):
            style = "bold red"
        console.print(Text(line, style=style), no_wrap=True, overflow="ellipsis", crop=True)
    picture = console.export_svg(title="make demo", unique_id="memos-demo")
    # fonts would be fetched from a server whenever someone looks at the picture
    return re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)


def main() -> int:
    """Write README.md, or check it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--demo", type=Path, metavar="TRANSCRIPT", help="the output of make demo")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    page = README.read_text("utf-8")
    wanted = section(section(page, "example", example()), "tree", tree())
    if options.check:
        if page != wanted:
            print("README.md is out of date: make docs", file=sys.stderr)
        return int(page != wanted)
    if options.demo is not None:
        transcript = options.demo.read_text("utf-8").strip()
        wanted = section(wanted, "demo", f"```\n{transcript}\n```")
        (ROOT / "docs" / "demo.svg").write_text(svg(transcript), "utf-8")
    README.write_text(wanted, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
