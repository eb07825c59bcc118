"""Hand-written turns that are no facts of the grammar: greetings, limits, loose notes. Material for `corpus.py`.

Knows no relation of `memos.grammar` and writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

OUT_OF_WORLD_ANSWER = "That is beyond me. I am a small assistant that remembers what you tell me."


@dataclass(frozen=True, slots=True)
class Exchange:
    """Ways to say one thing, and the reply to all of them."""

    said: tuple[str, ...]
    reply: str


@dataclass(frozen=True, slots=True)
class LooseFact:
    """A fact outside the grammar's relations: `stated` and `asked` wordings around one value {x} of `kind`."""

    kind: str
    stated: tuple[str, ...]
    asked: tuple[str, ...]


def _lines(block: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in block.strip().splitlines())


EXCHANGES = (
    Exchange(
        _lines(
            """
            Hello.
            Hello!
            Hi.
            Hi there!
            Hey.
            Hey there.
            Good morning.
            Good evening!
            Good afternoon.
            hello
            hi
            hey
            Hi assistant.
            Hello, are you there?
            Yo!
            Greetings.
            """
        ),
        "Hello! What should I remember for you?",
    ),
    Exchange(
        _lines(
            """
            How are you?
            How are you doing?
            How is it going?
            How do you feel today?
            Are you well?
            What's up?
            Everything fine?
            """
        ),
        "I am fine, thank you.",
    ),
    Exchange(
        _lines(
            """
            Thanks.
            Thank you.
            Thanks a lot!
            Thank you very much.
            thx
            Great, thanks.
            Cheers.
            Perfect, thank you!
            That was helpful.
            Well done.
            Good job!
            """
        ),
        "You are welcome.",
    ),
    Exchange(
        _lines(
            """
            Bye.
            Goodbye.
            See you later.
            See you!
            Good night.
            Talk to you tomorrow.
            That is all for today.
            I have to go.
            """
        ),
        "Goodbye! I will keep what you told me.",
    ),
    Exchange(
        _lines(
            """
            Who are you?
            What are you?
            What is your name?
            What's your name?
            Are you a robot?
            Are you human?
            Are you an AI?
            Tell me about yourself.
            Introduce yourself.
            What should I call you?
            Who am I talking to?
            """
        ),
        "I am a small assistant that remembers what it is told.",
    ),
    Exchange(
        _lines(
            """
            What can you do?
            What do you do?
            How can you help me?
            Can you help me?
            Help!
            help
            What are you good for?
            What is this?
            How does this work?
            What can I ask you?
            What should I tell you?
            What do you know?
            """
        ),
        "Tell me facts about you or people you know, and ask me about them later.",
    ),
    Exchange(
        _lines(
            """
            What do you know about me?
            Tell me everything you know about me.
            What have I told you?
            What did I tell you so far?
            Summarise what you know about me.
            What do you remember?
            Tell me something about me.
            Do you know me?
            Tell me about myself.
            """
        ),
        "Ask me for one thing at a time, and I will tell you what I know.",
    ),
    Exchange(
        _lines(
            """
            Do you forget things?
            Can you forget something?
            How good is your memory?
            Do you remember everything?
            Will you remember this tomorrow?
            Where do you keep what I tell you?
            """
        ),
        "I keep what you tell me until you ask me to forget it.",
    ),
    Exchange(
        _lines(
            """
            Ok.
            Okay.
            Fine.
            Good.
            I see.
            Great!
            Cool.
            Nice.
            Alright.
            Never mind.
            Yes.
            No.
            Sure.
            """
        ),
        "Okay.",
    ),
    Exchange(
        _lines(
            """
            What is the capital of France?
            What is the capital of Japan?
            Who is the president?
            Who wrote Hamlet?
            How high is Mount Everest?
            What is two plus two?
            What is 12 times 9?
            Write me a poem.
            Tell me a joke.
            Write a story about a dragon.
            What is the weather like today?
            Will it rain tomorrow?
            What time is it?
            What day is it today?
            Play some music.
            Translate this into French.
            Book me a flight.
            Order a pizza for me.
            Solve this equation.
            Explain quantum physics.
            What is the meaning of life?
            Who won the game last night?
            How far is the moon?
            Write some code for me.
            Sing a song.
            What is the news?
            How do I bake bread?
            Set an alarm for seven.
            Send an email to my team.
            Call a taxi.
            Summarise this article.
            What is a black hole?
            Why is the sky blue?
            """
        ),
        OUT_OF_WORLD_ANSWER,
    ),
)

