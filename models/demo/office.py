"""When the made-up staff work: on weekdays, from morning to evening, always before now."""

import datetime

OPENING = datetime.time(8, 30)

WORKDAY = 9 * 60 * 60
"""Seconds of work in a day."""

_SATURDAY = 5


class Office:
    """Counts back from the end of the last workday before today, in seconds of work."""

    def __init__(self, now_ms: int) -> None:
        """Look back from `now_ms`, in local time."""
        self.today = datetime.datetime.fromtimestamp(now_ms // 1000).astimezone().date()
        self._last_day = self.today - datetime.timedelta(1)
        while self._last_day.weekday() >= _SATURDAY:
            self._last_day -= datetime.timedelta(1)
        self._openings: dict[int, int] = {}

    def moment(self, seconds_ago: int) -> int:
        """Return the moment so many seconds of work ago, in epoch milliseconds."""
        days, seconds = divmod(seconds_ago, WORKDAY)
        if days not in self._openings:
            self._openings[days] = self._opening(days)
        return self._openings[days] + (WORKDAY - seconds) * 1000

    def _opening(self, workdays_ago: int) -> int:
        weeks, days = divmod(workdays_ago, 5)
        if days > self._last_day.weekday():
            days += 2
        day = self._last_day - datetime.timedelta(weeks * 7 + days)
        return int(datetime.datetime.combine(day, OPENING).astimezone().timestamp()) * 1000
