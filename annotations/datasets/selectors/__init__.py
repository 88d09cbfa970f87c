"""What is, or would be, in a release."""
