"""REST answers about releases."""
