"""Secrets are found by shape, redacted for good, and ordinary talk is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from memos.policies import secrets
from memos.policies.secrets import find, marks, passes_luhn, prepare, redact, without_marks

# Made up, and cut in two so that no scanner takes this file for a leak.
TOKENS = [
    "sk-" + "proj-a8Fk29xLq0ZtB7mN3vRw",
    "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc",
    "gh" + "p_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_" + "pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ",
    "xox" + "b-123456789012-abcdefABCDEF",
    "AK" + "IAIOSFODNN7EXAMPLE",
    "AI" + "zaSyA-1234567890abcdefghijklmnopqrstu",
    "h" + "f_abcdefghijklmnopqrstuvwxyzABCDEF",
    "ey" + "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
]


@pytest.mark.parametrize("token", TOKENS)
def test_service_tokens_are_found_wherever_they_stand(token: str) -> None:
    for text in (token, f"use {token} for the demo", f"KEY={token};"):
        redacted, kinds = redact(text)
        assert kinds == ("token",)
        assert token not in redacted and "[redacted:token]" in redacted


@pytest.mark.parametrize(
    "number",
    ["4111 1111 1111 1111", "4111111111111111", "5500 0055 5555 5559", "378282246310005", "6011111111111117"],
)
def test_cards_that_pass_luhn_are_found(number: str) -> None:
    assert redact(f"my card is {number}, valid until 2030").text == "my card is [redacted:card], valid until 2030"


@pytest.mark.parametrize(
    "text",
    [
        "my card is 4111 1111 1111 1112",  # one digit off
        "call me on +44 20 7946 0958 2345",
        "order 0000 0000 0000 0000",
        "the timestamp is 1700000000000",
        "4111-11-11 was a long time ago",
        "my IBAN starts with DE89 3704",
    ],
)
def test_other_numbers_are_not_cards(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("my password is hunter2", "hunter2"),
        ("The wifi password for the cabin is now Sommer-2024!", "Sommer-2024!"),
        ("Password: correcthorse", "correcthorse"),
        ("pwd=s3cr3t!", "s3cr3t!"),
        ('the passphrase is "correct horse battery staple".', "correct horse battery staple"),
        ("I changed my password to Tr0ub4dor", "Tr0ub4dor"),
        ("the password to the cabin is Elch77", "Elch77"),
        ("mein Passwort ist geheim123", "geheim123"),
        ("mi contraseña es abracadabra", "abracadabra"),
        ("postgres://ana:p4ssw0rd@db.example.org/x", "p4ssw0rd"),
    ],
)
def test_passwords_are_found_by_what_announces_them(text: str, secret: str) -> None:
    redacted, kinds = redact(text)
    assert kinds == ("password",)
    assert secret not in redacted


@pytest.mark.parametrize(
    "text",
    [
        "my password is too weak",
        "the password is required",
        "I forgot the password to my account",
        "the password is stored in the safe",
        "a token is expired",
        "the key is under the mat",
        "my secret is that I love jazz",
        "the pin fell off my jacket",
    ],
)
def test_talk_about_secrets_is_not_a_secret(text: str) -> None:
    assert redact(text) == (text, ())


FORMS = [
    ("iban", "my IBAN is ", "DE89 3704 0044 0532 0130 00", " for transfers"),
    ("iban", "send to ", "GB82WEST12345698765432", " please"),
    ("token", "AccountName=a;AccountKey=", "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2U==", ";"),
    ("token", "bot ", "7201938475" + ":AAHk3uT9xQwE2rTyUiOpAsDfGhJkLzXcVbN", ""),
    ("token", "https://hooks.slack.com/services/", "T024BE7LH/B05G7HJ2K/" + "qWeRtYuIoPaSdFgHjKlZxCv", ""),
    ("token", "Authorization: Basic ", "YW5hOnMzY3IzdA==", ""),
    ("ssn", "my SSN is ", "536-22-8726", "."),
    ("ssn", "social security number: ", "536 22 8726", ""),
    ("seed", "my seed phrase is ",
     "abandon ability able about above absent absorb abstract absurd abuse access accident", "."),
    ("key", "", "AGE-SECRET" + "-KEY-1QL3Z7HJY54PW3HYWW5AYYFG7ZQGVC7W3J2ELW8ZMRJ2KG5SFN9A", ""),
    ("password", "redis://:", "s3cr3tpw", "@cache:6379/0"),
    ("password", "", "hunter22", " is the password"),
    ("password", "", "hunter22", " is my wifi password at the cabin"),
    ("password", "use ", "Gl4cier$", " as the password"),
    ("password", "wifi pw: ", "Tr33house!", ""),
    ("password", "login ana / password ", "Kx9!mmq2", ""),
    ("password", "I set my password to ", "sunshine", ""),
    ("pin", "The door code is ", "5512", ""),
]


@pytest.mark.parametrize(("kind", "before", "secret", "after"), FORMS)
def test_every_known_form_is_taken_out_and_nothing_else(kind: str, before: str, secret: str, after: str) -> None:
    assert redact(before + secret + after) == (f"{before}[redacted:{kind}]{after}", (kind,))


@pytest.mark.parametrize("text", [
    "my IBAN is DE89 3704 0044 0532 0130 01", "call 555-123-4567", "honesty is the password to his heart",
    "reset your password to continue", "000-12-3456", "he set the code of conduct to paper", "they pass 12 exams",
])  # fmt: skip
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert redact(text) == (text, ())


def test_pins_bearer_tokens_named_tokens_and_private_keys() -> None:
    assert redact("my PIN is 4821.") == ("my PIN is [redacted:pin].", ("pin",))
    assert redact("Authorization: Bearer abcdef0123456789abcdef").found == ("token",)
    assert redact("the api key is a8f3k29xq1").text == "the api key is [redacted:token]"
    key = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow\nAAA\n-----END RSA " + "PRIVATE KEY-----"
    assert redact(f"here:\n{key}\nbye") == ("here:\n[redacted:key]\nbye", ("key",))
    assert "MIIEow" not in redact(key.partition("-----END")[0]).text  # cut off before its end


def test_several_secrets_keep_the_sentence() -> None:
    redacted = redact("card 4111 1111 1111 1111 and my password is hunter2, thanks")
    assert redacted.text == "card [redacted:card] and my password is [redacted:password], thanks"
    assert set(redacted.found) == {"card", "password"}
    assert set(marks(redacted.text)) == {"card", "password"}
    assert "redacted" not in without_marks(redacted.text)


def test_prepare_obeys_the_setting() -> None:
    text = "my password is hunter2"
    assert prepare(text, "redact") == ("my password is [redacted:password]", ("password",))
    assert prepare(text, "keep") == prepare(text, "drop") == (text, ("password",))


def test_luhn() -> None:
    assert passes_luhn("79927398713")
    assert not passes_luhn("79927398710")


announced = st.sampled_from(["my password is ", "pwd: ", "token=", "PIN is ", "card ", "Bearer ", "https://a:", ""])
pieces = st.lists(
    st.one_of(st.text(max_size=12), announced, st.sampled_from([*TOKENS, "4111111111111111", "hunter2", "@b", ". "])),
    max_size=8,
)


@given(pieces)
def test_redaction_leaves_nothing_to_find_and_is_idempotent(parts: list[str]) -> None:
    text = "".join(parts)
    redacted, kinds = redact(text)
    assert find(redacted) == ()
    assert redact(redacted) == (redacted, ())
    assert bool(kinds) == bool(find(text))


@given(st.integers(min_value=10**13, max_value=10**14 - 1))
def test_every_visa_number_is_found(body: int) -> None:
    stem = f"4{body}"
    check = next(str(d) for d in range(10) if passes_luhn(f"{stem}{d}"))
    assert redact(f"it is {stem}{check}").text == "it is [redacted:card]"


@pytest.mark.parametrize("text", [
    "my password is hunter22x and the key is sk-aaaabbbbccccdddd1234 " * 10_000, " " * 400_000, "pass" + " " * 400_000 + "is",
    "token" + " " * 200_000 + "=", ("abcd" * 20 + " " * 400) * 500,
], ids=["many", "spaces", "pass", "token", "words"])  # fmt: skip
def test_hostile_texts_take_work_that_follows_their_length(text: str) -> None:
    """Long runs of one character, many words that announce, many secrets: the texts on which an unbounded pattern backtracks."""
    redacted = secrets.redact(text)
    assert ("hunter22x" in text) is bool(redacted.found)
    assert "hunter22x" not in redacted.text and "sk-" not in redacted.text


def test_no_more_than_the_sentence_is_read_for_each_word_that_announces_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    whole = secrets._sets_own
    monkeypatch.setattr(secrets, "_sets_own", lambda before: read.append(len(before)) or whole(before))  # type: ignore[func-returns-value]
    secrets.find("pwd to x " * 500)
    assert read and max(read) <= secrets._ANNOUNCED_WITHIN
