"""How grants read in the trail."""

from mingdan.platform.trail.kinds import declare_kind

ROLE_GRANTED = declare_kind(
    "access.role_granted",
    en="{by} gave {about} the role {role} until {until}: {reason}.",
    zh="{by} 授予 {about} 角色 {role}（有效期至 {until}），理由：{reason}。",
    fields=("role", "until", "reason"),
    notifies=("subject",),
)
RIGHT_LENT = declare_kind(
    "access.right_lent",
    en="{by} lent {about} the right {right} over {reach} until {until}: {reason}.",
    zh="{by} 临时授予 {about} 权限 {right}（范围 {reach}，有效期至 {until}），理由：{reason}。",
    fields=("right", "reach", "until", "reason"),
    refers=("reach",),
    notifies=("subject",),
)
GRANT_TAKEN_BACK = declare_kind(
    "access.grant_taken_back",
    en="{by} took {what} back from {about}.",
    zh="{by} 收回了 {about} 的 {what}。",
    fields=("what",),
    notifies=("subject",),
)
DUTY_DONE = declare_kind(
    "access.duty_done",
    en="{by} did {duty} on {about}.",
    zh="{by} 对 {about} 履行了职责 {duty}。",
    fields=("duty",),
)
