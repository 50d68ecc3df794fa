"""How are counts drawn as bars, without a drawing library?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

__all__ = ["bars"]

_COLOURS = ("#2f6f8f", "#d0803a", "#9aa3a8", "#7a5c99")
_INK, _PAPER = "#20303a", "#ffffff"
_LINE, _LABEL, _WIDTH, _NUMBER = 26, 190, 430, 80
"""Pixels: height of a bar's line, width of its label, of the longest bar, of the number behind it."""


def bars(title: str, rows: Sequence[tuple[str, Mapping[str, int]]]) -> str:
    """An SVG of one horizontal bar a row, in order; a bar is made of parts, name -> count, told by colour.

    Each bar has its count in words behind it, and the whole a title that is read aloud.
    """
    names = list(dict.fromkeys(name for _, parts in rows for name in parts))
    legend = names if len(names) > 1 else []
    longest = max((sum(parts.values()) for _, parts in rows), default=0) or 1
    top = 40 + (24 if legend else 0)
    width, height = _LABEL + _WIDTH + _NUMBER + 30, top + _LINE * len(rows) + 14
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "role": "img",
            "font-family": "system-ui, sans-serif",
            "font-size": "13",
            "fill": _INK,
        },
    )
    ET.SubElement(svg, "title").text = title
    ET.SubElement(svg, "rect", width=str(width), height=str(height), fill=_PAPER)
    _text(svg, 16, 24, title, **{"font-weight": "600"})
    x = float(_LABEL)
    for number, name in enumerate(legend):
        _bar(svg, x, 36, 12, 12, number)
        _text(svg, x + 18, 46, name)
        x += 34 + 7.5 * len(name)
    for line, (label, parts) in enumerate(rows):
        y = top + line * _LINE
        _text(svg, _LABEL - 10, y + 16, label, **{"text-anchor": "end"})
        x = float(_LABEL)
        for number, name in enumerate(names):
            size = _WIDTH * parts.get(name, 0) / longest
            if size:
                _bar(svg, x, y + 4, size, _LINE - 8, number)
            x += size
        _text(svg, x + 8, y + 16, f"{sum(parts.values()):,}")
    return ET.tostring(svg, encoding="unicode") + "\n"


def _bar(svg: ET.Element, x: float, y: float, width: float, height: float, number: int) -> None:
    ET.SubElement(
        svg,
        "rect",
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        width=f"{width:.1f}",
        height=f"{height:.1f}",
        fill=_COLOURS[number % len(_COLOURS)],
    )


def _text(svg: ET.Element, x: float, y: float, text: str, **attributes: str) -> None:
    ET.SubElement(svg, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", **attributes}).text = text
