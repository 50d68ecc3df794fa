"""In which words does the page speak to its reader, in English and in Chinese?

Names of things (emotions, modalities, reasons, tracks) are in `names.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from saber.annotate import wording_for
from saber.core.taxonomy import Language

__all__ = ["BROWSER_KEYS", "STRINGS", "Strings"]

# key: (English, Chinese)
STRINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # masthead and verdict
        "title": ("{clip}: what is shown, heard and said", "{clip}：所见、所闻、所言"),
        "report": ("clip report", "片段报告"),
        "skip": ("Skip to the timeline", "跳到时间轴"),
        "verdict": ("Verdict", "结论"),
        "agree_all": ("{who} agree", "{who}一致"),
        "agree": ("The modalities agree", "各模态一致"),
        "disagree_pair": ("{a} and {b} disagree", "{a}与{b}相互矛盾"),
        "disagree": ("The modalities disagree", "各模态相互矛盾"),
        "unclear": ("Unclear whether the modalities agree", "无法判断各模态是否一致"),
        "unclear_one": ("Only {who} could be read; nothing to compare it with.",
                        "只能读取{who}，没有可比较的模态。"),
        "unclear_none": ("No modality could be read.", "没有任何模态可以读取。"),
        "unclear_weak": ("They neither clearly agree nor clearly contradict each other.",
                         "它们既不明显一致，也不明显矛盾。"),
        "all_say": ("No stretch was found in which they contradict each other.", "没有发现相互矛盾的时段。"),
        "score": ("Agreement", "一致性"),
        "score_of": ("{score} of 1", "{score}（满分 1）"),
        "score_none": ("can't be scored", "无法评分"),
        "expressed": ("Expressed emotion", "表达的情绪"),
        "expressed_none": ("not enough evidence to say", "证据不足，无法判断"),
        "together": ("all together", "综合"),
        "valence": ("Valence", "效价"),
        "arousal": ("Arousal", "唤醒度"),
        "about_emotion": ("emotion", "情绪"),
        "about_valence": ("valence", "效价"),
        "about_arousal": ("arousal", "唤醒度"),
        "strength": ("strength {value}", "强度 {value}"),
        "conflicts": ("Conflicts", "矛盾"),
        "losses": ("Parts of this file could not be decoded ({video} video packets, {audio} audio packets).",
                   "该文件有部分内容无法解码（视频包 {video} 个，音频包 {audio} 个）。"),
        # player
        "clip": ("The clip", "片段"),
        "preview": ("This is a smaller preview made for this page; the analysis used the original file.",
                    "此处为专为本页生成的小尺寸预览；分析所用的是原始文件。"),
        "no_player": ("The clip could not be embedded; the timeline still works without it.",
                      "无法嵌入该片段；时间轴仍可单独使用。"),
        "cant_play": ("This browser can't play the embedded clip; the timeline works without it.",
                      "此浏览器无法播放嵌入的片段；时间轴仍可使用。"),
        "now": ("At this moment", "此刻"),
        "keys": ("Space play · ← → 0.1 s (shift 1 s) · J L 5 s · Home End",
                 "空格 播放 · ← → 0.1 秒（Shift 1 秒）· J L 5 秒 · Home End"),
        "nothing_read": ("nothing read here", "此处无读数"),
        "absent": ("absent", "缺失"),
        "unread": ("not read", "未读出"),
        "contradicted": ("contradicted by the measurement", "与测量相矛盾"),
        "not_measurable": ("not measurable", "无法测量"),
        "supported": ("supported", "与测量相符"),
        "why_measured": ("{quantity}: {value}, {times}", "{quantity}：{value}，{times}"),
        "why_not_measurable": ("Nothing that is measured here could decide this.",
                               "此处没有测量项能够判定这一点。"),
        # emotion per modality
        "per_modality": ("Emotion, modality by modality", "各模态的情绪"),
        "per_modality_note": (
            "What each channel suggests on its own: shares of seven emotions in per cent, and how far to "
            "trust them.",
            "每个通道单独给出的判断：七种情绪所占百分比及其置信度。"),
        "emotion": ("Emotion", "情绪"),
        "fused": ("Fused", "综合"),
        "confidence": ("confidence", "置信度"),
        "no_reading": ("no emotion can be read", "读不出情绪"),
        "plane": ("Valence and arousal", "效价与唤醒度"),
        "plane_alt": (
            "Valence (negative to positive) and arousal (calm to excited) of each modality: {points}",
            "各模态的效价（消极到积极）与唤醒度（平静到激动）：{points}"),
        "negative": ("negative", "消极"),
        "positive": ("positive", "积极"),
        "calm": ("calm", "平静"),
        "excited": ("excited", "激动"),
        # timeline
        "timeline": ("Timeline", "时间轴"),
        "timeline_hint": ("Click or drag to move through the clip.", "点击或拖动以浏览片段。"),
        "position": ("Position in the clip", "播放位置"),
        "zoom_in": ("Zoom in", "放大"),
        "zoom_out": ("Zoom out", "缩小"),
        "zoom_fit": ("Whole clip", "显示全部"),
        "lane_words": ("Words", "话语"),
        "lane_sound": ("Waveform", "波形"),
        "lane_activity": ("Voice activity", "语音活动"),
        "lane_valence": ("Valence", "效价"),
        "lane_time": ("Time", "时间"),
        "in_words": ("The timeline in words", "用文字描述时间轴"),
        "alt_curve": ("{name}: {low} to {high} {unit}, median {median}, measured {share} % of the time",
                      "{name}：{low} 至 {high} {unit}，中位数 {median}，{share}% 的时间有测量值"),
        "alt_words": ("{count} words from {start} to {end}", "{count} 个词，{start} 至 {end}"),
        "alt_activity": ("Voice in {count} stretches, {seconds} s in all", "{count} 段语音，共 {seconds} 秒"),
        "alt_moment": ("{modality}: {emotion}, {start} to {end}", "{modality}：{emotion}，{start} 至 {end}"),
        "alt_conflict": ("{what}, {start} to {end}", "{what}，{start} 至 {end}"),
        "needs_script": ("The timeline needs JavaScript; all texts and figures on this page do not.",
                         "时间轴需要 JavaScript；本页其他文字与数字不需要。"),
        # dimensions
        "dimensions": ("Six dimensions of evidence", "六个维度的证据"),
        "dimensions_note": ("Underlined findings lead to their moment. Below: what was measured, and when.",
                            "带下划线的发现可跳到对应时刻；每段文字下方列出测量项及其时间。"),
        "empty_text": ("Nothing was found.", "没有发现。"),
        "findings": ("Findings", "发现"),
        "when": ("When", "时间"),
        "measured": ("Measurement", "测量值"),
        "cue": ("Quantity", "测量项"),
        "value": ("Value", "数值"),
        "meaning": ("Meaning", "含义"),
        "whole_clip": ("whole clip", "整段"),
        # the rest
        "not_measured": ("What could not be measured", "未能测量的内容"),
        "limits": ("What this page can't tell", "本页不能说明什么"),
        "limit_inner": (
            "It estimates the emotion that is expressed, from what can be seen and heard. It does not show "
            "what anyone feels inside: people mask, act, and differ.",
            "本页根据可见可闻的内容估计所表达的情绪，并不显示任何人的内心感受：人会掩饰、表演，且各不相同。"),
        "limit_culture": (
            "How emotion shows differs between cultures, languages, ages, persons and situations. The "
            "typical values used for comparison describe particular groups, to which this person may not "
            "belong.",
            "情绪的表达因文化、语言、年龄、个人与情境而异。用于比较的典型值来自特定人群，此人未必属于其中。"),
        "limit_measure": (
            "Measurements fail: with poor light, turned heads, glasses, noise, music. What could not be "
            "measured is marked absent; it does not mean neutral.",
            "测量会失败：光线不足、侧脸、眼镜、噪声、音乐等。未能测量的内容标为缺失，缺失不等于中性。"),
        "limit_decisions": (
            "It is no basis for decisions about people: not for hiring, marking, insurance, policing, "
            "diagnosis, or telling whether someone lies. Disagreement between channels is not evidence of "
            "lying.",
            "不得据此对人作出决定：不得用于招聘、评分、保险、执法、诊断或测谎。各通道不一致并不是说谎的证据。"),
        "limit_law": (
            "In the European Union, inferring the emotions of people at work or in education is prohibited, "
            "except for medical or safety reasons (AI Act, Regulation (EU) 2024/1689, article 5(1)(f)); "
            "elsewhere those exposed to emotion recognition must be told (article 50(3)).",
            "在欧盟，禁止在工作场所或教育机构推断他人情绪，医疗或安全原因除外（《人工智能法》，"
            "(EU) 2024/1689 号条例，第 5 条第 1 款 f 项）；"
            "其他情形须告知被识别情绪的人（第 50 条第 3 款）。"),
        "provenance": ("How this was made", "生成方式"),
        "models": ("Models", "模型"),
        "role": ("Role", "用途"),
        "model": ("Model", "模型"),
        "version": ("Version", "版本"),
        "licence": ("Licence", "许可"),
        "source": ("Source", "来源"),
        "writer": ("Text written by", "文字撰写"),
        "seconds": ("Seconds per stage", "各阶段耗时（秒）"),
        "settings": ("Settings", "设置"),
        "file": ("File", "文件"),
        "record": ("The record", "数据记录"),
        "record_note": ("The whole result as JSON, with the clip's name in place of its folder.",
                        "完整结果（JSON），其中以文件名代替所在文件夹。"),
        "copy": ("Copy JSON", "复制 JSON"),
        "copied": ("Copied", "已复制"),
        "copy_failed": ("Could not copy", "无法复制"),
        "download": ("Download JSON", "下载 JSON"),
    }
)  # fmt: skip

BROWSER_KEYS = (
    "absent", "conflicts", "copied", "copy_failed", "lane_activity", "lane_sound", "lane_time",
    "lane_valence", "lane_words", "negative", "nothing_read", "position", "positive",
)  # fmt: skip
"""Those that the script in the page needs."""


class Strings:
    """The page's strings in one language: `strings("verdict")`."""

    def __init__(self, language: str) -> None:
        self.language = Language.CHINESE if language == "zh" else Language.ENGLISH
        self.wording = wording_for(self.language)
        self._column = 1 if self.language is Language.CHINESE else 0

    def __call__(self, key: str, **values: object) -> str:
        """The string, its `{places}` filled. KeyError for a key that does not exist."""
        text = STRINGS[key][self._column]
        return text.format(**values) if values else text

    def pick(self, pair: tuple[str, str]) -> str:
        """The one of (English, Chinese) that this language needs."""
        return pair[self._column]
