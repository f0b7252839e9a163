"""The page of detectors: what each asks, reads, rules out and may weigh."""

import dataclasses
import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mingdan.engine.detector import STRENGTH_CAPS, Detector
from mingdan.engine.documents.markdown import GENERATED, SUFFIX, Language, grid, page, titled, told
from mingdan.engine.documents.measured import measured
from mingdan.engine.findings import FIRST_KEY_FAMILIES, Text
from mingdan.engine.report.words import FAMILIES, STRENGTHS

_TITLE = Text(en="# Detectors", zh="# 检测器目录")
_OPENING = Text(
    en="A detector asks one question of the trail. What it says is a finding: a deviation that wants an explanation, "
    "never a verdict on a person.",
    zh="每个检测器只向销售记录提出一个问题。它给出的是“发现”：一处需要解释的偏差，绝不是对人的结论。",
)
_LIST_HEADINGS = Text(en="code|family|strength|question", zh="代码|类别|强度|所问问题")
_STRENGTH_TITLE = Text(en="## Strength", zh="## 强度")
_STRENGTH = Text(
    en="Strength caps the weight of one finding. The weight is a logarithm to base 10: it says how many times likelier the "
    "evidence is under a side deal than under honest trade. The caps are set by judgement, not yet by confirmed cases.",
    zh="强度限定单个发现的权重上限。权重是以 10 为底的对数：该证据在“存在私单”时出现的可能性，"
    "是“正常交易”时的多少倍。上限目前凭专业判断设定，尚未用已查实的案件校准。",
)
_STRENGTH_HEADINGS = Text(en="strength|meaning|most weight|times likelier, at most", zh="强度|含义|权重上限|最多为几倍")
_FACTS = Text(
    en="**{title}** · family: {family} · strength: {strength} · version: {version}",
    zh="**{title}** · 类别：{family} · 强度：{strength} · 版本：{version}",
)
_HEADINGS = {
    "method": Text(en="How", zh="方法"),
    "sentence": Text(en="What it says", zh="结论用语"),
    "reads": Text(en="Data it cannot do without", zh="必需数据"),
    "uses": Text(en="Data that sharpens it", zh="可提高准确度的数据"),
    "innocent": Text(en="Innocent explanations", zh="合理解释"),
    "next_step": Text(en="Next step", zh="下一步"),
    "measured": Text(en="Measured", zh="实测"),
    "told": Text(en="What the employee is told", zh="对员工的告知"),
    "parameters": Text(en="Parameters", zh="参数（说明为英文）"),
    "examples": Text(en="Examples", zh="样例（名称为英文）"),
}
_MEASURED = Text(
    en="In {companies} invented companies with side deals: {findings} findings on salespeople, of which {true} ({precision}) pointed "
    "to a side deal; {found} of {guilty} ({power}) who divert orders were reached by one.",
    zh="在 {companies} 家有私单的虚构公司中：涉及销售员的发现 {findings} 个，其中 {true} 个（{precision}）指向真实私单；"
    "{guilty} 名存在私单者中有 {found} 名（{power}）被命中。",
)
_NOT_MEASURED = Text(en="Not measured yet.", zh="尚未实测。")
_TOLD = Text(
    en="We read {tables} and ask: {question} An answer that concerns you is a deviation that wants an explanation. It never names "
    "you by itself. You see the rows it rests on, you may explain and contest it, and a person decides.",
    zh="我们读取{tables}，只问一个问题：{question}与您有关的结果只是一处需要说明的偏差，单凭它不会指名到您。"
    "您可以查看所依据的记录，作出说明或提出异议，最终由人来判断。",
)
_INNOCENT_HEADINGS = Text(en="explanation|weight taken off where it holds", zh="解释|成立时扣减的权重")
_PARAMETER_HEADINGS = Text(en="parameter|default", zh="参数|默认值")
_SPEAKS = Text(en="- speaks: {name}", zh="- 报出：{name}")
_SILENT = Text(en="- stays silent: {name}", zh="- 不报：{name}")
_FIRST_KEY = Text(en="It may turn the first key of an alert.", zh="可作为预警“双钥”中的第一把钥匙。")
_SECOND_KEY = Text(en="It can only be the second key of an alert.", zh="只能作为预警“双钥”中的第二把钥匙。")


