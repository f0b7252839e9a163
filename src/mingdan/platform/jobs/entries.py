"""How acts on jobs read in the trail, and the event that a job has changed."""

from mingdan.platform.events.kinds import declare_event
from mingdan.platform.trail.kinds import declare_kind

JOB_CHANGED = declare_event("jobs.job_changed", fields=("kind", "state", "share"))

CANCELLED = declare_kind(
    "jobs.job_cancelled",
    en="{by} cancelled the job {about}.",
    zh="{by} 取消了任务 {about}。",
    fields=("kind",),
)
RETRIED = declare_kind(
    "jobs.job_retried",
    en="{by} let the job {about} be tried again.",
    zh="{by} 让任务 {about} 重新执行。",
    fields=("kind",),
)
