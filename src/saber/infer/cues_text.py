"""What does a model read that can neither see nor hear the clip?

Everything that was measured, as lines of text by sense: what may be said of the value, the value with its
unit, when, how sure, and what could not be measured and why. Only numbers, the catalogue's words and the
transcript go in: no file name, nothing of the file itself, and no emotion that some part of this program has
already concluded, for that is what the model is asked for.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from saber.core.catalogue import CATALOGUE, CueSpec, Level, level_of
from saber.core.records import Cue, Cues
from saber.core.taxonomy import Dimension, Language
from saber.infer.cue_line import Line, line_of, plain_name, span_of
from saber.infer.cues_words import WORDS, Words

__all__ = ["ACOUSTIC", "ALL", "CONCLUSIONS", "VISUAL", "Group", "cues_text"]


class Group(StrEnum):
    """What is told together."""

    SCENE = "scene"
    FACE = "face"
    BODY = "body"
    TOGETHER = "together"
    """Measured from sight and sound at once."""
    VOICE = "voice"
    TRANSCRIPT = "transcript"


VISUAL = (Group.SCENE, Group.FACE, Group.BODY)
ACOUSTIC = (Group.VOICE, Group.TRANSCRIPT)
ALL = (*VISUAL, Group.TOGETHER, *ACOUSTIC)

FROM_BOTH = frozenset({"face.speaker", "face.speech_match"})
"""Cues of the face that rest on the sound as well."""

CONCLUSIONS = frozenset({"face.expression", "speech.arousal", "speech.emotion", "speech.valence"})
"""Cues that are themselves a reading of the emotion: a model that is to perceive first does not get them."""

_GROUP_OF = {
    Dimension.SCENE: Group.SCENE,
    Dimension.FACE: Group.FACE,
    Dimension.BODY: Group.BODY,
    Dimension.ACOUSTIC: Group.VOICE,
    Dimension.SPEECH: Group.VOICE,
}
_SENSES_OF = {
    Group.SCENE: ("scene",),
    Group.FACE: ("face",),
    Group.BODY: ("body",),
    Group.TOGETHER: (),
    Group.VOICE: ("voice", "speech"),
}

TRANSCRIPT_SHARE = 3
ABSENCE_SHARE = 10
"""Of the text, one part in this many: for the transcript, and for what is missing in one group."""


def cues_text(
    cues: Cues,
    language: Language,
    groups: Collection[Group] = ALL,
    *,
    longest_chars: int = 12_000,
    catalogue: Mapping[str, CueSpec] = CATALOGUE,
) -> str:
    """The cues of these groups as text of at most `longest_chars` (at least 2,000) characters.

    The same cues give the same text. What does not fit is left out from the least telling on, group by group
    in turn, and the text says how much. Units are explained where they occur.
    """
    words = WORDS[language]
    asked = [g for g in ALL if g in groups]
    spans = {g: _usual_span(_of(cues, g, catalogue), catalogue) for g in asked}
    lines = {g: _lines(cues, g, words, catalogue, spans[g]) for g in asked}
    there = sum(map(len, lines.values()))
    head = [t for t in (_units(cues, asked, words, catalogue), words.usual) if t] if there else []
    headings = {g: f"\n{words.headings[g]}{_heading_span(spans[g], words)}" for g in asked}
    ends = {g: _ending(cues, g, words, longest_chars) for g in asked}
    fixed = [*head, words.left_out.format(n=9999), *headings.values(), *(t for g in asked for t in ends[g])]
    kept = _fitting(lines, longest_chars - sum(len(t) + 1 for t in fixed))
    parts = head
    for group in asked:
        told = [*(line.text for line in kept[group]), *ends[group]]
        parts += [headings[group], *told] if told else []
    left_out = there - sum(map(len, kept.values()))
    return "\n".join([*parts, *[words.left_out.format(n=left_out)] * bool(left_out)]).strip()


def _lines(
    cues: Cues, group: Group, words: Words, catalogue: Mapping[str, CueSpec], usual_span: str
) -> list[Line]:
    """One line for each thing that is so, or that happens once or several times; in the catalogue's order."""
    alike: dict[tuple[str, str, int | None], list[Cue]] = defaultdict(list)
    there = _of(cues, group, catalogue)
    for cue in there:
        spec = catalogue[cue.name]
        if cue.status == "measured" and cue.confidence >= spec.min_confidence:
            # Things that happen are one line, however strong each was; categories are one line each.
            slug = "" if spec.kind == "event" else str(_slug(level_of(spec, cue)))
            alike[cue.name, slug, cue.person].append(cue)
    several_people = len({c.person for c in there if c.person is not None}) > 1
    order = {name: place for place, name in enumerate(catalogue)}

    def place(item: tuple[tuple[str, str, int | None], list[Cue]]) -> tuple[int, int, str]:
        (name, slug, person), _ = item
        return -1 if person is None else person, order[name], slug

    return [
        line_of(catalogue[name], same, words, person if several_people else None, usual_span)
        for (name, _, person), same in sorted(alike.items(), key=place)
    ]


