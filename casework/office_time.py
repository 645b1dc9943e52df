"""The clock on the office's wall: all of China keeps one time (北京时间)."""

from datetime import datetime
from zoneinfo import ZoneInfo

ZONE_NAME = "Asia/Shanghai"
OFFICE_ZONE = ZoneInfo(ZONE_NAME)


def local_time(moment: datetime, form: str = "%Y-%m-%d %H:%M") -> str:
    """Write a moment as the office's clock showed it, whatever clock the server has."""
    return moment.astimezone(OFFICE_ZONE).strftime(form)
