"""The tables, and the repositories of :mod:`server.ports` over them.

``db.store.open_store(url, bus=bus)`` is the way in: it brings the database up to date and returns a
:class:`db.store.SqlStore`. Everything that can be wrong with the database at that moment is a
:class:`db.errors.DatabaseError`, whose text is a sentence for the operator.
"""
