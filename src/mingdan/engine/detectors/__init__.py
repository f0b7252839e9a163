"""Every detector, one line each."""

from typing import Any

from mingdan.engine.detector import Detector
from mingdan.engine.detectors import (
    payee_not_company,
)

DETECTORS: tuple[Detector[Any], ...] = (payee_not_company.DETECTOR,)
