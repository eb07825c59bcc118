"""What the surface of a text tells without a language model: words, questions, small talk, negation, time.

Knows English by lists and patterns, and question marks of other scripts. Does not know meaning: what it does not
recognise counts as a statement, so that doubt keeps a text rather than losing it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise


class Talk(StrEnum):
    """What a text does."""

    STATES = "states"
    ASKS = "asks"
    REQUESTS = "requests"
    FILLS = "fills"
    NOISE = "noise"


def word_set(block: str) -> frozenset[str]:
    """Words written as prose, as a set."""
    return frozenset(block.split())


# --- words -----------------------------------------------------------------------------------------------------------

_CONTRACTIONS = (
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\bi'm\b"), "i am"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"\b(it|he|she|that|this|there|here|what|who|where|when|how|why|let)'s\b"), r"\1 is"),
    (re.compile(r"'s\b"), ""),
)
# A sign, a currency or the + of C++ can be all that differs between two facts.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[-+]?\d+(?:[.,:/]\d+)*|[^\W_]+(?:'[^\W_]+)*[+#]*|[$€£¥₹%]"
)
_PRONOUNS = word_set(
    """i me my mine myself you your yours yourself he him his himself she her hers herself it its itself we us our
    ours ourselves they them their theirs themselves one"""
)
_FRAMES = word_set("a an the really actually just so very well oh please that hey hi hello quite indeed")
_FUNCTION_WORDS = _PRONOUNS | _FRAMES | word_set(
    """is are am was were be been being do does did have has had will would can could shall should may might must
    to of in on at for from with by as into about and or but if then than this these those there here who whom
    whose which what when where why how called named told tell said say says know remember remembered mentioned
    according yes yeah sure ok okay also too still now currently some any all because since while"""
)


def words(text: str) -> list[str]:
    """Folded words in order, contractions spelled out, numbers with their sign, currency signs as words."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("ʼ", "'")
    for pattern, spelled in _CONTRACTIONS:
        folded = pattern.sub(spelled, folded)
    return _WORD.findall(folded)


def wording(text: str) -> tuple[str, ...]:
    """The words that carry what is said, in order: articles and frames removed, nothing else.

    Pronouns, numbers, negations, prepositions and order all stay, for each of them can be the whole difference.
    """
    return tuple("called" if word == "named" else word for word in words(text) if word not in _FRAMES)


def content_words(text: str) -> list[str]:
    """The words that name something: no function words, no pronouns; numbers and negations stay."""
    return [word for word in words(text) if word not in _FUNCTION_WORDS]


def share_repeated(text: str, sources: Iterable[str]) -> tuple[float, tuple[str, ...]]:
    """How much of a text's content its sources already hold, and the words they do not hold.

    Order, person and inflection do not count, and one slip of spelling is forgiven; numbers must agree exactly.
    """
    found = content_words(text)
    if not found:
        return 0.0, ()
    held: set[str] = set()
    for source in sources:
        for word in content_words(source):
            held |= _spellings(word)
    new = tuple(dict.fromkeys(word for word in found if not _spellings(word) & held))
    return 1 - sum(word in set(new) for word in found) / len(found), new


def quoted_in(text: str, sources: Iterable[str]) -> bool:
    """Whether everything the text states stands word for word in one of the sources."""
    held = [f" {' '.join(wording(source))} " for source in sources]
    stated = [
        wording(sentence)
        for sentence in sentences(_NOTE_FRAME.sub("", text))
        if _classify(sentence) is Talk.STATES and wording(sentence) not in _NOTE_HEADINGS
    ]
    return bool(stated) and all(
        len(sentence) >= 3 and any(f" {' '.join(sentence)} " in source for source in held) for sentence in stated
    )


def framed_as_note(text: str) -> bool:
    """Whether lines stand as recalled notes are put before a model: "- [2026-05-03] ...", or under their heading."""
    return any(
        re.match(r"\s*(?:[-*•]\s+)?\[\d{4}-\d{2}-\d{2}\]", line) or wording(line) in _NOTE_HEADINGS
        for line in text.split("\n")
    )


# A recalled note comes as "- [2026-05-03] text" under a heading.
_NOTE_FRAME = re.compile(r"(?m)^\s*(?:[-*•]\s+)?(?:\[\d{4}-\d{2}-\d{2}\]\s*)?")
_NOTE_HEADINGS = (("notes",), ("recalled",), ("memories",), ("memory",), ("context",))


