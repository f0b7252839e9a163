"""The rights over jobs and over events that wait."""

from django.utils.translation import gettext_lazy as _

from mingdan.platform.access.rights import Reach, Right, declare
from mingdan.platform.access.roles import Role

SEE_JOBS = declare(
    Right(
        "jobs.see_jobs",
        _("see the jobs that run in the background"),
        {Role.SALES_OPERATIONS: Reach.ALL, Role.ADMINISTRATOR: Reach.ALL, Role.INTERNAL_AUDITOR: Reach.ALL},
    )
)
KEEP_JOBS = declare(
    Right(
        "jobs.keep_jobs",
        _("cancel and retry jobs"),
        {Role.SALES_OPERATIONS: Reach.ALL, Role.ADMINISTRATOR: Reach.ALL},
    )
)
