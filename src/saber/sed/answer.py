"""What did a model answer, and what is wrong with it?

Models wrap answers in fences, think aloud before them, leave trailing commas, swap sections, repeat
them, stop in the middle, answer in another language, refuse, or recite the transcript. Whatever can be
read is read; everything that is not as asked is named, so that a retry can ask differently and a
record can say what it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from saber.core.records import Annotation
from saber.core.taxonomy import Emotion, Language, emotion_from
from saber.sed.text import GROUPS, LABEL, SECTIONS, annotation_of, unescape

__all__ = ["Answer", "Problem", "read_answer"]


class Problem(StrEnum):
    """Stable slugs. An answer with one of `FATAL` is not an annotation."""

    EMPTY = "empty"
    REFUSAL = "refusal"
    NOT_STRUCTURED = "not_structured"
    MISSING_SECTION = "missing_section"
    """A section that was asked for is not there, or says nothing (only the speech may be empty)."""
    CUT_OFF = "cut_off"
    WRONG_LANGUAGE = "wrong_language"
    ECHO = "echo"
    """A section only repeats the transcript, or begins by reciting the request."""
    SWAPPED_ORDER = "swapped_order"
    REPEATED_SECTION = "repeated_section"
    UNKNOWN_SECTION = "unknown_section"
    REPAIRED = "repaired"
    """The JSON was not valid as written (a trailing comma, a raw line break) and was read all the same."""


FATAL = frozenset(
    {
        Problem.EMPTY,
        Problem.REFUSAL,
        Problem.NOT_STRUCTURED,
        Problem.MISSING_SECTION,
        Problem.CUT_OFF,
        Problem.WRONG_LANGUAGE,
        Problem.ECHO,
    }
)


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
    text = _without_thoughts(raw).strip()
    problems: list[Problem] = []
    if not text:
        return Answer(raw, {}, None, (Problem.EMPTY,))
    texts, order, found = _sections(text)
    problems += found
    if not texts:
        problems.append(Problem.REFUSAL if _refuses(text) else Problem.NOT_STRUCTURED)
        return Answer(raw, {}, None, _once(problems))
    missing = [n for n in wanted if n not in texts or (n != "speech" and not _says_something(texts[n]))]
    if missing and Problem.CUT_OFF not in problems:
        problems.append(Problem.MISSING_SECTION)
    if [n for n in order if n in SECTIONS] != [n for n in SECTIONS if n in order]:
        problems.append(Problem.SWAPPED_ORDER)
    described = [texts[name] for name in wanted if name in texts and name != "speech"]
    if described and all(_refuses(t) for t in described):
        problems.append(Problem.REFUSAL)
    asked = [_letters(i) for i in instructions if len(_letters(i)) >= SHORTEST_ECHO]
    if any(_recites(t, transcript) or _letters(t).startswith(tuple(asked)) for t in described):
        problems.append(Problem.ECHO)
    if language is not None and _other_language(" ".join(described), language):
        problems.append(Problem.WRONG_LANGUAGE)
    whole = annotation_of(texts) if all(name in texts for name in SECTIONS) else None
    return Answer(raw, texts, whole, _once(problems))


def _sections(text: str) -> tuple[dict[str, str], list[str], list[Problem]]:
    """Section texts, the order in which they came, and problems.

    An answer that begins as an object is one, though its texts may quote tags; in any other, tags come first.
    """
    first, second = (_from_json, _from_tags) if text.startswith("{") else (_from_tags, _from_json)
    read = first(text)
    return read if any(name in SECTIONS for name in read[0]) else second(text)


# --- tags ----------------------------------------------------------------------------------------

_TAG = re.compile(r"<(/?)(" + "|".join((*SECTIONS, *GROUPS, LABEL)) + r")>", re.IGNORECASE)


def _from_tags(text: str) -> tuple[dict[str, str], list[str], list[Problem]]:
    texts: dict[str, str] = {}
    order: list[str] = []
    problems: list[Problem] = []
    position = 0
    while opening := _TAG.search(text, position):
        name = opening[2].lower()
        position = opening.end()
        if opening[1] or name in GROUPS:
            continue
        closing = re.compile(f"</{name}>", re.IGNORECASE).search(text, position)
        if closing is None:
            # No end: either the answer was cut off here, or the tag was forgotten and another one follows.
            following = _TAG.search(text, position)
            if following is None:
                problems.append(Problem.CUT_OFF)
                break
            problems.append(Problem.REPAIRED)
            end = next_position = following.start()
        else:
            end, next_position = closing.start(), closing.end()
        if name in texts:
            problems.append(Problem.REPEATED_SECTION)
        else:
            texts[name] = unescape(text[position:end])
            order.append(name)
        position = next_position
    return texts, order, problems


# --- JSON ----------------------------------------------------------------------------------------

_KEYS = {
    "video_desc": "scene",
    "facial_exp_desc": "face",
    "body_lang_desc": "body",
    "acoustic_feat": "voice",
    "speech_content": "speech",
    "sentiment_analysis": "reasoning",
    **{name: name for name in (*SECTIONS, LABEL)},
}
_GROUP_KEYS = {"audio_desc", *GROUPS}


def _from_json(text: str) -> tuple[dict[str, str], list[str], list[Problem]]:
    problems: list[Problem] = []
    start = text.find("{")
    if start < 0:
        return {}, [], []
    pairs, notes = _Reader(text, start).read()
    problems += notes
    texts: dict[str, str] = {}
    order: list[str] = []
    for key, value in pairs:
        name = _KEYS.get(key)
        if name is None:
            problems.append(Problem.UNKNOWN_SECTION)
        elif name in texts:
            problems.append(Problem.REPEATED_SECTION)
        else:
            texts[name] = value
            order.append(name)
    return texts, order, problems


_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


class _Reader:
    """Reads `"key": "value"` pairs of nested objects, also where a strict parser would give up.

    A strict parse comes first: only what it refuses is repaired, so that valid JSON is never reinterpreted.
    """

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._start = start

    def read(self) -> tuple[list[tuple[str, str]], list[Problem]]:
        try:
            value, _ = json.JSONDecoder(object_pairs_hook=_Pairs).raw_decode(self._text, self._start)
        except json.JSONDecodeError:
            return self._read_leniently()
        return list(_flatten(value)), []

    def _read_leniently(self) -> tuple[list[tuple[str, str]], list[Problem]]:
        text, position = self._text, self._start
        pairs: list[tuple[str, str]] = []
        while key := _STRING.search(text, position):
            colon = re.compile(r"\s*:\s*").match(text, key.end())
            if colon is None:
                position = key.end()
                continue
            position = colon.end()
            if text[position : position + 1] != '"':
                continue  # an object, a number, null: its own keys come next
            value = _STRING.match(text, position)
            if value is None:
                return pairs, [Problem.CUT_OFF]
            pairs.append((_unquote(key[1]), _unquote(value[1])))
            position = value.end()
        closed = text.count("}", self._start) >= text.count("{", self._start)
        return pairs, [Problem.REPAIRED] if closed else [Problem.CUT_OFF]


class _Pairs(list[tuple[str, object]]):
    """A JSON object with its keys in order, repeated ones included."""


def _flatten(value: object) -> Iterable[tuple[str, str]]:
    if not isinstance(value, _Pairs):
        return
    for key, item in value:
        if isinstance(item, _Pairs):
            yield from _flatten(item)
        elif isinstance(item, str):
            yield key, item
        elif isinstance(item, list) and all(isinstance(x, str) for x in item):
            yield key, " ".join(item)


def _unquote(inner: str) -> str:
    """A JSON string's text; raw line breaks and unknown escapes, which strict JSON forbids, are kept."""
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except json.JSONDecodeError:
        return inner


# --- what an answer is about ---------------------------------------------------------------------

SHORTEST_ECHO = 8
"""Letters; what is shorter may be the same by chance."""

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_REFUSAL = re.compile(
    r"\b(?:i\s*(?:'m|am)\s+(?:sorry|unable|not able)|i\s+(?:can(?:no|')t|cannot|won't)\s+(?:help|assist|"
    r"analy[sz]e|identify|describe|view|watch|access|process|determine)|as an ai)\b"
    r"|(?:抱歉|对不起|很遗憾)[，, ]|作为(?:一个)?(?:人工智能|AI)"
    r"|我(?:无法|不能)(?:分析|查看|观看|识别|提供|处理|访问)",
    re.IGNORECASE,
)


def _without_thoughts(raw: str) -> str:
    return _THOUGHT.sub("", raw)


def _refuses(text: str) -> bool:
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
