"""Text on which addresses are whitened and slot accesses counted when the user gives none.

Knows the grammar's generator. Does not know slots.
"""

from __future__ import annotations

from memos.parametric.chat import ChatFormat


def default_background(chat: ChatFormat) -> list[str]:
    """Rendered prompts."""
    return []
