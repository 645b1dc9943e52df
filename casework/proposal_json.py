"""Proposal as JSON (``nuantong/proposal/1``): ids only, the same bytes for the same answer."""

import json

from casework import left_over, wording
from casework.dossier import Dossier
from casework.fairness import compare_groups, groups_json
from casework.proposals import Ended, Objective, Pair, Proof, Rung, Unpaired

SCHEMA = "nuantong/proposal/1"


def proposal_json(dossier: Dossier) -> dict[str, object]:
    """Give the proposal as the interface fixes it; no name, number, address or phone."""
    proposal = dossier.proposal
    return {
        "schema": SCHEMA,
        "programme": dossier.programme.name,
        "on": dossier.on.isoformat(),
        "pairs": [_pair(pair) for pair in proposal.pairs],
        "unpaired": [_unpaired(line, dossier) for line in proposal.unpaired],
        "ended": [_ended(line, dossier) for line in proposal.ended],
        "objective": _objective(proposal.objective),
        "groups": groups_json(compare_groups(dossier)),
        "proof": _proof(proposal.proof),
        "fingerprint": proposal.fingerprint,
    }


def proposal_bytes(dossier: Dossier) -> bytes:
    """Give the JSON as UTF-8 text with a newline at its end."""
    return (json.dumps(proposal_json(dossier), ensure_ascii=False, indent=2) + "\n").encode()


def _pair(pair: Pair) -> dict[str, object]:
    return {
        "child": pair.child,
        "caregiver": pair.caregiver,
        "household": pair.household,
        "rung": pair.rung.key,
        "metres": pair.metres,
        "kept": pair.kept,
        "locked": pair.locked,
        "conditional": [str(unknown) for unknown in pair.conditional],
        "neighbours_approximate": pair.neighbours_approximate,
        "reason_zh": wording.pair_reason(pair),
    }


def _unpaired(line: Unpaired, dossier: Dossier) -> dict[str, object]:
    return {
        "child": line.child,
        "reason": str(line.reason),
        "reason_zh": left_over.cause(line, dossier),
        "remedy_zh": left_over.remedy(line, dossier),
        "responsible": dossier.responsible_zh(line.child),
        "due": wording.due(dossier.programme, dossier.on).isoformat(),
    }


def _ended(line: Ended, dossier: Dossier) -> dict[str, object]:
    return {
        "child": line.child,
        "caregiver": line.caregiver,
        "reason": str(line.reason),
        "reason_zh": left_over.ending_cause(line, dossier),
    }


def _objective(objective: Objective) -> dict[str, object]:
    return {
        "covered_mandatory": objective.covered_mandatory,
        "covered_optional": objective.covered_optional,
        "broken": objective.broken,
        "rungs": objective.rungs,
        "metres": objective.metres,
        "metres_charged": objective.metres_charged,
        "rung_counts": {rung.key: objective.rung_counts[rung] for rung in Rung},
    }


def _proof(proof: Proof) -> dict[str, object]:
    return {
        "status": str(proof.status),
        "bound": list(proof.bound),
        "gap": proof.gap,
        "certificate": "verified" if proof.certificate_verified else "none",
    }
