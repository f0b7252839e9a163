"""Every detector, one line each."""

from typing import Any

from mingdan.engine.detector import Detector
from mingdan.engine.detectors import (
    broken_purchase_cycle,
    contact_tampering,
    export_spike,
    payee_not_company,
    residual_low_price,
    shared_identifier,
    third_party_payer,
)

DETECTORS: tuple[Detector[Any], ...] = (
    broken_purchase_cycle.DETECTOR,
    residual_low_price.DETECTOR,
    export_spike.DETECTOR,
    contact_tampering.DETECTOR,
    shared_identifier.DETECTOR,
    third_party_payer.DETECTOR,
    payee_not_company.DETECTOR,
)
