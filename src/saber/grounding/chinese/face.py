"""Which Chinese words say something of a face?"""

from __future__ import annotations

from saber.grounding.vocabulary import HEARD, LOOKED_AT, SEEN, Phrase, Thing

__all__ = ["PHRASES", "THINGS"]

THINGS = (
    Thing(
        "眉毛 | 眼眉 | 眉头 | 双眉 | 眉梢 | 眉 | 眉心 | 眉宇",
        {
            "内侧~上抬 | 内侧~抬起 | 上抬 | 抬高 | 上扬 | 扬起 | 抬起 | 挑起 | 上挑 | 高挑 | 一跳 | "
            "往上一跳 | 向上一跳 | 高高扬起 | 高高挑起 | 高抬 | 竖起 | 高扬 | 一扬 | 微扬 | "
            "挑 | 扬": "brows_raised.shown",
            "紧锁 | 深锁 | 紧拧 | 皱起 | 皱在一起 | 拧在一起 | 聚拢 | 倒竖 | 压得~低 | 拧成一团 | "
            "压低 | 紧蹙 | 紧皱 | 微皱 | 微蹙 | 皱 | 下压 | 锁 | 拧 | 蹙 | 一皱 | 紧": "brows_lowered.shown",
            "舒展 | 平展 | 放松": "!brows_lowered.shown",
            "没有变化 | 毫无变化 | 没有~变化": "!brows_raised.shown",
        },
        SEEN,
    ),
    Thing(
        "眼睛 | 眼珠 | 眼球 | 双眼 | 双目 | 眼 | 两眼 | 眼眸 | 眼皮 | 上眼睑 | 下眼睑 | 眼睑",
        {
            "睁大 | 大睁 | 睁得圆 | 睁得很圆 | 睁得~大 | 圆睁 | 瞪大 | 睁圆 | 瞪 | "
            "上眼睑抬起 | 抬起": "eyes_widened.shown",
            "眯起 | 眯了起来 | 眯成 | 眯着 | 半眯 | 微眯 | 眯 | 下眼睑绷紧 | 绷紧": "eyes_narrowed.shown",
            "紧闭 | 合上 | 闭了起来 | 闭上 | 闭合 | 闭着 | 闭": "eyes_closed.shown",
            "看着镜头 | 直视镜头 | 注视镜头 | 看向镜头 | 盯着镜头": "gaze.at_camera",
            "向下看 | 垂下 | 垂着 | 朝下看 | 看着地面 | 盯着地面 | 下垂 | 低垂 | 看向下方 | "
            "朝下": "gaze.down",
            "向上看 | 抬眼 | 上翻 | 看向上方 | 上移 | 朝上": "gaze.up",
            "躲闪 | 乱转 | 游移 | 飘忽 | 闪烁 | 游离 | 看向别处 | 避开": "gaze.averted",
        },
        SEEN,
    ),
    Thing(
        "目光 | 视线 | 眼神 | 眼光",
        {
            "朝向镜头 | 投向镜头 | 落在镜头 | 锁定镜头 | 看向镜头 | 直视 | 注视镜头 | 看着镜头 | "
            "对着镜头": "gaze.at_camera",
            "避开镜头 | 从镜头移开 | 避开 | 闪烁 | 游离 | 偏离镜头 | 看向别处 | 投向别处 | 离开镜头 | "
            "始终避开镜头 | 躲闪 | 游移 | 飘忽 | 回避 | 移开 | 闪躲": "gaze.averted",
            "低垂 | 下垂 | 向下 | 落在地 | 朝下 | 看向下方 | 垂下 | 下移": "gaze.down",
            "上移 | 向上": "gaze.up",
            "移向一旁 | 偏向一旁 | 偏向一侧 | 移向一侧 | 转向一旁 | 转向一侧 | 投向一旁 | 斜向 | "
            "瞥向其左侧 | 瞥向其右侧 | 瞥向一旁 | 看向一侧": "gaze.aside",
        },
        SEEN,
    ),
    Thing(
        "嘴角 | 唇角",
        {
            "上扬 | 上翘 | 扬起 | 上提 | 上勾 | 一勾 | 勾起 | 弯起 | 微翘 | 翘起 | 翘": "smile.shown",
            "下垂 | 向下撇 | 下弯 | 下沉 | 下压 | 撇下 | 下撇 | 下拉 | 向下 | 微微下垂 | 深深下垂 | "
            "一沉 | 耷拉": "corners_down.shown",
        },
        SEEN,
    ),
    Thing(
        "嘴唇 | 双唇 | 两唇 | 嘴巴 | 嘴 | 唇 | 下颌 | 下巴",
        {
            "紧抿 | 抿成一条线 | 紧绷 | 紧咬 | 微抿 | 抿紧 | 抿着 | 抿 | 紧闭": "lips_pressed.shown",
            "撅起 | 嘟起 | 嘟着 | 噘 | 撅": "lips_puckered.shown",
            "张开 | 半张 | 微启 | 张得很大 | 合不拢 | 大张 | 微张 | 张着 | 张大 | 张": "mouth_open.shown",
            "闭合 | 合拢 | 闭上 | 闭着": "!mouth_open.shown",
            "夸张 | 紧张": "",
            "横向拉紧 | 横拉 | 横向拉开 | 向两侧绷紧 | 向两侧拉开 | 一扯": "lips_stretched.shown",
            "上推 | 皱起 | 皱缩": "chin_raised.shown",
            "下巴抬起 | 抬起": "head.up",
        },
        SEEN,
    ),
    Thing("牙关 | 牙", {"紧咬 | 咬紧 | 咬着": "lips_pressed.shown"}, SEEN),
    Thing("上唇", {"上提 | 上抬 | 掀起 | 抬起 | 翘起 | 微抬 | 一翘": "upper_lip_raised.shown"}, SEEN),
    Thing("鼻子 | 鼻梁 | 鼻翼 | 鼻孔 | 鼻", {"皱 | 张开 | 张大 | 翕动 | 扩张": "nose_wrinkled.shown"}, SEEN),
    Thing(
        "脸颊 | 双颊 | 面颊 | 苹果肌",
        {"上提 | 隆起 | 提升 | 抬起 | 鼓起 | 上扬": "cheeks_raised.shown"},
        SEEN,
    ),
    Thing(
        "表情 | 神情 | 神色 | 面部 | 脸上 | 面部表情",
        {
            "平静 | 不多 | 很少 | 平淡 | 僵硬 | 麻木 | 淡漠 | 没有变化 | 毫无变化 | 空白 | 呆滞 | "
            "木然 | 冷漠 | 中性 | 几乎没有表情变化": "expression.blank",
            "丰富 | 变化丰富 | 变化多端 | 活泼 | 灵动 | 生动 | 多变 | 夸张": "expression.lively",
        },
        LOOKED_AT | HEARD,
    ),
)

