"""What lands on the service desk: tickets, complaints, survey comments."""

TICKETS: dict[str, tuple[str, ...]] = {
    "warranty": ("开机报警,保修期内,请派人", "{goods}用了三个月坏了,申请保修", "屏幕不亮,还在保", "Unit stopped working, still under warranty", "电机异响,要求免费更换", "{goods}漏液,{when}能来吗"),
    "repair": ("需要更换{goods}", "设备停机,急修", "{place}那台读数漂移", "校准过期,预约上门", "搬到{place}后不能开机", "Needs repair, error E07"),
    "consumable": ("{goods}装不上,型号好像不对", "这批{goods}用两周就堵了", "{goods}包装和以前不一样,是正品吗", "耗材芯片识别不了", "想确认{goods}的有效期", "Which {goods_en} fits our machine?"),
    "installation": ("新机到货,预约安装{end}", "安装调试,场地在{place}", "水电已备好,请派工程师", "还差{goods}没法装"),
    "question": ("咨询操作步骤", "说明书找不到了", "能否升级软件", "{goods}多久换一次", "怎么导出数据", "How often should {goods_en} be replaced?", "问下年保合同多少钱"),
    "complaint": ("到货有误,少了{goods}", "包装破损", "说{when}来人,一直没来", "同样问题修了三次", "发票金额不对"),
    "unknown order": ("我们订的{goods}怎么还没到?已经付了款", "销售{who}帮我们订的货,单号他没给", "跟你们签的合同,客服说查不到", "{firm}发来的货,说是你们公司的,要求保修", "货款打过去一个月了没发货,请核实", "We paid your salesman for {goods_en}, where is it?", "你们{who}卖给我们的{goods},系统里没有?"),
    "unknown order, harmless": ("网上店铺买的{goods},能不能保修?", "二手设备,前业主转的,没有单号", "订单号记不得了,请帮查", "是不是你们厂的?铭牌看不清", "经销商那买的,发票找不到了", "另一家同名公司?我们找的是做{goods}的", "Bought it online, is it yours?", "仿冒的吧,包装印的你们的牌子"),
}  # fmt: skip

COMPLAINTS: dict[str, tuple[str, ...]] = {
    "delivery": ("说好{when}到,拖了两周", "少发了{goods}", "送到{place}去了,发错地址", "Delivery is late again", "催了三次没人回"),
    "payment": ("同一笔货款催了两遍,早付了", "发票开错抬头,重开还没寄", "账对不上,差{money}", "对账单上有一张不是我们的"),
    "quality": ("{goods}批次质量差", "用两天就坏", "与样品不一致", "精度达不到合同要求"),
    "service": ("销售态度差,不回消息", "工程师迟到半天", "换了三个业务员,没人接得上", "电话打不通", "Nobody answers our calls"),
    "paid to a person": ("货款按业务员说的转到个人卡,现在说没收到", "{who}收了{money}现金,没给收据也没发票", "付款账户户名是个人,财务要求说明", "We paid to the account your salesman gave us and got no invoice"),
    "sold by another firm": ("买的时候说是你们公司,合同却是{firm}", "{firm}的货出问题推给你们,到底谁负责", "业务员介绍的{firm},说是你们分公司", "以为是你们发的货,箱子里是别家的单子"),
    "lost project": ("样品和技术都通过了,业务员后来不理我们", "说没货,转头{firm}带着你们的方案来报价", "报价泄露给{firm}了吧,只低一百块"),
    "mistaken": ("业务员抢了我另一个供应商的单子", "听说你们{who}在外面有公司,不确定", "同行说你们价格乱", "怀疑{who}吃回扣,没有证据", "对报价不满,同样的{goods}别人便宜"),
}  # fmt: skip

COMMENTS: dict[str, tuple[str, ...]] = {
    "good": ("很好", "服务及时", "{who}很专业", "继续保持", "Good service", "满意,谢谢", "比以前快"),
    "middling": ("还行", "价格偏高", "交期要改进", "一般", "希望回复快点", "没什么意见"),
    "bad": ("联系不上人", "价格越来越没优势", "售后推诿", "换人太频繁", "很久没人来了", "Response is too slow"),
    "now bought elsewhere": ("现在{who}让我们从{firm}拿货", "业务员推荐了别家,已经换了", "最近都是{who}私下帮我们解决的,挺好", "以为和{firm}是一家"),
}  # fmt: skip
