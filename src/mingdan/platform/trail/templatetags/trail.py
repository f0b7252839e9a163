"""`{% load trail %}{% history object %}`: what happened to a record, at the bottom of its page."""

from typing import Any

from django import template
from django.db.models import Model

from mingdan.platform.trail.queries import SHOWN, history_of

register = template.Library()


@register.inclusion_tag("trail/history.html")
def history(subject: Model | str, most: int = SHOWN, *, with_personal: bool = False) -> dict[str, Any]:
    """Show the newest entries about an object to whoever may see its page; personal values only where asked for."""
    return {"entries": history_of(subject, most=most, with_personal=with_personal), "most": most}
