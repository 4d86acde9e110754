"""What to ask whom and when: the sources' answers go into history, and panes are told which topics changed.

Decisions:
- One `Line` per source holds its budget, its back-off and its health. While a source fails, one caller at a time tries
  again and all others wait for its outcome, so a source that comes back is not met by a crowd.
- A failure that is one project's alone delays that project, not the line.
- GitLab's work is a list that is chosen from anew after each step (`agenda.py`): what somebody looks at, what changed,
  what runs, then the back-fill, newest first. A step ends with its bookmark, so a crash repeats one step at most.
- Nothing wakes up when nothing is due: loops wait for a moment or a ring (`pace.Alarm`).
"""
