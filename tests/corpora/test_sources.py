"""Are folders read as they lie, sources put one after the other, and their mistakes told before any clip?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus_trees import write
from saber.core.errors import UsageError
from saber.corpora import CORPORA, Notes, SourceSettings, corpus_of, sources, terms_of


def ids(*tables: SourceSettings) -> list[str]:
    return [source.id for source in sources(tables)]


def test_a_folder_gives_its_media_files_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.MP4", "a/z.wav", "a.b/c.mov", "a/._z.wav", ".cache/x.mp4", "notes.txt", "name.mp4.part"):
        write(tmp_path / name, "media")
    (tmp_path / "folder.mp4").mkdir()
    assert ids(SourceSettings(tmp_path)) == ["folder/a.b/c.mov", "folder/a/z.wav", "folder/b.MP4"]
    (source,) = (s for s in sources([SourceSettings(tmp_path, language="zh")]) if s.id == "folder/a/z.wav")
    assert source.path == str(tmp_path / "a/z.wav")
    assert (source.language, source.terms, source.corpus) == ("zh", "unknown", "folder")
    assert (source.speaker, source.group, source.label, source.transcript) == (None, None, None, None)


def test_paths_are_absolute_wherever_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "clips/a.mp4", "media")
    monkeypatch.chdir(tmp_path)
    (source,) = sources([SourceSettings(Path("clips"))])
    assert source.path == str(tmp_path / "clips/a.mp4")


def test_a_name_that_is_no_text_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", "media")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xff.mp4")).write_bytes(b"media")
    except OSError:
        pytest.skip("this file system has names of text only")
    notes = Notes()
    assert [source.id for source in sources([SourceSettings(tmp_path)], notes)] == ["folder/a.mp4"]
    ((path, why),) = ((left.path, left.why) for left in notes.left_out)
    assert why == "odd_name"
    assert path.isascii()
    assert "\\udcff" in path


def test_a_file_put_in_the_place_of_another_makes_another_source(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write(path, "media")
    (before,) = sources([SourceSettings(tmp_path)])
    (again,) = sources([SourceSettings(tmp_path)])
    assert before == again
    assert before.size_bytes == 5
    write(path, "MEDIA")
    os.utime(path, (1, 1))
    (after,) = sources([SourceSettings(tmp_path)])
    assert after != before
    assert after.modified_at == 1.0


def test_sources_follow_each_other_under_their_names(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write(tmp_path / folder / "a.mp4", "media")
    one, two = (SourceSettings(tmp_path / name, name=name) for name in ("one", "two"))
    assert ids(two, one) == ["two/a.mp4", "one/a.mp4"]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({}, "Two sources are called 'folder'"),
        (
            {"name": "x", "corpus": "no-such"},
            "There is no corpus 'no-such'. Known: folder, manifest, crema-d",
        ),
        ({"name": "x", "terms": "no-such"}, "There are no terms 'no-such'. Known: .*own"),
        ({"name": "x", "path": "gone"}, "There is nothing at .*gone"),
        ({"name": "x", "labels": "intended"}, "any folder of media files has no labels 'intended'"),
    ],
)
def test_a_wrong_source_is_told_before_any_clip(second: dict[str, str], message: str, tmp_path: Path) -> None:
    write(tmp_path / "here/a.mp4", "media")
    path = tmp_path / second.pop("path", "here")
    with pytest.raises(UsageError, match=message):
        next(sources([SourceSettings(tmp_path / "here"), SourceSettings(path, **second)]))


def test_an_empty_folder_says_which_files_are_looked_for(tmp_path: Path) -> None:
    write(tmp_path / "notes.txt", "none")
    with pytest.raises(UsageError, match=r"no media file in .* told by their endings: .*\.mp4"):
        ids(SourceSettings(tmp_path))


def test_a_list_that_is_given_as_a_folder_says_how_lists_are_read(tmp_path: Path) -> None:
    write(tmp_path / "clips.csv", "path\n")
    with pytest.raises(UsageError, match=r"a file, not a folder.*--corpus manifest"):
        ids(SourceSettings(tmp_path / "clips.csv"))


def test_labels_of_nobody_are_refused() -> None:
    with pytest.raises(ValueError, match="there are no labels 'mine'; there are intended, annotators"):
        SourceSettings(Path(), labels="mine")


def test_each_corpus_names_terms_that_exist() -> None:
    for corpus in CORPORA.values():
        assert corpus_of(corpus.key) is corpus
        if corpus.terms is not None:
            assert terms_of(corpus.terms).url.startswith("https://")


@pytest.mark.parametrize(
    ("key", "media", "texts", "commercial"),
    [
        ("own", True, True, True),
        ("unknown", False, False, False),
        ("crema-d", True, True, True),
        ("ravdess", True, True, False),
        ("meld", False, True, False),
        ("mer2025", False, False, False),
        ("mc-eiu", False, None, False),
        *((key, None, None, None) for key in ("mead", "msp-improv", "multidialog", "ch-sims-v2", "memor")),
    ],
)
def test_terms_as_they_are_published(
    key: str, media: bool | None, texts: bool | None, commercial: bool | None
) -> None:
    terms = terms_of(key)
    assert (terms.media, terms.texts, terms.commercial) == (media, texts, commercial)
    assert terms.media is not None or terms.note, "what was not found is said"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_can_not_be_read_is_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", "media")
    write(tmp_path / "closed/b.mp4", "media")
    (tmp_path / "closed").chmod(0)
    try:
        with pytest.raises(UsageError, match=r"Can't read the folder .*closed: Permission denied"):
            ids(SourceSettings(tmp_path))
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_two_copies_of_a_table_are_not_chosen_from(tmp_path: Path) -> None:
    for half in ("ch-simsv2s", "ch-simsv2u"):
        write(tmp_path / half / "meta.csv", "video_id,clip_id,text\n")
    with pytest.raises(UsageError, match=r"ch-simsv2s/meta.csv and .*/meta.csv could both be meant"):
        ids(SourceSettings(tmp_path, corpus="ch-sims-v2"))
