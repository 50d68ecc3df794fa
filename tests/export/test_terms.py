"""Is nothing passed on that terms forbid, and nothing told to strangers that they need not know?"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from export.made import AGAIN, CLIPS, TEXTS_ONLY, kept
from export.test_rows import lines
from saber.core.errors import UsageError
from saber.corpora import TERMS
from saber.export import FORMS, SPLITS, ExportSettings, FromReleased, FromWorkspace, export_dataset
from saber.export.permission import for_strangers, survey
from saber.export.settings import Audience


def rows_of(folder: Path) -> dict[str, dict[str, Any]]:
    files = [folder / "data" / f"{split}.jsonl" for split in SPLITS]
    return {row["id"]: row for file in files if file.exists() for row in lines(file)}


def test_for_oneself_everything_is_written_and_what_may_not_go_on_is_said(
    workspace: Path, tmp_path: Path
) -> None:
    done = export_dataset(FromWorkspace(workspace), tmp_path / "out", ExportSettings(forms=("jsonl",)))
    forbidden = [name for name in kept(workspace) if name.startswith("b/")]
    assert len(forbidden) == 16
    (warning,) = done.warnings
    assert f"16 of {CLIPS - 3} clips (unknown: 16)" in warning
    rows = rows_of(tmp_path / "out")
    assert set(rows) == set(kept(workspace))
    assert {name for name, row in rows.items() if row["terms"]["texts"] is not True} == set(forbidden)
    assert "Not to be passed on" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_the_public_gets_nothing_at_all_while_something_is_forbidden(workspace: Path, tmp_path: Path) -> None:
    settings = ExportSettings(forms=("jsonl",), audience="public")
    with pytest.raises(UsageError, match=r"16 of 37 clips \(unknown: 16\) do not let their texts") as caught:
        export_dataset(FromWorkspace(workspace), tmp_path / "out", settings)
    assert "--drop-forbidden" in caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_what_is_forbidden_is_left_out_and_counted(workspace: Path, tmp_path: Path) -> None:
    settings = ExportSettings(forms=("jsonl", "released"), audience="public", drop_forbidden=True)
    done = export_dataset(FromWorkspace(workspace), tmp_path / "out", settings)
    assert set(rows_of(tmp_path / "out")) == {name for name in kept(workspace) if name.startswith("a/")}
    for form in done.forms:
        assert (form.inputs, form.written, form.left_out) == (37, 21, {"terms_forbid_texts": 16})
    assert done.warnings == ()
    text = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "GPL 3.0, of the tables" in text
    assert "not stated" not in text.partition("## Terms")[2].partition("## Yield")[0]


def test_media_are_copied_as_far_as_their_terms_allow(workspace: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    settings = ExportSettings(forms=FORMS, audience="public", drop_forbidden=True, with_media=True)
    done = export_dataset(FromWorkspace(workspace), out, settings)
    rows = rows_of(out)
    assert rows[TEXTS_ONLY]["media"] is None
    assert done.media == len(rows) - 1 == 20
    for name, row in rows.items():
        if name != TEXTS_ONLY:
            assert (out / row["media"]).read_bytes() == f"the media of {name}".encode()
    counts = {form.form: form for form in done.forms}
    assert counts["parquet"].written == 21
    assert counts["label-studio"].left_out["no_media"] == 1
    assigned = kept(workspace)
    trained = {name for name in rows if assigned[name].split == "train"}
    assert counts["ms-swift"].written == len(trained - {TEXTS_ONLY})
    assert all(form.inputs == form.written + sum(form.left_out.values()) == 37 for form in done.forms)


def test_the_public_refuses_media_that_are_forbidden_though_texts_are_not(tmp_path: Path) -> None:
    settings = ExportSettings(audience="public", with_media=True)
    survey(["own", "meld"]).allow(ExportSettings(audience="public"))
    with pytest.raises(UsageError, match=r"1 of 2 clips \(meld: 1\) do not let their media"):
        survey(["own", "meld"]).allow(settings)


@pytest.mark.parametrize("key", sorted(TERMS))
def test_what_no_statement_allows_counts_as_forbidden(key: str) -> None:
    found = survey([key])
    assert (key in found.no_texts) == (TERMS[key].texts is not True)
    assert (key in found.no_media) == (TERMS[key].media is not True)


@pytest.mark.parametrize("audience", ["self", "public"])
def test_strangers_see_no_paths(workspace: Path, tmp_path: Path, audience: Audience) -> None:
    out = tmp_path / "out"
    public = audience == "public"
    settings = ExportSettings(
        forms=("jsonl", "parquet"), audience=audience, drop_forbidden=public, with_media=public
    )
    export_dataset(FromWorkspace(workspace), out, settings)
    files = [file for file in out.rglob("*") if file.suffix in {".jsonl", ".json", ".md", ".svg"}]
    told = "\n".join(file.read_text(encoding="utf-8") for file in files)
    secret = re.compile(rf"/home/somebody|{re.escape(str(workspace.parent))}")
    assert bool(secret.search(told)) == (not public)
    writer = rows_of(out)[AGAIN]["writers"][0]["model"]
    assert writer == ("hf:omni" if public else "hf:/home/somebody/models/omni")
    written = json.loads(rows_of(out)[AGAIN]["provenance"])["annotate"]["written"]
    assert (written["model"] == "hf:omni") == public


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("hf:/home/me/base+/data/adapter", "hf:base+adapter"),
        ("~/models/x.gguf", "x.gguf"),
        (r"C:\Users\me\x.gguf", "x.gguf"),
        ("No answer from http://10.0.0.3:8000/v1/chat: refused", "No answer from (address) refused"),
        ("openai:Qwen/Qwen2.5-Omni-7B", "openai:Qwen/Qwen2.5-Omni-7B"),
        ("happy and/or sad, 3/4 of it, </think> n/a", "happy and/or sad, 3/4 of it, </think> n/a"),
        ("base", "base"),
    ],
)
def test_paths_and_addresses_are_taken_out_of_names_and_nothing_else(said: str, shown: str) -> None:
    assert for_strangers({"a": [said, 1, None]}) == {"a": [shown, 1, None]}


def test_imported_records_are_under_the_terms_that_the_user_states(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text('{"video_desc": "A room."}')
    public = ExportSettings(forms=("jsonl",), audience="public")
    with pytest.raises(UsageError, match="unknown: 1"):
        export_dataset(FromReleased(path), tmp_path / "out", public)
    with pytest.raises(UsageError, match="no terms 'mine'"):
        export_dataset(FromReleased(path, "mine"), tmp_path / "out", public)
    export_dataset(FromReleased(path, "own"), tmp_path / "out", public)
    (row,) = lines(tmp_path / "out" / "data" / "all.jsonl")
    assert (row["id"], row["video_desc"], row["terms"]["key"]) == ("one", "A room.", "own")
