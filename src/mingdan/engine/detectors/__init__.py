"""Every detector, one line each."""

from typing import Any

from mingdan.engine.detector import Detector
from mingdan.engine.detectors import (
    basket_gap,
    broken_purchase_cycle,
    contact_tampering,
    discount_near_limit,
    export_spike,
    payee_not_company,
    residual_low_price,
    sham_intermediary,
    shared_identifier,
    third_party_payer,
)

DETECTORS: tuple[Detector[Any], ...] = (
    sham_intermediary.DETECTOR,
    export_spike.DETECTOR,
    contact_tampering.DETECTOR,
    basket_gap.DETECTOR,
    residual_low_price.DETECTOR,
    discount_near_limit.DETECTOR,
    shared_identifier.DETECTOR,
    third_party_payer.DETECTOR,
    payee_not_company.DETECTOR,
    broken_purchase_cycle.DETECTOR,
)
