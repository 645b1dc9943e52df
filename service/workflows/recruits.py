"""Where to recruit, worked out and put on record: a job after an approval, or on demand (招募)."""

from casework.access import area
from casework.plan_answers import Recruitment
from ledger.record import jobs as queue
from ledger.record.book import Book
from ledger.record.recruits import RecruitAnswer, VillageNeed, keep_recruits
from service.progress import Progress
from service.worker import Task
from service.workflows.task_desk import desk_of
from service.workflows.unit_on_record import Desk

KIND = "recruit"
MOST = 200
"""So many new caregivers are thought of at most; steps end where one more changes nothing."""


def ask_for_recruits(book: Book, unit: str) -> queue.Job:
    """Have a worker work out where the unit should recruit; one under way already is that job."""
    return queue.ask(book, KIND, area(unit), "", {})


def recruit_as(task: Task, progress: Progress) -> int:
    """Work out where to recruit as whoever asked for it; give how many villages it tells of."""
    with desk_of(task) as desk:
        return find_recruits(desk, task.area[1])


def find_recruits(desk: Desk, unit: str) -> int:
    """Work out where a unit should recruit and keep it."""
    from solver.recruit import recruit

    problem = desk.look(unit, "where to recruit").posed.problem
    answer = _told(desk, recruit(problem, MOST))
    with desk.store.writing(desk.actor, "where to recruit") as book:
        keep_recruits(book, unit, answer)
    return len(answer.villages)


def _told(desk: Desk, found: Recruitment) -> RecruitAnswer:
    """Give the villages that need somebody, or where one more would help, the neediest first."""
    wanted = dict(found.steps[-1].villages) if found.steps else {}
    villages = []
    for line in found.worth:
        more = line.difference
        paired = more.covered_mandatory + more.covered_optional
        recruits = wanted.get(line.village, 0)
        if recruits or paired > 0:
            where = (line.village.township, line.village.village or "")
            closer, metres = max(-more.rungs, 0), max(-more.metres, 0)
            counts = (line.children, line.left_over)
            villages.append(VillageNeed(*where, recruits, *counts, paired, closer, metres))
    return RecruitAnswer(desk.reader.on, found.least_for_everyone, tuple(villages))
