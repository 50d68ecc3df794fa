"""How is it put into Chinese?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from saber.annotate.wording.protocol import Doubt, Follows, Ground, Opinion, Sureness, Time
from saber.core.catalogue import Level
from saber.core.records import Conflict
from saber.core.taxonomy import Emotion, Language, Modality

__all__ = ["Chinese"]

EMOTIONS = {
    Emotion.NEUTRAL: "中性",
    Emotion.HAPPINESS: "高兴",
    Emotion.SADNESS: "悲伤",
    Emotion.ANGER: "愤怒",
    Emotion.FEAR: "恐惧",
    Emotion.DISGUST: "厌恶",
    Emotion.SURPRISE: "惊讶",
}

MODALITIES = {
    Modality.FACE: "面部",
    Modality.BODY: "身体",
    Modality.VOICE: "声音",
    Modality.SPEECH: "话语",
}

UNITS = {
    "deg": "度",
    "s": "秒",
    "Hz": "赫兹",
    "dB": "分贝",
    "1/s": "次/秒",
    "ratio": "",
    "intensity": "",
    "count": "",
    "st": "个半音",
}

CONNECTIVES = {
    "first": (),
    "later": ("随后", "接着", "之后"),
    "meanwhile": ("同时", "与此同时"),
}

NOT_DESCRIBED = {
    "face": "无法描述面部表情",
    "body": "无法描述姿态与动作",
    "voice": "无法描述声音",
    "speech": "没有可记录的话语",
    "scene": "无法描述场景",
}

REASONS = {
    "no_video": "片段没有画面",
    "no_picture": "片段没有画面",
    "too_few_frames": "画面太少",
    "too_few_pictures": "画面太少",
    "no_audio": "片段没有声音",
    "no_sound": "片段没有声音",
    "digital_silence": "声音始终为静音",
    "no_face": "画面中看不到人脸",
    "no_body": "画面中看不到身体",
    "no_voice": "听不到人声",
    "no_speech": "听不到说话",
    "no_words": "未识别出话语",
    "not_intelligible": "话语听不清楚",
    "too_short": "时间太短，无法测量",
    "model_missing": "所需的模型未安装",
}

# What stands first says most; only the first whose reasons all apply is told.
PARTS: tuple[tuple[set[str], str], ...] = (
    ({"only_head_visible"}, "看不到躯干。"),
    ({"shoulders_not_visible"}, "肩部看不清楚，无法描述体态。"),
    ({"arms_not_visible", "hips_not_visible"}, "画面中看不到肩部以下的身体。"),
    ({"arms_not_visible"}, "手臂看不清楚，无法描述。"),
    ({"too_noisy"}, "噪声太大，无法判断音质。"),
)

VALENCE = (
    (0.45, "明显积极"),
    (0.15, "略偏积极"),
    (-0.15, "接近中性"),
    (-0.45, "略偏消极"),
    (-1.0, "明显消极"),
)
AROUSAL = ((0.45, "高"), (0.15, "偏高"), (-0.15, "中等"), (-0.45, "偏低"), (-1.0, "很低"))
SUGGESTS = ((0.5, "指向"), (0.35, "偏向"), (0.0, "略偏向"))
CERTAINTY = ((0.6, "把握较大"), (0.35, "把握一般"), (0.0, "把握较小"))

POLES = {"positive": "积极", "negative": "消极", "high": "高", "low": "低"}
ASPECTS = {"valence": "效价", "arousal": "唤醒度"}

SURENESS = {
    "fair": "这一判断较为明确",
    "some": "这一判断只是初步的",
    "little": "这一判断很不确定",
}

DOUBTS = {
    "conflict": "各通道彼此矛盾",
    "narrow": "与次位情绪差距很小",
    "spread": "没有哪种情绪的概率过半",
    "weak": "单个通道提供的信息都不多",
    "missing": "部分证据缺失",
}


class Chinese:
    """Times as "2.1 至 3.4 秒", shares as "78%"."""

    language = Language.CHINESE
    space = ""

    def emotion(self, emotion: Emotion) -> str:
        return EMOTIONS[emotion]

    def clause(self, level: Level, value: float | str, unit: str, digits: int, *, most: bool) -> str:
        number = value if isinstance(value, str) else f"{'至多' if most else ''}{value:.{digits}f}"
        return level.zh.format(value=number, unit=UNITS.get(unit, unit)).strip()

    def state(self, clauses: Sequence[str], time: Time, *, hedged: bool, again: bool) -> list[str]:
        when = ("总体上" if time.kind == "whole" else "同一时段内") if again else _when(time)
        return [f"{when}，{_hedge(clauses[0], hedged)}", *clauses[1:]]

    def event(self, clause: str, time: Time, *, hedged: bool, turn: int, follows: Follows) -> str:
        if time.kind == "peak":
            return f"{_hedge(f'有时{clause}', hedged)}，{time.apex_s or 0.0:.1f} 秒时最明显"
        said = _hedge(clause, hedged)
        apex = "" if time.apex_s is None else f"，{time.apex_s:.1f} 秒时最强"
        if time.kind == "times":
            return f"{said}，{_times(time)}{apex}"
        leads = CONNECTIVES[follows]
        if not leads:
            return f"{_when(time)}，{said}{apex}"
        lead = leads[turn % len(leads)]
        return f"{lead}（{_when(time)}）{said}{apex}" if turn % 2 else f"{lead}，{_when(time)}，{said}{apex}"

    def sentence(self, pieces: Sequence[str]) -> str:
        return "，".join(pieces) + "。"

    def modality(self, modality: Modality) -> str:
        return MODALITIES[modality]

    def pole(self, about: str, name: str) -> str:
        return self.emotion(Emotion(name)) if about == "emotion" else POLES[name]

    def why(self, reason: str | None) -> str | None:
        return REASONS.get(reason or "")

    def absence(self, sense: str, reason: str | None) -> str:
        why = self.why(reason)
        return f"{why}，{NOT_DESCRIBED[sense]}。" if why else f"{NOT_DESCRIBED[sense]}。"

    def part_absence(self, reasons: Collection[str]) -> tuple[str, str] | None:
        return next(((min(needed), said) for needed, said in PARTS if needed <= set(reasons)), None)

    def nothing_stands_out(self, sense: str) -> str:
        return f"没有足够可靠的测量结果，{NOT_DESCRIBED[sense]}。"

    def no_words(self) -> str:
        return "能听到人声，但未识别出任何话语。"

    def opinion(self, opinion: Opinion) -> str:
        who = MODALITIES[opinion.modality] + (f"（“{opinion.quote}”）" if opinion.quote else "")
        said = f"{who}{_finding(opinion)}"
        if opinion.because:
            said += f"，主要依据：{_spaced('，以及', [_ground(g) for g in opinion.because])}"
        return said + "。"

    def no_opinion(self, modalities: Sequence[Modality]) -> str:
        return f"仅凭{_who(modalities)}读不出情绪。"

    def left_out(self, absent: Sequence[tuple[Modality, str | None]]) -> str:
        whys = dict.fromkeys(REASONS[reason] for _, reason in absent if reason in REASONS)
        why = f"（{'；'.join(whys)}）" if whys else ""
        return f"{_who([m for m, _ in absent])}未计入判断{why}。"

    def agreement(self, modalities: Sequence[Modality], score: float) -> str:
        return f"{_who(modalities)}彼此相符（一致性 {score:.2f}，满分为 1）。"

    def conflict(self, conflicts: Sequence[Conflict], turn: int) -> str:
        a, b = conflicts[0].between
        whats = []
        for conflict in conflicts:
            x, y = (self.pole(conflict.about, said) for said in conflict.says)
            if conflict.about == "emotion":
                whats.append(f"{MODALITIES[a]}{_as(x)}，{MODALITIES[b]}却{_as(y)}")
            elif whats:
                whats.append(f"{ASPECTS[conflict.about]}一{x}一{y}")
            else:
                whats.append(f"{MODALITIES[a]}的{ASPECTS[conflict.about]}{x}，{MODALITIES[b]}却{y}")
        also = "也" if turn else ""
        when = f"{conflicts[0].start_s:.1f} 至 {conflicts[0].end_s:.1f} 秒"
        return f"{when}，{_who((a, b))}{also}相互矛盾：{'；'.join(whats)}。"

    def conflict_note(self, score: float) -> str:
        return (
            f"这种不一致（一致性 {score:.2f}，满分为 1）可能出于反讽、客套、掩饰或复杂的心情，"
            "也可能是画面与声音本不属于同一段素材；仅凭该片段无法断定。"
        )

    def other_speaker(self, clause: str) -> str:
        return f"面孔与声音可能属于不同的人：{clause}。"

    def undecided(self, modalities: Sequence[Modality], score: float | None) -> str:
        if len(modalities) < 2:
            only = f"只有{_who(modalities)}可以解读" if modalities else "没有任何通道可以解读"
            return f"各通道是否一致无从判断：{only}。"
        how = "" if score is None else f"（一致性 {score:.2f}，满分为 1）"
        return f"{_who(modalities)}既不明显一致，也不明显矛盾{how}。"

    def weights(self, weights: Mapping[Modality, float]) -> str:
        (heaviest, share), *others = weights.items()
        rest = "、".join(f"{MODALITIES[m]}占 {_pc(w)}" for m, w in others)
        return (
            f"综合判断中，{MODALITIES[heaviest]}的分量最重，占 {_pc(share)}，{rest}；"
            "各通道的分量依据人们只看、只听或边看边听时的投票，以及各自读数的可靠程度。"
        )

    def outcome(self, label: Emotion, share: float, second: tuple[Emotion, float] | None) -> str:
        ahead = "" if second is None else f"，其次是{EMOTIONS[second[0]]}（{_pc(second[1])}）"
        return f"综合来看，最可能的情绪是{EMOTIONS[label]}（{_pc(share)}）{ahead}。"

    def cannot_tell(self, likeliest: Sequence[tuple[Emotion, float]]) -> str:
        near = "与".join(f"{EMOTIONS[e]}（{_pc(share)}）" for e, share in likeliest)
        why = f"：{near}的可能性相近" if near else ""
        return f"仅凭该片段无法判断此人的情绪{why}。"

    def affect(self, valence: float, arousal: float) -> str:
        return (
            f"效价{_band(VALENCE, valence)}（{valence:+.2f}），"
            f"唤醒度{_band(AROUSAL, arousal)}（{arousal:+.2f}），取值均在 -1 至 1 之间。"
        )

    def sureness(self, sureness: Sureness, doubts: Sequence[Doubt]) -> str:
        link = "，不过" if sureness == "fair" else "："
        why = f"{link}{'，'.join(DOUBTS[d] for d in doubts)}" if doubts else ""
        return f"{SURENESS[sureness]}{why}。"


def _finding(opinion: Opinion) -> str:
    sure = _band(CERTAINTY, opinion.confidence)
    if not opinion.top:
        return (
            f"没有指向某一种特定情绪（{sure}），效价{_band(VALENCE, opinion.valence)}，"
            f"唤醒度{_band(AROUSAL, opinion.arousal)}"
        )
    link = f"与{MODALITIES[opinion.like]}一样，" if opinion.like else "则" if opinion.contrasts else ""
    (emotion, share), *others = opinion.top
    if others:
        ((other, share_2),) = others
        return (
            f"{link}介于{EMOTIONS[emotion]}（{_pc(share)}）与{EMOTIONS[other]}（{_pc(share_2)}）之间，{sure}"
        )
    verb = _band(SUGGESTS, share)
    if emotion is Emotion.NEUTRAL and share >= SUGGESTS[0][0]:
        verb = "基本呈"
    return f"{link}{verb}{EMOTIONS[emotion]}（{_pc(share)}，{sure}）"


def _as(emotion: str) -> str:
    return f"{'呈' if emotion == EMOTIONS[Emotion.NEUTRAL] else '偏向'}{emotion}"


def _ground(ground: Ground) -> str:
    clauses = "、".join(ground.clauses)
    if ground.time.kind == "times":
        return f"{clauses}，{_times(ground.time)}"
    if ground.time.kind == "peak":
        return f"有时{clauses}"
    return f"{_when(ground.time)}{clauses}"


def _spaced(link: str, parts: Sequence[str]) -> str:
    """The parts, linked; a figure after a Chinese word stands off by a space."""
    first, *others = parts
    return first + "".join(f"{link}{' ' if part[0].isdigit() else ''}{part}" for part in others)


def _pc(share: float) -> str:
    return f"{share:.0%}"


def _when(time: Time) -> str:
    if time.kind == "whole":
        return "整个片段中"
    if time.kind == "moment":
        return f"{time.start_s:.1f} 秒时"
    return f"{time.start_s:.1f} 至 {time.end_s:.1f} 秒"


def _times(time: Time) -> str:
    n = len(time.moments_s)
    if n > 5:
        return f"{time.start_s:.1f} 至 {time.end_s:.1f} 秒之间共 {n} 次"
    return f"共 {n} 次（{'、'.join(f'{t:.1f}' for t in time.moments_s)} 秒）"


def _hedge(clause: str, hedged: bool) -> str:
    return f"似乎{clause}" if hedged else clause


def _who(modalities: Sequence[Modality]) -> str:
    names = [MODALITIES[m] for m in modalities]
    return "".join(names) if len(names) < 2 else f"{'、'.join(names[:-1])}和{names[-1]}"


def _band(bands: Sequence[tuple[float, str]], value: float) -> str:
    return next(word for at_least, word in bands if value >= at_least)
