"""The values of the world: lists of common ones, and spellings that no list holds.

`sample_value(kind, rng)` draws a value of a kind; with `novel=True` it is spelled at random and checked against
the lists. Knows kinds, not relations.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from types import MappingProxyType


def _split(block: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in block.replace("\n", ",").split(",") if item.strip())


FIRST_NAMES = _split(
    """Mira, Jonas, Priya, Tomas, Elena, Marcus, Aisha, Lukas, Sofia, Daniel, Hana, Victor, Nadia, Oscar, Leila, Felix,
    Ingrid, Samuel, Yuki, Pablo, Clara, Ahmed, Greta, Noah, Zoe, Ivan, Maya, Hugo, Freya, Omar, Anna, Leo, Ruth, Kai,
    Iris, Diego, Nora, Amir, Julia, Theo, Lina, Bruno, Tara, Erik, Salma, Milo, Vera, Raj, Alice, Simon, Amara, Peter,
    Chloe, Anton, Mei, Jakob, Laila, David, Esther, Carlos, Emma, Liam, Olivia, James, Grace, Henry, Ella, Jack, Lucy,
    Adam, Sarah, Tom, Kate, Ben, Laura, Max, Jane, Paul, Mary, John, Lisa, Mark, Emily, Chris, Rachel, Alex, Hannah,
    Sam, Megan, Joe, Beth, Nick, Amy, Matt, Claire, Luke, Holly, Ryan, Molly, Dan, Eve, George, Martha, Frank, Rosa,
    Ali, Fatima, Hassan, Yara, Kofi, Ama, Chidi, Ngozi, Wei, Ling, Hiro, Sakura, Jin, Soo, Arjun, Anika, Ravi, Lakshmi,
    Stefan, Katya, Dmitri, Olga, Pierre, Camille, Luc, Manon, Marco, Giulia, Luca, Chiara, Jose, Carmen, Luis, Lucia"""
)
LAST_NAMES = _split(
    """Okafor, Lindqvist, Sharma, Novak, Petrova, Webb, Rahman, Bauer, Conti, Osei, Sato, Moreau, Haddad, Berg, Farouk,
    Klein, Larsen, Adeyemi, Tanaka, Ruiz, Winter, Nasser, Holm, Park, Costa, Volkov, Patel, Marchetti, Dahl, Aziz,
    Fischer, Rossi, Cohen, Lee, Wright, Ortega, Nilsson, Karimi, Weber, Grant, Silva, Moretti, Byrne, Hansen, Saleh,
    Wood, Popov, Iyer, Carter, Stone, Mensah, Vogel, Dubois, Kovacs, Chen, Brandt, Amari, Ross, Levin, Mendez, Smith,
    Jones, Brown, Taylor, Wilson, Evans, Walker, Green, Hall, Clark, Young, King, Hill, Moore, Baker, Cook, Bell,
    Murphy, Kelly, Gray, Ward, Price, Long, Reed, Fox, Hunt, Mills, Nguyen, Kim, Singh, Khan, Garcia, Lopez, Santos"""
)
PETS = _split(
    """Biscuit, Rex, Luna, Bella, Charlie, Max, Milo, Coco, Daisy, Rocky, Buddy, Molly, Bailey, Sadie, Toby, Oscar, Teddy,
    Ruby, Rosie, Jasper, Simba, Nala, Tiger, Shadow, Smokey, Felix, Whiskers, Misty, Oreo, Mittens, Pepper, Ginger,
    Salem, Pumpkin, Mango, Kiwi, Pickle, Noodle, Waffles, Muffin, Cookie, Peanut, Nutmeg, Olive, Basil, Hazel, Ash,
    Storm, Bolt, Comet, Pixel, Gizmo, Ziggy, Bandit, Scout, Ranger, Duke, Bruno, Hugo, Otto, Loki, Thor, Freya, Zelda,
    Sir Barks, Mister Paws, Captain, Professor Fluff, Lady, Duchess, Socks, Boots, Patches, Button, Domino, Merlin"""
)
PLACES = _split(
    """Lisbon, Porto, Madrid, Seville, Paris, Lyon, Berlin, Hamburg, Munich, Vienna, Graz, Zurich, Geneva, Rome, Milan,
    Turin, Naples, Athens, Prague, Brno, Warsaw, Krakow, Budapest, Bucharest, Sofia, Belgrade, Zagreb, Oslo, Bergen,
    Stockholm, Malmo, Helsinki, Tampere, Copenhagen, Aarhus, Dublin, Cork, Galway, London, Leeds, Bristol, Manchester,
    Liverpool, Glasgow, Edinburgh, Cardiff, Amsterdam, Utrecht, Rotterdam, Brussels, Ghent, Antwerp, Istanbul, Ankara,
    Cairo, Tunis, Nairobi, Lagos, Accra, Dakar, Cape Town, Mumbai, Delhi, Chennai, Kyoto, Tokyo, Osaka, Seoul, Busan,
    Beijing, Shanghai, Taipei, Hanoi, Bangkok, Manila, Jakarta, Sydney, Melbourne, Perth, Auckland, Toronto, Montreal,
    Vancouver, Boston, Chicago, Denver, Austin, Seattle, Portland, New York, San Francisco, Los Angeles, New Orleans,
    Mexico City, Bogota, Lima, Quito, Santiago, Buenos Aires, Montevideo, Rio de Janeiro, Salzburg, Reykjavik, Tallinn,
    Riga, Vilnius, St Andrews, Santa Fe, San Diego, Salt Lake City, Las Vegas, Nice, Florence, Venice, Valencia"""
)
JOBS = _split(
    """nurse, teacher, carpenter, lawyer, plumber, architect, pilot, chef, baker, farmer, librarian, journalist, dentist,
    surgeon, barber, tailor, gardener, electrician, welder, mechanic, photographer, translator, actor, painter,
    engineer, software engineer, data scientist, product manager, project manager, accountant, pharmacist, midwife,
    paramedic, firefighter, police officer, judge, waiter, bartender, cashier, tour guide, bus driver, train driver,
    truck driver, taxi driver, postal worker, social worker, primary school teacher, music teacher, physics teacher,
    web developer, graphic designer, interior designer, game designer, marketing manager, sales assistant, economist,
    biologist, chemist, physicist, mathematician, historian, geologist, astronomer, veterinarian, zookeeper, florist,
    jeweller, beekeeper, fisherman, miner, builder, roofer, locksmith, optician, psychologist, physiotherapist, editor,
    writer, novelist, poet, composer, dancer, singer, comedian, film director, sound engineer, consultant, banker"""
)
COMPANIES = _split(
    """Siemens, Bosch, Nokia, Ericsson, Philips, Airbus, Boeing, Volvo, Ikea, Spotify, Google, Microsoft, Amazon, Netflix,
    Intel, Nvidia, Tesla, Toyota, Honda, Sony, Nintendo, Samsung, Deloitte, Barclays, Lidl, Tesco, Shell, Bayer, Pfizer,
    Nestle, Unilever, Adidas, Nike, Puma, Lego, Maersk, Lufthansa, Ryanair, the city council, the post office,
    the university, the hospital, Red Harbour Labs, Blue Fern Media, Northwind Traders, Harbour Bank, Green Valley Farm,
    Oak Street School, St Mary Hospital, River Radio, Sunrise Bakery, Acme Corporation, Delta Airlines, Mercy Hospital,
    City Library, Novo Nordisk, Zeiss, Canon, Olympus, Dell, Oracle, Adobe, Atlassian, Stripe, Zalando, Carrefour"""
)
COLOURS = _split(
    """red, blue, green, yellow, orange, purple, pink, black, white, grey, brown, turquoise, teal, crimson, scarlet, navy,
    navy blue, sky blue, dark green, forest green, lime, olive, beige, ivory, gold, silver, violet, lavender, magenta,
    maroon, indigo, coral, peach, mint green, burgundy, amber, emerald, cyan, bright red, pale yellow, royal blue"""
)
FOODS = _split(
    """pizza, pasta, sushi, ramen, curry, tacos, burgers, risotto, lasagna, paella, goulash, dumplings, pancakes, waffles,
    falafel, hummus, pho, pad thai, fried rice, fish and chips, roast chicken, mushroom soup, tomato soup, lentil soup,
    spaghetti carbonara, apple pie, chocolate cake, ice cream, cheesecake, gnocchi, ravioli, schnitzel, moussaka,
    shepherd's pie, beef stew, grilled salmon, roast lamb, caesar salad, greek salad, potato salad, mac and cheese,
    burritos, enchiladas, kebab, biryani, dal, jollof rice, couscous, pierogi, borscht, kimchi, bibimbap, spring rolls,
    croissants, cinnamon rolls, toast with honey, avocado toast, omelette, scrambled eggs, baked potatoes, chilli"""
)
DRINKS = _split(
    """coffee, tea, green tea, black coffee, espresso, cappuccino, flat white, iced coffee, hot chocolate, lemonade, cola,
    orange juice, apple juice, tomato juice, sparkling water, water, milk, oat milk, red wine, white wine, beer, cider,
    gin and tonic, whisky, rum, mojito, margarita, champagne, prosecco, ginger ale, ginger beer, iced tea, mint tea,
    chamomile tea, earl grey, kombucha, mango lassi, bubble tea, root beer, cranberry juice, chai, matcha latte"""
)
BANDS = _split(
    """The Beatles, Radiohead, Coldplay, Queen, Pink Floyd, Nirvana, Metallica, Abba, U2, Blur, Oasis, Muse, The Clash,
    Arctic Monkeys, Daft Punk, Fleetwood Mac, Led Zeppelin, The Rolling Stones, The Cure, Depeche Mode, Portishead,
    Massive Attack, Gorillaz, The Strokes, Arcade Fire, The National, Bon Iver, Sigur Ros, Kraftwerk, Rammstein, Tool,
    Pearl Jam, Foo Fighters, Green Day, Linkin Park, Talking Heads, Joy Division, New Order, The Smiths, The Doors,
    Velvet Harbour, Paper Tigers, Silent Orchard, Northern Static, Glass Rivers, The Quiet Hours, Neon Foxes"""
)
TITLES = _split(
    """Casablanca, Alien, Jaws, Vertigo, Amelie, Gladiator, Inception, Titanic, Arrival, Interstellar, The Matrix, Dune,
    Blade Runner, Spirited Away, The Godfather, Star Wars, Pulp Fiction, Fight Club, Toy Story, Back to the Future,
    Emma, Dracula, Frankenstein, Middlemarch, Ulysses, The Hobbit, Jane Eyre, Moby Dick, War and Peace, Animal Farm,
    Pride and Prejudice, Great Expectations, The Great Gatsby, Brave New World, Wuthering Heights, Little Women,
    The Secret Garden, Treasure Island, Crime and Punishment, The Name of the Rose, Life of Pi, The Silent Lake,
    A Winter in Oslo, The Last Lighthouse, Seven Grey Doors, The Paper Garden, Salt and Iron, Midnight Ferry"""
)
SPORTS = _split(
    """football, tennis, basketball, volleyball, handball, rugby, cricket, hockey, ice hockey, baseball, badminton,
    table tennis, squash, golf, swimming, rowing, sailing, surfing, skiing, snowboarding, skating, running, cycling,
    boxing, judo, karate, fencing, archery, gymnastics, climbing, water polo, triathlon, weightlifting, padel, yoga"""
)
HOBBIES = _split(
    """painting, knitting, gardening, cooking, baking, reading, writing poems, photography, fishing, hiking, chess, pottery,
    woodworking, bird watching, stamp collecting, coin collecting, origami, calligraphy, sewing, crochet, embroidery,
    playing video games, board games, crossword puzzles, jigsaw puzzles, model trains, astronomy, beekeeping, sailing,
    dancing, salsa dancing, singing, drawing, sculpting, candle making, soap making, brewing beer, magic tricks,
    juggling, geocaching, kite flying, scuba diving, rock climbing, mountain biking, horse riding, camping, yoga,
    meditation, flower arranging, restoring furniture, building robots, amateur radio, creative writing, travelling"""
)
ALLERGENS = _split(
    """peanuts, nuts, walnuts, almonds, hazelnuts, cashews, milk, eggs, wheat, gluten, soy, fish, shellfish, shrimp,
    sesame, mustard, celery, strawberries, kiwi, mango, peaches, apples, tomatoes, garlic, onions, mushrooms, honey,
    chocolate, lactose, cheese, oysters, crab, lupin, bananas, pineapple, avocado, penicillin, aspirin, latex,
    bee stings, dust, pollen, cat hair, dog hair, grass, birch pollen, mould, red wine, cinnamon, corn"""
)
CARS = _split(
    """Volvo, Toyota, Honda Civic, Ford Focus, Ford Fiesta, Fiat Panda, Fiat 500, Volkswagen Golf, Polo, Skoda Octavia,
    Renault Clio, Peugeot 208, Citroen, Mini Cooper, BMW, Audi A4, Mercedes, Tesla Model 3, Tesla, Nissan Leaf, Mazda,
    Subaru Outback, Jeep, Land Rover, Opel Corsa, Hyundai i10, Kia Ceed, Seat Ibiza, Dacia Sandero, Toyota Yaris, Prius,
    Porsche, red Mazda, blue Corolla, old Saab, Volvo V60, Suzuki Swift, Jaguar, Lexus, Alfa Romeo, Chevrolet, Beetle"""
)
LANGUAGES = _split(
    """Spanish, French, German, Italian, Portuguese, Dutch, Swedish, Norwegian, Danish, Finnish, Icelandic, Polish, Czech,
    Hungarian, Romanian, Greek, Turkish, Arabic, Hebrew, Persian, Hindi, Urdu, Bengali, Tamil, Japanese, Korean,
    Mandarin, Cantonese, Vietnamese, Thai, Swahili, Russian, Ukrainian, Croatian, Basque, Catalan, Welsh, Irish, Latin,
    Esperanto, sign language, English, Brazilian Portuguese, Swiss German, Zulu, Yoruba, Tagalog, Malay, Georgian"""
)
INSTRUMENTS = _split(
    """piano, guitar, violin, cello, viola, flute, clarinet, oboe, bassoon, trumpet, trombone, tuba, saxophone, drums,
    harp, banjo, ukulele, mandolin, accordion, harmonica, recorder, double bass, electric guitar, bass guitar, organ,
    keyboard, sitar, bagpipes, lute, xylophone, French horn, fiddle, acoustic guitar, marimba, timpani, piccolo"""
)
FIELDS = _split(
    """physics, chemistry, biology, mathematics, history, law, medicine, economics, philosophy, psychology, sociology,
    linguistics, computer science, art history, architecture, geography, geology, astronomy, nursing, engineering,
    mechanical engineering, political science, literature, English literature, music, theology, archaeology,
    anthropology, marine biology, statistics, business, journalism, education, pharmacy, dentistry, design, film"""
)
MONTHS = _split(
    "January, February, March, April, May, June, July, August, September, October, November, December"
)

_ONSETS = [
    "b",
    "c",
    "d",
    "f",
    "g",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "w",
    "y",
    "z",
    "br",
    "cl",
    "dr",
    "fl",
    "gr",
    "kr",
    "pl",
    "pr",
    "sk",
    "sl",
    "st",
    "tr",
    "th",
    "sh",
    "ch",
    "qu",
]
_VOWELS = ["a", "e", "i", "o", "u", "a", "e", "i", "o", "u", "ai", "ea", "oo", "ou", "ie", "é", "ö", "ü"]
_CODAS = [
    "",
    "",
    "",
    *["l", "m", "n", "r", "s", "t", "k", "d", "x"],
    *["nd", "rt", "st", "ck", "ng", "ll", "ss", "th", "rn", "lk"],
]


def random_word(rng: random.Random, syllables: int | None = None) -> str:
    """A pronounceable lower-case word that means nothing."""
    count = syllables or rng.choice((1, 2, 2, 2, 3, 3))
    word = "".join(
        rng.choice(_ONSETS) + rng.choice(_VOWELS[:10] if rng.random() < 0.97 else _VOWELS)
        for _ in range(count)
    )
    return word + rng.choice(_CODAS)


def _proper(rng: random.Random) -> str:
    return random_word(rng).capitalize()


def _person(rng: random.Random) -> str:
    roll = rng.random()
    if roll < 0.55:
        return rng.choice(FIRST_NAMES)
    return f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}" if roll < 0.75 else _novel_person(rng)


def _novel_person(rng: random.Random) -> str:
    last = rng.choice(("O'", "Mc", "van ", "de ")) + _proper(rng) if rng.random() < 0.08 else _proper(rng)
    return _proper(rng) if rng.random() < 0.7 else f"{_proper(rng)} {last}"


def _novel_place(rng: random.Random) -> str:
    roll = rng.random()
    if roll < 0.75:
        return _proper(rng)
    return f"{rng.choice(('San', 'Port', 'New', 'Fort', 'Bad', 'St', 'Upper', 'Lake'))} {_proper(rng)}"


def _novel_pet(rng: random.Random) -> str:
    return (
        _proper(rng) if rng.random() < 0.8 else f"{rng.choice(('Mr', 'Lady', 'Old', 'Sir'))} {_proper(rng)}"
    )


def _novel_company(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return _proper(rng)
    return f"{_proper(rng)} {rng.choice(('Labs', 'Media', 'Group', 'Foods', 'Bank', 'Systems', 'and Sons', 'Works'))}"


def _novel_title(rng: random.Random) -> str:
    form = rng.randrange(4)
    if form == 0:
        return _proper(rng)
    if form == 1:
        return f"The {_proper(rng)}"
    return (
        f"{_proper(rng)} {rng.choice(('of', 'and', 'in', 'at'))} {_proper(rng)}"
        if form == 2
        else (f"The {_proper(rng)} {_proper(rng)}")
    )


def _novel_common(rng: random.Random) -> str:
    roll = rng.random()
    if roll < 0.55:
        return random_word(rng)
    if roll < 0.9:
        return f"{random_word(rng)} {random_word(rng)}"
    return f"{random_word(rng)} {random_word(rng)} {random_word(rng)}"


def _novel_car(rng: random.Random) -> str:
    form = rng.randrange(3)
    if form == 0:
        return _proper(rng)
    return (
        f"{_proper(rng)} {_proper(rng)}"
        if form == 1
        else f"{_proper(rng)} {rng.choice('ACEGLQRTX')}{rng.randint(1, 99)}"
    )


def _day(rng: random.Random) -> str:
    day, month = rng.randint(1, 28), rng.choice(MONTHS)
    form = rng.randrange(5)
    if form == 0:
        return f"{month} {day}"
    if form == 1:
        suffix = "th" if 10 <= day <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
        return f"{month} {day}{suffix}" if rng.random() < 0.5 else f"the {day}{suffix} of {month}"
    if form == 2:
        return f"{day} {month} {rng.randint(1940, 2015)}"
    return f"{day} {month}"


def _number(rng: random.Random) -> str:
    return str(rng.randint(6, 99))


def _from(values: tuple[str, ...]) -> Callable[[random.Random], str]:
    return lambda rng: rng.choice(values)


_LISTED: Mapping[str, Callable[[random.Random], str]] = MappingProxyType(
    {
        "person": _person,
        "pet": _from(PETS),
        "place": _from(PLACES),
        "job": _from(JOBS),
        "company": _from(COMPANIES),
        "colour": _from(COLOURS),
        "food": _from(FOODS),
        "drink": _from(DRINKS),
        "band": _from(BANDS),
        "title": _from(TITLES),
        "sport": _from(SPORTS),
        "hobby": _from(HOBBIES),
        "allergen": _from(ALLERGENS),
        "day": _day,
        "number": _number,
        "car": _from(CARS),
        "language": _from(LANGUAGES),
        "instrument": _from(INSTRUMENTS),
        "field": _from(FIELDS),
    }
)
_NOVEL: Mapping[str, Callable[[random.Random], str]] = MappingProxyType(
    {
        **dict.fromkeys(("job", "colour", "food", "drink", "sport", "hobby", "allergen"), _novel_common),
        **dict.fromkeys(("instrument", "field"), _novel_common),
        "person": _novel_person,
        "pet": _novel_pet,
        "place": _novel_place,
        "company": _novel_company,
        "band": _novel_title,
        "title": _novel_title,
        "day": _day,
        "number": _number,
        "car": _novel_car,
        "language": _proper,
    }
)
KINDS = tuple(_LISTED)

_KNOWN_SPELLINGS = frozenset(
    word.lower()
    for values in (
        FIRST_NAMES, LAST_NAMES, PETS, PLACES, JOBS, COMPANIES, COLOURS, FOODS, DRINKS, BANDS, TITLES, SPORTS,
        HOBBIES, ALLERGENS, CARS, LANGUAGES, INSTRUMENTS, FIELDS,
    )
    for word in values
)  # fmt: skip


def sample_value(kind: str, rng: random.Random, novel: bool = False) -> str:
    """A value of `kind`; `novel` ones are spelled at random and stand in no list.

    Days and numbers have no lists, so there both are drawn the same way.
    """
    if not novel:
        return _LISTED[kind](rng)
    while (value := _NOVEL[kind](rng)).lower() in _KNOWN_SPELLINGS:
        pass
    return value


def sample_person(rng: random.Random, novel: bool = False) -> str:
    """A person's name: mostly first and last name, sometimes the first alone."""
    if novel:
        return _proper(rng) if rng.random() < 0.15 else f"{_proper(rng)} {_proper(rng)}"
    first = rng.choice(FIRST_NAMES)
    return first if rng.random() < 0.25 else f"{first} {rng.choice(LAST_NAMES)}"
