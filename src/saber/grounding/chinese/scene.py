"""Which Chinese words say something of the scene?"""

from __future__ import annotations

from saber.grounding.vocabulary import LOOKED_AT, SHOWN, Phrase, Thing

__all__ = ["PHRASES", "THINGS"]

_COLOURS = {
    "黑色": "colour.black",
    "灰色 | 灰": "colour.grey",
    "白色 | 白": "colour.white",
    "红色": "colour.red",
    "橙色": "colour.orange",
    "棕色 | 木色": "colour.brown",
    "黄色 | 金色": "colour.yellow",
    "绿色": "colour.green",
    "青色": "colour.cyan",
    "蓝色 | 湛蓝 | 蔚蓝": "colour.blue",
    "紫色": "colour.purple",
    "粉色": "colour.pink",
    "米色": "colour.beige",
}

_ONE = (
    "只有一个人 | 只有一位 | 只有一名 | 仅有一位 | 仅有一名 | 独自 | 只有~一人 | 独自一人 | "
    "一个人 | 者一人 | "
    + " | ".join(
        f"{only}一{unit}~{person}"
        for only in ("只有", "仅有", "仅")
        for unit in "名位个"
        for person in ("人", "男子", "女子", "男性", "女性", "男士", "女士", "男人", "女人")
    )
)

THINGS = (
    Thing(
        "光线 | 阳光 | 画面 | 灯光 | 环境 | 场景 | 房间 | 室内 | 大厅 | 照明",
        {
            "漆黑 | 很黑 | 幽暗 | 阴暗 | 黑暗 | 昏暗 | 偏暗 | 暗 | 非常昏暗 | 较暗": "light.dark",
            "明亮 | 明媚 | 亮堂 | 亮 | 充足": "light.bright",
            "适中 | 均匀 | 柔和": "light.even",
            "模糊 | 不清晰 | 失焦 | 虚焦": "sharpness.blurred",
            "清晰": "sharpness.sharp",
            "平淡": "contrast.low",
        },
        SHOWN,
    ),
    Thing(
        "色调 | 色温 | 色彩 | 颜色",
        {
            "偏暖 | 温暖 | 暖": "colours.warm",
            "偏冷 | 冷": "colours.cool",
            "柔和暗淡 | 暗淡 | 柔和 | 素淡": "colours.muted",
            "鲜艳 | 艳丽 | 饱和 | 丰富 | 鲜明 | 浓郁": "colours.vivid",
        },
        SHOWN,
    ),
    Thing(
        "背景 | 画面以 | 以 | 墙 | 墙面 | 墙壁 | 天空",
        {
            **_COLOURS,
            "静止": "background.still",
            "有动静 | 活动频繁 | 有人走动": "background.moving",
        },
        SHOWN,
    ),
    Thing(
        "对比度 | 明暗对比 | 对比 | 反差",
        {"低": "contrast.low", "高 | 强烈 | 大 | 鲜明": "contrast.high"},
        SHOWN,
    ),
    Thing(
        "镜头 | 摄像机 | 机位",
        {
            "固定 | 没有移动 | 没有变化 | 没有晃动 | 静止 | 稳定 | 不动": "camera.static",
            "晃动 | 抖动 | 摇晃 | 颤动 | 略有晃动": "camera.unsteady",
            "移动 | 跟随 | 拉远 | 推近 | 摇移 | 推进 | 平移": "camera.moving",
        },
        SHOWN,
    ),
)

PHRASES = (
    Phrase(_ONE, "people.one", LOOKED_AT),
    Phrase(
        "两个人 | 两个少年 | 两个男 | 两个女 | 两个孩子 | 两个朋友 | 两名 | 两位 | 二人 | "
        "一男一女 | 2个人 | 两人",
        "people.two",
        LOOKED_AT,
    ),
    Phrase(
        "三个人 | 三四个人 | 四五个人 | 五六个人 | 十几个人 | 四个人 | 五个人 | 三名 | 三位 | "
        "几个人 | 人群 | 众人 | 3个人 | 4个人 | 5个人 | 多个人 | 许多人 | 一群人 | 多人",
        "people.several",
        LOOKED_AT,
    ),
    Phrase(
        "抖动明显 | 晃动明显 | 手持 | 画面略有晃动 | 画面摇晃 | 画面不稳 | 画面抖动 | 画面晃动 | 手持拍摄",
        "camera.unsteady",
        SHOWN,
    ),
    Phrase("不断有人经过 | 有人经过 | 有~经过 | 有人走过 | 有人走动 | 人来人往", "background.moving", SHOWN),
    Phrase("特写 | 贴近~拍摄 | 近景特写 | 近距离拍摄 | 近距离 | 大特写", "framing.close", SHOWN),
    Phrase("头肩近景 | 头肩 | 胸部以上 | 近景 | 胸像", "framing.head_and_shoulders", SHOWN),
    Phrase("中景 | 半身 | 腰部以上", "framing.medium", SHOWN),
    Phrase("从远处拍摄 | 远处拍摄 | 远距离拍摄 | 远景 | 全景 | 全身 | 中远景", "framing.far", SHOWN),
    Phrase("画面为黑屏", "light.black", SHOWN),
    Phrase(
        "多次切换 | 切换了 | 来回切换 | 切换到 | 叠化 | 淡入 | 淡出 | 多个镜头 | 共有~个镜头",
        "shots.several",
        SHOWN,
    ),
    Phrase("单一连续镜头 | 没有剪切 | 没有剪辑 | 没有切换 | 一镜到底 | 单一镜头", "shots.one", SHOWN),
    Phrase("剪辑节奏很快", "shots.rapid", SHOWN),
    Phrase("几乎无色彩 | 黑白", "colours.grey", SHOWN),
    Phrase("显得偏暖 | 画面偏暖 | 暖色 | 暖色调 | 暖色系", "colours.warm", SHOWN),
    Phrase("显得偏冷 | 画面偏冷 | 冷色 | 冷色调 | 冷色系", "colours.cool", SHOWN),
)
