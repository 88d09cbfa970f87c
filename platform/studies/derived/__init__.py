"""What objects made from images say: segmentations, reports, contours, presentation states, parametric maps.

Everything here reads the DICOM JSON that intake kept and, for masks, the stored pixels. Nothing is written: rows are
made by studies.services.derived. Damaged content becomes a finding, never an exception, and what is read is bounded.
"""
