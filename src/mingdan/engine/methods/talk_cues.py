"""Groups of words that side deals and harmless talk share, in Chinese and English; which of them meet tells them apart."""

import re

import numpy as np
from numpy.typing import NDArray

CUES: dict[str, str] = {
    "private": r"私|个人|本人|生活号|personal|private|\bmy own\b|\bhis own\b|\byour own\b",
    "mine": r"我|俺|阿拉|咱|\bme\b|\bmy\b|\bmine\b|\bi\b|\bi'll\b|\bi'd\b",
    "kin": r"老婆|媳妇|爱人|老公|太太|弟弟|表弟|表妹|表哥|妹夫|我妈|姐夫|小舅|wife|husband|brother|cousin|sister",
    "friend": r"朋友|哥们|同学|发小|老乡|亲戚|熟人|兄弟|合伙|徒弟|老友|自己人|friend|buddy|partner",
    "company": r"公司|单位|平台|总部|店里|门店|机构|公家|我司|company|\bfirm\b|office",
    "elsewhere": r"厂|小公司|另外|另一家|别家|外面|外头|外协|作坊|渠道|路子|淘宝|workshop|outside|elsewhere|factory|on the side|channel",
    "paying": r"打|转|汇|付|收款|钱|款|现金|钞票|铜钿|垫|\bpay|wire|transfer|cash|money|deposit|\bsend\b",
    "account": r"卡|账|户头|户口|户名|支付宝|收款码|名下|\ue000|\ue001|account|iban|paypal|venmo|zelle|wise\b",
    "invoice": r"票|税|invoice|receipt|\bvat\b|\btax\b|paperwork",
    "cheaper": r"便宜|省|优惠|低|划算|抹|折|合算|少\d|cheaper|\bless\b|\boff\b|half|save|discount",
    "negation": r"不|别|勿|没|唔|甭|免|n't\b|\bnot\b|\bno\b|without|skip|never|cannot",
    "secrecy": r"声张|知道|告诉|悄悄|偷偷|发现|别说|保密|quiet|\btell\b|secret|between|mention",
    "rule": r"规定|违规|违反|违纪|合规|制度|务必|只能|必须|要求|纪律|不能|不可以|不允许|严禁|禁止|统一|policy|\bmust\b|\bonly\b|allow|"
    r"\brules?\b|mandatory|compliance|properly",
    "refund": r"退|报销|refund|return|repay",
    "channel": r"微信|v信|\bv\b|vx|薇|威信|qq|号|手机|电话|邮箱|whatsapp|telegram|signal|number|phone|mail|\ue002|\ue004|\ue006",
    "archive": r"存档|记录|监控|录音|后台|看到|会看|抽查|翻|有人看|查到|删|清空|recorded|archived|monitor|stored|\bread\b|delete|wipe",
    "order": r"合同|签|下单|单子|这单|拿货|买|订|供货|order|contract|\bsign\b|\bbuy\b|source|quote",
    "social": r"饭|聚餐|红包|生日|结婚|份子|奶茶|打车|快递|停车|礼|月饼|lunch|coffee|taxi|birthday|wedding|gift|farewell",
    "public": r"对公|公户|公账|公司账|商户|公司的?户|company(?: bank)? account|合同上的?账户",
    "unrecorded": r"丢单|取消|黄了|不录|不登记|不下单|不走|别走|不过公司|绕|跳过|甩开|cancelled|\blost\b|off the books|shelved|cut out",
    "benefit": r"返|好处|辛苦费|提成|对半|分成|利润|回扣|差价|a cut\b|in it for|split|commission",
    "leaving": r"单干|离职|自己做|跳槽|出来做|leaving|own (?:firm|company|business)|(?:run|have) my own",
    "ours": r"我们公司|我司|本公司|我公司|我们财务|\bour\b|\bwe\b",
    "reported": r"听说|新闻|培训|冒充|自称|有人|诈骗|上当|谨防|举报|玩笑|逗你|案例|training|kidding|claiming|reminder|report",
    "nobody": r"从不|不会|任何|均不|不收|不做|不接|不碰|退回|never|nobody|won't|can't|cannot",
}
NAMES = tuple(CUES)
_PATTERNS = tuple(re.compile(pattern) for pattern in CUES.values())

TELLING = (
    "私|个人|本人|老婆|媳妇|爱人|老公|太太|表弟|表妹|表哥|我妈|朋友|哥们|同学|发小|亲戚|兄弟|合伙|厂|外面|外头|作坊|渠道|卡|账|帳|賬|帐|支付宝|"
    "支付寶|收款|现金|現金|票|税|稅|声张|存档|存檔|记录|記錄|监控|录音|錄音|后台|删|刪|清空|看到|丢单|不走|别走|不经过|绕|跳过|甩开|返|好处|"
    "辛苦费|提成|对半|利润|差价|单干|离职|出来做|自己做|微信|薇|威信|qq|vx|小号|手机|邮箱|公户|便宜|勿要|唔使|打我|转我|给我|付我|我这|找我|"
    "[0-9]{6}|@|private|personal|own|account|cash|paypal|venmo|zelle|iban|friend|brother|cousin|wife|outside|side|elsewhere|"
    "invoice|receipt|books|quiet|between us|whatsapp|telegram|signal|recorded|monitor|stored|manager|delete|company|firm|"
    "公司|总部|总公司|回访|客服|系统|录入|抬头|供应商|关系单位|别提|别说|见面|当面|supplier|system|crm|on hold|instead|introduce|"
    "workshop|source|directly|cancel|shelved|lost|discount|cheaper|less|half|split|in it for|policy"
)
"""A text without any of these is not read further; a pattern for engines, on lower-case text."""


def cue_matrix(joined: str, starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return which cues (columns, in the order of NAMES) each text names; `starts` are the places of texts in `joined`."""
    found = np.zeros((len(starts), len(_PATTERNS)))
    for column, pattern in enumerate(_PATTERNS):
        places = np.array([match.start() for match in pattern.finditer(joined)], dtype=np.int64)
        if len(places):
            found[np.searchsorted(starts, places, side="right") - 1, column] = 1.0
    return found
