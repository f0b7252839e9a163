"""The declared tables of a sales trail, in the order in which the documentation shows them."""

from mingdan.engine.contract import contact, customers, deals, money, outside, people, voice
from mingdan.engine.schema import Table

DECLARED: tuple[Table, ...] = (
    *people.TABLES,
    *customers.TABLES,
    *deals.TABLES,
    *money.TABLES,
    *contact.TABLES,
    *voice.TABLES,
    *outside.TABLES,
)
