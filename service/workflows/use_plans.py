"""Questions about a whole unit: whom to recruit, who takes over, what if (招募、交接、方案比较).

Each takes what ``service.workflows.use.Questions`` holds and gives an answer for every door.
"""

from collections.abc import Sequence

from casework.people import CaregiverId
from casework.plan_answers import HandoverReason, Recruitment, Scenario
from casework.proposals import Left
from ledger import use_plan_tables as plans
from ledger import use_tables as people
from service.workflows.scenarios import AS_IS
from service.workflows.use import Answer, Questions


def ask_recruit(questions: Questions, most: int) -> Answer:
    """Say where new caregivers would help, one to ``most`` of them."""
    from solver.recruit import recruit

    answer = recruit(questions.posed.problem, most, questions.proposal)
    return questions.answer(
        "recruit",
        answer,
        lambda speech: (
            plans.steps_table(speech, answer),
            plans.worth_table(speech, answer),
            plans.critical_table(speech, answer),
        ),
        any(line.reason is Left.ALL_FULL for line in questions.proposal.unpaired),
    )


def ask_handover(questions: Questions, caregiver: CaregiverId, why: HandoverReason) -> Answer:
    """Say who takes over a caregiver's children, and who answers for each today."""
    from solver.handover import handover

    answer = handover(questions.posed.problem, caregiver, why, questions.proposal)
    return questions.answer(
        "handover",
        answer,
        lambda speech: (people.handover_table(speech, answer),),
        bool(answer.lines),
    )


def ask_whatif(questions: Questions, scenarios: Sequence[Scenario]) -> Answer:
    """Lay scenarios beside what is."""
    from solver.whatif import whatif

    answer = whatif(questions.posed.problem, (AS_IS, *scenarios))
    return questions.answer("whatif", answer, lambda speech: (plans.whatif_table(speech, answer),))


def recruit_page(questions: Questions, answer: Answer) -> str:
    """Draw where new caregivers would help, in townships, without names."""
    from maps.recruit import recruit_map

    done, recruitment = questions.done, answer.value
    assert isinstance(recruitment, Recruitment)
    gazetteer = questions.posed.reader.gazetteer
    return recruit_map(done.dossier, recruitment, gazetteer, done.unit_code)