def detectors_page(detectors: Sequence[Detector[Any]], language: Language) -> str:
    """Return the page in this language, the detectors in the order given."""
    listed = [
        [
            f"[`{one.code}`](#{one.code})",
            told(FAMILIES[one.family], language),
            one.strength,
            told(one.question, language),
        ]
        for one in detectors
    ]
    strengths = [
        [code, told(STRENGTHS[code], language), f"{cap:g}", f"{10**cap:.2g}" if cap < 1 else f"{10**cap:.0f}"]
        for code, cap in STRENGTH_CAPS.items()
    ]
    return page(
        [
            *(told(text, language) for text in (GENERATED, _TITLE, _OPENING)),
            grid(told(_LIST_HEADINGS, language).split("|"), listed),
            *(told(text, language) for text in (_STRENGTH_TITLE, _STRENGTH)),
            grid(told(_STRENGTH_HEADINGS, language).split("|"), strengths),
            *(_detector(one, language) for one in detectors),
        ]
    )


def _detector(detector: Detector[Any], language: Language) -> str:
    bodies = {
        "method": told(detector.method, language),
        "sentence": _template(told(detector.sentence, language)),
        "reads": _columns_read(detector.reads, language),
        "uses": _columns_read(detector.uses, language),
        "innocent": _innocents(detector, language),
        "next_step": told(detector.next_step, language),
        "measured": _measured(detector.code, language),
        "told": _told(detector, language),
        "parameters": _parameters(detector.parameters, language),
        "examples": _examples(detector, language),
    }
    key = _FIRST_KEY if detector.family in FIRST_KEY_FAMILIES else _SECOND_KEY
    parts = [f"## {detector.code}", _facts(detector, language), told(detector.question, language)]
    for name, body in bodies.items():
        parts.extend(titled(told(_HEADINGS[name], language), body))
    return "\n\n".join([*parts, told(key, language)])


def _facts(detector: Detector[Any], language: Language) -> str:
    return told(_FACTS, language).format(
        title=told(detector.title, language),
        family=told(FAMILIES[detector.family], language),
        strength=f"{detector.strength} {told(STRENGTHS[detector.strength], language)}",
        version=detector.version,
    )


def _measured(code: str, language: Language) -> str:
    figures = measured().get(code)
    if figures is None:
        return told(_NOT_MEASURED, language)
    return told(_MEASURED, language).format(
        companies=figures.companies,
        findings=figures.findings,
        true=figures.true,
        precision=_share(figures.true, figures.findings),
        found=figures.found,
        guilty=figures.guilty,
        power=_share(figures.found, figures.guilty),
    )


def _share(hits: int, n: int) -> str:
    return f"{hits / n:.0%}" if n else "–"


def _told(detector: Detector[Any], language: Language) -> str:
    joint = ", " if language == "en" else "、"
    tables = joint.join(f"`{table}`" for table in dict.fromkeys([*detector.reads, *detector.uses]))
    return told(_TOLD, language).format(tables=tables, question=told(detector.question, language))


def _template(sentence: str) -> str:
    """Show a sentence with the names of its facts: `{amount:money}` becomes ‹amount›."""
    return re.sub(r"\{(\w+)(?::[^}]*)?\}", r"‹\1›", sentence)


def _columns_read(reads: Mapping[str, tuple[str, ...]], language: Language) -> str:
    lines = []
    for table, columns in reads.items():
        link = f"- [`{table}`](tables{SUFFIX[language]}#{table})"
        lines.append(": ".join(part for part in (link, ", ".join(f"`{column}`" for column in columns)) if part))
    return "\n".join(lines)


def _innocents(detector: Detector[Any], language: Language) -> str:
    rows = [[told(one.text, language), f"{one.discount:g}"] for one in detector.innocent_explanations]
    return grid(told(_INNOCENT_HEADINGS, language).split("|"), rows)


def _parameters(parameters: Any, language: Language) -> str:
    if not dataclasses.is_dataclass(parameters) or not dataclasses.fields(parameters):
        return ""
    rows = [[f"`{one.name}`", f"`{getattr(parameters, one.name)!r}`"] for one in dataclasses.fields(parameters)]
    listed = grid(told(_PARAMETER_HEADINGS, language).split("|"), rows)
    return "\n\n".join(part for part in (listed, _docstring(type(parameters))) if part)


def _docstring(kind: type) -> str:
    """Return the class's own docstring; the one that a dataclass makes up says nothing new."""
    written = inspect.cleandoc(kind.__doc__ or "")
    return "" if written.startswith(f"{kind.__name__}(") else written


def _examples(detector: Detector[Any], language: Language) -> str:
    return "\n".join(
        told(_SPEAKS if one.fires else _SILENT, language).format(name=one.name) for one in detector.examples
    )
