"""Freezing releases, and the archives they are frozen into."""
