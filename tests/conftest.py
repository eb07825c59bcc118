"""What tests of several folders share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.fakes import Memory

# A suite started in the background inherits an ignored SIGINT, and so would the programs that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """An empty memory of the namespace "ana" without a language model."""
    made = Memory(tmp_path / "home")
    yield made
    made.close()
