"""Which Chinese words say in what manner somebody speaks or sits, where no measurement decides it?

Only whether texts agree with each other is asked of them.
"""

from __future__ import annotations

from saber.grounding.vocabulary import HEARD, SEEN, Phrase

__all__ = ["PHRASES"]

PHRASES = (
    Phrase(
        "语气坚定 | 坚定的语气 | 语气自信 | 自信的语气 | 声音自信 | 自信的声音 | 坚定的声音 | 声音坚定 | "
        "说话自信 | 自信地说 | 坚定地说 | 说得很自信 | 说得很坚定 | 充满自信的语气 | 充满自信的声音 | "
        "语气果断 | 果断的语气 | 底气十足",
        "speaking.confident",
        HEARD,
    ),
    Phrase(
        "语气平静 | 平静的语气 | 语气平和 | 平和的语气 | 声音平静 | 平静的声音 | 平静地说 | 语气从容 | "
        "从容的语气 | 心平气和 | 语气镇定 | 镇定的语气",
        "speaking.calm",
        HEARD,
    ),
    Phrase("语气激动 | 激动的语气 | 声音激动 | 激动的声音 | 激动地说 | 歇斯底里", "speaking.agitated", HEARD),
    Phrase("姿态放松 | 放松的姿态 | 身体放松 | 坐姿放松 | 放松的坐姿", "posture.relaxed", SEEN),
    Phrase("身姿挺拔 | 挺拔的身姿 | 姿态挺拔 | 腰背挺直", "posture.upright", SEEN),
)
