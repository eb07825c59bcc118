"""Draws docs/chat.svg: a conversation with the shipped model, as the screen of `memos chat` shows it.

    python scripts/chat_picture.py

A temporary home, no terminal; the picture changes when the screen or the model does. Look at it before committing it.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from memos import open_memory
from memos.apps.chat.app import ChatApp
from memos.apps.chat.conversation import Conversation
from memos.apps.chat.prompt import Prompt

PICTURE = Path(__file__).parent.parent / "docs" / "chat.svg"
TOLD = ("I live in Porto.", "My dog is called Biscuit.")
TYPED = (
    *TOLD,
    "where's my place?",
    "/consolidate all",
    "/from parameters",
    "whats my pups name",
    "/from auto",
    "How old am I?",
)
SIZE = (100, 38)


async def draw(app: ChatApp) -> None:
    """Type the conversation, wait for each answer, and save what stands on the screen."""
    async with app.run_test(size=SIZE) as pilot:
        prompt = app.query_one(Prompt)
        for text in TYPED:
            prompt.text = text
            await pilot.press("enter")
            while prompt.text or app.busy:
                await pilot.pause(0.05)
        prompt.text = "/re"
        await pilot.pause(0.2)
        app.save_screenshot(PICTURE.name, str(PICTURE.parent))


def main() -> None:
    with tempfile.TemporaryDirectory() as home, open_memory(home=home, namespace="ana") as memory:
        asyncio.run(draw(ChatApp(Conversation(memory, "tuesday"))))


if __name__ == "__main__":
    main()
