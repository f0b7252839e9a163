"""What salespeople enter: notes on contacts, reasons for lost deals and worthless leads, reasons for exceptions."""

NOTES: dict[str, tuple[str, ...]] = {
    "usual": ("跟进报价", "了解近期计划,{when}再联系", "送样{goods}确认", "催款,答复{when}付", "拜访{who},聊了{goods}", "技术交流,{who}参加", "节日问候", "确认{goods}交期", "客户暂无计划", "讨论年度框架", "{who}电话没接", "Followed up on quote", "客户在比价,竞品{firm}", "约{when}演示", "客户要{discount},已回绝", "现场看设备,用量正常", "投标资料已交", "客户说不走公司账户行不行,已说明不行"),
    "accepted": ("样品测试通过,工程师{who}签字", "试用合格,客户认可", "demo顺利,指标全部达标", "技术验收OK,等商务", "Trial passed, customer happy"),
    "failed": ("样品测试未通过,精度不够", "试用失败,接口不兼容", "demo时死机,客户不满", "指标不达标,建议放弃", "Trial failed, spec not met"),
}  # fmt: skip

LOSS: dict[str, tuple[str, ...]] = {
    "价格": ("价格太高", "对手便宜8%", "价格原因", "报价高", "price", "价格没谈拢,{who}嫌贵"),
    "暂无需求": ("客户暂时不买了", "需求取消", "没有需求", "no demand", "明年再说"),
    "预算取消": ("预算没批", "项目砍了", "预算冻结", "budget cut"),
    "竞争对手": ("输给{firm}", "竞品中标", "客户选了老供应商", "关系户", "competitor"),
    "技术不符": ("参数不满足", "接口不匹配", "样机没过", "technical"),
    "缺货": ("没货,等不了", "断货", "out of stock"),
    "招标未中": ("未中标", "废标", "评分第二", "lost tender"),
    "客户关停": ("工厂搬迁", "停产", "公司注销", "closed down"),
    "交期": ("交期太长", "等不及", "delivery time"),
    "其他": ("其他", "/", "无", "-", "见备注", "other", "客户不回复"),
}  # fmt: skip
"""Free text that stands for each reason of the list, in companies that let people type."""

LEADS: dict[str, tuple[str, ...]] = {
    "空号": ("空号", "号码不存在", "停机"),
    "无人接听": ("无人接听", "打了三次没人接", "拒接", "no answer"),
    "无需求": ("无需求", "随便看看", "学生写论文", "已买过"),
    "同行": ("同行", "竞品打探", "广告公司"),
    "重复": ("重复线索", "已有客户", "duplicate"),
    "预算不足": ("预算不足", "嫌贵", "只要几百块的"),
}  # fmt: skip
