"""Structured Evidence Decomposition as text: what a model is asked to write, and how its answer is read."""

from saber.sed.answer import Answer, Problem, read_answer
from saber.sed.text import SECTIONS, render

__all__ = ["SECTIONS", "Answer", "Problem", "read_answer", "render"]
