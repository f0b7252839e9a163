"""Words by which customers speak of a deal: a delivery, a payment, an order, a quote, money to a person, another firm.

Regular expressions over text in lower case, Chinese and English, without features that DuckDB and Spark read differently.
"""

from typing import Any

DEAL = (
    "发货|发过来|送货|到货|交货|收货|没货|货没|货还|没收到|未收到|物流|少发|漏发|错发|催货|退货|换货|交付|"
    "付款|付了|付过|已付|付清|打款|打了款|转账|汇款|定金|订金|尾款|货款|收据|发票|开票|对账|退款|收款|"
    "订单|下单|下的单|订货|订购|订的|采购的|买的|合同|"
    "deliver|shipp|shipment|not arrived|not received|never arrived|never received|tracking number|"
    "paid|payment|invoice|receipt|deposit|refund|wire transfer|bank transfer|"
    "my order|our order|the order|an order|ordered|purchase order|contract|we bought|i bought"
)
"""Speaks of a deal that was made."""

QUOTED = "报价单|报的价|报过价|上次报价|给的价|quoted|quotation|your quote|the quote"
"""Speaks of a price that was named."""

_HANDED = ("付给", "付给了", "打给", "打给了", "转给", "转给了", "交给", "交给了", "打到", "付到")
_OURS = ("", "你们", "你们的", "贵司", "贵司的", "贵公司", "贵公司的")
_SELLERS = ("业务员", "业务经理", "销售", "经理")

PRIVATELY = (
    "|".join(f"{handed}{ours}{seller}" for handed in _HANDED for ours in _OURS for seller in _SELLERS)
    + "|业务员收了|业务员收的|业务员拿|业务经理收了|销售收了|销售员收了|"
    "私人|私下|私账|个人账|个人帐|个人卡|个人微信|个人收款|他的卡|她的卡|他的账|她的账|微信转|转给他|转给她|转给你们|打给他|打给她|打到他|打到她|"
    "不走公司|不开票|回扣|好处费|飞单|私单|"
    "personal account|personal card|private account|personal wechat|his account|her account|his own|her own|"
    "paid your salesman|paid your salesperson|paid your sales|paid your rep|paid to your sales|paid to your rep|paid it to your|paid the salesman|"
    "collected the money himself|collected the money herself|"
    "privately|cash to him|cash to her|off the books|without invoice|kickback"
)
"""Speaks of money or business that went to a person."""

PAID = (
    "已付|付过|付了|付清|已结清|结过|already paid|paid already|have paid|has been paid|was paid|we paid|paid long ago"
)
REMINDED = (
    "催款|催收|催账|催缴|被催|还催|又催|催我|催付|没入账|未入账|没到账|未到账|未核销|"
    "reminder|dunn|overdue|past due|still open|still unpaid|not credited|asked to pay"
)
"""With the words of PAID: says that it has paid what our books have open."""

MISMATCH = (
    "对账单余额不|对账单不|对账单有误|余额不对|余额不符|余额不一致|余额有误|账对不上|帐对不上|账目对不上|对不上账|没给收据|未给收据|"
    "balance is wrong|statement is wrong|balance does not match|balance does not agree|no receipt was given"
)
"""Says that our statement of its balance is wrong."""

HEARSAY = "怀疑|听说|据说|传言|没有证据|无证据|suspicion|rumour|rumor|heard that|no proof|no evidence"
"""Says itself that it is no more than a suspicion."""

OTHER_FIRM = (
    "另一家|别家|别的公司|其他公司|另外一家|那家公司|商行|经营部|工作室|贸易公司|商贸|"
    "another company|other company|another firm|other firm|different company|different firm|their company|trading co"
)
"""Speaks of a firm that is neither of the two."""

NOT_A_DEAL = "out of order|in order to"
"""English that holds the words and means something else."""


def speaks_of(text: Any, words: str) -> Any:
    """Return whether a text (lower case; null counts as silent) holds one of these words."""
    return text.fill_null("").re_replace(NOT_A_DEAL, " ").re_search(words)
