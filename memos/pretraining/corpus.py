"""Generated pretraining text: sessions of notes, statements, questions and small talk, as weighted segments.

A session keeps its own record of what has been said, so every answer in it is right by construction: what the notes
or the turns hold, else what the fixed old people are known for, else "I do not know yet.". Everything is a pure
function of a `random.Random` and a `Mix`. Knows no tokenizer and no tensor; never uses a held-out wording.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from memos.grammar import framing
from memos.grammar.composing import capitalised, fill, question_templates, statement_template
from memos.grammar.facts import UNKNOWN_ANSWER, USER, Fact, Wording, answer_text
from memos.grammar.noise import vary
from memos.grammar.plain import (
    NOTHING_PLAIN,
    PLAIN_QUESTION_REQUEST,
    PLAIN_STATEMENT_REQUEST,
    QUESTION_REQUEST,
    plain_question,
    plain_statement,
)
from memos.grammar.relations import RELATIONS
from memos.grammar.values import sample_person, sample_value
from memos.grammar.world import (
    OLD_FACTS,
    OLD_PEOPLE,
    colloquial_questions,
    colloquial_statements,
    frame_suits,
    framed_question,
    framed_statement,
    question_cores,
    relations_of,
    sample_fact,
    statement_cores,
)
from memos.pretraining.chat_format import (
    ASSISTANT,
    END,
    SYSTEM,
    USER_TURN,
    note_line,
    notes_message,
)
from memos.pretraining.loose_facts import Loose, sample_loose
from memos.pretraining.small_talk import CHATTER, EXCHANGES, OUTSIDE_QUESTIONS, ROLES, TAILS

CORPUS_VERSION = 3
"""Raised whenever a change alters the generated text; recorded in the shipped model's training log."""

ACK_NEW, ACK_OTHER, ACK_UPDATE, ACK_CHATTER = "Got it.", "Noted.", "Okay, updated.", "Okay."

_OLD = {(fact.subject, fact.relation): fact for fact in OLD_FACTS}
_OLD_SUBJECTS = frozenset(OLD_PEOPLE)
_OLD_FIRST_NAMES = frozenset(person.split()[0] for person in OLD_PEOPLE)


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text whose tokens share one loss weight."""

    text: str
    weight: float


Document = tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Mix:
    """How often each form of session is drawn, and how noisy it is. Weights need not sum to one."""

    reading: float = 0.46
    closed_book: float = 0.22
    dialogue: float = 0.11
    notes_then_closed_book: float = 0.11
    small_talk: float = 0.04
    question_writing: float = 0.04
    plain_wording: float = 0.14
    question_noise: float = 0.28
    statement_noise: float = 0.26
    colloquial_questions: float = 0.3
    colloquial_statements: float = 0.3
    loose: float = 0.13
    contradictions: float = 0.3
    shuffled: float = 0.05
    absent: float = 0.26
    ask_contradicted: float = 0.2
    novel_values: float = 0.5
    novel_people: float = 0.4
    background_weight: float = 0.1
    written_question_weight: float = 0.4


@dataclass(slots=True)
class Session:
    """What one generated session has said so far: its segments and the facts that hold in it."""

    mix: Mix
    rng: random.Random
    segments: list[Segment] = field(default_factory=list)
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    loose: dict[str, Loose] = field(default_factory=dict)
    contradicted: list[Fact] = field(default_factory=list)

    def background(self, text: str) -> None:
        """Text that the model reads and need hardly predict."""
        self.segments.append(Segment(text, self.mix.background_weight))

    def user(self, text: str) -> None:
        """A turn of the user's."""
        self.background(f"{USER_TURN} {text}{END}{ASSISTANT}")

    def assistant(self, text: str, weight: float = 1.0) -> None:
        """A turn of the model's, learned in full."""
        self.segments.append(Segment(f" {text}{END}", weight))


def generate_document(rng: random.Random, mix: Mix, max_notes: int) -> Document:
    """One session, its notes bounded by `max_notes` (the curriculum's knob)."""
    session = Session(mix, rng)
    forms: tuple[tuple[Callable[[Session, int], None], float], ...] = (
        (_reading, mix.reading),
        (_closed_book, mix.closed_book),
        (_dialogue, mix.dialogue),
        (_notes_then_closed_book, mix.notes_then_closed_book),
        (_small_talk, mix.small_talk),
        (_question_writing, mix.question_writing),
        (_plain_wording, mix.plain_wording),
    )
    form = rng.choices([f for f, _ in forms], [w for _, w in forms])[0]
    form(session, max_notes)
    return tuple(session.segments)


