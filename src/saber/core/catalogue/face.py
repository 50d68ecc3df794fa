"""Which quantities are measured of the face?"""

from __future__ import annotations

from typing import Literal

from saber.core.catalogue.spec import CueSpec, Level
from saber.core.taxonomy import Dimension

__all__ = ["SPECS"]

_OWN = "own choice: "
_MESH = "478-point MediaPipe face mesh (Grishchenko et al. 2020), seen from the front (Umeyama 1991 fit)"


def _spec(
    name: str,
    kind: Literal["summary", "event", "category", "track"],
    unit: str,
    meaning: str,
    method: str,
    levels: tuple[Level, ...] = (),
    *,
    range: tuple[float, float] | None = None,
    levels_source: str = "",
    salience: float = 1.0,
    digits: int = 1,
) -> CueSpec:
    return CueSpec(
        name=f"face.{name}", dimension=Dimension.FACE, kind=kind, unit=unit, meaning=meaning, method=method,
        range=range, levels=levels, levels_source=levels_source, salience=salience, digits=digits,
    )  # fmt: skip


# --- presence and people ----------------------------------------------------------------------

_PRESENCE = (
    _spec(
        "presence",
        "summary",
        "ratio",
        "Share of the pictures in which a person's face was found.",
        f"{_MESH}, tracked; brief detections and faces whose bony points change shape are left out.",
        (
            Level("hardly", "a face is visible only briefly", "画面中只短暂出现人脸", below=0.3),
            Level("partly", "a face is visible for part of the clip", "画面中部分时间可见人脸", 0.3, 0.9),
            Level("throughout", "a face is visible throughout", "画面中始终可见人脸", 0.9, notable=False),
        ),
        range=(0, 1),
        levels_source=_OWN + "a third and nine tenths of the clip",
        salience=0.6,
        digits=2,
    ),
    _spec(
        "visible",
        "event",
        "s",
        "A stretch in which this person's face was seen; value: how long.",
        "Gaps up to 0.2 s are bridged.",
        range=(0, 1e5),
        salience=0.1,
    ),
    _spec(
        "people",
        "summary",
        "count",
        "Number of different people whose faces were seen.",
        "Faces followed from picture to picture by overlap of place; no recognition, so one who comes back "
        "elsewhere counts anew.",
        (
            Level("none", "no face is seen", "画面中看不到人脸", below=0.5),
            Level("one", "one person's face is seen", "画面中可见一个人的脸", 0.5, 1.5, notable=False),
            Level("several", "the faces of {value} people are seen", "画面中可见 {value} 个人的脸", 1.5),
        ),
        range=(0, 100),
        salience=0.9,
        digits=0,
    ),
    _spec("count", "track", "count", "Faces in the picture at a time.", "As `face.people`.", range=(0, 100)),
    _spec(
        "height_ratio",
        "track",
        "ratio",
        "Height of the main person's face over the picture's height.",
        "Bounding box of the mesh.",
        range=(0, 2),
        digits=2,
    ),
    _spec(
        "centre_x",
        "track",
        "ratio",
        "Centre of the main person's face, from the left edge.",
        "Bounding box of the mesh over the picture's width.",
        range=(-1, 2),
        digits=2,
    ),
    _spec(
        "centre_y",
        "track",
        "ratio",
        "Centre of the main person's face, from the top edge.",
        "Bounding box of the mesh over the picture's height.",
        range=(-1, 2),
        digits=2,
    ),
    _spec(
        "speaker",
        "category",
        "",
        "Who speaks, by mouth movement against voice activity.",
        "`face.speech_match` of each person; the best must lead clearly, or the cue is absent.",
        (
            Level(
                "main_person",
                "the lips of the person in view move with the voice",
                "画面中人物的嘴唇随话音而动",
                notable=False,
            ),
            Level(
                "other_person",
                "another person in the picture is the one who speaks",
                "说话的是画面中的另一人",
            ),
            Level("off_screen", "the lips stay still while a voice is heard", "有话音时画面中人物的嘴唇不动"),
        ),
        salience=1.2,
    ),
    _spec(
        "speech_match",
        "summary",
        "ratio",
        "Chance that this person's lips move more in a moment with voice than in one without: 0.5 is none.",
        "Area under the ROC curve (Mann & Whitney 1947) of the lips' motion at the rate of syllables "
        "(2-7 Hz, Chandrasekaran et al. 2009) against voice activity.",
        range=(0, 1),
        salience=0.2,
        digits=2,
    ),
    _spec(
        "mouth_motion",
        "track",
        "ratio",
        "Motion of the lips at the rate of syllables, in inter-ocular distances.",
        "Standard deviation over 0.4 s of the lips' opening without changes slower than 0.6 s.",
        range=(0, 2),
        digits=3,
    ),
)

