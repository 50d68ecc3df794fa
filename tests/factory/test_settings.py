"""Does a dataset's settings file say what was meant, and is every mistake in it named?"""

from __future__ import annotations

from pathlib import Path

import pytest

from saber.core.errors import UsageError
from saber.factory import DatasetSettings, load_dataset, stages_of

WHOLE = """
workspace = "made"
engine = "ray"

[[source]]
path = "clips"
terms = "own"

[[source]]
path = "/elsewhere/list.csv"
corpus = "manifest"
name = "extra"

[annotate]
model = "openai:big"
language = "zh"

[model]
base_url = "http://127.0.0.1:1/v1"
concurrency = 3

[models."openai:judge"]
base_url = "http://127.0.0.1:2/v1"

[face]
min_face_height_px = 32

[verify]
rewrites = 1
required = ["speech", "acoustic_claims"]
"""


def load(folder: Path, text: str) -> DatasetSettings:
    file = folder / "dataset.toml"
    file.write_text(text)
    return load_dataset(file)


def test_every_table_finds_its_place(tmp_path: Path) -> None:
    found = load(tmp_path, WHOLE)
    assert found.workspace == tmp_path / "made"
    assert found.engine == "ray"
    assert [(s.path, s.corpus, s.name, s.terms) for s in found.sources] == [
        (tmp_path / "clips", "folder", "", "own"),
        (Path("/elsewhere/list.csv"), "manifest", "extra", "unknown"),
    ]
    assert (found.annotate.model, found.annotate.language) == ("openai:big", "zh")
    assert found.analysis.face.min_face_height_px == 32
    assert (found.verify.rewrites, found.verify.required) == (1, ("speech", "acoustic_claims"))
    # A model's own table changes what it names; the rest is as for all of them.
    judge, other = found.model("openai:judge"), found.model("openai:big")
    assert (judge.base_url, judge.concurrency) == ("http://127.0.0.1:2/v1", 3)
    assert (other.base_url, other.concurrency) == ("http://127.0.0.1:1/v1", 3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[claen]", "dataset.toml.claen"),
        ("[clean]\nmin_durations = 1", "dataset.toml.clean.min_durations"),
        ("[clean]\nmax_black_ratio = 2", "max_black_ratio"),
        ("[face]\nmax_faces = 0", "max_faces"),
        ("[verify]\nrequired = 'speech'", "dataset.toml.verify.required"),
        ("[verify]\nrequired = [1]", "dataset.toml.verify.required[0]"),
        ("[verify]\nrequired = ['spech']", "spech"),
        ("[annotate]\nlanguage = 'fr'", "fr"),
        ("engine = 'slurm'", "dataset.toml.engine"),
        ("source = 'clips'", "[[source]]"),
        ("[[source]]\nterms = 'own'", "no path"),
        ("[models]\n'openai:x' = 3", "openai:x"),
        ("[models.'openai:x']\nno_such = 3", "openai:x.no_such"),
    ],
)
def test_a_mistake_is_named(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        load(tmp_path, text)
    assert told in str(error.value)


def test_the_stages_follow_one_another_and_end_where_wanted() -> None:
    whole = stages_of(DatasetSettings())
    assert [stage.name for stage in whole] == [
        *("clean", "duplicates", "perceive", "annotate", "hear"),
        *("verify", "compare", "split", "instruct"),
    ]
    for place, stage in enumerate(whole[1:], 1):
        assert stage.needs[-1] == whole[place - 1].name, stage.name
    assert [stage.name for stage in stages_of(DatasetSettings(), "perceive")] == [
        *("clean", "duplicates", "perceive"),
    ]
    with pytest.raises(UsageError, match="cleanse"):
        stages_of(DatasetSettings(), "cleanse")


def test_long_videos_are_cut_first_where_wanted(tmp_path: Path) -> None:
    first, second, *_ = stages_of(load(tmp_path, "[cut]\ncut = true\n"))
    assert (first.name, second.name, second.needs) == ("cut", "clean", ("cut",))


@pytest.mark.parametrize(
    ("text", "until", "told"),
    [
        ('[annotate]\nmodel = "openai:big"\n', "annotate", "Where is the server of openai:big"),
        ('[verify]\njudge = "openai:judge"\n', None, "Where is the server of openai:judge"),
        ('[compare]\nmodel = "openai:third"\n', None, "Where is the server of openai:third"),
        (
            '[verify]\ncaptioner = "openai:eyes"\n[model]\nbase_url = "http://127.0.0.1:1/v1"\n',
            None,
            "The captioner openai:eyes takes no pictures",
        ),
    ],
)
def test_what_is_missing_of_a_server_is_told_before_any_work(
    text: str, until: str | None, told: str, tmp_path: Path
) -> None:
    settings = load(tmp_path, text)
    with pytest.raises(UsageError, match=told):
        stages_of(settings, until)
    assert stages_of(settings, "perceive"), "stages that ask no server need none"