# ---- wordings ---------------------------------------------------------------------------------------------------


@cache
def _question_frames() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    frames = framing.KNOWN_QUESTION_FRAMES
    direct, embedded, noun = (tuple(f for f in frames if slot in f) for slot in ("{D}", "{E}", "{N}"))
    return direct, embedded, noun


def word_question(
    rng: random.Random,
    subject: str,
    relation: str,
    noise: float,
    wording: Wording = Wording.KNOWN,
    colloquial: float = 0.0,
) -> str:
    """One wording of a question, drawn without building all of them; plain direct questions are the commonest.

    `colloquial` is the share of hand-written free wordings.
    """
    if colloquial and rng.random() < colloquial:
        text = rng.choice(colloquial_questions(subject, relation))
        return vary(text, rng) if rng.random() < noise else text
    third = subject != USER
    while (forms := question_templates(rng.choice(question_cores(relation, wording)), third)) is None:
        pass
    if wording is Wording.UNSEEN_FRAME:
        found = None
        while found is None:
            found = framed_question(rng.choice(framing.UNSEEN_QUESTION_FRAMES), forms)
        text = found
    else:
        direct, embedded, noun = _question_frames()
        roll = rng.random()
        if roll < 0.36:
            frame = "{D}?"
        elif forms.noun is not None and roll < 0.8:
            frame = rng.choice(noun)
        elif forms.embedded is not None and roll < 0.72:
            frame = rng.choice(embedded)
        else:
            frame = rng.choice(direct)
        text = framed_question(frame, forms) or capitalised(f"{forms.direct}?")
    text = fill(text, subject)
    return vary(text, rng) if rng.random() < noise else text


def word_statement(
    rng: random.Random,
    fact: Fact,
    noise: float,
    update: bool = False,
    wording: Wording = Wording.KNOWN,
    colloquial: float = 0.0,
) -> str:
    """One wording of a statement; `update` words it as a change of something said before.

    `colloquial` is the share of hand-written free wordings among statements that are no update.
    """
    if colloquial and not update and rng.random() < colloquial:
        text = rng.choice(colloquial_statements(fact))
        return vary(text, rng, fact.value) if rng.random() < noise else text
    third = fact.subject != USER
    frames: tuple[str, ...] = framing.KNOWN_STATEMENT_FRAMES
    if update and wording is Wording.KNOWN:
        cores = RELATIONS[fact.relation].update_cores
        if rng.random() < 0.4:
            cores = statement_cores(fact.relation)
        frames = framing.UPDATE_FRAMES
    else:
        cores = statement_cores(fact.relation, wording)
    if wording is Wording.UNSEEN_FRAME:
        frame = rng.choice(framing.UNSEEN_STATEMENT_FRAMES)
    else:
        frame = frames[0] if rng.random() < 0.5 else rng.choice(frames)
    template: str | None = None
    while template is None:
        core = rng.choice(cores)
        template = statement_template(core, third) if frame_suits(frame, core) else None
    text = framed_statement(frame, fill(template, fact.subject, fact.value), fact.subject, fact.value)
    return vary(text, rng, fact.value) if rng.random() < noise else text


# ---- what a session is about ------------------------------------------------------------------------------------


def _person(session: Session) -> str:
    """Somebody new; often sharing a name with somebody known, which must not make them known."""
    rng = session.rng
    if rng.random() < 0.15:
        return rng.choice(ROLES)
    while True:
        person = sample_person(rng, novel=rng.random() < session.mix.novel_people)
        if rng.random() < 0.15 and " " in person:
            first, last = rng.choice(OLD_PEOPLE).split(" ", 1)
            own_first, own_last = person.split(" ", 1)
            person = f"{first} {own_last}" if rng.random() < 0.5 else f"{own_first} {last}"
        if person not in _OLD_SUBJECTS and person not in _OLD_FIRST_NAMES:
            return person


def _value(session: Session, relation: str) -> str:
    rng = session.rng
    value = sample_value(RELATIONS[relation].kind, rng, novel=rng.random() < session.mix.novel_values)
    return value.lower() if rng.random() < 0.06 else value


def _next_fact(session: Session, people: Sequence[str], facts: Sequence[Fact]) -> Fact:
    """A fact that is easily confused with those before it: the same relation or the same subject."""
    rng = session.rng
    roll = rng.random()
    last = rng.choice(facts) if facts else None
    for _ in range(20):
        if last is not None and roll < 0.45:
            subject, relation = rng.choice(people), last.relation
        elif last is not None and roll < 0.7:
            subject, relation = last.subject, rng.choice(relations_of(last.subject))
        else:
            subject = USER if rng.random() < 0.5 else rng.choice(people)
            relation = rng.choice(relations_of(subject))
        if subject != USER and RELATIONS[relation].first_person_only:
            roll = 1.0
            continue
        if (subject, relation) not in session.known:
            break
        roll = 1.0
    return Fact(subject, relation, _value(session, relation))


