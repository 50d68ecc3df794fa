"""Can everybody read the page, and tell the hues apart?"""

from __future__ import annotations

import itertools
import re
from importlib.resources import files

import numpy as np
import pytest
from numpy.typing import NDArray

HUES = ("face", "body", "voice", "speech", "scene", "conflict")
TEXT = (*HUES, "ink", "ink-soft", "fused")

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
DEFICIENCIES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


def schemes() -> dict[str, dict[str, str]]:
    css = files("saber.report").joinpath("assets/tokens.css").read_text(encoding="utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    first = dict(re.findall(r"--([\w-]+): (#\w{6});", light))
    return {"light": first, "dark": first | dict(re.findall(r"--([\w-]+): (#\w{6});", dark))}


def linear(colour: str) -> NDArray[np.float64]:
    share = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    """WCAG 2.2 contrast ratio."""
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIE L*a*b* under D65 of linear RGB."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.maximum(to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089], 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_colour_meets_aa_on_every_ground(scheme: str) -> None:
    colours = schemes()[scheme]
    for name, ground in itertools.product(TEXT, ("paper", "sheet")):
        assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
    for name in (*HUES, "fused"):
        assert contrast(colours["on-hue"], colours[name]) >= 4.5, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_conflict_and_modalities_differ_for_the_colour_blind(scheme: str, deficiency: str) -> None:
    seen = {name: lab(np.array(DEFICIENCIES[deficiency]) @ linear(schemes()[scheme][name])) for name in HUES}
    for a, b in itertools.combinations(HUES, 2):
        # 15 is about six times the just noticeable difference; letters and hatching help as well.
        assert np.linalg.norm(seen[a] - seen[b]) >= 15, (a, b)


def test_paper_has_the_light_hues() -> None:
    css = files("saber.report").joinpath("assets/print.css").read_text(encoding="utf-8")
    printed = dict(re.findall(r"--([\w-]+): (#\w{6});", css))
    light = schemes()["light"]
    assert {name: printed[name] for name in TEXT} == {name: light[name] for name in TEXT}
