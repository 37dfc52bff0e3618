"""What the demo shows beyond its records: states to be seen, people, dates, short texts."""

from datetime import date

# The day the records were written for; every date moves with the day of loading.
WRITTEN_FOR = date(2026, 11, 22)

# Steps taken after import, by record: (who, transition, note). Records listed here start as drafts.
COMPANY_STEPS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "s57": (("owner", "submit", ""),),
    "s60": (
        ("owner", "submit", ""),
        (
            "staff",
            "request_changes",
            "请上传最新的营业执照：登记地址与第二处厂区的地址不一致。英文简介中的产能请注明年份。",
        ),
    ),
}
CAPABILITY_STEPS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "s31-4": (("owner", "submit", ""),),
    "s36-4": (("owner", "submit", ""),),
    "s43-4": (("owner", "submit", ""),),
    "s52-4": (("owner", "submit", ""),),
    "s34-4": (),
    "s48-4": (),
    "s37-4": (
        ("owner", "submit", ""),
        (
            "staff",
            "request_changes",
            "请补充抗拉强度的试验标准和取样方向，并注明热处理状态；IATF 16949证书编号请核对。",
        ),
    ),
    "s46-4": (
        ("owner", "submit", ""),
        (
            "staff",
            "request_changes",
            "Please state the brightness at 85 °C as well, and name the test house.",
        ),
    ),
    "s51-4": (
        ("owner", "submit", ""),
        ("staff", "publish", ""),
        ("owner", "unpublish", ""),
    ),
}
NEED_STEPS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "n25": (("owner", "submit", ""),),
    "n46": (("owner", "submit", ""),),
}
# How closed needs ended; the others stay closed, waiting for their owner's word.
NEED_OUTCOMES = {"n16": "fulfil", "n40": "none_suitable", "n48": "cancel"}

# Companies whose people the records do not name get one contact each, in this order.
CONTACTS = {
    "zh-Hans": (
        "王海燕", "李志强", "张晓峰", "刘丽娟", "陈国栋", "杨帆", "赵立新", "黄雅琴", "周文杰",
        "吴敏", "徐振华", "孙浩然", "马晓东", "朱婷婷", "胡建军", "郭雪梅", "何俊", "高明辉",
        "林秀英", "罗志远", "郑凯", "梁思琪", "谢伟", "宋佳", "唐海波", "许晴", "韩冰", "冯毅",
        "邓丽", "曹阳", "彭程", "曾庆华", "萧然", "田野", "董洁", "潘虹", "袁野", "蔡明",
        "蒋欣", "余波", "于涛", "杜娟", "叶青", "程磊", "魏然", "苏航",
    ),
    "de": ("Stefan Brandner", "Judit Kovács", "Ulrike Sommer", "Thomas Leitner"),
    "en": (
        "Paola Ferrero", "Julien Marchand", "Núria Soler", "Anna Zielińska", "Mehmet Aydın",
        "Somchai Rattanakul", "Dewi Lestari", "Javier Morales", "Haruto Sakamoto",
        "Ananya Kulkarni",
        "Grace Tremblay", "Ruben de Wit", "Omar Haddad", "Elif Şahin", "Marta Nowak",
        "Kenji Mori", "Lucas Almeida", "Sofia Rinaldi",
    ),
}  # fmt: skip
COUNTRY_LOCALES = {"CN": "zh-Hans", "DE": "de", "AT": "de", "CH": "de", "HU": "de"}
COUNTRY_ZONES = {
    "AE": "Asia/Dubai", "AT": "Europe/Vienna", "BR": "America/Sao_Paulo", "CA": "America/Toronto",
    "CN": "Asia/Shanghai", "DE": "Europe/Berlin", "ES": "Europe/Madrid", "FR": "Europe/Paris",
    "GB": "Europe/London", "HU": "Europe/Budapest", "ID": "Asia/Jakarta", "IN": "Asia/Kolkata",
    "IT": "Europe/Rome", "JP": "Asia/Tokyo", "MX": "America/Mexico_City",
    "NL": "Europe/Amsterdam", "PL": "Europe/Warsaw", "SE": "Europe/Stockholm",
    "TH": "Asia/Bangkok", "TR": "Europe/Istanbul", "US": "America/Detroit",
}  # fmt: skip

# Why a request is urgent, where its record says only that it is.
URGENCY = {
    "zh-Hans": "客户项目节点已定，逾期将影响定点。",
    "en": "The customer's milestone is fixed; a delay would put the nomination at risk.",
    "de": "Der Meilenstein beim Kunden steht fest; eine Verzögerung gefährdet die Nominierung.",
}
# Said by staff after the customer's last word, where the work waits for the customer again.
FOLLOW_UPS = {"r07": "好的，请明天上传报警日志。收到之前本单计时暂停，之后我们当天给出判断。"}

# How some requesters want to be reached, and the company that a request is about.
REACHED = {"r05": "email", "r09": "phone", "r16": "phone", "r22": "video", "r23": "video"}
ABOUT = {"r16": "s42", "r22": "s01", "r24": "s02"}

PASSWORD = "portal-demo"  # noqa: S105  (public on purpose; refused outside the demo)
ACCOUNTS = (
    ("wang@supplier.example", "Suzhou inverter maker, Chinese only"),
    ("chen@supplier.example", "Hefei battery maker"),
    ("meyer@oem.example", "Stuttgart car maker, German"),
    ("smith@oem.example", "Michigan car maker, English"),
    ("brandt@lab.example", "test laboratory, a partner of the base"),
    ("li@base.example", "agent of the base"),
    ("zhao@base.example", "supervisor of the base"),
    ("admin@base.example", "administrator"),
)
