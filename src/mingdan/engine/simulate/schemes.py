"""The schemes: what an offender does, and which traces that leaves, each with a probability and never for certain."""

from collections.abc import Callable

from mingdan.engine.simulate.schemes_of_goods import collusion, lookalike_firm, special_price_resale
from mingdan.engine.simulate.schemes_of_leads import contact_capture, lead_siphon
from mingdan.engine.simulate.schemes_of_money import lapping, private_payment
from mingdan.engine.simulate.schemes_of_orders import (
    consumables_skim,
    floor_price_leak,
    fly_to_competitor,
    fly_to_shell,
    leaver_vehicle,
    sham_intermediary,
)
from mingdan.engine.simulate.vehicles import Offender

SCHEMES: tuple[tuple[str, Callable[[Offender], None]], ...] = (
    ("fly_to_shell", fly_to_shell),
    ("fly_to_competitor", fly_to_competitor),
    ("private_payment", private_payment),
    ("sham_intermediary", sham_intermediary),
    ("consumables_skim", consumables_skim),
    ("floor_price_leak", floor_price_leak),
    ("leaver_vehicle", leaver_vehicle),
    ("contact_capture", contact_capture),
    ("lead_siphon", lead_siphon),
    ("special_price_resale", special_price_resale),
    ("lookalike_firm", lookalike_firm),
    ("lapping", lapping),
    ("collusion", collusion),
)
SCHEME_NAMES = tuple(name for name, _ in SCHEMES)
LEAVER = SCHEME_NAMES.index("leaver_vehicle")
