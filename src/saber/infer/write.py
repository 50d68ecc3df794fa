"""How does a model write a clip's annotation: in one request, in three, or with the user's own prompt?

    Cues (+ media) -question-> Request -Caller-> Reply -read_answer-> Annotation, or why there is none

An answer that can't be used is asked for again, differently, a few times; then it is recorded as what it is.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from saber.core.errors import UsageError
from saber.core.records import Cues
from saber.core.taxonomy import Language
from saber.infer.conversation import Conversation, Ending, OnText, outcome_of
from saber.infer.material import Gatherer, Material, Stage
from saber.infer.prompt import RELEASED, PromptInfo, info_of, own_prompt
from saber.infer.prose import JOINT, read_prose
from saber.infer.question import Question
from saber.infer.released import read_released
from saber.infer.settings import InferSettings
from saber.infer.source import MediaSource
from saber.infer.written import Outcome, Written
from saber.models import Caller, Request
from saber.sed import FATAL, LABEL, SECTIONS, Answer, Problem, annotation_of, read_answer

__all__ = ["own_request", "prompt_used", "write_annotation", "write_annotation_async"]


def prompt_used(settings: InferSettings, language: Language) -> PromptInfo:
    """Which prompt these settings ask with. UsageError when the user's own can't be read."""
    if settings.prompt_file is not None:
        return own_prompt(settings.prompt_file)[1]
    return info_of(settings.mode, language)


def write_annotation(
    cues: Cues,
    media: MediaSource | None,
    caller: Caller,
    settings: InferSettings | None = None,
    language: Language = Language.ENGLISH,
    on_text: OnText | None = None,
) -> Written:
    """What the model writes of this clip, validated.

    Args:
        cues: everything that was measured in the clip.
        media: where pictures and sound come from; None sends none, whatever the settings allow.
        caller: the model, with its budget, pace, patience and cache.
        settings: how it is asked.
        language: to write in.
        on_text: gets the answer piece by piece as it is written: the first attempt of mode `one`, and of a
            prompt of one's own.

    A model that fails is a result (`Written.outcome`), no exception. Raises UsageError (settings that don't
    fit the model) and ClipError (media that can't be read again). Inside an event loop use the other form.
    """
    return caller.run(write_annotation_async(cues, media, caller, settings, language, on_text))


async def write_annotation_async(
    cues: Cues,
    media: MediaSource | None,
    caller: Caller,
    settings: InferSettings | None = None,
    language: Language = Language.ENGLISH,
    on_text: OnText | None = None,
) -> Written:
    """As `write_annotation`, for many clips at once in one event loop; the caller's pace bounds them."""
    writing = _Writing(cues, media, caller, settings or InferSettings(), language)
    return await writing.run(on_text)


class _Writing:
    """One clip's annotation in the making."""

    def __init__(
        self,
        cues: Cues,
        media: MediaSource | None,
        caller: Caller,
        settings: InferSettings,
        language: Language,
    ) -> None:
        self._cues = cues
        self._model = caller.model
        self._settings = settings
        self._language = language
        self._gatherer = Gatherer(cues.clip, media, caller.model, settings)
        # What was recognised, word for word; "" when nobody speaks.
        self._recognised = cues.transcript.text if cues.transcript else ""
        self._talk = Conversation(caller, language, settings.retries, self._recognised)

    async def run(self, on_text: OnText | None) -> Written:
        if self._settings.prompt_file is not None:
            return await self._own(*own_prompt(self._settings.prompt_file), on_text)
        info = prompt_used(self._settings, self._language)
        if self._settings.mode == "staged":
            return await self._staged(info)
        question = await self._question(Stage.ONE)
        ending = await self._talk.ask(question, on_text)
        return self._written(info, "one", ending, ending.texts, heard=question.material.heard)

    async def _staged(self, info: PromptInfo) -> Written:
        """Sight and sound at the same time: neither needs the other, and neither may know of the other."""
        questions = [await self._question(stage) for stage in (Stage.VISUAL, Stage.ACOUSTIC)]
        endings = list(await asyncio.gather(*(self._talk.ask(q) for q in questions)))
        heard = questions[1].material.heard
        texts: dict[str, str] = {} if heard else {"speech": self._recognised}
        for ending in endings:
            texts |= ending.texts
        if all(e.outcome is Outcome.OK for e in endings):
            endings.append(await self._talk.ask(await self._question(Stage.REASONING, dict(texts))))
            texts |= endings[-1].texts
        ending = next((e for e in endings if e.outcome is not Outcome.OK), endings[-1])
        problems = tuple(dict.fromkeys(p for e in endings for p in e.problems))
        return self._written(info, "staged", replace(ending, problems=problems), texts, heard=heard)

    async def _own(self, text: str, info: PromptInfo, on_text: OnText | None) -> Written:
        """The user's prompt, word for word, with the media; asked once, for it can't be put differently."""
        material = await asyncio.to_thread(self._gatherer.gather, Stage.OWN)
        request = own_request(text, material, self._settings)
        reply, ending = await self._talk.call(Stage.OWN, 1, request, material, on_text)
        texts: dict[str, str] = {}
        released = info.version == RELEASED
        if reply is not None:
            texts, problems = _read_own(reply.text, released=released)
            if reply.cut_off and Problem.CUT_OFF not in problems:
                problems = (*problems, Problem.CUT_OFF)  # prose does not show where it was to end
            self._talk.note(Stage.OWN, 1, request, reply, problems)
            ending = Ending(outcome_of(problems), problems=problems)
        return self._written(info, RELEASED if released else "own", ending, texts, heard="speech" in texts)

    async def _question(self, stage: Stage, evidence: dict[str, str] | None = None) -> Question:
        material = Material()
        if stage is not Stage.REASONING:
            # Decoding waits for another process; other clips' answers come in meanwhile.
            material = await asyncio.to_thread(self._gatherer.gather, stage)
        return Question(
            stage, self._cues, material, self._language, self._settings, self._model.constrains, evidence
        )

    def _written(
        self, info: PromptInfo, mode: str, ending: Ending, texts: dict[str, str], *, heard: bool
    ) -> Written:
        annotation = None
        said = ""
        if ending.outcome is Outcome.OK:
            annotation = annotation_of(texts if heard else {**texts, "speech": self._recognised})
            said = texts.get(LABEL, "")
        return Written(
            outcome=ending.outcome,
            annotation=annotation,
            emotion=Answer("", {LABEL: said}, None, ()).emotion,
            emotion_said=said,
            speech_from="model" if heard else "recogniser",
            problems=tuple(str(p) for p in ending.problems),
            reason=ending.reason or ending.outcome.value,
            message=ending.message or self._sentence(ending),
            attempts=tuple(self._talk.attempts),
            prompt=info,
            mode=mode,
            model=self._model.spec,
            sent=self._talk.sent(),
        )

    def _sentence(self, ending: Ending) -> str:
        model, tries = self._model.spec, len(self._talk.attempts)
        wrong = ", ".join(p for p in ending.problems if p in FATAL)
        return {
            Outcome.OK: "",
            Outcome.REFUSED: f"{model} declined to describe the clip.",
            Outcome.NOT_STRUCTURED: f"{model} answered in prose that does not fall into the six dimensions.",
        }.get(ending.outcome, f"{model} gave no usable answer in {tries} attempts ({wrong}).")


def own_request(text: str, material: Material, settings: InferSettings) -> Request:
    """The user's own prompt with the media. UsageError without media: it would ask about nothing."""
    if not material.media:
        raise UsageError(
            "A prompt of your own goes with media, and nothing may leave that the model takes.",
            remedy="Use --send frames or --send media, and state what the model takes.",
        )
    return Request(user=text, media=material.media, sampling=settings.sampling())


def _read_own(raw: str, *, released: bool) -> tuple[dict[str, str], tuple[str, ...]]:
    """Sections of a free answer and its problems: by its form if it has one, by its headings otherwise."""
    needed = [s for s in SECTIONS if s != "speech"]
    answer = read_answer(raw, expect=needed)
    if answer.texts or Problem.NOT_STRUCTURED not in answer.problems:
        return answer.texts, answer.problems
    if released:
        texts, found = read_released(raw)
    else:
        texts, joint = read_prose(raw)
        found = (JOINT,) if joint else ()
    return texts, found if set(needed) <= set(texts) else (*answer.problems, *found)
