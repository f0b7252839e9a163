"""How a link between a customer and another account is put into words."""

from mingdan.engine.findings import Text


def prices(change: float | None) -> Text:
    """Say how the prices of the same goods compare (fraction), None where unknown."""
    if change is None:
        return Text(en="its prices are not known", zh="其价格未知")
    if change >= 0:
        return Text(en="it pays no less for the same goods", zh="同款产品价格并未降低")
    return Text(en=f"it pays {-change:.0%} less for the same goods", zh=f"同款产品价格低 {-change:.0%}")


STOPPED = Text(en="last ordered on", zh="最后一次下单为")
SHRANK = Text(en="has bought much less since", zh="采购明显减少，此前最后一次下单为")
NEW = Text(en="the new account", zh="新账户")
KNOWN = Text(en="the existing account", zh="已有账户")

TIES = {
    "address": Text(en="has goods delivered to its address", zh="收货地址相同"),
    "consignee": Text(en="has goods delivered to its consignee", zh="收货人相同"),
    "user": Text(en="buys machines that it uses", zh="所购设备实际由原客户使用"),
}
