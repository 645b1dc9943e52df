"""On record (在案): people, pairings and who did what, in one database, sealed and audited.

``store.Store`` is the door. ``docs/explanation/records.md`` says what is promised and what not.
"""
