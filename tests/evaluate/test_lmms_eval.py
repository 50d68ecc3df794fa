"""Is an exported task one that lmms-eval's loader reads, and does its log come back as predictions?"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from evaluate import drive
from evaluate.judged import QUICK
from evaluate.made_up import emer, emobench_m, write_lines
from saber.core.errors import UsageError
from saber.evaluate import Subject, bench_of, evaluate, export_task


def functions(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("exported_utils", folder / "utils.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_task_and_its_functions(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    emobench_m(tmp_path / "data")
    assert (
        drive.main(
            ["emobench-m", "--data", str(tmp_path / "data"), "--export-lmms-eval", str(tmp_path / "task")]
        )
        == 0
    )

    class Loader(yaml.SafeLoader):  # type: ignore[misc,name-defined]
        pass

    utils = functions(tmp_path / "task")
    Loader.add_constructor("!function", lambda _, node: getattr(utils, node.value.removeprefix("utils.")))
    task = yaml.load((tmp_path / "task" / "saber_emobench_m.yaml").read_text(), Loader)
    assert (task["task"], task["dataset_path"]) == ("saber_emobench_m", "json")
    file = Path(task["dataset_kwargs"]["data_files"]["test"])
    documents = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(documents) == 52
    mosi = next(d for d in documents if d["part"] == "MOSI")
    assert task["doc_to_visual"](mosi) == [str((tmp_path / "data" / "MOSI_0.mp4").resolve())]
    assert task["doc_to_text"](mosi, {"post_prompt": "!"}) == mosi["question"] + "!"
    assert task["process_results"](mosi, ["{'emotion': 'Neutral'}"]) == {"as_read": 1.0, "id": "MOSI/0"}
    assert task["process_results"](mosi, ["positive"]) == {"as_read": 0.0, "id": "MOSI/0"}
    assert [m["metric"] for m in task["metric_list"]] == ["as_read"]
    # The log that it writes is a file of predictions: as version 0.7.3 writes it, and as older ones did.
    new = [
        {"doc_id": n, "target": d["truth"], "filtered_resps": "neutral", "token_counts": [None],
         "input": d["question"], **task["process_results"](d, ["neutral"])}
        for n, d in enumerate(documents)
    ]  # fmt: skip
    old = [
        {"doc_id": n, "doc": d, "filtered_resps": ["neutral"], "resps": [["neutral"]]}
        for n, d in enumerate(documents)
    ]
    for log in (new, old):
        subject = Subject("logged", predictions=write_lines(tmp_path / "log.jsonl", log))
        run = evaluate(
            bench_of("emobench-m"), tmp_path / "data", subject, tmp_path / "out", settings=QUICK
        ).run
        assert run.outcomes["MOSI"] == {"right": 2, "wrong": 2}


def test_benchmarks_with_a_judge_or_without_a_question(tmp_path: Path) -> None:
    emer(tmp_path / "data")
    export_task(bench_of("emer"), tmp_path / "data", tmp_path / "task", QUICK)
    assert functions(tmp_path / "task").process({"id": "a"}, [" "]) == {"answered": 0.0, "id": "a"}
    with pytest.raises(UsageError, match="is no task of lmms-eval"):
        export_task(bench_of("saber-test"), tmp_path, tmp_path / "task", QUICK)
