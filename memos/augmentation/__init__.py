"""From the text of one record to lessons: many wordings to learn from, others to be examined on.

Knows text and the grammar of facts. Does not know tensors or models: whoever can render a prompt or answer one is
passed in.
"""

from memos.augmentation.active_reading import LangChainAugmenter
from memos.augmentation.cloze import ClozeWriter
from memos.augmentation.diversity import self_bleu
from memos.augmentation.documents import DocumentAugmenter
from memos.augmentation.lesson import (
    QA,
    Augmenter,
    FirstOf,
    Lesson,
    LessonShape,
    Negative,
    Render,
    content_seed,
    lesson_key,
)
from memos.augmentation.local_model import ModelAugmenter
from memos.augmentation.negatives import asking, cross_negatives, dated, unrelated_notes
from memos.augmentation.template import TemplateAugmenter
from memos.augmentation.wordings import QuestionWriter, lessons_from_pairs, normalised

__all__ = [
    "QA",
    "Augmenter",
    "ClozeWriter",
    "DocumentAugmenter",
    "FirstOf",
    "LangChainAugmenter",
    "Lesson",
    "LessonShape",
    "ModelAugmenter",
    "Negative",
    "QuestionWriter",
    "Render",
    "TemplateAugmenter",
    "asking",
    "content_seed",
    "cross_negatives",
    "dated",
    "lesson_key",
    "lessons_from_pairs",
    "normalised",
    "self_bleu",
    "unrelated_notes",
]
