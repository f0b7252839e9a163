"""How back-ups read in the trail."""

from mingdan.platform.trail.kinds import declare_kind

BACKED_UP = declare_kind(
    "operations.backed_up",
    en="A back-up was made: {entries} entries of this trail, root {root}.",
    zh="已完成备份，含操作留痕 {entries} 条，根哈希 {root}。",
    fields=("entries", "root"),
)
RESTORED = declare_kind(
    "operations.restored",
    en="The back-up of {made_at} was restored: {entries} entries of this trail, root {root}; all sessions ended.",
    zh="已恢复 {made_at} 的备份，含操作留痕 {entries} 条，根哈希 {root}；所有会话均已结束。",
    fields=("made_at", "entries", "root"),
)
