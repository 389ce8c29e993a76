"""What opens over the frames for a moment: questions, choices, edits and the keys."""
