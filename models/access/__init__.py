"""Who may come in over SSH, and by which key."""
