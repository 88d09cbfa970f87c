"""Statements about new cases that hold with a stated chance, from a calibration set and no model of the data.

All of them hold on average over calibration sets and new cases that are exchangeable with them: same scanners, same
patients, same readers. They say nothing about a part of the cases alone, and die when the cases change. Show which
calibration set a statement comes from next to it.
"""
