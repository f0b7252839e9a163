"""How keeping and erasing read in the trail."""

from mingdan.platform.trail.kinds import declare_kind

HOLD_PLACED = declare_kind(
    "retention.hold_placed",
    en="{by} placed a legal hold; what is kept about the person concerned stays until it is released.",
    zh="{by} 设置了诉讼保全，解除之前相关人员的信息一律保留。",
    personal=("employee", "reason"),
)
HOLD_RELEASED = declare_kind(
    "retention.hold_released",
    en="{by} released a legal hold.",
    zh="{by} 解除了诉讼保全。",
    personal=("reason",),
)
RULE_CARRIED_OUT = declare_kind(
    "retention.rule_carried_out",
    en="{by} carried out the retention rule {rule}: {erased} erased, {held} kept by a legal hold.",
    zh="{by} 执行了留存规则 {rule}：删除 {erased} 项，因诉讼保全保留 {held} 项。",
    fields=("rule", "erased", "held"),
)
PERSON_ERASED = declare_kind(
    "retention.person_erased",
    en="{by} erased who {about} was: {reason}.",
    zh="{by} 删除了 {about} 的身份信息，原因：{reason}。",
    fields=("reason",),
)
COLUMN_ERASED = declare_kind(
    "retention.column_erased",
    en="{by} erased {columns} of {about}: {reason}.",
    zh="{by} 删除了 {about} 的 {columns}，原因：{reason}。",
    fields=("columns", "reason"),
    notifies=("subject",),
)
