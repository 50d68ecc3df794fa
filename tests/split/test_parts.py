"""Is what a corpus says of a whole film kept from its parts, and do all go the same way wherever it lies?"""

from __future__ import annotations

from dataclasses import replace

from saber.core.dataset import Source
from saber.core.taxonomy import Emotion, Modality
from saber.split.components import components
from saber.split.roster import Roster
from saber.split.settings import SplitSettings
from split.dataset import annotated, clip


def test_a_label_of_the_whole_is_not_one_of_its_parts() -> None:
    whole = clip("film", speaker="s", label=Emotion.ANGER, first=annotated(emotion=Emotion.FEAR))
    roster = Roster(SplitSettings())
    for item in (whole, replace(whole, id="a/film#t=1.00-3.00")):
        roster.add(item)
    assert [roster.emotions.words[code] for code in roster.emotion] == ["anger", "fear"]
    assert roster.speaker[0] == roster.speaker[1]
    assert roster.file[0] == roster.file[1]


def test_what_holds_for_a_part_is_told_apart() -> None:
    whole = Source(
        id="a/film", corpus="a", path="film.mp4", speaker="a:s", group="a:g", language="en", terms="own",
        transcript="All of it.", label=Emotion.ANGER, label_said="ang", label_from="annotators",
        unimodal={Modality.FACE: Emotion.ANGER}, extra={"valence": 0.2},
    )  # fmt: skip
    assert whole.holding_for("a/film") is whole
    part = whole.holding_for("a/film#t=1.00-3.00")
    assert (part.speaker, part.group, part.language, part.path) == ("a:s", "a:g", "en", "film.mp4")
    assert (part.transcript, part.label, part.label_said, part.label_from) == (None, None, None, None)
    assert (part.unimodal, part.extra) == ({}, {})


def test_where_a_clip_lies_does_not_decide_where_it_goes() -> None:
    def places(folder: str) -> list[float]:
        roster = Roster(SplitSettings())
        for number in range(20):
            roster.add(clip(str(number), file=f"{folder}/{number}.mp4"))
        found = components(roster, 0)
        return found.place[found.of_clip].tolist()

    assert len(set(places("/old"))) == 20
    assert places("/old") == places("/new")