# --- head ------------------------------------------------------------------------------------

_POSE_METHOD = (
    "Least-squares similarity fit (Umeyama 1991) of an average face (measured on 8 people) to 28 bony "
    "points; 0: as the average face looks into the camera."
)
_TURN = _OWN + "15 degrees, several times the mesh's error, is visible to anyone"
_HEAD = (
    _spec(
        "yaw",
        "track",
        "deg",
        "Turn of the head to the person's own left (+) or right (-).",
        _POSE_METHOD,
        range=(-90, 90),
        digits=0,
    ),
    _spec(
        "pitch", "track", "deg", "Head raised (+) or lowered (-).", _POSE_METHOD, range=(-90, 90), digits=0
    ),
    _spec(
        "roll",
        "track",
        "deg",
        "Head leaning to the person's own right shoulder (+) or left (-).",
        _POSE_METHOD,
        range=(-180, 180),
        digits=0,
    ),
    _spec(
        "head_yaw",
        "summary",
        "deg",
        "Median turn of the head to the person's own left (+) or right (-).",
        _POSE_METHOD,
        (
            Level("right", "the head is turned to their right", "头部转向其右侧", below=-15),
            Level("front", "the head faces the camera", "头部正对镜头", -15, 15, notable=False),
            Level("left", "the head is turned to their left", "头部转向其左侧", 15),
        ),
        range=(-90, 90),
        levels_source=_TURN,
        salience=0.7,
        digits=0,
    ),
    _spec(
        "head_pitch",
        "summary",
        "deg",
        "Median height of the head: raised (+) or lowered (-).",
        _POSE_METHOD,
        (
            Level("lowered", "the head is lowered", "低着头", below=-15),
            Level("level", "the head is held level", "头部平视", -15, 15, notable=False),
            Level("raised", "the chin is raised", "下巴抬起", 15),
        ),
        range=(-90, 90),
        levels_source=_TURN,
        salience=0.9,
        digits=0,
    ),
    _spec(
        "head_roll",
        "summary",
        "deg",
        "Median lean of the head to their right (+) or left (-) shoulder.",
        _POSE_METHOD,
        (
            Level("left", "the head is tilted to their left", "头部向其左侧倾斜", below=-12),
            Level("upright", "the head is upright", "头部端正", -12, 12, notable=False),
            Level("right", "the head is tilted to their right", "头部向其右侧倾斜", 12),
        ),
        range=(-180, 180),
        levels_source=_OWN + "12 degrees, beyond the camera's usual slant",
        salience=0.7,
        digits=0,
    ),
    _spec(
        "head_motion",
        "summary",
        "deg/s",
        "Mean speed of the head's turning.",
        "Mean of the root of the squared rates of yaw, pitch and roll.",
        (
            Level("still", "the head is held very still", "头部几乎不动", below=4),
            Level("usual", "the head moves a little", "头部略有动作", 4, 25, notable=False),
            Level("lively", "the head moves a lot", "头部动作频繁", 25),
        ),
        range=(0, 1000),
        levels_source=_OWN + "4 deg/s is hardly more than the mesh's noise; 25 deg/s is a "
        "nod's worth of turning every second",
        salience=0.6,
        digits=0,
    ),
    _spec(
        "nod",
        "event",
        "deg",
        "A nod: up and down at least once; value: the widest half-swing.",
        "Alternating pitch extremes of 3 degrees or more, each within 0.6 s, wider than the yaw meanwhile; "
        "ordinary head movements in speech are 1.8-3.7 Hz (Hadar et al. 1983).",
        (Level("nod", "the head nods", "点头"),),
        range=(0, 180),
        salience=1.0,
        digits=0,
    ),
    _spec(
        "shake",
        "event",
        "deg",
        "A shake of the head; value: the widest half-swing.",
        "As `face.nod`, with yaw and pitch exchanged.",
        (Level("shake", "the head shakes from side to side", "摇头"),),
        range=(0, 180),
        salience=1.1,
        digits=0,
    ),
)

# --- eyes ------------------------------------------------------------------------------------

