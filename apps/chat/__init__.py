"""`memos chat`: one conversation core under two faces.

    registry       slash commands as values: names, help, completion
    conversation   what is said, how each answer ended, what was changed
    commands       what each command does; `sessions` and `learning` hold the longer ones
    face           what a command may ask of whoever runs it
    line           the line mode: pipes, scripts, --plain, terminals that cannot do more
    app            the screen: `prompt` to type in, `widgets` to read, `threads` for what blocks

Importing this loads no terminal library: `talk` loads the screen where there is a terminal to show it on.
"""

from __future__ import annotations

import os
import sys

from memos.apps import render
from memos.apps.chat.commands import COMMANDS
from memos.apps.chat.conversation import Conversation
from memos.apps.chat.line import LineChat


def talk(conversation: Conversation, *, plain: bool = False, full_screen: bool = False) -> None:
    """Hold a conversation until its user leaves, with the face that this terminal can show."""
    if plain or not has_screen():
        LineChat(conversation).run()
        return
    from memos.apps.chat.app import ChatApp
    from memos.apps.chat.threads import wait_for_threads

    screen = ChatApp(conversation)
    screen.run(inline=not full_screen)
    # A local model comes to the end of a step; a provider may never answer, and its thread holds nothing of ours.
    wait_for_threads(2 if conversation.memory.settings.model.chat else 60)
    if screen.return_code:
        raise SystemExit(screen.return_code)
    if not full_screen:
        for print_again in screen.farewell:
            print_again()
    if conversation.memory.turns(conversation.session):
        render.say(f"memos chat --session {conversation.session} goes on with this")


def has_screen() -> bool:
    """Whether there is a terminal on every side that can place its cursor."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return all(one.isatty() for one in streams) and os.environ.get("TERM", "") not in ("", "dumb", "unknown")


__all__ = ["COMMANDS", "Conversation", "has_screen", "talk"]
