"""Invented names of people and firms; any likeness to a real firm is an accident of the syllables."""

import numpy as np

from mingdan.engine.simulate.dice import Dice, Ints, weighted

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉萍红鹏辉波斌宇浩凯倩婷雪琳晨阳欣怡嘉俊文博子轩梓涵雨泽思远志宏建国晓东海燕春梅永健佳慧立新少峰振庆家豪天佑书瑶若彤景行清越知微安然云舒承泽一鸣凌霄锦程沐阳修远"
_PLACES = (
    ("苏州", "江苏"),
    ("杭州", "浙江"),
    ("东莞", "广东"),
    ("成都", "四川"),
    ("武汉", "湖北"),
    ("青岛", "山东"),
    ("西安", "陕西"),
    ("长沙", "湖南"),
)
_FIRST = "启恒盛瑞鼎宏源泰汇禾嘉凌锐博远卓越澜峻晟昊铭沃展弘韵辰拓跃朗衡岳璟熠曜"
_SECOND = "泽川达信腾翔诺润辉科晟域图维航创鑫利邦迪森特凡宁康越茂岩川穹屿"
_TRADES = (
    "精密机械",
    "自动化设备",
    "仪器仪表",
    "电子科技",
    "新材料",
    "环保科技",
    "生物技术",
    "工贸",
    "商贸",
    "实业",
    "检测技术",
    "智能装备",
)
_ENGLISH = (
    "Aldermere",
    "Brightfen",
    "Corvale",
    "Dunmarrow",
    "Eastholt",
    "Farrowgate",
    "Glenthorn",
    "Harkwell",
    "Inverlay",
    "Kestrelby",
)

REGIONS: tuple[str, ...] = tuple(place for place, _ in _PLACES)


def people(dice: Dice, n: int) -> list[str]:
    """Return n Chinese personal names; common surnames are common, so namesakes occur."""
    surnames = np.array(list(_SURNAMES))[weighted(dice, 1 / np.arange(3, len(_SURNAMES) + 3), n)]
    given = np.array(list(_GIVEN))
    first, second = given[dice.integers(0, len(given), n)], given[dice.integers(0, len(given), n)]
    short = dice.random(n) < 0.15
    return [s + a + ("" if one else b) for s, a, b, one in zip(surnames, first, second, short, strict=True)]


def relative_of(dice: Dice, name: str, alike: float = 0.5) -> str:
    """Return the name of a relative: some share the surname (parents, siblings), some do not (spouses)."""
    other = people(dice, 1)[0]
    return name[0] + other[1:] if dice.random() < alike else other


def firms(dice: Dice, regions: Ints) -> list[str]:
    """Return one firm name for each region number; a few are foreign firms' subsidiaries."""
    n = len(regions)
    first, second, third = (dice.integers(0, len(letters), n) for letters in (_FIRST, _SECOND, _SECOND))
    trade, form, foreign = dice.integers(0, len(_TRADES), n), dice.random(n), dice.random(n)
    names = []
    for i in range(n):
        place = _PLACES[regions[i] % len(_PLACES)][0]
        legal = "有限公司" if form[i] < 0.85 else "股份有限公司" if form[i] < 0.9 else "经营部"
        core = _FIRST[first[i]] + _SECOND[second[i]] + (_SECOND[third[i]] if form[i] > 0.6 else "")
        if foreign[i] < 0.04:
            core = _ENGLISH[first[i] % len(_ENGLISH)]
        names.append(f"{place}{core}{_TRADES[trade[i]]}{legal}")
    return names


_OWN = (("明山", "mingshan"), ("启衡", "qiheng"), ("泰科诺", "taikenuo"), ("博源", "boyuan"), ("远朗", "yuanlang"))
_OWN_TRADES = (("仪器", "instruments"), ("自动化", "automation"), ("过滤技术", "filtration"), ("检测", "testing"))


def own_firm(dice: Dice) -> tuple[str, str]:
    """Return our own company's name and mail domain."""
    name, spelt = _OWN[int(dice.integers(0, len(_OWN)))]
    trade, english = _OWN_TRADES[int(dice.integers(0, len(_OWN_TRADES)))]
    return f"{name}{trade}有限公司", f"{spelt}-{english}.example"


def alike(dice: Dice, name: str, domain: str) -> tuple[str, str]:
    """Return a name and a mail domain that a customer may take for ours."""
    core, spelt = name.removesuffix("有限公司"), domain.split("-")[0]
    twin = {"山": "珊", "衡": "恒", "科": "克", "源": "元", "朗": "郎"}
    swapped = "".join(twin.get(sign, sign) for sign in core)
    near = (f"{core[:2]}科技", swapped, f"{core}销售", f"{core[:2]}新{core[2:]}", f"{core[:2]}{core[2:]}服务")
    place = _PLACES[int(dice.integers(0, len(_PLACES)))][0]
    full = f"{place if dice.random() < 0.6 else ''}{near[int(dice.integers(0, len(near)))]}有限公司"
    ends = (
        f"{spelt}-sales.example",
        f"{spelt}s-{domain.split('-')[1]}",
        f"{spelt}.cn.example",
        f"{spelt}-group.example",
    )
    return full, ends[int(dice.integers(0, len(ends)))]


def areas(regions: Ints, districts: Ints) -> list[str]:
    """Return province, city and district as text."""
    return [
        f"{_PLACES[r % len(_PLACES)][1]}/{_PLACES[r % len(_PLACES)][0]}/{d + 1}区"
        for r, d in zip(regions, districts, strict=True)
    ]


def domains(dice: Dice, n: int) -> list[str]:
    """Return n invented mail domains; RFC 2606 keeps `.example` free of real ones."""
    letters = np.array(list("bcdfghjklmnpqrstvwxz"))
    vowels = np.array(list("aeiou"))
    drawn = [
        pool[dice.integers(0, len(pool), n)] for pool in (letters, vowels, letters, vowels, letters, vowels, letters)
    ]
    ends = np.array((".cn.example", ".com.example", ".example", ".net.example"))[dice.integers(0, 4, n)]
    serial = dice.integers(0, 100, n)
    return ["".join(parts[:-2]) + f"{parts[-2]:02d}{parts[-1]}" for parts in zip(*drawn, serial, ends, strict=True)]


def phones(dice: Dice, n: int) -> list[str]:
    """Return n mobile numbers in the international form that keys are made from."""
    heads = np.array((130, 135, 136, 138, 139, 150, 158, 177, 186, 188, 199))[dice.integers(0, 11, n)]
    tails = dice.integers(0, 10**8, n)
    return [f"+86{head}{tail:08d}" for head, tail in zip(heads, tails, strict=True)]


def numbered(dice: Dice, n: int, digits: int, head: str = "") -> list[str]:
    """Return n random numerals, as of bank accounts or addresses."""
    return [f"{head}{value:0{digits}d}" for value in dice.integers(0, 10**digits, n)]


def registration_numbers(dice: Dice, n: int) -> list[str]:
    """Return n unified credit codes of the right length; their check digit is not computed."""
    signs = np.array(list("0123456789ABCDEFGHJKLMNPQRTUWXY"))
    drawn = signs[dice.integers(0, len(signs), (n, 10))]
    area = dice.integers(110000, 659000, n)
    return [f"91{code}{''.join(row)}" for code, row in zip(area, drawn, strict=True)]
