"""Marks out of files that other programs wrote: segmentations, structure sets, label maps, reports."""
