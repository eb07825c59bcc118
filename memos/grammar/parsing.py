"""Reads facts and questions back from free text: the inverse of `world.statements` and `world.questions`.

`extract` is a matcher for the hand-written cores in both persons, tolerant of case, contractions, politeness and
several clauses; each kind of value has its own test of plausibility, because precision matters more than recall: a
fact that is missed stays an ordinary note, a fact that is invented is wrong for good. Knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from memos.grammar import framing, values
from memos.grammar.composing import question_templates, statement_template
from memos.grammar.facts import USER, Fact
from memos.grammar.relations import RELATIONS

_OPENINGS = re.compile(
    r"^(?:(?:hi|hello|hey|oh|well|ok|okay|so|and|but|also|btw|by the way|fyi|just so you know|just fyi|look|listen"
    r"|please remember that|please remember|remember that|remember this|remember|please note that|please note"
    r"|note that|note|actually|in fact|update|correction|news|big news|good news|things changed|i was wrong"
    r"|please update this|sorry|no|yes|yeah|yep|nope|thanks|thank you|great|nice|i wanted to tell you that"
    r"|i wanted to tell you|i want to tell you that|i should tell you that|i should mention that|let me tell you that"
    r"|i have to tell you that|you should know that|you should know|i think i never told you that|did you know that"
    r"|for the record|in case it matters|here is something new|here's something new|do not forget that|do not forget"
    r"|don't forget that|don't forget|keep in mind that|keep in mind|one more thing|another thing|first of all|first"
    r"|as you know|as of today|as of now|today i can say that|guess what|good morning|good evening|hi there"
    r"|hello there|hey there|assistant|there)\b(?:\s*[,:!.;-]+\s*|\s+))",
    re.IGNORECASE,
)
_ENDINGS = re.compile(
    r"(?:\s*[,-]?\s*(?:by the way|btw|just so you know|just for your information|for your information|fyi|thanks"
    r"|thank you|please|you know|actually|to be honest|in fact|if you must know|remember|for the record|lol|haha)"
    r"|\s*[:;]-?[)(DP])+\s*$",
    re.IGNORECASE,
)
_TAILS = re.compile(
    r"\s+(?:[-–—] .*|now|nowadays|currently|right now|at the moment|these days|today|tonight|too|as well|though|again|instead"
    r"|at present|since\b.*|for (?:\d+|a|an|about|almost|over|many|some|several|two|three|four|five|six|seven|eight"
    r"|nine|ten|ages)\b.*|because\b.*|but\b.*|which\b.*|who\b.*|where\b.*|when\b.*|so\b.*|lol|haha|with (?:my|our|a|the)\b.*"
    r"|and (?:he|she|it|we|they|i|i'm|i've|my|our|his|her|this|that|have|am|work|live)\b.*"
    r"|in (?:a|an|the|my|our|\d{4})\b.*|on (?:weekends|sundays|saturdays|weekdays)|every (?:day|week|weekend).*)$",
    re.IGNORECASE,
)
_CLAUSES = re.compile(
    r"\s*(?:,\s*(?:and|but|also)\s+|;\s*|\s+(?:and|but)\s+|,\s*)(?=(?:also\s+)?(?:i|i'm|im|i've|my|our|we)\b)",
    re.IGNORECASE,
)
_SENTENCES = re.compile(
    r"(?<![A-Z]\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<=[.!?])\s+|\n+"
)
_ASKING = re.compile(
    r"^(?:what|who|whom|whose|where|when|why|which|how|do|does|did|can|could|would|will|shall|should|is|are|am|was"
    r"|were|have|has|had|may|might|tell me|remind me|any idea|please tell|please remind|i wonder|i forgot|i need to know"
    r"|i would like to know|i want to know|let me know|guess|what's|who's|where's|when's|how's)\b",
    re.IGNORECASE,
)
_DOUBT = (
    "not", "n't", "nt", "never", "no", "none", "if", "unless", "would", "wish", "might", "may", "maybe", "perhaps",
    "hope", "used", "imagine", "suppose", "pretend", "wonder", "almost", "could", "should", "forget", "forgot",
    "dream", "dreamed", "dreamt", "formerly", "previously", "once", "probably", "possibly", "nearly", "cannot",
    "without", "longer", "anymore", "hate", "joking", "kidding", "thinks", "says", "said", "believes", "unsure",
    "lie", "lied", "neither", "nor", "nobody", "whether", "supposedly", "allegedly", "want", "wants",
)  # fmt: skip
_NAME = r"(?-i:[A-ZÀ-Þ][\w’'-]*?(?:\s(?:van|de|of|da|von|el|al|Mc|O')?\s?[A-ZÀ-Þ][\w’-]*){0,2})"
_NO_NAME = frozenset(
    [
        "my",
        "the",
        "our",
        "his",
        "her",
        "their",
        "your",
        "this",
        "that",
        "these",
        "those",
        "i",
        "we",
        "he",
        "she",
        "it",
        "they",
        "you",
        "a",
        "an",
        "every",
        "no",
        "some",
        "one",
        "both",
        "today",
        "here",
        "there",
        "what",
        "who",
        "where",
        "when",
        "which",
        "whose",
        "how",
        "everyone",
        "everybody",
        "somebody",
        "someone",
        "nobody",
        "anyone",
        "people",
        "for",
        "as",
        "of",
        "in",
        "on",
        "at",
        "and",
        "or",
        "but",
        "if",
        "so",
        "please",
        "remember",
        "note",
        "hi",
        "hello",
        "hey",
        "well",
        "oh",
        "ok",
        "okay",
        "actually",
        "update",
        "news",
        "correction",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "mum",
        "mom",
        "dad",
        "sister",
        "brother",
        "not",
    ]
)
_NO_VALUE = frozenset(
    [
        "this",
        "that",
        "he",
        "she",
        "it",
        "who",
        "what",
        "here",
        "there",
        "me",
        "you",
        "him",
        "her",
        "them",
        "us",
        "something",
        "anything",
        "nothing",
        "everything",
        "someone",
        "somebody",
        "nobody",
        "everyone",
        "everybody",
        "mine",
        "yours",
        "none",
        "unknown",
        "secret",
        "great",
        "good",
        "nice",
        "fine",
        "bad",
        "cute",
        "lovely",
        "old",
        "young",
        "new",
        "sick",
        "ill",
        "dead",
        "gone",
        "lost",
        "happy",
        "sad",
        "tired",
        "annoying",
        "funny",
        "amazing",
        "awesome",
        "beautiful",
        "ok",
        "okay",
        "better",
        "best",
        "worst",
        "very",
        "really",
        "so",
        "too",
        "quite",
        "pretty",
        "well",
        "not",
        "the",
        "a",
        "an",
        "my",
        "your",
        "his",
        "its",
        "their",
        "our",
        "is",
        "are",
        "was",
        "be",
        "been",
    ]
)
_JOB_ENDINGS = re.compile(
    r"(?:er|or|ist|ian|ant|man|woman|nurse|chef|cook|coach|clerk|pilot|judge|attendant|analyst|scientist|agent|guide|poet"
    r"|student|intern|surgeon|therapist|tutor|guard|smith|wright|midwife|dentist|vet|architect|freelancer|consultant)$",
    re.IGNORECASE,
)
_NO_JOB = frozenset(
    [
        "member",
        "owner",
        "lover",
        "beginner",
        "loner",
        "winner",
        "father",
        "mother",
        "brother",
        "sister",
        "believer",
        "reader",
        "user",
        "customer",
        "supporter",
        "sinner",
        "vegetarian",
        "person",
        "better",
        "bigger",
        "older",
        "younger",
        "dreamer",
        "fighter",
        "stranger",
        "teenager",
        "parent",
        "foreigner",
        "morning",
        "early",
        "survivor",
        "smoker",
        "drinker",
        "sleeper",
        "number",
        "player",
        "runner",
        "swimmer",
        "hunter",
        "follower",
        "newcomer",
    ]
)
_DAY = re.compile(
    r"^(?:the )?(?:(?:\d{1,2}(?:st|nd|rd|th)?(?: of)? MONTH|MONTH (?:the )?\d{1,2}(?:st|nd|rd|th)?)(?:,? \d{4})?"
    r"|\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?\.?|\d{4}-\d{2}-\d{2})$".replace(
        "MONTH", "(?:" + "|".join(f"{m}|{m[:3]}\\.?" for m in values.MONTHS) + "|sept\\.?)"
    ),
    re.IGNORECASE,
)
_LISTS = {
    "place": values.PLACES, "job": values.JOBS, "company": values.COMPANIES, "colour": values.COLOURS,
    "food": values.FOODS, "drink": values.DRINKS, "band": values.BANDS, "title": values.TITLES,
    "sport": values.SPORTS, "hobby": values.HOBBIES, "allergen": values.ALLERGENS, "car": values.CARS,
    "language": values.LANGUAGES, "instrument": values.INSTRUMENTS, "field": values.FIELDS,
    "person": values.FIRST_NAMES, "pet": values.PETS,
}  # fmt: skip
# Wordings that people also use for other things: there only a value that is known to be of the kind counts.
_AMBIGUOUS = frozenset(
    """
    I am {x} | {x} here | This is {x} | Call me {x} | I stay* in {x} | I am {a} {x} | My company is {x}
    {x} makes me sick | I must avoid {x} | I should not eat {x} | I can not eat {x} | I get* a rash from {x}
    My body can not stand {x} | Keep {x} away from me | Even a little {x} makes me ill | I react* badly to {x}
    I love* to eat {x} | I love* eating {x} | I could eat {x} every day | I love* to drink {x} | I love* drinking {x}
    I could drink {x} all day | I usually drink* {x} | I mostly drink* {x} | I mostly listen* to {x}
    I listen* to {x} all the time | I am a fan of the band {x} | I am a big fan of {x} | I love* the music of {x}
    I could watch {x} again and again | I could read {x} again and again | I am into {x} | I am really into {x}
    I took up {x} | I relax* with {x} | I am passionate about {x} | On weekends I go* in for {x} | I do* {x} work for a living
    {x} is what I do* for fun | {x} is how I spend* my free time | For fun I do* {x} | In my free time I do* {x}
    I never get* tired of {x} | My passion is {x} | When I am not working, it is {x} for me | I unwind* with a bit of {x}
    I study* {x} | I studied {x} | I now study* {x} | I am a student of {x} | At university I take* {x}
    I go* to university for {x} | I play* the {x} | I can play the {x} | I now play* the {x} | I am good at the {x}
    I keep* fit with {x} | I train* hard in {x} | {x} pays my salary | {x} employs me | {x} is my home
    I am aged {x} | I just turned {x} | I would paint everything {x} | I joined {x} | I switched to {x}
    I switched to the {x} | My bestie is {x} | {x} gives me an allergic reaction | {x} triggers my allergy
    I can not have {x} because of an allergy | I changed jobs and work* as {a} {x} | I became {a} {x} | I am with the company {x}
    {x} is hands down the food for me | Nothing tastes better to me than {x} | I answer to {x} | {x} leads my team
    I get* my exercise from {x} | {x} is where I work* | I am working as {a} {x} | I love* the colour {x} | I want* to go to {x} on holiday
    """.replace("\n", "|").split("|")
)
_AMBIGUOUS_CORES = frozenset(core.strip() for core in _AMBIGUOUS if core.strip())
_EXTRA_CORES = {
    "city": ("I live* near {x}", "I live* in the city of {x}", "We live in {x}", "I am now based in {x}"),
    "birthplace": ("I was born and grew up in {x}",),
    "job": ("I work* full time as {a} {x}", "I am currently {a} {x}", "I have* been {a} {x}"),
    "employer": ("I am working for {x}", "I am working at {x}", "I currently work* for {x}", "I currently work* at {x}"),
    "dog_name": ("Our dog is {x}", "We have a dog called {x}", "We have a dog named {x}", "I have* a dog, {x}", "We got a dog called {x}", "I got a dog called {x}", "I got a puppy called {x}", "I got a dog named {x}"),
    "cat_name": ("Our cat is {x}", "We have a cat called {x}", "We have a cat named {x}", "I have* a cat, {x}", "I got a cat called {x}", "I got a kitten called {x}", "I got a cat named {x}"),
    "partner": ("My girlfriend is called {x}", "My boyfriend is called {x}", "My girlfriend's name is {x}", "My boyfriend's name is {x}", "My wife's name is {x}", "My husband is called {x}", "My girlfriend is {x}", "My boyfriend is {x}", "My spouse is {x}"),
    "sister": ("My older sister is called {x}", "My younger sister is called {x}", "My big sister is {x}", "My little sister is {x}"),
    "brother": ("My older brother is called {x}", "My younger brother is called {x}", "My big brother is {x}", "My little brother is {x}"),
    "mother": ("My mum's name is {x}", "My mom is {x}", "My mom is called {x}", "My mom is named {x}"),
    "father": ("My dad is named {x}",),
    "boss": ("My manager's name is {x}", "My supervisor is {x}"),
    "language": ("I am currently learning {x}", "I started learning {x}", "I have* started learning {x}", "I am taking lessons in {x}"),
    "car": ("I have* {a} {x}", "I bought {a} {x}"),
    "hobby": ("My hobbies are {x}", "My hobbies include {x}"),
    "instrument": ("I play* {x}", "I am learning the {x}", "I have* started to play the {x}"),
    "sport": ("I play* {x}",),
    "food": ("My favourite thing to eat is {x}", "My favourite food in the world is {x}"),
    "drink": ("My favourite beverage is {x}", "My favourite thing to drink is {x}"),
    "band": ("My favourite music group is {x}", "My favourite group is {x}"),
    "allergy": ("I am severely allergic to {x}", "I am really allergic to {x}", "I am highly allergic to {x}", "I have* {a} {x} allergy", "I have* a severe allergy to {x}"),
    "birthday": ("My birthday is the {x}", "My b-day is {x}", "My birthday's {x}"),
    "age": ("I turned {x}", "I am {x}"),
    "destination": ("I am going to {x} next week", "I am going to {x} next month", "I am going to {x} for my holiday", "I am going to {x} on holiday", "I am travelling to {x}", "I am flying to {x}", "I will visit {x} soon"),
    "subject": ("I am studying {x}", "I am doing a degree in {x}", "I majored in {x}"),
}  # fmt: skip
_EXTRA_AMBIGUOUS = frozenset(("I have* {a} {x}", "I bought {a} {x}", "I play* {x}", "I turned {x}", "I am {x}", "I am studying {x}", "I have* been {a} {x}"))  # fmt: skip

_SYNONYMS = (
    ("favourite", r"(?:favou?rite|fave|fav)"),
    ("colour", r"colou?r"),
    ("film", r"(?:film|movie)"),
    ("movie", r"(?:film|movie)"),
    ("travelling", r"travell?ing"),
    ("holiday", r"(?:holidays?|vacation)"),
    ("mum", r"(?:mum|mom|mama)"),
    ("can not", r"(?:can not|cannot|can[’']?t)"),
    ("should not", r"(?:should not|shouldn[’']?t)"),
)
_WORD = re.compile(r"[\w’']+")


@dataclass(frozen=True, slots=True)
class _Core:
    """A statement core in one person: what must occur in a sentence before its pattern is worth compiling."""

    relation: str
    template: str
    keywords: frozenset[str]
    ambiguous: bool
    doubt: frozenset[str]


def _keywords(template: str) -> frozenset[str]:
    """The words of a template that no contraction or synonym can change."""
    plain = re.sub(r"\{[a-z]\}('s)?", " ", template).lower()
    for word, _ in _SYNONYMS:
        plain = plain.replace(word, " ")
    skipped = {"i", "is", "am", "have", "has", "my", "a", "an", "we", "our", "name"}
    return frozenset(w for w in _WORD.findall(plain) if w not in skipped and "'" not in w)


@lru_cache(maxsize=1)
def _cores() -> tuple[_Core, ...]:
    cores: dict[tuple[str, str], _Core] = {}
    for relation in RELATIONS.values():
        written = (
            *relation.statement_cores,
            *relation.update_cores,
            *relation.unseen_statement_cores,
            *_EXTRA_CORES.get(relation.name, ()),
        )
        for core in written:
            for third in (False, True):
                if third and (relation.first_person_only or core.startswith("We ")):
                    continue
                template = statement_template(core, third)
                if template is None or (third and "{s}" not in template):
                    continue
                words = set(_WORD.findall(template.lower()))
                cores[relation.name, template] = _Core(
                    relation.name,
                    template,
                    _keywords(template),
                    core in _AMBIGUOUS_CORES or core in _EXTRA_AMBIGUOUS,
                    frozenset(words & set(_DOUBT)),
                )
    return tuple(cores.values())


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """A template as a pattern over a whole clause, with the groups s and x."""
    text = template[:-1] if template.endswith(".") else template
    pattern = re.escape(text).replace(r"\ ", " ").replace(r"\{", "{").replace(r"\}", "}")
    pattern = pattern.replace("{s}'s", rf"(?P<s>{_NAME})(?:[’']s|(?<=s)[’'])").replace(
        "{s}", rf"(?P<s>{_NAME})"
    )
    pattern = pattern.replace("{a} ", r"(?:an? )?" if "{a} {x}" in template and "as" in template else r"an? ")
    pattern = re.sub(r"\bI am\b", r"(?:I am|I[’']?m)", pattern)
    pattern = re.sub(r"\bI have\b", r"(?:I have|I[’']ve|we have|we[’']ve)", pattern)
    pattern = re.sub(r"\bI (?=got|named|named|live|adopted)", r"(?:I|we) ", pattern)
    pattern = re.sub(r"(?<=\w|\)) is\b", r"(?: is|[’']?s|[’']s)", pattern)
    pattern = re.sub(r"\b[Mm]y\b", r"(?:my|our)", pattern)
    for word, forms in _SYNONYMS:
        pattern = re.sub(rf"\b{word}\b", forms.replace("\\", "\\\\"), pattern)
    pattern = pattern.replace("'s ", r"[’']?s ").replace(" ", r"\s+")
    value = r"[\"“‘'*]?(?P<x>[^\W_][^,;:!?\"”()*]{0,60}?)[\"”’'*]?"
    trailing = r"(?:,.*)?" if text.endswith("{x}") else ""
    pattern = pattern.replace("{x}", value, 1)
    return re.compile(rf"^{pattern}{trailing}$", re.IGNORECASE)


def _clauses(text: str) -> Iterator[str]:
    """The stating clauses of `text`: sentences that ask are left out, openings and endings cut off."""
    for sentence in _SENTENCES.split(text.strip()):
        body = sentence.strip()
        if not body or body.endswith("?") or "?" in body[-3:]:
            continue
        body = _stripped(body)
        for clause in _CLAUSES.split(body):
            clause = _stripped(clause)
            if clause and not _ASKING.match(clause):
                yield clause


def _stripped(text: str) -> str:
    text = text.strip().rstrip(".! ")
    while True:
        shorter = _ENDINGS.sub("", _OPENINGS.sub("", text)).strip().rstrip(".!, ")
        if shorter == text:
            return text
        text = shorter


def _without_tail(text: str) -> str:
    """A value without what people add to it ("Lisbon now" -> "Lisbon")."""
    while (shorter := _TAILS.sub("", text.strip()).strip().rstrip(".")) != text:
        text = shorter
    return text


def _is_listed(kind: str, value: str) -> bool:
    return value.lower() in {known.lower() for known in _LISTS.get(kind, ())}


def _is_name(text: str) -> bool:
    words = [re.sub(r"[’']s?$", "", word.lower()) for word in text.split()]
    return 0 < len(words) <= 4 and not _NO_NAME & set(words)


def _plausible(kind: str, value: str, ambiguous: bool, sentence: str, template: str) -> bool:
    """Whether `value` can be a value of `kind`; ambiguous wordings ask for more."""
    words = value.split()
    first = words[0].lower()
    # "New York" and "Great Expectations" begin like what people say of a thing instead of naming it
    title = words[0][:1].isupper() and any(word[:1].isupper() for word in words[1:])
    excluded = first in _NO_VALUE - {"the"} and not title and not _is_listed(kind, value)
    if len(words) > 6 or excluded or words[-1].lower() in {"the", "a", "my", "of", "and"}:
        return False
    if kind in ("day", "number"):
        return bool(_DAY.match(value)) if kind == "day" else bool(re.fullmatch(r"\d{1,3}", value))
    capital = any(w[:1].isupper() or w[:1].isdigit() for w in words)
    listed = _is_listed(kind, value)
    if kind in ("person", "pet"):
        if first in _NO_NAME or len(words) > 3:
            return False
        if ambiguous:
            return capital and _is_listed("person", words[0]) and all(w[:1].isupper() for w in words)
        named = re.search(r"called|name|call|goes by", template) is not None
        if "{x} is" in template or not named:
            return capital and all(w[:1].isupper() or w in ("of", "the", "van", "de") for w in words)
        return capital or (len(words) <= 2 and sentence == sentence.lower())
    if kind == "job":
        if len(words) > 5 or first in _NO_JOB or words[-1].lower() in _NO_JOB:
            return False
        return listed or not ambiguous or bool(_JOB_ENDINGS.search(value) and len(words) <= 3)
    if ambiguous:
        return listed
    if kind == "place":
        return listed or (words[0][:1].isupper() and first not in _NO_NAME)
    if kind in ("company", "language", "band", "title"):
        return listed or capital or (kind == "company" and first == "the")
    if kind == "car":
        return listed or capital or len(words) <= 2
    return len(words) <= 5


def extract(text: str) -> list[Fact]:
    """The facts that a user states in `text`, in order, each once; their values spelled as typed.

    "My dog is called Biscuit" gives Fact(USER, "dog_name", "Biscuit"), "Mira Okafor's dog is called Rex" a fact
    about "Mira Okafor". Questions, negations, hypotheses and hearsay give nothing.
    """
    found: dict[Fact, None] = {}
    for clause in _clauses(text):
        words = set(_WORD.findall(clause.lower().replace("’", "'")))
        doubts = {w for w in words if w in _DOUBT} | {"not" for w in words if w.endswith("n't")}
        best: tuple[int, Fact] | None = None
        for core in _cores():
            if not core.keywords <= words:
                continue
            match = _pattern(core.template).match(clause)
            if match is None:
                continue
            value = _without_tail(match.group("x"))
            allowed = core.doubt | set(_WORD.findall(value.lower()))
            if not value or (doubts - allowed - ({"not"} if "not" in core.doubt else set())):
                continue
            subject = match.groupdict().get("s") or USER
            if subject != USER and not _is_name(subject):
                continue
            kind = RELATIONS[core.relation].kind
            if not _plausible(kind, value, core.ambiguous, clause, core.template):
                continue
            weight = len(re.sub(r"\{[a-z]\}", "", core.template)) - (20 if core.ambiguous else 0)
            if best is None or weight > best[0]:
                best = (weight, Fact(subject, core.relation, value))
        if best is None and not doubts:
            best = _apposition(clause)
        if best is not None:
            found[best[1]] = None
    return list(found)


_RELATIVES = {
    "dog": "dog_name", "puppy": "dog_name", "cat": "cat_name", "kitten": "cat_name", "partner": "partner",
    "wife": "partner", "husband": "partner", "girlfriend": "partner", "boyfriend": "partner", "fiance": "partner",
    "fiancee": "partner", "spouse": "partner", "sister": "sister", "brother": "brother", "mother": "mother",
    "mum": "mother", "mom": "mother", "father": "father", "dad": "father", "daughter": "daughter", "son": "son",
    "best friend": "best_friend", "boss": "boss", "manager": "boss",
}  # fmt: skip
_APPOSITION = re.compile(
    r"\b(?:[Mm]y|[Oo]ur) (?:(?:big|little|older|younger|elder|twin|new|old|baby) )?(?P<who>"
    + "|".join(_RELATIVES)
    + r"),? \(?(?P<x>[A-ZÀ-Þ][\w’'-]*[a-zß-ÿ](?: [A-ZÀ-Þ][\w’-]*[a-zß-ÿ])?)(?:\)|,|$| (?=[a-z]))"
)


def _apposition(clause: str) -> tuple[int, Fact] | None:
    """A name that stands right after what somebody is to the user: "my sister Anna lives in Rome"."""
    match = _APPOSITION.search(clause)
    if match is None or not _is_name(match.group("x")):
        return None
    value = re.sub(r"[’']s$", "", match.group("x"))
    return 0, Fact(USER, _RELATIVES[match.group("who")], value)


# ---- questions --------------------------------------------------------------------------------------------------

_EXPANSIONS = (
    (r"\b(what|who|where|when|how|which|that|it|here)'?s\b", r"\1 is"),
    (r"\bi'?m\b", "i am"),
    (r"\bi'?ve\b", "i have"),
    (r"\b(?:can't|cant|cannot)\b", "can not"),
    (r"\bfavorite\b|\bfave\b|\bfav\b", "favourite"),
    (r"\bcolor", "colour"),
    (r"\bvacation\b", "holiday"),
    (r"\bmom\b|\bmama\b", "mum"),
    (r"\btraveling\b", "travelling"),
)
_POLITE_ENDINGS = tuple(
    ending.split()
    for ending in (
        "please", "thanks", "again", "exactly", "now", "btw", "today", "currently", "then", "ok", "okay", "for me",
        "once more", "again please", "do you know", "by the way", "right now", "these days", "at the moment", "thank you",
    )
)  # fmt: skip
_FALLBACKS = tuple(
    (re.compile(pattern), relation)
    for pattern, relation in (
        (r"\b(?:dog|puppy|pup|doggo)\b", "dog_name"),
        (r"\b(?:cat|kitten|kitty)\b", "cat_name"),
        (r"\b(?:partner|wife|husband|spouse|girlfriend|boyfriend|married to)\b", "partner"),
        (r"\bsister\b", "sister"),
        (r"\bbrother\b", "brother"),
        (r"\b(?:mother|mum)\b", "mother"),
        (r"\b(?:father|dad)\b", "father"),
        (r"\bdaughter\b", "daughter"),
        (r"\bson\b", "son"),
        (r"\b(?:best|closest) friend\b|\bbestie\b", "best_friend"),
        (r"\b(?:boss|manager|supervisor)\b", "boss"),
        (r"\bfavourite colour\b|\bcolour .*\b(?:like|love|prefer)\b", "colour"),
        (r"\bfavourite (?:food|dish|meal)\b|\b(?:like|love) to eat\b", "food"),
        (r"\bfavourite (?:drink|beverage)\b|\b(?:like|love) to drink\b", "drink"),
        (r"\bfavourite (?:band|group|music|musician)\b", "band"),
        (r"\bfavourite (?:film|movie)\b", "film"),
        (r"\bfavourite (?:book|novel)\b", "book"),
        (r"\bfavourite sport\b|\bsport\b.*\b(?:play|do|like)\b", "sport"),
        (r"\ballerg(?:y|ies|ic)\b", "allergy"),
        (r"\b(?:birthday|bday|date of birth)\b|\bwhen .*\bborn\b", "birthday"),
        (r"\bhow old\b|\bage\b", "age"),
        (r"\bwhere .*\bborn\b|\bbirthplace\b", "birthplace"),
        (r"\b(?:hobby|hobbies|pastime)\b", "hobby"),
        (r"\b(?:my|\w+s) (?:job|profession|occupation)\b|\bfor a living\b", "job"),
        (r"\b(?:employer|company)\b|\bwork (?:for|at)\b", "employer"),
        (r"\blanguage\b.*\b(?:learn|study|practi)", "language"),
        (r"\binstrument\b", "instrument"),
        (r"\b(?:my|\w+s) (?:car|vehicle)\b|\bcar\b.*\b(?:drive|have|own)\b|\bdrive\b", "car"),
        (r"\bwhere .*\blive\b|\b(?:city|town) .*\blive\b", "city"),
        (r"\b(?:my|\w+s) major\b|\b(?:my|\\w+s) degree\b", "subject"),
        (r"\bnext (?:trip|destination|holiday)\b", "destination"),
        (r"\bmy name\b|\bwho am i\b", "name"),
    )
)


def _normal(text: str) -> str:
    text = text.lower().replace("’", "'")
    for pattern, replacement in _EXPANSIONS:
        text = re.sub(pattern, replacement, text)
    return " ".join(re.findall(r"[\w{}-]+", text.replace("'", "")))


@lru_cache(maxsize=1)
def _question_index() -> dict[str, str]:
    """Normal form of every clause that asks, in both persons ({s} for a third) -> relation."""
    index: dict[str, str] = {}
    for relation in RELATIONS.values():
        for core in (*relation.question_cores, *relation.unseen_question_cores):
            for third in (False, True):
                if third and relation.first_person_only:
                    continue
                forms = question_templates(core, third)
                if forms is None:
                    continue
                for clause in (forms.direct, forms.embedded, forms.noun):
                    if clause and ("{s}" in clause) == third:
                        index.setdefault(_normal(clause), relation.name)
    return index


@lru_cache(maxsize=1)
def _openings_of_frames() -> frozenset[str]:
    """Normal forms of what may stand before a question that does not look like one ("remind me of")."""
    frames = (*framing.KNOWN_QUESTION_FRAMES, *framing.UNSEEN_QUESTION_FRAMES)
    return frozenset({"", *(_normal(frame.partition("{")[0]) for frame in frames)})


def _lookup(words: list[str], third: bool, asks: bool) -> tuple[int, str] | None:
    """The longest tail of `words` that is a known question in that person, as (its length, its relation).

    Unless the text `asks` anyway, only a known frame may stand before that tail: "I love my dog" asks nothing.
    """
    index = _question_index()
    endings = [words]
    for polite in _POLITE_ENDINGS:
        if words[-len(polite) :] == polite:
            endings.append(words[: -len(polite)])
    for ending in endings:
        for start in range(len(ending)):
            tail = " ".join(ending[start:])
            if tail in index and ("{s}" in tail) == third:
                if asks or " ".join(ending[:start]) in _openings_of_frames():
                    return len(ending) - start, index[tail]
                break
    return None


_NO_FIRST_WORD = _NO_NAME | frozenset(
    [
        "do",
        "does",
        "did",
        "tell",
        "can",
        "could",
        "any",
        "remind",
        "quick",
        "where",
        "when",
        "how",
        "look",
        "say",
    ]
)


def _third_person_readings(text: str) -> Iterator[tuple[str, str]]:
    """(subject, text with the subject as {s}) for every run of words that looks like a person's name."""
    for match in re.finditer(rf"{_NAME}(?=[’']s\b|[’']|\b)", text):
        subject = re.sub(r"[’']s?$", "", match.group(0))
        while subject and subject.split()[0].lower() in _NO_FIRST_WORD:
            subject = subject.partition(" ")[2]
        if subject and _is_name(subject) and not re.fullmatch(r"I(?:[’'](?:m|ve|d|ll))?", subject):
            yield subject, text.replace(subject, "{s}", 1)