PHRASES = (
    Phrase(
        "微笑 | 冷笑 | 苦笑 | 傻笑 | 窃笑 | 笑脸 | 笑颜 | 笑容 | 笑意 | 大笑 | 咧嘴 | 露齿而笑 | 笑",
        "smile.shown",
        LOOKED_AT,
    ),
    Phrase(
        "皱眉 | 皱着眉 | 皱起眉 | 眉头一皱 | 拧眉 | 怒目 | 蹙眉 | 锁眉 | 愁眉", "brows_lowered.shown", SEEN
    ),
    Phrase("挑眉 | 挑着眉 | 挑起眉 | 扬起眉 | 抬眉 | 扬眉", "brows_raised.shown", SEEN),
    Phrase("面无表情 | 不动声色 | 木无表情 | 毫无表情 | 没有表情 | 没有任何表情", "expression.blank", SEEN),
    Phrase("瞪大眼睛 | 瞪大双眼 | 目瞪口呆 | 瞪圆双眼 | 睁大眼睛 | 睁大双眼", "eyes_widened.shown", SEEN),
    Phrase("闭眼 | 闭目 | 闭上眼 | 闭着眼 | 合上眼 | 闭上双眼 | 闭上了眼", "eyes_closed.shown", SEEN),
    Phrase("额头平整 | 额头舒展 | 额头放松", "!brows_lowered.shown", SEEN),
    Phrase("皱鼻", "nose_wrinkled.shown", SEEN),
    Phrase(
        "抿嘴 | 抿唇 | 抿着嘴 | 抿着唇 | 咬紧牙关 | 咬着牙 | 咬紧牙 | 紧咬牙关", "lips_pressed.shown", SEEN
    ),
    Phrase("撇嘴 | 撇着嘴", "corners_down.shown", SEEN),
    Phrase("撅嘴 | 嘟嘴 | 嘟着嘴 | 噘嘴 | 噘着嘴", "lips_puckered.shown", SEEN),
    Phrase("张嘴 | 张着嘴 | 张开嘴 | 张大嘴 | 张口", "mouth_open.shown", SEEN),
    Phrase(
        "看着镜头 | 直视镜头 | 注视镜头 | 看向镜头 | 面对镜头说 | 盯着镜头 | 看镜头 | 望向镜头 | "
        "正视镜头 | 面向镜头 | 盯向镜头 | 望着镜头 | 直视前方",
        "gaze.at_camera",
        SEEN,
    ),
    Phrase(
        "看向别处 | 移开视线 | 移开目光 | 避开视线 | 看向一旁 | 不敢直视 | 东张西望 | 四处张望 | "
        "回头张望 | 左顾右盼",
        "gaze.averted",
        SEEN,
    ),
    Phrase("瞟向 | 瞥向 | 瞟着 | 瞟了 | 斜视 | 斜眼 | 斜睨", "gaze.aside", SEEN),
    Phrase("频繁眨眼 | 不停眨眼 | 不停地眨眼 | 频频眨眼 | 反复眨眼 | 连连眨眼", "blinking.frequent", SEEN),
    Phrase("翻~白眼 | 抬眼", "gaze.up", SEEN),
    Phrase("很少眨眼 | 几乎不眨眼 | 目不转睛", "blinking.rare", SEEN),
    Phrase("眨眼频率正常", "blinking.usual", SEEN),
    Phrase("看不到人脸", "!face_seen.seen", LOOKED_AT),
    Phrase("始终可见人脸", "face_seen.seen", LOOKED_AT),
    Phrase(
        "脸只露出一部分 | 脸部被遮挡 | 脸被遮挡 | 只露出半张脸 | 露出半边脸 | 侧脸 | "
        "只短暂出现人脸 | 部分时间可见人脸",
        "face_seen.partly",
        LOOKED_AT,
    ),
    Phrase("嘴唇随话音而动", "speaker.main_person", SEEN),
    Phrase("有话音时画面中人物的嘴唇不动", "speaker.off_screen", SEEN),
    Phrase("说话的是画面中的另一人", "speaker.other_person", SEEN),
)