def _days(rng: random.Random, count: int) -> list[str]:
    """`count` different ISO days in rising order, usually close to each other."""
    year, month = rng.randint(2023, 2027), rng.randint(1, 12)
    days: set[tuple[int, int, int]] = set()
    spread = rng.choice(("month", "year", "years"))
    while len(days) < count:
        days.add(
            (
                rng.randint(2023, 2027) if spread == "years" else year,
                month if spread == "month" and rng.random() < 0.8 else rng.randint(1, 12),
                rng.randint(1, 28),
            )
        )
    return [f"{y}-{m:02d}-{d:02d}" for y, m, d in sorted(days)]


def _told(session: Session, fact: Fact, update: bool = False) -> str:
    """A statement of `fact` as it is really told: now and then with a tail, or beside a remark."""
    rng = session.rng
    mix = session.mix
    text = word_statement(rng, fact, mix.statement_noise, update, colloquial=mix.colloquial_statements)
    roll = rng.random()
    if roll < 0.06 and text.endswith((f"{fact.value}.", f"{fact.value}!")):
        return text[:-1] + rng.choice(TAILS) + "."
    if roll < 0.1:
        return f"{rng.choice(CHATTER)} {text}"
    return f"{text} {rng.choice(CHATTER)}" if roll < 0.14 and text.endswith((".", "!")) else text


def _told_loosely(session: Session, loose: Loose) -> str:
    rng = session.rng
    form = rng.choice(loose.stated)
    text = form.replace("{x}", loose.value) + "."
    text = text if form.startswith("{x}") else capitalised(text)
    return vary(text, rng, loose.value) if rng.random() < session.mix.statement_noise else text


def _write_notes(session: Session, count: int, about: Sequence[str] | None = None) -> list[Fact]:
    """A system message of `count` notes; returns the facts that hold after them."""
    rng, mix = session.rng, session.mix
    people = list(about) if about is not None else [_person(session) for _ in range(rng.randint(1, 3))]
    pool = [USER, *people]
    facts: list[Fact] = []
    entries: list[str] = []
    contradict = mix.contradictions if count >= 2 else 0.0
    dated = rng.random() < 0.8
    while len(entries) < count:
        roll = rng.random()
        if roll < 0.08:
            entries.append(rng.choice(CHATTER))
            continue
        if roll < 0.08 + mix.loose:
            loose = sample_loose(rng)
            if loose.key not in session.loose:
                session.loose[loose.key] = loose
                entries.append(_told_loosely(session, loose))
            continue
        fact = _next_fact(session, pool, facts)
        changed = (fact.subject, fact.relation) in session.known
        if len(facts) > 0 and not changed and rng.random() < 0.06:
            first = entries.pop() if entries[-1].endswith(".") else ""
            entries.append(f"{first} {_told(session, fact)}".strip())
        else:
            entries.append(_told(session, fact))
        session.known[fact.subject, fact.relation] = fact.value
        if not changed:
            facts.append(fact)
        while len(entries) < count and rng.random() < contradict:
            newer = Fact(fact.subject, fact.relation, _value(session, fact.relation))
            entries.append(_told(session, newer, update=rng.random() < 0.5))
            session.known[fact.subject, fact.relation] = newer.value
            session.contradicted.append(newer)
            contradict *= 0.5
    days: list[str | None]
    if dated:
        days = list(_days(rng, len(entries)))
    else:
        days = [None] * len(entries)
    lines = [note_line(text, day) for text, day in zip(entries, days, strict=True)]
    # who asks gives notes oldest first; a few sessions without that order keep the dates worth reading
    if dated and rng.random() < mix.shuffled:
        rng.shuffle(lines)
    session.background(f"{SYSTEM} {notes_message(lines)}{END}")
    return [Fact(f.subject, f.relation, session.known[f.subject, f.relation]) for f in facts]


def _asked_subject(session: Session, subject: str, subjects: Sequence[str]) -> str:
    """Sometimes the first name alone, where only one person in the session bears it."""
    first = subject.split(" ", 1)[0]
    alone = sum(1 for other in subjects if other.split(" ", 1)[0] == first) == 1
    return (
        first
        if " " in subject and subject not in ROLES and alone and session.rng.random() < 0.15
        else subject
    )


