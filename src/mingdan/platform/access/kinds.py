"""How grants read in the trail."""

from django.utils.functional import Promise
from django.utils.translation import override

from mingdan.platform.trail.kinds import declare_kind


def in_both(name: str, label: str | Promise) -> dict[str, str]:
    """Return a label as two fields of an entry, `name_en` and `name_zh`: the words as they were when it was recorded."""
    said = {}
    for field, language in ((f"{name}_en", "en"), (f"{name}_zh", "zh-hans")):
        with override(language):
            said[field] = str(label)
    return said


ROLE_GRANTED = declare_kind(
    "access.role_granted",
    en="{by} gave {about} the role {role_en} until {until}: {reason}.",
    zh="{by} 授予 {about} 角色“{role_zh}”（有效期至 {until}），理由：{reason}。",
    fields=("role", "role_en", "role_zh", "until", "reason"),
    notifies=("subject",),
)
RIGHT_LENT = declare_kind(
    "access.right_lent",
    en="{by} lent {about} the right to {right_en} over {reach_en} until {until}: {reason}.",
    zh="{by} 临时授予 {about} 权限“{right_zh}”（范围：{reach_zh}，有效期至 {until}），理由：{reason}。",
    fields=("right", "right_en", "right_zh", "reach", "reach_en", "reach_zh", "until", "reason"),
    refers=("reach",),
    notifies=("subject",),
)
GRANT_TAKEN_BACK = declare_kind(
    "access.grant_taken_back",
    en="{by} took “{what_en}” back from {about}.",
    zh="{by} 收回了 {about} 的“{what_zh}”。",
    fields=("what", "what_en", "what_zh"),
    notifies=("subject",),
)
DUTY_DONE = declare_kind(
    "access.duty_done",
    en="{by} did the duty “{duty_en}” on {about}.",
    zh="{by} 对 {about} 履行了职责“{duty_zh}”。",
    fields=("duty", "duty_en", "duty_zh"),
)
