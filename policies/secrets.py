"""Secrets in a text: private keys, service tokens, payment cards, account numbers, passwords and PINs, by pattern.

Knows shapes (issuers' prefixes, the Luhn and mod-97 checks, "password is ..."), not meanings: a bare random string that nothing
announces is not found. A redacted text keeps its sentence, with `[redacted:KIND]` where the secret stood, and
redacting it again changes nothing. Every repetition in a pattern is bounded, so that the work is linear in the text, whatever
it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from memos.policies.wording import word_set
from memos.protocols import Prepared


@dataclass(frozen=True, order=True)
class Secret:
    """A span of a text and its kind: key, token, card, iban, ssn, password, pin or seed."""

    start: int
    end: int
    kind: str


_MARKER = re.compile(r"\[redacted:([a-z]+)\]")

_KEYS = re.compile(
    r"""-----BEGIN\ [A-Z0-9 ]{0,40}PRIVATE\ KEY(?:\ BLOCK)?-----
        (?:.*?-----END\ [A-Z0-9 ]{0,40}PRIVATE\ KEY(?:\ BLOCK)?-----|.*)
      | \bAGE-SECRET-KEY-1[A-Z0-9]{20,80}""",
    re.VERBOSE | re.DOTALL,
)
_TOKENS = re.compile(
    r"""(?<![A-Za-z0-9])(?:
        sk-[A-Za-z0-9_-]{16,200}                               # OpenAI, Anthropic and their kin
      | [spr]k_(?:live|test)_[A-Za-z0-9]{10,200}               # Stripe
      | gh[pousr]_[A-Za-z0-9]{20,255} | github_pat_[A-Za-z0-9_]{20,255} | glpat-[A-Za-z0-9_-]{16,255}
      | xox[abeprs]-[A-Za-z0-9-]{10,255} | xapp-[A-Za-z0-9-]{10,255}   # Slack
      | (?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}(?![A-Za-z0-9])     # AWS
      | AIza[A-Za-z0-9_-]{35} | ya29\.[A-Za-z0-9_-]{20,255}    # Google
      | hf_[A-Za-z0-9]{20,100} | npm_[A-Za-z0-9]{30,100} | pypi-[A-Za-z0-9_-]{30,255} | dop_v1_[a-f0-9]{40,80}
      | dapi[a-f0-9]{32} | key-[a-f0-9]{32} | SK[a-f0-9]{32}(?![A-Za-z0-9])    # Databricks, Mailgun, Twilio
      | shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32} | sq0(?:atp|csp)-[A-Za-z0-9_-]{22,60} | hv[sb]\.[A-Za-z0-9_-]{20,200}
      | GOCSPX-[A-Za-z0-9_-]{20,60} | lin_api_[A-Za-z0-9]{30,60} | whsec_[A-Za-z0-9]{20,80} | gsk_[A-Za-z0-9]{30,80}
      | \d{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])            # Telegram bots
      | [MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}     # Discord bots
      | SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}         # SendGrid
      | eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{4,2000}   # JSON web token
      )""",
    re.VERBOSE,
)
_BEARER = re.compile(r"\bbearer\s{1,20}([A-Za-z0-9._~+/=-]{16,2000})", re.IGNORECASE)
_BASIC = re.compile(r"\bauthorization\s{0,20}:\s{0,20}basic\s{1,20}([A-Za-z0-9+/=]{8,2000})", re.IGNORECASE)
_WEBHOOK = re.compile(r"\bhooks\.slack\.com/services/(T[A-Z0-9]{6,14}/B[A-Z0-9]{6,14}/[A-Za-z0-9]{16,40})")
# "AccountName=x;AccountKey=y" of Azure and its kin
_ACCOUNT_KEY = re.compile(r"\b(?:account|sharedaccess|access|storage)key\s{0,20}=\s{0,20}([A-Za-z0-9+/=%_-]{16,500})", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{0,100}:([^\s/@]{1,200})@", re.IGNORECASE)
_CARD = re.compile(r"(?<![\w.-])\d(?:[ \u00a0-]?\d){11,18}(?![\w-]|\.\d)")

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])")
_SSN = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_SAID_SSN = re.compile(r"\b(?:ssn|social security(?: number)?)\b[^.!?\n\d]{0,30}(\d{3}[ -]?\d{2}[ -]?\d{4})(?!\d)", re.IGNORECASE)
_SEED = re.compile(
    r"\b(?:seed|recovery|mnemonic|backup)[ -](?:phrase|words)\b[^.!?\n:]{0,40}?(?::|\bis\b|\bare\b)\s{0,20}[\"'“`]?"
    r"((?:[a-z]{3,8}[ ,]+){11,23}[a-z]{3,8})\b",
    re.IGNORECASE,
)
# "hunter22 is the password for the router": the value comes first, and must look like one.
_VALUE_FIRST = re.compile(
    r"""(?P<value>"[^"\n]{3,100}"|“[^”\n]{3,100}”|`[^`\n]{3,100}`|(?<![^\s"“”`])[^\s"“”`]{4,500})\s{1,20}(?:is|was)\s{1,20}(?:now\s{1,20})?
        (?:the|my|our|his|her|their|your)\s{1,20}(?:[\w'’-]{1,20}\s{1,20}){0,3}?(?:pass ?(?:word|phrase|code)|pin)\b""",
    re.VERBOSE | re.IGNORECASE,
)

# "my wifi password for the cabin is now X", "password: X", "changed the password to X"
_PASSWORD = re.compile(
    r"\b(?:pass ?(?:word|phrase|code)|passwd|pwd|passwort|kennwort|contrase[nñ]a|mot de passe|senha)s?\b", re.IGNORECASE
)
_IS_VALUE = re.compile(
    r"""(?:\s{0,20}[:=]\s{0,20}|\s{1,20}(?:is|was|ist|lautet|es|est|é|(?P<to>to))\s{1,20}(?:(?:now|still|currently|set\ to|just|simply)\s{1,20})?)
        (?P<value>"[^"\n]{1,200}"|'[^'\n]{1,200}'|“[^”\n]{1,200}”|`[^`\n]{1,200}`|[^\s]{1,200})""",
    re.VERBOSE | re.IGNORECASE,
)
# "pw: X", "login ana / password X", "use X as the password"
_SHORT_FORM = re.compile(r"\b(?:pw|pass)\s{0,20}[:=]\s{0,20}([^\s]{3,200})|(?<=[/,;|])\s{0,20}pass(?:word)?\s{1,20}([^\s]{4,200})", re.IGNORECASE)
_AS_PASSWORD = re.compile(r"\b(?:use|used|took|picked|chose)\s{1,20}([^\s]{4,100})\s{1,20}(?:as|for)\s{1,20}(?:the|my|our|a)\s{1,20}(?:\w{1,20}\s{1,20}){0,2}?pass(?:word|phrase|code)\b", re.IGNORECASE)
_SETS = re.compile(r"\b(?:set|sets|setting|chang(?:e|ed|es|ing)|reset|updat(?:e|ed|ing)|switched)\b", re.IGNORECASE)
_ANNOUNCED_WITHIN = 60
_PIN = re.compile(
    r"\b(?:pin|cvv|cvc|(?:security|door|gate|alarm|entry|garage|safe|unlock) code)\b(?: code| number)?[^.!?\n:=\d]{0,40}?(?:\s{0,20}[:=]\s{0,20}|\s{1,20}(?:is|was|to)\s{1,20}(?:now\s{1,20})?)(\d{3,8})\b",
    re.IGNORECASE,
)
_NAMED_TOKEN = re.compile(
    r"""\b(?:api[ _-]?key|secret[ _-]?(?:access[ _-]?)?key|(?:access|auth|api|refresh|session|bot)[ _-]?token
        |client[ _-]?secret|token|secret)\b["']?
        [^.!?\n:=]{0,40}?(?:\s{0,20}[:=]\s{0,20}|\s{1,20}(?:is|was)\s{1,20}(?:now\s{1,20})?)["'“`]?([A-Za-z0-9+/=_.~-]{8,500})""",
    re.VERBOSE | re.IGNORECASE,
)
# Words that follow "password is ..." without being one.
_NOT_A_PASSWORD = word_set(
    """a an the my your his her our their this that it its not no too very so also only always never still now
    required wrong incorrect correct right expired expiring weak strong long short missing invalid valid needed
    important secure safe unsafe stored saved kept hidden in on at for of from with by written known unknown
    forgotten lost stolen leaked compromised different same set reset changed being going about what which who how
    where when there here me you him them us everyone be get log login enter open unlock access reset somewhere
    something nothing"""
)
_ISSUERS = (
    (re.compile(r"4"), (13, 16, 19)),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), (16,)),
    (re.compile(r"3[47]"), (15,)),
    (re.compile(r"6011|65|64[4-9]"), (16, 19)),
    (re.compile(r"36|38|39|30[0-5]"), (14, 16, 19)),
    (re.compile(r"35(?:2[89]|[3-8])"), (16, 19)),
    (re.compile(r"62"), (16, 17, 18, 19)),
    (re.compile(r"50|5[6-8]|63|67"), (12, 13, 14, 15, 16, 17, 18, 19)),
)