ROLES = (
    "my sister", "my brother", "my mother", "my father", "my mum", "my dad", "my boss", "my best friend", "my neighbour",
    "my colleague", "my cousin", "my aunt", "my uncle", "my partner", "my wife", "my husband", "my son", "my daughter",
    "my grandmother", "my grandfather", "my roommate", "my girlfriend", "my boyfriend", "my teacher", "my friend",
)  # fmt: skip
"""Subjects that are named by what they are to the user: their facts are not the user's."""

TAILS = (
    " and I am happy about it", ", believe it or not", ", as you may know", ", at least for now", ", in case you wonder",
    " and that will not change", ", of course", " these days", " at the moment", ", which is nice", ", and I love it",
    " and it has been like that for years", ", if you want to know", " since last year", " for ten years now",
    ", the best there is", ", a real treasure", " and everybody knows it", ", no kidding", ", just like my cousin",
    " because why not", ", and I do not regret it", " and it is great", ", long story", " now", " too", ", you know",
)  # fmt: skip
"""What people add after the value; an answer stops before it."""

CHATTER = _lines(
    """
    The weather is lovely today.
    It rained all morning.
    I slept badly last night.
    I had a long day.
    I am a bit tired today.
    I went for a walk this morning.
    The train was late again.
    I cleaned the kitchen.
    I need to buy some milk.
    The meeting was boring.
    We watched the news.
    I forgot my umbrella.
    The traffic was terrible.
    I had lunch with a colleague.
    I finished a report today.
    It is very cold outside.
    I bought a new lamp.
    The neighbours were loud last night.
    I fixed the window.
    I am looking forward to the weekend.
    I was at the dentist yesterday.
    We had guests for dinner.
    I lost my keys again.
    The garden looks nice this year.
    I am busy this week.
    I have a headache.
    The shop was closed.
    My phone is broken.
    I took the bus to work.
    It was a good day.
    I am waiting for a parcel.
    I painted the fence.
    The concert was great.
    I missed the bus.
    The soup was too salty.
    I am thinking about changing my hair.
    I read the paper this morning.
    The heating does not work.
    I went to bed early.
    I called the bank.
    """
)

OUTSIDE_QUESTIONS = _lines(
    """
    What is my shoe size?
    What is my blood type?
    What did I eat yesterday?
    What is my phone number?
    What is my favourite animal?
    What is my star sign?
    How tall am I?
    How much do I weigh?
    What is my address?
    What is my zip code?
    When is my wedding day?
    What is my passport number?
    Where did I put my keys?
    Where did I park?
    What is my grandmother's name?
    Who is my neighbour?
    Who is my doctor?
    Who is my dentist?
    What is the wifi password?
    What is my favourite season?
    What is my favourite number?
    What did I dream last night?
    When is my next meeting?
    What school did I go to?
    What do I have for breakfast?
    What is my hamster called?
    How many children do I have?
    What colour are my eyes?
    What is my lucky number?
    What did we talk about yesterday?
    When do I get up?
    What is my email address?
    """
)

