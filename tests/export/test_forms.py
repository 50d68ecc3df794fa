"""Do trainers and Label Studio get rows of the form that they document?

The same rows were put through the loaders of ms-swift 4.6.0 and llamafactory 0.9.5 and the validator of
label-studio-sdk 2.1.2, which are too large to be installed for tests: docs/exporting.md says how.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from export.made import kept, make_workspace
from export.test_rows import lines
from saber.core.dataset import Example
from saber.core.errors import UsageError
from saber.core.taxonomy import EMOTIONS, Dimension
from saber.export import SPLITS, Exported, ExportSettings, FromReleased, FromWorkspace, export_dataset
from saber.flow import outputs

ALL = ("jsonl", "label-studio", "ms-swift", "llama-factory")


@pytest.fixture(scope="module")
def exported(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    out = tmp_path_factory.mktemp("out") / "made"
    return export_dataset(FromWorkspace(workspace), out, ExportSettings(forms=ALL))


@pytest.mark.parametrize("form", ["ms-swift", "llama-factory"])
def test_trainers_get_the_examples_of_the_train_split(exported: Exported, workspace: Path, form: str) -> None:
    examples = dict(outputs(workspace, "instruct", Example))
    rows = lines(exported.folder / form / "train.jsonl")
    assert rows == [
        {
            "messages": [message.model_dump() for message in example.messages],
            "videos": list(example.videos),
            "audios": list(example.audios),
        }
        for example in examples.values()
    ]
    for row in rows:
        roles = [message["role"] for message in row["messages"]]
        assert roles == ["system", "user", "assistant"]
        question = row["messages"][1]["content"]
        assert question.count("<video>") == len(row["videos"]) == 1
        assert question.count("<audio>") == len(row["audios"]) == 1
        assert all(Path(path).is_file() for path in row["videos"] + row["audios"])


def test_what_has_no_conversation_is_counted_by_the_reason_that_its_stage_gave(
    exported: Exported, workspace: Path
) -> None:
    assigned = kept(workspace).values()
    form = next(form for form in exported.forms if form.form == "ms-swift")
    assert form.left_out == {
        "for_validation": sum(one.split == "validation" for one in assigned),
        "for_test": sum(one.split == "test" and not one.saber_test for one in assigned),
        "for_saber_test": 4,
    }
    assert form.written == sum(one.split == "train" for one in assigned)


def test_llama_factory_finds_the_rows_by_its_description(exported: Exported) -> None:
    (said,) = json.loads((exported.folder / "dataset_info.json").read_text()).values()
    (row, *_) = lines(exported.folder / said["file_name"])
    assert said["formatting"] == "sharegpt"
    assert set(said["columns"].values()) == set(row)
    tags = said["tags"]
    assert [message[tags["role_tag"]] for message in row["messages"]] == [
        tags["system_tag"],
        tags["user_tag"],
        tags["assistant_tag"],
    ]
    assert all(isinstance(message[tags["content_tag"]], str) for message in row["messages"])


def test_copied_media_are_named_relative_to_the_export(workspace: Path, tmp_path: Path) -> None:
    settings = ExportSettings(forms=ALL, with_media=True)
    out = export_dataset(FromWorkspace(workspace), tmp_path / "out", settings).folder
    for form in ("ms-swift", "llama-factory"):
        for row in lines(out / form / "train.jsonl"):
            assert all((out / path).is_file() for path in row["videos"] + row["audios"])
    (task, *_) = json.loads((out / "label-studio" / "train.json").read_text(encoding="utf-8"))
    assert (out / task["data"]["video"].removeprefix("/data/local-files/?d=")).is_file()


def test_label_studio_gets_a_task_a_clip_with_predictions_that_fit_its_config(
    exported: Exported, workspace: Path
) -> None:
    folder = exported.folder / "label-studio"
    view = ET.parse(folder / "config.xml").getroot()
    controls = {tag.get("name"): tag for tag in view if tag.get("toName")}
    video = view.find("Video")
    assert video is not None
    assert (video.get("name"), video.get("value")) == ("video", "$video")
    assert set(controls) == {*Dimension, "emotion", "half"}
    assert {choice.get("value") for choice in controls["emotion"]} == set(EMOTIONS)
    rows = {r["id"]: r for s in SPLITS for r in lines(exported.folder / "data" / f"{s}.jsonl")}
    names = []
    for split in SPLITS:
        for task in json.loads((folder / f"{split}.json").read_text(encoding="utf-8")):
            names.append(task["data"]["id"])
            path = unquote(task["data"]["video"].removeprefix("/data/local-files/?d="))
            assert Path("/", path).read_bytes() == f"the media of {names[-1]}".encode()
            (prediction,) = task["predictions"]
            assert prediction["model_version"] == "base, hf:/home/somebody/models/omni"
            for result in prediction["result"]:
                control = controls[result["from_name"]]
                assert result["to_name"] == control.get("toName") == "video"
                assert result["type"] == control.tag.lower()
                ((key, values),) = result["value"].items()
                assert key == {"TextArea": "text", "Choices": "choices"}[control.tag]
                assert len(values) == 1
                if control.tag == "Choices":
                    assert values[0] in {choice.get("value") for choice in control}
            said = {r["from_name"]: next(iter(r["value"].values()))[0] for r in prediction["result"]}
            row = rows[names[-1]]
            assert said["half"] == row["half"]
            assert said["scene"] == row["video_desc"]
            assert said["speech"] == row["audio_desc"]["speech_content"]
            # Of some clips neither the writer nor the corpus names an emotion; a measured one is no answer.
            assert said.get("emotion") == (row["emotion_said"] or row["label"])
            assert set(said) - {"emotion"} == {*Dimension, "half"}
    assert sorted(names) == sorted(kept(workspace))


def test_without_conversations_trainers_are_told_what_to_run(tmp_path: Path) -> None:
    made = make_workspace(tmp_path, instruct=False, clips=8)
    with pytest.raises(UsageError, match=r"not come to the stage 'instruct'.*saber instruct"):
        export_dataset(FromWorkspace(made), tmp_path / "out", ExportSettings(forms=("ms-swift",)))
    done = export_dataset(FromWorkspace(made), tmp_path / "out", ExportSettings(forms=("label-studio",)))
    assert done.forms[0].written == len(kept(made)) == 5


def test_imported_records_have_neither_media_nor_conversations(tmp_path: Path) -> None:
    path = tmp_path / "given.json"
    path.write_text('[{"video_desc": "A room."}]')
    done = export_dataset(FromReleased(path), tmp_path / "out", ExportSettings(forms=ALL))
    assert {form.form: (form.written, form.left_out) for form in done.forms} == {
        "label-studio": (0, {"no_media": 1}),
        "ms-swift": (0, {"no_conversation": 1}),
        "llama-factory": (0, {"no_conversation": 1}),
        "jsonl": (1, {}),
    }