def _ask(session: Session, subject: str, relation: str) -> None:
    """A question and its right answer."""
    subjects = {s for s, _ in session.known if s != USER}
    value = session.known.get((subject, relation))
    if value is None and (subject, relation) in _OLD:
        value = _OLD[subject, relation].value
    asked = _asked_subject(session, subject, tuple(subjects)) if subject in subjects else subject
    mix = session.mix
    session.user(
        word_question(session.rng, asked, relation, mix.question_noise, colloquial=mix.colloquial_questions)
    )
    session.assistant(UNKNOWN_ANSWER if value is None else answer_text(Fact(subject, relation, value)))


def _ask_loose(session: Session, loose: Loose) -> None:
    rng = session.rng
    question = rng.choice(loose.asked)
    session.user(vary(question, rng) if rng.random() < session.mix.question_noise else question)
    held = session.loose.get(loose.key)
    session.assistant(UNKNOWN_ANSWER if held is None else f"{held.value}.")


def _ask_absent(session: Session, people: Sequence[str]) -> None:
    """A question that nothing said in the session answers: near misses first."""
    rng = session.rng
    roll = rng.random()
    if roll < 0.14:
        loose = sample_loose(rng)
        if loose.key not in session.loose:
            _ask_loose(session, loose)
            return
    if roll < 0.18 and not session.loose:
        question = rng.choice(OUTSIDE_QUESTIONS)
        session.user(vary(question, rng) if rng.random() < session.mix.question_noise else question)
        session.assistant(UNKNOWN_ANSWER)
        return
    for _ in range(50):
        if session.known and rng.random() < 0.75:
            held_subject, held_relation = rng.choice(list(session.known))
            if rng.random() < 0.5:
                subject, relation = rng.choice([USER, *people, _person(session)]), held_relation
            else:
                subject, relation = held_subject, rng.choice(relations_of(held_subject))
        else:
            subject = USER if rng.random() < 0.5 else _person(session)
            relation = rng.choice(relations_of(subject))
        if subject != USER and RELATIONS[relation].first_person_only:
            continue
        bare_first = subject.split(" ", 1)[0]
        shares_first = any(s != subject and s.split(" ", 1)[0] == bare_first for s, _ in session.known)
        if (subject, relation) not in session.known and (subject, relation) not in _OLD and not shares_first:
            _ask(session, subject, relation)
            return


# ---- forms of session -------------------------------------------------------------------------------------------


def _note_count(rng: random.Random, max_notes: int) -> int:
    if max_notes > 6:
        return rng.randint(7, max_notes) if rng.random() < 0.07 else rng.randint(1, 6)
    return rng.randint(1, max_notes)


def _reading(session: Session, max_notes: int) -> None:
    rng = session.rng
    facts = _write_notes(session, _note_count(rng, max_notes))
    people = sorted({fact.subject for fact in facts if fact.subject != USER})
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4))):
        roll = rng.random()
        absent = session.mix.absent
        if roll < absent or not (facts or session.loose):
            _ask_absent(session, people)
        elif session.loose and (roll < absent + 0.16 or not facts):
            _ask_loose(session, session.loose[rng.choice(list(session.loose))])
        else:
            changed = session.contradicted
            often = session.mix.ask_contradicted
            fact = rng.choice(changed if changed and often and rng.random() < often else facts)
            _ask(session, fact.subject, fact.relation)


def _closed_book(session: Session, max_notes: int) -> None:
    del max_notes
    rng = session.rng
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        roll = rng.random()
        if roll < 0.55:
            fact = rng.choice(OLD_FACTS)
            _ask(session, fact.subject, fact.relation)
        elif roll < 0.8:
            person = rng.choice(OLD_PEOPLE)
            _ask(session, person, rng.choice(relations_of(person)))
        else:
            _ask_absent(session, ())


def _notes_then_closed_book(session: Session, max_notes: int) -> None:
    """Notes about others, then the old people: what is known stays known beside notes, and a note wins."""
    rng = session.rng
    about = None
    if rng.random() < 0.3:
        about = [rng.choice(OLD_PEOPLE), _person(session)]
    facts = _write_notes(session, _note_count(rng, max_notes), about)
    for _ in range(rng.choice((1, 2, 2))):
        roll = rng.random()
        if roll < 0.6:
            relation_hint = rng.choice(facts).relation if facts and rng.random() < 0.5 else None
            near = [f for f in OLD_FACTS if f.relation == relation_hint]
            fact = rng.choice(near or OLD_FACTS)
            _ask(session, fact.subject, fact.relation)
        elif roll < 0.8 and facts:
            fact = rng.choice(facts)
            _ask(session, fact.subject, fact.relation)
        else:
            _ask_absent(session, ())


