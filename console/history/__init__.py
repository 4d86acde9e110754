"""What lasts: pipelines, jobs, cache outcomes, spend and deployments, in one database.

Decisions:
- SQLAlchemy Core and statements that PostgreSQL understands too; what only SQLite needs stands in `sqlite.py`.
- One history is of one GitLab: ids are GitLab's own and are the primary keys.
- Raw rows are pruned after some hundred days; the sums by UTC day (`rollups.py`) stay for ever.
- Each raw row remembers in its column `counted` what it gave to the sums. A change takes exactly that back and gives
  anew, inside the same write transaction, so that several consoles on one file never count anything twice.
- Blocking work runs on threads of `local.LocalHistory`; nothing else here knows a thread.

Importing `console.history.local` loads SQLAlchemy: only behind the first paint.
"""
