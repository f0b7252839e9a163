"""The notice and the rules of the invented company, adopted as the law asks; some have received them, some not yet."""

import datetime

from django.db import transaction
from django.utils import timezone

from mingdan.pillars.policy.actions import acknowledge, add_text, draft_version, publish, record_consultation
from mingdan.pillars.policy.models import Consultation, PolicyText
from mingdan.pillars.policy.notice_text import drafted_notice
from mingdan.platform.people.models import User

RULES = """\
1. 每一笔订单都记在公司账上。客户\u3001报价\u3001合同与回款均在明单中登记\u3002
2. 私单是指应属公司的订单由本公司销售转往他处\u3002员工不得为自己\u3001亲友或其他企业转移公司订单\u3002
3. 与客户或供应商有利益关系的\uff0c须事先申报\uff1b已申报并获准的\uff0c不构成违规\u3002
4. 货款只收入公司账户\u3002
5. 任何处理之前\uff0c当事人有权知悉\u3001申辩并申请复核\u3002"""
RULES_EN = """\
1. Every order is on the company's books. Customers, quotes, contracts and receipts are kept in Mingdan.
2. A side deal is an order of the company's that its own salesperson takes elsewhere. Nobody moves the company's orders \
to themselves, to relatives or friends, or to another firm.
3. An interest in a customer or supplier is declared beforehand; one that was declared and approved is no breach.
4. Money is received on the company's accounts only.
5. Before any measure whoever is concerned is told, heard, and may ask for a review."""
RECEIVED = ("ben", "ann", "hal", "chloe", "dan", "fay", "gus", "ivy")
"""Who has received the notice; jo and kim have not, so that the difference can be seen."""


@transaction.atomic
def adopt_policies(at: datetime.datetime) -> None:
    """Give the invented company its notice and rules, unless there are texts already."""
    if PolicyText.objects.exists():
        return
    chinese, english = drafted_notice("明单演示有限公司 (Mingdan Demo Ltd)", "privacy@example.com")
    for code, title, title_en, kind, body, body_en in (
        (
            "notice",
            "监测与个人信息告知书",
            "Notice on monitoring and personal data",
            PolicyText.Kind.NOTICE,
            chinese,
            english,
        ),
        ("sales-rules", "销售行为规范", "Rules of conduct in sales", PolicyText.Kind.RULES, RULES, RULES_EN),
    ):
        text = add_text(code=code, title=title, title_en=title_en, kind=kind, by=None, at=at)
        version = draft_version(text, body=body, body_en=body_en, by=None, at=at)
        for step, with_whom in (
            (Consultation.Step.STAFF, "全体员工 10 人 (all ten of us)"),
            (Consultation.Step.REPRESENTATIVES, "工会代表 2 人 (two of the union)"),
        ):
            held = {
                "held_date": timezone.localdate(at),
                "with_whom": with_whom,
                "outcome": "逐条讨论\uff0c无异议\u3002 (No objections.)",
            }
            record_consultation(version, step=step, by=None, at=at, **held)  # type: ignore[arg-type]
        publish(version, in_force_at=at, by=None, at=at)
        if kind == PolicyText.Kind.NOTICE:
            for user in User.objects.filter(username__in=RECEIVED):
                acknowledge(version, sha256=version.sha256, language="zh-hans", by=user, at=at)
