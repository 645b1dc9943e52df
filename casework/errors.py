"""Errors: what callers can act on.

* CaseworkError
  - NotFound    no such record, or not in your area: told in the same words   (exit 4)
  - Refused     in your sight, but this act is not yours                      (exit 5)
  - Conflict    the record moved on since you read it, or is not in the state (exit 6)
  - Unreadable  a file that cannot be read safely: damaged, locked, hostile   (exit 7)
  - Busy        the machine cannot take this now: queue, disk                 (exit 8)

Bad rows in a ledger are findings and an unpaired child is an answer; neither is raised.
Each message is a sentence a person at the office can act on, Chinese first.
"""


class CaseworkError(Exception):
    """Base of everything this program raises on purpose."""


class NotFound(CaseworkError):  # noqa: N818
    """There is no such record for this person."""


class Refused(CaseworkError):  # noqa: N818
    """The person may see this, and may not do it."""


class Conflict(CaseworkError):  # noqa: N818
    """Somebody else was first, or the record is not in the right state."""


class Unreadable(CaseworkError):  # noqa: N818
    """The file cannot be read, or not safely; the message names the file and what to do."""


class Busy(CaseworkError):  # noqa: N818
    """The machine cannot take this now."""
