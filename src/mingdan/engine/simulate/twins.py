"""The innocent twins: honest salespeople whose figures look like an offender's, each with the cause that explains them."""

from collections.abc import Callable

from mingdan.engine.simulate import twins_of_fate as fate
from mingdan.engine.simulate import twins_of_habit as habit
from mingdan.engine.simulate.misfortune import Innocent

TWINS: tuple[tuple[str, Callable[[Innocent], None]], ...] = (
    ("stock_out", fate.stock_out),
    ("price_rise", fate.price_rise),
    ("distributor_move", fate.distributor_move),
    ("sick_leave", fate.sick_leave),
    ("bad_territory", fate.bad_territory),
    ("weak_rep", fate.weak_rep),
    ("tender_cycle", fate.tender_cycle),
    ("customer_closure", fate.customer_closure),
    ("regrouping", fate.regrouping),
    ("non_logger", fate.non_logger),
    ("declared_interest", fate.declared_interest),
    ("festival_gifts", fate.festival_gifts),
    ("free_mail", fate.free_mail),
    ("migration", fate.migration),
    ("owner_pays", fate.owner_pays),
    ("cash_collector", fate.cash_collector),
    ("agency_address", fate.agency_address),
    ("year_end_cleanup", fate.year_end_cleanup),
    ("honest_leaver", fate.honest_leaver),
    ("site_delivery", habit.site_delivery),
    ("third_party_warehouse", habit.third_party_warehouse),
    ("contractor_sites", habit.contractor_sites),
    ("brand_distributor", habit.brand_distributor),
    ("late_posting", habit.late_posting),
    ("pool_swap", habit.pool_swap),
    ("hard_projects", habit.hard_projects),
    ("win_back", habit.win_back),
    ("innocent_messages", habit.innocent_messages),
    ("honest_supplier", habit.honest_supplier),
    ("rivalry_tips", habit.rivalry_tips),
    ("bad_luck", habit.bad_luck),
    ("bad_leads", habit.bad_leads),
)
TWIN_NAMES = tuple(name for name, _ in TWINS)
