"""Erasing records together with every row that quotes them. Runs inside the caller's transaction.

Knows which tables hold words of a record. The bytes of erased rows leave the disk when the store is compacted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from memos.stores.dialects import holds
from memos.stores.links import cut, made_of
from memos.stores.schema import context_turns, decisions, embeddings, experiences, records, revisions
from memos.types import Action

FOLDED_INTO = (Action.MERGE.value, Action.NOOP.value, Action.UPDATE.value)
"""Decisions by which an experience's text became, or repeated, that of its target."""

ERASED = "erased"
MIN_VALUE = 3
"""Characters below which a value, found in another record's reason, is more likely a coincidence."""


def erase(connection: Connection, namespace: str, rows: Sequence[Any]) -> dict[str, int]:
    """Erase the records given as rows of `records`. Returns rows erased by kind."""
    erased = dict.fromkeys(("records", "revisions", "experiences", "decisions", "vectors", "context_turns", "links"), 0)
    for row in rows:
        quoting = set(connection.execute(
            sa.select(decisions.c.experience_id).where(
                decisions.c.namespace == namespace, decisions.c.target == row["id"],
                decisions.c.action.in_(FOLDED_INTO),
            )
        ).scalars())
        if row["experience_id"] is not None:
            quoting.add(row["experience_id"])
        values = _values(connection, namespace, row, quoting)
        for experience_id in quoting:
            _add(erased, _erase_experience(connection, namespace, experience_id))
        # Decisions that name the record as what they superseded may quote its value in their reason.
        _add(erased, {"decisions": _blank(connection, namespace, decisions.c.target == row["id"])})
        key = row["key"]
        derived = made_of(connection, key)
        _add(erased, {
            "links": cut(connection, key),
            "vectors": connection.execute(sa.delete(embeddings).where(embeddings.c.key == key)).rowcount,
            "revisions": connection.execute(sa.delete(revisions).where(revisions.c.record_key == key)).rowcount,
            "records": connection.execute(sa.delete(records).where(records.c.key == key)).rowcount,
        })
        _unlink(connection, namespace, row["id"], derived)
        _add(erased, {
            "decisions": _blank_quotes(connection, namespace, values) + _blank_short(connection, namespace, row)
        })
    return erased


def _erase_experience(connection: Connection, namespace: str, experience_id: str) -> dict[str, int]:
    return {
        "experiences": connection.execute(sa.delete(experiences).where(
            experiences.c.namespace == namespace, experiences.c.id == experience_id)).rowcount,
        "context_turns": connection.execute(sa.delete(context_turns).where(
            context_turns.c.namespace == namespace, context_turns.c.experience_id == experience_id)).rowcount,
        "decisions": _blank(connection, namespace, decisions.c.experience_id == experience_id),
    }


def _blank(connection: Connection, namespace: str, condition: sa.ColumnElement[bool]) -> int:
    """Take the words out of decisions; that they were taken, and when, stays on record."""
    return connection.execute(
        sa.update(decisions).where(decisions.c.namespace == namespace, condition, decisions.c.reason != ERASED)
        .values(reason=ERASED, fact=None, scores={})
    ).rowcount


def _values(connection: Connection, namespace: str, row: Any, quoting: Collection[str]) -> set[str]:
    """Values that the record states now, or that were read from the experiences folded into it."""
    facts = connection.execute(
        sa.select(decisions.c.fact).where(decisions.c.namespace == namespace, decisions.c.experience_id.in_(quoting))
    ).scalars()
    values = {row["fact_value"], *(fact["value"] for fact in facts if fact)}
    return {value for value in values if value and len(value) >= MIN_VALUE}


def _blank_quotes(connection: Connection, namespace: str, values: Collection[str]) -> int:
    """Reasons given for other records may quote a value: what superseded them, or stands beside them."""
    blanked = 0
    for value in values:
        blanked += _blank(connection, namespace, _quotes(decisions.c.reason, value))
        here = sa.select(records.c.key).where(records.c.namespace == namespace)
        connection.execute(
            sa.update(records).where(records.c.namespace == namespace, _quotes(records.c.reason, value))
            .values(reason=ERASED)
        )
        connection.execute(
            sa.update(revisions).where(revisions.c.record_key.in_(here), _quotes(revisions.c.reason, value))
            .values(reason=ERASED)
        )
    return blanked


def _quotes(reason: sa.Column[str], value: str) -> sa.ColumnElement[bool]:
    """Whether a reason holds the value, in whatever case it was said."""
    return sa.or_(holds(reason, value), holds(sa.func.lower(reason), value.lower()))


def _blank_short(connection: Connection, namespace: str, row: Any) -> int:
    """The same for a value too short to be looked for everywhere: as a word, in decisions about the same attribute."""
    value = row["fact_value"]
    if not value or len(value) >= MIN_VALUE:
        return 0
    found = connection.execute(
        sa.select(decisions.c.key, decisions.c.reason, decisions.c.fact)
        .where(decisions.c.namespace == namespace, _quotes(decisions.c.reason, value))
    ).all()
    word = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE)
    keys = [
        key for key, reason, fact in found
        if fact and (fact["subject"], fact["attribute"]) == (row["fact_subject"], row["fact_attribute"]) and word.search(reason)
    ]
    return sum(_blank(connection, namespace, decisions.c.key == key) for key in keys)


def _unlink(connection: Connection, namespace: str, record_id: str, derived: Collection[int]) -> None:
    """Take the record's id out of the records that point to it; `derived`: keys of those that were made of it."""
    here = records.c.namespace == namespace
    for column in (records.c.supersedes, records.c.superseded_by):
        connection.execute(sa.update(records).where(here, column == record_id).values({column.name: None}))
    pointing = connection.execute(
        sa.select(records.c.key, records.c.derived_from).where(records.c.key.in_(derived))
    ).all()
    for key, value in pointing:
        kept = [one for one in value if one != record_id]
        connection.execute(sa.update(records).where(records.c.key == key).values(derived_from=kept))


def _add(total: dict[str, int], some: dict[str, int]) -> None:
    for kind, count in some.items():
        total[kind] += count