_GAZE_METHOD = (
    "Iris centre against the eye's corners, on an eyeball of 12 mm radius, plus the head's turn; good to "
    "about 5 degrees. Relative to the camera."
)
_EYES = (
    _spec(
        "gaze_x",
        "track",
        "deg",
        "Gaze to the person's own left (+) or right (-).",
        _GAZE_METHOD,
        range=(-120, 120),
        digits=0,
    ),
    _spec(
        "gaze_y", "track", "deg", "Gaze raised (+) or lowered (-).", _GAZE_METHOD, range=(-120, 120), digits=0
    ),
    _spec(
        "gaze_averted",
        "summary",
        "ratio",
        "Share of the time in which the eyes look past the camera.",
        _GAZE_METHOD + " Past: by more than 15 degrees.",
        (
            Level("at_camera", "the eyes look towards the camera", "目光朝向镜头", below=0.2, notable=False),
            Level("partly", "the gaze leaves the camera at times", "目光不时离开镜头", 0.2, 0.7),
            Level("averted", "the gaze stays away from the camera", "目光始终避开镜头", 0.7),
        ),
        range=(0, 1),
        levels_source=_OWN + "a fifth and most of the time",
        salience=0.9,
        digits=2,
    ),
    _spec(
        "look_away",
        "category",
        "",
        "A glance off the clip's usual direction of gaze; the person's own sides.",
        "15 degrees or more off the median direction for 0.25 s or more.",
        (
            Level("left", "the eyes glance away to their left", "目光瞥向其左侧"),
            Level("right", "the eyes glance away to their right", "目光瞥向其右侧"),
            Level("up", "the eyes glance up", "目光上移"),
            Level("down", "the eyes glance down", "目光下垂"),
        ),
        salience=0.9,
    ),
    _spec(
        "eye_opening",
        "track",
        "ratio",
        "Height over width of the eyes' opening.",
        "Eye aspect ratio (Soukupova & Cech 2016), both eyes, three lid pairs.",
        range=(0, 1.5),
        digits=2,
    ),
    _spec(
        "blink",
        "event",
        "s",
        "A blink; value: how long.",
        "Eye aspect ratio under 55 % of the person's open eyes, for at most 0.5 s; longer is "
        "`face.eyes_closed`.",
        range=(0, 0.5),
        salience=0.1,
        digits=2,
    ),
    _spec(
        "blink_rate",
        "summary",
        "1/min",
        "Blinks a minute of visible eyes.",
        "Count of `face.blink` over the time seen; absent under 10 s.",
        (
            Level("rare", "the eyes blink rarely", "很少眨眼", below=8),
            Level("usual", "the eyes blink at a usual rate", "眨眼频率正常", 8, 35, notable=False),
            Level("frequent", "the eyes blink very often", "频繁眨眼", 35),
        ),
        range=(0, 300),
        levels_source="Bentivoglio et al. 1997 (Analysis of blink rate patterns in normal "
        "subjects): means 17 a minute at rest, 26 in conversation, 4.5 reading; own "
        "choice: half of the first "
        "and a third above the second",
        salience=0.8,
        digits=0,
    ),
    _spec(
        "eyes_closed",
        "event",
        "s",
        "The eyes stay shut; value: how long.",
        "As `face.blink`, for longer than 0.5 s.",
        (Level("closed", "the eyes are closed for {value} s", "双眼闭合 {value} 秒"),),
        range=(0, 1e5),
        salience=1.1,
    ),
)

# --- actions ---------------------------------------------------------------------------------

_AU_METHOD = (
    f"{_MESH}; change of a distance over the inter-ocular distance against the person's own face at rest, "
    "scaled by the largest usual movement (own choice, in actions.py). AU numbers: "
    "FACS, Ekman & Friesen 1978."
)
_AU_LEVELS = _OWN + "FACS's letters: A trace 1, B slight 2, C marked 3, D severe 4"


def _action(number: str, meaning: str, en: str, zh: str, salience: float) -> CueSpec:
    return _spec(
        f"au{number}", "summary", "intensity",
        f"{meaning} (like AU{int(number)}); the level reached in a tenth of the time seen.", _AU_METHOD,
        (Level("slight", f"{en} slightly", f"{zh}（轻微）", 1.0, 2.0, notable=False),
         Level("clear", f"{en} clearly", f"{zh}（明显）", 2.0, 3.5),
         Level("strong", f"{en} strongly", f"{zh}（强烈）", 3.5)),
        range=(0, 5), levels_source=_AU_LEVELS, salience=salience,
    )  # fmt: skip


