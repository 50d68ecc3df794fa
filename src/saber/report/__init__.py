"""How does an analysis become one page that can be shown to others?"""

from __future__ import annotations

from saber.report.embed import Embedded, Waveform, embed
from saber.report.markup import Html, el, join, json_block
from saber.report.page import page
from saber.report.told import told
from saber.report.view import view
from saber.report.write import report_name, write_report

__all__ = [
    "Embedded",
    "Html",
    "Waveform",
    "el",
    "embed",
    "join",
    "json_block",
    "page",
    "report_name",
    "told",
    "view",
    "write_report",
]
