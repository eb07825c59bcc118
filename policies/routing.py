"""RuleRouting: where an experience goes, by rules, with no language model.

Knows the texts, keys and neighbours it is shown, the settings, and nothing else; the same view always gives the same
decision. The rules stand in the order in which they are asked; the first that decides wins.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from memos.config import RoutingSettings
from memos.grammar import RELATIONS
from memos.policies import secrets, wording
from memos.policies.wording import Talk, word_set
from memos.protocols import Prepared, RoutingView
from memos.types import Action, Experience, FactKey, MemoryRecord, Origin, RoutingDecision, normalise_text

MULTI_VALUED = word_set(
    """hobby interest allergy intolerance language instrument skill pet sister brother sibling daughter son child
    friend colleague goal like dislike medication condition certification destination"""
)
"""Attributes that hold several values at once: another value adds, and supersedes only what the text takes back."""

# Whose word overrules whose. Nothing but the user's own word closes a statement of the user.
_TRUST = {Origin.USER: 3, Origin.IMPORT: 2, Origin.TOOL: 1, Origin.ASSISTANT: 0}

# An agent's text is a recall, not an experience, from this share of its content words on.
MOSTLY_REPEATED = 0.6
# What an assistant must add of its own before its words are worth keeping.
_ASSISTANT_NEW_WORDS = 3
_ASSISTANT_NEW_SHARE = 0.5

_PLAIN_CORES = 8  # the first wordings of a relation are its plainest; later ones tell a story around it
# Words of plain wordings that tell something of their own.
_SAYS_MORE = word_set("not no never always bad badly lived got flat house year years weekends main most only last")

_ASSISTANT_TALK = (
    "noted", "got it", "i have noted", "i have saved", "i have stored", "i will remember", "i will keep", "i will note",
    "thanks for", "thank you for", "i do not know", "i do not have", "i am not sure", "you are welcome", "how can i",
    "let me know", "happy to", "i am happy to", "glad to", "i can help", "feel free", "as an ai", "i am sorry",
    "sorry", "i understand", "as you told", "as you said", "as you mentioned", "nice to", "that sounds",
)


class RuleRouting:
    """The default. `settings` says from which cosine a text is merged and what happens to secrets."""

    name = "rules@1"

    def __init__(self, settings: RoutingSettings | None = None) -> None:
        self.settings = settings or RoutingSettings()

    def prepare(self, experience: Experience) -> Prepared:
        """The text with its secrets redacted, where the setting says so; else the text itself and what it holds."""
        return secrets.prepare(experience.text, self.settings.secrets)

    def route(self, experience: Experience, view: RoutingView) -> RoutingDecision:
        """The first rule that decides. The reason is a sentence for a person, the scores are what it was based on."""
        return _Case(experience, view, self.settings, self.name).decide()


class _Case:
    """One experience before the rules."""

    def __init__(self, experience: Experience, view: RoutingView, settings: RoutingSettings, policy: str) -> None:
        self.experience = experience
        self.text = experience.text
        self.view = view
        self.settings = settings
        self.policy = policy
        self.redacted = secrets.marks(self.text)
        self.scores: dict[str, float] = {"redacted": float(len(self.redacted))} if self.redacted else {}
        self.not_claimed: str | None = None
        if view.fact:
            self.not_claimed = wording.claims(self.text, view.fact.value, view.fact.attribute)
        self.fact = self._claimed_fact()

    def decide(self) -> RoutingDecision:
        rules = (
            self._empty, self._secret, self._recalled_by_agent, self._without_content, self._exact, self._quoted,
            self._assistant, self._same_fact, self._near,
        )
        for rule in rules:
            if decision := rule():
                return decision
        return self._add(self._why_new())

    # --- the rules, in order ---

    def _empty(self) -> RoutingDecision | None:
        if not normalise_text(self.text):
            return self._drop("empty")
        if self.redacted and not wording.content_words(secrets.without_marks(self.text)):
            return self._drop(f"nothing is left beside what was redacted ({', '.join(self.redacted)})")
        return None

    def _secret(self) -> RoutingDecision | None:
        if self.settings.secrets == "keep":
            return None
        found = tuple(dict.fromkeys(secret.kind for secret in secrets.find(self.text)))
        if not found:
            return None
        self.scores["secrets"] = float(len(found))
        if self.settings.secrets == "drop":
            return self._drop(f"holds a secret ({', '.join(found)})")
        # Fails closed: whoever forgot `prepare` must not store a secret by it.
        return self._drop(f"holds a secret that was not redacted ({', '.join(found)})")

    def _recalled_by_agent(self) -> RoutingDecision | None:
        """Invariant 4: what was recalled and said again by the agent or a tool is no new experience."""
        if self.experience.origin not in (Origin.ASSISTANT, Origin.TOOL) or not self.view.injected:
            return None
        share, new = wording.share_repeated(self.text, self.view.injected)
        self.scores["repeated"] = share
        if share >= MOSTLY_REPEATED:
            # Counted, not quoted: the text of a dropped experience is kept nowhere.
            return self._drop(f"repeats what was recalled in this session ({share:.0%} of it, {len(new)} new words)")
        return None

    def _without_content(self) -> RoutingDecision | None:
        kind = wording.talk(self.text)
        if kind is Talk.STATES:
            return None
        if self.fact is not None and kind is Talk.ASKS and wording.has_side_clause(self.text):
            return None
        return self._drop({
            Talk.ASKS: "a question that states nothing",
            Talk.REQUESTS: "a request that states nothing",
            Talk.FILLS: "a greeting or acknowledgement",
            Talk.NOISE: "no words in it",
        }[kind])

    def _exact(self) -> RoutingDecision | None:
        normal = normalise_text(self.text)
        for record in self._known():
            if normalise_text(record.text) == normal and self._same_speaker(record) and self._same_day(record):
                return self._decide(Action.NOOP, f"exact duplicate of {_short(record)}", target=record)
        return None

    def _quoted(self) -> RoutingDecision | None:
        """A user's message into which recalled notes were pasted, and that states nothing beside them."""
        if self.view.injected and wording.quoted_in(self.text, self.view.injected):
            return self._drop("everything it states was recalled in this session, word for word")
        return None

    def _assistant(self) -> RoutingDecision | None:
        """An assistant's words are kept only for what nobody said before."""
        if self.experience.origin is not Origin.ASSISTANT:
            return None
        own = [s for s in wording.sentences(self.text) if wording.talk(s) is Talk.STATES and not _is_service(s)]
        if not own:
            return self._drop("the assistant's own words state nothing")
        if self.fact and any(not wording.same_value(self._value(r), self.fact.value) for r in self.view.same_fact):
            return self._drop("the assistant says otherwise than what is stored, and is no source for it")
        share, new = wording.share_repeated(" ".join(own), [*self.view.injected, *(r.text for r in self._known())])
        self.scores["repeated"] = share
        if len(new) < _ASSISTANT_NEW_WORDS or 1 - share < _ASSISTANT_NEW_SHARE:
            return self._drop(f"the assistant's own words add nothing ({len(new)} new words, {share:.0%} known)")
        return None

    def _same_fact(self) -> RoutingDecision | None:
        """Same subject, same attribute: the same value again, a new value, or one that was true before."""
        if self.fact is None:
            return None
        rivals = [r for r in self.view.same_fact if r.fact and self._same_speaker(r)]
        label = f"{self.fact.subject}'s {_spoken(self.fact.attribute)}"
        for record in rivals:
            if wording.same_value(self._value(record), self.fact.value):
                share, new = wording.share_repeated(self.text, [record.text, *_told_with(self.fact.attribute)])
                if not new and self._same_day(record) and _numbers(self.text) <= _numbers(record.text):
                    return self._decide(
                        Action.MERGE, f"says again what {_short(record)} says: {label} is {self.fact.value}",
                        target=record, repeated=share,
                    )
                return None  # the same value with more around it: kept beside
        replaced = self._replaced(rivals)
        if replaced is None:
            return None
        old = self._value(replaced)
        if _TRUST[self.experience.origin] < _TRUST[replaced.origin]:
            return self._add(
                f"{label} is {old} by the {replaced.origin.value}'s word ({_short(replaced)}); "
                f"{self.experience.origin.value} text stands beside it and does not supersede"
            )
        if self.experience.occurred_at < replaced.valid_from:
            return self._decide(
                Action.ADD, f"{label} was {self.fact.value} on {self.experience.occurred_at:%Y-%m-%d}; "
                f"{_short(replaced)} of {replaced.valid_from:%Y-%m-%d} is newer and stays", target=replaced,
            )
        if wording.states_several(replaced.text):
            return self._add(
                f"{label} was {old} ({_short(replaced)}), now {self.fact.value}; "
                f"{_short(replaced)} says more than that, so it stays beside"
            )
        return self._decide(
            Action.SUPERSEDE, f"{label} was {old} ({_short(replaced)}), now {self.fact.value}", target=replaced,
        )

    def _near(self) -> RoutingDecision | None:
        close = [n for n in self.view.neighbours if n.cosine >= self.settings.near_duplicate]
        if self.view.neighbours:
            self.scores["cosine"] = max(n.cosine for n in self.view.neighbours)
        said = wording.wording(self.text)
        for neighbour in sorted(close, key=lambda n: -n.cosine):
            record = neighbour.record
            # The cosine cannot see a changed name, number or "not": every word that carries meaning must agree.
            if wording.wording(record.text) == said and self._same_speaker(record) and self._same_day(record):
                return self._decide(
                    Action.MERGE, f"near duplicate of {_short(record)}, cosine {neighbour.cosine:.2f}",
                    target=record, cosine=neighbour.cosine,
                )
        return None

    # --- what the rules look at ---

    def _claimed_fact(self) -> FactKey | None:
        """The fact as a key, unless the text denies it, doubts it, or its value was redacted."""
        fact = self.view.fact
        if fact is None or self.not_claimed or secrets.marks(fact.value):
            return None
        return fact

    def _replaced(self, rivals: list[MemoryRecord]) -> MemoryRecord | None:
        """The record whose value the new one takes the place of, if it does."""
        assert self.fact is not None
        if not rivals or wording.adds(self.text):
            return None
        by_age = sorted(rivals, key=lambda r: r.valid_from, reverse=True)
        if self.fact.attribute not in MULTI_VALUED:
            return by_age[0]
        named = [r for r in by_age if wording.names(self.text, self._value(r))]
        if named and wording.corrects(self.text):
            return named[0]
        return by_age[0] if len(by_age) == 1 and wording.corrects(self.text) else None

    def _known(self) -> Iterator[MemoryRecord]:
        seen: set[str] = set()
        for record in (self.view.exact, *self.view.same_fact, *(n.record for n in self.view.neighbours)):
            if record is not None and record.id not in seen:
                seen.add(record.id)
                yield record

    def _same_speaker(self, record: MemoryRecord) -> bool:
        """ "I live in Rome" from two people are two facts. An unnamed speaker is taken for the same one."""
        one, other = self.experience.source.actor, record.source.actor
        if one is None or other is None or one.casefold() == other.casefold():
            return True
        return not (wording.about_speaker(self.text) or wording.about_speaker(record.text))

    def _same_day(self, record: MemoryRecord) -> bool:
        """ "Dinner tomorrow", said on two days, are two dinners."""
        if self.experience.occurred_at.date() == record.occurred_at.date():
            return True
        return wording.relative_time(self.text) is None

    def _value(self, record: MemoryRecord) -> str:
        return record.fact.value if record.fact else ""

    def _why_new(self) -> str:
        if self.not_claimed and self.view.fact:
            return f"new; {self.not_claimed} {self.view.fact.value!r}, so it supersedes nothing"
        if self.fact is None:
            return "new"
        label = f"{self.fact.subject}'s {_spoken(self.fact.attribute)}"
        if any(wording.same_value(self._value(r), self.fact.value) for r in self.view.same_fact):
            return f"says more than what is stored about {label}"
        others = [self._value(r) for r in self.view.same_fact if self._same_speaker(r)]
        if others:
            return f"another value of {label}, beside {', '.join(others)}"
        return f"new: {label} is {self.fact.value}"

    # --- decisions ---

    def _drop(self, reason: str) -> RoutingDecision:
        return self._decide(Action.DROP, reason, keeps_fact=False)

    def _add(self, reason: str) -> RoutingDecision:
        return self._decide(Action.ADD, reason)

    def _decide(
        self, action: Action, reason: str, *, target: MemoryRecord | None = None, keeps_fact: bool = True, **scores: float
    ) -> RoutingDecision:
        redaction = f"; redacted: {', '.join(self.redacted)}" if self.redacted and action is not Action.DROP else ""
        return RoutingDecision(
            experience_id=self.experience.id, action=action, target=target.id if target else None,
            reason=reason + redaction, scores=self.scores | scores, policy=self.policy,
            fact=self.fact if keeps_fact else None,
        )


@lru_cache(maxsize=64)
def _told_with(attribute: str) -> tuple[str, ...]:
    """The words with which the attribute is plainly told: "my home is in Lyon" says no more than "I live in Lyon"."""
    relation = RELATIONS.get(attribute)
    if relation is None:
        return ()
    cores = [core.replace("{x}", " ").replace("*", "") for core in relation.statement_cores[:_PLAIN_CORES]]
    return tuple(word for core in (relation.label, *cores) for word in wording.content_words(core) if word not in _SAYS_MORE)


def _is_service(sentence: str) -> bool:
    """Whether an assistant's sentence is service talk: acknowledging, offering, not knowing."""
    spoken = " ".join(wording.words(sentence))
    return any(spoken.startswith(opening) for opening in _ASSISTANT_TALK)


def _numbers(text: str) -> set[str]:
    return {word for word in wording.words(text) if any(character.isdigit() for character in word)}


def _spoken(attribute: str) -> str:
    return attribute.replace("_", " ")


def _short(record: MemoryRecord) -> str:
    return record.id[:12]
