"""Lawful bases of children's records: consent of the guardian, or a duty by law (合法性基础).

PIPL 28, 31: what is known of a child under 14 is sensitive, and consent is then the guardian's.
Each record has a basis, or stands on a list of those that lack one. When consent is withdrawn,
what is left is what the law itself asks for: nothing else may be done with the record.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from casework.actors import BasisKind, ChildBasis
from casework.eligibility import age_years
from casework.errors import Refused
from casework.programme import Programme
from casework.records import ChildRecord
from casework.tasks import Task, TaskKind
from casework.wording import responsible

CONSENT_AGE_YEARS = 14
LONGEST = 120


def refuse_unlawful(basis: ChildBasis, child: ChildRecord) -> None:
    """See that a basis can be one.

    Raises
    ------
    Refused
        When it is only half stated, or a child under 14, or of unknown age, gave consent herself.
    """
    if not basis.by.strip() or not basis.paper.strip():
        raise Refused("请写明由谁、凭哪份文书 / say by whom and by which paper")
    if max(len(basis.by), len(basis.paper)) > LONGEST:
        raise Refused(f"每项 {LONGEST} 字以内 / at most {LONGEST} characters each")
    if basis.kind is not BasisKind.CONSENT or not basis.is_of_child:
        return
    if not may_consent(child.birth_date, basis.on):
        raise Refused(
            "不满十四周岁（或年龄不明）的，须由监护人同意"
            " / under 14, or of unknown age: the guardian consents"
        )


def may_consent(born: date | None, on: date) -> bool:
    """Whether a child was old enough on a day to consent herself; of unknown age she was not."""
    return born is not None and age_years(born, on) >= CONSENT_AGE_YEARS


def basis_in_ledger(child: ChildRecord) -> ChildBasis | None:
    """Give the basis that the ledger says: in its columns of it, else in that of consent.

    Consent that was refused or taken back since is none, whatever the columns of basis say.
    """
    written = child.basis
    if written and (written.kind is not BasisKind.CONSENT or child.consent_given is not False):
        return written
    if child.consent_given is not True:
        return None
    on = child.consent_on or date.min
    return ChildBasis(BasisKind.CONSENT, child.guardian_name or "监护人", on, "台账")


def may_leave(child: ChildRecord, basis: ChildBasis | None, asked: BasisKind) -> bool:
    """Whether a record may be used for something beyond the office, on the basis that is asked.

    One whose guardian refused or took consent back is used for what the law asks for alone.
    """
    if basis is None:
        return False
    return asked is BasisKind.STATUTORY_DUTY or child.consent_given is not False


def lacking_tasks(
    children: Iterable[ChildRecord], programme: Programme, on: date
) -> tuple[Task, ...]:
    """Make a task of each child whose record has no basis."""
    return tuple(_task(TaskKind.BASIS_LACKING, child, "", programme, on) for child in children)


def withdrawn_task(child: ChildRecord, programme: Programme, on: date) -> Task:
    """Make the task of what must follow when consent is taken back."""
    return _task(TaskKind.CONSENT_WITHDRAWN, child, on.isoformat(), programme, on)


def _task(
    kind: TaskKind, child: ChildRecord, occasion: str, programme: Programme, on: date
) -> Task:
    return Task(
        kind=kind,
        subject=child.id,
        due=on + timedelta(days=programme.due_days),
        responsible=responsible(programme, child.township_name),
        township_name=child.township_name,
        occasion=occasion,
        values={"name": child.name, "township": child.township_name},
        township=child.home.township,
    )