def _tell(session: Session, people: Sequence[str], facts: list[Fact]) -> None:
    """A statement of the user's and the assistant's acknowledgement."""
    rng = session.rng
    if rng.random() < 0.12:
        session.user(rng.choice(CHATTER))
        session.assistant(ACK_CHATTER)
        return
    if rng.random() < 0.1:
        loose = sample_loose(rng)
        session.loose[loose.key] = loose
        session.user(_told_loosely(session, loose))
        session.assistant(ACK_NEW)
        return
    if facts and rng.random() < 0.2:
        old = rng.choice(facts)
        fact = Fact(old.subject, old.relation, _value(session, old.relation))
    else:
        fact = _next_fact(session, [USER, *people], facts)
    key = (fact.subject, fact.relation)
    update = key in session.known
    session.user(_told(session, fact, update))
    session.known[key] = fact.value
    if not update:
        facts.append(fact)
    session.assistant(ACK_UPDATE if update else ACK_NEW if fact.subject == USER else ACK_OTHER)


def _dialogue(session: Session, max_notes: int) -> None:
    """Statements are acknowledged and asked for in the same conversation, sometimes after notes."""
    rng = session.rng
    facts: list[Fact] = []
    people = [_person(session) for _ in range(rng.randint(1, 2))]
    if rng.random() < 0.35:
        facts = _write_notes(session, rng.randint(1, min(max_notes, 4)), people)
    if rng.random() < 0.1:
        _exchange(session, 0)
    for _ in range(rng.randint(1, min(max_notes, 4))):
        _tell(session, people, facts)
    for _ in range(rng.choice((0, 1, 1, 2))):
        if facts and rng.random() < 0.75:
            fact = rng.choice(facts)
            _ask(session, fact.subject, fact.relation)
        else:
            _ask_absent(session, people)


def _exchange(session: Session, index: int) -> None:
    rng = session.rng
    exchange = EXCHANGES[index]
    said = rng.choice(exchange.said)
    session.user(vary(said, rng) if rng.random() < session.mix.question_noise else said)
    session.assistant(exchange.reply)


def _small_talk(session: Session, max_notes: int) -> None:
    rng = session.rng
    if rng.random() < 0.3:
        _write_notes(session, rng.randint(1, min(max_notes, 3)))
    for _ in range(rng.choice((1, 1, 2))):
        if rng.random() < 0.2:
            session.user(rng.choice(CHATTER))
            session.assistant(ACK_CHATTER)
        else:
            _exchange(session, rng.randrange(len(EXCHANGES)))


def _question_writing(session: Session, max_notes: int) -> None:
    del max_notes
    rng, mix = session.rng, session.mix
    fact = sample_fact(rng, novel=rng.random() < mix.novel_values)
    note = word_statement(rng, fact, mix.statement_noise)
    session.user(QUESTION_REQUEST.format(note=note))
    session.assistant(word_question(rng, fact.subject, fact.relation, 0.0), mix.written_question_weight)


def _plain_wording(session: Session, max_notes: int) -> None:
    """A free wording is repeated in the plainest one, so that what was not worded like the grammar still reaches it."""
    del max_notes
    rng, mix = session.rng, session.mix
    asks = rng.random() < 0.5
    request = PLAIN_QUESTION_REQUEST if asks else PLAIN_STATEMENT_REQUEST
    if rng.random() < 0.12:
        loose = sample_loose(rng)
        other = rng.choice(OUTSIDE_QUESTIONS if asks else CHATTER)
        said = rng.choice(loose.asked) if asks else _told_loosely(session, loose)
        said = said if rng.random() < 0.6 else other
        session.user(request.format(question=said, note=said))
        session.assistant(NOTHING_PLAIN)
        return
    subject = USER if rng.random() < 0.55 else _person(session)
    relation = rng.choice(relations_of(subject))
    share = 0.65
    if asks:
        said = word_question(rng, subject, relation, mix.question_noise, colloquial=share)
        session.user(request.format(question=said))
        session.assistant(plain_question(subject, relation))
        return
    fact = Fact(subject, relation, _value(session, relation))
    said = word_statement(rng, fact, mix.statement_noise, rng.random() < 0.2, colloquial=share)
    if rng.random() < 0.2:
        remark = rng.choice(CHATTER)
        said = f"{remark} {said}" if rng.random() < 0.5 else f"{said} {remark}"
    session.user(request.format(note=said))
    session.assistant(plain_statement(fact))
