"""How tokens read in the trail."""

from mingdan.platform.trail.kinds import declare_kind

TOKEN_ISSUED = declare_kind(
    "api.token_issued",
    en="{by} made the API token {beginning}… for {scopes}, until {until}.",
    zh="{by} 创建了接口令牌 {beginning}…，用途：{scopes}，有效期至 {until}。",
    fields=("beginning", "scopes", "until"),
    personal=("name",),
    notifies=("subject",),
)
TOKEN_REVOKED = declare_kind(
    "api.token_revoked",
    en="{by} revoked the API token {beginning}….",
    zh="{by} 撤销了接口令牌 {beginning}…。",
    fields=("beginning",),
    notifies=("subject",),
)
