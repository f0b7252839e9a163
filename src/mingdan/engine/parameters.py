"""What a scan asks and how it weighs: as shipped, or as a company's parameter file changes it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from mingdan.engine.detector import Detector
from mingdan.engine.detectors import DETECTORS
from mingdan.engine.fuse import Fusion, learnt

OFF_AS_SHIPPED: frozenset[str] = frozenset({"channel-shift", "private-payment-talk"})
"""Detectors that run only where a parameter file turns them on: those that read the words of messages.

On 46 invented companies they named nobody whom the others did not (docs/how-it-works/benchmark.md): they do not earn
what reading people's messages costs.
"""

_SECTIONS = ("on", "off", "fusion", "scales", "detectors")


class UnreadableParametersError(Exception):
    """A parameter file cannot be used; the message is one sentence that says where and what to write."""


@dataclass(frozen=True)
class Setup:
    """The detectors with their parameters, those that are switched off by code, and how their findings are weighed."""

    detectors: tuple[Detector[Any], ...]
    off: frozenset[str]
    fusion: Fusion

    @property
    def by_code(self) -> dict[str, Detector[Any]]:
        """The detectors by their code, those switched off too."""
        return {detector.code: detector for detector in self.detectors}


def shipped() -> Setup:
    """Return what ships with this version."""
    return Setup(DETECTORS, OFF_AS_SHIPPED, learnt())


def read_setup(path: Path | None) -> Setup:
    """Return what ships, changed by a parameter file (TOML); raise UnreadableParametersError with what to write instead.

    `on` and `off` list detectors; `[fusion]` holds figures of `Fusion`, `[scales]` a factor for each detector's weights,
    `[detectors.CODE]` parameters of one detector.
    """
    setup = shipped()
    if path is None:
        return setup
    given = _parsed(path)
    _known(given, _SECTIONS, "section")
    by_code = setup.by_code
    for section in ("on", "off", "scales", "detectors"):
        _known(given.get(section, ()), by_code, "detector")
    fusion = _changed(setup.fusion, given.get("fusion", {}), "[fusion]")
    scales = {
        **setup.fusion.scales,
        **{code: _number(f"[scales] {code}", at) for code, at in given.get("scales", {}).items()},
    }
    detectors = tuple(
        replace(one, parameters=_changed(one.parameters, given["detectors"][one.code], f"[detectors.{one.code}]"))
        if one.code in given.get("detectors", {})
        else one
        for one in setup.detectors
    )
    off = (setup.off - frozenset(given.get("on", ()))) | frozenset(given.get("off", ()))
    return Setup(detectors, off, replace(fusion, scales=scales))


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableParametersError(f"{path} cannot be read.") from error
    except tomllib.TOMLDecodeError as error:
        raise UnreadableParametersError(f"{path} is not TOML: {error}.") from error


def _known(given: Any, known: Any, what: str) -> None:
    for name in given:
        if name not in known:
            raise UnreadableParametersError(f"There is no {what} {name!r}; known are {', '.join(known)}.")


def _changed(before: Any, given: Mapping[str, object], where: str) -> Any:
    """Return a dataclass of figures with some of them changed; each new one must be of the kind of the old one."""
    known = {one.name: getattr(before, one.name) for one in fields(before) if one.name != "scales"}
    for name, value in given.items():
        _known([name], known, f"parameter in {where} called")
        wanted = known[name]
        if isinstance(wanted, bool) != isinstance(value, bool):
            raise UnreadableParametersError(f"{where} {name} must be written like {wanted!r}.")
        if isinstance(wanted, int | float) and not isinstance(wanted, bool):
            _number(f"{where} {name}", value, least=-10 if name == "intercept" else 0)
        elif type(wanted) is not type(value):
            raise UnreadableParametersError(f"{where} {name} must be written like {wanted!r}.")
    return replace(before, **given)


def _number(where: str, value: object, least: float = 0) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
        raise UnreadableParametersError(f"{where} must be a number, {least:g} or more; {value!r} is not.")
    return float(value)
