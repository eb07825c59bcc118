"""Names by capital letters and by the facts that were read."""

from __future__ import annotations

import pytest

from memos.naming import MOST_NAMES, names_in
from memos.types import FactKey


@pytest.mark.parametrize(("text", "names"), [
    ("My sister Lena lives in Bergen.", ("lena", "bergen")),
    ("Lena's dog is called Biscuit. Thanks!", ("lena", "biscuit")),
    ("Yesterday I met Dr. Lena Ortiz in New York City.", ("lena ortiz", "lena", "ortiz", "new york city")),
    ("Caroline and Melanie went there.", ("caroline", "melanie")),
    ("I work at OpenAI on GPT-4.", ("openai", "gpt-4")),
    ("Running every day helps. So does sleep.", ()),
    ("See you on Monday. I'm off, OK?", ()),
    ("“Miso” is asleep", ("miso",)),
    ("Мой брат живёт в Москве", ("москве",)),
    ("", ()),
    ("猫が好きです", ()),
])
def test_names_in_a_text(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


def test_the_speaker_and_what_a_fact_is_about_are_names_too() -> None:
    fact = FactKey(subject="Lena", attribute="dog_name", value="Rex")
    assert names_in("Rex", fact=fact, actor="Ana") == ("rex", "lena", "ana")
    assert names_in("rex", fact=fact) == ("lena",)
    assert names_in("", fact=FactKey(subject="user", attribute="city", value="oslo"), actor="user") == ()


def test_a_long_text_gives_few_names_soon() -> None:
    assert len(names_in("x Aa Bb, " + ", ".join(f"with N{n}" for n in range(100_000)))) == MOST_NAMES
    assert names_in("we met " + "A" * 200) == ()
