"""How acts on deliveries read in the trail."""

from mingdan.platform.trail.kinds import declare_kind

DELIVERY_RETRIED = declare_kind(
    "operations.delivery_retried",
    en="{by} let {listener} be told again of {event}.",
    zh="{by} 让 {listener} 重新接收事件 {event}。",
    fields=("listener", "event"),
)
DELIVERY_SKIPPED = declare_kind(
    "operations.delivery_skipped",
    en="{by} decided that {listener} is not told of {event}.",
    zh="{by} 决定不再向 {listener} 递送事件 {event}。",
    fields=("listener", "event"),
)
