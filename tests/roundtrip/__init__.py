"""Marks saved by us, read by other programs, written by other programs, and read by us: voxel for voxel."""
