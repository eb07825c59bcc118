"""Pictures of the inspector for the documentation: `python scripts/screenshots.py` writes docs/pictures/*.svg.

The store is the small one of the tests, the clock stands still, so a picture changes only when the screen does.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from memos.apps.tui.app import InspectorApp  # noqa: E402
from tests.apps.inspected import fill, stand_still  # noqa: E402
from tests.apps.screens import until  # noqa: E402
from tests.apps.test_inspector import press, shows  # noqa: E402
from tests.unit.fakes import Memory  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
SHOTS = {
    "overview": (("1",), "the chain of"),
    "context": (("2", "enter"), "Turns"),
    "store": (("3", "down", "down", "enter"), "Where it came from"),
    "parameters": (("4", "enter"), "Gate"),
    "decisions": (("5",), "policy"),
    "log": (("6",), "Event 10"),
}
SIZE = (120, 30)


async def shoot(memory: Memory, name: str, keys: tuple[str, ...], shown: str) -> None:
    app = InspectorApp(memory.manager)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *keys)
        await until(pilot, shows(app, shown))
        (PICTURES / f"{name}.svg").write_text(app.export_screenshot(title=f"memos tui: {name}"), encoding="utf-8")


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        stand_still(patch)
        memory = Memory(Path(folder) / "home", tui={"poll_seconds": 60.0})
        fill(memory)
        for name, (keys, shown) in SHOTS.items():
            asyncio.run(shoot(memory, name, keys, shown))
        memory.close()


if __name__ == "__main__":
    main()