def find(text: str) -> tuple[Secret, ...]:
    """Every secret in the text, in order, none overlapping another. Redaction marks are not secrets."""
    found: list[Secret] = []
    for secret in sorted(_candidates(text), key=lambda s: (s.start, -s.end)):
        if found and secret.start < found[-1].end:
            found[-1] = Secret(found[-1].start, max(secret.end, found[-1].end), found[-1].kind)
        else:
            found.append(secret)
    return tuple(found)


def redact(text: str) -> Prepared:
    """The text with every secret replaced by its mark, and the kinds that were replaced, in order of first sight."""
    kinds: list[str] = []
    # A replacement can bring two pieces of a sentence closer and so announce another value: until nothing is found.
    while secrets := find(text):
        pieces: list[str] = []
        kept = 0
        for secret in secrets:
            pieces += text[kept : secret.start], f"[redacted:{secret.kind}]"
            kept = secret.end
        text = "".join((*pieces, text[kept:]))
        kinds += [secret.kind for secret in secrets]
    return Prepared(text, tuple(dict.fromkeys(kinds)))


def prepare(text: str, mode: str) -> Prepared:
    """What may be stored under `routing.secrets`: redacted under "redact", else as it is with the kinds it holds."""
    if mode == "redact":
        return redact(text)
    return Prepared(text, tuple(dict.fromkeys(secret.kind for secret in find(text))))


