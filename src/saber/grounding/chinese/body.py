"""Which Chinese words say something of head, body and hands?"""

from __future__ import annotations

from saber.grounding.vocabulary import SEEN, Phrase, Thing

__all__ = ["PHRASES", "THINGS"]

_TOUCHES = (
    " | ".join(
        f"{verb}~{part}" for verb in "捂托摸遮扶揉" for part in ("脸", "嘴", "下巴", "额头", "眼睛", "鼻子")
    )
    + " | 摩挲~下巴 | 摩挲~脸 | 触摸面部 | 触碰面部"
)

THINGS = (
    Thing(
        "头部 | 头",
        {
            "低下 | 低垂着 | 埋着 | 埋下 | 埋 | 垂下 | 低垂 | 低着 | 低 | 垂": "head.down",
            "抬起 | 向后仰 | 后仰 | 昂起 | 仰起 | 抬 | 仰 | 昂": "head.up",
            "平视": "head.level",
            "转向 | 转 | 扭 | 别到一边 | 扭到一边 | 别": "head.turned",
            "正对镜头 | 正对": "head.front",
            "倾斜 | 歪 | 偏向一侧 | 侧": "head.tilted",
            "端正": "head.upright",
            "几乎不动 | 一动也不动 | 没怎么动 | 静止 | 保持不动 | 一动不动": "head.still",
            "频繁晃动": "head.moving",
            "点": "nod.shown",
            "摇": "head_shake.shown",
        },
        SEEN,
    ),
    Thing(
        "身体 | 上身 | 身子 | 躯干 | 全身",
        {
            "几乎不动 | 静止 | 不动 | 一动不动 | 大部分时间静止 | 几乎没有动作 | 没有动作": "movement.still",
            "几乎没有静止 | 大幅动作": "movement.much",
            "前倾 | 向前倾 | 前探 | 向前探 | 往前凑 | 探向前": "lean.forward",
            "后仰 | 后退 | 后缩 | 向后退 | 往后退 | 往后缩 | 向后缩 | 后撤 | 后倾": "lean.back",
            "晃动 | 晃来晃去 | 摆动 | 左右摇摆 | 摇摆 | 摇晃": "movement.sway",
            "下沉 | 塌陷 | 弓着 | 驼着 | 瘫软 | 缩成一团 | 佝偻 | 蜷缩": "shoulders.slumped",
            "挺直": "shoulders.straightened",
        },
        SEEN,
    ),
    Thing(
        "动作",
        {
            "急促、不连贯 | 生硬 | 突兀 | 急促 | 僵硬": "movement.jerky",
            "流畅 | 柔和连贯 | 连贯 | 舒缓": "movement.smooth",
            "活跃 | 明显 | 剧烈 | 频繁": "movement.much",
            "不大 | 很少 | 较少 | 幅度很小 | 幅度较小": "movement.still",
        },
        SEEN,
    ),
    Thing(
        "双肩 | 肩膀 | 肩部 | 肩",
        {
            "上提 | 抬起 | 端着 | 紧缩 | 绷紧 | 耸起 | 耸 | 抬高": "shoulders.raised",
            "下垂 | 内扣 | 塌下 | 松垮 | 耷拉 | 下沉 | 垮": "shoulders.slumped",
            "齐平 | 平齐 | 端平 | 平直": "shoulders.level",
            "一高一低": "shoulders.uneven",
            "放松": "!shoulders.raised",
            "在画面内": "shoulders.seen",
        },
        SEEN,
    ),
    Thing(
        "双臂 | 手臂 | 胳膊",
        {
            "交叉 | 抱胸 | 交叠 | 抱在胸前 | 环在胸前 | 抱 | 环抱": "arms.crossed",
            "张开 | 高高举起 | 高举 | 举过头顶 | 展开 | 敞开": "arms.open",
            "收拢 | 紧贴身体 | 贴着身体": "arms.closed",
        },
        SEEN,
    ),
    Thing(
        "双手 | 手 | 手指 | 右手 | 左手 | 一只手",
        {
            f"{_TOUCHES} | 捂住 | 捂 | 托腮 | 扶额 | "
            "位于额头 | 位于眼部 | 位于口鼻处 | 位于下巴 | 位于脸颊 | 移至面部 | 停留在面部 | "
            "擦~眼泪 | 擦~泪 | 触碰~脸 | 放在~脸": "hand_at_face.shown",
            "交握 | 合十 | 相扣 | 交叠 | 绞在一起 | 握在一起 | 交叉 | 紧握在一起 | "
            "十指相扣": "hands_together.shown",
            "在画面内 | 在画面中 | 在画面里 | 在镜头中 | 在镜头内 | 入画 | 可见 | 出现": "hands.seen",
            "张开 | 摊开": "hands.open",
            "握拳 | 紧握 | 攥紧 | 攥成拳 | 握紧 | 攥 | 握拢 | 弯曲": "hands.closed",
        },
        SEEN,
    ),
)