def _spellings(word: str) -> frozenset[str]:
    """Forms under which two words count as the same: stem, and one letter left out."""
    if len(word) < 4 or any(character.isdigit() for character in word):
        return frozenset((word,))
    stem = re.sub(r"(?:ies|es|s|ed|ing|er|ly|y)$", "", word) if len(word) > 4 else word
    forms = {word, stem if len(stem) >= 3 else word}
    if len(word) >= 5:
        forms |= {word[:i] + word[i + 1 :] for i in range(len(word))}
    return frozenset(forms)


# --- statements, questions, small talk ---------------------------------------------------------------------------------

_QUESTION_MARKS = ("?", "？", "؟")
_SENTENCE = re.compile(r"(?<=[.!?？؟…])[\"'”’)]*\s+|(?<=[。！？])|\n+")
_FILLER = word_set(
    """hi hello hey hiya yo there good morning evening afternoon night day thanks thank thx ty cheers you so much very
    a lot ok okay k yes no yep yeah yup nope nah sure please great cool nice fine right alright bye goodbye ciao see
    later got it sounds perfect awesome amazing wow hm hmm hmmm um uh er lol haha hahaha hehe oh ah aha well done that
    is all for now i understand understood agreed exactly indeed correct true go on ahead continue next never mind
    problem worries will do of course welcome are have one nice to meet too again everyone all and then lovely
    interesting works me let us okey absolutely definitely certainly noted assistant bot guys folks mate buddy helpful
    really useful job help your"""
)
_WH = word_set("what who whom whose which when where why how")
_AUXILIARIES = word_set("""is are am was were do does did can could will would shall should may might must have has had""")
_ALWAYS_ASKING = word_set("is are was were am does did has")
_PREPOSITIONS = word_set("in on at to from for of by with under about after")
_SUBJECTS = word_set("i you he she it we they there this that my your his her our their anyone someone")
_TAGS = word_set(
    """right correct yes no ok okay remember huh eh true isn't isnt is it not does did do don't you know are am was
    were he she they we i"""
)
_VERBS = word_set(
    """is are am was were be have has had live lives lived work works worked like likes liked love loves loved hate
    hates hated own owns owned want wants wanted need needs needed moved move moves study studies studied play plays
    played speak speaks spoke drive drives drove eat eats ate drink drinks drank bought buy sold started start quit
    stopped stop prefer prefers preferred use uses used go goes went come comes came got get gets met meet married
    know knows knew think thinks thought feel feels felt told said told turned turn became become learned learn
    learning read reads wrote write teach teaches taught run runs ran named called adopted broke lost found made make
    makes saw see sees took take takes visited visit visits booked planning plan plans allergic"""
)
_CLAUSE = re.compile(
    r"\s*[,;:—–]\s*|\s+-\s+|\s+(?:and|so|but|then)\s+(?=(?:what|who|whose|which|when|where|why|how|can|could|do|does|did"
    r"|should|would|will|is|are)\b)",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"""^(?:hey|hi|hello|so|and|but|well|oh|by\ the\ way|btw)?[\s,]*(?:
        (?:did|have)\ i\ (?:ever\ |already\ )?(?:tell|told|mention(?:ed)?)(?:\ to)?(?:\ you)?(?:\ that)?
      | (?:do|did)\ you\ (?:know|remember|hear|notice)(?:\ that)?
      | (?:can|could|would|will)\ you\ (?:please\ )?(?:remember|note|save|store|keep\ in\ mind|write\ down)(?:\ that)?
      | would\ you\ believe(?:\ that)?
        )\s+(?P<rest>.+)$""",
    re.VERBOSE | re.IGNORECASE,
)
_REQUEST = re.compile(
    r"""^(?:please\s+|hey\s+|ok(?:ay)?\s+|now\s+|then\s+)*(?:(?:can|could|would|will)\s+you\s+(?:please\s+)?)?(?:
        (?:tell|show|remind|give)\s+(?:me|us)\s+(?!that\b|to\b|on\b|at\b|in\b|when\b|if\b|every\b|before\b|after\b)
      | tell\s+(?:me|us)$
      | (?:list|recall|repeat|summari[sz]e)\s+(?:all|everything|my|the|what|that|it|again|your)\b )""",
    re.VERBOSE | re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    """Rough sentences: what stands between end marks and line breaks."""
    return [part.strip() for part in _SENTENCE.split(text) if part and part.strip()]


def talk(text: str) -> Talk:
    """What the text does as a whole: it states as soon as one of its sentences does.

    Encoded data and stack traces are not sentences: what is said around them counts.
    """
    kinds: set[Talk] = set()
    for sentence in sentences(spoken(text)):
        kind = _classify(sentence)
        if kind is Talk.STATES:
            return kind
        kinds.add(kind)
    for kind in (Talk.ASKS, Talk.REQUESTS, Talk.FILLS):
        if kind in kinds:
            return kind
    return Talk.NOISE


_BLOB = re.compile(r"(?:data:[\w/+.-]{3,60};base64,)?[A-Za-z0-9+/_=-]{60,}(?:\s+[A-Za-z0-9+/_=-]{60,})*(?:\s+[A-Za-z0-9+/_-]{1,76}={1,2})?")
_TRACE_START = re.compile(
    r"""^\s*(?:Traceback\ \(most\ recent\ call\ last\):|Exception\ in\ thread\ ".*|goroutine\ \d+\ \[.*\]:|stack\ backtrace:
      |Caused\ by:\ [\w.$]+.*)\s*$""",
    re.VERBOSE,
)
_TRACE_FRAME = re.compile(
    r"""^\s*(?:File\ ".*",\ line\ \d+.*|at\ \S.*\(.*:\d+.*\)|at\ \S+:\d+:\d+|\.\.\.\ \d+\ more|\d+:\ +0x[0-9a-f]+.*
      |\S+\.(?:go|rs|rb|c|cc|cpp):\d+\b.*)\s*$""",
    re.VERBOSE,
)
_TRACE_END = re.compile(r"^[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Warning|Failure)\b(?::.*)?$")


def spoken(text: str) -> str:
    """The text less encoded data and stack traces: a trace names places in a program, which tell nobody anything later."""
    if len(text) > 60:
        text = _BLOB.sub(lambda found: " " if _is_encoded(found[0]) else found[0], text)
    lines = text.split("\n")
    if not any(_TRACE_START.match(line) or _TRACE_FRAME.match(line) for line in lines):
        return text
    kept: list[str] = []
    inside = False
    for line in lines:
        if _TRACE_START.match(line) or _TRACE_FRAME.match(line):
            if kept and _TRACE_END.match(kept[-1].strip()):
                kept.pop()  # where the error stands above its frames
            inside = True
        elif inside and (line[:1] in " \t" or _TRACE_END.match(line)):
            continue
        else:
            inside = False
            kept.append(line)
    return "\n".join(kept)


def _is_encoded(run: str) -> bool:
    """Whether a run without spaces is data and no word: letters of both cases with digits, or digits of base 16."""
    if run.startswith("data:"):
        return True
    bare = "".join(run.split()).strip("=-_")
    if re.fullmatch(r"[0-9a-fA-F]+", bare):
        return len(set(bare)) > 4
    return any(c.isdigit() for c in bare) and any(c.isupper() for c in bare) and any(c.islower() for c in bare)


def states_several(text: str) -> bool:
    """Whether the text makes more than one statement, so that taking back one of them must not take the others."""
    clauses = [clause for sentence in sentences(text) for clause in _STATEMENTS.split(sentence) if clause]
    return sum(_is_statement_of_its_own(clause) for clause in clauses) > 1


_STATEMENTS = re.compile(r"\s*;\s*|,?\s+(?:and|but)\s+(?=(?:i|my|we|our|i'm|i've|we're)\b)", re.IGNORECASE)


def _is_statement_of_its_own(clause: str) -> bool:
    found = words(clause)
    if not found or found[0] in ("he", "she", "it", "they") or _classify(clause) is not Talk.STATES:
        return False
    # "Actually, I was wrong." leads to a statement and is none.
    named = any(word[:1].isupper() and words(word) != ["i"] for word in clause.split()[1:])
    return _declares(clause) and (len(content_words(clause)) > 1 or named)


def has_side_clause(text: str) -> bool:
    """Whether a question carries more than the question: "for my dog Rex, what ..."."""
    return any(len(_clauses(sentence)) > 1 for sentence in sentences(text))


def _classify(sentence: str) -> Talk:
    found = words(sentence)
    if not found or not any(character.isalnum() for character in sentence):
        return Talk.NOISE
    if all(word in _FILLER for word in found) and len(found) <= 8 and not sentence.rstrip().endswith("?"):
        return Talk.FILLS
    asks = (
        sentence.rstrip("\"'”’) !.").endswith(_QUESTION_MARKS) or "¿" in sentence
        or _fragment(sentence, found) or _interrogative(found) or _ends_in_question(sentence)
    )
    if _REQUEST.match(sentence) and not re.search(r"\bthat (?:i|my|we|our|he|she|they)\b", sentence, re.IGNORECASE):
        return Talk.REQUESTS
    if not asks:
        return Talk.STATES
    return Talk.STATES if _states_beside_asking(sentence) else Talk.ASKS


def _interrogative(found: list[str]) -> bool:
    """A question by its word order, with or without its mark."""
    while found and found[0] in ("and", "so", "but", "ok", "okay", "hey", "hi", "hello", "well", "then", "please"):
        found = found[1:]
    if len(found) < 2:
        return bool(found) and found[0] in _WH
    first, second = found[0], found[1]
    if found[-1] in ("what", "where", "when", "who") or found[-2] in ("which", "what"):
        return True  # "my dog is called what", "I live in which city"
    if first in _PREPOSITIONS and second in ("which", "what", "whom", "where"):
        return len(found) > 2 and found[2] not in _SUBJECTS
    if first in _WH:
        return _asks_by_wh(first, second, found)
    if first in _ALWAYS_ASKING:
        return True
    return first in _AUXILIARIES and first != "had" and second in _SUBJECTS


def _asks_by_wh(first: str, second: str, found: list[str]) -> bool:
    if second in ("a", "an") or (first == "which" and second in ("is", "are", "was", "means")):
        return False  # "what a day", "..., which is why"
    if len(found) <= 4 or second in _AUXILIARIES:
        return True
    if first == "how" and second in ("many", "much", "old", "far", "long", "often"):
        return True
    if first not in ("what", "which", "who", "whose") or second in _SUBJECTS:
        return False
    if any(a in _AUXILIARIES and b in _SUBJECTS for a, b in pairwise(found[2:9])):
        return True  # "which city in the north do I"
    return not any(word in ("is", "are", "was", "were") for word in found[2:])  # "who pays my salary"


def _fragment(sentence: str, found: list[str]) -> bool:
    """A few words that ask by naming, or break off: "name of my dog", "my name is"."""
    if found[-1] in ("called", "named", "is", "are", "am") and len(found) <= 5:
        return not any(word in _WH for word in found)
    named = any(word[:1].isupper() and word not in ("I", "I'm") for word in sentence.split()[1:])
    return (
        len(found) <= 4
        and (found[0] in ("my", "the", "any", "name", "favourite", "favorite", "and") or found[-1] == "name")
        and not named
        and not any(word in _VERBS or word[0].isdigit() for word in found[:-1])
        and not any(mark in sentence for mark in ":=") and _RELATIVE.search(_fold(sentence)) is None
    )


def _ends_in_question(sentence: str) -> bool:
    """ "of all drinks, which one do I like best", without its mark."""
    *before, last = _clauses(sentence)
    found = words(last)
    starts = found[:1] and (found[0] in _WH or (found[0] in _PREPOSITIONS and any(w in _WH for w in found[1:2])))
    return bool(before and starts) and _interrogative(found)


def _clauses(sentence: str) -> list[str]:
    return [clause for clause in _CLAUSE.split(sentence) if clause and words(clause)] or [sentence]


_TOLD = re.compile(r",\s*did\s+you\s+(?:know|hear)(?:\s+that)?\s*\?+$", re.IGNORECASE)


def _states_beside_asking(sentence: str) -> bool:
    """Whether a question says something on the way: "my dog is Biscuit, what should I feed him?"."""
    if told := _TOLD.search(sentence):
        return _declares(sentence[: told.start()])
    clauses = _clauses(sentence)
    if len(clauses) > 1 and all(word in _TAGS for word in words(clauses[-1])):
        # "my dog is Rex, right?" asks whether it is so.
        return False
    if len(clauses) > 1 and any(_declares(clause) for clause in clauses):
        return True
    lead_in = _LEAD_IN.match(sentence)
    return lead_in is not None and _declares(lead_in["rest"])


def _declares(clause: str) -> bool:
    found = words(clause)
    if "?" in clause and _interrogative(found):
        return False
    if len(found) < 3 or found[0] in _WH or found[0] in ("if", "whether", "unless", "or") or _interrogative(found):
        return False
    if found[0] == "as" and found[1] in ("a", "an"):
        return True
    if found[0] in _PREPOSITIONS and not any(word in ("i", "we", "he", "she", "they") for word in found):
        return False
    # The last word is no verb of a statement: "my favourite drink".
    return any(word in _VERBS or (len(word) > 4 and word.endswith("ed")) for word in found[:-1])


# --- claims: does the text assert the value, now? ------------------------------------------------------------------------

_NEGATION = re.compile(r"\b(?:not|never|no longer|neither)\b|n't\b")
# What one cannot have, or cannot leave, is the fact itself: "I can't eat peanuts", "I never miss a concert of ...".
_NO_DENIAL = re.compile(
    r"\b(?:can ?not|can't|must not|mustn't|should not|shouldn't|don't|do not|never) (?:eat|have|tolerate|touch|stand|drink|take"
    r"|miss|get tired|get enough|tire|stop|skip|(?:live|do|go|leave|be) without)\b"
)
_UNSURE = re.compile(r"\b(?:if(?! i (?:could|had))|wish|suppose|imagine|pretend|maybe|perhaps|might|considering|thinking (?:of|about))\b")
_PLANS = re.compile(r"\b(?:plan(?:ning|s)? (?:to|on)|hop(?:e|ing) to|want(?:s|ed)? to|going to|would (?:like|love) to)\b")
_PLANNED = word_set("destination goal plan language")
_FORMERLY = re.compile(
    r"\b(?:used to|formerly|previously|in the past|any ?more|no longer|at (?:that|the) time|back then"
    r"|when i was (?:a |young|little|younger)|as a (?:child|kid)|my (?:former|previous|ex)\b|years? ago i)"
)
_ADDITION = re.compile(r"\b(?:also|another|as well|in addition|besides|second|third|both|one of my)\b|\btoo[.!]?$")
_CORRECTION = re.compile(
    r"\b(?:actually|correction|i meant|i mean|sorry|instead|changed|switched|replaced|renamed|no longer|any ?more"
    r"|is now|are now|am now|now called|now named|was wrong|mistake|not)\b"
)
_SPEAKER = re.compile(r"\b(?:i|me|my|mine|we|us|our|ours|i'm|i've|i'll|i'd|we're|we've)\b", re.IGNORECASE)


def claims(text: str, value: str, attribute: str = "") -> str | None:
    """Why the text does not assert `value` as true now: "denies", "is not sure of", "is about the past of".

    None: it does. A plan asserts only what is planned by nature, as a destination is.
    """
    wanted = _fold(value)
    for sentence in re.split(r"[.!?;\n]+", _fold(text)):
        if (at := sentence.find(wanted)) < 0:
            continue
        # "I no longer live in Rome, I live in Oslo" asserts Oslo: only the clause around the value counts.
        before = re.split(r",|\bbut\b", sentence[:at])[-1]
        after = re.split(r",|\bbut\b", sentence[at + len(wanted) :])[0]
        if _FORMERLY.search(f"{before}{wanted}{after}"):
            return "is about the past of"
        if _NEGATION.search(_NO_DENIAL.sub(" ", before)):
            return "denies"
        if _UNSURE.search(before) or (attribute not in _PLANNED and _PLANS.search(before)):
            return "is not sure of"
        return None
    return None


def adds(text: str) -> bool:
    """Whether the text says that its value comes beside others: "I also have ...", "another ..."."""
    return _ADDITION.search(_fold(text)) is not None


def corrects(text: str) -> bool:
    """Whether the text takes something back: "actually", "no longer", "is now called"."""
    return _CORRECTION.search(_fold(text)) is not None


def names(text: str, value: str) -> bool:
    """Whether a value stands in the text as words of its own."""
    return bool(value.strip()) and f" {' '.join(words(value))} " in f" {' '.join(words(text))} "


def about_speaker(text: str) -> bool:
    """Whether who says it changes what it means."""
    return _SPEAKER.search(text) is not None


def same_value(one: str, other: str) -> bool:
    """Whether two values of one attribute are the same but for case, articles and punctuation."""
    return wording(one) == wording(other)


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("’", "'").split())