_ACTIONS = (
    _action("01", "Inner brows raised", "the inner brows rise", "眉头上扬", 1.2),
    _action("02", "Outer brows raised", "the outer brows rise", "眉梢上扬", 1.1),
    _action(
        "04",
        "Brows lowered and drawn together",
        "the brows are drawn down and together",
        "双眉下压、紧蹙",
        1.3,
    ),
    _action("05", "Upper lids raised", "the upper lids are raised", "上眼睑抬起", 1.1),
    _action("06", "Cheeks raised", "the cheeks are raised", "脸颊上提", 1.0),
    _action("07", "Lower lids tightened", "the lower lids are tightened", "下眼睑绷紧", 0.9),
    _action("09", "Nose wrinkled", "the nose is wrinkled", "皱鼻", 1.2),
    _action("10", "Upper lip raised", "the upper lip is raised", "上唇抬起", 1.0),
    _action(
        "12",
        "Corners of the mouth pulled out and up",
        "the corners of the mouth are pulled up",
        "嘴角上扬",
        1.5,
    ),
    _action("15", "Corners of the mouth lowered", "the corners of the mouth are drawn down", "嘴角下垂", 1.3),
    _action("17", "Chin raised", "the chin is pushed up", "下巴上推", 0.8),
    _action("18", "Lips puckered", "the lips are puckered", "嘴唇撅起", 0.8),
    _action("20", "Lips stretched", "the lips are stretched sideways", "嘴唇横向拉紧", 0.9),
    _action(
        "24", "Lips tightened and pressed (AU23 or AU24)", "the lips are pressed together", "双唇紧抿", 1.2
    ),
    _action("25", "Lips parted", "the lips part", "双唇张开", 0.5),
    _action("26", "Jaw dropped", "the jaw drops", "下颌张开", 0.7),
    _action("43", "Eyes closing", "the eyes are closing", "眼睛闭合", 0.7),
)

# --- episodes --------------------------------------------------------------------------------

_EPISODE_METHOD = (
    "Intensity rises by 1 or more and by 4 times the clip's own noise; onset and "
    "offset at 10 % of the height. "
    "Movements of a talking mouth are left out, and smiles under 1 s while it talks; so is what shows where "
    "the mesh's points jump about (a hand before the mouth), and what was not seen to begin, unless it is "
    "twice the doubt about the face at rest."
)


def _episode(
    slug: str, actions: str, en: tuple[str, str, str], zh: tuple[str, str, str], salience: float
) -> CueSpec:
    bounds = ((None, 2.0), (2.0, 3.5), (3.5, None))
    return _spec(
        slug, "event", "intensity", f"One rise and fall of {actions}; value: intensity at the apex.",
        _EPISODE_METHOD,
        tuple(
            Level(grade, e, z, low, high)
            for grade, e, z, (low, high) in zip(("slight", "clear", "strong"), en, zh, bounds, strict=True)
        ),
        range=(0, 5), levels_source=_AU_LEVELS, salience=salience,
    )  # fmt: skip


