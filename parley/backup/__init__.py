"""Backups of a server that runs, and how one becomes a server again."""
