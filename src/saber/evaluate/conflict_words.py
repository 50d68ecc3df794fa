"""Does a text say that what is seen and what is heard tell two stories?

For answers that have no field for it. A list of words is crude: `--json` keeps the texts, and a report says
how many answers were read so.
"""

from __future__ import annotations

import re

__all__ = ["speaks_of_conflict"]

_ENGLISH = re.compile(
    r"\b(?:disagree|conflict(?!\s+with\s+(?:his|her|their)\s+(?:partner|friend|colleague))|contradict|"
    r"inconsisten|incongru|mismatch|discrepan|at odds|by contrast|in contrast|mixed signals|masks?\b|masking|"
    r"masked|conceal|feign|sarcas|ironic|forced smile|belie|despite|whereas)",
    re.IGNORECASE,
)
_CHINESE = re.compile("矛盾|不一致|冲突|相反|反差|不符|掩饰|掩盖|强颜欢笑|讽刺|反讽|言不由衷|尽管")
_DENIED = re.compile(
    r"(?:\b(?:no|not|without|nor|neither|never|n't|hardly any)\s+(?:\w+\s+){0,2}"
    r"|(?:没有|并无|不存在|无明显|毫无|无)\S{0,3})$",
    re.IGNORECASE,
)


def speaks_of_conflict(text: str) -> bool:
    """True where a word of conflict stands undenied."""
    return any(
        not _DENIED.search(text[max(0, found.start() - 48) : found.start()])
        for pattern in (_ENGLISH, _CHINESE)
        for found in pattern.finditer(text)
    )
