"""How changes to people and the organisation read in the trail."""

from mingdan.platform.trail.kinds import declare_kind

ACCOUNT_OPENED = declare_kind(
    "people.account_opened",
    en="{by} opened the account {about}.",
    zh="{by} 开通了账号 {about}。",
    personal=("username", "name", "email"),
    notifies=("subject",),
)
ACCOUNT_CLOSED = declare_kind(
    "people.account_closed",
    en="{by} closed the account {about}; {sessions} sessions ended.",
    zh="{by} 关闭了账号 {about}，并结束其 {sessions} 个会话。",
    fields=("sessions",),
)
ACCOUNT_LINKED = declare_kind(
    "people.account_linked",
    en="{by} linked the employee {about} with the account {account}.",
    zh="{by} 将员工 {about} 与账号 {account} 关联。",
    fields=("account",),
    refers=("account",),
)
SESSIONS_ENDED = declare_kind(
    "people.sessions_ended",
    en="{by} ended {sessions} sessions of {about}.",
    zh="{by} 结束了 {about} 的 {sessions} 个会话。",
    fields=("sessions",),
    notifies=("subject",),
)
EMPLOYEE_ADDED = declare_kind(
    "people.employee_added",
    en="{by} added the employee {about}.",
    zh="{by} 新增了员工 {about}。",
    personal=("number", "name", "position", "hired_date"),
)
EMPLOYEE_CHANGED = declare_kind(
    "people.employee_changed",
    en="{by} changed {changed_en} of the employee {about}.",
    zh="{by} 修改了员工 {about} 的{changed_zh}。",
    fields=("changed", "changed_en", "changed_zh"),
    personal=("before", "after"),
    notifies=("subject",),
)
TEAM_ADDED = declare_kind(
    "people.team_added",
    en="{by} added the team {about}, {name}.",
    zh="{by} 新增了团队 {about}：{name}。",
    fields=("name",),
)
TEAM_PLACED = declare_kind(
    "people.team_placed",
    en="{by} put the team {about} below {parent} from {from_date}.",
    zh="{by} 将团队 {about} 自 {from_date} 起归入 {parent}。",
    fields=("parent", "from_date"),
    refers=("parent",),
)
TEAM_JOINED = declare_kind(
    "people.team_joined",
    en="{by} put {about} into the team {team} from {from_date}.",
    zh="{by} 将 {about} 自 {from_date} 起编入团队 {team}。",
    fields=("team", "from_date", "leads"),
    refers=("team",),
    notifies=("subject", "manager"),
)
LINE_CHANGED = declare_kind(
    "people.line_changed",
    en="{by} let {about} report to {manager} from {from_date}.",
    zh="{by} 将 {about} 自 {from_date} 起的直接上级设为 {manager}。",
    fields=("manager", "from_date"),
    refers=("manager",),
    notifies=("subject", "manager"),
)
DAY_SET = declare_kind(
    "people.company_day_set",
    en="{by} made {date} a {kind_en} of the company: {name}.",
    zh="{by} 将 {date} 设为公司的{kind_zh}：{name}。",
    fields=("date", "kind_en", "kind_zh", "name"),
)
IMPORTED = declare_kind(
    "people.imported",
    en="{by} imported {rows} employees from the file with the hash {hash}.",
    zh="{by} 从文件（哈希值 {hash}）导入了 {rows} 名员工。",
    fields=("rows", "hash"),
)
SIGNED_IN = declare_kind(
    "people.signed_in",
    en="{by} signed in by {method_en}.",
    zh="{by} 以{method_zh}方式登录。",
    fields=("method", "method_en", "method_zh"),
    personal=("address",),
)
SIGN_IN_REFUSED = declare_kind(
    "people.sign_in_refused",
    en="Somebody was refused at the sign-in.",
    zh="有人登录被拒。",
    personal=("tried", "address"),
)
CREDENTIAL_CHANGED = declare_kind(
    "people.credential_changed",
    en="{by} changed how they sign in: {what_en}.",
    zh="{by} 变更了自己的登录方式：{what_zh}。",
    fields=("what_en", "what_zh"),
    notifies=("subject",),
)