LOOSE_FACTS = (
    LooseFact(
        "code",
        ("The wifi password is {x}", "Our wifi password is {x}", "The password for the wifi is {x}"),
        ("What is the wifi password?", "Can you tell me the wifi password?", "How do I get into the wifi?"),
    ),
    LooseFact(
        "code",
        ("The door code is {x}", "The code for the front door is {x}", "Use {x} to open the door"),
        ("What is the door code?", "Which code opens the door?", "How do I open the front door?"),
    ),
    LooseFact(
        "number",
        ("My shoe size is {x}", "I wear shoes of size {x}", "I need shoes in size {x}"),
        ("What is my shoe size?", "Which size of shoes do I wear?", "What size are my shoes?"),
    ),
    LooseFact(
        "number",
        ("I parked on level {x}", "My car is parked on level {x}", "The car is on level {x} of the garage"),
        ("Where did I park?", "On which level is my car parked?", "Where is the car?"),
    ),
    LooseFact(
        "person",
        ("My doctor is {x}", "My doctor's name is {x}", "{x} is my doctor"),
        ("Who is my doctor?", "What is my doctor's name?", "What is my doctor called?"),
    ),
    LooseFact(
        "person",
        ("My dentist is {x}", "My dentist's name is {x}", "I go to the dentist {x}"),
        ("Who is my dentist?", "What is my dentist's name?", "Which dentist do I go to?"),
    ),
    LooseFact(
        "person",
        ("My neighbour is called {x}", "My neighbour's name is {x}", "{x} lives next door"),
        ("Who is my neighbour?", "What is my neighbour's name?", "Who lives next door?"),
    ),
    LooseFact(
        "person",
        ("My landlord is {x}", "My landlord's name is {x}", "I rent my flat from {x}"),
        ("Who is my landlord?", "What is my landlord's name?", "Who do I rent my flat from?"),
    ),
    LooseFact(
        "person",
        ("My teacher is {x}", "My teacher's name is {x}", "I am taught by {x}"),
        ("Who is my teacher?", "What is my teacher called?", "Who teaches me?"),
    ),
    LooseFact(
        "person",
        ("My grandmother is called {x}", "My grandma's name is {x}", "My granny is {x}"),
        ("What is my grandmother's name?", "What is my grandma called?", "Who is my grandmother?"),
    ),
    LooseFact(
        "person",
        ("My cousin is called {x}", "My cousin's name is {x}", "I have a cousin called {x}"),
        ("What is my cousin's name?", "What is my cousin called?", "Who is my cousin?"),
    ),
    LooseFact(
        "pet",
        ("My hamster is called {x}", "I have a hamster named {x}", "My hamster's name is {x}"),
        ("What is my hamster called?", "What is my hamster's name?", "What did I name my hamster?"),
    ),
    LooseFact(
        "pet",
        ("My rabbit is called {x}", "I have a rabbit named {x}", "My rabbit's name is {x}"),
        ("What is my rabbit called?", "What is my rabbit's name?", "What did I name my rabbit?"),
    ),
    LooseFact(
        "pet",
        ("My parrot is called {x}", "I have a parrot named {x}", "My parrot's name is {x}"),
        ("What is my parrot called?", "What is my parrot's name?", "What is my bird called?"),
    ),
    LooseFact(
        "pet",
        ("My horse is called {x}", "I have a horse named {x}", "I ride a horse called {x}"),
        ("What is my horse called?", "What is my horse's name?", "Which horse do I ride?"),
    ),
    LooseFact(
        "time",
        ("The meeting is at {x}", "We meet at {x}", "My meeting starts at {x}"),
        ("When is the meeting?", "What time is my meeting?", "When does the meeting start?"),
    ),
    LooseFact(
        "time",
        ("I get up at {x}", "My alarm is set for {x}", "I wake up at {x}"),
        ("When do I get up?", "What time do I wake up?", "When does my alarm ring?"),
    ),
    LooseFact(
        "time",
        ("My train leaves at {x}", "I take the train at {x}", "The train goes at {x}"),
        ("When does my train leave?", "What time is my train?", "Which train do I take?"),
    ),
    LooseFact(
        "day",
        ("My wedding day is {x}", "I got married on {x}", "Our anniversary is on {x}"),
        ("When is my wedding day?", "When did I get married?", "When is our anniversary?"),
    ),
    LooseFact(
        "day",
        ("My exam is on {x}", "I have an exam on {x}", "The date of my exam is {x}"),
        ("When is my exam?", "What is the date of my exam?", "On which day is my exam?"),
    ),
    LooseFact(
        "day",
        (
            "My dentist appointment is on {x}",
            "I have to go to the dentist on {x}",
            "I see the dentist on {x}",
        ),
        ("When is my dentist appointment?", "When do I go to the dentist?", "When do I see the dentist?"),
    ),
    LooseFact(
        "place",
        ("My gym is in {x}", "I go to a gym in {x}", "I train at the gym in {x}"),
        ("Where is my gym?", "Where do I go to the gym?", "Where do I train?"),
    ),
    LooseFact(
        "place",
        ("My parents live in {x}", "My parents' house is in {x}", "My parents moved to {x}"),
        ("Where do my parents live?", "Where is my parents' house?", "Which city do my parents live in?"),
    ),
    LooseFact(
        "place",
        ("I got married in {x}", "Our wedding was in {x}", "We had the wedding in {x}"),
        ("Where did I get married?", "Where was our wedding?", "In which city was my wedding?"),
    ),
    LooseFact(
        "animal",
        (
            "My favourite animal is the {x}",
            "The animal I like best is the {x}",
            "I love every {x} most of all animals",
        ),
        ("What is my favourite animal?", "Which animal do I like best?", "What animal do I love most?"),
    ),
    LooseFact(
        "season",
        ("My favourite season is {x}", "I like {x} best of all seasons", "The season I love is {x}"),
        ("What is my favourite season?", "Which season do I like best?", "What season do I love?"),
    ),
    LooseFact(
        "number",
        ("My lucky number is {x}", "{x} is my lucky number", "The number {x} brings me luck"),
        ("What is my lucky number?", "Which number brings me luck?", "What is my favourite number?"),
    ),
    LooseFact(
        "spot",
        ("I put my keys {x}", "My keys are {x}", "I left the keys {x}"),
        ("Where are my keys?", "Where did I put my keys?", "Where did I leave the keys?"),
    ),
    LooseFact(
        "spot",
        ("I put my passport {x}", "My passport is {x}", "The passport is {x}"),
        ("Where is my passport?", "Where did I put my passport?", "Where do I find my passport?"),
    ),
    LooseFact(
        "code",
        ("My phone number is {x}", "You can reach me at {x}", "My number is {x}"),
        ("What is my phone number?", "How can people reach me?", "Which number do I have?"),
    ),
    LooseFact(
        "code",
        ("My flight number is {x}", "I am on flight {x}", "My plane is flight {x}"),
        ("What is my flight number?", "Which flight am I on?", "What flight do I take?"),
    ),
    LooseFact(
        "food",
        ("I have {x} for breakfast", "I always eat {x} for breakfast", "My breakfast is {x}"),
        ("What do I have for breakfast?", "What do I eat in the morning?", "What is my breakfast?"),
    ),
    LooseFact(
        "food",
        ("We need to buy {x}", "Put {x} on the shopping list", "I have to buy {x}"),
        ("What do I have to buy?", "What is on the shopping list?", "What do we need?"),
    ),
    LooseFact(
        "food",
        ("I hate {x}", "I can not stand {x}", "I do not like {x}"),
        ("What food do I hate?", "What do I not like?", "What can I not stand?"),
    ),
    LooseFact(
        "title",
        ("I am reading {x}", "The book I am reading is {x}", "At the moment I read {x}"),
        ("What am I reading?", "Which book am I reading?", "What do I read at the moment?"),
    ),
    LooseFact(
        "title",
        ("I am watching the series {x}", "The series I watch is {x}", "We are watching {x}"),
        ("What series am I watching?", "Which series do I watch?", "What are we watching?"),
    ),
    LooseFact(
        "place",
        ("I went to school in {x}", "My school was in {x}", "I was at school in {x}"),
        ("Where did I go to school?", "Where was my school?", "In which city was I at school?"),
    ),
    LooseFact(
        "colour",
        ("My eyes are {x}", "I have {x} eyes", "The colour of my eyes is {x}"),
        ("What colour are my eyes?", "Which colour do my eyes have?", "What is the colour of my eyes?"),
    ),
    LooseFact(
        "number",
        ("I have {x} plants", "There are {x} plants in my flat", "I own {x} plants"),
        ("How many plants do I have?", "How many plants are in my flat?", "How many plants do I own?"),
    ),
)

LOOSE_VALUES = {
    "animal": _lines(
        "owl\nfox\ntiger\nelephant\npenguin\ndolphin\nwhale\nbear\nwolf\nhorse\neagle\notter\nbee\ncat"
    ),
    "season": ("spring", "summer", "autumn", "winter", "fall"),
    "spot": _lines(
        """
        in the kitchen drawer
        on the desk
        under the bed
        in the blue bag
        next to the door
        on the shelf
        in the car
        behind the sofa
        in my coat
        on the table
        in the top drawer
        at the office
        in the garage
        in the bathroom
        """
    ),
}
