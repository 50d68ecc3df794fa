"""Which Chinese words look like claims, or take what is said of them, and are no matter of a measurement?"""

from __future__ import annotations

from saber.core.taxonomy import Dimension
from saber.grounding.vocabulary import SEEN, Phrase, Thing

__all__ = ["PHRASES", "THINGS"]

THINGS = (
    Thing("孩子 | 小孩 | 婴儿 | 观众 | 主持人 | 采访者 | 旁人 | 邻居", only=frozenset({Dimension.ACOUSTIC})),
    Thing("镜头 | 摄像机 | 额头 | 回头 | 开头 | 念头 | 来说 | 据说 | 可以说 | 说明 | 小说", only=SEEN),
    Thing(
        "头发 | 衣服 | 衬衫 | T恤 | 外套 | 长发 | 黑发 | 话语 | 内容 | 文字 | 台词 | 句子 | "
        "言辞 | 话里 | 气氛 | 情绪 | 心情"
    ),
)

PHRASES = (
    Phrase("哭笑不得 | 好笑 | 可笑 | 笑话 | 嘲笑 | 玩笑 | 说笑", ""),
    Phrase("高兴 | 低落 | 低迷 | 快乐 | 愉快 | 痛快 | 赶快 | 急切 | 高度", ""),
    Phrase("慌张", "", frozenset({Dimension.FACE, Dimension.BODY})),
)
