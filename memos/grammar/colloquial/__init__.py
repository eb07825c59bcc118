"""How people really ask and tell: hand-written colloquial wordings for every relation, for training and writing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from memos.grammar.colloquial.family import FAMILY
from memos.grammar.colloquial.form import Colloquial
from memos.grammar.colloquial.identity import IDENTITY
from memos.grammar.colloquial.surroundings import SURROUNDINGS
from memos.grammar.colloquial.tastes import TASTES

COLLOQUIAL: Mapping[str, Colloquial] = MappingProxyType(IDENTITY | FAMILY | SURROUNDINGS | TASTES)
"""The colloquial wordings of each relation, by its name."""

__all__ = ["COLLOQUIAL", "Colloquial"]
