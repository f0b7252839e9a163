"""Small pieces of a page that templates ask for by name."""

from functools import cache

from django import template
from django.contrib.staticfiles import finders
from django.forms import BoundField
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


class UnknownIconError(LookupError):
    """A template names an icon that web/icons.txt does not list."""


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon's drawing, hidden from screen readers because the words beside it say the same."""
    return _drawing(name)


@cache
def _drawing(name: str) -> SafeString:
    file = finders.find(f"vendor/icons/{name}.svg")
    if file is None:
        raise UnknownIconError(f"no icon {name!r}: add its line to web/icons.txt and run `make setup`.")
    with open(file, encoding="utf-8") as drawing:  # noqa: PTH123  finders give strings
        # Our own set-up put the file there, from a package whose hash is pinned.
        return mark_safe(drawing.read().replace("<svg", '<svg aria-hidden="true"', 1))  # noqa: S308


@register.filter
def styled(field: BoundField) -> SafeString:
    """Return a form field's widget in Tabler's looks, tied to its error for screen readers."""
    classes = {"checkbox": "form-check-input", "select": "form-select", "selectmultiple": "form-select"}
    attributes: dict[str, str | bool] = {"class": classes.get(field.widget_type, "form-control")}
    if field.errors:
        attributes |= {"aria-invalid": "true", "aria-describedby": f"{field.auto_id}_error"}
        attributes["class"] = f"{attributes['class']} is-invalid"
    return field.as_widget(attrs=attributes)


BROWSERS = (
    ("Edg/", "Edge"),
    ("MicroMessenger", "WeChat"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(agent: str) -> str:
    """Return what a browser says about itself in two words; the first part of it if none is known."""
    found = [next((name for sign, name in known if sign in agent), "") for known in (BROWSERS, SYSTEMS)]
    return " \u00b7 ".join(name for name in found if name) or agent[:40]
