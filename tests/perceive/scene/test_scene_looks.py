"""Do known light, colour and blur come out as the formulas say?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from perceive.scene.scene_films import cues_of, film, picture, watch
from saber.core.catalogue.scene import COLOUR_WORDS
from saber.perceive.scene.colour_names import COLOURS, colour_shares
from saber.perceive.scene.looks import blur, colourfulness, look, sharpness, warmth
from saber.perceive.scene.thumbnail import luma_of, thumbnail

Colour = tuple[int, int, int]


def plain(*colours: Colour) -> np.ndarray:
    """Equal vertical stripes."""
    stripes = [np.full((60, 40, 3), colour, dtype=np.uint8) for colour in colours]
    return np.concatenate(stripes, axis=1)


@pytest.mark.parametrize(
    ("colour", "luma"),
    [
        ((0, 0, 0), 0.0),
        ((255, 255, 255), 1.0),
        ((255, 0, 0), 0.2126),
        ((0, 255, 0), 0.7152),
        ((51, 51, 51), 0.2),
    ],
)
def test_luma_of_plain_colours(colour: Colour, luma: float) -> None:
    assert look(0.0, plain(colour), plain(colour)).luma == pytest.approx(luma, abs=1e-5)


def test_contrast_of_half_black_half_white() -> None:
    assert look(0.0, plain((0, 0, 0), (255, 255, 255)), plain((0, 0, 0))).contrast == pytest.approx(
        0.5, abs=1e-5
    )


def test_colourfulness_by_hand() -> None:
    assert colourfulness(plain((90, 90, 90))) == 0.0
    # Plain red: no spread; rg = 255, yb = 127.5: 0.3 * hypot.
    assert colourfulness(plain((255, 0, 0))) == pytest.approx(0.3 * math.hypot(255, 127.5))
    # Half red, half green: rg = +-255 (spread 255, mean 0), yb = 127.5 throughout.
    assert colourfulness(plain((255, 0, 0), (0, 255, 0))) == pytest.approx(255 + 0.3 * 127.5)


def test_warmth_by_hand() -> None:
    assert warmth(plain((200, 10, 100))) == pytest.approx(1 / 3)
    assert warmth(plain((0, 0, 255))) == -1.0
    assert warmth(plain((0, 0, 0))) == 0.0


def test_blur_rises_and_sharpness_falls_with_a_gaussian_blur() -> None:
    sharp = luma_of(picture(3, 360, 640, grain_px=0.7))
    widths = (0.0, 1.0, 2.0, 4.0)
    blurs = [blur(gaussian_filter(sharp, w)) for w in widths]
    details = [sharpness(gaussian_filter(sharp, w)) for w in widths]
    assert blurs == sorted(blurs)
    assert blurs[0] < 0.45
    assert blurs[-1] > 0.6
    assert details == sorted(details, reverse=True)


def test_sharpness_of_a_single_point_by_hand() -> None:
    # One white pixel in black, 5 x 5: of the nine inner places one has -4 * 255 and four have 255.
    luma = np.zeros((5, 5), dtype=np.float32)
    luma[2, 2] = 1.0
    values = np.array([-4, 1, 1, 1, 1, 0, 0, 0, 0]) * 255.0
    assert sharpness(luma) == pytest.approx(values.var(), rel=1e-6)


def test_a_picture_without_detail_is_neither_sharp_nor_blurred() -> None:
    perception = watch(film((plain((90, 90, 90)), 1.0)))
    assert {c.name: c.reason for c in perception.cues if c.name in ("scene.blur", "scene.sharpness")} == {
        "scene.blur": "no_detail",
        "scene.sharpness": "no_detail",
    }


@pytest.mark.parametrize(
    ("colour", "word"),
    [
        ((5, 5, 8), "black"), ((128, 128, 128), "grey"), ((250, 250, 250), "white"), ((220, 20, 20), "red"),
        ((255, 140, 0), "orange"), ((110, 65, 25), "brown"),
        ((250, 230, 20), "yellow"), ((30, 150, 40), "green"),
        ((20, 200, 210), "cyan"), ((20, 60, 200), "blue"), ((120, 30, 190), "purple"),
        ((250, 110, 190), "pink"),
        ((225, 200, 170), "beige"),
    ],
)  # fmt: skip
def test_colours_get_the_word_a_person_would_use(colour: Colour, word: str) -> None:
    assert colour_shares(plain(colour))[word] == 1.0


@given(st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255)))
def test_every_colour_has_exactly_one_word(colour: Colour) -> None:
    shares = colour_shares(plain(colour))
    assert sorted(shares.values())[-2:] == [0.0, 1.0]


def test_every_colour_word_is_in_both_languages() -> None:
    assert set(COLOUR_WORDS) == set(COLOURS)


def test_dominant_colours_are_told_in_order_of_their_area() -> None:
    blue, red, grey = (20, 60, 200), (220, 20, 20), (128, 128, 128)
    perception = watch(film((plain(blue, blue, blue, blue, red, red, red, grey, grey), 1.0)))
    assert [c.value for c in cues_of(perception, "scene.dominant_colour")] == ["blue", "red", "grey"]
    many = plain(
        (20, 60, 200),
        (220, 20, 20),
        (128, 128, 128),
        (0, 0, 0),
        (250, 250, 250),
        (30, 150, 40),
        (250, 230, 20),
    )
    assert not cues_of(watch(film((many, 1.0))), "scene.dominant_colour")


def test_light_of_a_clip_is_its_median_and_its_course_a_track() -> None:
    perception = watch(film((plain((0, 0, 0)), 1.0), (plain((255, 255, 255)), 2.0)))
    (luma,) = cues_of(perception, "scene.luma")
    assert luma.value == pytest.approx(1.0)
    track = perception.track("scene.luma")
    assert track is not None
    assert track.values == (0.0, 0.0, 1.0, 1.0, 1.0, 1.0)


def test_a_thumbnail_averages_and_never_enlarges() -> None:
    checks = np.zeros((240, 640, 3), dtype=np.uint8)
    checks[::2] = 200
    small = thumbnail(checks, 160)
    assert small.shape[1] in (159, 160)
    tiny = plain((1, 2, 3))[:10, :12]
    assert thumbnail(tiny, 160).shape == tiny.shape
    noisy = np.random.default_rng(0).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    assert thumbnail(noisy, 160).std() < 0.6 * noisy.std()
