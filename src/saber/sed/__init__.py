"""Structured Evidence Decomposition as text: what a model is asked to write, and how its answer is read."""

from saber.sed.answer import FATAL, Answer, Problem, read_answer
from saber.sed.text import GROUPS, LABEL, SECTIONS, annotation_of, render, render_texts, texts_of

__all__ = [
    "FATAL",
    "GROUPS",
    "LABEL",
    "SECTIONS",
    "Answer",
    "Problem",
    "annotation_of",
    "read_answer",
    "render",
    "render_texts",
    "texts_of",
]
