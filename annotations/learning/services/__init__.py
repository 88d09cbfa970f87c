"""What changes a project's learning."""
