"""How policy reads in the trail."""

from mingdan.platform.trail.kinds import declare_kind

TEXT_ADDED = declare_kind(
    "policy.text_added", en="{by} added the text {about}.", zh="{by} 新增了制度文本 {about}。", fields=("kind",)
)
VERSION_DRAFTED = declare_kind(
    "policy.version_drafted",
    en="{by} drafted {about}; the SHA-256 of its wording is {sha256}.",
    zh="{by} 起草了 {about}，文本的 SHA-256 为 {sha256}。",
    fields=("sha256",),
)
CONSULTATION_HELD = declare_kind(
    "policy.consultation_held",
    en="{by} recorded a step of the adoption of {about}: {step_en}, on {held_date}.",
    zh="{by} 登记了 {about} 的民主程序：{step_zh}（{held_date}）。",
    fields=("step", "step_en", "step_zh", "held_date"),
    personal=("with_whom", "outcome"),
)
VERSION_PUBLISHED = declare_kind(
    "policy.version_published",
    en="{by} published {about}, in force from {in_force_at}; the SHA-256 of its wording is {sha256}.",
    zh="{by} 公布了 {about}，自 {in_force_at} 起施行，文本的 SHA-256 为 {sha256}。",
    fields=("sha256", "in_force_at"),
    notifies=("everybody",),
)
RECEIVED = declare_kind(
    "policy.received",
    en="{employee} received {about} ({how_en}); the SHA-256 of its wording is {sha256}. Recorded by {by}.",
    zh="{employee} 签收了 {about}（{how_zh}），文本的 SHA-256 为 {sha256}。登记人：{by}。",
    fields=("employee", "sha256", "language", "how_en", "how_zh"),
    refers=("employee",),
)
REQUEST_MADE = declare_kind(
    "policy.request_made",
    en="{by} made the request {about} about their own data: {kind_en}.",
    zh="{by} 就本人信息提出了请求 {about}：{kind_zh}。",
    fields=("kind", "kind_en", "kind_zh"),
    personal=("words",),
    notifies=("hr",),
)
REQUEST_ANSWERED = declare_kind(
    "policy.request_answered",
    en="{by} answered the request {about}; another person has to release the answer.",
    zh="{by} 答复了请求 {about}，待他人复核后发出。",
    fields=("granted",),
    personal=("answer",),
    notifies=("director", "internal_auditor"),
)
REQUEST_RELEASED = declare_kind(
    "policy.request_released",
    en="{by} released the answer to the request {about}: {state_en}.",
    zh="{by} 发出了对请求 {about} 的答复：{state_zh}。",
    fields=("state", "state_en", "state_zh"),
    notifies=("subject",),
)
REQUEST_RETURNED = declare_kind(
    "policy.request_returned",
    en="{by} sent the answer to the request {about} back: {reason}.",
    zh="{by} 退回了对请求 {about} 的答复，理由：{reason}。",
    fields=("reason",),
    notifies=("hr",),
)
OWN_DATA_SHOWN = declare_kind(
    "policy.own_data_shown",
    en="{by} looked at what is held about themselves ({format}).",
    zh="{by} 查看了公司持有的本人信息（{format}）。",
    fields=("format",),
)
