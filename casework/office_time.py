"""The clock on the office's wall: all of China keeps one time (北京时间)."""

from zoneinfo import ZoneInfo

ZONE_NAME = "Asia/Shanghai"
OFFICE_ZONE = ZoneInfo(ZONE_NAME)
