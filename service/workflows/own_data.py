"""Own data and breach reports: read from the store, written as workbooks (本人资料、泄露排查)."""

from datetime import date, datetime
from pathlib import Path

from casework.access import Actor, LawfulBasis
from casework.office_time import local_time
from ledger.own_data_tables import breach_tables, own_data_tables, write_own_tables
from ledger.record.breach import Breach, find_breach
from ledger.record.own_data import OwnData, own_data
from ledger.record.people import these
from ledger.record.store import Store
from service.outputs import whole_file

LETTER = (
    "（监护人姓名）：",
    "我单位保管的（儿童姓名）的个人信息，于 {since} 至 {until} 之间可能被未经授权的人看到或取走。",
    "一、涉及的信息种类：（姓名、住址、电话……，按「涉及的人」和「操作」两表填写）",
    "二、原因和可能造成的危害：（填写）",
    "三、我们已经采取的补救措施：（停用账号、更换密码和密钥、追回文件……）",
    "四、您可以采取的减轻危害的措施：（留意陌生来电和来访，不向自称工作人员的人提供信息……）",
    "五、联系人和电话：（填写）",
    "依据：《中华人民共和国个人信息保护法》第五十七条。",
    "（单位盖章）　　年　月　日",
)


def export_person(
    store: Store, actor: Actor, person: str, basis: LawfulBasis, out: Path
) -> OwnData:
    """Write everything on record of one person; the audit has it before the file is there."""
    with store.writing(actor, "person export") as book:
        data = own_data(book, person, basis)
        with whole_file(out) as draft:
            write_own_tables(draft, "本人资料", basis.on, own_data_tables(data))
    return data


def report_breach(
    store: Store, actor: Actor, span: tuple[datetime, datetime], who: str, on: date, out: Path
) -> Breach:
    """Write who did what in a span of time, who is concerned, and a letter to complete."""
    with store.writing(actor, "breach report") as book:
        breach = find_breach(book, *span, who)
        known = these(book, [one.id for one in breach.people])
        names = {each.record.id: each.record.name for each in known}
        letter = [line.format(since=_moment(span[0]), until=_moment(span[1])) for line in LETTER]
        with whole_file(out) as draft:
            write_own_tables(draft, "泄露排查", on, breach_tables(breach, names, letter))
    return breach


def _moment(at: datetime) -> str:
    return local_time(at, "%Y年%m月%d日 %H:%M")
