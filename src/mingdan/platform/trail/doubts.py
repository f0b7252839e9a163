"""What can be wrong with an export of the audit trail, each in one sentence, English and Chinese."""

SENTENCES = {
    "key": (
        "The key {key} is not an Ed25519 key of a signed note.",
        "密钥 {key} 不是签名文书所用的 Ed25519 密钥。",
    ),
    "note": (
        "{where} is not written as its format says, so it cannot be trusted.",
        "{where} 的格式不符合规范，不可采信。",
    ),
    "signature": (
        "The signature in {where} does not fit: it was changed after {name} signed it, or somebody else signed it.",
        "{where} 的签名与内容不符：{name} 签名后被改动，或由他人签署。",
    ),
    "unsigned": (
        "{where} is not signed with the key of {name}.",
        "{where} 未经 {name} 的密钥签名。",
    ),
    "origin": (
        "The checkpoints speak of two different logs, {one} and {other}.",
        "检查点来自两份不同的日志：{one} 与 {other}。",
    ),
    "altered": (
        "Entry {index} was changed after it was recorded.",
        "第 {index} 条记录在写入之后被改动。",
    ),
    "removed": (
        "Entry {index} was removed; what stands in its place is a later one.",
        "第 {index} 条记录已被删除，其位置上是后面的记录。",
    ),
    "inserted": (
        "An entry was inserted at place {index} that was never recorded there.",
        "第 {index} 条的位置插入了一条从未写入的记录。",
    ),
    "swapped": (
        "Entries {index} and {next} have changed places.",
        "第 {index} 条与第 {next} 条记录的次序被调换。",
    ),
    "cut": (
        "The checkpoint vouches for {size} entries; only {found} are here: the end was cut off from entry {found} on.",
        "检查点确认共有 {size} 条记录，此处只有 {found} 条：自第 {found} 条起的末尾被截去。",
    ),
    "added": (
        "The checkpoint vouches for {size} entries; {found} are here: entry {size} and what follows was never recorded.",
        "检查点确认共有 {size} 条记录，此处却有 {found} 条：自第 {size} 条起均非日志所记。",
    ),
    "between": (
        "Something between entry {start} and entry {end} was changed, removed, added or moved.",
        "第 {start} 条至第 {end} 条记录之间有内容被改动、删除、添加或移动。",
    ),
    "rewritten": (
        "The log was rewritten: its first {size} entries are not those that the earlier checkpoint vouches for.",
        "日志已被重写：其前 {size} 条记录与早先检查点所确认的不一致。",
    ),
    "rolled_back": (
        "The log was rolled back: the earlier checkpoint vouches for {size} entries, this one only for {found}.",
        "日志被回退：早先的检查点确认 {size} 条记录，而现在只确认 {found} 条。",
    ),
    "unproved": (
        "Nothing in the export proves that the log still holds the {size} entries of the earlier checkpoint; ask for an"
        " export made with --since that checkpoint.",
        "导出文件未能证明日志仍包含早先检查点的 {size} 条记录；请要求以 --since 指定该检查点重新导出。",
    ),
    "not_included": (
        "Entry {index} is not the one in the log: it was changed, or was never recorded.",
        "第 {index} 条与日志中的记录不符：曾被改动，或从未写入。",
    ),
    "disclosed": (
        "The value shown for {field} of entry {index} is not the one that was recorded.",
        "第 {index} 条记录中 {field} 所示内容并非当时所记。",
    ),
    "file": (
        "The file {name} is not the one that was exported.",
        "文件 {name} 与导出时不一致。",
    ),
    "absent": (
        "The file {name} is missing from the export.",
        "导出文件中缺少 {name}。",
    ),
    "extra": (
        "The file {name} does not belong to the export.",
        "文件 {name} 不属于此次导出。",
    ),
    "missing": (
        "Entry {index} is missing from the log.",
        "日志中缺少第 {index} 条记录。",
    ),
    "unlike": (
        "Entry {index} is listed with another {column} than it was recorded with.",
        "第 {index} 条记录所列的 {column} 与写入时不一致。",
    ),
    "head": (
        "The tree head was changed: it speaks of {size} entries, and of other ones than the {found} that are here.",
        "树顶被改动：其所述为 {size} 条记录，与现有的 {found} 条不符。",
    ),
    "subtree": (
        "The stored hash over entries {start} to {end} is not theirs: it, or one of them, was changed.",
        "第 {start} 条至第 {end} 条记录的已存哈希与之不符：该哈希或其中某条被改动。",
    ),
    "value_missing": (
        "The value of {field} of entry {index} is gone, and was not erased as values are.",
        "第 {index} 条记录中 {field} 的内容已不存在，且并非按规定程序删除。",
    ),
    "value_alone": (
        "There is a value of {field} for entry {entry}, which the log does not have.",
        "存有记录 {entry} 的 {field} 内容，而日志中并无此条记录。",
    ),
    "receipt": (
        "A receipt promises entry {entry} of {at}, and the log does not have it as promised.",
        "回执承诺了 {at} 的记录 {entry}，而日志中没有与之相符的记录。",
    ),
    "entry": (
        "Entry {index} is not written as an entry of the audit trail.",
        "第 {index} 条的写法不是操作留痕的记录。",
    ),
}


class UnusableTrailError(Exception):
    """Something cannot be done with the trail; the message is one sentence that says what and why."""


class Doubt(UnusableTrailError):  # noqa: N818 - a doubt about the export, not an error of the program
    """Something that does not fit: a code of SENTENCES and what fills its blanks."""

    def __init__(self, code: str, **blanks: object) -> None:
        self.code = code
        self.blanks = blanks
        # a file may be called anything, also something that moves the cursor and writes VERIFIED
        shown = {name: _printable(str(value)) for name, value in blanks.items()}
        self.en, self.zh = (sentence.format(**shown) for sentence in SENTENCES[code])
        super().__init__(self.en)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
