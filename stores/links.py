"""Links between records of one namespace: grown when a record is kept, walked one step at recall, erased with either end.

    same-entity   both name the same person, place or thing         weight: the rarer the name, the more
    similar       their vectors are close                           weight: the cosine
    continues     the kept turn before it in its session            weight 1
    supersedes    what it took the place of                         weight 1
    derived-from  what it was made of                               weight 1

A link leads from the newer record to the older one and is walked both ways. The cost of growing is bounded whatever
the store holds: a name that many records bear says nothing and links nothing, and a record begins few links. The same
records in the same order give the same links. Knows `links` and `mentions`; which words are names is `memos.naming`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from memos.stores.lexical import View
from memos.stores.schema import links, mentions, records
from memos.types import Link, LinkKind

MOST_BEARERS = 24
"""Records that may bear a name before it links nothing any more."""
MOST_SAME_ENTITY = 8
"""Links of this kind that one record begins, those by the rarest names first."""
MOST_SIMILAR = 3
SIMILAR_FROM = 0.6
"""Cosine from which two texts are similar. Below it, MiniLM finds kinship between any two sentences about a person."""

GROWN = (LinkKind.SAME_ENTITY, LinkKind.SIMILAR)
"""Kinds that are read from a text, and end when it changes."""

_BEARERS = (
    sa.select(mentions.c.record_key)
    .where(mentions.c.namespace == sa.bindparam("namespace"), mentions.c.name == sa.bindparam("name"))
    .order_by(mentions.c.record_key.desc()).limit(MOST_BEARERS + 1)
)
_TURN_BEFORE = (
    sa.select(records.c.key)
    .where(records.c.namespace == sa.bindparam("namespace"), records.c.session == sa.bindparam("session"), records.c.turn < sa.bindparam("turn"))
    .order_by(records.c.turn.desc()).limit(1)
)


def join(connection: Connection, namespace: str, start: int, end: int, kind: LinkKind, reason: str = "",
         weight: float = 1.0) -> None:
    """Link two records by what is known of them, unless they are linked so already."""
    if start != end:
        _begin(connection, namespace, start, {(end, kind): (weight, reason)})


def grow(connection: Connection, row: Any, names: Sequence[str], near: Iterable[tuple[int, float]]) -> None:
    """Begin the links that follow from a record's place and text. `near`: (key, cosine) of others, nearest first.

    Growing again changes nothing; after a change of the text call `wither` first.
    """
    namespace, key = row["namespace"], row["key"]
    begun: dict[tuple[int, LinkKind], tuple[float, str]] = {}
    if row["session"] is not None and row["turn"] is not None:
        before = connection.execute(
            _TURN_BEFORE, {"namespace": namespace, "session": row["session"], "turn": row["turn"]}
        ).scalar()
        if before is not None:
            begun[before, LinkKind.CONTINUES] = 1.0, "the kept turn before it"
    similar = [(other, cosine) for other, cosine in near if cosine >= SIMILAR_FROM and other != key]
    for other, cosine in similar[:MOST_SIMILAR]:
        begun[other, LinkKind.SIMILAR] = min(cosine, 1.0), f"cosine {cosine:.2f}"
    shared = _sharing(connection, namespace, key, names)
    for other in sorted(shared, key=lambda other: (-shared[other][0], -other))[:MOST_SAME_ENTITY]:
        weight, name = shared[other]
        begun[other, LinkKind.SAME_ENTITY] = weight, f"both name {name}"
    _begin(connection, namespace, key, begun)
    _mention(connection, namespace, key, names)


def _sharing(connection: Connection, namespace: str, key: int, names: Iterable[str]) -> dict[int, tuple[float, str]]:
    """Other records that mention one of the names: how much that says, and the rarest name shared."""
    shared: dict[int, tuple[float, str]] = {}
    for name in names:
        found = connection.execute(_BEARERS, {"namespace": namespace, "name": name}).scalars()
        bearers = [other for other in found if other != key]
        if len(bearers) >= MOST_BEARERS:
            continue
        weight = 1.0 / (1 + len(bearers)) ** 0.5
        for other in bearers:
            if weight > shared.get(other, (0.0, ""))[0]:
                shared[other] = weight, name
    return shared


def _mention(connection: Connection, namespace: str, key: int, names: Sequence[str]) -> None:
    known = set(connection.execute(sa.select(mentions.c.name).where(mentions.c.record_key == key)).scalars())
    rows = [{"namespace": namespace, "name": name, "record_key": key} for name in names if name not in known]
    if rows:
        connection.execute(sa.insert(mentions), rows)


def _begin(connection: Connection, namespace: str, key: int,
           begun: Mapping[tuple[int, LinkKind], tuple[float, str]]) -> None:
    if not begun:
        return
    known = {(other, kind) for other, kind in connection.execute(
        sa.select(links.c.to_key, links.c.kind).where(links.c.from_key == key))}
    rows = [
        {"from_key": key, "to_key": other, "kind": kind.value, "namespace": namespace, "weight": weight, "reason": reason}
        for (other, kind), (weight, reason) in begun.items() if (other, kind.value) not in known
    ]
    if rows:
        connection.execute(sa.insert(links), rows)


def wither(connection: Connection, key: int) -> None:
    """End the links that were read from a record's text, and its names."""
    connection.execute(sa.delete(links).where(_touches(key), links.c.kind.in_([kind.value for kind in GROWN])))
    connection.execute(sa.delete(mentions).where(mentions.c.record_key == key))


