"""Every detector, one line each."""

from typing import Any

from mingdan.engine.detector import Detector
from mingdan.engine.detectors import (
    contact_tampering,
    export_spike,
    payee_not_company,
    shared_identifier,
    third_party_payer,
)

DETECTORS: tuple[Detector[Any], ...] = (
    export_spike.DETECTOR,
    contact_tampering.DETECTOR,
    shared_identifier.DETECTOR,
    third_party_payer.DETECTOR,
    payee_not_company.DETECTOR,
)
