"""What did a model answer, and what is wrong with it?

Models wrap answers in fences, think aloud before them, leave trailing commas, swap sections, repeat
them, stop in the middle, answer in another language, refuse, or recite the transcript. Whatever can be
read is read; everything that is not as asked is named, so that a retry can ask differently and a
record can say what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from saber.core.records import Annotation
from saber.core.taxonomy import Emotion, Language, emotion_from
from saber.sed.loose_json import first_object, read_pairs
from saber.sed.problems import FATAL, Problem
from saber.sed.tags import Found, first_tag, from_tags
from saber.sed.text import LABEL, SECTIONS, annotation_of

__all__ = ["Answer", "read_answer", "refuses", "without_thoughts"]


@dataclass(frozen=True)
class Answer:
    """What was read. `texts` holds the sections found, and the label under `LABEL` where there is one;
    `annotation` is None unless all six sections are there."""

    raw: str
    texts: dict[str, str]
    annotation: Annotation | None
    problems: tuple[Problem, ...]

    @property
    def valid(self) -> bool:
        return self.annotation is not None and self.usable

    @property
    def usable(self) -> bool:
        """Nothing is wrong that makes the sections worthless; those asked for are all there."""
        return not FATAL.intersection(self.problems)

    @property
    def emotion(self) -> Emotion | None:
        """The emotion that the label names; None without a label, or when it names none of the seven."""
        return emotion_from(self.texts.get(LABEL, "").strip(" \t\n.。"))


def read_answer(
    raw: str,
    *,
    language: Language | None = None,
    transcript: str = "",
    instructions: Iterable[str] = (),
    expect: Iterable[str] = SECTIONS,
) -> Answer:
    """Read SED text or JSON out of a model's answer.

    Args:
        raw: the answer as it came.
        language: that was asked for; None does not check it.
        transcript: of the clip, to notice an answer that only recites it.
        instructions: what was asked of each section, to notice that it was copied and not followed.
        expect: the sections that were asked for (a staged request asks for some only).
    """
    wanted = tuple(expect)
    text = without_thoughts(raw).strip()
    problems: list[Problem] = []
    if not text:
        return Answer(raw, {}, None, (Problem.EMPTY,))
    texts, order, found = _sections(text)
    problems += found
    if not texts:
        problems.append(Problem.REFUSAL if refuses(text) else Problem.NOT_STRUCTURED)
        return Answer(raw, {}, None, _once(problems))
    missing = [n for n in wanted if n not in texts or (n != "speech" and not _says_something(texts[n]))]
    if missing and Problem.CUT_OFF not in problems:
        problems.append(Problem.MISSING_SECTION)
    if [n for n in order if n in SECTIONS] != [n for n in SECTIONS if n in order]:
        problems.append(Problem.SWAPPED_ORDER)
    described = [texts[name] for name in wanted if name in texts and name != "speech"]
    if described and all(refuses(t) for t in described):
        problems.append(Problem.REFUSAL)
    asked = [_letters(i) for i in instructions if len(_letters(i)) >= SHORTEST_ECHO]
    if any(_recites(t, transcript) or _letters(t).startswith(tuple(asked)) for t in described):
        problems.append(Problem.ECHO)
    if language is not None and _other_language(" ".join(described), language):
        problems.append(Problem.WRONG_LANGUAGE)
    whole = annotation_of(texts) if all(name in texts for name in SECTIONS) else None
    return Answer(raw, texts, whole, _once(problems))


def _sections(text: str) -> tuple[dict[str, str], list[str], list[Problem]]:
    """Section texts, the order in which they came, and problems; by the form that comes first, if it holds as
    many of the six as the other."""
    forms = {"tags": (first_tag(text), from_tags), "json": (first_object(text), _from_json)}
    there = sorted((at, name) for name, (at, _) in forms.items() if at is not None)
    read = [_named(*forms[name][1](text)) for _, name in there]
    if not read:
        return {}, [], []
    return max(read, key=lambda r: sum(name in SECTIONS for name in r[0]))  # the first of equals


def _named(
    pairs: list[tuple[str, str]], problems: list[Problem]
) -> tuple[dict[str, str], list[str], list[Problem]]:
    texts: dict[str, str] = {}
    problems = list(problems)
    for name, told in pairs:
        if name in texts:
            problems.append(Problem.REPEATED_SECTION)
        # A form that is repeated before it is filled in says nothing: what comes later counts.
        if name not in texts or (_says_something(told) and not _says_something(texts[name])):
            texts.pop(name, None)
            texts[name] = told
    return texts, list(texts), problems


_KEYS = {
    "video_desc": "scene",
    "facial_exp_desc": "face",
    "body_lang_desc": "body",
    "acoustic_feat": "voice",
    "speech_content": "speech",
    "sentiment_analysis": "reasoning",
    **{name: name for name in (*SECTIONS, LABEL)},
}


def _from_json(text: str) -> Found:
    pairs, problems = read_pairs(text, _KEYS)
    known = [(_KEYS[key], told) for key, told in pairs if key in _KEYS]
    unknown = [Problem.UNKNOWN_SECTION] if len(known) < len(pairs) else []
    return known, [*problems, *unknown]


# --- what an answer is about ---------------------------------------------------------------------

SHORTEST_ECHO = 8
"""Letters; what is shorter may be the same by chance."""

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_MOST_THOUGHTS = 8
_THOUGHT_END = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_REFUSAL = re.compile(
    r"\b(?:i\s*(?:'m|am)\s+(?:sorry|unable|not able)|i\s+(?:can(?:no|')t|cannot|won't)\s+(?:help|assist|"
    r"analy[sz]e|identify|describe|view|watch|access|process|determine)|as an ai)\b"
    r"|(?:抱歉|对不起|很遗憾)[，, ]|作为(?:一个)?(?:人工智能|AI)"
    r"|我(?:无法|不能)(?:分析|查看|观看|识别|提供|处理|访问)",
    re.IGNORECASE,
)


def without_thoughts(raw: str) -> str:
    """The answer without what was thought aloud before it."""
    for _ in range(_MOST_THOUGHTS):
        begun = min((at for at in (first_tag(raw), first_object(raw)) if at is not None), default=len(raw))
        thought = _THOUGHT.search(raw)
        if thought is None or thought.start() > begun:
            break
        raw = raw[: thought.start()] + raw[thought.end() :]
    end = _THOUGHT_END.search(raw)
    # Some servers keep the opening tag to themselves.
    return raw if end is None or begun < end.start() else raw[end.end() :]


def refuses(text: str) -> bool:
    """A refusal opens the answer; the same words later on may describe what a person says."""
    return _REFUSAL.search(text[:200]) is not None


def _says_something(text: str) -> bool:
    """Not blank and not only dots, as in a form that was copied and not filled in."""
    return any(c.isalnum() for c in text)


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _recites(text: str, transcript: str) -> bool:
    """Nothing but the transcript, give or take punctuation."""
    said = _letters(transcript)
    return len(said) >= SHORTEST_ECHO and _letters(text) == said


def _other_language(text: str, asked: Language) -> bool:
    """By script: Chinese text is mostly Han characters, English text has almost none."""
    letters = [c for c in text if c.isalpha()]
    if len(letters) < 8:
        return False
    han = sum("\u4e00" <= c <= "\u9fff" for c in letters) / len(letters)
    # A Han character says about what four Latin letters say: half of the content is a fifth of the letters.
    return han < 0.2 if asked is Language.CHINESE else han >= 0.2


def _once(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems))
