"""`memos chat`: one conversation core under two faces.

    registry       slash commands as values: names, help, completion
    conversation   what is said, how each answer ended, what was changed
    commands       what each command does; sessions and learning hold the longer ones
    line           the line mode: pipes, scripts, --plain, terminals that cannot do more

Importing this loads no terminal library.
"""

from __future__ import annotations

from memos.apps.chat.commands import COMMANDS
from memos.apps.chat.conversation import Conversation

__all__ = ["COMMANDS", "Conversation"]
