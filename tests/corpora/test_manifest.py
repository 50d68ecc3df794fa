"""Is a manifest read as it is meant, and every mistake in it named by its row?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus_trees import write
from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.core.taxonomy import Emotion, Modality
from saber.corpora import Notes, SourceSettings, sources


def read(folder: Path, file: str, text: str, **said: str) -> tuple[list[Source], Notes]:
    """`text` as the manifest `file`, beside a.mp4 and deep/b.mp4; without these files' sizes and times."""
    write(folder / "a.mp4", "media")
    write(folder / "deep/b.mp4", "media")
    write(folder / file, text)
    notes = Notes()
    settings = SourceSettings(folder / file, corpus="manifest", **said)
    unmarked = {"size_bytes": None, "modified_at": None}
    return [source.model_copy(update=unmarked) for source in sources([settings], notes)], notes


FULL = {
    "id": "first",
    "path": "a.mp4",
    "start_s": "0.5",
    "end_s": "2",
    "speaker": "Ada",
    "group": "film 1",
    "language": "en",
    "transcript": 'She said "no", twice.',
    "label": "joy",
    "label_from": "annotators",
    "terms": "own",
    "label.face": "joy",
    "label.voice": "excited",
    "extra.valence": "0.4",
}


def row(splitter: str) -> str:
    cells = ['"' + cell.replace('"', '""') + '"' for cell in FULL.values()]
    return splitter.join(FULL) + "\n" + splitter.join(cells) + "\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("clips.csv", row(",")),
        ("clips.csv", "\ufeff" + row(",")),
        ("clips.csv", row(",").replace("\n", "\r\n")),
        ("clips.CSV", row(",").replace("start_s,", " start_s ,")),
        ("clips.tsv", row("\t")),
        ("clips.jsonl", json.dumps(FULL) + "\n\n"),
        ("clips.jsonl", "\ufeff" + json.dumps({**FULL, "start_s": 0.5, "end_s": 2})),
    ],
    ids=["csv", "byte order mark", "Windows", "spaces in heading", "tsv", "jsonl", "jsonl with numbers"],
)
def test_every_column(name: str, text: str, tmp_path: Path) -> None:
    (source,), notes = read(tmp_path, name, text)
    assert source == Source(
        id="manifest/first",
        corpus="manifest",
        path=str(tmp_path / "a.mp4"),
        start_s=0.5,
        end_s=2.0,
        speaker="manifest:Ada",
        group="manifest:film 1",
        language="en",
        transcript='She said "no", twice.',
        label=Emotion.HAPPINESS,
        label_said="joy",
        label_from="annotators",
        terms="own",
        unimodal={Modality.FACE: Emotion.HAPPINESS},
        extra={"valence": "0.4", "label.voice": "excited"},
    )
    assert notes == Notes()


def test_what_is_not_said_comes_from_the_source_or_stays_unknown(tmp_path: Path) -> None:
    text = "path,speaker,label,transcript\ndeep/b.mp4,,,\na.mp4,Ada,excited,\n"
    found, _ = read(tmp_path, "clips.csv", text, name="mine", language="fr", terms="own")
    assert found == [
        Source(
            id="mine/a.mp4",
            corpus="manifest",
            path=str(tmp_path / "a.mp4"),
            speaker="mine:Ada",
            language="fr",
            label=None,
            label_said="excited",
            terms="own",
        ),
        Source(
            id="mine/deep/b.mp4",
            corpus="manifest",
            path=str(tmp_path / "deep/b.mp4"),
            language="fr",
            terms="own",
        ),
    ]


def test_paths_are_relative_to_the_manifest_or_absolute(tmp_path: Path) -> None:
    text = f"path\n../a.mp4\n{tmp_path / 'deep/b.mp4'}\ngone.mp4\n"
    write(tmp_path / "a.mp4", "media")
    found, notes = read(tmp_path / "lists", "clips.csv", text.replace("../a.mp4", "a.mp4"))
    assert [source.path for source in found] == [str(tmp_path / "lists/a.mp4")]
    assert [missing.path for missing in notes.missing] == [
        str(tmp_path / "deep/b.mp4"),
        str(tmp_path / "lists/gone.mp4"),
    ]
    assert {missing.named_in for missing in notes.missing} == {"clips.csv"}


