"""How files read in the trail; their hash stands in the entry, their name only as a commitment."""

from mingdan.platform.trail.kinds import declare_kind

FILE_KEPT = declare_kind(
    "files.file_kept",
    en="{by} kept a file of {size} bytes about {object}; its SHA-256 is {sha256}.",
    zh="{by} 为 {object} 保存了一个文件（{size} 字节），SHA-256 为 {sha256}。",
    fields=("sha256", "size", "media_type", "object"),
    personal=("name",),
    refers=("object",),
)
FILE_DOWNLOADED = declare_kind(
    "files.file_downloaded",
    en="{by} downloaded the file {sha256} about {object}.",
    zh="{by} 下载了 {object} 的文件 {sha256}。",
    fields=("sha256", "object"),
    refers=("object",),
)
FILE_ERASED = declare_kind(
    "files.file_erased",
    en="{by} erased the file {sha256} about {object}: {reason}.",
    zh="{by} 删除了 {object} 的文件 {sha256}，原因：{reason}。",
    fields=("sha256", "object", "reason"),
    refers=("object",),
)
FILE_DAMAGED = declare_kind(
    "files.file_damaged",
    en="The file {sha256} about {object} was asked for by {by} and is not what was kept.",
    zh="{by} 请求 {object} 的文件 {sha256}，但其内容已与保存时不一致。",
    fields=("sha256", "object"),
    refers=("object",),
    notifies=("internal_auditor",),
)
