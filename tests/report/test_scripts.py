"""Do the page's script modules still work when they are put into one script?"""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files

from saber.report.page import SCRIPTS, one_script


def module(name: str) -> str:
    return files("saber.report").joinpath("assets", name).read_text(encoding="utf-8")


def test_no_import_or_export_is_left() -> None:
    assert re.findall(r"^\s*(?:import|export)\b.*", one_script(), re.MULTILINE) == []


def test_a_module_comes_after_those_that_it_imports() -> None:
    for place, name in enumerate(SCRIPTS):
        assert set(re.findall(r"from '\./([\w.-]+)'", module(name))) <= set(SCRIPTS[:place]), name


def test_no_two_modules_use_a_name_at_their_top() -> None:
    names = Counter(
        name
        for script in SCRIPTS
        for name in re.findall(
            r"^(?:export )?(?:const|let|function|class) (\w+)", module(script), re.MULTILINE
        )
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_the_shared_modules_know_no_page() -> None:
    for script in set(SCRIPTS) - {"page.js"}:
        assert "getElementById" not in module(script), script
        assert not re.findall(r"^\S.*\bdocument\.", module(script), re.MULTILINE), script
