"""The rights over what is kept and erased."""

from django.utils.translation import gettext_lazy as _

from mingdan.platform.access.rights import Reach, Right, declare
from mingdan.platform.access.roles import Role

SEE_REGISTER = declare(
    Right(
        "retention.see_register",
        _("see what is kept about people, for what and how long"),
        dict.fromkeys(Role, Reach.ALL),
    )
)
KEEP_HOLDS = declare(
    Right(
        "retention.keep_holds",
        _("place and release legal holds"),
        {Role.INTEGRITY_OFFICER: Reach.ALL, Role.INTERNAL_AUDITOR: Reach.ALL},
        can_be_lent=False,
    )
)
"""Who a hold is about may give an investigation away, so HR and the line do not see them."""