def marks(text: str) -> tuple[str, ...]:
    """The kinds of secret that were redacted from this text, by the marks they left."""
    return tuple(dict.fromkeys(_MARKER.findall(text)))


def without_marks(text: str) -> str:
    """The text less its redaction marks: what is left to be remembered."""
    return _MARKER.sub(" ", text)


def passes_luhn(digits: str) -> bool:
    """The check digit that every payment card carries."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _candidates(text: str) -> Iterator[Secret]:
    for match in _KEYS.finditer(text):
        yield Secret(match.start(), match.end(), "key")
    for match in _TOKENS.finditer(text):
        yield Secret(match.start(), match.end(), "token")
    for match in _BEARER.finditer(text):
        yield Secret(match.start(1), match.end(1), "token")
    for pattern in (_BASIC, _WEBHOOK, _ACCOUNT_KEY):
        for match in pattern.finditer(text):
            yield Secret(match.start(1), match.end(1), "token")
    for match in _NAMED_TOKEN.finditer(text):
        if _looks_random(match[1]):
            yield Secret(match.start(1), match.end(1), "token")
    for match in _URL_PASSWORD.finditer(text):
        if not _MARKER.fullmatch(match[1]):
            yield Secret(match.start(1), match.end(1), "password")
    for match in _CARD.finditer(text):
        if _is_card(match[0]):
            yield Secret(match.start(), match.end(), "card")
    for match in _IBAN.finditer(text):
        if end := _iban_end(match[0]):
            yield Secret(match.start(), match.start() + end, "iban")
    for pattern, group in ((_SSN, 0), (_SAID_SSN, 1)):
        for match in pattern.finditer(text):
            yield Secret(match.start(group), match.end(group), "ssn")
    for match in _SEED.finditer(text):
        yield Secret(match.start(1), match.end(1), "seed")
    for match in _VALUE_FIRST.finditer(text):
        value = match["value"]
        if value[0] in "\"“`" or _is_made_up(value):
            yield Secret(match.start("value"), match.end("value"), "password")
    for pattern in (_SHORT_FORM, _AS_PASSWORD):
        for match in pattern.finditer(text):
            group = match.lastindex or 1
            if _is_made_up(match[group]) and not _MARKER.match(match[group].lstrip("'\"")):
                yield Secret(match.start(group), match.end(group), "password")
    for match in _PIN.finditer(text):
        yield Secret(match.start(1), match.end(1), "pin")
    yield from _passwords(text)


def _passwords(text: str) -> Iterator[Secret]:
    for word in _PASSWORD.finditer(text):
        if text.endswith("[redacted:", 0, word.start()):
            continue  # the mark of a password announces none
        # "the password to the cabin is X": the first verb is followed by no value, the second is.
        for match in _IS_VALUE.finditer(text, word.end(), word.end() + _ANNOUNCED_WITHIN + 300):
            between = text[word.end() : match.start()]
            if between.endswith("[redacted"):
                continue
            if len(between) > _ANNOUNCED_WITHIN or any(mark in between for mark in ".!?\n"):
                break
            value = match["value"].rstrip(".,;)") or match["value"]
            # "reset your password to continue" sets nothing; "I set it to sunshine" does.
            if match["to"] and not _is_made_up(value) and not _sets_own(text[max(0, word.start() - _ANNOUNCED_WITHIN) : word.start()]):
                continue
            if _is_password(value):
                yield Secret(match.start("value"), match.start("value") + len(value), "password")
                break


def _sets_own(before: str) -> bool:
    """Whether the sentence so far tells of a password being set, and does not ask for it."""
    sentence = re.split(r"[.!?\n]", before)[-1]
    return _SETS.search(sentence) is not None and re.search(r"\b(?:i|we|he|she|they)\b", sentence, re.IGNORECASE) is not None


def _is_password(value: str) -> bool:
    bare = value.strip("\"'“”`").casefold()
    if len(bare) < 3 or bare in _NOT_A_PASSWORD or bare.startswith("[redacted:"):
        return False
    return bool(bare.strip("*•"))


def _is_made_up(value: str) -> bool:
    """Digits or symbols among the letters: "honesty is the password to his heart" is talk."""
    if value.startswith("[redacted:"):
        return False
    return any(c.isdigit() for c in value) or any(c in "!#$%&*+=?@^_~" for c in value.rstrip("!?"))


def _iban_end(spelled: str) -> int:
    """Where the account number ends within what looks like one, by its check digits; 0 when it is none."""
    for end in range(len(spelled), 14, -1):
        code = spelled[:end].replace(" ", "")
        if spelled[end - 1] == " " or len(code) < 15 or (end < len(spelled) and spelled[end] != " "):
            continue
        if int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1:
            return end
    return 0


def _looks_random(value: str) -> bool:
    """Digits among letters, or long without a word's shape: "token is expired" is talk, "token is a8f3k29x" is not."""
    letters = any(c.isalpha() for c in value)
    digits = sum(c.isdigit() for c in value)
    return (letters and digits >= 2) or digits >= 8 or len(value) >= 24


def _is_card(spelled: str) -> bool:
    digits = "".join(str(int(c)) for c in spelled if c.isdigit())
    if len(set(digits)) < 2 or not passes_luhn(digits):
        return False
    return any(prefix.match(digits) and len(digits) in lengths for prefix, lengths in _ISSUERS)