def _asking_sentence(text: str) -> tuple[str, bool]:
    """The last sentence of `text` that asks, without its end, and whether it asks by its form."""
    sentences = [part.strip() for part in _SENTENCES.split(text.strip()) if part.strip()]
    for sentence in reversed(sentences):
        body = sentence.rstrip(" ?.!:)")
        if sentence.rstrip(" :)!").endswith("?") or _ASKING.match(_stripped(body)):
            return body, True
    return (sentences[0].rstrip(" ?.!:)"), False) if len(sentences) == 1 else ("", False)


# "my sister's car", "where does my boss live": about a relative, who is no subject of the grammar
_OF_A_RELATIVE = re.compile(
    r"\bmy (?:\w+ )?(?:sister|brother|mother|mum|father|dad|partner|wife|husband|son|daughter|boss|manager|friend"
    r"|girlfriend|boyfriend|dog|cat)s (?!name)\w+|\b(?:does|did|do|is|was) my \w+ (?:live|work|do|drive|play|like|born|from"
    r"|study|allergic|learn|eat|drink)\b"
)
_LONGEST_GUESSED = 14  # words: in a longer question a keyword says little about what is asked


def parse_question(text: str) -> tuple[str, str] | None:
    """(subject, relation) if `text` is recognised as a question about one; None otherwise.

    Known and held-out cores are found in any frame; failing that, keywords decide when the text asks and names the
    speaker or a person.
    """
    body, asks = _asking_sentence(text)
    if not body:
        return None
    candidates: list[tuple[int, str, str]] = []
    for subject, replaced in _third_person_readings(body):
        hit = _lookup(_normal(re.sub(r"\{s\}[’'](?!s)", "{s}'s", replaced)).split(), third=True, asks=asks)
        if hit is not None:
            candidates.append((hit[0] + len(subject.split()), subject, hit[1]))
    hit = _lookup(_normal(body).split(), third=False, asks=asks)
    if hit is not None:
        candidates.append((hit[0], USER, hit[1]))
    if candidates:
        _, subject, relation = max(candidates, key=lambda c: c[0])
        return subject, relation
    normal = _normal(body)
    if not asks or len(normal.split()) > _LONGEST_GUESSED or _OF_A_RELATIVE.search(normal):
        return None
    subject = USER if re.search(r"\b(?:my|i|me|our)\b", normal) else ""
    if not re.search(r"\bmy\b|\bour\b", normal):
        for person, _ in _third_person_readings(body):
            if len(person.split()) > 1 or f"{person.lower()}s" in normal:
                subject = person
    if not subject:
        return None
    for pattern, relation in _FALLBACKS:
        if pattern.search(normal) and not (subject != USER and RELATIONS[relation].first_person_only):
            return subject, relation
    return None
