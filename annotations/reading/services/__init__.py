"""What may be done with projects, protocols, cases and readings."""
