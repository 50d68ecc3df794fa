"""Which Chinese words say something of a voice?"""

from __future__ import annotations

from saber.core.taxonomy import Dimension
from saber.grounding.vocabulary import HEARD, Phrase, Thing

__all__ = ["PHRASES", "THINGS"]

_ACOUSTIC = frozenset({Dimension.ACOUSTIC})
_WIDE = (
    "高低起伏 | 忽高忽低 | 起伏不定 | 有起伏 | 变化多端 | 变化明显 | 大起大落 | 婉转 | "
    "起伏较大 | 起伏很大 | 起伏大 | 起伏明显 | 变化较大 | 变化很大 | 变化丰富 | 抑扬顿挫 | "
    "富有变化 | "
    "跌宕 | 波动较大 | 波动大"
)
_NARROW = (
    "单调 | 少变 | 平板 | 呆板 | 平缓 | 没有起伏 | 没有变化 | 缺少变化 | 缺乏起伏 | "
    "几乎没有起伏 | 几乎没有变化 | 毫无变化 | 平淡 | 平直 | 变化较小 | 变化不大 | 变化小 | "
    "起伏较小 | 起伏不大 | 起伏小 | 缺乏变化 | "
    "少有变化 | 毫无起伏 | 毫无波澜"
)
_FAST = "极快 | 急速 | 迅速 | 加速 | 偏急 | 很快 | 较快 | 偏快 | 加快 | 快速 | 急促 | 飞快 | 急 | 快 | 匆忙"
_SLOW = (
    "极慢 | 拖沓 | 慢悠悠 | 不急不躁 | 不慌不忙 | 徐缓 | 慢条斯理 | 慢吞吞 | 缓缓 | 慢慢 | "
    "迟滞 | 从容 | 很慢 | 较慢 | 偏慢 | 放慢 | 缓慢 | 慢 | 迟缓 | 拖长 | 舒缓"
)
_USUAL = "正常 | 适中 | 中等 | 一般 | 平稳适中"
_LOUD = (
    "嘹亮 | 铿锵 | 高声 | 强而有力 | 很大声 | 雄厚有力 | 响亮 | 洪亮 | 有力 | 高亢 | 用力 | "
    "激昂 | 强劲 | 大声"
)
_SOFT = (
    "细弱 | 轻缓 | 轻轻 | 细声 | 低弱 | 柔弱 | 虚弱无力 | 有气无力 | 无力 | 更轻 | 轻柔 | "
    "柔和 | 微弱 | 很轻 | 较轻 | 轻声 | 小声 | 低声 | 虚弱 | 温柔 | 不用力 | 轻细"
)
_TREMBLING = (
    "抖动 | 战栗 | 颤栗 | 发虚发颤 | 微微发颤 | 颤抖 | 发颤 | 颤音 | 颤动 | 微颤 | 发抖 | 哆嗦 | 不稳"
)

