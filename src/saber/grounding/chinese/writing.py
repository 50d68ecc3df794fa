"""How is Chinese written, as far as finding claims needs to know?"""

from __future__ import annotations

from saber.grounding.records import When
from saber.grounding.vocabulary import Writing

__all__ = ["WRITING"]

_N = r"(\d{1,6}(?:\.\d{1,6})?)\s*"

WRITING = Writing(
    spaced=False,
    some_words=r"[^，。；！？、,;]{0,4}",
    between=r"(?:着|了|起了|起来|起|住|一下|紧)?(?:的|自己的|她的|他的|其|一)?",
    listing=r"(?:、|而又|而且|而|且|又|，|与|和|的)",
    another=r"(?!)",
    unit=r"[^\s，。；！？、,;]",
    reach=9,
    sentence_end=r"[。！？\n]",
    clause_end=r"[，；：,;:（）]|但|却|而(?!且)|不过|然而|并且|随后|同时|除了|除此之外",
    negators=r"(?:没有|看不到|看不出|听不出|未见|毫无)(?:任何|一丝|丝毫|一点)?|没有|并未|并没|并不|毫无|毫不|从未|不再|从不|未见|未曾|未|(?<!淹)没|无(?!法)|缺乏|几乎不|几乎没|"
    r"不(?!断|停|禁|由|住|安|时|稳|仅|只|动|明)|"
    r"看不到|看不出|听不出|很少",
    not_negators=r"不再|几乎察觉不到|几乎看不出|难以察觉|不易察觉|不仅|不只|不但|不禁|忍不住|不由|不断|不停|不时|无论|无疑|未必",
    negation_reach=8,
    negated_after=r"(?:消失不见|并不明显|未出现|没有出现|不明显)",
    hedges=r"似乎|好像|可能|或许|也许|看起来|看似|大概|疑似|近乎|几乎(?!没|不|无|未|静|一)|隐约|显得",
    hypotheticals=r"像要|像是要|仿佛|好似|会更|本该|本应|才会|才可以|才应|是否|会以为|快要|即将|忍住|强忍|想要|试图",
    conditions=r"如果|假如|倘若|要是|假设|若(?!干|有所|无其事|隐若现)",
    supposed_after=r"的?话",
    strong=r"(?:非常|极其|极为|极|十分|特别|格外|异常|明显|强烈|深深)(?:地|的)?$",
    slight=r"(?:略微|略显|略|稍微|稍|微微|有些|有点|一丝|淡淡的?|浅浅的?|偏|较)(?:地|的)?$",
    ended_before=r"不再|停止",
    ended_after=r"(?:很快|随即|渐渐|逐渐|慢慢|便|就|随之|也|又){0,3}(?:消失|褪去|退去|收起|收敛|不见了|淡去|凝固)",
    sequence=r"随后|之前|除了|然后|接着|突然|忽然|之后|直到|一度|转为|变为|后来|随即|先是|"
    r"一[^，。；]{1,8}，[^，。；]{0,3}[便就]",
    at_times=r"逐渐|渐渐|偶尔|有时|时而|不时|片刻|几次|两次",
    resets=r"随后|然后|接着|之后|后来|随即|再|除此之外|此外|其余|其他时候",
    quotes=r"[“「『\"]([^“”「」『』\"\n]+)[”」』\"]",
    times=(
        (r"最后|结尾|末尾|结束时|末了|最终", When(start=2 / 3, end=None, unit="ratio")),
        (r"起初|开始时|一开始|开头|最初|先是|起先", When(start=0.0, end=1 / 3, unit="ratio")),
        (r"中间|中途|中段", When(start=1 / 3, end=2 / 3, unit="ratio")),
        (r"前半段|前半部分", When(start=0.0, end=0.5, unit="ratio")),
        (r"后半段|后半部分|后来", When(start=0.5, end=None, unit="ratio")),
    ),
    timed=(
        (rf"(?:从|在)?{_N}秒?(?:至|到|[-–~])\s*{_N}秒", "from_to"),
        (rf"{_N}秒(?:之后|以后|后|起)", "after"),
        (rf"(?:前\s*{_N}秒)", "before"),
        (rf"第?{_N}秒(?:时|左右|处|前后)|第{_N}秒", "at"),
    ),
)
