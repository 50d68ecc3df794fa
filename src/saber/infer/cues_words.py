"""With which words are cues told to a model, in each language?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from saber.core.catalogue import CueSpec, Level
from saber.core.taxonomy import Language

__all__ = ["WORDS", "Words"]

_ASIDE = re.compile(r" \((?!like AU)[^)]*\)")
_LATER = re.compile(r"[;:.] |[.;]$")


@dataclass(frozen=True)
class Words:
    """One language. No word of a visual entry speaks of sound, and none of an acoustic one of sight: a stage
    that gets one of the two must not learn of the other."""

    language: Language
    headings: Mapping[str, str]
    units: Mapping[str, str]
    reasons: Mapping[str, str]
    nothing: Mapping[str, str]
    legend: str
    usual: str
    usual_span: str
    confidence: str
    comma: str
    z: str
    peak: str
    more: str
    person: str
    not_measured: str
    unsure: str
    left_out: str
    transcript: str
    word_times: str
    no_words: str
    cut: str

    def level(self, level: Level) -> str:
        return level.zh if self.language is Language.CHINESE else level.en

    def meaning(self, spec: CueSpec) -> str:
        """The start of the catalogue's definition, which is in English only, without asides."""
        meaning = _ASIDE.sub("", spec.meaning)
        meaning = _LATER.split(meaning, maxsplit=1)[0]
        return meaning if meaning[1:2].isupper() else meaning[0].lower() + meaning[1:]

    def reason(self, slug: str | None) -> str:
        """Why something is missing; a slug without words of its own is readable as it is."""
        return self.reasons.get(slug or "", (slug or "?").replace("_", " "))


ENGLISH = Words(
    language=Language.ENGLISH,
    headings={
        "scene": "## Scene",
        "face": "## Face",
        "body": "## Body",
        "together": "## Sight and sound compared",
        "voice": "## Voice and way of speaking",
        "transcript": "## Words",
    },
    units={
        "intensity": "0 none to 5 strongest",
        "ratio": "share from 0 to 1",
        "M3": "colourfulness, 0 grey to about 110",
        "index": "-1 to 1",
        "widths/s": "picture widths a second",
        "face heights": "heights of the face",
        "face heights/s": "heights of the face a second",
        "shoulder widths": "widths of the shoulders",
        "SPARC": "0 or less, the lower the jerkier",
        "st": "semitones",
        "st/s": "semitones a second",
        "sd": "standard deviations from the usual",
    },
    reasons={
        "no_video": "the clip has no picture",
        "no_picture": "the clip has no picture",
        "no_audio": "the clip has no sound",
        "no_sound": "the clip has no sound",
        "digital_silence": "the sound is silent throughout",
        "no_words": "no words were recognised",
        "mouth_busy_talking": "the mouth keeps moving",
    },
    nothing={
        "scene": "no scene could be measured",
        "face": "no face could be measured",
        "body": "no body could be measured",
        "voice": "no voice could be measured",
        "speech": "no words could be measured",
    },
    legend="Units: {units}.",
    usual="Where no confidence is given, it is 1.00.",
    usual_span=" (over {span} where no time is given)",
    confidence="confidence",
    comma=", ",
    z="{z} sd from the usual",
    peak=" (peak {at} s)",
    more="and {n} more times",
    person="person {n}",
    not_measured="not measured",
    unsure="too unsure",
    left_out="({n} less telling measurements are left out.)",
    transcript="recognised automatically, language {language}, confidence {sure}",
    word_times="when each word starts, in seconds",
    no_words="no words were recognised",
    cut="(cut off here)",
)

CHINESE = Words(
    language=Language.CHINESE,
    headings={
        "scene": "## 场景",
        "face": "## 面部",
        "body": "## 身体",
        "together": "## 画面与声音的对照",
        "voice": "## 嗓音与说话方式",
        "transcript": "## 话语",
    },
    units={
        "intensity": "强度，0 无至 5 最强",
        "ratio": "比例，0 至 1",
        "M3": "色彩丰富度，0 为灰，约 110 为最鲜艳",
        "index": "-1 至 1",
        "widths/s": "每秒画面宽度",
        "face heights": "脸高",
        "face heights/s": "每秒脸高",
        "shoulder widths": "肩宽",
        "SPARC": "不大于 0，越低越不流畅",
        "st": "半音",
        "st/s": "每秒半音",
        "sd": "偏离常值的标准差",
    },
    reasons={
        "ambiguous": "无法判定",
        "arms_not_visible": "手臂不可见",
        "black": "画面全黑",
        "camera_moves": "摄像机在移动",
        "digital_silence": "声音全程静默",
        "eyes_shut": "眼睛闭着",
        "face_height_unknown": "脸的大小未知",
        "face_turned_away": "脸转向一侧",
        "hands_not_visible": "手不可见",
        "hips_not_visible": "髋部不可见",
        "many_colours": "颜色繁多",
        "model_missing": "未安装所需模型",
        "mouth_busy_talking": "嘴一直在动",
        "no_audio": "没有声音",
        "no_body": "看不到身体",
        "no_detail": "画面缺少细节",
        "no_face": "看不到脸",
        "no_pause": "没有停顿",
        "no_picture": "没有画面",
        "no_sound": "没有声音",
        "no_speech": "没有话语",
        "no_tremor": "没有颤抖",
        "no_video": "没有画面",
        "no_voice": "没有人声",
        "no_words": "未识别到话语",
        "none_heard": "未听到",
        "not_intelligible": "听不清内容",
        "one_language": "只有一种语言",
        "only_head_visible": "只看得到头部",
        "people_unknown": "人数未知",
        "shoulders_not_visible": "肩部不可见",
        "single_shot": "只有一个镜头",
        "too_few_frames": "画面太少",
        "too_few_pictures": "画面太少",
        "too_noisy": "噪声太大",
        "too_short": "时间太短",
    },
    nothing={
        "scene": "场景无法测量",
        "face": "面部无法测量",
        "body": "身体无法测量",
        "voice": "嗓音无法测量",
        "speech": "话语无法测量",
    },
    legend="单位：{units}。",
    usual="未注明置信度者为 1.00。",
    usual_span="（未注明时间者为 {span}）",
    confidence="置信度",
    comma="，",
    z="偏离常值 {z} 个标准差",
    peak="（{at} s 最强）",
    more="另有 {n} 次",
    person="人物 {n}",
    not_measured="未测得",
    unsure="把握太小",
    left_out="（另有 {n} 项次要的测量从略。）",
    transcript="自动识别，语言 {language}，置信度 {sure}",
    word_times="每个词开始的秒数",
    no_words="未识别到话语",
    cut="（此处截断）",
)

WORDS: Mapping[Language, Words] = {Language.ENGLISH: ENGLISH, Language.CHINESE: CHINESE}
