"""The demo project a newcomer meets: phantoms as DICOM series, people, a protocol, and a first draft."""
