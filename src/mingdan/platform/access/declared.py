"""The rights over access itself."""

from django.utils.translation import gettext_lazy as _

from mingdan.platform.access.rights import Reach, Right, declare
from mingdan.platform.access.roles import Role

SEE_GRANTS = declare(
    Right(
        "access.see_grants",
        _("see who holds which role and right"),
        {
            Role.ADMINISTRATOR: Reach.ALL,
            Role.INTERNAL_AUDITOR: Reach.ALL,
            Role.DIRECTOR: Reach.ALL,
            Role.INTEGRITY_OFFICER: Reach.ALL,
        },
    )
)
GRANT = declare(
    Right("access.grant", _("grant and take back roles and rights"), {Role.ADMINISTRATOR: Reach.ALL}, can_be_lent=False)
)