THINGS = (
    Thing(
        "声音 | 嗓音 | 嗓子 | 嗓门 | 话语声 | 音色 | 声线 | 男声 | 女声 | 语气 | 音质 | 话音 | 人声 | 声调",
        {
            "尖细 | 尖声 | 高亢尖锐 | 高于一般 | 高于普通 | 高于常人 | 极高 | 尖锐 | 尖利 | 高昂 | "
            "很高 | 较高 | 偏高": "pitch_level.high",
            "低沉 | 低于一般 | 厚重 | 低哑 | 极低 | 很低 | 较低 | 偏低 | 浑厚 | 深沉": "pitch_level.low",
            _WIDE: "pitch_range.wide",
            _NARROW: "pitch_range.narrow",
            f"{_LOUD} | 提高 | 拔高 | 抬高 | 有力而明亮 | 非常用力": "effort.high",
            f"{_SOFT} | 压低": "effort.low",
            "越来越大 | 越来越响 | 逐渐变大 | 逐渐提高 | 逐渐增大 | 逐渐增强 | 变大 | "
            "渐强": "loudness_change.up",
            "渐渐变弱 | 渐渐变小 | 弱下去 | 低下去 | 越来越小 | 越来越轻 | 越来越弱 | 逐渐变小 | "
            "逐渐变轻 | 逐渐降低 | 逐渐减弱 | 变小 | 渐弱": "loudness_change.down",
            _TREMBLING: "tremor.trembling",
            "平稳 | 稳定 | 稳健 | 平静稳定 | 沉稳": "!tremor.trembling",
            "气声 | 气息声 | 气音": "voice_quality.breathy",
            "沙哑 | 沙沙 | 喑哑 | 粗嗓 | 嘶哑 | 粗糙 | 粗哑 | 粗粝 | 干涩": "voice_quality.rough",
            "紧绷 | 绷紧 | 压抑紧绷 | 憋着 | 挤压 | 紧张 | 发紧 | 哽咽": "voice_quality.pressed",
            "缓慢 | 慢": "rate.slow",
            "急促": "rate.fast",
            "淹没在噪声": "noise.noisy",
        },
        HEARD,
        default=True,
    ),
    Thing(
        "音调 | 音高 | 语调 | 声调 | 调子 | 音区而言音高 | 结尾音调 | 句尾音高 | 句尾音调",
        {
            "很高 | 较高 | 偏高 | 极高 | 远高于 | 明显高于 | 高于 | 升高 | 高亢 | 提高 | "
            "高昂 | 高": "pitch_level.high",
            "很低 | 较低 | 偏低 | 极低 | 远低于 | 明显低于 | 低于 | 低沉 | 降低 | 低": "pitch_level.low",
            "属正常 | 正常 | 适中 | 一般 | 中等": "pitch_level.usual",
            _WIDE: "pitch_range.wide",
            _NARROW: "pitch_range.narrow",
            "变化正常": "pitch_range.usual",
            "整体~上升 | 逐渐上升 | 逐渐升高 | 越来越高": "pitch_change.up",
            "整体~下降 | 逐渐下降 | 逐渐降低 | 越来越低": "pitch_change.down",
            "上扬 | 上挑 | 往上走 | 往上扬": "pitch_end.up",
            "上升 | 走高 | 攀升 | 明显上升": "pitch_change.up",
            "下降 | 走低 | 下滑 | 下沉 | 明显下降": "pitch_change.down",
            "平稳不颤 | 平稳 | 稳定": "!tremor.trembling",
            _TREMBLING: "tremor.trembling",
        },
        HEARD,
    ),
    Thing(
        "语速 | 速度 | 说话速度 | 节奏", {_FAST: "rate.fast", _SLOW: "rate.slow", _USUAL: "rate.usual"}, HEARD
    ),
    Thing(
        "说话 | 讲话 | 说得 | 讲得 | 朗读 | 言语 | 说",
        {
            _FAST: "rate.fast",
            _SLOW: "rate.slow",
            _LOUD: "effort.high",
            _SOFT: "effort.low",
            "流畅 | 流利 | 连贯": "!pauses.many",
            "断续 | 时断时续 | 断断续续 | 吞吞吐吐 | 结巴": "pauses.many",
            "用力": "effort.high",
        },
        HEARD,
    ),
    Thing(
        "音量 | 响度",
        {
            "很大 | 较大 | 偏大 | 极大 | 大 | 高": "loudness.loud",
            "很小 | 较小 | 偏小 | 低": "loudness.quiet",
            "逐渐增强 | 明显增强 | 增大 | 变大 | 提高": "loudness_change.up",
            "逐渐减弱 | 明显减弱 | 减小 | 变小 | 降低": "loudness_change.down",
            "平稳 | 稳定 | 保持不变 | 没有变化 | 均匀": "loudness_change.even",
            "变化较大 | 变化很大 | 起伏": "loudness_range.wide",
            "变化较小 | 变化不大 | 几乎不变": "loudness_range.narrow",
        },
        HEARD,
    ),
    Thing("发声力度 | 力度", {"正常": "effort.usual"}, HEARD),
    Thing(
        "风声 | 雨声 | 车声 | 机器声 | 噪音 | 杂音 | 现场 | 环境音",
        {"很大 | 较大 | 明显 | 嘈杂 | 吵闹": "noise.noisy"},
        frozenset({Dimension.ACOUSTIC}),
    ),
    Thing("录音", {"清晰": "noise.clean", "噪声 | 嘈杂": "noise.noisy"}, HEARD),
)

