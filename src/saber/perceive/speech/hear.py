"""Which words are said when, in which language, and where does somebody laugh?"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from saber.core.errors import MissingPieceError
from saber.core.records import ModelInfo, Sound, Span, Word
from saber.core.transcripts import simplified
from saber.perceive.speech.events import Event, confirm, laugh_runs, split_descriptions
from saber.perceive.speech.guards import refusal, said_inside
from saber.perceive.speech.language import Spoken, languages_of
from saber.perceive.speech.recogniser import Heard, Recogniser, load
from saber.perceive.speech.sentences import SpokenWord
from saber.perceive.speech.settings import SpeechSettings
from saber.perceive.speech.stretches import Excerpt, excerpt, join_spans, loud_gaps

__all__ = ["Hearing", "hear"]

ENGLISH, ANY = "speech_recognition_en", "speech_recognition"
_WINDOW_S = 28.0
"""Stretches are given to the recogniser together up to this length: it works on 30 s at a time."""
_EVENT_FLOOR_DBFS = -45.0
_EVENT_BELOW_VOICE_DB = 20.0
_MOST_EVENTS = 4
"""Own choices: what is softer is not heard as part of the scene, and a quiet clip costs nothing."""
_UNSPACED = ("zh", "ja", "yue", "th")


@dataclass(frozen=True)
class Hearing:
    """Everything that was heard. No words and no refusals: nothing was said."""

    words: tuple[SpokenWord, ...]
    spoken: tuple[Spoken, ...]
    log_prob: float | None
    """Mean log-probability of the words, weighted by their number; None without words."""
    refused: tuple[str, ...]
    """Why runs of words were not believed (slugs)."""
    events: tuple[Event, ...]
    events_heard: bool
    """False: the models to hear sound events with are not installed, or it was not asked for."""
    models: tuple[ModelInfo, ...]


def hear(sound: Sound, activity: Sequence[Span], settings: SpeechSettings) -> Hearing:
    """The words inside the voice activity, and laughter anywhere.

    Raises MissingPieceError, UsageError and WrongWeightsError of the models that are needed.
    """
    stretches = join_spans(activity, sound)
    used: dict[str, ModelInfo] = {}
    words: list[SpokenWord] = []
    refused: list[str] = []
    candidates: list[Span] = []
    log_prob_sum = 0.0
    spoken = _languages(sound, stretches, settings, used) if stretches else ()
    for language, window in _windows(spoken):
        recogniser = _for_language(language, settings)
        used.setdefault(recogniser.info.role, recogniser.info)
        piece = excerpt(sound, window)
        for heard in recogniser.transcribe(piece.samples, language, settings.beam_size):
            heard, sounds = _without_descriptions(heard, piece)
            candidates.extend(sounds)
            reason = refusal(heard, language)
            if reason is not None:
                refused.append(reason)
                continue
            kept = _place(heard, piece, activity, language)
            words.extend(kept)
            log_prob_sum += heard.log_prob * len(kept)
    events, events_heard = _events(sound, candidates, stretches, settings, used)
    log_prob = log_prob_sum / len(words) if words else None
    return Hearing(
        words=tuple(w for w in sorted(words, key=lambda w: w.word.start_s) if not _laughed(w, events)),
        spoken=spoken,
        log_prob=log_prob,
        refused=tuple(r for r in refused if r != "empty"),
        events=events,
        events_heard=events_heard,
        models=tuple(used.values()),
    )


def _languages(
    sound: Sound, stretches: Sequence[Span], settings: SpeechSettings, used: dict[str, ModelInfo]
) -> tuple[Spoken, ...]:
    if settings.language is not None:
        return tuple(Spoken(span, settings.language, 1.0) for span in stretches)
    judge = load(ANY, settings.model, settings.device, settings.threads)
    used.setdefault(judge.info.role, judge.info)
    return languages_of(stretches, lambda spans: judge.languages(excerpt(sound, spans).samples))


def _for_language(language: str, settings: SpeechSettings) -> Recogniser:
    """The user's model for everything; else the small English one for English, where it is no worse
    than the multilingual one and three times faster."""
    if settings.model is None and language == "en":
        try:
            return load(ENGLISH, None, settings.device, settings.threads)
        except MissingPieceError:
            return load(ANY, None, settings.device, settings.threads)
    return load(ANY, settings.model, settings.device, settings.threads)


def _windows(spoken: Sequence[Spoken]) -> list[tuple[str, list[Span]]]:
    """Runs of stretches in one language, cut so that each but a single long stretch fits the model."""
    found: list[tuple[str, list[Span]]] = []
    for language, run in itertools.groupby(spoken, key=lambda s: s.language):
        window: list[Span] = []
        for item in run:
            if window and sum(s.duration_s for s in window) + item.span.duration_s > _WINDOW_S:
                found.append((language, window))
                window = []
            window.append(item.span)
        found.append((language, window))
    return found


def _without_descriptions(heard: Heard, piece: Excerpt) -> tuple[Heard, list[Span]]:
    """The run without descriptions of sounds, and where in the clip there may be laughter."""
    texts = [word.text for word in heard.words]
    places: list[Span] = []
    dropped: set[int] = set()
    for first, last in split_descriptions(texts):
        dropped.update(range(first, last))
        places.append(piece.in_clip(heard.words[first].start_s, heard.words[last - 1].end_s))
    rest = tuple(
        word
        for i, word in enumerate(heard.words)
        if i not in dropped and word.text.strip() not in ("-", "–", "")
    )
    # Laughter spelled out stays among the words until it is confirmed.
    for first, last in laugh_runs([word.text for word in rest]):
        places.append(piece.in_clip(rest[first].start_s, rest[last - 1].end_s))
    return Heard(rest, heard.log_prob, heard.no_speech_prob, heard.compression_ratio), places


def _place(heard: Heard, piece: Excerpt, activity: Sequence[Span], language: str) -> list[SpokenWord]:
    """The run's words on the clip's clock; those outside voice activity are left out."""
    placed: list[SpokenWord] = []
    for word in heard.words:
        span = piece.in_clip(word.start_s, word.end_s)
        if not said_inside(word, span, activity):
            continue
        span = _inside_activity(span, activity)
        text = word.text.strip()
        placed.append(
            SpokenWord(
                Word(
                    text=simplified(text) if language == "zh" else text,
                    start_s=span.start_s,
                    end_s=span.end_s,
                    prob=word.prob,
                ),
                language,
                spaced=word.text[:1].isspace() or (language not in _UNSPACED and not placed),
            )
        )
    return placed


def _inside_activity(span: Span, activity: Sequence[Span]) -> Span:
    """The word without the silence that Whisper adds to the first and last words of a phrase.

    A word that meets no voice activity keeps its times.
    """
    met = [s for s in activity if s.start_s < span.end_s and s.end_s > span.start_s]
    if not met:
        return span
    return Span(
        start_s=max(span.start_s, min(s.start_s for s in met)),
        end_s=min(span.end_s, max(s.end_s for s in met)),
    )


def _events(
    sound: Sound,
    candidates: Sequence[Span],
    stretches: Sequence[Span],
    settings: SpeechSettings,
    used: dict[str, ModelInfo],
) -> tuple[tuple[Event, ...], bool]:
    if not settings.sound_events:
        return (), False
    gaps = loud_gaps(
        sound,
        stretches,
        min_s=0.6,
        floor_dbfs=_EVENT_FLOOR_DBFS,
        below_voice_db=_EVENT_BELOW_VOICE_DB,
        most=_MOST_EVENTS,
    )
    places = sorted({(s.start_s, s.end_s): s for s in (*candidates, *gaps)}.values(), key=lambda s: s.start_s)
    if not places:
        return (), True
    try:
        pair = [load(role, None, settings.device, settings.threads) for role in (ENGLISH, ANY)]
    except MissingPieceError:
        return (), False
    for recogniser in pair:
        used.setdefault(recogniser.info.role, recogniser.info)

    def captions(span: Span) -> Iterator[str]:
        samples = excerpt(sound, [span]).samples
        # One after the other: the second model is asked only where the first one heard a laugh.
        return (recogniser.caption(samples) for recogniser in pair)

    return confirm(places, captions), True


def _laughed(word: SpokenWord, events: Sequence[Event]) -> bool:
    """Whether the word is spelled-out laughter inside a confirmed laugh."""
    middle = (word.word.start_s + word.word.end_s) / 2
    return bool(laugh_runs([word.word.text], min_notes=1)) and any(
        event.span.start_s <= middle <= event.span.end_s for event in events
    )
