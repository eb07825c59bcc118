"""What tests of several folders share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.fakes import Memory


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """An empty memory of the namespace "ana" without a language model."""
    made = Memory(tmp_path / "home")
    yield made
    made.close()
