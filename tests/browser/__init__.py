"""What a person does, done in Chromium with real mouse and key events."""