# --- time ----------------------------------------------------------------------------------------------------------------

_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_RELATIVE = re.compile(
    rf"""\b(?:today|tonight|tomorrow|yesterday|this\ (?:morning|afternoon|evening|week|weekend|month|year|{_WEEKDAY})
      | (?:next|last|coming|past)\ (?:week|weekend|month|year|night|{_WEEKDAY})
      | (?:in|within)\ (?:a|an|one|two|three|four|five|six|seven|ten|\d+|a\ few|some)\ (?:minute|hour|day|week|month)s?
      | (?:a|an|one|two|three|four|five|six|seven|ten|\d+|a\ few)\ (?:minute|hour|day|week|month|year)s?\ ago
      | right\ now|at\ the\ moment|just\ now|soon|on\ {_WEEKDAY}|{_WEEKDAY}\ at )\b""",
    re.VERBOSE,
)
_BOUND = re.compile(
    rf"""\b(?:tonight|tomorrow|for\ (?:today|now|the\ moment|the\ weekend)|this\ (?:morning|afternoon|evening|week|weekend|month)
      | next\ (?:week|weekend|month|{_WEEKDAY})|on\ {_WEEKDAY}|right\ now
      | (?:in|within)\ (?:a|an|one|two|three|four|five|six|seven|ten|\d+|a\ few|some)\ (?:minute|hour|day|week|month)s? )\b
      | ^today\b""",
    re.VERBOSE,
)
_HABIT = re.compile(rf"\b(?:every|each|usually|always|often|weekly|daily|{_WEEKDAY}s)\b")
_MONEY = re.compile(
    r"[$€£¥₹]\s?\d|\b\d+(?:[.,]\d+)?\s?(?:dollars?|euros?|eur|usd|gbp|pounds?|yen|cents?|bucks?|francs?|chf)\b|\bprice[sd]?\b"
    r"|\bcosts?\b"
)
_PASSING = re.compile(
    r"\b(?:weather|forecast|appointment|meeting|deadline|flight|reservation|delivery|traffic|raining|snowing"
    r"|exchange rate|stock (?:price|market))\b"
)
_YEARLY = re.compile(r"\b(?:birthday|born|birth|anniversary)\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|tember|t|ober|ember)?"
)
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b\.?,?(?: (\d{{4}}))?")
_MONTH_DAY = re.compile(rf"\b{_MONTH}\.? (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (\d{{4}}))?")


