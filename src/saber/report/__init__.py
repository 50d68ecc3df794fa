"""How does an analysis become one page that can be shown to others?"""

from __future__ import annotations

from saber.report.markup import Html, el, join, json_block
from saber.report.write import write_report

__all__ = ["Html", "el", "join", "json_block", "write_report"]