_EPISODES = (
    _episode(
        "smile",
        "AU12",
        ("a faint smile appears", "a smile appears", "a broad smile appears"),
        ("露出浅浅的微笑", "露出微笑", "露出灿烂的笑容"),
        1.8,
    ),
    _episode(
        "brow_raise",
        "AU1 or AU2",
        ("the brows rise slightly", "the brows rise", "the brows shoot up"),
        ("眉毛微微扬起", "眉毛扬起", "眉毛高高扬起"),
        1.3,
    ),
    _episode(
        "frown",
        "AU4",
        ("the brows draw together slightly", "the brows draw down and together", "a deep frown appears"),
        ("微微皱眉", "皱眉", "深深皱眉"),
        1.5,
    ),
    _episode(
        "eyes_widened",
        "AU5",
        ("the eyes widen slightly", "the eyes widen", "the eyes open wide"),
        ("眼睛微微睁大", "眼睛睁大", "双眼圆睁"),
        1.3,
    ),
    _episode(
        "nose_wrinkle",
        "AU9",
        ("the nose wrinkles slightly", "the nose wrinkles", "the nose wrinkles strongly"),
        ("鼻子微皱", "皱鼻", "用力皱鼻"),
        1.4,
    ),
    _episode(
        "lip_raise",
        "AU10",
        ("the upper lip lifts slightly", "the upper lip lifts", "the upper lip curls up"),
        ("上唇微抬", "上唇抬起", "上唇高高翘起"),
        1.2,
    ),
    _episode(
        "corners_down",
        "AU15",
        (
            "the corners of the mouth sink slightly",
            "the corners of the mouth sink",
            "the corners of the mouth are pulled far down",
        ),
        ("嘴角微微下垂", "嘴角下垂", "嘴角深深下垂"),
        1.5,
    ),
    _episode(
        "chin_raise",
        "AU17",
        ("the chin pushes up slightly", "the chin pushes up", "the chin pushes up hard"),
        ("下巴微微上推", "下巴上推", "下巴用力上推"),
        1.0,
    ),
    _episode(
        "pucker",
        "AU18",
        ("the lips pucker slightly", "the lips pucker", "the lips pucker tightly"),
        ("嘴唇微微撅起", "嘴唇撅起", "嘴唇用力撅起"),
        0.9,
    ),
    _episode(
        "lip_stretch",
        "AU20",
        ("the lips stretch slightly", "the lips stretch sideways", "the lips stretch hard sideways"),
        ("嘴唇微微横拉", "嘴唇横向拉开", "嘴唇用力横向拉开"),
        1.1,
    ),
    _episode(
        "lip_press",
        "AU23 or AU24",
        ("the lips press together slightly", "the lips press together", "the lips press tightly together"),
        ("双唇微抿", "抿紧双唇", "双唇用力紧抿"),
        1.4,
    ),
    _episode(
        "mouth_open",
        "AU26",
        ("the mouth opens slightly", "the mouth opens", "the mouth opens wide"),
        ("嘴微微张开", "嘴张开", "嘴大大张开"),
        0.9,
    ),
    _spec(
        "micro_expression",
        "category",
        "",
        "An expression of half a second or less; which one.",
        "An episode seen whole that lasts 0.5 s or less and rises within 0.26 s (Yan et "
        "al. 2013); absent below "
        "12 pictures a second.",
        (
            Level("smile", "a smile flickers across the face", "脸上闪过一丝微笑"),
            Level("brow_raise", "the brows flash up", "眉毛一扬"),
            Level("frown", "a frown flickers across the face", "眉头一皱"),
            Level("eyes_widened", "the eyes widen for an instant", "眼睛瞬间睁大"),
            Level("nose_wrinkle", "the nose wrinkles for an instant", "鼻子一皱"),
            Level("lip_raise", "the upper lip lifts for an instant", "上唇一翘"),
            Level("corners_down", "the corners of the mouth drop for an instant", "嘴角一沉"),
            Level("lip_press", "the lips press together for an instant", "双唇一抿"),
            Level("lip_stretch", "the lips stretch for an instant", "嘴唇一扯"),
        ),
        salience=1.6,
    ),
)

# --- the whole -------------------------------------------------------------------------------

_EMOTION_METHOD = (
    "Intensities against the published frequencies of actions in expressions (Du, Tao & Martinez 2014; "
    "FACS Investigator's Guide 2002), pictures weighted by how well and how much the face shows."
)
_WHOLE = (
    _spec(
        "expression",
        "category",
        "",
        "What the face's expressions, all together, look like.",
        _EMOTION_METHOD,
        (
            Level("neutral", "the face stays near rest", "面部表情平静"),
            Level("happiness", "the expression looks happy", "表情愉快"),
            Level("sadness", "the expression looks sad", "表情悲伤"),
            Level("anger", "the expression looks angry", "表情愤怒"),
            Level("fear", "the expression looks fearful", "表情恐惧"),
            Level("disgust", "the expression looks disgusted", "表情厌恶"),
            Level("surprise", "the expression looks surprised", "表情惊讶"),
        ),
        salience=2.0,
    ),
    _spec(
        "expressiveness",
        "summary",
        "ratio",
        "Share of the time that the face is away from rest, by degree.",
        "Mean over time of how far the two strongest actions are above half a trace, full at 2.5.",
        (
            Level("still", "the face hardly moves", "面部几乎没有表情变化", below=0.1),
            Level("some", "the face moves at times", "面部时有表情", 0.1, 0.5, notable=False),
            Level("lively", "the face is expressive most of the time", "面部表情丰富", 0.5),
        ),
        range=(0, 1),
        levels_source=_OWN + "a tenth and half",
        salience=0.8,
        digits=2,
    ),
    _spec(
        "valence",
        "track",
        "ratio",
        "How pleasant the expression looks, -1 to 1.",
        "Expected value over the emotions' places (Russell & Mehrabian 1977).",
        range=(-1, 1),
        digits=2,
    ),
    _spec(
        "arousal",
        "track",
        "ratio",
        "How aroused the expression looks, -1 to 1.",
        "As `face.valence`.",
        range=(-1, 1),
        digits=2,
    ),
    _spec(
        "rest_doubt",
        "summary",
        "intensity",
        "By how much intensities may be wrong because the face at rest had to be estimated.",
        "Median over the actions; the estimate weighs the clip's calmest pictures against an average face.",
        range=(0, 5),
        salience=0.05,
    ),
)

SPECS: tuple[CueSpec, ...] = (*_PRESENCE, *_HEAD, *_EYES, *_ACTIONS, *_EPISODES, *_WHOLE)
