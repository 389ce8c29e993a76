"""What people see: the two frames, their panes and the command line."""