def relative_time(text: str) -> str | None:
    """The words that mean another day on another day ("tomorrow"), if there are any."""
    match = _RELATIVE.search(_fold(text))
    return match[0] if match else None


def passing(text: str, said_at: datetime, *, lasting: bool = False) -> str | None:
    """Why what the text says will soon be untrue: a relative time, a day to come, a price. None: it may last.

    `lasting`: the text states an attribute that lasts by nature; then a time in it mostly belongs to the story around
    it ("my dog Rex is here today"), and only words that bound the statement count ("this week I live in Rome").
    """
    folded = _fold(text)
    if (bound := _BOUND.search(folded)) and not _HABIT.search(folded):
        return f'"{bound[0].strip()}" passes'
    if lasting:
        return None
    if (relative := _RELATIVE.search(folded)) and not _HABIT.search(folded):
        return f'"{relative[0].strip()}" passes'
    if money := _MONEY.search(folded):
        return f'a price ("{money[0].strip()}") changes'
    if topic := _PASSING.search(folded):
        return f'"{topic[0]}" is an event or a passing state'
    if not _YEARLY.search(folded):
        for day in _dates(folded, said_at):
            if day >= said_at.date():
                return f"{day.isoformat()} was still to come"
    return None


def bound_in_time(text: str) -> str | None:
    """The words that bound a statement to days that pass ("tomorrow", "this week"), unless it is a habit."""
    folded = _fold(text)
    match = _BOUND.search(folded)
    return match[0].strip() if match and not _HABIT.search(folded) else None


def telling_words(text: str) -> frozenset[str]:
    """Numbers, negations and words in capitals: each of them can be all that differs between two facts."""
    numbers = {word for word in words(text) if any(character.isdigit() for character in word)}
    capitals = {word.casefold() for word in re.findall(r"(?<![.!?…]\s)(?<!^)\b[A-ZÀ-Þ][\w’'-]+", text)}
    negations = {"not"} if _NEGATION.search(_fold(text)) else set()
    return frozenset(numbers | capitals | negations)


def _dates(folded: str, said_at: datetime) -> list[date]:
    spelled: list[tuple[int, int, int]] = []
    for match in _ISO_DATE.finditer(folded):
        spelled.append((int(match[1]), int(match[2]), int(match[3])))
    for match in _DAY_MONTH.finditer(folded):
        spelled.append((int(match[3] or said_at.year), _MONTHS.index(match[2]) + 1, int(match[1])))
    for match in _MONTH_DAY.finditer(folded):
        spelled.append((int(match[3] or said_at.year), _MONTHS.index(match[1]) + 1, int(match[2])))
    days: list[date] = []
    for year, month, day in spelled:
        try:
            days.append(date(year, month, day))
        except ValueError:  # "31 June" names no day
            continue
    return days
