"""Our firm and the people in it."""

from mingdan.engine.schema import declare

TABLES = (
    declare(
        "company_profile",
        en="Our own firm",
        zh="本公司",
        key="name",
        columns="""
            name*                           text                  "公司名称|企业名称|单位名称|名称"
            registration_no                 text                  "统一社会信用代码|信用代码|社会信用代码|税号|纳税人识别号|营业执照号|注册号"
            email_domains                   list                  "邮箱域名|电子邮件域名"
            phone_key                       key                   "电话|公司电话|联系电话"
            address_key                     key                   "地址|公司地址|注册地址"
        """,
    ),
    declare(
        "employees",
        en="Employees",
        zh="员工",
        key="employee_id",
        visible_at="hired_date",
        stamps="resigned_at: resigned_at; left_date: left_date",
        columns="""
            employee_id*                    id                    "员工编号|工号|员工ID|人员编号|销售员编号"
            name*                           text                  "姓名|员工姓名|销售员|业务员|名字"
            role*                           enum(rep, manager, support, finance, other)  "角色|岗位|职务|职位|岗位类别"
            team_id                         id                    "团队|团队编号|部门|部门编号|所属部门|小组"
            manager_id                      ->employees           "上级|直属上级|上级编号|主管|汇报对象|经理工号"
            region                          text                  "区域|地区|大区|销售区域"
            hired_date                      date                  "入职日期|入职时间|参加工作日期"
            resigned_at                     timestamp             "辞职时间|提出离职时间|离职申请时间|离职申请日期"
            left_date                       date                  "离职日期|离职时间|最后工作日"
            email                           text                  "邮箱|电子邮箱|电子邮件|工作邮箱"
            phone_key                       key                   "电话|手机|手机号|手机号码|联系电话|电话号码"
            address_key                     key                   "地址|住址|家庭住址|家庭地址|联系地址"
            bank_key                        key                   "银行账号|银行卡号|工资卡号|银行账户|开户账号"
            id_key                          key                   "身份证号|身份证号码|证件号码|证件号|身份证"
        """,
    ),
    declare(
        "leaves",
        en="Leaves",
        zh="休假",
        key="employee_id from_date to_date",
        visible_at="from_date",
        columns="""
            employee_id*                    ->employees           "员工编号|工号|员工ID|销售员编号|业务员编号|销售员|业务员|销售|负责人"
            from_date*                      date                  "开始日期|起始日期|开始时间"
            to_date*                        date                  "结束日期|截止日期|结束时间"
            kind                            text                  "假别|请假类型|休假类型|类型"
        """,
    ),
    declare(
        "declared_interests",
        en="Declared interests",
        zh="利益申报",
        key="employee_id declared_at company_id person_name",
        visible_at="declared_at",
        columns="""
            employee_id*                    ->employees           "员工编号|工号|员工ID|销售员编号|业务员编号|销售员|业务员|销售|负责人"
            declared_at*                    timestamp             "申报时间|申报日期"
            relation                        text                  "关系|与本人关系"
            person_name                     text                  "关系人|关系人姓名|姓名"
            person_key                      key                   "关系人身份证号|关系人证件号"
            company_id                      ->companies           "关联企业编号|企业编号"
            approved                        boolean               "是否批准|批准|审批通过"
        """,
    ),
)
