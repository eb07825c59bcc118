"""The chat's commands in the command palette. Knows the registry; choosing one is the app's business."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from memos.apps.chat.commands import COMMANDS
from memos.apps.chat.registry import SlashCommand

if TYPE_CHECKING:
    from memos.apps.chat.app import ChatApp


class SlashCommands(Provider):
    """The commands in the palette. One that takes something is put into the input, others run."""

    async def discover(self) -> Hits:
        for command in COMMANDS:
            yield DiscoveryHit(self._label(command), partial(self._choose, command), help=command.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in COMMANDS:
            score = matcher.match(f"{command.name} {command.help}")
            if score > 0:
                yield Hit(score, self._label(command), partial(self._choose, command), help=command.help)

    def _label(self, command: SlashCommand) -> Content:
        return Content(f"{command.name} {command.takes}".strip())

    def _choose(self, command: SlashCommand) -> None:
        cast("ChatApp", self.app).choose(command)
