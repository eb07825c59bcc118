"""Bring your own history: observe a chat export, ask about it, and see every score behind the ranking."""

import json
import sys
from pathlib import Path

from memos import open_memory
from memos.interchange import read_drafts

history = Path("chat.jsonl")
history.write_text(
    "\n".join(
        json.dumps({"role": role, "content": text})
        for role, text in (
            ("user", "My sister Marta moved to Oslo in March."),
            ("assistant", "Noted."),
            ("user", "I am allergic to walnuts."),
        )
    ),
    "utf-8",
)

with open_memory(home="./memory", namespace="ana") as memory:
    report = memory.observe_many(read_drafts(history))
    print(report.observed, report.by_action)
    for hit in memory.recall("what must I not eat?", k=2).hits:
        print(f"{hit.score:.2f}", hit.record.text, hit.parts, hit.record.origin)
    sys.exit(0 if memory.log(limit=1) else 1)