def test_stretches_of_one_file_are_clips_of_their_own(tmp_path: Path) -> None:
    text = "path,start_s,end_s\na.mp4,0,1.5\na.mp4,1.5,3\na.mp4,,\n"
    found, _ = read(tmp_path, "clips.csv", text)
    assert [(source.id, source.start_s, source.end_s) for source in found] == [
        ("manifest/a.mp4", None, None),
        ("manifest/a.mp4#t=0-1.5", 0.0, 1.5),
        ("manifest/a.mp4#t=1.5-3", 1.5, 3.0),
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("clips.csv", "file\na.mp4\n", "has no column 'path'; it has 'file'"),
        ("clips.csv", "", "has no column 'path'; it has none"),
        (
            "clips.csv",
            "path,Speaker\na.mp4,x\n",
            "Row 2 of .* has an unknown column 'Speaker'. Known: path, id",
        ),
        ("clips.csv", "path,path\na.mp4,x\n", "has two columns of one name"),
        ("clips.csv", "path,speaker\na.mp4\n", "Row 2 of .* has not as many cells as the heading. Put cells"),
        ("clips.csv", "path,transcript\na.mp4,Oh, no\n", "Row 2 of .* has not as many cells"),
        ("clips.csv", 'path\n"a.mp4\n', "can't be read: unexpected end of data"),
        ("clips.csv", "path,id\n,x\n", "Row 2 of .* has no path"),
        ("clips.csv", "path\na.mp4\na.mp4\n", "Row 3 of .* has the id 'manifest/a.mp4' of an earlier row"),
        ("clips.csv", "path,id\na.mp4,x\ndeep/b.mp4,x\n", "Row 3 of .* has the id 'manifest/x'"),
        ("clips.csv", "path,start_s,end_s\na.mp4,soon,2\n", "Row 2 of .*: start_s: .* valid number"),
        (
            "clips.csv",
            "path,start_s,end_s\na.mp4,-1,2\n",
            "Row 2 of .*: start_s: .* greater than or equal to 0",
        ),
        ("clips.csv", "path,start_s\na.mp4,1\n", "Row 2 of .*: the stretch: .* a start and an end"),
        ("clips.csv", "path,start_s,end_s\na.mp4,2,1\n", "ends .1.0. before it starts .2.0."),
        ("clips.csv", "path,label_from\na.mp4,me\n", "Row 2 of .*: label_from: .*'intended'"),
        (
            "clips.csv",
            "path,terms\na.mp4,cc\n",
            "Row 2 of .* has unknown terms 'cc'. Known: ch-sims-v2, crema-d",
        ),
        ("clips.jsonl", '{"path": "a.mp4"}\n["a.mp4"]\n', "Row 2 of .* is not a JSON object"),
        ("clips.jsonl", '{"path": "a.mp4"\n', "Row 1 of .* is not JSON"),
        ("clips.jsonl", '{"path": "a.mp4", "label": ["joy"]}\n', "Row 1 of .*: label_said: .* valid string"),
        ("clips.jsonl", '{"id": "x"}\n', "Row 1 of .* has no path"),
        ("clips.xlsx", "path\na.mp4\n", "is not a manifest. A manifest ends in .csv, .tsv or .jsonl"),
    ],
)
def test_mistakes_are_one_sentence(name: str, text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message) as error:
        read(tmp_path, name, text)
    assert "\n" not in str(error.value)


def test_other_encodings_are_not_guessed(tmp_path: Path) -> None:
    for name in ("clips.csv", "clips.jsonl"):
        (tmp_path / name).write_bytes("path\né.mp4\n".encode("latin-1"))
        with pytest.raises(UsageError, match=r"is not UTF-8 text\. Save it as UTF-8"):
            list(sources([SourceSettings(tmp_path / name, corpus="manifest")]))


def test_a_manifest_whose_clips_are_all_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"holds none of the 1 clips that its tables name, such as .*gone\.mp4"
    ):
        read(tmp_path, "clips.csv", "path\ngone.mp4\n")
