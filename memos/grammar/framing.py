"""The frames around a core: what people put before and after a question or a statement.

A question frame holds one slot: {D} a direct clause, {E} an embedded clause, {N} a noun phrase. A statement frame
holds {S}. Knows no relation and no person.
"""

from __future__ import annotations

KNOWN_QUESTION_FRAMES = (
    "{D}?",
    "Quick question: {D}?",
    "Hey, {D}?",
    "Hi, {D}?",
    "Remind me, {D}?",
    "So {D}?",
    "Sorry, {D}?",
    "Just checking, {D}?",
    "And {D}?",
    "Tell me, {D}?",
    "I forgot, {D}?",
    "Wait, {D}?",
    "One more thing: {D}?",
    "Ok, {D}?",
    "{D}, please?",
    "{D}, do you know?",
    "Well, {D}?",
    "Do you know {E}?",
    "Could you tell me {E}?",
    "Can you tell me {E}?",
    "Tell me {E}.",
    "Remind me {E}.",
    "Please tell me {E}.",
    "Do you remember {E}?",
    "Can you remember {E}?",
    "I forgot {E}.",
    "I would like to know {E}.",
    "Any idea {E}?",
    "Can you remind me {E}?",
    "I can not remember {E}.",
    "Did I tell you {E}?",
    "Have I told you {E}?",
    "I wonder {E}.",
    "Let me know {E}.",
    "Do you still know {E}?",
    "I want to know {E}.",
    "{N}?",
    "Tell me {N}.",
    "Remind me of {N}.",
    "Do you know {N}?",
    "Can you give me {N}?",
    "I need {N}.",
    "{N}, please.",
    "Do you remember {N}?",
    "What was {N} again?",
    "Give me {N}.",
)

UNSEEN_QUESTION_FRAMES = (
    "Out of curiosity, {D}?",
    "Help me out here: {D}?",
    "Let me test you, {D}?",
    "By any chance, {D}?",
    "Would you happen to know {E}?",
    "Mind telling me {E}?",
    "It slipped my mind {E}.",
    "I am trying to recall {E}.",
    "Are you able to say {E}?",
    "Look up {N} for me.",
    "What do you have down as {N}?",
    "Say {N} once more.",
)

KNOWN_STATEMENT_FRAMES = (
    "{S}.",
    "By the way, {S}.",
    "Hi, {S}.",
    "Hello, {S}.",
    "Just so you know, {S}.",
    "Please remember that {S}.",
    "Remember that {S}.",
    "Note that {S}.",
    "Please note: {S}.",
    "I wanted to tell you that {S}.",
    "You should know that {S}.",
    "FYI, {S}.",
    "Oh, and {S}.",
    "{S}, by the way.",
    "{S}!",
    "Remember this: {S}.",
    "Well, {S}.",
    "I think I never told you that {S}.",
)

UNSEEN_STATEMENT_FRAMES = (
    "For the record, {S}.",
    "In case it matters, {S}.",
    "Here is something new: {S}.",
    "Do not forget that {S}.",
    "Keep in mind that {S}.",
    "{S}, just for your information.",
)

UPDATE_FRAMES = (
    "{S}.",
    "Actually, {S}.",
    "Update: {S}.",
    "Correction: {S}.",
    "News: {S}.",
    "Things changed: {S}.",
    "I was wrong, {S}.",
    "Please update this: {S}.",
)
"""Around a statement that replaces an earlier one; only used when its date is the newest."""
