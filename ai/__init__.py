"""Algorithms and models of Fiducial as a library: no Django, no database, no network."""
