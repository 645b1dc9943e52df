"""Inside the timetable solver: stints, trips, their columns, and what to do when none fit."""
