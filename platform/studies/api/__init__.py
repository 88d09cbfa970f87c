"""The REST doors of the archive."""
