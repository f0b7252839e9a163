"""What people write for yes, no, and the values of an enumeration."""

from collections.abc import Sequence

TRUE_WORDS = ("true", "1", "1.0", "t", "yes", "y", "是", "真", "有", "对", "√", "✓", "✔", "已", "on")
FALSE_WORDS = ("false", "0", "0.0", "f", "no", "n", "否", "假", "无", "不是", "没有", "错", "×", "✗", "✘", "未", "off")

_WORDS = {
    # outcomes and states
    "open": "进行中 跟进中 未结束 未关闭 打开 在谈 ongoing inprogress active",
    "won": "赢单 成交 已成交 赢 中标 已赢单 成功 成单 签单 closedwon win",
    "lost": "输单 丢单 已丢单 已输单 输 失败 未成交 落标 流失 closedlost lose loss",
    "new": "新建 新 未处理 待处理 待跟进 未跟进",
    "working": "跟进中 处理中 已分配 进行中 contacted inprogress",
    "converted": "已转换 已转化 转换 已转客户 转客户 转商机 qualified",
    "invalid": "无效 已无效 作废 关闭 unqualified junk",
    "approved": "同意 通过 已通过 批准 已批准 审批通过 approve accept accepted",
    "rejected": "拒绝 驳回 已驳回 已拒绝 不同意 未通过 不通过 reject declined",
    "agreed": "相符 一致 已确认 确认 核对一致 agree",
    "differs": "不符 不一致 有差异 差异 disagree",
    "no_reply": "未回函 未回复 无回复 未回 noresponse",
    # stages
    "identification": "识别 客户识别 线索识别 初步接洽 潜在客户 发现商机 商机识别 identify",
    "contact": "接触 建立联系 初次接触 联系 首次接触 初步接触 初步沟通",
    "needs": "需求 需求分析 需求确认 了解需求 确认需求 需求沟通 needsanalysis",
    "solution": "方案 方案制定 方案提供 提供方案 方案设计 解决方案 方案沟通",
    "quotation": "报价 已报价 方案报价 报价阶段 方案/报价 quote proposal",
    "negotiation": "谈判 商务谈判 谈判审核 商务洽谈 洽谈 议价 negotiate",
    "signing": "签约 签订合同 合同签订 签单 合同 signed",
    "after_sales": "售后 售后服务 交付 回款 实施 交付售后 aftersale service",
    # people and roles
    "rep": "销售 销售员 业务员 销售代表 销售人员 业务代表 客户经理 salesperson sales salesrep",
    "manager": "经理 主管 销售经理 总监 管理 部门经理 销售主管 supervisor head",
    "support": "支持 售前 售后 技术支持 客服 技术 助理 presales",
    "finance": "财务 会计 出纳 accounting",
    "other": "其他 其它 others",
    "employee": "员工 销售 我方 企业 staff",
    "customer": "客户 对方 外部 external",
    "legal_representative": "法定代表人 法人 法人代表",
    "holder": "股东 投资人 出资人 shareholder",
    "officer": "高管 董事 监事 经理 主要人员 董事长 总经理 director",
    # how a record came about
    "ui": "界面 手工 手动 页面 录入 人工 manual web",
    "api": "接口",
    "import": "导入 批量导入 imported",
    "mass": "批量 批量修改 批量更新 bulk massupdate",
    "stage_skipped": "跳过阶段 跳阶段 阶段跳过",
    "approval_off": "关闭审批 免审批 审批关闭 未经审批",
    "mass_update": "批量修改 批量更新",
    "override": "强制通过 越权 覆盖 特批",
    "back_dated": "倒签 补录 回填日期",
    # contact
    "call": "电话 通话 打电话 拜访电话 phone phonecall",
    "email": "邮件 电子邮件 邮箱 mail",
    "meeting": "会议 开会 会面",
    "visit": "拜访 上门 外勤 上门拜访 客户拜访 实地拜访 外访",
    "chat": "聊天 微信 企业微信 即时通讯 wechat im message",
    "demo": "演示 产品演示 试用 demonstration",
    "technical": "技术交流 技术 技术支持 技术沟通",
    "note": "备注 记录 跟进记录 notes memo",
    "in": "呼入 来电 接入 收 收到 接收 入 inbound incoming received",
    "out": "呼出 去电 拨出 外呼 发 发出 发送 出 outbound outgoing sent",
    "text": "文本 文字",
    "image": "图片 照片 picture photo",
    "card": "名片 businesscard",
    "red_packet": "红包 redpacket hongbao",
    "transfer": "转账 收款",
    "link": "链接",
    "file": "文件 文档",
    "recall": "撤回 revoke recalled",
    "contact_added": "添加 添加客户 新增联系人 addexternalcontact",
    "contact_deleted": "删除 删除客户 删除联系人 delexternalcontact",
    "deleted_by_contact": "被删除 被客户删除 delfollowuser",
    "transferred": "转移 转接 分配 继承 在职继承 离职继承 transfer",
    # service
    "warranty": "保修 质保",
    "repair": "维修 报修 修理",
    "consumable": "耗材 配件",
    "installation": "安装 装机 安装调试",
    "question": "咨询 问题 疑问 inquiry",
    "complaint": "投诉",
    # access
    "login": "登录 登陆",
    "view": "查看 浏览 详情 read",
    "search": "搜索 查询 检索",
    "export": "导出 exported",
    "print": "打印",
    "download": "下载",
    "edit": "编辑 修改 更新 update",
    "delete": "删除 移除",
    "merge": "合并",
    # innocent causes
    "stock_out": "缺货 断货",
    "price_rise": "涨价 调价 提价",
    "end_of_life": "停产 退市 eol",
    "territory_change": "区域调整 辖区调整",
    "channel_policy": "渠道政策",
    "plant_closure": "停产检修 停工 工厂停工 关厂",
    "promotion": "促销 活动",
    "migration": "数据迁移 系统迁移 系统切换",
    "tender": "招标 投标 招投标",
    "holiday": "假期 节假日 放假",
    "regrouping": "组织调整 团队调整 部门调整",
    "waiver": "豁免 例外批准",
}


def spoken(values: Sequence[str]) -> dict[str, str]:
    """Return the value by each word for it, in lower case without spaces, lines or brackets; raise ValueError if one is double."""
    found: dict[str, str] = {}
    for value in values:
        for word in dict.fromkeys((value.replace("_", ""), *(_bare(word) for word in _WORDS.get(value, "").split()))):
            if word in found:
                raise ValueError(f"{word!r} could be {found[word]} or {value}")
            found[word] = value
    return found


def _bare(word: str) -> str:
    return word.replace("/", "")
