"""What a slash command may ask of whoever runs it: the line mode and the screen are its two users.

Commands are plain synchronous code. A face that lives in an event loop runs them in a thread and answers from there.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from memos.apps.chat.conversation import Conversation
from memos.apps.progress import Progress
from memos.apps.render import Document


class Quit(Exception):
    """Ends the chat; raised by /quit."""


class Face(Protocol):
    """Shows, asks and waits for a command."""

    @property
    def conversation(self) -> Conversation: ...

    @property
    def attended(self) -> bool:
        """Whether somebody is there who can be asked."""
        ...

    def show(self, document: Document) -> None:
        """A result."""
        ...

    def say(self, text: str) -> None:
        """A line beside the results."""
        ...

    def confirm(self, question: str) -> bool:
        """Ask yes or no; anything but yes is no. Only where the face is attended."""
        ...

    def work(self, what: str) -> AbstractContextManager[Progress]:
        """Show how far long work is; a stop that the user asks for raises KeyboardInterrupt from the callback."""
        ...

    def copy(self, text: str) -> None:
        """Put a text on the user's clipboard. Raises InputError where there is none."""
        ...

    def wipe(self) -> None:
        """Take what was said off the screen and out of the input history: it may quote what was just erased."""
        ...

    def opened(self) -> None:
        """Another conversation was opened, or continued: show what is kept of it."""
        ...
