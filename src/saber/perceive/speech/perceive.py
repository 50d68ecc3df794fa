"""What do the words of a clip say, and what do they suggest about the emotion?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from saber.core.catalogue import absent, measured, spec_of
from saber.core.catalogue.speech import SPECS
from saber.core.errors import MissingPieceError
from saber.core.records import Cue, ModelInfo, Perception, Probs, Reading, Sound, Span, Transcript
from saber.core.taxonomy import EMOTIONS, Modality
from saber.perceive.speech import emotion
from saber.perceive.speech.events import Event
from saber.perceive.speech.hear import Hearing, hear
from saber.perceive.speech.measures import count_kinds, unit_count, units_per_minute
from saber.perceive.speech.sentences import Sentence, SpokenWord, join_words, split_sentences
from saber.perceive.speech.settings import SpeechSettings

__all__ = ["SpeechResult", "perceive_speech"]


@dataclass(frozen=True)
class SpeechResult:
    """What the sense answers."""

    perception: Perception
    transcript: Transcript | None
    """None when nothing was said, or nothing that could be made out. With laughter alone it holds the
    tag, no words, and language `und` (undetermined)."""


@dataclass(frozen=True)
class _Toned:
    """A sentence and the emotion of its words."""

    sentence: Sentence
    probs: Probs
    confidence: float


def perceive_speech(
    sound: Sound | None, activity: Sequence[Span], settings: SpeechSettings | None = None
) -> SpeechResult:
    """The transcript with word times, laughter, and the emotion of the words.

    Args:
        sound: 16 kHz mono; None when the clip has none.
        activity: when somebody speaks, on the clip's clock. Outside it no word is believed.
        settings: None takes the defaults: packaged models, no network.

    Reasons for absence: `no_sound`, `no_voice`, `no_words` (a voice without words), `not_intelligible`
    (what the recogniser wrote is not to be believed), `model_missing`.

    Raises:
        UsageError: the user's own model can't be used.
        WrongWeightsError: a packaged model file is not the tested one.
        MissingPieceError: the model that the user named can't be had.
    """
    settings = settings or SpeechSettings()
    if sound is None or not len(sound.samples):
        return _nothing("no_sound")
    try:
        heard = hear(sound, activity, settings)
    except MissingPieceError:
        if settings.model is not None:
            raise
        return _nothing("model_missing")
    if not heard.words:
        reason = "not_intelligible" if heard.refused else "no_words" if activity else "no_voice"
        return _without_words(heard, reason, sound)
    return _with_words(heard, settings)


def _nothing(reason: str) -> SpeechResult:
    cues = tuple(absent(spec, reason) for spec in SPECS)
    return SpeechResult(Perception(sense="speech", present=False, absent_reason=reason, cues=cues), None)


def _without_words(heard: Hearing, reason: str, sound: Sound) -> SpeechResult:
    laughs = tuple(_laughter(heard, reason, Span(start_s=sound.start_s, end_s=sound.end_s)))
    cues = [*laughs]
    cues += [
        absent(s, reason, sound.start_s, sound.end_s) for s in SPECS if s.name not in {c.name for c in cues}
    ]
    present = bool(heard.events)
    perception = Perception(
        sense="speech",
        present=present,
        absent_reason=None if present else reason,
        cues=tuple(cues),
        models=heard.models,
    )
    if not present:
        return SpeechResult(perception, None)
    text = " ".join(f"<{event.name}>" for event in heard.events)
    confidence = max(event.confidence for event in heard.events)
    return SpeechResult(
        perception,
        Transcript(text=text, language="und", language_prob=0.0, words=(), confidence=confidence),
    )


def _with_words(heard: Hearing, settings: SpeechSettings) -> SpeechResult:
    assert heard.log_prob is not None
    confidence = min(1.0, math.exp(heard.log_prob))
    sentences = split_sentences(heard.words)
    language, language_prob = _main_language(heard)
    span = Span(
        start_s=min(w.word.start_s for w in heard.words), end_s=max(w.word.end_s for w in heard.words)
    )
    toned, emotion_model, why_not = _tones(sentences, confidence, settings)
    overall = _overall(toned, span)
    cues = [
        measured(spec_of("speech.language"), language, span.start_s, span.end_s, confidence=language_prob),
        measured(spec_of("speech.language_prob"), language_prob, span.start_s, span.end_s),
        *_other_languages(heard, language),
        *_counts(sentences, span, confidence),
        *_emotion_cues(toned, overall, span, why_not),
        *_laughter(heard, "none_heard", span),
    ]
    perception = Perception(
        sense="speech",
        present=True,
        cues=tuple(cues),
        overall=overall,
        moments=tuple(_reading(t.probs, t.sentence.span, t.confidence) for t in toned),
        models=heard.models + ((emotion_model,) if emotion_model else ()),
    )
    transcript = Transcript(
        text=_text(heard.words, heard.events),
        language=language,
        language_prob=language_prob,
        words=tuple(w.word for w in heard.words),
        confidence=confidence,
    )
    return SpeechResult(perception, transcript)


def _main_language(heard: Hearing) -> tuple[str, float]:
    """The language of the most spoken seconds, and its probability averaged over them."""
    seconds: dict[str, float] = {}
    weighted: dict[str, float] = {}
    for item in heard.spoken:
        seconds[item.language] = seconds.get(item.language, 0.0) + item.span.duration_s
        weighted[item.language] = weighted.get(item.language, 0.0) + item.prob * item.span.duration_s
    # Only languages in which words came out.
    main = max({w.language for w in heard.words}, key=lambda language: (seconds[language], language))
    return main, min(1.0, weighted[main] / seconds[main])


def _other_languages(heard: Hearing, main: str) -> Iterator[Cue]:
    spec = spec_of("speech.other_language")
    others = [s for s in heard.spoken if s.language != main]
    for item in others:
        yield measured(spec, item.prob, item.span.start_s, item.span.end_s, confidence=item.prob)
    if not others:
        yield absent(spec, "one_language")


def _counts(sentences: Sequence[Sentence], span: Span, confidence: float) -> Iterator[Cue]:
    def cue(name: str, value: float | None, reason: str, sure: float = confidence) -> Cue:
        spec = spec_of(name)
        if value is None:
            return absent(spec, reason, span.start_s, span.end_s)
        return measured(spec, value, span.start_s, span.end_s, confidence=sure)

    yield cue("speech.word_count", sum(unit_count(s.text, s.language) for s in sentences), "")
    yield cue("speech.confidence", confidence, "", 1.0)
    yield cue("speech.words_per_minute", units_per_minute(sentences), "too_short")
    for name, count in count_kinds(sentences).items():
        yield cue(name, count, "language_not_covered")


def _laughter(heard: Hearing, reason: str, span: Span) -> Iterator[Cue]:
    spec = spec_of("speech.laughter")
    for event in heard.events:
        yield measured(
            spec, event.span.duration_s, event.span.start_s, event.span.end_s, confidence=event.confidence
        )
    if not heard.events:
        yield absent(spec, reason if heard.events_heard else "model_missing", span.start_s, span.end_s)


def _tones(
    sentences: Sequence[Sentence], confidence: float, settings: SpeechSettings
) -> tuple[tuple[_Toned, ...], ModelInfo | None, str]:
    """The emotion of each sentence in a language that was checked; else none, and why (a slug)."""
    known = [s for s in sentences if s.language in emotion.LANGUAGES]
    if not known:
        return (), None, "language_not_covered"
    try:
        model = emotion.load(settings.text_model)
    except MissingPieceError:
        return (), None, "model_missing"
    probs = emotion.emotions_of([s.text for s in known], model)
    sure = emotion.VALIDITY * confidence
    return tuple(_Toned(s, p, sure) for s, p in zip(known, probs, strict=True)), model.info, ""


def _overall(toned: Sequence[_Toned], span: Span) -> Reading | None:
    """The mean over sentences, weighted by their number of words."""
    if not toned:
        return None
    weights = [unit_count(t.sentence.text, t.sentence.language) or 1 for t in toned]
    total = sum(weights)
    mean = {e: sum(w * t.probs[e] for w, t in zip(weights, toned, strict=True)) / total for e in EMOTIONS}
    norm = sum(mean.values())
    return _reading({e: p / norm for e, p in mean.items()}, span, toned[0].confidence)


def _reading(probs: Probs, span: Span, confidence: float) -> Reading:
    valence, arousal = emotion.affect_of(probs)
    return Reading(
        modality=Modality.SPEECH,
        start_s=span.start_s,
        end_s=span.end_s,
        probs=probs,
        valence=valence,
        arousal=arousal,
        confidence=confidence,
        rests_on=("speech.emotion",),
    )


def _emotion_cues(
    toned: Sequence[_Toned], overall: Reading | None, span: Span, why_not: str
) -> Iterator[Cue]:
    """Label, valence and arousal of the whole, then the label of each sentence where there are several."""
    names = ("speech.emotion", "speech.valence", "speech.arousal")
    if overall is None:
        for name in names:
            yield absent(spec_of(name), why_not, span.start_s, span.end_s)
        return
    yield _label(overall.probs, span, overall.confidence)
    for name, value in zip(names[1:], (overall.valence, overall.arousal), strict=True):
        yield measured(
            spec_of(name), value, span.start_s, span.end_s, confidence=overall.confidence / emotion.VALIDITY
        )
    if len(toned) > 1:
        for item in toned:
            yield _label(item.probs, item.sentence.span, item.confidence)


def _label(probs: Probs, span: Span, confidence: float) -> Cue:
    """The likeliest emotion; its confidence is its probability, less what was not heard right."""
    top = max(EMOTIONS, key=lambda e: probs[e])
    return measured(
        spec_of("speech.emotion"),
        top.value,
        span.start_s,
        span.end_s,
        confidence=probs[top] * min(1.0, confidence / emotion.VALIDITY),
    )


def _text(words: Sequence[SpokenWord], events: Sequence[Event]) -> str:
    """The transcript with each tag before the first word that begins after it."""
    text = ""
    waiting = sorted(events, key=lambda e: e.span.start_s)
    run: list[SpokenWord] = []
    for word in words:
        while waiting and waiting[0].span.start_s <= word.word.start_s:
            text += join_words(run) + f" <{waiting.pop(0).name}> "
            run = []
        run.append(word)
    text += join_words(run) + "".join(f" <{event.name}>" for event in waiting)
    return text.strip()
