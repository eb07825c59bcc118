"""Agent memory in three tiers behind one manager. `open_memory(home=..., namespace=...)` is the way in.

Public names load on first use, so `import memos` costs nothing: no torch, no database, no pydantic until asked for.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

# A checkout without links keeps stores/, policies/ and apps/ beside this folder; an installed package holds them inside.
if not os.path.isdir(os.path.join(__path__[0], "stores")):
    __path__.append(os.path.dirname(__path__[0]))

__version__ = "0.1.0"
