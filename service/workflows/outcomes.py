"""Outcomes: what the workflows hand to command line and page."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from casework.dossier import Dossier
from casework.findings import Finding, Severity
from casework.proposal_json import proposal_bytes
from casework.summary import Summary, summarise


@dataclass(frozen=True)
class Pairing:
    """A proposal with all that was said on the way to it.

    Attributes
    ----------
    unit_code
        What every home says; a name where the gazetteer does not know the unit.
    unused_pairs
        Current pairs the files hold that were not asked for with ``--pairs``.
    """

    dossier: Dossier
    unit_code: str
    findings: tuple[Finding, ...]
    unused_pairs: int = 0

    @cached_property
    def summary(self) -> Summary:
        """What the proposal comes to."""
        return summarise(self.dossier)

    @cached_property
    def json_bytes(self) -> bytes:
        """The proposal as ``nuantong/proposal/1``."""
        return proposal_bytes(self.dossier)

    @property
    def needs_a_person(self) -> bool:
        """Whether a child is left over, a pair waits or is contested, or there is an error."""
        proposal = self.dossier.proposal
        return (
            bool(proposal.unpaired)
            or bool(self.dossier.contested)
            or any(pair.conditional for pair in proposal.pairs)
            or has_errors(self.findings)
        )


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings: errors first, those of whole files before rows, then by place."""
    order = {severity: place for place, severity in enumerate(Severity)}
    return sorted(findings, key=lambda f: (order[f.severity], bool(f.where.sheet), f.where))


def has_errors(findings: tuple[Finding, ...]) -> bool:
    """Whether any finding holds its row back."""
    return any(finding.severity is Severity.ERROR for finding in findings)