PHRASES = (
    Phrase(
        "猛地指 | 用手指着 | 猛砸 | 砸桌子 | 拍桌子 | 捶桌子 | 挥拳 | 用力地挥 | 大幅度的手势 | "
        "夸张的手势 | 用力敲 | 用力拍 | 用力挥 | 重重地拍 | 重重地敲 | 做出明显的动作 | "
        "快速有力的动作 | 手势有力",
        "gestures.forceful",
        SEEN,
    ),
    Phrase("右肩高于左肩 | 左肩高于右肩", "shoulders.uneven", SEEN),
    Phrase("头部动作频繁", "head.moving", SEEN),
    Phrase("低头 | 低下头 | 垂着头 | 头低垂 | 埋头 | 低着头 | 垂头", "head.down", SEEN),
    Phrase("抬头 | 抬起头 | 仰起头 | 昂着头 | 昂起头 | 仰头 | 昂首", "head.up", SEEN),
    Phrase("歪头 | 歪着头 | 侧着头 | 偏着头 | 侧头", "head.tilted", SEEN),
    Phrase("转头 | 转过头 | 扭过头 | 别开头 | 转过脸 | 别过脸 | 扭头 | 别过头", "head.turned", SEEN),
    Phrase("点头 | 点了点头 | 点了下头", "nod.shown", SEEN),
    Phrase("摇头 | 摇了摇头 | 摇了一下头 | 摇着头", "head_shake.shown", SEEN),
    Phrase("前倾 | 弯下身 | 弯下腰 | 弯腰 | 俯身 | 探身 | 凑近 | 凑向 | 身子前探", "lean.forward", SEEN),
    Phrase(
        "身体后仰 | 往后靠 | 退后 | 后退 | 退了一步 | 退了半步 | 向后靠 | 靠在椅背 | 靠向椅背 | 靠着椅背",
        "lean.back",
        SEEN,
    ),
    Phrase("距离保持不变", "lean.steady", SEEN),
    Phrase("耸肩 | 耸了耸肩 | 耸耸肩 | 耸起肩", "shoulders.raised", SEEN),
    Phrase("抱臂 | 双手抱胸 | 抱着胳膊 | 抱在胸前 | 环抱双臂 | 双臂交叉 | 抱着双臂", "arms.crossed", SEEN),
    Phrase(
        "捂脸 | 捂嘴 | 捂着嘴 | 捂着脸 | 捂住了嘴 | 捂住了脸 | 托着脸 | 托着腮 | 抹眼泪 | 揉眼睛 | "
        "捂住嘴 | 捂住脸 | 托腮 | 扶额 | 掩面",
        "hand_at_face.shown",
        SEEN,
    ),
    Phrase("触摸面部 | 触碰面部 | 摸脸 | 托着下巴 | 摸下巴", "hand_at_face.shown", SEEN, late=True),
    Phrase("手势 | 比划 | 挥手 | 打手势 | 招手", "gestures.some", SEEN),
    Phrase(
        "手势很多 | 手势不断 | 不停比划 | 手势频繁 | 频繁的手势 | 手势丰富 | 手舞足蹈", "gestures.many", SEEN
    ),
    Phrase("没有手势动作", "!gestures.some", SEEN),
    Phrase(
        "几乎不动 | 纹丝不动 | 僵住 | 僵在原地 | 动作很少 | 几乎没动 | 一动不动 | 保持静止 | "
        "保持不动 | 基本不动 | 几乎没有动作",
        "movement.still",
        SEEN,
        late=True,
    ),
    Phrase(
        "蹦蹦跳跳 | 又蹦又跳 | 跳来跳去 | 手足乱动 | 坐立不安 | 坐不住 | 扭来扭去 | 躁动不安 | "
        "坐立难安 | 来回走动 | 走来走去 | 踱步 | 动来动去",
        "movement.much",
        SEEN,
    ),
    Phrase(
        "背有点驼 | 弓着背 | 驼着背 | 瘫回 | 瘫在 | 瘫坐在 | 含胸 | 驼背 | 弓背 | 佝偻 | 蜷缩 | "
        "缩成一团 | 瘫坐",
        "shoulders.slumped",
        SEEN,
    ),
    Phrase("左右摇晃 | 摇来晃去 | 前后摇晃", "movement.sway", SEEN),
    Phrase("坐得笔直 | 坐得端正 | 站得笔直 | 身体挺直 | 挺直腰背", "shoulders.straightened", SEEN),
    Phrase("攥紧拳头 | 紧握拳头 | 握紧拳头 | 攥着拳头 | 攥拳", "hands.closed", SEEN),
    Phrase("舒展的姿态 | 姿态舒展 | 姿态开放 | 开放的姿态", "arms.open", SEEN),
)
