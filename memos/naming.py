"""The names a text mentions: people, places and things, by capital letters and the facts that were read. Pure.

Links between records that name the same thing are made of these, so a missed name costs a link and a false one makes a
poor link; both are bearable, a slow rule is not. Knows English openers and scripts that have capitals; does not know
what a name means, and finds none in scripts without capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from memos.types import FactKey

MOST_NAMES = 12
"""Names taken from one text: what comes later in a long text says less about it."""
READ = 20_000
"""Characters looked at."""
LONGEST = 80
"""Characters of a name: a longer one is a heading in capitals."""

_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[.!?…:;,\n\"“”()\[\]]")
_BREAKS = frozenset(".!?…:\n\"“”")
_PARTS = frozenset(".!?…:;,\n\"“”()[]")
# Capitals that name nothing in particular.
_NO_NAMES = frozenset(
    """i i'm i've i'll i'd ok okay yes no hi hello hey thanks thank wow oh ah well please sorry dear
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december mr mrs ms miss dr prof sir madam am pm ai
    the a an this that these those my your his her its our their we you he she it they there here and but or so if when
    while what where who whom whose why how which in on at by for from with without to of as about after before since
    until is are was were be been do does did have has had can could will would shall should may might must not just
    also too very really actually maybe perhaps today tomorrow yesterday tonight now then later soon once
    user assistant tool system function model human""".split()  # noqa: SIM905
)
# What follows a name at the head of a sentence or a quotation, where a capital alone says nothing.
_AFTER_NAME = frozenset(
    """is was has had will would and or likes loves lives works wants went said says told moved got called came lived
    worked liked loved bought gave took made can knows knew plays played studies studied needs visited married " ”""".split()  # noqa: SIM905
)
# First words of compound names, which alone name nothing.
_GENERIC = frozenset(
    """new san santa los las saint st the mount lake university college north south east west great old port fort
    club hotel street road avenue""".split()  # noqa: SIM905
)


def names_in(text: str, *, fact: FactKey | None = None, actor: str | None = None) -> tuple[str, ...]:
    """The names, folded, each once, in order of sight; of "Lena Ortiz" also "lena" and "ortiz".

    The speaker and the subject and value of a fact count where they read as names.
    """
    found = [name for run in _capitalised_runs(text[:READ]) for name in _forms(run)]
    if fact is not None:
        found += _of_fact(fact, text)
    if actor is not None and actor.strip():
        found.append(actor)
    folded = (" ".join(name.replace("’", "'").casefold().split()) for name in found)
    return tuple(dict.fromkeys(name for name in folded if _says_something(name)))[:MOST_NAMES]


def _capitalised_runs(text: str) -> Iterator[list[str]]:
    """Words that stand in capitals side by side; at the head of a sentence only what reads as a name there."""
    tokens = _TOKEN.findall(text)
    run: list[str] = []
    run_at_head = head = True
    for place, token in enumerate([*tokens, "."]):
        if token not in _PARTS and _is_capitalised(token):
            if not run:
                run_at_head = head
            run.append(_bare(token))
        elif run:
            yield from _as_name(run, run_at_head, tokens[place - 1], token)
            run = []
        head = token in _BREAKS if token in _PARTS else False


def _as_name(run: list[str], at_head: bool, last: str, following: str) -> Iterator[list[str]]:
    while run and at_head and run[0].casefold() in _NO_NAMES:
        run, at_head = run[1:], False
    while run and run[-1].casefold() in _NO_NAMES:
        run = run[:-1]
    if not run:
        return
    owns = last.endswith(("'s", "’s"))
    if len(run) > 1 or not at_head or owns or following.casefold() in _AFTER_NAME:
        yield run


def _forms(run: list[str]) -> Iterator[str]:
    yield " ".join(run)
    if 1 < len(run) <= 3 and run[0].casefold() not in _GENERIC:
        yield run[0]
        yield run[-1]


def _of_fact(fact: FactKey, text: str) -> Iterable[str]:
    """The value where the text writes it in capitals; the subject where it is more than the speaker."""
    at = text.casefold().find(fact.value.casefold())
    if at >= 0 and text[at : at + 1].isupper() and len(fact.value.split()) <= 4:
        yield fact.value
    if fact.subject[:1].isupper():
        yield _bare(fact.subject)


def _is_capitalised(word: str) -> bool:
    return word[0].isupper() and word.casefold() not in ("i", "i'm", "i've", "i'll", "i'd")


def _bare(word: str) -> str:
    return re.sub(r"['’]s$", "", word)


def _says_something(name: str) -> bool:
    return 2 <= len(name) <= LONGEST and name not in _NO_NAMES
