"""Slash commands as values: one table feeds both faces, their completion, their help, the palette and the reference page.

Knows names and texts. What a command does is in `commands`; how it is typed and shown is a face's business.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memos.errors import InputError

if TYPE_CHECKING:
    from memos.apps.chat.conversation import Conversation
    from memos.apps.chat.face import Face

Choices = Callable[["Conversation"], Mapping[str, str]]
"""Values for a command's first argument, each with a word on what it is."""

MOST_COMPLETIONS = 20


@dataclass(frozen=True)
class SlashCommand:
    """One command: its name, what it takes, one line of help, and what it does with the rest of the line.

    `choices` are values that complete its first argument.
    """

    name: str
    takes: str
    help: str
    run: Callable[[Face, str], None]
    choices: Choices | None = None

    @property
    def needs_argument(self) -> bool:
        return bool(self.takes) and not self.takes.startswith("[")


@dataclass(frozen=True)
class Completion:
    """A line that may be meant, and what it would do."""

    line: str
    help: str


class Registry:
    """The commands, in the order in which help lists them."""

    def __init__(self, commands: Sequence[SlashCommand]) -> None:
        self._commands = {command.name: command for command in commands}

    def __iter__(self) -> Iterator[SlashCommand]:
        return iter(self._commands.values())

    def find(self, name: str) -> SlashCommand:
        """The command of this name. Raises InputError that names the nearest."""
        found = self._commands.get(name.casefold())
        if found is None:
            near = difflib.get_close_matches(name.casefold(), self._commands, n=1)
            raise InputError(
                f"no command {name}",
                hint=f"did you mean {near[0]}?" if near else "/help lists them",
                code="input.command",
            )
        return found

    def run(self, face: Face, line: str) -> None:
        """Carry out a line that starts with a slash. Raises MemosError, and Quit for /quit."""
        name, _, rest = line.strip().partition(" ")
        self.find(name).run(face, rest.strip())

    def completions(self, typed: str, conversation: Conversation) -> list[Completion]:
        """Lines that continue what was typed, whose whole is `typed`: first names, after a space the first argument."""
        if not typed.startswith("/") or "\n" in typed:
            return []
        name, space, rest = typed.partition(" ")
        if not space:
            return [
                Completion(command.name + (" " if command.takes else ""), _usage(command))
                for command in self
                if command.name.startswith(name.casefold())
            ]
        command = self._commands.get(name.casefold())
        if command is None or command.choices is None or " " in rest:
            return []
        matching = [
            Completion(f"{command.name} {value}", meaning)
            for value, meaning in command.choices(conversation).items()
            if value.startswith(rest) and value != rest
        ]
        return matching[:MOST_COMPLETIONS]


def _usage(command: SlashCommand) -> str:
    return f"{command.takes}  {command.help}" if command.takes else command.help
