"""Structured Evidence Decomposition as text: what a model is asked to write, and how its answer is read."""

from saber.sed.answer import Answer, read_answer, refuses, without_thoughts
from saber.sed.problems import FATAL, Problem
from saber.sed.released import ReleasedRecord, read_released_files, released_line
from saber.sed.text import GROUPS, LABEL, SECTIONS, annotation_of, render, render_texts, texts_of

__all__ = [
    "FATAL",
    "GROUPS",
    "LABEL",
    "SECTIONS",
    "Answer",
    "Problem",
    "ReleasedRecord",
    "annotation_of",
    "read_answer",
    "read_released_files",
    "refuses",
    "released_line",
    "render",
    "render_texts",
    "texts_of",
    "without_thoughts",
]
