"""From the bytes of a file to what the archive wants to know about it. No database, no storage."""
