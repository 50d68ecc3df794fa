"""Which quantities are measured of the scene?"""

from __future__ import annotations

from saber.core.catalogue.spec import CueSpec, Level
from saber.core.taxonomy import Dimension

__all__ = ["COLOUR_WORDS", "SPECS"]

COLOUR_WORDS: dict[str, tuple[str, str]] = {
    "black": ("black", "黑色"),
    "grey": ("grey", "灰色"),
    "white": ("white", "白色"),
    "red": ("red", "红色"),
    "orange": ("orange", "橙色"),
    "brown": ("brown", "棕色"),
    "yellow": ("yellow", "黄色"),
    "green": ("green", "绿色"),
    "cyan": ("cyan", "青色"),
    "blue": ("blue", "蓝色"),
    "purple": ("purple", "紫色"),
    "pink": ("pink", "粉色"),
    "beige": ("beige", "米色"),
}


SPECS: tuple[CueSpec, ...] = (
    CueSpec(
        name="scene.framing",
        dimension=Dimension.SCENE,
        kind="category",
        unit="",
        meaning="Shot size: how much of the person fits into the picture's height.",
        method="Median height of the largest face over the picture's height, by the usual names of shot "
        "sizes.",
        levels=(
            Level(
                "extreme_close_up",
                "the person is framed in an extreme close-up of the face",
                "画面为面部大特写",
            ),
            Level("close_up", "the person is framed in a close-up of the head", "画面为头部特写"),
            Level(
                "medium_close_up",
                "the person is framed in a medium close-up, head and shoulders",
                "画面为头肩近景",
            ),
            Level(
                "medium",
                "the person is framed in a medium shot, down to about the waist",
                "画面为约至腰部的中景",
            ),
            Level(
                "medium_long",
                "the person is framed in a medium long shot, down to about the knees",
                "画面为约至膝部的中远景",
            ),
            Level(
                "long",
                "the person is framed in a long shot with the person seen from afar",
                "画面为人物较小的远景",
            ),
        ),
        levels_source="Own choice, from a figure 7.5 heads tall (the artists' canon) with half a head of "
        "room above, and a mesh face of about 0.8 of a head: divided at faces of 0.80 (a head just fits), "
        "0.33, 0.22, 0.145 and 0.10 of the height.",
        salience=2.0,
    ),
    CueSpec(
        name="scene.people",
        dimension=Dimension.SCENE,
        kind="summary",
        unit="count",
        meaning="How many people are in the picture: the number seen for most of the time with anyone in it.",
        method="The commonest count above 0 in the face sense's track face.count.",
        levels=(
            Level("one", "one person is in the picture", "画面中有一个人", at_least=1, below=2),
            Level("two", "two people are in the picture", "画面中有两个人", at_least=2, below=3),
            Level("several", "{value} people are in the picture", "画面中有{value}个人", at_least=3),
        ),
        levels_source="Counts.",
        salience=1.8,
        digits=0,
    ),
    CueSpec(
        name="scene.shots",
        dimension=Dimension.SCENE,
        kind="summary",
        unit="count",
        meaning="Number of shots: continuous views between cuts, dissolves and fades, black stretches not "
        "counted.",
        method="See scene.transition.",
        levels=(
            Level("none", "there is nothing but black", "画面全黑", below=1),
            Level("one", "the clip is a single continuous shot", "全片为单一连续镜头", at_least=1, below=2),
            Level("some", "there are {value} shots", "共有{value}个镜头", at_least=2),
        ),
        levels_source="Counts.",
        salience=1.5,
        digits=0,
    ),
    CueSpec(
        name="scene.shot_length",
        dimension=Dimension.SCENE,
        kind="summary",
        unit="s",
        meaning="Mean length of a shot, where there is more than one.",
        method="Length of the shots over their number.",
        levels=(
            Level("rapid", "the cutting is rapid", "剪辑节奏很快", below=2.0),
            Level("usual", "the cutting is unhurried", "剪辑节奏平稳", at_least=2.0, notable=False),
        ),
        levels_source="Own choice.",
        salience=0.8,
    ),
    CueSpec(
        name="scene.transition",
        dimension=Dimension.SCENE,
        kind="category",
        unit="",
        meaning="From one shot to the next: a cut, a dissolve, or a fade from or to black, with its time.",
        method="Cut: colour histograms or luma of neighbouring pictures differ, and three times more than "
        "around them. Gradual: the picture in between is the weighted mean of the ends (as in production of "
        "dissolves).",
        levels=(
            Level("cut", "the picture cuts to another shot", "画面切换到另一个镜头"),
            Level("dissolve", "the picture dissolves into another shot", "画面叠化到另一个镜头"),
            Level("fade_in", "the picture fades in from black", "画面由黑淡入"),
            Level("fade_out", "the picture fades to black", "画面淡出至黑"),
        ),
        salience=1.2,
    ),
    CueSpec(
        name="scene.luma",
        dimension=Dimension.SCENE,
        kind="summary",
        unit="ratio",
        meaning="How light the picture is: mean luma, 0 black to 1 white. The track of the same name holds "
        "the curve.",
        method="ITU-R BT.709 luma of the coded picture.",
        range=(0.0, 1.0),
        levels=(
            Level("very_dark", "the picture is very dark", "画面非常昏暗", below=0.12),
            Level("dark", "the light is low", "光线偏暗", at_least=0.12, below=0.28),
            Level(
                "usual",
                "the light is even and moderate",
                "光线适中",
                at_least=0.28,
                below=0.62,
                notable=False,
            ),
            Level("bright", "the picture is bright", "画面明亮", at_least=0.62),
        ),
        levels_source="Own choice: an average scene is exposed for a mid grey, which is coded as about 0.45.",
        salience=1.3,
        digits=2,
    ),
    CueSpec(
        name="scene.contrast",
        dimension=Dimension.SCENE,
        kind="summary",
        unit="ratio",
        meaning="Contrast of light and dark: standard deviation of luma within a picture (median).",
        method="RMS contrast (Peli 1990, J. Opt. Soc. Am. A 7:2032-2040).",
        range=(0.0, 0.5),
        levels=(
            Level("flat", "the contrast is low and the picture looks flat", "对比度低，画面平淡", below=0.1),
            Level("usual", "the contrast is moderate", "对比度适中", at_least=0.1, below=0.27, notable=False),
            Level("hard", "the contrast is hard", "明暗对比强烈", at_least=0.27),
        ),
        levels_source="Own choice: an even spread over all greys has 0.29.",
        salience=0.6,
        digits=2,
    ),
    CueSpec(
        name="scene.colourfulness",
        dimension=Dimension.SCENE,
        kind="summary",
        unit="M3",
        meaning="How colourful the picture is (median): 0 grey, about 110 the most vivid.",
        method="Measure M3 of Hasler & Suesstrunk 2003 (Proc. SPIE 5007).",
        levels=(
            Level("grey", "the picture is almost without colour", "画面几乎无色彩", below=15),
            Level("muted", "the colours are muted", "色彩柔和暗淡", at_least=15, below=33),
            Level("usual", "the colours are moderate", "色彩适中", at_least=33, below=59, notable=False),
            Level("vivid", "the colours are vivid", "色彩鲜艳", at_least=59),
        ),
        levels_source="Hasler & Suesstrunk 2003, table 2: 15 slightly, 33 moderately, 59 quite colourful.",
        salience=0.9,
        digits=0,
    ),
    CueSpec(
        name="scene.warmth",
        dimension=Dimension.SCENE,
        kind="summary",
        unit="index",
        meaning="Warm (+) or cool (-) colour cast (median): -1 all blue, 0 neutral, 1 all red.",
        method="(mean red - mean blue) / (mean red + mean blue) of the coded picture.",
        range=(-1.0, 1.0),
        levels=(
            Level("cool", "the colours are cool", "色调偏冷", below=-0.08),
            Level(
                "neutral",
                "the colours are neither warm nor cool",
                "色调中性",
                at_least=-0.08,
                below=0.12,
                notable=False,
            ),
            Level("warm", "the colours are warm", "色调偏暖", at_least=0.12),
        ),
        levels_source="Own choice; skin alone makes a close-up a little warm, hence the higher border above.",
        salience=0.8,
        digits=2,
    ),
    CueSpec(
        name="scene.dominant_colour",
        dimension=Dimension.SCENE,
        kind="category",
        unit="",
        meaning="A colour that fills a sixth of the picture or more, in words; up to three, the largest "
        "first.",
        method="Share of the area in regions of hue, saturation and value: the basic colour terms (Berlin & "
        "Kay 1969), with cyan and beige.",
        levels=tuple(
            Level(slug, f"much of the picture is {en}", f"画面以{zh}为主")
            for slug, (en, zh) in COLOUR_WORDS.items()
        ),
        salience=0.9,
    ),
    CueSpec(
        name="scene.sharpness",
        dimension=Dimension.SCENE,
        kind="summary",
        unit="luma^2",
        meaning="Fine detail (median): variance of the Laplacian. Depends on what is shown; for comparing "
        "pictures of one clip.",
        method="Pech-Pacheco et al. 2000 (Proc. ICPR 3:314-317), luma 0-255 at 360 px or a little more.",
        salience=0.1,
        digits=0,
    ),
    CueSpec(
        name="scene.blur",
        dimension=Dimension.SCENE,
        kind="summary",
        unit="ratio",
        meaning="Blur (median): 0 sharp, 1 blurred.",
        method="Crete, Dolmiere, Ladret & Nicolas 2007 (Proc. SPIE 6492), at 360 px or a little more.",
        range=(0.0, 1.0),
        levels=(
            Level("sharp", "the picture is sharp", "画面清晰", below=0.45, notable=False),
            Level(
                "soft", "the picture is slightly soft", "画面略软", at_least=0.45, below=0.6, notable=False
            ),
            Level("blurred", "the picture is blurred", "画面模糊", at_least=0.6),
        ),
        levels_source="Own choice: sharp film pictures score 0.25-0.45 at this size, a Gaussian blur of 2-3 "
        "px 0.6 and more.",
        salience=0.7,
        digits=2,
    ),
    CueSpec(
        name="scene.camera",
        dimension=Dimension.SCENE,
        kind="category",
        unit="",
        meaning="Whether the camera stands still, drifts or shakes a little, or moves.",
        method="Share of the time in which scene.camera_speed is under 0.03.",
        levels=(
            Level("static", "the camera stands still", "镜头固定"),
            Level("unsteady", "the camera drifts or shakes a little", "镜头略有晃动"),
            Level("moving", "the camera moves", "镜头在移动"),
        ),
        levels_source="Own choice: still for 85 % of the time; mean speed under 0.1 picture widths a second.",
        salience=1.0,
    ),
    CueSpec(
        name="scene.camera_speed",
        dimension=Dimension.SCENE,
        kind="summary",
        unit="widths/s",
        meaning="Mean speed of the camera's own movement across the picture, in picture widths a second. A "
        "zoom does not show.",
        method="Phase correlation of eight windows, 8 times a second; the shift that most windows share.",
        salience=0.3,
        digits=2,
    ),
    CueSpec(
        name="scene.camera_move",
        dimension=Dimension.SCENE,
        kind="category",
        unit="",
        meaning="The camera pans or tilts for half a second or more; the direction is the camera's.",
        method="Spans in which the shared shift keeps its direction at 0.08 picture widths a second or more.",
        levels=(
            Level("pan_left", "the camera pans left", "镜头向左摇移"),
            Level("pan_right", "the camera pans right", "镜头向右摇移"),
            Level("tilt_up", "the camera tilts up", "镜头向上摇移"),
            Level("tilt_down", "the camera tilts down", "镜头向下摇移"),
        ),
        levels_source="Own choice: slower is drift.",
        salience=1.0,
    ),
    CueSpec(
        name="scene.background_motion",
        dimension=Dimension.SCENE,
        kind="summary",
        unit="ratio",
        meaning="How much moves behind the person while the camera stands still: the calmer one of the "
        "picture's left and right margins, so that a person filling one side does not count.",
        method="Mean share of the margin's pixels that changed within 1/8 s; absent while the camera moves.",
        range=(0.0, 1.0),
        levels=(
            Level("still", "the background is still", "背景静止", below=0.02, notable=False),
            Level("some", "something moves in the background", "背景中有动静", at_least=0.02, below=0.1),
            Level("busy", "the background is busy", "背景活动频繁", at_least=0.1),
        ),
        levels_source="Own choice.",
        salience=0.7,
        digits=2,
    ),
    CueSpec(
        name="scene.motion",
        dimension=Dimension.SCENE,
        kind="track",
        unit="ratio",
        meaning="Share of all pixels that changed within 1/8 s, over time.",
        method="Luma differences above 12 of 255.",
        range=(0.0, 1.0),
        digits=2,
    ),
    CueSpec(
        name="scene.black",
        dimension=Dimension.SCENE,
        kind="event",
        unit="s",
        meaning="The picture is black; value: for how long.",
        method="98 % of the pixels have luma under 0.10 (as in FFmpeg's blackdetect), for 0.2 s or more.",
        levels=(Level("black", "the picture is black", "画面为黑屏", at_least=0.0),),
        levels_source="Own choice: whatever lasts long enough.",
        salience=1.6,
    ),
    CueSpec(
        name="scene.frozen",
        dimension=Dimension.SCENE,
        kind="event",
        unit="s",
        meaning="The picture is frozen; value: for how long.",
        method="No value of the picture at 80 px width changes by more than 1.5 of 255, for 1 s or more.",
        levels=(Level("frozen", "the picture is frozen", "画面静止不动", at_least=0.0),),
        levels_source="Own choice: whatever lasts long enough.",
        salience=1.4,
    ),
)
