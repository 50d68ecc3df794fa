"""Are the prompt files complete, in both languages, filled in without a gap, and told apart by their hash?"""

from __future__ import annotations

import hashlib
import re

import pytest

from saber.core.prompts import read_prompt
from saber.core.taxonomy import Language
from saber.infer.prompt import FILES, info_of, prompt
from saber.sed import FATAL

NAMES = sorted({name for names in FILES.values() for name in names})


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_parts_with_the_same_blanks(name: str) -> None:
    english, chinese = (prompt(name, language) for language in (Language.ENGLISH, Language.CHINESE))
    assert list(english.parts) == list(chinese.parts)
    for part, text in english.parts.items():
        assert set(re.findall(r"\$\w+", text)) == set(re.findall(r"\$\w+", chinese.parts[part]))
        assert text.strip()
    assert all(re.search(r"[\u4e00-\u9fff]", text) for part, text in chinese.parts.items() if part != "user")


def test_every_problem_that_makes_an_answer_useless_has_its_own_way_to_ask_again() -> None:
    for language in Language:
        parts = prompt("retry", language).parts
        assert set(parts) == {"lead", *(p.value for p in FATAL)}
        assert len(set(parts.values())) == len(parts)


def test_the_hash_is_of_all_the_files_that_the_mode_uses() -> None:
    text = "\0".join(prompt(n, Language.ENGLISH).text for n in FILES["one"])
    assert info_of("one", Language.ENGLISH).sha256 == hashlib.sha256(text.encode()).hexdigest()
    hashes = {info_of(mode, language).sha256 for mode in FILES for language in Language}
    assert len(hashes) == 4


@pytest.mark.parametrize("text", ["# a\nb", "version: 1\nloose\n# a\nb", "version: 1\n# a\nb\n# a\nc"])
def test_a_file_that_is_no_prompt_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="prompt"):
        read_prompt(text)


def test_a_blank_that_is_not_filled_is_an_error() -> None:
    made = read_prompt("version: 3\n# user\nHow is $who?\n")
    assert made.fill("user", who="it") == "How is it?"
    assert made.version == 3
    with pytest.raises(KeyError):
        made.fill("user")
