"""The model card: what judges, what it learnt from, how well it did, for whom it must not be used."""

from collections.abc import Sequence
from typing import Any

import mingdan
from mingdan.engine.detector import Detector
from mingdan.engine.documents.markdown import GENERATED, SUFFIX, Language, grid, page, told
from mingdan.engine.documents.measured import fairness, measured
from mingdan.engine.findings import Text
from mingdan.engine.fuse import learnt
from mingdan.engine.parameters import OFF_AS_SHIPPED

_TITLE = Text(en="# Model card", zh="# 模型说明")
_WHAT = Text(
    en="Mingdan {version}: {detectors} detectors and {modifiers} modifiers read a company's sales records; what they find is weighed "
    "and added up to a probability for each matter. It suggests where to look. It decides nothing about anybody.",
    zh="明单 {version}：{detectors} 个检测器和 {modifiers} 个修正器读取企业的销售记录，对发现加权汇总，为每个事项给出概率。"
    "它只提示该看哪里，不对任何人作出决定。",
)
_USE = Text(
    en="## For what, and for what not\n\n"
    "- For: looking at deals that do not add up, asking customers, mending procedure; by people who know the case, and who hear the "
    "salesperson.\n"
    "- Not for: sanctions without a person's decision, ranking people's performance, hiring, surveillance of private life.\n"
    "- It needs rules that were adopted and told. Messages are read only with consent.",
    zh="## 用途与禁区\n\n"
    "- 用于：查看不合常理的订单、回访客户、改进流程；由了解情况的人使用，并听取当事人说明。\n"
    "- 不用于：未经人决定的处分、业绩排名、招聘、窥探私人生活。\n"
    "- 前提是制度已依法通过并告知；聊天内容只在同意后读取。",
)
_LEARNT_TITLE = Text(en="## What it learnt from", zh="## 学习依据")
_LEARNT = Text(
    en="The strength of each detector is a judgement. A factor for each was fitted on invented companies "
    "(`src/mingdan/engine/fuse/learnt.toml`), and the log odds were stretched by {slope:.2f} and moved by {intercept:.2f}. No real person's data "
    "was used. How common side deals are is an assumption: {prior:.0%} of salespeople.",
    zh="各检测器的强度凭专业判断设定；系数在虚构公司上拟合（`src/mingdan/engine/fuse/learnt.toml`），对数几率再按 {slope:.2f} 缩放、按 {intercept:.2f} 平移。"
    "未使用任何真实个人的数据。私单有多普遍只是假设：{prior:.0%} 的销售员。",
)
_FACTORS = Text(en="detector|family|factor|findings|pointed to a side deal", zh="检测器|类别|系数|发现数|指向真实私单")
_OFF = Text(en="Switched off as shipped: {codes}.", zh="出厂时关闭：{codes}。")
_FAIR_TITLE = Text(en="## Fairness", zh="## 公平性")
_FAIR = Text(
    en="How many honest salespeople had a matter of 0.3 and more at the end, by how long they had been there. The trail knows no gender, age or origin, so "
    "nothing is measured there; an adopter who may lawfully use such data must measure it.",
    zh="期末有 0.3 及以上事项的诚实销售员人数，按在职时间分列。销售记录中没有性别、年龄或籍贯，故未作测量；依法可使用此类数据的企业须自行测量。",
)
_FAIR_HEADINGS = Text(en="honest salespeople|with such a matter|in all|share", zh="诚实销售员|有此类事项|总数|占比")
_GROUPS = {
    "under two years": Text(en="under two years", zh="不满两年"),
    "longer": Text(en="two years and longer", zh="两年及以上"),
}
_LIMITS = Text(
    en="## Limits\n\n"
    "- Invented companies are not yours. The figures stand in [the benchmark](how-it-works/benchmark.md), misses included.\n"
    "- A company whose tables are few is seen badly; every scan says which detectors could not ask.\n"
    "- Probabilities hold on average, not for one person. Each alert lists what speaks for the person.",
    zh="## 局限\n\n"
    "- 虚构公司不是您的公司；各项数据（包括未达标的）见[基准](how-it-works/benchmark.md)。\n"
    "- 数据表少的企业看得不清；每次扫描都会列出哪些检测器无法提问。\n"
    "- 概率只在平均意义上成立，不针对某一个人；每条预警都列出对当事人有利的情况。",
)


def model_card(detectors: Sequence[Detector[Any]], language: Language) -> str:
    """Return the card in this language."""
    fusion = learnt()
    modifiers = sum(one.modifier for one in detectors)
    figures = {"slope": fusion.slope, "intercept": fusion.intercept, "prior": fusion.salespeople_diverting}
    parts = [
        told(GENERATED, language),
        told(_TITLE, language),
        told(_WHAT, language).format(
            version=mingdan.__version__, detectors=len(detectors) - modifiers, modifiers=modifiers
        ),
        told(_USE, language),
        told(_LEARNT_TITLE, language),
        told(_LEARNT, language).format(**figures),
        grid(told(_FACTORS, language).split("|"), [_factor(one, language) for one in detectors if not one.modifier]),
    ]
    if OFF_AS_SHIPPED:
        parts.append(told(_OFF, language).format(codes=", ".join(f"`{code}`" for code in sorted(OFF_AS_SHIPPED))))
    parts += [told(_FAIR_TITLE, language), told(_FAIR, language), _fairness(language), told(_LIMITS, language)]
    return page(parts)


def _factor(one: Detector[Any], language: Language) -> list[str]:
    figures = measured().get(one.code)
    found = [str(figures.findings), str(figures.true)] if figures else ["–", "–"]
    name = f"[`{one.code}`](catalogue/detectors{SUFFIX[language]}#{one.code})"
    return [name, one.family, f"{learnt().scale(one.code):g}", *found]


def _fairness(language: Language) -> str:
    rows = [
        [told(_GROUPS[name], language), str(hits), str(n), f"{hits / n:.2%}" if n else "–"]
        for name, (hits, n) in fairness().items()
    ]
    return grid(told(_FAIR_HEADINGS, language).split("|"), rows)
