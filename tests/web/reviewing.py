"""How do tests review through the pages? As a person does: by name, with the keyboard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from review.made import saber
from web.conftest import Server

__all__ = ["asked", "exported", "field", "field_in_focus", "item_shown", "open_item", "say_who"]


def asked(server: Server, item: str, reviewer: str) -> Any:
    """The record as the server tells it to that reviewer."""
    return server.ask(f"review/item?item={quote(item)}&reviewer={quote(reviewer)}")


def say_who(page: Any, name: str) -> None:
    """Give the reviewer's name, as the page asks for it."""
    page.fill("#reviewer-name", name)
    page.keyboard.press("Enter")
    page.wait_for_selector(".reviewer")


def open_item(page: Any, item: str) -> None:
    """The page of one record, from wherever the page is; who reviews was said before."""
    page.evaluate("to => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')) }",
                  f"/review/item?item={item}")  # fmt: skip
    item_shown(page, item)


def item_shown(page: Any, item: str) -> None:
    """Wait until that record can be decided."""
    page.wait_for_function(
        "item => document.querySelector('.review-item h1')?.textContent === item", arg=item
    )


def field(page: Any, name: str) -> Any:
    return page.locator(f"[data-field={name}]")


def field_in_focus(page: Any) -> str | None:
    found: str | None = page.evaluate("document.activeElement.closest('[data-field]')?.dataset.field ?? null")
    return found


def exported(workspace: Path, out: Path) -> dict[str, dict[str, Any]]:
    """The rows of an export, by their ids."""
    answer = saber("export", "--workspace", workspace, "--out", out, "--form", "jsonl")
    assert answer.returncode == 0, answer.stderr
    files = (out / "data").glob("*.jsonl")
    return {row["id"]: row for file in files for row in map(json.loads, file.read_text().splitlines())}
