"""What changes models and drafts."""
