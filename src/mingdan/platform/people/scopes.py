"""What a token may be good for here."""

from django.utils.translation import gettext_lazy as _

from mingdan.platform.api.scopes import declare_scope

READ = declare_scope("people:read", _("see people and teams"))
WRITE = declare_scope("people:write", _("add and change people and teams"))
READ_CALENDAR = declare_scope("calendar:read", _("see the working calendar"))
WRITE_CALENDAR = declare_scope("calendar:write", _("set the company's days"))
