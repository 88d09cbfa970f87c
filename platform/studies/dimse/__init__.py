"""The DICOM listener: other machines send images by C-STORE, and ask whether we are there by C-ECHO (PS3.7)."""
