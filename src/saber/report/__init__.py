"""How does an analysis become one page that can be shown to others?"""

from __future__ import annotations

from saber.report.write import write_report

__all__ = ["write_report"]
