"""How is HTML put together so that no text from a clip or a model can become markup?

`el("p", text, class_="lead")` escapes `text`; only what `el` itself made (`Html`) is taken as it is.
"""

from __future__ import annotations

import html
import json

__all__ = ["Html", "el", "join", "json_block"]

_VOID = frozenset({"meta", "br", "img", "input", "rect", "line", "circle", "path"})


class Html(str):
    """Markup that is safe to put into a page."""

    __slots__ = ()


def el(tag: str, *children: str | None, **attributes: str | float | bool | None) -> Html:
    """An element. Plain strings among `children` are escaped, `Html` is not, None is left out.

    `class_` and `for_` lose the underscore, other underscores become hyphens; True gives an attribute
    without a value, None and False leave it out.
    """
    parts = [f"<{tag}"]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        name = key.rstrip("_").replace("_", "-")
        parts.append(f" {name}" if value is True else f' {name}="{html.escape(_text(value))}"')
    if tag in _VOID:
        return Html("".join([*parts, ">" if tag in {"meta", "br", "img", "input"} else "/>"]))
    return Html("".join([*parts, ">", join(*children), f"</{tag}>"]))


def join(*children: str | None) -> Html:
    """Children side by side, escaped as in `el`."""
    return Html(
        "".join(c if isinstance(c, Html) else html.escape(c, quote=False) for c in children if c is not None)
    )


def json_block(identifier: str, data: object) -> Html:
    """A script element that holds JSON and can't be closed or executed by what is in the JSON."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Html(f'<script type="application/json" id="{html.escape(identifier)}">{text}</script>')


def _text(value: str | float | bool) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