PHRASES = (
    Phrase("音质清晰", "voice_quality.clear", HEARD),
    Phrase(
        "笑声 | 咯咯~笑 | 哈哈~笑 | 笑出声 | 失笑 | 哈哈 | 大笑 | 轻笑",
        "laughter.heard",
        frozenset({Dimension.ACOUSTIC}),
    ),
    Phrase(
        "杂音 | 嗡嗡声 | 轰鸣声 | 噪声 | 噪音 | 嘈杂",
        "noise.noisy",
        frozenset({Dimension.ACOUSTIC}),
        late=True,
    ),
    Phrase(
        "停顿 | 短暂的沉默 | 短暂沉默 | 卡顿 | 沉默片刻 | 顿了顿 | 迟疑 | 犹豫 | 停下来 | "
        "停了下来 | 欲言又止",
        "pauses.some",
        HEARD,
    ),
    Phrase(
        "停顿较长 | 较长的停顿 | 长时间的停顿 | 很长的停顿 | 长时间停顿 | 停顿很多 | 长久停顿 | "
        "停顿很久 | 停顿了很久 | 久久停顿 | 长时间沉默 | 久久沉默 | "
        "频繁停顿 | 多次停顿 | 断断续续 | 磕磕巴巴 | 磕磕绊绊 | 结结巴巴 | 吞吞吐吐 | 停顿占一半",
        "pauses.many",
        HEARD,
    ),
    Phrase(
        "停顿少 | 停顿很少 | 很少停顿 | 少有停顿 | 停顿较少 | 一气呵成 | 滔滔不绝 | 一口气说完 | "
        "一口气没停 | 一刻不停 | 毫无间断",
        "!pauses.many",
        HEARD,
    ),
    Phrase(
        "提高嗓门 | 提高了嗓门 | 提高声音 | 提高了声音 | 拔高嗓门 | 扯着嗓子 | 放开嗓子", "effort.high", HEARD
    ),
    Phrase("轻声 | 小声 | 压低声音 | 压低嗓音 | 压低了声音", "effort.low", HEARD, late=True),
    Phrase("颤抖 | 发颤 | 发抖 | 颤音 | 哆嗦", "tremor.trembling", _ACOUSTIC, late=True),
    Phrase("沙哑 | 嘶哑", "voice_quality.rough", _ACOUSTIC, late=True),
    Phrase("紧绷", "voice_quality.pressed", _ACOUSTIC, late=True),
    Phrase("飞快 | 倒豆子", "rate.fast", _ACOUSTIC, late=True),
    Phrase("慢悠悠 | 慢吞吞", "rate.slow", _ACOUSTIC, late=True),
    Phrase("不紧不慢 | 不疾不徐 | 不快不慢 | 不急不缓", "rate.usual", HEARD),
    Phrase(
        "喊叫 | 呼喊 | 呐喊 | 怒吼 | 咆哮 | 大声说 | 大声喊 | 高喊 | 大喊 | 大叫 | 尖叫 | 吼 | 嘶吼",
        "effort.high",
        HEARD,
    ),
    Phrase(
        "耳语 | 小声 | 轻声 | 喃喃自语 | 低语 | 嘟囔 | 嘀咕 | 呢喃 | 小声嘟囔 | 低声细语 | 喃喃 | 轻声细语",
        "effort.low",
        HEARD,
    ),
    Phrase(
        "句尾下滑 | 句末下降 | 句末音高下降 | 句末音高下滑 | 尾音下降 | 尾音下落 | 句尾音高下滑 | "
        "结尾音高下降 | 句尾音高下降 | 句尾下降 | 结尾下降 | 尾音下沉",
        "pitch_end.down",
        HEARD,
    ),
    Phrase(
        "句末上扬 | 尾音上挑 | 句末音高上扬 | 句末音调上扬 | 结尾音高上扬 | 句尾音高上扬 | "
        "句尾上扬 | 尾音上扬 | 结尾上扬",
        "pitch_end.up",
        HEARD,
    ),
    Phrase("句尾音高持平", "pitch_end.level", HEARD),
    Phrase(
        "重读 | 重音 | 说得特别重 | 说得很重 | 加重 | 加重语气 | 强调~词 | 强调关键 | 咬得很重 | 着重",
        "emphasis.strong",
        frozenset({Dimension.ACOUSTIC}),
    ),
)
