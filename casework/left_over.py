"""Left over: why a child has no caregiver, or a pair ends, and what to do (未结对原因与办法).

Said to the unit's own staff, for whom a guardian's refusal is no secret: they have to go and ask
again. A failed check, kin and a conflict stay 不可安排 for everybody.
"""

from casework import wording
from casework.dossier import Dossier
from casework.people import ChildId
from casework.proposals import Ended, Ending, Left, Unpaired
from casework.wording import Language


def cause(line: Unpaired, dossier: Dossier, language: Language = "zh") -> str:
    """Say why a child is left over."""
    if line.reason is Left.EXCLUDED and _guardian_refused(line.child, dossier):
        return wording.texts()["Refused"]["cause"][language]
    return wording.label(line.reason, language)


def remedy(
    line: Unpaired, dossier: Dossier, language: Language = "zh", *, naming_rows: bool = False
) -> str:
    """Say what would give the child a caregiver; ``naming_rows`` tells the rows to mend."""
    township = dossier.township_name(line.child)
    if line.reason is Left.EXCLUDED and _guardian_refused(line.child, dossier):
        nowhere = {"zh": "镇街", "en": "the township"}[language]
        text = wording.texts()["Refused"]["remedy"][language]
        return text.format(township=township or nowhere)
    rows = dossier.held_rows(line.child) if naming_rows else ()
    where = wording.where_to_mend(rows, language) if line.reason is Left.NEEDS_DATA else ""
    return wording.remedy(line.reason, township, where, language)


def ending_cause(line: Ended, dossier: Dossier, language: Language = "zh") -> str:
    """Say why a current pair ends."""
    if line.reason is Ending.NOT_PERMITTED and _guardian_refused(line.child, dossier):
        return wording.texts()["Refused"]["cause"][language]
    return wording.label(line.reason, language)


def _guardian_refused(child: ChildId, dossier: Dossier) -> bool:
    record = dossier.children.get(child)
    return record is not None and record.consent_given is False
