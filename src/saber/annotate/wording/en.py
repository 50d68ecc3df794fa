"""How is it put into English?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from saber.annotate.wording.protocol import Doubt, Follows, Ground, Opinion, Sureness, Time
from saber.core.catalogue import Level
from saber.core.records import Conflict
from saber.core.taxonomy import Emotion, Language, Modality

__all__ = ["English"]

T = TypeVar("T")

MODALITIES = {
    Modality.FACE: "the face",
    Modality.BODY: "the body",
    Modality.VOICE: "the voice",
    Modality.SPEECH: "the words",
}

UNITS = {
    "deg": "degrees",
    "1/s": "per second",
    "ratio": "",
    "intensity": "",
    "count": "",
    "st": "semitones",
}

CONNECTIVES = {
    "first": (),
    "later": ("then", "later", "after that"),
    "meanwhile": ("meanwhile", "at the same time"),
}

COUNTS = {2: "twice", 3: "three times", 4: "four times", 5: "five times"}

NOT_DESCRIBED = {
    "face": "no expression can be described",
    "body": "posture and movement can't be described",
    "voice": "the voice can't be described",
    "speech": "no words can be written down",
    "scene": "the scene can't be described",
}

REASONS = {
    "no_video": "the clip has no picture",
    "no_picture": "the clip has no picture",
    "too_few_frames": "there are too few pictures",
    "too_few_pictures": "there are too few pictures",
    "no_audio": "the clip has no sound",
    "no_sound": "the clip has no sound",
    "digital_silence": "the sound is silent throughout",
    "no_face": "no face is visible",
    "no_body": "no body is visible",
    "no_voice": "no voice is audible",
    "no_speech": "no speech is audible",
    "no_words": "no words were recognised",
    "not_intelligible": "the words can't be made out",
    "too_short": "the stretch is too short to measure",
    "model_missing": "the model for it is not installed",
}

# What stands first says most; only the first whose reasons all apply is told.
PARTS: tuple[tuple[set[str], str], ...] = (
    ({"only_head_visible"}, "The trunk is not visible."),
    ({"shoulders_not_visible"}, "The shoulders are not visible well enough to describe the posture."),
    ({"arms_not_visible", "hips_not_visible"}, "No body is visible below the shoulders."),
    ({"arms_not_visible"}, "The arms are not visible well enough to describe them."),
    ({"too_noisy"}, "The noise is too loud to judge the quality of the voice."),
)

VALENCE = ((0.45, "clearly positive"), (0.15, "mildly positive"), (-0.15, "close to neutral"),
           (-0.45, "mildly negative"), (-1.0, "clearly negative"))  # fmt: skip
AROUSAL = ((0.45, "high"), (0.15, "raised"), (-0.15, "moderate"), (-0.45, "low"), (-1.0, "very low"))
CERTAINTY = ((0.6, "good confidence"), (0.35, "moderate confidence"), (0.0, "low confidence"))
SUGGESTS = ((0.5, ("suggests", "suggest")), (0.35, ("leans towards", "lean towards")),
            (0.0, ("leans slightly towards", "lean slightly towards")))  # fmt: skip

POLES = {"positive": "positive", "negative": "negative", "high": "high", "low": "low"}

SURENESS = {
    "fair": "this reading is fairly clear",
    "some": "this reading is tentative",
    "little": "this reading is uncertain",
}

DOUBTS = {
    "conflict": "the channels disagree",
    "narrow": "the lead over the next emotion is small",
    "spread": "no emotion has half of the probability",
    "weak": "each channel by itself says little",
    "missing": "part of the evidence is missing",
}


class English:
    """Times as "2.1 s", shares as "78%"."""

    language = Language.ENGLISH
    space = " "

    def emotion(self, emotion: Emotion) -> str:
        return emotion.value

    def clause(self, level: Level, value: float | str, unit: str, digits: int, *, most: bool) -> str:
        number = value if isinstance(value, str) else f"{'up to ' if most else ''}{value:.{digits}f}"
        return level.en.format(value=number, unit=UNITS.get(unit, unit)).strip()

    def state(self, clauses: Sequence[str], time: Time, *, hedged: bool, again: bool) -> list[str]:
        when = ("overall" if time.kind == "whole" else "over the same stretch") if again else _when(time)
        return [f"{when}, {_hedge(clauses[0], hedged)}", *clauses[1:]]

    def event(self, clause: str, time: Time, *, hedged: bool, turn: int, follows: Follows) -> str:
        if time.kind == "peak":
            return f"{_hedge(f'at times {clause}', hedged)}, most of all at {_s(time.apex_s or 0.0)}"
        said = _hedge(clause, hedged)
        apex = "" if time.apex_s is None else f", strongest at {_s(time.apex_s)}"
        if time.kind == "times":
            count, when = _times(time)
            return f"{said} {count}{' ' if when.startswith('between') else ', '}{when}{apex}"
        leads = CONNECTIVES[follows]
        lead = [leads[turn % len(leads)]] if leads else []
        if turn % 2:
            return f"{', '.join([*lead, _when(time), said])}{apex}"
        return f"{', '.join([*lead, said])} {_when(time)}{apex}"

    def sentence(self, pieces: Sequence[str]) -> str:
        # The first piece has a comma after its time; another one belongs to a clause.
        nested = "".join(pieces).count(",") > 1 and len(pieces) > 1
        return _capital("; ".join(pieces) if nested else _list(pieces)) + "."

    def modality(self, modality: Modality) -> str:
        return MODALITIES[modality]

    def pole(self, about: str, name: str) -> str:
        return self.emotion(Emotion(name)) if about == "emotion" else POLES[name]

    def why(self, reason: str | None) -> str | None:
        return REASONS.get(reason or "")

    def absence(self, sense: str, reason: str | None) -> str:
        why = self.why(reason)
        return f"{_capital(f'{why}, so {NOT_DESCRIBED[sense]}' if why else NOT_DESCRIBED[sense])}."

    def part_absence(self, reasons: Collection[str]) -> tuple[str, str] | None:
        return next(((min(needed), said) for needed, said in PARTS if needed <= set(reasons)), None)

    def nothing_stands_out(self, sense: str) -> str:
        return f"Nothing was measured well enough, so {NOT_DESCRIBED[sense]}."

    def no_words(self) -> str:
        return "A voice is heard, but no words were recognised."

    def opinion(self, opinion: Opinion) -> str:
        who = MODALITIES[opinion.modality] + (f" (“{opinion.quote}”)" if opinion.quote else "")
        said = f"{who}{_link(opinion)} {_finding(opinion)}"
        if opinion.because:
            said += f", chiefly because {_list([_ground(g) for g in opinion.because])}"
        return _capital(said) + "."

    def no_opinion(self, modalities: Sequence[Modality]) -> str:
        return f"No emotion can be read from {_who(modalities)} alone."

    def left_out(self, absent: Sequence[tuple[Modality, str | None]]) -> str:
        whys = dict.fromkeys(REASONS[reason] for _, reason in absent if reason in REASONS)
        why = f" ({'; '.join(whys)})" if whys else ""
        were = "were" if len(absent) > 1 or absent[0][0] is Modality.SPEECH else "was"
        return f"{_capital(_who([m for m, _ in absent]))} {were} left out{why}."

    def agreement(self, modalities: Sequence[Modality], score: float) -> str:
        return f"{_capital(_who(modalities))} fit together (consistency {score:.2f} of 1)."

    def conflict(self, conflicts: Sequence[Conflict], turn: int) -> str:
        a, b = conflicts[0].between
        when = f"from {_s(conflicts[0].start_s)} to {_s(conflicts[0].end_s)}"
        whats = []
        for conflict in conflicts:
            x, y = (self.pole(conflict.about, said) for said in conflict.says)
            if conflict.about == "emotion":
                whats.append(_two_emotions(conflict))
            elif whats:
                whats.append(f"in {conflict.about}, {x} against {y}")
            else:
                whats.append(
                    f"{MODALITIES[a]} {_verb(a, 'are', 'is')} {x} in {conflict.about}, {MODALITIES[b]} {y}"
                )
        what = "; ".join(whats)
        if turn % 2:
            return f"{_capital(when)}, {_who((a, b))} disagree too: {what}."
        return f"{_capital(_who((a, b)))} disagree {when}: {what}."

    def conflict_note(self, score: float) -> str:
        return (
            f"Such a mismatch (consistency {score:.2f} of 1) can come from irony, politeness, masking or "
            "mixed feelings, or from picture and sound that do not belong together; the clip alone does not "
            "say which."
        )

    def other_speaker(self, clause: str) -> str:
        return f"Face and voice may belong to different people: {clause}."

    def undecided(self, modalities: Sequence[Modality], score: float | None) -> str:
        if len(modalities) < 2:
            only = f"only {_who(modalities)} could be read" if modalities else "no channel could be read"
            return f"Whether the channels agree can't be judged: {only}."
        how = "" if score is None else f" (consistency {score:.2f} of 1)"
        return f"{_capital(_who(modalities))} neither clearly agree nor clearly contradict each other{how}."

    def weights(self, weights: Mapping[Modality, float]) -> str:
        (heaviest, share), *others = weights.items()
        counts = f"{MODALITIES[heaviest]} {_verb(heaviest, 'count', 'counts')} for {_pc(share)}"
        shares = _list([counts, *(f"{MODALITIES[m]} for {_pc(w)}" for m, w in others)])
        return (
            f"In the joint reading {shares}; how much a channel counts follows from the votes of people who "
            "saw, heard or both saw and heard a speaker, and from how sure each reading is."
        )

    def outcome(self, label: Emotion, share: float, second: tuple[Emotion, float] | None) -> str:
        ahead = "" if second is None else f", ahead of {self.emotion(second[0])} ({_pc(second[1])})"
        return f"Taken together, the likeliest reading is {self.emotion(label)} ({_pc(share)}){ahead}."

    def cannot_tell(self, likeliest: Sequence[tuple[Emotion, float]]) -> str:
        near = _list([f"{self.emotion(e)} ({_pc(share)})" for e, share in likeliest])
        why = f": {near} are about equally likely" if near else ""
        return f"What the person feels can't be told from this clip{why}."

    def affect(self, valence: float, arousal: float) -> str:
        return (
            f"Valence is {_band(VALENCE, valence)} ({valence:+.2f}) and arousal {_band(AROUSAL, arousal)} "
            f"({arousal:+.2f}), each on a scale from -1 to 1."
        )

    def sureness(self, sureness: Sureness, doubts: Sequence[Doubt]) -> str:
        link = ", although " if sureness == "fair" else ": "
        why = f"{link}{_list([DOUBTS[d] for d in doubts])}" if doubts else ""
        return f"{_capital(SURENESS[sureness])}{why}."


def _finding(opinion: Opinion) -> str:
    plural = opinion.modality is Modality.SPEECH
    sure = _band(CERTAINTY, opinion.confidence)
    if not opinion.top:
        its = "their" if plural else "its"
        return (
            f"{'do' if plural else 'does'} not point to any one emotion ({sure}); {its} valence is "
            f"{_band(VALENCE, opinion.valence)} and {its} arousal {_band(AROUSAL, opinion.arousal)}"
        )
    (emotion, share), *others = opinion.top
    if others:
        ((other, share_2),) = others
        both = f"{emotion.value} ({_pc(share)}) and {other.value} ({_pc(share_2)})"
        return f"{'leave' if plural else 'leaves'} it open between {both}, with {sure}"
    verb = _band(SUGGESTS, share)[plural]
    if emotion is Emotion.NEUTRAL and share >= SUGGESTS[0][0]:
        verb = "stay close to" if plural else "stays close to"
    return f"{verb} {emotion.value} ({_pc(share)}, {sure})"


def _two_emotions(conflict: Conflict) -> str:
    (a, b), (x, y) = conflict.between, conflict.says
    if Emotion.NEUTRAL not in (x, y):
        return f"{MODALITIES[a]} {_verb(a, 'suggest', 'suggests')} {x}, {MODALITIES[b]} {y}"
    return ", ".join(
        f"{MODALITIES[m]} {_verb(m, 'stay', 'stays')} neutral"
        if said == Emotion.NEUTRAL
        else f"{MODALITIES[m]} {_verb(m, 'suggest', 'suggests')} {said}"
        for m, said in ((a, x), (b, y))
    )


def _link(opinion: Opinion) -> str:
    if opinion.like is not None:
        return f", like {MODALITIES[opinion.like]},"
    its = "their" if opinion.modality is Modality.SPEECH else "its"
    return ("", ", by contrast,", f", for {its} part,")[min(opinion.contrasts, 2)]


def _ground(ground: Ground) -> str:
    time = ground.time
    if time.kind == "times":
        count, when = _times(time)
        return f"{_list(ground.clauses)} {count} ({when})"
    if time.kind == "peak":
        return f"at times {_list(ground.clauses)}"
    return f"{_when(time)} {_list(ground.clauses)}"


def _s(time_s: float) -> str:
    return f"{time_s:.1f} s"


def _pc(share: float) -> str:
    return f"{share:.0%}"


def _when(time: Time) -> str:
    if time.kind == "whole":
        return "over the whole clip"
    if time.kind == "moment":
        return f"at {_s(time.start_s)}"
    return f"from {_s(time.start_s)} to {_s(time.end_s)}"


def _times(time: Time) -> tuple[str, str]:
    """How often, and when."""
    n = len(time.moments_s)
    count = COUNTS.get(n, f"{n} times")
    if n > max(COUNTS):
        return count, f"between {_s(time.start_s)} and {_s(time.end_s)}"
    return count, f"at {_list([f'{t:.1f}' for t in time.moments_s])} s"


def _hedge(clause: str, hedged: bool) -> str:
    return f"it appears that {clause}" if hedged else clause


def _who(modalities: Sequence[Modality]) -> str:
    return _list([MODALITIES[m] for m in modalities])


def _verb(modality: Modality, plural: str, singular: str) -> str:
    return plural if modality is Modality.SPEECH else singular


def _list(items: Sequence[str]) -> str:
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _band(bands: Sequence[tuple[float, T]], value: float) -> T:
    return next(word for at_least, word in bands if value >= at_least)
