"""How alike two firms' names or mail domains look or sound, once what many names share is taken away."""

import re
from collections.abc import Collection, Sequence
from functools import cache

from mingdan.lib.company_names import firm_name

PLACES = (
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|"
    "甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|深圳|广州|苏州|杭州|南京|武汉|成都|西安|青岛|宁波|东莞|佛山|无锡|长沙|"
    "郑州|济南|大连|厦门|合肥|福州|常州|温州|嘉兴|绍兴|珠海|中山|惠州|昆山|沈阳|长春|哈尔滨|石家庄|太原|南昌|南宁|昆明|贵阳|"
    "兰州|海口|乌鲁木齐|烟台|潍坊|徐州|南通|扬州|镇江|泰州|金华|台州|中国|华东|华南|华北|华中|西南|西北|东北"
)
TRADES = (
    "精密机械|机械设备|机电设备|自动化设备|智能装备|仪器仪表|仪器设备|电子科技|信息科技|信息技术|网络科技|生物科技|生物技术|环保科技|"
    "检测技术|新材料|材料科技|医疗器械|医疗科技|国际贸易|进出口|供应链|工程技术|工业设备|科技发展|实业发展|"
    "机械|机电|自动化|智能|仪器|仪表|电子|科技|技术|信息|网络|环保|检测|材料|医疗|贸易|商贸|工贸|实业|设备|装备|工程|发展|"
    "销售|服务|制造|工业|集团|控股|投资|经营部|商行|中心|分公司|厂|市|省"
)
_PLACE = re.compile(f"^(?:(?:{PLACES})(?:市|省)?)+")
_TRADE = re.compile(f"(?:{TRADES})")
_BRACKETED = re.compile(r"[(（][^)）]*[)）]")

_CONFUSABLE = str.maketrans(
    {
        "0": "o", "1": "l", "i": "l", "|": "l", "5": "s", "2": "z", "8": "b", "а": "a", "е": "e", "о": "o", "р": "p",
        "с": "c", "х": "x", "у": "y", "і": "l", "ѕ": "s", "ɡ": "g", "ı": "l",
    }
)  # fmt: skip
"""Signs that look alike in a mail address, after the confusables of Unicode Technical Standard 39."""

_GLYPHS = str.maketrans(
    "末己已戊戌戍士干于千日曰人入八土大太犬未刀力囗口晴睛清請情朋用明萌崧松淞嵩源沅元凌淩",
    "未巳巳戌戌戌土千千千日日人人人土大大大未刀刀口口睛睛睛睛睛用用明明松松松松源源源凌凌",
)
"""Chinese signs that are easily taken for each other, each as one of its kind."""


@cache
def core_of(written: str) -> str:
    """Return what is distinctive in a firm's name: without place, trade and legal form; the whole where nothing is left."""
    name = firm_name(_BRACKETED.sub("", written))
    without_place = _PLACE.sub("", name)
    core = _TRADE.sub("", without_place)
    return core if len(core) >= 2 else without_place if len(without_place) >= 2 else name


def bigrams(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring signs, with the ends marked so that short names keep their beginning."""
    marked = f"^{text}$"
    return frozenset(marked[n : n + 2] for n in range(len(marked) - 1))


def jaccard(one: Collection[str], other: Collection[str]) -> float:
    both = set(one) | set(other)
    return len(set(one) & set(other)) / len(both) if both else 0.0


@cache
def spoken(name: str) -> str:
    """Return a name in pinyin without tones."""
    from pypinyin import lazy_pinyin  # its dictionary takes a third of a second to load: only where names are compared

    return "".join(lazy_pinyin(name)).lower()


def name_likeness(one: str, other: str) -> float:
    """Return the likeness (0 to 1) of two firms' distinctive names: by bigrams, by sound, or by easily confused signs.

    Sound counts where the names are equally long in signs, and at least two: short words sound alike by chance.
    """
    a, b = core_of(one), core_of(other)
    if a == b:
        return 1.0
    seen = a.translate(_GLYPHS) == b.translate(_GLYPHS)
    heard = jaro_winkler(spoken(a), spoken(b)) if len(a) == len(b) >= 2 else 0.0
    return max(jaccard(bigrams(a), bigrams(b)), 0.97 if seen else 0.0, 0.95 * heard if heard > 0.95 else 0.0)


def jaro_winkler(one: str, other: str, weight: float = 0.1) -> float:
    """Return the similarity of Winkler (1990): Jaro's, raised by up to four common first letters."""
    jaro = _jaro(one, other)
    head = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return jaro + min(head, 4) * weight * (1 - jaro)


def _jaro(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    reach = max(len(one), len(other)) // 2 - 1
    taken = [False] * len(other)
    matched: list[str] = []
    for place, sign in enumerate(one):
        for there in range(max(0, place - reach), min(len(other), place + reach + 1)):
            if not taken[there] and other[there] == sign:
                taken[there] = True
                matched.append(sign)
                break
    theirs = [sign for sign, is_taken in zip(other, taken, strict=True) if is_taken]
    m = len(matched)
    if not m:
        return 0.0
    moved = sum(a != b for a, b in zip(matched, theirs, strict=True)) / 2
    return (m / len(one) + m / len(other) + (m - moved) / m) / 3


def domain_core(domain: str) -> str:
    """Return the label that names the owner: `mail.abc.com.cn` is `abc`."""
    labels = domain.strip().lower().rstrip(".").split(".")
    ends = {
        "com",
        "cn",
        "net",
        "org",
        "co",
        "gov",
        "edu",
        "hk",
        "tw",
        "io",
        "biz",
        "info",
        "top",
        "vip",
        "cc",
        "example",
    }
    named = [label for label in labels if label not in ends]
    return named[-1] if named else labels[0]


def domains_look_alike(one: str, other: str) -> bool:
    """Return whether two domains differ but look alike: same owner label, same skeleton, or at most two slips in six letters."""
    if one.strip().lower() == other.strip().lower():
        return False
    a, b = domain_core(one), domain_core(other)
    if min(len(a), len(b)) < 4:
        return a == b
    if a == b or skeleton(a) == skeleton(b):
        return True
    slips = 2 if min(len(a), len(b)) >= 8 else 1
    return abs(len(a) - len(b)) <= slips and damerau(a, b) <= slips


def skeleton(label: str) -> str:
    """Return a label with signs that look alike written as one."""
    return (
        label.lower().replace("rn", "m").replace("vv", "w").replace("cl", "d").translate(_CONFUSABLE).replace("-", "")
    )


def damerau(one: str, other: str) -> int:
    """Return the number of insertions, deletions, changes and swaps of neighbours (optimal string alignment)."""
    rows: list[Sequence[int]] = [range(len(other) + 1)]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