def cut(connection: Connection, key: int) -> int:
    """Erase every link from and to a record, and its names. Returns the links."""
    connection.execute(sa.delete(mentions).where(mentions.c.record_key == key))
    return connection.execute(sa.delete(links).where(_touches(key))).rowcount


def made_of(connection: Connection, key: int) -> list[int]:
    """Keys of the records derived from this one."""
    return list(connection.execute(
        sa.select(links.c.from_key).where(links.c.to_key == key, links.c.kind == LinkKind.DERIVED_FROM.value)
    ).scalars())


def links_of(connection: Connection, namespace: str, key: int) -> tuple[Link, ...]:
    """Both directions, the heaviest first."""
    found: list[Link] = []
    for here, there, outgoing in ((links.c.from_key, links.c.to_key, True), (links.c.to_key, links.c.from_key, False)):
        rows = connection.execute(
            sa.select(links.c.kind, records.c.id, links.c.weight, links.c.reason)
            .join(records, records.c.key == there).where(here == key, links.c.namespace == namespace)
        )
        found += [Link(kind=LinkKind(kind), target=target, weight=weight, reason=reason, outgoing=outgoing)
                  for kind, target, weight, reason in rows]
    return tuple(sorted(found, key=lambda link: (-link.weight, link.kind, not link.outgoing, link.target)))


def linked(view: View, keys: Iterable[int], kinds: Sequence[LinkKind]) -> list[tuple[int, int, float]]:
    """(one of `keys`, a record of the namespace it is linked with, weight), both directions; whether the view's condition
    lets the other be seen is not asked."""
    found = view.run(_LINKED, keys=list(keys), kinds=[kind.value for kind in kinds])
    return [(row[0], row[1], row[2]) for row in found.all()]


_LINKED = sa.union_all(*(
    sa.select(here, there, links.c.weight).where(
        here.in_(sa.bindparam("keys", expanding=True)), links.c.namespace == sa.bindparam("namespace"),
        links.c.kind.in_(sa.bindparam("kinds", expanding=True)),
    )
    for here, there in ((links.c.from_key, links.c.to_key), (links.c.to_key, links.c.from_key))
))


def _touches(key: int) -> ColumnElement[bool]:
    return sa.or_(links.c.from_key == key, links.c.to_key == key)