def _usual_span(cues: Iterable[Cue], catalogue: Mapping[str, CueSpec]) -> str:
    """The stretch over which most of the group was measured, so that it need not stand in every line."""
    spans = Counter(
        span_of(c)
        for c in cues
        if c.status == "measured" and catalogue[c.name].kind in ("summary", "category")
    )
    return min(spans, key=lambda span: (-spans[span], span), default="")


def _heading_span(span: str, words: Words) -> str:
    return words.usual_span.format(span=span) if span else ""


def _ending(cues: Cues, group: Group, words: Words, longest_chars: int) -> list[str]:
    """What stands after the group's measurements: what is missing; of the transcript all that is said."""
    if group is Group.TRANSCRIPT:
        return _transcript(cues, words, longest_chars // TRANSCRIPT_SHARE)
    lines: list[str] = []
    room = longest_chars // ABSENCE_SHARE
    for line in _absences(cues, group, words):
        room -= len(line) + 1
        if room < 0:
            lines.append(f"- {words.not_measured}: ...")
            break
        lines.append(line)
    return lines


def _absences(cues: Cues, group: Group, words: Words) -> Iterator[str]:
    """What was looked for and could not be measured, by reason; a sense without anything, in one line."""
    for name in _SENSES_OF[group]:
        sense = cues.of(name)
        if not sense.present:
            yield f"- {words.nothing[name]}: {words.reason(sense.absent_reason)}"
            continue
        why: dict[str, list[str]] = defaultdict(list)
        for cue in sense.cues:
            spec = CATALOGUE.get(cue.name)
            if cue.name in FROM_BOTH | CONCLUSIONS:
                continue
            if cue.status == "absent":
                why[words.reason(cue.reason)].append(plain_name(cue.name))
            elif spec is not None and cue.confidence < spec.min_confidence:
                why[words.unsure].append(plain_name(cue.name))
        for reason, names in sorted(why.items()):
            yield f"- {words.not_measured} ({reason}): {', '.join(sorted(set(names)))}"


def _transcript(cues: Cues, words: Words, longest_chars: int) -> list[str]:
    """What was said, quoted: it is material, whatever it says."""
    heard = cues.transcript
    if heard is None or not heard.text.strip():
        return [f"- {words.no_words}"]
    source = words.transcript.format(language=heard.language, sure=f"{heard.confidence:.2f}")
    times = " ".join(f"{w.start_s:.1f} {w.text.strip()}" for w in heard.words)
    lines = [f"- {source}: {_quoted(heard.text, longest_chars // 2 - len(source), words)}"]
    if times:
        room = longest_chars // 2 - len(words.word_times)
        lines.append(f"- {words.word_times}: {_quoted(times, room, words)}")
    return lines


def _quoted(text: str, longest_chars: int, words: Words) -> str:
    whole = json.dumps(" ".join(text.split()), ensure_ascii=False)
    room = longest_chars - 8
    if len(whole) <= room:
        return whole
    return f'{whole[: room - len(words.cut)].rstrip(chr(92))}" {words.cut}'


def _of(cues: Cues, group: Group, catalogue: Mapping[str, CueSpec]) -> list[Cue]:
    """The measured and the absent cues of that group, without the conclusions."""
    found = []
    for sense in cues.senses:
        for cue in sense.cues:
            spec = catalogue.get(cue.name)
            if spec is None or cue.name in CONCLUSIONS:
                continue
            if group is (Group.TOGETHER if cue.name in FROM_BOTH else _GROUP_OF[spec.dimension]):
                found.append(cue)
    return found


def _units(cues: Cues, groups: Iterable[Group], words: Words, catalogue: Mapping[str, CueSpec]) -> str:
    """What the units mean that are not everybody's."""
    used = {c.unit for g in groups for c in _of(cues, g, catalogue) if c.status == "measured"}
    known = [f"{unit} = {meaning}" for unit, meaning in words.units.items() if unit in used]
    return words.legend.format(units="; ".join(known)) if known else ""


def _fitting(lines: Mapping[Group, Sequence[Line]], room: int) -> dict[Group, list[Line]]:
    """The most telling lines that fit; the group that has said least so far has the next word."""
    waiting = {g: sorted(told, key=lambda x: (x.weight, x.text)) for g, told in lines.items()}
    used = dict.fromkeys(lines, 0)
    kept: set[tuple[Group, Line]] = set()
    while any(waiting.values()):
        group = min((g for g in lines if waiting[g]), key=lambda g: (used[g], ALL.index(g)))
        line = waiting[group].pop()
        size = len(line.text) + 1
        if size > room:
            waiting[group].clear()
            continue
        room -= size
        used[group] += size
        kept.add((group, line))
    return {g: [line for line in told if (g, line) in kept] for g, told in lines.items()}


def _slug(level: Level | None) -> str | None:
    return None if level is None else level.slug
