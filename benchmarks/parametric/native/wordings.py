"""Ways to ask for the relations of EntityQuestions, and the frames they are put in.

The first form of a relation is the data's own question. It asks about old facts while the model is pretrained and is
never among the wordings that a new fact is learned from, so it is how a new fact is examined.
"""

from __future__ import annotations

FORMS: dict[str, tuple[str, ...]] = {
    "P17": ("Which country is [X] located in?", "In what country is [X]?", "Name the country of [X].",
            "[X] is in which country?", "What country does [X] belong to?", "To which country does [X] belong?"),
    "P19": ("Where was [X] born?", "What is the birthplace of [X]?", "In which place was [X] born?",
            "Name the place of birth of [X].", "[X] was born where?", "Which place did [X] come into the world in?"),
    "P20": ("Where did [X] die?", "What is the place of death of [X]?", "In which place did [X] die?",
            "[X] died where?", "Name the place where [X] died.", "Where did the life of [X] end?"),
    "P26": ("Who is [X] married to?", "Who is the spouse of [X]?", "Name the spouse of [X].",
            "To whom is [X] married?", "Whom did [X] marry?", "[X] is married to whom?"),
    "P36": ("What is the capital of [X]?", "Name the capital of [X].", "Which place is the capital of [X]?",
            "[X] has which capital?", "Which town is the seat of [X]?", "What is the capital town of [X]?"),
    "P40": ("Who is [X]'s child?", "Name a child of [X].", "Who is a son or daughter of [X]?",
            "[X] is the parent of whom?", "Which child does [X] have?", "Of whom is [X] the parent?"),
    "P50": ("Who is the author of [X]?", "Who wrote [X]?", "Name the author of [X].",
            "[X] was written by whom?", "By whom was [X] written?", "Which author wrote [X]?"),
    "P69": ("Where was [X] educated?", "Where did [X] study?", "Which school did [X] attend?",
            "Name the school of [X].", "At which school was [X] taught?", "[X] studied where?"),
    "P106": ("What kind of work does [X] do?", "What is the occupation of [X]?", "What does [X] do for a living?",
             "Name the profession of [X].", "What is [X] by profession?", "Which job does [X] have?"),
    "P112": ("Who founded [X]?", "Who is the founder of [X]?", "Name the founder of [X].",
             "[X] was founded by whom?", "By whom was [X] founded?", "Who set up [X]?"),
    "P127": ("Who owns [X]?", "Who is the owner of [X]?", "Name the owner of [X].",
             "[X] is owned by whom?", "To whom does [X] belong?", "[X] belongs to whom?"),
    "P136": ("What type of music does [X] play?", "What is the genre of [X]?", "Name the genre of [X].",
             "Which kind of music is [X] known for?", "[X] plays which genre?", "Which genre does [X] belong to?"),
    "P159": ("Where is the headquarter of [X]?", "Where is [X] headquartered?", "Name the seat of [X].",
             "In which place is [X] based?", "[X] has its headquarters where?", "Where does [X] have its head office?"),
    "P170": ("Who was [X] created by?", "Who is the creator of [X]?", "Who created [X]?",
             "Name the creator of [X].", "By whom was [X] made?", "[X] is the work of whom?"),
    "P175": ("Who performed [X]?", "Who is the performer of [X]?", "Name the performer of [X].",
             "[X] is performed by whom?", "Which artist recorded [X]?", "By whom is [X] sung or played?"),
    "P176": ("Which company is [X] produced by?", "Who makes [X]?", "Name the maker of [X].",
             "[X] is made by which company?", "Which company builds [X]?", "By which company is [X] made?"),
    "P264": ("What music label is [X] represented by?", "What is the record label of [X]?", "Name the label of [X].",
             "Which label is [X] signed to?", "[X] is on which label?", "Which label puts out [X]?"),
    "P276": ("Where is [X] located?", "What is the location of [X]?", "In which place is [X]?",
             "Name the location of [X].", "[X] is found where?", "Where can [X] be found?"),
    "P407": ("Which language was [X] written in?", "What is the language of [X]?", "Name the language of [X].",
             "[X] is in which language?", "In what language is [X]?", "Which language does [X] use?"),
    "P413": ("What position does [X] play?", "In which position does [X] play?", "Name the position of [X].",
             "[X] plays as what?", "What is the playing position of [X]?", "On the field, what is [X]?"),
    "P495": ("Which country was [X] created in?", "What is the country of origin of [X]?",
             "From which country does [X] come?", "Name the home country of [X].", "[X] comes from which country?",
             "In what country was [X] made?"),
    "P740": ("Where was [X] founded?", "In which place was [X] formed?", "Name the place where [X] was founded.",
             "[X] was founded where?", "Where did [X] begin?", "In what place did [X] start?"),
    "P800": ("What is [X] famous for?", "What is a notable work of [X]?", "Name a known work of [X].",
             "[X] is known for which work?", "Which work made [X] known?", "For what is [X] known?"),
}  # fmt: skip
"""By relation. P131 and P30 are left out: one asks in the words of P276, the other has five values in all."""

FRAMES: tuple[str, ...] = (
    "{}", "Tell me: {}", "I wonder: {}", "Please answer this. {}", "Do you know? {}", "Quick question: {}",
    "{} Answer briefly.", "Hey, {}", "My friend asked: {}", "Trivia: {}", "Here is a question. {}",
    "Could you say: {}", "One for you: {}",
)  # fmt: skip


def asked(relation: str, subject: str, form: int, frame: int) -> str:
    """One question. form 0 is the data's own."""
    return FRAMES[frame].format(FORMS[relation][form].replace("[X]", subject))


def learned_wordings(count: int) -> list[tuple[int, int]]:
    """(form, frame) of the wordings a new fact is learned from: every form but the data's own, plain frames first."""
    most = min(len(forms) for forms in FORMS.values())
    pairs = [(form, frame) for frame in range(len(FRAMES)) for form in range(1, most)]
    return pairs[:count]
