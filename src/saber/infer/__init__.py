"""How is a model asked for the six dimensions, and what is done with its answer?"""

from saber.infer.cues_text import cues_text
from saber.infer.dry_run import DryRun, Planned, dry_run, together
from saber.infer.encode import jpegs, video_file, wav
from saber.infer.form import answer_schema
from saber.infer.lesson import PHRASINGS, Lesson, lesson, lesson_prompts
from saber.infer.material import Gatherer, Material, Stage, allowed, statement
from saber.infer.prompt import PromptInfo
from saber.infer.rewrite import Rewritten, rewrite_async
from saber.infer.settings import InferSettings
from saber.infer.source import ClipMedia, MediaSource
from saber.infer.write import prompt_used, write_annotation, write_annotation_async
from saber.infer.written import Attempt, Outcome, Sent, Written

__all__ = [
    "PHRASINGS",
    "Attempt",
    "ClipMedia",
    "DryRun",
    "Gatherer",
    "InferSettings",
    "Lesson",
    "Material",
    "MediaSource",
    "Outcome",
    "Planned",
    "PromptInfo",
    "Rewritten",
    "Sent",
    "Stage",
    "Written",
    "allowed",
    "answer_schema",
    "cues_text",
    "dry_run",
    "jpegs",
    "lesson",
    "lesson_prompts",
    "prompt_used",
    "rewrite_async",
    "statement",
    "together",
    "video_file",
    "wav",
    "write_annotation",
    "write_annotation_async",
]
