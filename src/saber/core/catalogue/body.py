"""Which quantities are measured of the body?

"Left" and "right" are the person's own, for a clip that is not mirrored. The unit of length is the
person's own face (height of the detector's box, brow to chin, about 0.15 m), so that figures do not depend on
how near the camera is.
"""

from __future__ import annotations

from saber.core.catalogue.spec import CueSpec, Level
from saber.core.taxonomy import Dimension

__all__ = ["HAND_PLACES", "HAND_SIDES", "SPECS"]

HAND_SIDES: dict[str, tuple[str, str]] = {
    "left": ("the left hand is", "左手位于"),
    "right": ("the right hand is", "右手位于"),
    "one": ("a hand is", "一只手位于"),
    "both": ("both hands are", "双手位于"),
}
HAND_PLACES: dict[str, tuple[str, str]] = {
    "forehead": ("forehead", "额头"),
    "eyes": ("eyes", "眼部"),
    "mouth": ("mouth or nose", "口鼻处"),
    "chin": ("chin", "下巴"),
    "cheek": ("cheek", "脸颊"),
}

_ON_CAMERA = "Own choice: a third and two thirds of the pictures."

SPECS: tuple[CueSpec, ...] = (
    CueSpec(
        name="body.presence_ratio",
        dimension=Dimension.BODY,
        kind="summary",
        unit="ratio",
        meaning="Share of the sampled pictures in which a person's body is seen.",
        method="MediaPipe pose, admitted only where an independent face detector puts eyes, nose, mouth and "
        "ears in the same places (the pose model alone also reports bodies where there are none).",
        range=(0.0, 1.0),
        salience=0.1,
        digits=2,
    ),
    CueSpec(
        name="body.shoulders_visible_ratio",
        dimension=Dimension.BODY,
        kind="summary",
        unit="ratio",
        meaning="Share of the pictures with a body in which both shoulders are inside the picture.",
        method="Pose points inside the picture with a visibility of at least 0.5.",
        range=(0.0, 1.0),
        levels=(
            Level(
                "out",
                "the shoulders are mostly out of the picture",
                "肩部大多不在画面内",
                below=0.33,
                notable=False,
            ),
            Level(
                "partly",
                "the shoulders are partly in the picture",
                "肩部时而在画面内",
                at_least=0.33,
                below=0.67,
                notable=False,
            ),
            Level("in", "head and shoulders are in the picture", "头部与双肩在画面内", at_least=0.67),
        ),
        levels_source=_ON_CAMERA,
        salience=0.3,
        digits=2,
    ),
    CueSpec(
        name="body.torso_visible_ratio",
        dimension=Dimension.BODY,
        kind="summary",
        unit="ratio",
        meaning="Share of the pictures with a body in which both shoulders and both hips are inside the "
        "picture.",
        method="Pose points inside the picture with a visibility of at least 0.5.",
        range=(0.0, 1.0),
        levels=(
            Level(
                "out", "the torso is not fully in the picture", "躯干未完整入画", below=0.67, notable=False
            ),
            Level("in", "the whole torso is in the picture", "整个躯干在画面内", at_least=0.67),
        ),
        levels_source=_ON_CAMERA,
        salience=0.3,
        digits=2,
    ),
    CueSpec(
        name="body.hands_visible_ratio",
        dimension=Dimension.BODY,
        kind="summary",
        unit="ratio",
        meaning="Share of the pictures with a body in which at least one hand is seen.",
        method="MediaPipe hands, or a pose wrist inside the picture with a visibility of at least 0.5. The "
        "track `body.hands_visible` holds how many (0-2).",
        range=(0.0, 1.0),
        levels=(
            Level("none", "no hand comes into the picture", "双手始终不在画面内", below=0.02),
            Level(
                "rarely",
                "the hands are seldom in the picture",
                "手很少入画",
                at_least=0.02,
                below=0.33,
                notable=False,
            ),
            Level(
                "partly",
                "the hands are in the picture part of the time",
                "手部分时间在画面内",
                at_least=0.33,
                below=0.67,
                notable=False,
            ),
            Level(
                "mostly",
                "the hands are in the picture most of the time",
                "手大部分时间在画面内",
                at_least=0.67,
            ),
        ),
        levels_source=_ON_CAMERA + " Below 2 %: as good as never.",
        salience=0.4,
        digits=2,
    ),
    CueSpec(
        name="body.hands_visible",
        dimension=Dimension.BODY,
        kind="track",
        unit="count",
        meaning="How many hands are seen, over time.",
        method="As body.hands_visible_ratio.",
        range=(0.0, 2.0),
    ),
    CueSpec(
        name="body.openness",
        dimension=Dimension.BODY,
        kind="summary",
        unit="shoulder widths",
        meaning="How wide the arms are held: horizontal span of elbows and wrists over the width of the "
        "shoulders (median). 1.3 or so: arms hanging; below: drawn in; 4: stretched out to the sides.",
        method="Pose points; both elbows must be seen. After the bounding-box contraction index of Camurri, "
        "Lagerlof & Volpe 2003, turned around and limited to the width.",
        levels=(
            Level("closed", "the arms are held close to the body", "双臂收拢、贴近身体", below=1.1),
            Level(
                "usual",
                "the arms are held naturally beside the body",
                "双臂自然放置",
                at_least=1.1,
                below=2.0,
                notable=False,
            ),
            Level(
                "open", "the arms are held wide and the posture is open", "双臂张开，姿态开放", at_least=2.0
            ),
        ),
        levels_source="Own choice, from the proportions of a body: elbows inside the shoulders' line; "
        "elbows out by half a shoulder width on each side.",
        salience=1.2,
    ),
    CueSpec(
        name="body.lean",
        dimension=Dimension.BODY,
        kind="event",
        unit="ratio",
        meaning="Coming nearer to (+) or drawing back from (-) the camera: change of the face's size "
        "against the person's own median in the same shot. A zooming camera looks the same. The track of "
        "the same name holds the curve.",
        method="Height of the face box, running median of 5; where the shoulders are seen, their width must "
        "change the same way. An event lasts at least 0.5 s.",
        levels=(
            Level("away", "the person draws back from the camera", "人物身体后撤、远离镜头", below=-0.12),
            Level(
                "steady",
                "the person keeps the same distance",
                "人物与镜头的距离保持不变",
                at_least=-0.12,
                below=0.12,
                notable=False,
            ),
            Level("towards", "the person leans towards the camera", "人物身体前倾、靠近镜头", at_least=0.12),
        ),
        levels_source="Own choice: at 0.7-1 m from the camera, 12 % is 8-12 cm.",
        salience=1.3,
        digits=2,
    ),
    CueSpec(
        name="body.shoulder_slope",
        dimension=Dimension.BODY,
        kind="summary",
        unit="deg",
        meaning="Median angle of the line of the shoulders; + when the person's left shoulder is higher.",
        method="Pose points; needs both shoulders in the picture and the body not turned by more than about "
        "45 deg.",
        range=(-90.0, 90.0),
        levels=(
            Level("right_up", "the right shoulder is held higher than the left", "右肩高于左肩", below=-8.0),
            Level("level", "the shoulders are level", "双肩齐平", at_least=-8.0, below=8.0, notable=False),
            Level("left_up", "the left shoulder is held higher than the right", "左肩高于右肩", at_least=8.0),
        ),
        levels_source="Own choice: 8 deg is beyond the camera's tilt and the pose model's error on a still "
        "sitter.",
        salience=0.7,
    ),
    CueSpec(
        name="body.torso_tilt",
        dimension=Dimension.BODY,
        kind="summary",
        unit="deg",
        meaning="Median sideways tilt of the trunk against the vertical; + towards the person's left.",
        method="Angle of the line from between the hips to between the shoulders.",
        range=(-90.0, 90.0),
        levels=(
            Level("right", "the trunk tilts to the person's right", "躯干向其右侧倾斜", below=-8.0),
            Level("upright", "the trunk is upright", "躯干端正", at_least=-8.0, below=8.0, notable=False),
            Level("left", "the trunk tilts to the person's left", "躯干向其左侧倾斜", at_least=8.0),
        ),
        levels_source="Own choice: as the slope of the shoulders.",
        salience=0.7,
    ),
    CueSpec(
        name="body.shoulder_raise",
        dimension=Dimension.BODY,
        kind="event",
        unit="face heights",
        meaning="The shoulders come up towards the ears (a shrug, or drawn up in tension), against the "
        "person's own median.",
        method="Distance from between the shoulders to between the ears; at least 0.15 s.",
        levels=(
            Level("slight", "the shoulders rise slightly", "双肩略微抬起", below=0.18, notable=False),
            Level("raise", "the shoulders are drawn up", "双肩上提", at_least=0.18),
        ),
        levels_source="Own choice: 0.18 of a face is about 3 cm.",
        salience=1.2,
        digits=2,
    ),
    CueSpec(
        name="body.slump",
        dimension=Dimension.BODY,
        kind="summary",
        unit="face heights",
        meaning="How far head and shoulders sink (+) or straighten up (-) between the first and the last "
        "third of the longest appearance.",
        method="Difference of the medians of the height of the shoulders' middle, where the head moves the "
        "same way.",
        levels=(
            Level("straightens", "the person straightens up", "人物挺直身体", below=-0.2),
            Level(
                "steady",
                "the person keeps the same height",
                "坐姿高度保持不变",
                at_least=-0.2,
                below=0.2,
                notable=False,
            ),
            Level(
                "sinks",
                "the person slumps: head and shoulders sink",
                "人物身体下沉，头和肩垂下",
                at_least=0.2,
            ),
        ),
        levels_source="Own choice: 0.2 of a face is about 3 cm. Collapsed upper body: Wallbott 1998, Eur. "
        "J. Social Psychology 28:879-896.",
        salience=1.1,
        digits=2,
    ),
    CueSpec(
        name="body.sway",
        dimension=Dimension.BODY,
        kind="summary",
        unit="face heights",
        meaning="How much the shoulders sway: root mean square distance from their slowly moving mean "
        "place, whatever the head does.",
        method="Middle of the shoulders, less a running mean of 3 s; RMS distance as in posturography "
        "(Prieto et al. 1996, IEEE Trans. Biomed. Eng. 43:956-966).",
        levels=(
            Level("steady", "the upper body hardly sways", "上身几乎不晃动", below=0.05, notable=False),
            Level(
                "some",
                "the upper body sways a little",
                "上身略有晃动",
                at_least=0.05,
                below=0.15,
                notable=False,
            ),
            Level("strong", "the upper body sways clearly", "上身明显晃动", at_least=0.15),
        ),
        levels_source="Own choice: under 1 cm; over 2 cm.",
        salience=0.8,
        digits=2,
    ),
    CueSpec(
        name="body.hand_at_face",
        dimension=Dimension.BODY,
        kind="category",
        unit="",
        meaning="A hand is at the face: which hand and where; start, strongest moment and end as for an "
        "event. Seen in the picture's plane: contact itself can't be seen.",
        method="MediaPipe hand points inside an oval around the detected face, unless the hand is so large "
        "that it must be far in front; the place is what most of the long fingers' tips and last joints are "
        "nearest to.",
        levels=tuple(
            Level(f"{side}_{place}", f"{en_side} at the {en_place}", f"{zh_side}{zh_place}")
            for side, (en_side, zh_side) in HAND_SIDES.items()
            for place, (en_place, zh_place) in HAND_PLACES.items()
        ),
        salience=2.0,
    ),
    CueSpec(
        name="body.hand_at_face_ratio",
        dimension=Dimension.BODY,
        kind="summary",
        unit="ratio",
        meaning="Share of the time with a body in which a hand is at the face.",
        method="Length of the body.hand_at_face events over the time with a body. Hand-to-face self-touch "
        "goes with discomfort (self-adaptors: Ekman & Friesen 1972, J. Communication 22:353-374).",
        range=(0.0, 1.0),
        levels=(
            Level("none", "no hand goes to the face", "手未触及面部", below=0.01, notable=False),
            Level(
                "some",
                "a hand goes to the face for a while",
                "手曾短暂移至面部",
                at_least=0.01,
                below=0.25,
                notable=False,
            ),
            Level(
                "much",
                "a hand stays at the face for a good part of the time",
                "手较长时间停留在面部",
                at_least=0.25,
            ),
        ),
        levels_source="Own choice.",
        salience=0.9,
        digits=2,
    ),
    CueSpec(
        name="body.hands_together",
        dimension=Dimension.BODY,
        kind="event",
        unit="ratio",
        meaning="Both hands are held together (clasped, folded, wringing); value: nearness, 1 = centres "
        "coincide.",
        method="Distance of the two hands' centres under one hand length, for at least 0.4 s.",
        range=(0.0, 1.0),
        levels=(Level("together", "the hands are held together", "双手交握在一起", at_least=0.0),),
        levels_source="Own choice: centres nearer than one hand length overlap.",
        salience=1.3,
        digits=2,
    ),
    CueSpec(
        name="body.arms_crossed",
        dimension=Dimension.BODY,
        kind="event",
        unit="ratio",
        meaning="The arms are crossed in front of the body; value: share of the pictures in the span that "
        "show it.",
        method="Each wrist is beyond the middle of the body, near the other arm's elbow, and the forearms "
        "are nearly level; elbows and wrists must be seen; at least 0.5 s.",
        range=(0.0, 1.0),
        levels=(
            Level("crossed", "the arms are crossed in front of the body", "双臂交叉于胸前", at_least=0.0),
        ),
        levels_source="Own choice.",
        salience=1.6,
        digits=2,
    ),
    CueSpec(
        name="body.open_hand_ratio",
        dimension=Dimension.BODY,
        kind="summary",
        unit="ratio",
        meaning="Share of the seen hands that are open (four fingers stretched). Which way the palm faces "
        "is not said.",
        method="A finger is stretched when its tip is farther from the wrist than its middle joint by at "
        "least 20 %.",
        range=(0.0, 1.0),
        levels=(
            Level(
                "closed",
                "the hands are mostly closed or curled",
                "手多呈握拢或弯曲状",
                below=0.33,
                notable=False,
            ),
            Level(
                "mixed", "the hands open and close", "手时张时合", at_least=0.33, below=0.67, notable=False
            ),
            Level("open", "the hands are mostly open", "手大多张开", at_least=0.67),
        ),
        levels_source="Own choice: thirds.",
        salience=0.7,
        digits=2,
    ),
    CueSpec(
        name="body.gesture",
        dimension=Dimension.BODY,
        kind="event",
        unit="face heights/s",
        meaning="One stroke of a hand, from its start over its fastest moment to its end; value: peak speed.",
        method="Speed of the wrist in the picture, or relative to the head where that is less, from when it "
        "exceeds 1 until it falls below 1 face height a second, if it peaks above 2.",
        levels=(
            Level("gentle", "a hand makes a gentle gesture", "手做出轻缓的动作", below=4.0, notable=False),
            Level("lively", "a hand makes a lively gesture", "手做出明显的动作", at_least=4.0, below=8.0),
            Level("forceful", "a hand makes a fast, forceful gesture", "手做出快速有力的动作", at_least=8.0),
        ),
        levels_source="Own choice: about 0.15, 0.3, 0.6 and 1.2 m/s.",
        salience=1.4,
    ),
    CueSpec(
        name="body.gesture_rate",
        dimension=Dimension.BODY,
        kind="summary",
        unit="1/s",
        meaning="Gesture strokes per second of time in which a hand is seen.",
        method="Count of body.gesture over the time in which a hand is seen (at least 1 s).",
        levels=(
            Level("none", "the hands make no gestures", "没有手势动作", below=0.05),
            Level(
                "some", "the hands gesture now and then", "偶有手势", at_least=0.05, below=0.5, notable=False
            ),
            Level("many", "the hands gesture a lot", "手势频繁", at_least=0.5),
        ),
        levels_source="Own choice: under one in 20 s; more than one in 2 s.",
        salience=1.2,
        digits=2,
    ),
    CueSpec(
        name="body.speed",
        dimension=Dimension.BODY,
        kind="summary",
        unit="face heights/s",
        meaning="Median speed of the seen shoulders, elbows and wrists. The track of the same name holds "
        "the curve.",
        method="Mean over the seen points of the distance covered between pictures, less what the pose "
        "model trembles by (the clip's 10th percentile).",
        levels=(
            Level("still", "the upper body keeps still", "上身静止", below=0.15),
            Level(
                "calm", "the upper body moves calmly", "上身动作平缓", at_least=0.15, below=0.8, notable=False
            ),
            Level("lively", "the upper body moves a lot", "上身动作活跃", at_least=0.8),
        ),
        levels_source="Own choice: about 2 and 12 cm/s.",
        salience=0.9,
        digits=2,
    ),
    CueSpec(
        name="body.motion",
        dimension=Dimension.BODY,
        kind="track",
        unit="ratio",
        meaning="Quantity of motion: share of the body's area, without the head, that changed within 0.12 "
        "s, less the share that changed beside the body.",
        method="After Camurri, Lagerlof & Volpe 2003, Int. J. Human-Computer Studies 59:213-225; a box "
        "around the body stands in for their silhouette.",
        range=(0.0, 1.0),
        digits=2,
    ),
    CueSpec(
        name="body.motion_mean",
        dimension=Dimension.BODY,
        kind="summary",
        unit="ratio",
        meaning="Mean of body.motion: how much the body moves (movement energy).",
        method="As body.motion.",
        range=(0.0, 1.0),
        levels=(
            Level("still", "the body hardly moves", "身体几乎不动", below=0.02),
            Level("calm", "the body moves little", "身体动作不大", at_least=0.02, below=0.08, notable=False),
            Level("active", "the body moves clearly", "身体动作明显", at_least=0.08, below=0.2),
            Level("vigorous", "the body moves vigorously", "身体动作剧烈", at_least=0.2),
        ),
        levels_source="Own choice: there is no published norm for box-normalised motion; a share of 2 % is "
        "an outline shifting by a pixel or two, 20 % the whole body in motion.",
        salience=1.1,
        digits=2,
    ),
    CueSpec(
        name="body.motion_burst",
        dimension=Dimension.BODY,
        kind="event",
        unit="ratio",
        meaning="A bout of body movement between two pauses; value: its peak of body.motion.",
        method="Phases of motion as in Camurri, Lagerlof & Volpe 2003: body.motion above 0.06, peak above "
        "0.12.",
        range=(0.0, 1.0),
        levels=(
            Level("clear", "the body moves noticeably", "身体出现明显动作", below=0.3, notable=False),
            Level("strong", "there is a strong burst of body movement", "身体突然大幅动作", at_least=0.3),
        ),
        levels_source="Own choice.",
        salience=1.0,
        digits=2,
    ),
    CueSpec(
        name="body.stillness_ratio",
        dimension=Dimension.BODY,
        kind="summary",
        unit="ratio",
        meaning="Share of the time with a body in which it keeps still.",
        method="Share of body.motion below 0.02.",
        range=(0.0, 1.0),
        levels=(
            Level("restless", "the body is hardly ever still", "身体几乎没有静止", below=0.1),
            Level(
                "mixed",
                "the body moves and rests in turn",
                "身体动静相间",
                at_least=0.1,
                below=0.8,
                notable=False,
            ),
            Level("still", "the body is still most of the time", "身体大部分时间静止", at_least=0.8),
        ),
        levels_source="Own choice.",
        salience=0.8,
        digits=2,
    ),
    CueSpec(
        name="body.smoothness",
        dimension=Dimension.BODY,
        kind="summary",
        unit="SPARC",
        meaning="Fluidity of the bouts of movement: spectral arc length, 0 or less; the lower, the jerkier "
        "(median).",
        method="SPARC of body.motion within each body.motion_burst of 0.4 s or more (Balasubramanian, "
        "Melendez-Calderon, Roby-Brami & Burdet 2015, J. NeuroEng. Rehabil. 12:112), which was made for the "
        "speed of one point: compare within this measure only.",
        levels=(
            Level("jerky", "the movements are jerky", "动作急促、不连贯", below=-3.5),
            Level(
                "usual",
                "the movements are neither smooth nor jerky",
                "动作流畅度一般",
                at_least=-3.5,
                below=-2.0,
                notable=False,
            ),
            Level("smooth", "the movements are smooth", "动作流畅", at_least=-2.0),
        ),
        levels_source="Own choice: one bell-shaped (minimum-jerk) bout scores -1.4, two in a row -2.25, "
        "four -3.1.",
        salience=0.7,
        digits=2,
    ),
)
