"""Facts outside the grammar's relations, composed at random: they teach matching by words instead of by relation.

A scheme pairs ways to state one thing with ways to ask for it; its nouns come from a list or are spelled at random,
so a model can only answer by finding the same noun in a note. Knows no relation and no session.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from memos.grammar.values import random_word, sample_person, sample_value
from memos.pretraining.small_talk import LOOSE_FACTS, LOOSE_VALUES


@dataclass(frozen=True, slots=True)
class Loose:
    """One loose fact: what it is about (`key`), its wordings with the slot {x}, and its value."""

    key: str
    stated: tuple[str, ...]
    asked: tuple[str, ...]
    value: str


def _split(block: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in block.replace("\n", ",").split(",") if item.strip())


_ATTRIBUTES = {
    "person": _split(
        """doctor, dentist, neighbour, landlord, teacher, coach, uncle, aunt, cousin, grandmother, grandfather, nephew,
        niece, godmother, roommate, colleague, lawyer, hairdresser, therapist, accountant, favourite singer,
        favourite actor, favourite author, favourite painter, favourite football player, childhood friend, mentor,
        project partner, piano teacher, math teacher, wedding witness, favourite composer, babysitter, gardener"""
    ),
    "number": _split(
        """shoe size, locker number, house number, room number, seat number, lucky number, favourite number, floor,
        table number, jersey number, desk number, bus line, train platform, parking level, waist size, ring size"""
    ),
    "code": _split(
        """zip code, passport number, phone number, licence plate, flight number, booking code, door code, wifi password,
        membership number, bank account, bike lock code, order number, ticket number, user name, student number"""
    ),
    "colour": _split(
        """bike colour, eye colour, hair colour, front door, sofa, umbrella, suitcase, coat, toothbrush, bedroom colour,
        car colour, favourite shirt, school uniform, phone case"""
    ),
    "place": _split(
        """favourite city, holiday home, summer house, old school, office location, dream destination, wedding venue,
        university town, second home, favourite beach, next stop, meeting place"""
    ),
    "food": _split(
        """favourite fruit, favourite vegetable, favourite dessert, favourite ice cream, usual breakfast, usual lunch,
        favourite snack, favourite soup, favourite cake, signature dish, comfort food, pizza topping, favourite cheese"""
    ),
    "title": _split(
        """favourite series, favourite song, favourite game, favourite poem, favourite opera, favourite podcast,
        favourite magazine, current book, favourite album, favourite play, favourite board game, favourite comic"""
    ),
    "company": _split(
        """bank, phone provider, gym, insurance, favourite shop, football club, favourite team, airline, old employer,
        favourite restaurant, favourite cafe, supermarket, old university, school, internet provider, dream employer"""
    ),
    "day": _split(
        """wedding day, exam date, moving day, deadline, dentist appointment, next checkup, anniversary, graduation day,
        interview date, departure day, name day, rent due date, next day off"""
    ),
    "common": _split(
        """favourite animal, favourite flower, favourite tree, favourite season, favourite toy, star sign, blood type,
        middle name, nickname, phone, laptop, camera, bike, perfume, shampoo, medicine, diet, religion, mother tongue,
        dream job, first job, favourite subject at school, worst fear, biggest dream, new year's resolution, superpower,
        favourite holiday, favourite weekday, favourite smell, favourite word, password hint, secret, motto, mascot"""
    ),
}
_ATTRIBUTE_STATED = (
    "My {n} is {x}",
    "{x} is my {n}",
    "My {n}: {x}",
    "The {n} I have is {x}",
    "I have {x} as my {n}",
    "My {n} has always been {x}",
    "My {n} is called {x}",
    "As for my {n}, it is {x}",
    "My current {n} is {x}",
    "For my {n} I chose {x}",
)
_ATTRIBUTE_ASKED = (
    "What is my {n}?",
    "What's my {n}?",
    "My {n}?",
    "Tell me my {n}.",
    "Do you know my {n}?",
    "What was my {n} again?",
    "Do you remember what my {n} is?",
    "Which {n} do I have?",
    "What did I say my {n} is?",
    "Could you tell me what my {n} is?",
    "I forgot my {n}.",
    "What {n} did I choose?",
    "Remind me of my {n}.",
    "My {n} is what?",
)
_PERSON_ASKED = (
    "Who is my {n}?",
    "What is my {n} called?",
    "What is my {n}'s name?",
    "What's the name of my {n}?",
    "Who did I say my {n} is?",
    "My {n}'s name?",
    "Do you know who my {n} is?",
)
_OBJECTS = _split(
    """umbrella, passport, keys, glasses, bike, suitcase, charger, wallet, notebook, ring, scarf, hat, tent, ladder, drill,
    laptop, camera, guitar case, ticket, letter, medicine, gloves, headphones, backpack, spare key, birth certificate,
    tool box, sleeping bag, old photos, diary, sunglasses, bottle, coat, racket, ball, jacket, contract, calculator"""
)
_SPOTS = _split(
    """in the kitchen drawer, on the desk, under the bed, in the blue bag, next to the door, on the top shelf, in the car,
    behind the sofa, in my coat, on the table, at the office, in the garage, in the bathroom, at my mother's place,
    in the basement, in the attic, at the gym, on the balcony, in the red box, in the hall, at school, by the window"""
)
_TIMES = tuple(f"{h}:{m:02d}" for h in range(6, 23) for m in (0, 15, 30, 45)) + tuple(
    f"{h} o'clock" for h in range(1, 13)
)
_EVENTS = _split(
    """meeting, party, concert, dinner, class, interview, train, flight, appointment, match, lecture, wedding, rehearsal,
    call, exam, picnic, show, film, course, haircut, workshop, barbecue, tour, training, vet appointment, bus"""
)


def _noun(rng: random.Random, nouns: tuple[str, ...]) -> str:
    roll = rng.random()
    if roll < 0.7:
        return rng.choice(nouns)
    return random_word(rng) if roll < 0.9 else f"{random_word(rng)} {rng.choice(nouns).split()[-1]}"


def _attribute(rng: random.Random) -> Loose:
    kind = rng.choice(tuple(_ATTRIBUTES))
    noun = _noun(rng, _ATTRIBUTES[kind])
    if kind == "common":
        value = (
            random_word(rng)
            if rng.random() < 0.5
            else sample_value(rng.choice(("food", "hobby", "title", "car")), rng)
        )
    elif kind == "code":
        value = random_code(rng)
    else:
        value = sample_value(kind, rng, novel=rng.random() < 0.5)
    stated = tuple(form.replace("{n}", noun) for form in _ATTRIBUTE_STATED)
    asked = tuple(
        form.replace("{n}", noun)
        for form in (_PERSON_ASKED + _ATTRIBUTE_ASKED[:6] if kind == "person" else _ATTRIBUTE_ASKED)
    )
    return Loose(f"my {noun}", stated, asked, value)


def _placed(rng: random.Random) -> Loose:
    noun = _noun(rng, _OBJECTS)
    stated = (
        "I left my {n} {x}",
        "I put my {n} {x}",
        "My {n} is {x}",
        "The {n} is {x}",
        "I keep my {n} {x}",
        "You find my {n} {x}",
    )
    asked = ("Where is my {n}?", "Where did I put my {n}?", "Where did I leave my {n}?", "Where do I keep my {n}?", "Where can I find my {n}?", "Do you know where my {n} is?", "Where's the {n}?")  # fmt: skip
    return _scheme(f"where {noun}", noun, stated, asked, rng.choice(_SPOTS))


def _timed(rng: random.Random) -> Loose:
    noun = _noun(rng, _EVENTS)
    stated = (
        "The {n} is at {x}",
        "My {n} is at {x}",
        "The {n} starts at {x}",
        "I have a {n} at {x}",
        "My {n} begins at {x}",
    )
    asked = ("When is the {n}?", "When is my {n}?", "What time is the {n}?", "When does the {n} start?", "At what time is my {n}?", "What time do I have the {n}?")  # fmt: skip
    return _scheme(f"when {noun}", noun, stated, asked, rng.choice(_TIMES))


def _given(rng: random.Random) -> Loose:
    noun = _noun(rng, _OBJECTS)
    stated = (
        "{x} gave me the {n}",
        "I got the {n} from {x}",
        "The {n} is a present from {x}",
        "{x} lent me the {n}",
    )
    asked = (
        "Who gave me the {n}?",
        "Who did I get the {n} from?",
        "Whose present is the {n}?",
        "From whom do I have the {n}?",
    )
    return _scheme(f"giver {noun}", noun, stated, asked, sample_person(rng, novel=rng.random() < 0.5))


def _priced(rng: random.Random) -> Loose:
    noun = _noun(rng, _OBJECTS)
    stated = ("The {n} cost {x}", "I paid {x} for the {n}", "I bought a {n} for {x}", "My new {n} was {x}")
    asked = (
        "How much did the {n} cost?",
        "What did I pay for the {n}?",
        "How much was the {n}?",
        "What was the price of the {n}?",
    )
    value = f"{rng.randint(2, 900)} {rng.choice(('euros', 'dollars', 'pounds'))}"
    return _scheme(f"price {noun}", noun, stated, asked, value)


def _counted(rng: random.Random) -> Loose:
    noun = rng.choice(_split("plants, children, cousins, books, bikes, sisters, brothers, pairs of shoes, chairs, fish, horses, hats, siblings, pets, cousins, guitars"))  # fmt: skip
    stated = (
        "I have {x} {n}",
        "I own {x} {n}",
        "There are {x} {n} in my home",
        "The number of my {n} is {x}",
    )
    asked = (
        "How many {n} do I have?",
        "How many {n} do I own?",
        "What is the number of my {n}?",
        "How many {n} are there in my home?",
    )
    value = rng.choice(("two", "three", "four", "five", "six", "seven", str(rng.randint(2, 60))))
    return _scheme(f"count {noun}", noun, stated, asked, value)


def _scheme(key: str, noun: str, stated: tuple[str, ...], asked: tuple[str, ...], value: str) -> Loose:
    return Loose(
        key,
        tuple(form.replace("{n}", noun) for form in stated),
        tuple(form.replace("{n}", noun) for form in asked),
        value,
    )


def _listed(rng: random.Random) -> Loose:
    index = rng.randrange(len(LOOSE_FACTS))
    fact = LOOSE_FACTS[index]
    if fact.kind in LOOSE_VALUES:
        value = rng.choice(LOOSE_VALUES[fact.kind])
    elif fact.kind == "code":
        value = random_code(rng)
    elif fact.kind == "time":
        value = rng.choice(_TIMES)
    else:
        value = sample_value(fact.kind, rng, novel=rng.random() < 0.5)
    return Loose(f"listed {index}", fact.stated, fact.asked, value)


def random_code(rng: random.Random) -> str:
    """A number, a code or a password of 3 to 8 characters."""
    alphabet = rng.choice(
        ("0123456789", "0123456789", "abcdefghkmnpqrstuvwxyz0123456789", "ABCDEFGHKLMNPRSTUVWXYZ0123456789")
    )
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(3, 8)))


def sample_loose(rng: random.Random) -> Loose:
    """A loose fact of any scheme."""
    schemes = (_attribute, _listed, _placed, _timed, _given, _priced, _counted)
    return rng.choices(schemes, (8, 5, 3, 2, 1, 1, 1))[0](rng)
