"""The relations of a personal assistant's world and the hand-written cores that word them.

Every core is written once, in the first person, and turned to the third person by `composing.py`. Notation:

    what is [my dog] called      a question; the word before the bracket is the auxiliary that moves behind the
                                 subject when the question is embedded ("do you know what my dog is called")
    how old am I | how old I am  a question whose direct and embedded forms are both spelled out
    =my dog's name               a noun phrase ("=who:" when it asks for a person)
    !my dog is called what       a direct question that has no embedded form
    live*                        a verb that is inflected in the third person
    {I}                          the speaker, whoever the fact is about
    {x}, {a}                     the value of a statement, and the article that fits it
    1:                           a core that exists in the first person only

Knows words and kinds of values, not the values themselves (`values.py`) and not the frames (`framing.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Relation:
    """One attribute that a subject can have.

    `kind` names the list and the spelling rules of its values in `values.py`. `label` is the noun phrase that a
    listing shows ("dog's name"). `first_person_only` marks what is only ever asked about the speaker.
    The `unseen_` cores are never generated in pretraining.
    """

    name: str
    label: str
    kind: str
    question_cores: tuple[str, ...]
    unseen_question_cores: tuple[str, ...]
    statement_cores: tuple[str, ...]
    unseen_statement_cores: tuple[str, ...]
    update_cores: tuple[str, ...] = ()
    first_person_only: bool = False


def _lines(block: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in block.strip().splitlines() if line.strip())


_NAMED_QUESTIONS = """
what is [my NOUN] called
what is [my NOUN's name]
what is [my NOUN] named
who is [my NOUN]
=my NOUN's name
=the name of my NOUN
=who:my NOUN
what name does [my NOUN] have
what name does [my NOUN] go* by
what do I call my NOUN | what I call* my NOUN
what should I call my NOUN | what I should call my NOUN
!who did {I} say my NOUN is
!what did {I} say my NOUN is called
!what did {I} tell you about the name of my NOUN
!which name did {I} give you for my NOUN
!my NOUN is called what
!my NOUN's name is what
!who was my NOUN again
!what was my NOUN called again
!what was my NOUN's name
!what was the name of my NOUN
!I have* a NOUN, what is the name
!do you remember my NOUN's name
!do you know my NOUN
1:!NOUN's name
1:!name of my NOUN
1:!the NOUN is called
1:!how is my NOUN called
"""
_NAMED_UNSEEN_QUESTIONS = """
!can you name my NOUN
!under which name is my NOUN known
who do I mean when I talk about my NOUN | who I mean* when I talk about my NOUN
!what do people call my NOUN
=who:the NOUN that I have*
"""
_NAMED_STATEMENTS = """
My NOUN is called {x}
My NOUN's name is {x}
My NOUN is named {x}
My NOUN is {x}
I have* a NOUN called {x}
I have* a NOUN named {x}
I have* got a NOUN called {x}
I have* got a NOUN, {x}
I have* a NOUN and the name is {x}
{x} is my NOUN
{x} is my NOUN's name
{x} is the name of my NOUN
The name of my NOUN is {x}
My NOUN goes by {x}
I call* my NOUN {x}
You can call my NOUN {x}
My NOUN, {x}, is doing fine
I spent the weekend with my NOUN {x}
I have* a NOUN whose name is {x}
My NOUN {x} is here today
"""
_NAMED_UNSEEN_STATEMENTS = """
Everybody knows my NOUN as {x}
I have* a NOUN; {x} is what we say
Say hello to my NOUN {x}
My NOUN answers to {x}
"""

_FAVOURITE_QUESTIONS = """
what is [my favourite NOUN]
which NOUN is [my favourite]
which NOUN do [I] like best
which NOUN do [I] like the most
what NOUN do [I] like most
which NOUN do [I] love most
what NOUN do [I] prefer
which NOUN do [I] prefer to all others
=my favourite NOUN
=the NOUN I like* best
=the NOUN that I love* most
=my preferred NOUN
!which NOUN did {I} say is my favourite
!what did {I} tell you about my favourite NOUN
!what was my favourite NOUN again
!my favourite NOUN is what
!of all NOUNS, which one do I like best
!which of all the NOUNS is my favourite
!what NOUN am I most fond of
!when it comes to NOUNS, what is my favourite
!do you remember my favourite NOUN
1:!favourite NOUN
1:!what NOUN should you pick for me
1:!my fav NOUN
"""
_FAVOURITE_UNSEEN_QUESTIONS = """
!which NOUN ranks first for me
!what is the one NOUN that I would always choose
which NOUN is closest to my heart | which NOUN is closest to my heart
=my number one NOUN
"""
_FAVOURITE_STATEMENTS = """
My favourite NOUN is {x}
{x} is my favourite NOUN
I like* {x} best of all NOUNS
The NOUN I like* best is {x}
The NOUN that I love* most is {x}
My preferred NOUN is {x}
Of all NOUNS I prefer* {x}
My favourite NOUN has always been {x}
For me {x} is the best NOUN
I think* {x} is the best NOUN
No NOUN beats {x} for me
As for NOUNS, my favourite is {x}
When it comes to NOUNS, I like* {x} most
{x} is the NOUN I like* most
My absolute favourite NOUN is {x}
My NOUN of choice is {x}
"""
_FAVOURITE_UNSEEN_STATEMENTS = """
{x} is hands down the NOUN for me
If I could have only one NOUN, it would be {x}
My number one NOUN is {x}
There is no better NOUN than {x} for me
"""


def _named(
    name: str, noun: str, questions: str, unseen: str, statements: str, unseen_statements: str
) -> Relation:
    """A relation whose value is the name of a person or a pet."""

    def fill(block: str) -> str:
        return block.replace("NOUN", noun)

    return Relation(
        name=name,
        label=f"{noun}'s name",
        kind="pet" if noun in ("dog", "cat") else "person",
        question_cores=_lines(fill(_NAMED_QUESTIONS) + questions),
        unseen_question_cores=_lines(fill(_NAMED_UNSEEN_QUESTIONS) + unseen),
        statement_cores=_lines(fill(_NAMED_STATEMENTS) + statements),
        unseen_statement_cores=_lines(fill(_NAMED_UNSEEN_STATEMENTS) + unseen_statements),
        update_cores=_lines("My NOUN is now called {x}\nMy new NOUN is called {x}".replace("NOUN", noun)),
    )


def _favourite(
    name: str,
    noun: str,
    plural: str,
    kind: str,
    questions: str,
    unseen: str,
    statements: str,
    unseen_statements: str,
) -> Relation:
    """A relation whose value is the best-liked thing of a kind."""

    def fill(block: str) -> str:
        return block.replace("NOUNS", plural).replace("NOUN", noun)

    return Relation(
        name=name,
        label=f"favourite {noun}",
        kind=kind,
        question_cores=_lines(fill(_FAVOURITE_QUESTIONS) + questions),
        unseen_question_cores=_lines(fill(_FAVOURITE_UNSEEN_QUESTIONS) + unseen),
        statement_cores=_lines(fill(_FAVOURITE_STATEMENTS) + statements),
        unseen_statement_cores=_lines(fill(_FAVOURITE_UNSEEN_STATEMENTS) + unseen_statements),
        update_cores=_lines(
            fill(
                "My new favourite NOUN is {x}\nMy favourite NOUN is now {x}\nThese days I prefer* the NOUN {x}"
            )
        ),
    )


def _plain(
    name: str,
    label: str,
    kind: str,
    questions: str,
    unseen: str,
    statements: str,
    unseen_statements: str,
    updates: str,
    first_person_only: bool = False,
) -> Relation:
    return Relation(
        name=name,
        label=label,
        kind=kind,
        question_cores=_lines(questions),
        unseen_question_cores=_lines(unseen),
        statement_cores=_lines(statements),
        unseen_statement_cores=_lines(unseen_statements),
        update_cores=_lines(updates),
        first_person_only=first_person_only,
    )


_ALL = (
    _plain(
        "name",
        "name",
        "person",
        """
        what is [my name]
        who am I | who I am
        what am I called | what I am called
        what should you call me | what you should call me
        how should you address me | how you should address me
        what name do I go by | what name I go by
        what do people call me | what people call me
        what do my friends call me | what my friends call me
        =my name
        =the name I go by
        =my own name
        !what did {I} say my name is
        !what did {I} tell you my name was
        !what was my name again
        !my name is what
        !by what name do you know me
        !do you know my name
        !do you remember my name
        !do you know who I am
        !who are you talking to
        !how do you call me
        !which name did {I} give you
        !what name did {I} introduce myself with
        !and I am called
        !who is speaking
        """,
        """
        !what name should be on my badge
        !how was I introduced to you
        what is it that people call me | what it is that people call me
        !with whom do you have the pleasure
        """,
        """
        My name is {x}
        I am {x}
        I am called {x}
        You can call me {x}
        Call me {x}
        Please call me {x}
        People call me {x}
        My friends call me {x}
        Everyone calls me {x}
        I go by {x}
        I go by the name of {x}
        The name is {x}
        {x} is my name
        {x} here
        This is {x}
        This is {x} speaking
        They named me {x}
        """,
        """
        I answer to {x}
        Address me as {x}
        I was christened {x}
        It is {x} talking to you
        """,
        """
        My name is now {x}
        I go by {x} now
        I changed my name to {x}
        """,
        first_person_only=True,
    ),
    _plain(
        "city",
        "home city",
        "place",
        """
        where do [I] live
        which city do [I] live in
        what city do [I] live in
        in which city do [I] live
        what town do [I] live in
        which place do [I] call home
        where is [my home]
        where is [my house]
        where am [I] based
        where do [I] reside
        what place am I living in | what place I am living in
        where am [I] living
        where do [I] currently live*
        where do [I] live these days
        =my home city
        =my city
        =the city I live* in
        =the town where I live*
        =my current city
        =the place where I live*
        =my home town at the moment
        !where did {I} say I live*
        !what did {I} tell you about where I live*
        !I live* where
        !I live* in which city
        !where was my place again
        !where would you find my flat
        !in what city is my apartment
        1:!where's home for me
        1:!where do I stay
        """,
        """
        where do [I] make my home
        !which city would you send a letter to if it were for me
        where is [my front door]
        !in what part of the world do I live
        =my place of residence
        """,
        """
        I live* in {x}
        I am living in {x}
        I am based in {x}
        I reside* in {x}
        My home is in {x}
        My home city is {x}
        My house is in {x}
        My flat is in {x}
        The city I live* in is {x}
        The town where I live* is {x}
        {x} is where I live*
        {x} is my home
        {x} is the city I live* in
        I call* {x} home
        I have* a place in {x}
        I currently live* in {x}
        I have* an apartment in {x}
        I have* lived in {x} for years
        I stay* in {x}
        I have* been living in {x} since last year
        """,
        """
        I make* my home in {x}
        You will find me in {x}
        {x} has been home to me for a while
        I settled down in {x}
        """,
        """
        I moved to {x}
        I have* moved to {x}
        I just moved to {x}
        I now live* in {x}
        I live* in {x} now
        My new home is in {x}
        I relocated to {x}
        """,
    ),
    _plain(
        "birthplace",
        "birthplace",
        "place",
        """
        where was [I] born
        which city was [I] born in
        in which city was [I] born
        what town was [I] born in
        where am [I] from
        where am [I] originally from
        where do [I] come from
        where do [I] come from originally
        what is [my birthplace]
        what is [my place of birth]
        where did I grow up | where I grew up
        where was [my childhood home]
        where did I come into the world | where I came into the world
        =my birthplace
        =my place of birth
        =the town I was born in
        =the city I was born in
        =the place I come* from
        =my town of birth
        =the city where I grew up
        !where did {I} say I was born
        !I was born where
        !I was born in which town
        !which place do I come from
        !from which city do I come
        !what was my birthplace again
        1:!where I'm from
        """,
        """
        where do [my roots] lie*
        !which town is on my birth certificate
        !where did I spend my childhood
        =the town of my birth
        """,
        """
        I was born in {x}
        I am from {x}
        I am originally from {x}
        I come* from {x}
        I grew up in {x}
        I was born and raised in {x}
        My birthplace is {x}
        My place of birth is {x}
        {x} is my birthplace
        {x} is where I was born
        {x} is where I come* from
        {x} is the town I was born in
        I came into the world in {x}
        The city I was born in is {x}
        The town I come* from is {x}
        I originally come* from {x}
        I spent my childhood in {x}
        """,
        """
        My roots are in {x}
        I hail* from {x}
        My birth certificate says {x}
        I am a native of {x}
        """,
        """
        I was in fact born in {x}
        My real birthplace is {x}
        """,
    ),
    _plain(
        "job",
        "job",
        "job",
        """
        what do I do for a living | what I do* for a living
        what do I do for work | what I do* for work
        what is [my job]
        what is [my profession]
        what is [my occupation]
        what do [I] work as
        what kind of work do I do | what kind of work I do*
        what job do [I] have
        what do I do | what I do*
        what is [my trade]
        how do [I] earn my living
        how do [I] make my money
        what am I by profession | what I am by profession
        what line of work am I in | what line of work I am in
        =my job
        =my profession
        =my occupation
        =my job title
        =the job I have*
        =my line of work
        !what did {I} say my job is
        !what did {I} tell you I do* for a living
        !I work* as what
        !my job is what
        !what was my job again
        !what am I working as
        !which profession do I have
        1:!what's my work
        """,
        """
        how do [I] pay my bills
        !what does it say on my business card
        !what career do I have
        what do I do all day at work | what I do* all day at work
        =the work that I do*
        """,
        """
        I work* as {a} {x}
        I am {a} {x}
        I am {a} {x} by profession
        I am {a} {x} by trade
        I am working as {a} {x}
        My job is {x}
        My profession is {x}
        My occupation is {x}
        My job title is {x}
        I have* a job as {a} {x}
        I earn* my living as {a} {x}
        I make* my living as {a} {x}
        I do* {x} work for a living
        For a living I work* as {a} {x}
        I am employed as {a} {x}
        I have* worked as {a} {x} for years
        {x} is my job
        {x} is my profession
        """,
        """
        I pay* my bills as {a} {x}
        My business card says {x}
        I trained as {a} {x} and that is what I do*
        I make* a career as {a} {x}
        """,
        """
        I now work* as {a} {x}
        I work* as {a} {x} now
        I became {a} {x}
        I changed jobs and work* as {a} {x}
        My new job is {x}
        """,
    ),
    _plain(
        "employer",
        "employer",
        "company",
        """
        where do [I] work
        who do [I] work for
        which company do [I] work for
        what company do [I] work for
        what company do [I] work at
        who is [my employer]
        what is [my employer]
        which firm do [I] work at
        who am I employed by | who I am employed by
        who pays my salary | who pays my salary
        where is [my office]
        what is [my company] called
        what is the name of my company | what the name of my company is
        =my employer
        =the company I work* for
        =the firm I work* at
        =my workplace
        =the name of my employer
        =the place where I work*
        =my company
        !which company did {I} say I work* for
        !I work* where
        !I work* for which company
        !what was my employer again
        !at which company am I employed
        !which business employs me
        1:!where's my job
        """,
        """
        !whose payroll am I on
        !what organisation do I belong to professionally
        where do I go to work every morning | where I go* to work every morning
        =the firm that employs me
        """,
        """
        I work* for {x}
        I work* at {x}
        My employer is {x}
        I am employed by {x}
        I am employed at {x}
        I have* a job at {x}
        The company I work* for is {x}
        The firm I work* at is {x}
        My company is {x}
        My company is called {x}
        {x} is my employer
        {x} is the company I work* for
        {x} is where I work*
        {x} pays my salary
        My workplace is {x}
        I am with the company {x}
        I am on the staff of {x}
        My office is at {x}
        """,
        """
        I am on the payroll of {x}
        I spend* my working days at {x}
        {x} employs me
        I belong* to the team at {x}
        """,
        """
        I now work* for {x}
        I work* at {x} now
        I joined {x}
        I started a new job at {x}
        My new employer is {x}
        I switched to {x}
        """,
    ),
    _named(
        "dog_name",
        "dog",
        """
        what did I name my dog | what I named my dog
        what did I call my puppy | what I called my puppy
        =my puppy's name
        !which dog do I have
        1:!what do I shout to call my dog
        1:!dog name
        1:!and my dog
        """,
        """
        !what is written on my dog's collar
        !what name does my four-legged friend bark at
        """,
        """
        1:We named the dog {x}
        I named my dog {x}
        My puppy is called {x}
        I took my dog {x} for a walk
        I adopted a dog called {x}
        """,
        """
        The collar of my dog says {x}
        I share* my home with a dog by the name of {x}
        """,
    ),
    _named(
        "cat_name",
        "cat",
        """
        what did I name my cat | what I named my cat
        what did I call my kitten | what I called my kitten
        =my kitten's name
        !which cat do I have
        1:!what do I shout to call my cat
        1:!cat name
        1:!and my cat
        """,
        """
        !what is written on my cat's collar
        !what name does my purring friend have
        """,
        """
        1:We named the cat {x}
        I named my cat {x}
        My kitten is called {x}
        My cat {x} sleeps all day
        I adopted a cat called {x}
        """,
        """
        The collar of my cat says {x}
        I share* my home with a cat by the name of {x}
        """,
    ),
    _named(
        "partner",
        "partner",
        """
        who am [I] married to
        who is [my wife]
        who is [my husband]
        what is [my wife] called
        what is [my husband] called
        who is [my spouse]
        =my husband's name
        =my wife's name
        who am I in a relationship with | who I am in a relationship with
        """,
        """
        who is [my better half]
        !who shares my life
        """,
        """
        I am married to {x}
        My wife is {x}
        My husband is {x}
        My wife is called {x}
        My husband's name is {x}
        I am in a relationship with {x}
        """,
        """
        {x} is my better half
        I tied the knot with {x}
        """,
    ),
    _named(
        "sister",
        "sister",
        "!who is the girl I grew up with, my sister",
        "!which sister do I have",
        "My sister {x} called me yesterday\nMy little sister is called {x}",
        "I grew up with my sister {x}",
    ),
    _named(
        "brother",
        "brother",
        "!who is the boy I grew up with, my brother",
        "!which brother do I have",
        "My brother {x} called me yesterday\nMy little brother is called {x}",
        "I grew up with my brother {x}",
    ),
    _named(
        "mother",
        "mother",
        "what is [my mum] called\nwhat is [my mom's name]\nwho is [my mum]\n=my mum's name",
        "!who gave birth to me",
        "My mum is called {x}\nMy mom's name is {x}\nMy mum is {x}",
        "I am a child of my mother {x}",
    ),
    _named(
        "father",
        "father",
        "what is [my dad] called\nwhat is [my dad's name]\nwho is [my dad]\n=my dad's name",
        "!whose child am I on my father's side",
        "My dad is called {x}\nMy dad's name is {x}\nMy dad is {x}",
        "I am a child of my father {x}",
    ),
    _named(
        "daughter",
        "daughter",
        "!which girl is my daughter\nwhat is [my little girl] called\nwhat did I name my daughter | what I named my daughter",
        "!which name did I choose for my baby girl",
        "My little girl is called {x}\n1:We named our daughter {x}\nMy daughter {x} goes to school",
        "I am the parent of a girl called {x}",
    ),
    _named(
        "son",
        "son",
        "!which boy is my son\nwhat is [my little boy] called\nwhat did I name my son | what I named my son",
        "!which name did I choose for my baby boy",
        "My little boy is called {x}\n1:We named our son {x}\nMy son {x} goes to school",
        "I am the parent of a boy called {x}",
    ),
    _named(
        "best_friend",
        "best friend",
        "who do [I] trust most among my friends\nwhich friend is [my closest]\nwho is [my closest friend]\n"
        "=who:my closest friend\nwho is [my bestie]",
        "!which of my friends do I like best\n!who is the friend I am closest to",
        "My closest friend is {x}\n{x} is my closest friend\nI am best friends with {x}\nMy bestie is {x}",
        "Nobody is a better friend to me than {x}",
    ),
    _named(
        "boss",
        "boss",
        "who do [I] report to\nwho is [my manager]\nwho is [my supervisor]\n=my manager's name\n"
        "what is [my manager] called",
        "!who gives me orders at work\n!who leads my team",
        "My manager is {x}\nI report* to {x}\nMy manager is called {x}\n{x} is my manager",
        "{x} leads my team\nAt work {x} gives me orders",
    ),
    _favourite(
        "colour",
        "colour",
        "colours",
        "colour",
        """
        !what colour should my present be
        !in which colour would I paint my room
        1:!what colour do I love
        """,
        "!what colour makes me happiest",
        """
        I love* the colour {x}
        I would paint everything {x}
        {x} is the colour I love*
        """,
        "The colour that makes me happiest is {x}",
    ),
    _favourite(
        "food",
        "food",
        "foods",
        "food",
        """
        which dish do [I] like best
        what is [my favourite dish]
        what do I like to eat most | what I like* to eat most
        what do I love to eat | what I love* to eat
        what is [my favourite meal]
        =my favourite dish
        !what should you cook for me
        !what would I order in a restaurant
        """,
        "!what could I eat every day\n!what meal makes me happy",
        """
        My favourite dish is {x}
        I love* to eat {x}
        I love* eating {x}
        My favourite meal is {x}
        What I like* to eat most is {x}
        {x} is my favourite dish
        """,
        "I could eat {x} every day\nNothing tastes better to me than {x}",
    ),
    _favourite(
        "drink",
        "drink",
        "drinks",
        "drink",
        """
        what do I like to drink | what I like* to drink
        what do I love to drink | what I love* to drink
        what do I usually drink | what I usually drink*
        what do [I] drink most
        !what should you pour me
        !what would I order at the bar
        what beverage do [I] prefer
        """,
        "!what could I drink all day\n!what is in my glass most days",
        """
        I love* to drink {x}
        I mostly drink* {x}
        What I like* to drink most is {x}
        I usually drink* {x}
        I love* drinking {x}
        """,
        "I could drink {x} all day\nMy glass is always full of {x}",
    ),
    _favourite(
        "band",
        "band",
        "bands",
        "band",
        """
        which music do [I] listen to
        what music do [I] like
        who do [I] listen to most
        which group do [I] listen to
        whose music do [I] love
        what band do [I] listen to
        !which band am I a fan of
        what is [my favourite music group]
        """,
        "!whose concerts do I never miss\n!which band is on my headphones",
        """
        I am a fan of the band {x}
        I love* the music of {x}
        I mostly listen* to {x}
        I listen* to {x} all the time
        The band I listen* to most is {x}
        I am a big fan of {x}
        """,
        "I never miss* a concert of {x}\nMy headphones always play {x}",
    ),
    _favourite(
        "film",
        "film",
        "films",
        "title",
        """
        what is [my favourite movie]
        which movie do [I] like best
        which movie do [I] love
        =my favourite movie
        !which movie could I watch again and again
        !what should we watch tonight if it is my favourite
        """,
        "!which movie never bores me\n!what movie do I know by heart",
        """
        My favourite movie is {x}
        {x} is my favourite movie
        The movie I love* most is {x}
        I could watch {x} again and again
        The best movie for me is {x}
        """,
        "The movie {x} never bores me\nI know* the film {x} by heart",
    ),
    _favourite(
        "book",
        "book",
        "books",
        "title",
        """
        what is [my favourite novel]
        which novel do [I] love most
        which book could I read again and again | which book I could read again and again
        =my favourite novel
        !what do I love to read most
        """,
        "!which book lies on my bedside table\n!which book would I take to a desert island",
        """
        My favourite novel is {x}
        The novel I love* most is {x}
        I could read {x} again and again
        {x} is the best book I have* ever read
        """,
        "The book on my bedside table is {x}\nI would take the book {x} to a desert island",
    ),
    _favourite(
        "sport",
        "sport",
        "sports",
        "sport",
        """
        what sport do [I] play
        which sport do [I] play
        what sport do [I] do
        !what do I do to keep fit
        how do [I] keep fit
        which sport do [I] practise
        """,
        "!what do I train for\n!how do I get my exercise",
        """
        The sport I play* is {x}
        The sport I do* is {x}
        I keep* fit with {x}
        I do* {x} as a sport
        I practise* {x} to keep fit
        """,
        "I get* my exercise from {x}\nI train* hard in {x}",
    ),
    _plain(
        "hobby",
        "hobby",
        "hobby",
        """
        what is [my hobby]
        what do I do in my free time | what I do* in my free time
        what do I do in my spare time | what I do* in my spare time
        what do I like to do for fun | what I like* to do for fun
        what do I do for fun | what I do* for fun
        which hobby do [I] have
        what hobby do [I] enjoy
        how do [I] spend my free time
        how do [I] spend my weekends
        how do [I] relax
        what is [my favourite hobby]
        what is [my favourite pastime]
        what do I enjoy doing | what I enjoy* doing
        what am I into | what I am into
        =my hobby
        =my pastime
        =my favourite hobby
        =the hobby I have*
        =my main hobby
        !what did {I} say my hobby is
        !my hobby is what
        !what was my hobby again
        !which leisure activity do I enjoy
        !what keeps me busy on weekends
        !what am I passionate about
        1:!what are my hobbies
        1:!what do I like doing
        """,
        """
        how do [I] unwind after work
        !what do I get up to when I am not working
        what activity is [my passion]
        =the thing I do* for fun
        """,
        """
        My hobby is {x}
        {x} is my hobby
        My main hobby is {x}
        My favourite hobby is {x}
        In my free time I do* {x}
        I enjoy* {x} in my free time
        I spend* my free time on {x}
        I spend* my weekends on {x}
        For fun I do* {x}
        My favourite pastime is {x}
        I am into {x}
        I am really into {x}
        I relax* with {x}
        I am passionate about {x}
        {x} is what I do* for fun
        {x} is how I spend* my free time
        As a hobby I do* {x}
        On weekends I go* in for {x}
        """,
        """
        I unwind* with a bit of {x}
        When I am not working, it is {x} for me
        My passion is {x}
        I never get* tired of {x}
        """,
        """
        My new hobby is {x}
        I took up {x}
        I have* taken up {x} as a hobby
        My hobby is now {x}
        """,
    ),
    _plain(
        "allergy",
        "allergy",
        "allergen",
        """
        what am [I] allergic to
        what is [my allergy]
        which allergy do [I] have
        what allergy do [I] have
        what can I not eat | what I can not eat
        what should I avoid | what I should avoid
        what must I not eat | what I must not eat
        what am [I] intolerant to
        which food makes me sick | which food makes me sick
        what gives me an allergic reaction | what gives me an allergic reaction
        what do [I] react badly to
        what do [I] have an allergy to
        =my allergy
        =the thing I am allergic to
        =my allergies
        =the allergy I have*
        !what did {I} say I am allergic to
        !what did {I} tell you about my allergy
        !I am allergic to what
        !what was I allergic to again
        !to what am I allergic
        !which things am I allergic to
        !do I have any allergies
        !am I allergic to anything
        !is there anything I am allergic to
        1:!any allergies
        """,
        """
        !what should be kept away from me
        !what triggers my allergy
        what would make me ill | what would make me ill
        =the food I can not have
        """,
        """
        I am allergic to {x}
        I have* an allergy to {x}
        I have* a bad allergy to {x}
        My allergy is {x}
        I am very allergic to {x}
        I am intolerant to {x}
        I can not eat {x}
        I can not have {x} because of an allergy
        I react* badly to {x}
        I get* a rash from {x}
        {x} makes me sick
        {x} gives me an allergic reaction
        {x} is what I am allergic to
        The thing I am allergic to is {x}
        I must avoid {x}
        I suffer* from an allergy to {x}
        I should not eat {x}
        I have* got an allergy to {x}
        """,
        """
        Keep {x} away from me
        {x} triggers my allergy
        My body can not stand {x}
        Even a little {x} makes me ill
        """,
        """
        I am now allergic to {x}
        The doctor says I am allergic to {x}
        It turns out I am allergic to {x}
        """,
    ),
    _plain(
        "birthday",
        "birthday",
        "day",
        """
        when is [my birthday]
        what is [my birthday]
        when was [I] born
        what day is [my birthday]
        on which day was [I] born
        which day is [my birthday]
        when do I turn a year older | when I turn* a year older
        when do I celebrate my birthday | when I celebrate* my birthday
        what date is [my birthday]
        on what date was [I] born
        what is [my date of birth]
        =my birthday
        =my date of birth
        =the date of my birthday
        =the day I was born
        =my birth date
        !when did {I} say my birthday is
        !my birthday is when
        !when was my birthday again
        !on what day do I celebrate my birthday
        !when should you congratulate me
        !when do I get my birthday cake
        !when do I have my birthday
        1:!when's my bday
        1:!my bday
        """,
        """
        !when do I blow out the candles
        !which day of the year is my special day
        when do I get a year older | when I get* a year older
        =the date I was born on
        """,
        """
        My birthday is on {x}
        My birthday is {x}
        I was born on {x}
        My date of birth is {x}
        My birth date is {x}
        I have* my birthday on {x}
        I celebrate* my birthday on {x}
        {x} is my birthday
        {x} is the day I was born
        The date of my birthday is {x}
        I turn* a year older on {x}
        My birthday falls on {x}
        You can congratulate me on {x}
        My birthday party is on {x}
        My bday is {x}
        My birthday comes on {x}
        """,
        """
        I blow* out the candles on {x}
        {x} is my special day
        I get* a year older on {x}
        Mark {x} as my birthday
        """,
        """
        My real birthday is {x}
        My birthday is in fact on {x}
        """,
    ),
    _plain(
        "age",
        "age",
        "number",
        """
        how old am I | how old I am
        what is [my age]
        what age am I | what age I am
        how many years old am I | how many years old I am
        how many years have I lived | how many years I have* lived
        =my age
        =my current age
        =the age I am
        !how old did {I} say I am
        !what did {I} tell you about my age
        !my age is what
        !I am how old
        !what was my age again
        !how old was I again
        !how many birthdays have I had
        !what is my age in years
        !do you know my age
        !do you remember my age
        !what age did {I} give you for me
        !how many candles were on my last cake
        1:!what age do I have
        """,
        """
        !how many years have passed since I was born
        !how long have I been alive
        =the number of years I have* lived
        """,
        """
        I am {x} years old
        I am {x} years of age
        My age is {x}
        I am aged {x}
        {x} is my age
        {x} years old is what I am
        I am a {x} year old
        I have* lived for {x} years
        I recently turned {x} years old
        In years I am {x}
        I am {x} years old this year
        At the moment I am {x} years old
        My current age is {x}
        My age is {x} years
        I have* reached the age of {x}
        """,
        """
        There were {x} candles on my last cake
        I was born {x} years ago
        I have* {x} years behind me
        """,
        """
        I just turned {x}
        I am {x} years old now
        I am now {x} years old
        """,
    ),
    _plain(
        "car",
        "car",
        "car",
        """
        what car do [I] drive
        which car do [I] drive
        what kind of car do [I] drive
        what kind of car do [I] have
        what car do [I] have
        which car do [I] own
        what do [I] drive
        what make is [my car]
        what model is [my car]
        what is [my car]
        what am I driving | what I am driving
        which vehicle do [I] own
        what vehicle do [I] drive
        =my car
        =the car I drive*
        =the car I own*
        =the make of my car
        =my vehicle
        !what car did {I} say I have*
        !I drive* what
        !my car is a what
        !what was my car again
        1:!which car is mine
        !what type of car is parked at my house
        !what car do I go to work with
        1:!what's my ride
        """,
        """
        !what is standing in my garage
        !which keys do I carry, of what car
        what do I get around in | what I get* around in
        =the vehicle in my driveway
        """,
        """
        I drive* {a} {x}
        I own* {a} {x}
        I have* {a} {x} as a car
        My car is {a} {x}
        The car I drive* is {a} {x}
        I am driving {a} {x}
        My vehicle is {a} {x}
        {a} {x} is what I drive*
        {a} {x} is my car
        I drive* to work in {a} {x}
        I go* to work in my {x}
        I have* got {a} {x} to drive
        The car I own* is {a} {x}
        My family car is {a} {x}
        I drive* around in {a} {x}
        """,
        """
        {a} {x} stands in my garage
        I get* around in {a} {x}
        There is {a} {x} in my driveway
        """,
        """
        I bought a new car, {a} {x}
        My new car is {a} {x}
        I now drive* {a} {x}
        I drive* {a} {x} now
        """,
    ),
    _plain(
        "language",
        "language being learned",
        "language",
        """
        which language am [I] learning
        what language am [I] learning
        which language am [I] studying
        what language am [I] studying
        which language do [I] take lessons in
        what language do [I] practise
        which language do I want to learn | which language I want* to learn
        what language course am I taking | what language course I am taking
        =the language I am learning
        =the language I study*
        =the language I want* to learn
        =my new language
        !which language did {I} say I am learning
        !what language was I learning again
        !I am learning which language
        !I take* lessons in what language
        !which foreign language do I practise
        !what language do I have classes in
        !which tongue am I trying to learn
        !do you know which language I am learning
        !what language is on my phone app for learning
        1:!what language am I trying to speak
        1:!the language I'm learning
        """,
        """
        !what language are my flashcards in
        !which language do I struggle with these days
        =the foreign language on my desk
        """,
        """
        I am learning {x}
        I am studying {x} as a language
        I take* lessons in {x}
        I take* {x} lessons
        I am trying to learn {x}
        I want* to learn {x}
        I am taking {a} {x} course
        The language I am learning is {x}
        The language I study* is {x}
        {x} is the language I am learning
        I practise* {x} every day
        I have* {x} classes
        I am learning to speak {x}
        I am teaching myself {x}
        My new language is {x}
        I started to learn {x}
        """,
        """
        My flashcards are in {x}
        I struggle* with {x} grammar these days
        I try* to speak {x} a little more each week
        """,
        """
        I am now learning {x}
        I switched to learning {x}
        I gave that up and am learning {x} now
        """,
    ),
    _plain(
        "instrument",
        "instrument",
        "instrument",
        """
        which instrument do [I] play
        what instrument do [I] play
        which musical instrument do [I] play
        what musical instrument do [I] play
        what is [my instrument]
        which instrument can I play | which instrument I can play
        what instrument do [I] practise
        which instrument am [I] learning
        what do I play in the orchestra | what I play* in the orchestra
        =my instrument
        =the instrument I play*
        =my musical instrument
        =the instrument I practise*
        !which instrument did {I} say I play*
        !I play* which instrument
        !my instrument is what
        !what was my instrument again
        !what do I play when I make music
        !on what instrument do I make music
        !what kind of instrument do I own
        !do I play an instrument, and which
        1:!what instrument am I good at
        """,
        """
        !what do I practise my scales on
        !which instrument keeps my neighbours awake
        =the instrument I make* music on
        """,
        """
        I play* the {x}
        I can play the {x}
        My instrument is the {x}
        I practise* the {x}
        The instrument I play* is the {x}
        I am learning to play the {x}
        I make* music on the {x}
        I have* played the {x} for years
        I play* the {x} in an orchestra
        The {x} is my instrument
        The {x} is the instrument I play*
        I own* {a} {x} and play* it
        I take* lessons on the {x}
        I play* the {x} a little
        My musical instrument is the {x}
        """,
        """
        I practise* my scales on the {x}
        My neighbours hear the {x} every night because of me
        I am good at the {x}
        """,
        """
        I now play* the {x}
        I switched to the {x}
        My new instrument is the {x}
        """,
    ),
    _plain(
        "subject",
        "field of study",
        "field",
        """
        what do [I] study
        what did I study | what I studied
        which subject do [I] study
        what am [I] studying
        what subject am [I] studying
        what is [my degree] in
        what is [my major]
        what do I have a degree in | what I have* a degree in
        which field did I study | which field I studied
        =my major
        =my field of study
        =the subject I study*
        =the subject of my degree
        =my university subject
        !what did {I} say I study*
        !I study* what
        !my major is what
        !what was my subject again
        !in which field is my degree
        !what do I learn at university
        !what course do I take at university
        !do you know what I study
        1:!what's my degree
        """,
        """
        !which lectures do I go to
        !what does my diploma say
        =the discipline I chose
        """,
        """
        I study* {x}
        I am studying {x} at university
        I studied {x}
        My major is {x}
        My degree is in {x}
        I have* a degree in {x}
        My field of study is {x}
        The subject I study* is {x}
        {x} is my major
        {x} is the subject of my degree
        {x} is what I study*
        I go* to university for {x}
        At university I take* {x}
        I am a student of {x}
        My subject at university is {x}
        """,
        """
        My diploma says {x}
        I go* to lectures on {x}
        The discipline I chose is {x}
        """,
        """
        I now study* {x}
        I changed my major to {x}
        I switched to studying {x}
        """,
    ),
    _plain(
        "destination",
        "next trip",
        "place",
        """
        where am [I] going on holiday
        where am [I] travelling to
        where am [I] going next
        where am I going on vacation | where I am going on vacation
        where is [my next trip]
        where do I want to go on holiday | where I want* to go on holiday
        which city am [I] going to visit
        what is [my next destination]
        where is [my next holiday]
        where will I travel | where I will travel
        where will I go next | where I will go next
        what is [my travel destination]
        =my next destination
        =my travel destination
        =the destination of my next trip
        =my holiday destination
        =the place I am going to visit
        !where did {I} say I am going on holiday
        !I am travelling to which city
        !I am going on holiday where
        !what was my next destination again
        !where am I flying to
        !where does my next journey lead
        !which city will I visit next
        1:!where's my vacation
        """,
        """
        !for where am I packing my suitcase
        !which city is printed on my plane ticket
        where am I off to | where I am off to
        =the goal of my journey
        """,
        """
        I am going on holiday to {x}
        I am going on vacation to {x}
        I am travelling to {x} soon
        I am going to visit {x}
        I am flying to {x} next month
        My next trip is to {x}
        My next destination is {x}
        My next holiday is in {x}
        My travel destination is {x}
        {x} is my next destination
        {x} is where I am going on holiday
        I have* booked a trip to {x}
        I booked a flight to {x}
        I plan* to visit {x}
        I will travel to {x} soon
        I want* to go to {x} on holiday
        My next journey takes me to {x}
        """,
        """
        I am off to {x} soon
        My plane ticket says {x}
        I am packing my suitcase for {x}
        """,
        """
        My trip is now to {x}
        I changed my travel plans and am going to {x}
        I am going on holiday to {x} instead
        """,
    ),
)

RELATIONS: Mapping[str, Relation] = MappingProxyType({relation.name: relation for relation in _ALL})
"""Every relation by name, in a fixed order."""
