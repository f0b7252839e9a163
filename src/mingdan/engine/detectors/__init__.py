"""Every detector, one line each."""

from typing import Any

from mingdan.engine.detector import Detector
from mingdan.engine.detectors import (
    back_dated_record,
    basket_gap,
    broken_purchase_cycle,
    callback_disproof,
    contact_tampering,
    delivery_mismatch,
    discount_near_limit,
    export_spike,
    late_stage_loss,
    lead_evaporation,
    payee_not_company,
    process_violation,
    quote_without_order,
    residual_low_price,
    service_without_sale,
    sham_intermediary,
    shared_identifier,
    silent_deal,
    third_party_payer,
    winner_cluster,
)

DETECTORS: tuple[Detector[Any], ...] = (
    export_spike.DETECTOR,
    contact_tampering.DETECTOR,
    residual_low_price.DETECTOR,
    discount_near_limit.DETECTOR,
    sham_intermediary.DETECTOR,
    shared_identifier.DETECTOR,
    winner_cluster.DETECTOR,
    third_party_payer.DETECTOR,
    payee_not_company.DETECTOR,
    late_stage_loss.DETECTOR,
    silent_deal.DETECTOR,
    quote_without_order.DETECTOR,
    lead_evaporation.DETECTOR,
    back_dated_record.DETECTOR,
    broken_purchase_cycle.DETECTOR,
    basket_gap.DETECTOR,
    service_without_sale.DETECTOR,
    delivery_mismatch.DETECTOR,
    callback_disproof.DETECTOR,
    process_violation.DETECTOR,
)
