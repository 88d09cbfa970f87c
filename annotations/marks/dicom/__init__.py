"""Marks as DICOM objects."""
