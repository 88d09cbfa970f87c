"""What may be seen of models and drafts."""
