"""What a company's own stage names mean, by default and by a file of its choice."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mingdan.engine.reading.raw import UnreadableTrailError
from mingdan.engine.sources.mapping_file import closest
from mingdan.engine.tables import STAGES

OUTCOMES = ("open", "won", "lost")

_WON = ("won", "赢单", "成交", "已签")
_LOST = ("lost", "dead", "输单", "丢单", "流失", "作废", "无效", "失败", "放弃")

_STAGE_WORDS = (
    ("after_sales", "after.?sales|售后|实施|交付"),
    ("signing", "signing|signature|签约|签订|签署|签单"),
    ("negotiation", "negotiat|谈判|议价|商务|合同"),
    ("quotation", "quot|proposal|报价|投标|招标"),
    ("solution", "solution|demo|proof|poc|方案|演示|试用|测试"),
    ("needs", "need|requirement|需求"),
    ("contact", "contact|接洽|接触|联系|沟通|拜访"),
    ("identification", "qualif|prospect|identif|线索|识别|立项|验证|初期|意向"),
)
"""By which words a stage name is understood, the later stage first: a name such as 方案报价 has got as far as a quote."""


@dataclass(frozen=True)
class StageNames:
    """The outcome and the stage (one of the eight, or none) behind each stage name of a company, in lower case."""

    outcomes: Mapping[str, str]
    stages: Mapping[str, str]

    def outcome(self, name: str) -> str:
        """Return open, won or lost: as the file says, else by the words in the name."""
        told = self.outcomes.get(name.lower())
        if told:
            return told
        if any(word in name.lower() for word in _LOST):
            return "lost"
        return "won" if any(word in name.lower() for word in _WON) else "open"

    def stage(self, name: str) -> str | None:
        """Return the stage of the contract, or None for a name that stands for none (a lost deal has left the stages)."""
        told = self.stages.get(name.lower())
        if told or self.outcome(name) != "open":
            return told or ("signing" if self.outcome(name) == "won" else None)
        return next((stage for stage, words in _STAGE_WORDS if re.search(words, name.lower())), None)


def stage_names(path: Path | None, standard: Mapping[str, str]) -> StageNames:
    """Read the tables [stages] and [outcomes] of a TOML file over the vendor's `standard` stages, in lower case.

    Raise UnreadableTrailError where a name is given a meaning that the contract does not know.
    """
    said = _read(path) if path is not None else {}
    outcomes = {name.lower(): _checked(meaning, OUTCOMES, path) for name, meaning in said.get("outcomes", {}).items()}
    stages = {name.lower(): _checked(meaning, STAGES, path) for name, meaning in said.get("stages", {}).items()}
    return StageNames(outcomes, {**standard, **stages})


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableTrailError(f"The file with stage names, {path.name}, cannot be read: {error}.") from error
    if unknown := [name for name in said if name not in ("stages", "outcomes")]:
        known = 'write [stages] with lines like "My stage" = "solution", and [outcomes]'
        raise UnreadableTrailError(f"{path.name}: {unknown[0]!r} means nothing here; {known}.")
    return said


def _checked(meaning: object, known: tuple[str, ...], path: Path | None) -> str:
    if meaning not in known:
        where = path.name if path else "stages"
        raise UnreadableTrailError(f"{where}: {meaning!r} is none of {', '.join(known)}{closest(str(meaning), known)}")
    return str(meaning)
