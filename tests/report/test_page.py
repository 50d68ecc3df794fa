"""Is the page whole, safe, honest about what is missing, and small?"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from report.parsed import seen
from report.real_clip import analysis_of
from saber.core.records import Analysis, Consistency, EmotionEstimate, ModalityEstimate
from saber.core.taxonomy import Language, Modality
from saber.report.embed import Embedded
from saber.report.page import page
from saber.report.strings import BROWSER_KEYS, STRINGS
from sample_cues import curve, sample_analysis

NOTHING = Embedded(None, b"", False, None)
HOSTILE = "</script><img src=x onerror=alert(1)>\"' {{data}} \u2028<!--"


def text_of(analysis: Analysis) -> str:
    return " ".join(seen(page(analysis, NOTHING)).text.split())


def block(html: str, identifier: str) -> dict[str, object]:
    found = re.search(rf'<script type="application/json" id="{identifier}">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    loaded: dict[str, object] = json.loads(found[1])
    return loaded


def test_nothing_is_fetched_from_anywhere(report: Path) -> None:
    html = report.read_text(encoding="utf-8")
    for _, attributes in seen(html).tags:
        for key in ("src", "href", "srcset", "poster", "action", "data", "xlink:href"):
            assert (attributes.get(key) or "data:").startswith(("data:", "#"))
    styles = "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))
    assert "url(" not in styles
    assert "@import" not in styles
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", html)


def test_the_policy_allows_this_script_and_this_style_only(report: Path) -> None:
    html = report.read_text(encoding="utf-8")
    policy = next(a["content"] for t, a in seen(html).tags if t == "meta" and "http-equiv" in a)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    for kind, pattern in (("style-src", r"<style>(.*?)</style>"), ("script-src", r"<script>(.*?)</script>")):
        (inside,) = re.findall(pattern, html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules[kind] == f"'sha256-{digest}'"
    # The policy forbids style and event attributes: there must be none to be dropped.
    assert not [a for _, a in seen(html).tags if "style" in a or any(k.startswith("on") for k in a)]


def test_hostile_text_stays_text() -> None:
    analysis = sample_analysis()
    assert analysis.cues is not None
    assert analysis.cues.transcript is not None
    word = analysis.cues.transcript.words[0].model_copy(update={"text": HOSTILE})
    transcript = analysis.cues.transcript.model_copy(
        update={"words": (word,), "text": HOSTILE, "language": HOSTILE}
    )
    evidence = analysis.evidence[0].model_copy(
        update={"id": HOSTILE, "claim": HOSTILE, "cue": HOSTILE, "value": HOSTILE, "unit": HOSTILE}
    )
    conflict = analysis.consistency.conflicts[0].model_copy(update={"says": (HOSTILE, HOSTILE)})
    model = analysis.provenance.models[0].model_copy(
        update={"name": HOSTILE, "role": HOSTILE, "licence": HOSTILE, "sha256": HOSTILE}
    )
    harmless = seen(page(analysis, NOTHING))
    hostile = analysis.model_copy(
        update={
            "clip": analysis.clip.model_copy(
                update={
                    "path": HOSTILE,
                    "sha256": HOSTILE,
                    "losses": analysis.clip.losses.model_copy(update={"notes": (HOSTILE,)}),
                }
            ),
            "cues": analysis.cues.model_copy(update={"transcript": transcript}),
            "annotation": analysis.annotation.model_copy(update={"scene": HOSTILE, "reasoning": HOSTILE}),
            "evidence": (evidence, *analysis.evidence[1:]),
            "consistency": analysis.consistency.model_copy(update={"conflicts": (conflict,)}),
            "modalities": {
                **analysis.modalities,
                Modality.BODY: ModalityEstimate(present=False, reason=HOSTILE),
            },
            "provenance": analysis.provenance.model_copy(
                update={"models": (model,), "settings": {HOSTILE: HOSTILE}, "seconds": {HOSTILE: 1.0}}
            ),
        }
    )
    html = page(hostile, NOTHING)
    found = seen(html)
    assert "<img" not in html
    assert "<!--" not in html
    assert [t for t, _ in found.tags].count("script") == [t for t, _ in harmless.tags].count("script") == 3
    assert not [a for _, a in found.tags if any(k.startswith("on") for k in a)]
    assert found.text.count("</script><img src=x onerror=alert(1)>") >= 10
    assert block(html, "timeline-data")["words"][0][0] == HOSTILE  # type: ignore[index]


def test_the_record_is_the_analysis_without_the_folder(analysis: Analysis, report: Path) -> None:
    html = report.read_text(encoding="utf-8")
    record = block(html, "record-data")
    expected = analysis.model_dump(mode="json", by_alias=True)
    assert record["clip"]["path"] == "thanks.webm"  # type: ignore[index]
    expected["clip"]["path"] = "thanks.webm"
    assert record == expected
    assert str(Path(analysis.clip.path).parent) not in html


def test_the_first_screen_says_verdict_score_and_emotion() -> None:
    text = text_of(sample_analysis())
    assert "Face and voice disagree" in text
    assert "0.21 of 1" in text
    assert "anger 41 %" in text
    assert "0:02.1–0:03.4" in text
    chinese = text_of(sample_analysis(Language.CHINESE))
    assert "面部与声音相互矛盾" in chinese
    assert "愤怒 41 %" in chinese


@pytest.mark.parametrize(
    ("verdict", "read", "headline", "why"),
    [
        ("consistent", 4, "Face, body, voice and words agree", "No stretch was found"),
        ("unclear", 1, "Unclear whether", "Only face could be read"),
        ("unclear", 0, "Unclear whether", "No modality could be read."),
        ("unclear", 3, "Unclear whether", "neither clearly agree"),
        ("inconsistent", 4, "The modalities disagree", "No stretch was found"),
    ],
)
def test_other_verdicts(verdict: str, read: int, headline: str, why: str) -> None:
    analysis = sample_analysis()
    gone = ModalityEstimate(present=False, reason="no_face")
    text = text_of(
        analysis.model_copy(
            update={
                "consistency": Consistency(verdict=verdict, score=None),  # type: ignore[arg-type]
                "emotion": EmotionEstimate(label=None, probs=None, valence=None, arousal=None),
                "modalities": {
                    m: e if i < read else gone for i, (m, e) in enumerate(analysis.modalities.items())
                },
            }
        )
    )
    assert headline in text
    assert why in text
    assert "can't be scored" in text
    assert "not enough evidence to say" in text


def test_what_is_absent_is_shown_as_absent_with_its_reason() -> None:
    analysis = sample_analysis(body_visible=False)
    html = page(analysis, NOTHING)
    rows = re.findall(r"<tr>(.*?)</tr>", re.sub(r"\s+", " ", html.split('class="emotions"')[1]))
    head, neutral, happiness = rows[0], rows[1], rows[2]
    assert 'class="below is-absent">absent' in head
    assert 'rowspan="7" class="missing"><span>no body is visible' in neutral
    # Three modalities and the fused one have a bar in each row, the absent one in none.
    assert neutral.count("<rect") == happiness.count("<rect") == 4
    assert block(html, "timeline-data")["absent"] == {"body": "no body is visible"}
    assert 'class="dot hue-body"' not in html
    assert 'class="dot hue-face"' in html
    assert analysis.cues is not None
    names = [c.name.split(".")[1].replace("_", " ").capitalize() for c in analysis.cues.body.cues]
    assert ", ".join(names) in seen(html).text


def test_all_six_dimensions_and_every_finding_are_there(analysis: Analysis, report: Path) -> None:
    found = seen(report.read_text(encoding="utf-8"))
    cards = [a["id"] for t, a in found.tags if t == "article"]
    assert cards == [f"card-{d}" for d in ("scene", "face", "body", "acoustic", "speech", "reasoning")]
    links = {
        a["data-evidence"]: a["data-start"] for t, a in found.tags if t == "button" and "data-evidence" in a
    }
    assert links == {e.id: f"{e.start_s:g}" for e in analysis.evidence}
    for item in analysis.evidence:
        assert item.claim in found.text
        assert item.cue in found.text


def test_a_claim_that_the_measurement_contradicts_is_marked_in_list_and_text() -> None:
    whole = sample_analysis()
    assert "contradicted by the measurement" not in text_of(whole)
    first, *others = whole.evidence
    wrong = first.model_copy(update={"verdict": "contradicted"})
    html = page(whole.model_copy(update={"evidence": (wrong, *others)}), NOTHING)
    assert text_of(whole.model_copy(update={"evidence": (wrong, *others)})).count("contradicted by") == 1
    assert html.count('class="phrase contradicted"') == 1


def test_limits_and_law_are_named_in_both_languages() -> None:
    assert "article 5(1)(f)" in text_of(sample_analysis())
    assert "第 5 条第 1 款 f 项" in text_of(sample_analysis(Language.CHINESE))


def test_losses_are_said_at_the_top() -> None:
    assert "2 video packets" in text_of(sample_analysis())


def test_the_page_works_without_cues() -> None:
    bare = sample_analysis().model_copy(update={"cues": None})
    data = block(page(bare, NOTHING), "timeline-data")
    assert data["curves"] == data["words"] == data["readings"] == []
    assert len(data["conflicts"]) == 2  # type: ignore[arg-type]


def test_many_long_curves_stay_below_a_megabyte(clip: Path) -> None:
    analysis = analysis_of(clip)
    assert analysis.cues is not None
    tracks = tuple(
        curve(f"face.action_{i}", "intensity", 0.0005, lambda t: (t * 997.13) % 5) for i in range(60)
    )
    face = analysis.cues.face.model_copy(update={"tracks": tracks})
    large = analysis.model_copy(update={"cues": analysis.cues.model_copy(update={"face": face})})
    assert len(page(large, NOTHING).encode()) < 1_000_000


def test_both_languages_fill_the_same_places() -> None:
    for key, (english, chinese) in STRINGS.items():
        assert english, key
        assert chinese, key
        places = [sorted(re.findall(r"\{(\w+)\}", text)) for text in (english, chinese)]
        assert places[0] == places[1], key


def test_no_string_is_left_over_and_none_is_missing() -> None:
    folder = Path(__file__).parents[2] / "src" / "saber" / "report"
    python = "".join(p.read_text(encoding="utf-8") for p in folder.glob("*.py") if p.name != "strings.py")
    scripts = "".join(p.read_text(encoding="utf-8") for p in folder.glob("assets/*.js"))
    assert set(re.findall(r"\bsay\.(\w+)", scripts)) == set(BROWSER_KEYS)
    built = {f"about_{x}" for x in ("emotion", "valence", "arousal")}
    used = {key for key in STRINGS if re.search(rf"[\"']{key}[\"']", python)} | set(BROWSER_KEYS) | built
    assert set(STRINGS) == used
